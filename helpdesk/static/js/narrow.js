// <div data-narrow> with an <input data-narrow-by>: what is typed hides the [data-name]s that don't hold it; Enter takes the first.
const LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`";
const CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбюё";
const plain = (text) => text.toLowerCase().replaceAll("ё", "е").trim();
const swap = (text) =>
  [...text].map((letter) => CYRILLIC[LATIN.indexOf(letter)] ?? LATIN[CYRILLIC.indexOf(letter)] ?? letter).join("");
const rows = (box) => [...box.querySelectorAll("[data-name]")];

document.addEventListener("input", (event) => {
  const box = event.target.matches("[data-narrow-by]") && event.target.closest("[data-narrow]");
  if (!box) return;
  const typed = event.target.value.toLowerCase().trim();
  const wanted = [plain(typed), plain(swap(typed))];
  for (const row of rows(box)) row.hidden = !wanted.some((words) => plain(row.dataset.name).includes(words));
});

document.addEventListener("keydown", (event) => {
  const box = event.target.matches?.("[data-narrow-by]") && event.target.closest("[data-narrow]");
  if (!box) return;
  const shown = rows(box).filter((row) => !row.hidden);
  if (event.code === "ArrowDown") shown[0]?.focus();
  else if (event.code === "Enter") event.target.value && shown[0]?.click();
  else return;
  event.preventDefault();
});
