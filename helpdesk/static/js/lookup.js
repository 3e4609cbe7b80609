// <div data-lookup>: arrows walk the hits under the search, Enter takes the marked one, Esc closes the list. Whoever
// presses Enter before the hits are there (a scanner does) gets the first one as soon as they come.
const box = () => document.querySelector("[data-lookup] [role=combobox]");
const options = () => [...document.querySelectorAll("#hits [role=option]")];
let hurried = false;

function mark(option) {
  for (const one of options()) one.setAttribute("aria-selected", String(one === option));
  if (option) box().setAttribute("aria-activedescendant", option.id);
  else box()?.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

const marked = () => options().find((one) => one.getAttribute("aria-selected") === "true");

document.addEventListener("keydown", (event) => {
  if (event.target !== box()) return;
  const all = options();
  const at = all.indexOf(marked());
  if (event.code === "Enter" && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    if (box().value.trim() === "") return;
    if (box().dataset.asked === box().value) marked()?.click();
    else hurried = true;
  } else if (event.code === "ArrowDown" || event.code === "ArrowUp") {
    if (!all.length) return;
    event.preventDefault();
    mark(all.at((at + (event.code === "ArrowDown" ? 1 : at === -1 ? 0 : -1)) % all.length));
  } else if (event.code === "Escape") {
    document.getElementById("hits").replaceChildren();
    box().setAttribute("aria-expanded", "false");
  }
});

document.addEventListener("htmx:afterSettle", ({ detail: { target, requestConfig } }) => {
  if (target.id === "hits") {
    box().dataset.asked = requestConfig?.parameters?.lookup ?? box().value;
    box().setAttribute("aria-expanded", String(options().length > 0));
    mark(document.querySelector("#hits .lookup__hit"));
    if (hurried && box().dataset.asked === box().value) {
      hurried = false;
      marked()?.click();
    }
  } else if (target.id === "place") {
    hurried = false;
    const next = target.querySelector("[data-next-field]")?.dataset.nextField;
    document.getElementById(next)?.focus();
  }
});
