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
document.addEventListener("saved", ({ detail: form }) => {
  if (!form.matches?.("[data-composer]")) return;
  // The next comment starts with the readers of this one, but never with both nor by hiding it from all.
  const chosen = form.querySelector("[name=audience]:checked");
  if (chosen?.matches("[data-key=client], [data-key=partner]"))
    form.querySelectorAll("[name=audience]").forEach((radio) => { radio.defaultChecked = radio === chosen; });
  form.reset();
});
