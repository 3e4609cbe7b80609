// <input type=file data-upload-url="…">, in the composer or in a dialog: files are sent up one by one, with their progress,
// onto the form's [data-uploads]; the form then names them, and waits for those that are still on their way. What is
// pasted or dropped anywhere on the page goes to the composer.
const INPUT = "input[data-upload-url]";
const home = document.querySelector(INPUT);
const zone = home?.form.querySelector("[data-dropzone]");
const MOST = 20 * 1024 * 1024;
const busy = new Map(); // form → how many files are on their way
const waiting = new Map(); // form → the button that was pressed meanwhile
const shelf = (form) => form.querySelector("[data-uploads]");
const words = (form, name) => form.querySelector(`[data-words=${name}]`).content.textContent;
const token = (form) => form.querySelector("[name=csrfmiddlewaretoken]").value;

function row(form, file) {
  const line = form.querySelector("[data-upload-row]").content.cloneNode(true).firstElementChild;
  line.querySelector("b").textContent = file.name || "file";
  return shelf(form).appendChild(line);
}

function fail(line, why) {
  line.querySelector("progress").remove();
  line.querySelector("small").textContent = why;
  line.dataset.failed = "";
}

function arrived(form) {
  busy.set(form, busy.get(form) - 1);
  if (busy.get(form) || !waiting.has(form)) return;
  const button = waiting.get(form);
  waiting.delete(form);
  if (!shelf(form).querySelector("[data-failed]")) form.requestSubmit(button?.isConnected ? button : null);
}

function send(input, file) {
  const form = input.form;
  const line = row(form, file);
  const request = new XMLHttpRequest();
  line.querySelector("[data-cancel]").addEventListener("click", () => { request.abort(); line.remove(); });
  if (file.size > MOST) return fail(line, words(form, "large"));
  const data = new FormData();
  data.set("file", file, file.name || "file");
  data.set("csrfmiddlewaretoken", token(form));
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) line.querySelector("progress").value = (event.loaded / event.total) * 100;
  });
  request.addEventListener("load", () => {
    if (request.status === 201) line.outerHTML = request.responseText;
    else fail(line, request.status === 422 ? request.responseText : words(form, "failed"));
  });
  request.addEventListener("error", () => fail(line, words(form, "failed")));
  request.addEventListener("loadend", () => arrived(form));
  busy.set(form, (busy.get(form) ?? 0) + 1);
  request.open("POST", input.dataset.uploadUrl);
  request.send(data);
}

document.addEventListener("change", ({ target }) => {
  if (!target.matches?.(INPUT)) return;
  [...target.files].forEach((file) => send(target, file));
  target.value = "";
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!busy.get(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  waiting.set(form, event.submitter ?? form.querySelector("[type=submit]"));
}, true);
document.addEventListener("click", async ({ target }) => {
  const url = target.closest("[data-remove]")?.dataset.remove;
  const input = url && target.closest("form")?.querySelector(INPUT);
  if (!input) return;
  target.closest("li").remove();
  input.focus();
  await fetch(url, { method: "POST", headers: { "X-CSRFToken": token(input.form) } });
});
document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  const elsewhere = event.target.closest?.("form, dialog");
  const input = elsewhere ? elsewhere.querySelector(INPUT) : home;
  if (!files.length || !input) return;
  event.preventDefault();
  files.forEach((file) => send(input, file));
});

const carried = (event) => zone && [...(event.dataTransfer?.types ?? [])].includes("Files") && !document.querySelector("dialog[open]");
document.addEventListener("dragover", (event) => {
  if (!carried(event)) return;
  event.preventDefault();
  const line = [...home.form.querySelectorAll(".composer__readers")].find((one) => one.checkVisibility());
  zone.querySelector("[data-dropzone-readers]").textContent = line?.querySelector(":scope > span:last-of-type").textContent.trim() ?? "";
  zone.hidden = false;
});
document.addEventListener("dragleave", (event) => { if (zone && !event.relatedTarget) zone.hidden = true; });
document.addEventListener("drop", (event) => {
  if (!carried(event)) return;
  event.preventDefault();
  zone.hidden = true;
  [...event.dataTransfer.files].forEach((file) => send(home, file));
});
