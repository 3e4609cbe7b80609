// <div data-list="…/rows/">: hears which tickets changed and fetches their rows, and only theirs; list_rows.js puts them
// in their places. What the list may not show any more goes at once.
const list = document.querySelector("[data-list]");
const SOON = 250;
const SPREAD = 350; // many browsers hear the same news
const MOST = 60;
let changed = new Set();
let asking;

const row = (id) => list.querySelector(`[data-row][data-ticket="${id}"]`);
const tell = (event, detail) => list.dispatchEvent(new CustomEvent(event, { detail }));

async function ask() {
  asking = undefined;
  const asked = changed;
  changed = new Set();
  if (asked.size > MOST) return tell("whole", {});
  const query = new URLSearchParams(location.search);
  asked.forEach((id) => query.append("row", id));
  const answer = await fetch(`${list.dataset.list}?${query}`).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const doc = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.dispatchEvent(new CustomEvent("parts", { detail: doc }));
  tell("rows", { rows: [...doc.querySelectorAll("[data-row]")], asked });
}

// Taken away from this reader: its words go now, its line when nobody points at the list.
function blank(one) {
  for (const cell of one?.cells ?? []) cell.replaceChildren();
  one?.setAttribute("data-left", "");
}

if (list) {
  document.addEventListener("live", ({ detail: { event, id, moved } }) => {
    if (event === "again") tell("whole", {});
    else if (event === "rights") tell("whole", { now: true });
    else if (event === "left") blank(row(id));
    else if (event === "ticket" && (moved || row(id))) {
      changed.add(id);
      asking ??= setTimeout(ask, SOON + Math.random() * SPREAD);
    }
  });
}
