// <button type="submit" data-put="id of a field" data-value="…">: puts the value there without a round to the server.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-put]");
  const field = button && document.getElementById(button.dataset.put);
  if (!field) return;
  event.preventDefault();
  field.value = button.dataset.value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
});
