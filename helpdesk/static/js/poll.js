// <div data-poll="5" hx-get="…" hx-trigger="poll">: asks every so many seconds, but not in a hidden tab nor under a dialog.
// While a stream tells what is new (live.js) it asks once a minute. Answer 204 when nothing is new. A [data-new-mark] on the page appears when news lie below what the reader sees.
const waiting = new WeakMap();
const TOLD = 60;

setInterval(() => {
  if (document.hidden || document.querySelector("dialog[open]")) return;
  for (const element of document.querySelectorAll("[data-poll]")) {
    if (element.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) continue;
    const rest = Number(element.dataset.poll);
    const past = (waiting.get(element) ?? 0) + 1;
    const due = past >= ("live" in document.documentElement.dataset ? Math.max(rest, TOLD) : rest);
    waiting.set(element, due ? 0 : past);
    if (due) element.dispatchEvent(new CustomEvent("poll"));
  }
}, 1000);

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  document.querySelectorAll("[data-poll]").forEach((element) => element.dispatchEvent(new CustomEvent("poll")));
});

const last = () => document.querySelector("[data-thread] > :last-child");
let newest = last();
document.addEventListener("htmx:afterSettle", () => {
  const mark = document.querySelector("[data-new-mark]");
  if (!mark || last() === newest) return;
  newest = last();
  mark.hidden = newest.getBoundingClientRect().top < mark.parentElement.getBoundingClientRect().top;
});
document.addEventListener("scroll", () => {
  const mark = document.querySelector("[data-new-mark]:not([hidden])");
  if (mark && newest.getBoundingClientRect().top < mark.parentElement.getBoundingClientRect().top) mark.hidden = true;
}, { passive: true });
document.addEventListener("click", (event) => {
  const mark = event.target.closest("[data-new-mark]");
  if (!mark) return;
  mark.hidden = true;
  last()?.scrollIntoView({ block: "center" });
});
