// <input type=file data-upload-url="…">: files chosen, pasted or dropped anywhere on the page are sent up one by one, with
// their progress; the form then names them. It waits for those that are still on their way.
const input = document.querySelector("input[data-upload-url]");
const form = input?.form;
const zone = form?.querySelector("[data-dropzone]");
const MOST = 20 * 1024 * 1024;
const shelf = () => document.getElementById("composer-files");
const words = (name) => form.querySelector(`[data-words=${name}]`).content.textContent;
let busy = 0;
let waiting = null;

function row(file) {
  const line = form.querySelector("[data-upload-row]").content.cloneNode(true).firstElementChild;
  line.querySelector("b").textContent = file.name || "file";
  shelf().append(line);
  return line;
}

function fail(line, why) {
  line.querySelector("progress").remove();
  line.querySelector("small").textContent = why;
  line.dataset.failed = "";
}

function send(file) {
  const line = row(file);
  const request = new XMLHttpRequest();
  const cancel = line.querySelector("[data-cancel]");
  cancel.addEventListener("click", () => { request.abort(); line.remove(); });
  if (file.size > MOST) return fail(line, words("large"));
  const data = new FormData();
  data.set("file", file, file.name || "file");
  data.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) line.querySelector("progress").value = (event.loaded / event.total) * 100;
  });
  request.addEventListener("load", () => {
    if (request.status === 201) line.outerHTML = request.responseText;
    else fail(line, request.status === 422 ? request.responseText : words("failed"));
  });
  request.addEventListener("error", () => fail(line, words("failed")));
  request.addEventListener("loadend", () => {
    busy -= 1;
    if (busy || !waiting) return;
    const button = waiting;
    waiting = null;
    if (!shelf().querySelector("[data-failed]")) form.requestSubmit(button.isConnected ? button : null);
  });
  busy += 1;
  request.open("POST", input.dataset.uploadUrl);
  request.send(data);
}

const carried = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files") && !document.querySelector("dialog[open]");

if (input) {
  input.addEventListener("change", () => { [...input.files].forEach(send); input.value = ""; });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    const elsewhere = event.target.closest?.("form, dialog");
    if (!files.length || (elsewhere && elsewhere !== form)) return;
    event.preventDefault();
    files.forEach(send);
  });
  document.addEventListener("dragover", (event) => {
    if (!carried(event)) return;
    event.preventDefault();
    const line = [...form.querySelectorAll(".composer__readers")].find((one) => one.checkVisibility());
    zone.querySelector("[data-dropzone-readers]").textContent = line?.querySelector(":scope > span:last-of-type").textContent.trim() ?? "";
    zone.hidden = false;
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) zone.hidden = true; });
  document.addEventListener("drop", (event) => {
    zone.hidden = true;
    if (!carried(event)) return;
    event.preventDefault();
    [...event.dataTransfer.files].forEach(send);
  });
  document.addEventListener("submit", (event) => {
    if (event.target !== form || !busy) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = event.submitter ?? form.querySelector("[type=submit]");
  }, true);
  form.addEventListener("click", async ({ target }) => {
    const url = target.closest("[data-remove]")?.dataset.remove;
    if (!url) return;
    target.closest("li").remove();
    input.focus();
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    await fetch(url, { method: "POST", headers: { "X-CSRFToken": token } });
  });
}
