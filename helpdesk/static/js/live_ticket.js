// <article data-ticket="id">: hears that its ticket changed and fetches what is new. What the reader has in hand stays:
// the focus, how far a card is scrolled, and what he has unfolded.
const page = document.querySelector("[data-ticket]");
const PARTS = ["subject", "ticket-state", "rail", "watch"];
let missed = false;

const news = () => document.body.dispatchEvent(new CustomEvent("ticket-news"));
const knows = (rev) => rev && (document.getElementById("cursor")?.value ?? "") >= rev;

function look() {
  missed = document.hidden;
  if (!missed) news();
}

// What has the focus, by what tells it from its neighbours.
function mark(element) {
  for (const name of ["id", "popovertarget", "href", "name"])
    if (element.getAttribute(name)) return `${element.localName}[${name}="${CSS.escape(element.getAttribute(name))}"]`;
  return element.localName;
}

function keep(part) {
  const focus = part.contains(document.activeElement) && mark(document.activeElement);
  const scrolled = part.scrollTop;
  const open = [...part.querySelectorAll("details")].map((one) => one.open);
  setTimeout(() => {
    const fresh = document.getElementById(part.id);
    if (!fresh || fresh === part) return;
    fresh.scrollTop = scrolled;
    [...fresh.querySelectorAll("details")].forEach((one, at) => (one.open ||= open[at] ?? false));
    if (focus) (fresh.querySelector(focus) ?? fresh.querySelector("button, a[href]"))?.focus({ preventScroll: true });
  });
}

if (page) {
  document.addEventListener("live", ({ detail: { event, id, rev } }) => {
    if (["again", "rights"].includes(event)) look();
    else if (["ticket", "left"].includes(event) && id === page.dataset.ticket && !knows(rev)) look();
  });
  document.addEventListener("visibilitychange", () => !document.hidden && missed && look());
  document.addEventListener("htmx:oobBeforeSwap", ({ detail: { target } }) => PARTS.includes(target.id) && keep(target));

  // The ticket is no longer one's own: nothing of it stays on the screen.
  document.addEventListener("htmx:responseError", ({ detail: { xhr, elt } }) => {
    if (xhr.status !== 404 || !elt.matches("[data-poll]")) return;
    document.querySelector("dialog[open]")?.close();
    page.replaceChildren(document.querySelector("template[data-lost]").content.cloneNode(true));
    document.title = page.querySelector("h1, h2").textContent;
  });
}
