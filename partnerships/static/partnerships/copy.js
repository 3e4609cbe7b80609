// <button data-copy="text" data-copied="Copied" hidden>: puts the text on the clipboard and says so.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const words = button.querySelector("[data-copy-words]");
    if (words) words.textContent = button.dataset.copied;
  });
}
