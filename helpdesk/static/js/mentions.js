// <ul role=listbox data-people="…">: after an @ in what only we read, the colleagues who may see the ticket are offered.
// Arrows choose, Enter and Tab take, Esc leaves; focus never leaves the text.
const list = document.querySelector("[data-people]");
const form = list?.closest("form");
const text = form?.querySelector("textarea[name=body]");
const CALL = /(?:^|[^\p{L}\p{N}_@.])@([\p{L}\p{N}'’;,.[\]-]*(?: [\p{L}\p{N}'’-]*)?)$/u;
let asked = 0;
let taken = "";

const before = () => text.value.slice(0, text.selectionStart);
const typed = () => CALL.exec(before())?.[1];
const inside = () => form.querySelector("[name=audience]:checked")?.dataset.key === "internal";
const options = () => [...list.querySelectorAll("[data-name]")];

function close() {
  list.hidden = true;
  text.removeAttribute("aria-activedescendant");
}

function point(one) {
  for (const option of options()) option.setAttribute("aria-selected", String(option === one));
  if (!one) return;
  text.setAttribute("aria-activedescendant", one.id);
  one.scrollIntoView({ block: "nearest" });
}

async function open() {
  const name = typed();
  if (name === undefined || !inside() || (taken && name.startsWith(taken))) return close();
  const turn = ++asked;
  const answer = await fetch(`${list.dataset.people}?q=${encodeURIComponent(name)}`).catch(() => null);
  if (turn !== asked || !answer?.ok || answer.redirected || typed() === undefined) return;
  list.innerHTML = await answer.text();
  list.hidden = !options().length && name.includes(" ");
  point(options()[0]);
}

function take(option) {
  taken = option.dataset.name;
  const end = text.selectionStart;
  text.setRangeText(`@${taken} `, end - typed().length - 1, end, "end");
  close();
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

if (list) {
  let timer;
  text.addEventListener("input", () => {
    clearTimeout(timer);
    if (typed() === undefined) { taken = ""; return close(); }
    timer = setTimeout(open, 120);
  });
  text.addEventListener("blur", () => setTimeout(close, 150));
  text.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const all = options();
    const at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.code];
    if (step && all.length) point(all.at((at + step) % all.length));
    else if (["Enter", "Tab"].includes(event.code) && all[at] && !event.ctrlKey && !event.metaKey) take(all[at]);
    else if (event.code === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", ({ target }) => {
    const option = target.closest("[data-name]");
    if (option) take(option);
  });
  form.querySelector("[data-mention]").addEventListener("click", () => {
    text.focus();
    if (!inside()) {
      const words = form.querySelector("[data-words=outside]").content.textContent;
      const line = Object.assign(document.createElement("p"), { className: "composer__error", textContent: words });
      line.setAttribute("role", "status");
      return form.querySelector("#composer-errors").replaceChildren(line);
    }
    const lead = /\S$/.test(before()) ? " @" : "@";
    text.setRangeText(lead, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
