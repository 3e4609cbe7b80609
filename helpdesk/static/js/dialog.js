// <a href="…/handover/" data-dialog> opens the page's form in the page's one <dialog>; without a script the link is a page.
const box = document.querySelector("[data-dialog-box]");
const slot = document.querySelector("#dialog-slot");
let opener = null;

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    const menu = link.closest("[popover]");
    const here = document.activeElement; // a key presses the link from wherever its reader is
    const key = here !== document.body && !menu?.contains(here);
    opener = key ? here : menu ? document.querySelector(`[popovertarget="${menu.id}"]`) : link; // the menu closes under the dialog
    window.htmx.ajax("GET", link.href, { target: slot, swap: "innerHTML" });
  }
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  if (event.target === box && outside(event)) box.close();
});

// What opens it by itself (a deed for selected rows) gets the reader back as a link does.
document.addEventListener("htmx:beforeRequest", (event) => {
  const { target, elt } = event.detail;
  if (target === slot && !slot.contains(elt) && document.contains(elt)) opener ??= elt;
});

function outside(event) {
  const edge = box.getBoundingClientRect();
  return event.clientX < edge.left || event.clientX > edge.right || event.clientY < edge.top || event.clientY > edge.bottom;
}

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== slot) return;
  if (!slot.firstElementChild) box.close();
  else if (!box.open) box.showModal();
  const first = slot.querySelector(".dialog__body :is(textarea, select, input:not([type=hidden]))");
  (slot.querySelector("[aria-invalid=true]") ?? slot.querySelector("[autofocus]") ?? first)?.focus();
});

// The server says "HX-Trigger: close-dialog" when the deed is done and the page below has been refreshed.
document.addEventListener("close-dialog", () => box.close());

box?.addEventListener("close", () => {
  slot.replaceChildren();
  const row = document.activeElement?.closest("[data-row]"); // keys may have gone on before this is heard
  if (opener?.isConnected && (!row || row.contains(opener))) opener.focus();
  opener = null;
});
