// <button data-copy="text" data-copied="Copied" hidden>: puts the text on the clipboard and says so; dialogs too.
function show(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy]")) button.hidden = false;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const words = button.querySelector("[data-copy-words]");
  if (words) words.textContent = button.dataset.copied;
});
document.addEventListener("htmx:load", (event) => show(event.detail.elt));
show(document);
