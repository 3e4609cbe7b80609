// <form data-draft-url="…">: what is typed is kept on the server a second later, one draft per choice of readers. Another
// window's text is never written over unseen; guard.js keeps what did not get through.
const form = document.querySelector("form[data-draft-url]");
const text = form?.querySelector("textarea[name=body]");
const version = form?.querySelector("[name=draft]");
const other = form?.querySelector("[data-other]");
const chosen = () => form.querySelector("[name=audience]:checked")?.value ?? "";
const others = new Map();
let segment, from, last, timer, running;

function note(name) {
  form.querySelector("[data-draft-note]").textContent = name ? form.querySelector(`[data-words=${name}]`).content.textContent : "";
}

function payload() {
  const data = new FormData();
  const csrfmiddlewaretoken = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const values = { segment: chosen(), body: text.value, known: version.value, moved_from: from, csrfmiddlewaretoken };
  for (const [name, value] of Object.entries(values)) data.set(name, value);
  return data;
}

function offer(draft) {
  Object.assign(other, { hidden: false, draft });
  other.querySelector("[data-other-text]").textContent = draft.body.length > 160 ? `${draft.body.slice(0, 160)}…` : draft.body;
}

async function save() {
  timer = clearTimeout(timer);
  if (running || !other.hidden || (text.value === last && !from)) return;
  const sent = text.value;
  running = new AbortController();
  try {
    const answer = await fetch(form.dataset.draftUrl, { method: "POST", body: payload(), signal: running.signal });
    const kept = answer.headers.get("Content-Type")?.includes("json") && !answer.redirected ? await answer.json() : {};
    if (answer.ok && "version" in kept) {
      [version.value, last, from] = [kept.version, sent, ""];
      note(sent.trim() ? "saved" : "");
      if (text.value === sent) document.dispatchEvent(new CustomEvent("kept", { detail: form }));
    } else if (answer.status === 409) offer(kept);
  } catch { /* guard.js has it */ } finally { running = null; }
  if (text.value !== last && other.hidden) later();
}

function later() {
  note("");
  timer ??= setTimeout(save, 1000);
}

function turn() {
  const now = chosen();
  if (now === segment) return;
  const waiting = others.get(now);
  for (const one of [segment, now]) others.delete(one);
  if (text.value.trim()) {
    from ||= segment;
    if (waiting && waiting.body !== text.value) offer(waiting);
    later();
  } else [text.value, version.value, last] = waiting ? [waiting.body, waiting.version, waiting.body] : ["", "", ""];
  segment = now;
}

function forget() {
  running?.abort();
  [timer, from, last, version.value, other.hidden] = [clearTimeout(timer), "", "", "", true];
  note("");
}

if (form) {
  for (const one of form.querySelectorAll("template[data-draft]"))
    others.set(one.dataset.draft, { body: one.content.textContent, version: one.dataset.version });
  const [kept, typed] = [text.defaultValue, text.value];
  [segment, from, last] = [chosen(), "", kept];
  [text.defaultValue, text.value] = ["", typed]; // an emptied form is empty
  if (typed !== kept) kept ? offer({ body: kept, version: version.value }) : later();
  text.addEventListener("input", later);
  form.addEventListener("change", (event) => event.target.name === "audience" && turn());
  form.addEventListener("submit", () => (timer = clearTimeout(timer)));
  addEventListener("pagehide", () => {
    if (text.value !== last && other.hidden && form.dataset.sent === undefined) navigator.sendBeacon(form.dataset.draftUrl, payload());
  });
  document.addEventListener("saved", ({ detail }) => detail === form && forget());
  other.addEventListener("click", ({ target }) => {
    if (!target.matches("[data-take], [data-mine]")) return;
    version.value = other.draft.version;
    if (target.matches("[data-take]")) text.value = last = other.draft.body;
    other.hidden = true;
    text.focus();
    later();
  });
  document.addEventListener("composer-back", ({ detail: back }) => {
    const since = text.value.trim();
    text.value = since && !back.body.includes(since) ? `${back.body}\n\n${since}` : back.body;
    for (const one of form.querySelectorAll("[name=audience]")) one.checked ||= one.value === back.segment;
    [segment, from, last, version.value] = [chosen(), "", back.body, back.version];
    form.dispatchEvent(new Event("change", { bubbles: true }));
    text.focus();
  });
}
