// <div data-poll="5" hx-get="…" hx-trigger="poll">: asks every so many seconds, but not in a hidden tab nor under a dialog.
// Answer 204 when nothing is new. A [data-new-mark] on the page appears when news lie below what the reader sees.
const waiting = new WeakMap();

setInterval(() => {
  if (document.hidden || document.querySelector("dialog[open]")) return;
  for (const element of document.querySelectorAll("[data-poll]")) {
    if (element.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) continue;
    const left = (waiting.get(element) ?? Number(element.dataset.poll)) - 1;
    waiting.set(element, left > 0 ? left : Number(element.dataset.poll));
    if (left <= 0) element.dispatchEvent(new CustomEvent("poll"));
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
