// <input type=file data-files>: shows what was chosen, lets one be dropped again, takes files pasted into the same form.
function size(bytes) {
  const unit = bytes < 1e6 ? ["kilobyte", bytes / 1e3] : ["megabyte", bytes / 1e6];
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: unit[0], maximumFractionDigits: 1 }).format(unit[1]);
}

function list(input) {
  const shelf = input.form?.querySelector("[data-chosen]");
  shelf?.replaceChildren(
    ...[...input.files].map((file, index) => {
      const item = document.createElement("li");
      const name = document.createElement("b");
      const note = document.createElement("small");
      const drop = document.createElement("button");
      name.textContent = file.name;
      note.textContent = size(file.size);
      drop.type = "button";
      drop.textContent = "×";
      drop.setAttribute("aria-label", `${input.dataset.drop ?? ""} ${file.name}`.trim());
      drop.addEventListener("click", () => put(input, [...input.files].filter((_one, at) => at !== index)));
      item.append(name, note, drop);
      return item;
    }),
  );
}

function put(input, files) {
  const bag = new DataTransfer();
  files.forEach((file) => bag.items.add(file));
  input.files = bag.files;
  list(input);
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-files]")) list(event.target);
});
document.addEventListener("reset", (event) => event.target.querySelector("[data-chosen]")?.replaceChildren());
document.addEventListener("paste", (event) => {
  const input = event.target.closest?.("form")?.querySelector("[data-files]");
  const files = [...(event.clipboardData?.files ?? [])];
  if (!input || !files.length) return;
  event.preventDefault();
  put(input, [...input.files, ...files]);
});
