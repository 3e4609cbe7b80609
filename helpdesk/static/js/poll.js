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

document.addEventListener("htmx:afterSettle", (event) => {
  const mark = document.querySelector("[data-new-mark]");
  if (!mark || !event.target.closest?.("[data-poll], [data-thread]")) return;
  const last = document.querySelector("[data-thread] > :last-child");
  mark.hidden = !last || last.getBoundingClientRect().top < window.innerHeight;
});
document.addEventListener("click", (event) => {
  const mark = event.target.closest("[data-new-mark]");
  if (!mark) return;
  mark.hidden = true;
  document.querySelector("[data-thread] > :last-child")?.scrollIntoView({ block: "center" });
});
