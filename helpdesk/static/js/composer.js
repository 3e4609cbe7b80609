// Alt+1…8 chooses who will read, Ctrl/⌘+Enter sends; the visible send button names the readers.
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-composer]");
  if (!form) return;
  const digit = /^(?:Digit|Numpad)([1-8])$/.exec(event.code)?.[1];
  if (event.altKey && !event.ctrlKey && !event.metaKey && digit) {
    const radio = form.querySelector(`[data-n="${digit}"]`);
    if (radio) {
      event.preventDefault();
      radio.checked = true;
      radio.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
  if (event.code === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    const button = [...form.querySelectorAll("[type=submit]")].find((one) => one.offsetParent !== null);
    form.requestSubmit(button);
  }
  if (event.code === "Escape") event.target.blur();
});

// Two presses in a row are one comment: the form goes once.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-composer]");
  if (!form || event.defaultPrevented) return;
  if (form.dataset.sent !== undefined) event.preventDefault();
  form.dataset.sent = "";
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("[data-composer]").forEach((form) => delete form.dataset.sent);
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.elt.matches?.("[data-composer]") && detail.successful) detail.elt.reset();
});
