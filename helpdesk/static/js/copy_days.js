// <button data-copy-days hidden>: what is typed for Monday stands for Tuesday to Friday too.
for (const button of document.querySelectorAll("[data-copy-days]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const field = (day) => button.closest("form").querySelector(`[name="day_${day}"]`);
    for (const day of [1, 2, 3, 4]) {
      field(day).value = field(0).value;
      field(day).dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
}
