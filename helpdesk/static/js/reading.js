// <ol data-thread>: a ticket opens where its reading goes on. What this browser has not shown yet gets the "New" mark
// of <template data-unread>; without any the end of the thread is shown. Focus stays where it is.
const MOST = 300;
const thread = document.querySelector("[data-thread]");
const shelf = `seen:${document.body.dataset.member ?? ""}`;
const here = location.pathname;
const moment = (line) => Date.parse(line.querySelector("time")?.dateTime ?? "") || 0;

function known() {
  return JSON.parse(localStorage.getItem(shelf) ?? "{}");
}

function remember() {
  if (!thread || document.hidden) return;
  const newest = Math.max(0, ...[...thread.children].map(moment));
  const { [here]: _before, ...others } = known();
  const kept = Object.entries(others).slice(1 - MOST);
  localStorage.setItem(shelf, JSON.stringify(Object.fromEntries([...kept, [here, newest]])));
}

function mark() {
  const seen = known()[here];
  const acted = sessionStorage.getItem("acted") === here; // what one has just done oneself is no news
  sessionStorage.removeItem("acted");
  if (!seen || acted) return null;
  const first = [...thread.children].find((line) => moment(line) > seen);
  if (!first || !first.previousElementSibling) return null;
  const words = document.querySelector("template[data-unread]").content.cloneNode(true);
  const before = first.previousElementSibling.matches(".day") ? first.previousElementSibling : first;
  before.before(words);
  return before.previousElementSibling;
}

function open(at) {
  const [visit] = performance.getEntriesByType("navigation");
  const beside = getComputedStyle(document.querySelector(".split")).display === "grid"; // else the chain comes first
  if (location.hash || !beside || (visit && visit.type !== "navigate")) return;
  if (at) at.scrollIntoView({ block: "center" });
  else window.scrollTo(0, document.documentElement.scrollHeight);
}

if (thread) {
  open(mark());
  remember();
  document.addEventListener("htmx:afterSettle", remember);
  document.addEventListener("visibilitychange", remember);
  document.addEventListener("submit", () => sessionStorage.setItem("acted", here));
}
