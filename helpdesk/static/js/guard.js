// <form data-guard="name">: what is typed outlives an expired session, a refusal and a lost connection.
// It is kept for this tab, this page and this person, and forgotten once the server has said that it is saved.
const PREFIX = "draft:";
const who = document.body.dataset.member ?? "";
const key = (form) => `${PREFIX}${who}:${location.pathname}:${form.dataset.guard}:${form.getAttribute("action")}`;
const fields = (form) => [...form.querySelectorAll("textarea[name], input[type=text][name], input[name=audience]")];

function keep(form) {
  const draft = {};
  for (const field of fields(form)) {
    if (field.type === "radio") {
      if (field.checked) draft[field.name] = field.value;
    } else if (field.value.trim()) draft[field.name] = field.value;
  }
  const typed = Object.keys(draft).some((name) => name !== "audience");
  if (typed) sessionStorage.setItem(key(form), JSON.stringify({ draft, sent: false }));
  else sessionStorage.removeItem(key(form));
}

function read(form) {
  return JSON.parse(sessionStorage.getItem(key(form)) ?? "null");
}

function restore(form) {
  const kept = read(form);
  if (!kept) return;
  const saved = /^#(comment|held)-/.test(location.hash) || document.querySelector('[data-toast][data-tone="ok"]');
  if (kept.sent && saved) return sessionStorage.removeItem(key(form));
  for (const field of fields(form)) {
    if (!(field.name in kept.draft)) continue;
    if (field.type === "radio") field.checked = field.value === kept.draft[field.name];
    else if (!field.value || form.dataset.draftUrl) field.value = kept.draft[field.name]; // what never reached the server
  }
  form.dispatchEvent(new Event("change", { bubbles: true })); // what is drawn from the form follows
}

const guarded = (node) => node.closest?.("form[data-guard]");
document.querySelectorAll("form[data-guard]").forEach(restore);
document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  const inside = [...(elt.querySelectorAll?.("form[data-guard]") ?? [])];
  (elt.matches?.("form[data-guard]") ? [elt, ...inside] : inside).forEach(restore);
});
for (const change of ["input", "change"])
  document.addEventListener(change, (event) => guarded(event.target) && keep(guarded(event.target)));

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-sign-out]"))
    Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX)).forEach((name) => sessionStorage.removeItem(name));
  const form = guarded(event.target);
  const kept = form && read(form);
  if (kept) sessionStorage.setItem(key(form), JSON.stringify({ ...kept, sent: true }));
});
// "kept": the server holds the half-written text itself.
for (const done of ["saved", "kept"])
  document.addEventListener(done, ({ detail: form }) => {
    if (form.matches?.("form[data-guard]")) sessionStorage.removeItem(key(form));
  });
