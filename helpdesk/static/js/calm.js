// News never take an open menu from under the hand nor half-typed words from under the fingers: they wait until let go.
const PLACES = "#subject, #ticket-state, #rail";
let held = false;

function busy() {
  const at = document.activeElement;
  const typing = at?.matches("input:not([type=hidden]), textarea") && at.closest(PLACES) && at.value !== at.defaultValue;
  return typing || [...document.querySelectorAll("[popover]:popover-open")].some((menu) => menu.closest(PLACES));
}

function release() {
  setTimeout(() => {
    if (!held || busy()) return;
    held = false;
    document.body.dispatchEvent(new CustomEvent("ticket-news"));
  });
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.target.matches("[data-poll]") || !busy()) return;
  event.preventDefault();
  held = true;
});
document.addEventListener("toggle", release, true);
document.addEventListener("focusout", release);

// One's own deed lets go by itself: the menu closes, the field is empty again.
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (!form?.closest(PLACES) || !event.detail.successful) return;
  form.reset();
  form.closest("[popover]:popover-open")?.hidePopover();
  release();
});
