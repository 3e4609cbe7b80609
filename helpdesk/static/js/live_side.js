// The numbers of the side bar, the tab bar and the tab's title. <body data-side="…/side/"> is where they come from;
// what carries data-part="name" is filled from the part of that name, and nothing else is touched.
const url = document.body.dataset.side;
const title = document.title;
const SOON = 300;
const SPREAD = 500; // many browsers hear the same news: they don't all ask in the same moment
const REST = 2000;
const HIDDEN = 15_000;
let timer;
let asked = 0;

function fill(parts) {
  for (const part of parts.querySelectorAll("[data-part]"))
    for (const mine of document.querySelectorAll(`[data-part="${CSS.escape(part.dataset.part)}"]`)) {
      if (mine.innerHTML !== part.innerHTML) mine.innerHTML = part.innerHTML;
      mine.hidden = part.hidden;
    }
  count();
}

function count() {
  const waits = document.querySelector("[data-part='queue-turn']")?.textContent.trim();
  document.title = waits ? `(${waits}) ${title}` : title;
}

async function ask() {
  timer = undefined;
  asked = Date.now();
  const answer = await fetch(url).catch(() => null);
  if (answer?.ok && !answer.redirected) return fill(new DOMParser().parseFromString(await answer.text(), "text/html"));
  if (answer && (answer.redirected || answer.status === 404)) shut();
}

function soon() {
  const rest = (document.hidden ? HIDDEN : REST) + asked - Date.now();
  timer ??= setTimeout(ask, Math.max(SOON + Math.random() * SPREAD, rest));
}

// Whoever was removed, or signed out, keeps nothing of it on the screen. What he was typing stays in his own browser.
function shut() {
  const words = document.querySelector("template[data-shut]");
  if (words) document.querySelector(".shell")?.replaceWith(words.content.cloneNode(true));
}

if (url) {
  count();
  document.addEventListener("parts", ({ detail }) => fill(detail));
  document.addEventListener("live", ({ detail: { event, moved } }) => {
    if (event === "gone") ask(); // the place in the company, or just this session, for which there may be a new one
    else if (["again", "rights", "counts", "left"].includes(event) || (event === "ticket" && moved)) soon();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || !timer) return;
    clearTimeout(timer);
    ask();
  });
  setInterval(() => document.hidden || Date.now() - asked < 60_000 || "live" in document.documentElement.dataset || soon(), 20_000);
}
