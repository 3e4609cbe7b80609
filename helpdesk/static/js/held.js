// [data-held data-left="9.8"]: counts down to the moment when the comment goes out and asks the server to let it go;
// should this page be gone by then, the server's own clock does it. Ctrl/⌘+Enter a second time sends at once.
const ends = new WeakMap();
const all = () => [...document.querySelectorAll("[data-held]")];
const form = document.querySelector("form[data-draft-url]");
let hurried = false;

const now = (one) => one.querySelector("[data-release]").requestSubmit();

function tick() {
  for (const one of all()) {
    if (!ends.has(one)) ends.set(one, performance.now() + Number(one.dataset.left) * 1000);
    const left = (ends.get(one) - performance.now()) / 1000;
    one.querySelector("[data-seconds]").textContent = Math.max(0, Math.ceil(left));
    if (left > 0) continue;
    ends.set(one, performance.now() + 5000); // asked again when nobody answers
    now(one);
  }
}
setInterval(tick, 250);

document.addEventListener("keydown", (event) => {
  const composer = event.target.closest?.("[data-composer]");
  if (composer !== form || !form || event.code !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const sending = form.classList.contains("htmx-request");
  const last = all().at(-1);
  if (sending) hurried = true;
  else if (last && !form.querySelector("textarea").value.trim() && !form.querySelector("[name=uploads]")) now(last);
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

document.addEventListener("htmx:oobAfterSwap", ({ detail: { target } }) => {
  const back = document.getElementById("composer-back");
  if (target.id === "composer-back" && back.dataset.segment) {
    const detail = { body: back.textContent, segment: back.dataset.segment, version: back.dataset.version };
    document.dispatchEvent(new CustomEvent("composer-back", { detail }));
    back.removeAttribute("data-segment");
  }
  if (target.id !== "held") return;
  tick();
  if (hurried && all().length) now(all().at(-1));
  hurried = false;
});

// What one has seen when one begins to write: an answer to something older is asked about before it goes out.
const known = form?.querySelector("[data-known]");
const writing = () => form.querySelector("textarea").value.trim() || form.querySelector("[name=uploads]");
document.addEventListener("htmx:afterSettle", () => {
  const cursor = document.getElementById("cursor");
  if (known && cursor && !writing()) known.value = cursor.value;
});
// The sentence about the readers is asked for again when the choice of readers changes.
form?.addEventListener("change", (event) => {
  const trouble = event.target.name === "audience" && form.querySelector(".composer__error");
  if (trouble) trouble.remove();
});
