// The rows of a list take their new places, and nothing moves under the reader's hand: a row that changed is drawn anew
// where it stands, one that left is dimmed; what comes, moves or goes waits until the pointer has left the list and the
// keys rest, or until [data-list-news] is pressed. Cursor, focus and ticks stay with their rows.
const list = document.querySelector("[data-list]");
const more = document.querySelector("[data-list-news]");
const STILL = 2500;
const coming = new Map(); // id → { place, row }
let touched = 0;
let mouse = false;
let stale = false;

const rows = () => [...list.querySelectorAll("[data-row]")];
const row = (id) => list.querySelector(`[data-row][data-ticket="${id}"]`);
const busy = () => (mouse && list.matches(":hover")) || Date.now() - touched < STILL || Boolean(list.querySelector(":popover-open"));

// A place is "group~key~id": groups always rise, keys fall where the newest is first.
function before(one, other) {
  if (one[0] !== other[0]) return one[0] < other[0];
  return one !== other && one < other !== "falling" in list.dataset;
}

// What belongs before the first or after the last row of one page among several is shown on that other page.
function reaches(place) {
  const [first, last] = [rows().at(0)?.dataset.place, rows().at(-1)?.dataset.place];
  return !(first && "earlier" in list.dataset && before(place, first)) && !(last && "later" in list.dataset && before(last, place));
}

function redraw(old, fresh) {
  const focus = old.contains(document.activeElement) && document.activeElement;
  const ticks = [...old.querySelectorAll("input[type=checkbox]")].map((box) => box.checked);
  old.replaceChildren(...fresh.children);
  [...old.querySelectorAll("input[type=checkbox]")].forEach((box, at) => (box.checked = ticks[at] ?? false));
  if (focus) old.querySelector(focus.localName)?.focus({ preventScroll: true });
  delete old.dataset.left;
  shine(old);
}

function shine(one) {
  one.dataset.fresh = "";
  setTimeout(() => delete one.dataset.fresh, 2000);
  window.htmx?.process(one);
}

function put(id, { place, row: fresh }) {
  const one = row(id) ?? fresh;
  const group = rows().filter((other) => other !== one && other.dataset.place[0] === place[0]);
  if (!group.length) return false;
  const focus = one.contains(document.activeElement) && document.activeElement;
  one.dataset.place = place;
  const next = group.find((other) => before(place, other.dataset.place));
  next ? next.before(one) : group.at(-1).after(one);
  if (focus) focus.focus({ preventScroll: true });
  shine(one);
  return true;
}

function settle(now = false) {
  if (now || !busy()) {
    for (const gone of list.querySelectorAll("[data-left]:not([data-cursor], :focus-within)")) {
      const group = gone.dataset.place[0];
      gone.remove();
      stale ||= !rows().some((one) => one.dataset.place[0] === group);
    }
    for (const [id, what] of coming) stale = !put(id, what) || stale;
    coming.clear();
    if (stale) list.dispatchEvent(new CustomEvent("draw"));
    stale = false;
  }
  const news = [...coming.keys()].filter((id) => !row(id)).length;
  more.hidden = !news && !stale;
  more.querySelector(".count").textContent = news || "";
}

if (list) {
  list.addEventListener("rows", ({ detail: { rows: drawn, asked } }) => {
    for (const fresh of drawn) {
      const { ticket, place } = fresh.dataset;
      const old = row(ticket);
      asked.delete(ticket);
      if (old ? old.dataset.place !== place : reaches(place)) coming.set(ticket, { place, row: fresh });
      else coming.delete(ticket);
      if (old) redraw(old, fresh);
    }
    for (const id of asked) coming.delete(id), row(id)?.setAttribute("data-left", "");
    settle();
  });
  list.addEventListener("whole", ({ detail: { now } }) => ((stale = true), settle(now)));
  list.addEventListener("pointermove", (event) => ((mouse = event.pointerType === "mouse"), (touched = Date.now())));
  for (const deed of ["keydown", "wheel", "touchmove"]) list.addEventListener(deed, () => (touched = Date.now()), { passive: true });
  more.addEventListener("click", () => settle(true));
  setInterval(() => (coming.size || stale || list.querySelector("[data-left]")) && !busy() && settle(), 700);
}
