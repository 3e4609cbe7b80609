// Keys by their place on the keyboard (event.code), so they work in any layout. Never while typing or in a dialog.
// data-hotkey="KeyC" presses (or enters) its element; J and K walk over [data-row]s, whose link Enter then opens.
// On a page without rows they are hotkeys like the others: a ticket's next and previous. data-far="KeyC" is a hidden link
// to where a key is at home, for pages that have nothing of their own to press.
const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]";
const seen = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;

function walk(step) {
  const rows = [...document.querySelectorAll("[data-row]")].filter(seen);
  if (!rows.length) return false;
  const at = rows.findIndex((row) => row.matches("[data-cursor]"));
  const next = rows[Math.min(rows.length - 1, Math.max(0, at === -1 ? 0 : at + step))];
  rows[at]?.removeAttribute("data-cursor");
  next.setAttribute("data-cursor", "");
  next.querySelector("a")?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function press(code) {
  const cursor = document.querySelector("[data-cursor]");
  const keyed = [...(cursor?.querySelectorAll(`[data-hotkey="${code}"]`) ?? []), ...document.querySelectorAll(`[data-hotkey="${code}"]`)];
  const target = keyed.find(seen) ?? document.querySelector(`[data-far="${code}"]`);
  if (!target) return false;
  if (target.matches(TYPING)) target.focus();
  else {
    if (target.matches("[popovertarget]")) target.focus(); // where Esc brings the reader back
    target.click();
  }
  return true;
}

// G and then a letter goes to a queue of the side bar.
let going = 0;
function go(code) {
  const link = performance.now() < going && document.querySelector(`[data-go="${code}"]`);
  going = code === "KeyG" ? performance.now() + 1500 : 0;
  link && link.click();
  return Boolean(link) || code === "KeyG";
}

// A digit chooses who will read and puts the reader into the text.
function readers(code) {
  const radio = document.querySelector(`[data-composer] [data-n="${/^Digit([1-8])$/.exec(code)?.[1]}"]`);
  if (!radio) return false;
  radio.click();
  radio.form.querySelector("textarea").focus();
  return true;
}

// Ctrl/⌘+Enter sends the form one is in; the composer has its own way, with the button that names the readers.
document.addEventListener("keydown", (event) => {
  const form = event.target.form;
  if (event.code !== "Enter" || !(event.ctrlKey || event.metaKey) || !form?.matches("[data-guard]:not([data-composer])")) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[type=submit]:is(.btn--primary, .btn--turn)"));
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  if (event.target.closest?.(TYPING)) {
    if (event.code === "Escape") event.target.blur();
    return;
  }
  if (document.querySelector("dialog[open], [popover]:popover-open")) return;
  // In Russian "/" is written with Shift on another key, "?" on a third, and Shift with the key of "/" gives a comma.
  const slash = event.key === "/";
  const code = slash ? "Slash" : event.code;
  if (event.key === "?" || (event.shiftKey && code === "Slash" && !slash)) {
    event.preventDefault();
    return document.querySelector("[data-help]")?.click();
  }
  if (!event.shiftKey && (go(code) || readers(code))) return event.preventDefault();
  const walked = (code === "KeyJ" || code === "KeyK") && walk(code === "KeyJ" ? 1 : -1);
  if (!walked && (code === "Enter" || (event.shiftKey && code !== "Slash") || !press(code))) return;
  event.preventDefault();
});

// The cursor follows the reader's own focus, so that J goes on from where he is.
document.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-row]");
  if (!row || row.matches("[data-cursor]")) return;
  document.querySelectorAll("[data-cursor]").forEach((one) => one.removeAttribute("data-cursor"));
  row.setAttribute("data-cursor", "");
});
