// Rows that are ticked: X ticks the row under the cursor, Shift+X every row up to it, Esc unticks all. With nothing ticked
// a key of the bar (A, S, P, I, H) means the row under the cursor.
const ticks = () => [...document.querySelectorAll("[data-tick]")];
const ticked = () => ticks().filter((box) => box.checked);
const cursor = () => document.querySelector("[data-cursor] [data-tick]");
const DEEDS = ["KeyA", "KeyS", "KeyP", "KeyI", "KeyH"];
let last = null;

function count() {
  const all = ticks();
  const chosen = ticked();
  for (const box of all) box.closest("[data-row]").setAttribute("aria-selected", String(box.checked));
  const number = document.querySelector("[data-ticked]");
  const said = String(chosen.length || "");
  if (number && number.textContent !== said) number.textContent = said; // it stands inside what is observed
  const whole = document.querySelector("[data-tick-all]");
  if (!whole) return;
  whole.checked = chosen.length > 0 && chosen.length === all.length;
  whole.indeterminate = chosen.length > 0 && chosen.length < all.length;
}

function tick(box, range) {
  const all = ticks();
  const from = range && last ? all.indexOf(last) : -1;
  const to = all.indexOf(box);
  if (from === -1) box.checked = range || !box.checked;
  else all.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((one) => (one.checked = true));
  last = box;
  count();
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-tick-all]")) ticks().forEach((box) => (box.checked = event.target.checked));
  if (event.target.matches("[data-tick], [data-tick-all]")) count();
});
document.addEventListener("click", (event) => {
  const box = event.target.closest?.("[data-tick]");
  if (box && event.shiftKey && last) tick(box, true);
  else if (box) last = box;
});
document.addEventListener("reset", (event) => event.target.id === "bulk" && setTimeout(count));

// Before keys.js hears it: with the row ticked the bar is there, and its own button takes the key.
document.addEventListener(
  "keydown",
  (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest?.("input:not([type=checkbox]), textarea, select")) return;
    if (document.querySelector("dialog[open], [popover]:popover-open")) return;
    const box = cursor();
    if (event.code === "KeyX" && box) {
      event.preventDefault();
      tick(box, event.shiftKey);
    } else if (event.code === "Escape" && ticked().length) {
      document.getElementById("bulk").reset();
    } else if (DEEDS.includes(event.code) && !event.shiftKey && box && !ticked().length) tick(box, false);
  },
  true,
);
new MutationObserver(count).observe(document.querySelector("[data-list]") ?? document.createElement("p"), { childList: true, subtree: true });
count();
