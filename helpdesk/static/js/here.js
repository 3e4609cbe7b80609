// <span data-here="…/here/">: who else looks at this ticket, and who types. This page says so itself as long as it is
// in view; others hear of it once. What is typed, and for whom, is not told.
const here = document.querySelector("[data-here]");
const ticket = document.querySelector("[data-ticket]")?.dataset.ticket;
const page = Math.random().toString(36).slice(2, 12);
const SIGN = 20_000;
const TYPING = 5000;
const FADES = 9000; // a little longer than typing is remembered
let typed = 0;
let fading;

const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");

async function ask(options) {
  const answer = await fetch(here.dataset.here, options).catch(() => null);
  if (!answer?.ok || answer.redirected || answer.status === 204) return;
  const text = (await answer.text()).trim();
  if (here.innerHTML.trim() !== text) here.innerHTML = text;
  clearTimeout(fading);
  if (here.querySelector("[data-typing]")) fading = setTimeout(ask, FADES);
}

function form(state) {
  const body = new FormData();
  body.append("page", page);
  body.append("state", state);
  return body;
}

const sign = (state = "looking") => ask({ method: "POST", headers, body: form(state) });

function leave() {
  const body = form("left");
  body.append("csrfmiddlewaretoken", headers["X-CSRFToken"] ?? "");
  navigator.sendBeacon(here.dataset.here, body);
}

if (here) {
  if (!document.hidden) sign();
  setInterval(() => document.hidden || !here.isConnected || Date.now() - typed < TYPING || sign(), SIGN);
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : sign()));
  addEventListener("pagehide", leave);
  document.addEventListener("live", ({ detail: { event, id } }) => {
    if (!document.hidden && here.isConnected && ((event === "presence" && id === ticket) || event === "again")) ask();
  });
  document.addEventListener("input", (event) => {
    if (!event.target.matches("#composer-place textarea") || Date.now() - typed < TYPING || !event.target.value.trim()) return;
    typed = Date.now();
    sign("typing");
  });
  document.addEventListener("saved", ({ detail }) => detail.closest?.("#composer-place") && sign());
}
