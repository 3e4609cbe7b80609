// Results of actions. Good news leaves after ten seconds (the time to undo); bad news stays until it is dismissed.
const LIFE = 10_000;
const shelf = document.querySelector("[data-toasts]");
const box = document.querySelector("[data-dialog-box]");

function live(toast) {
  if (toast.dataset.live !== undefined) return;
  toast.dataset.live = "";
  if (toast.dataset.tone === "late") return;
  let timer = setTimeout(() => toast.remove(), LIFE);
  for (const pause of ["mouseenter", "focusin"]) toast.addEventListener(pause, () => clearTimeout(timer));
  for (const go of ["mouseleave", "focusout"])
    toast.addEventListener(go, () => {
      clearTimeout(timer);
      timer = setTimeout(() => toast.remove(), LIFE);
    });
}

function say(name) {
  const words = document.querySelector(`template[data-toast-for="${name}"]`);
  if (words && shelf) shelf.replaceChildren(words.content.cloneNode(true));
}

if (shelf) {
  shelf.querySelectorAll("[data-toast]").forEach(live);
  new MutationObserver(() => {
    // A modal dialog makes the rest of the page inert: its news must be inside it.
    const home = box?.open ? box : document.body;
    if (shelf.parentElement !== home) home.append(shelf);
    shelf.querySelectorAll("[data-toast]").forEach(live);
  }).observe(shelf, { childList: true });
  box?.addEventListener("close", () => document.body.append(shelf));
}

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest("[data-toast]")?.remove();
});
document.addEventListener("say", (event) => say(event.detail));
document.addEventListener("htmx:sendError", () => say("offline"));
document.addEventListener("htmx:timeout", () => say("offline"));
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status !== 422 && event.detail.requestConfig?.verb !== "get") say("failed");
});
