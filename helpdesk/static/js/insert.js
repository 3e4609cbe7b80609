// <button data-insert="{client}"> puts its words where the cursor is in the form's [data-insert-into].
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  const field = button?.closest("form")?.querySelector("[data-insert-into]");
  if (!field) return;
  field.focus();
  field.setRangeText(button.dataset.insert, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
