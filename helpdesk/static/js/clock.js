// <span class="sla" data-due data-from data-now data-state>: goes on counting from the server's own time, whatever this machine believes.
// Twice a minute, and at once when a sleeping tab wakes up; nothing is read aloud, nothing moves.
const MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const words = (document.querySelector('meta[name="units"]')?.content ?? "%(n)d d|%(n)d h|%(n)d m").split("|");
const seen = new WeakMap();

const say = (unit, n) => words[unit].replace("%(n)d", n);

function duration(seconds) {
  const size = Math.abs(seconds);
  const days = Math.floor(size / DAY), hours = Math.floor((size % DAY) / HOUR), minutes = Math.floor((size % HOUR) / MINUTE);
  const parts = [];
  if (days) parts.push(say(0, days));
  if (hours) parts.push(say(1, hours));
  if (!days && (minutes || !hours)) parts.push(say(2, minutes));
  return (seconds <= -MINUTE ? "\u2212" : "") + parts.join(" ");
}

// A quarter left, and two hours at most, is a hurry; as in templatetags/ui.py.
function state(left, share, known) {
  if (left < 0) return "late";
  return (known ? share <= 25 && left <= 2 * HOUR : left <= HOUR) ? "soon" : "ok";
}

function tick(clock) {
  const { due, from, now } = clock.dataset;
  if (!seen.has(clock)) seen.set(clock, performance.now());
  const moment = Date.parse(now) + performance.now() - seen.get(clock);
  const left = (Date.parse(due) - moment) / 1000;
  const whole = (from ? Date.parse(due) - Date.parse(from) : DAY * 1000) / 1000;
  const share = whole > 0 ? Math.max(0, Math.min(100, Math.round((100 * left) / whole))) : 0;
  clock.dataset.state = state(left, share, Boolean(from));
  clock.querySelector("[data-remains]").textContent = duration(left < 0 ? Math.min(left, -MINUTE) : left);
  clock.querySelector(".left")?.setAttribute("stroke-dasharray", `${share} 100`);
}

const all = (root) => root.querySelectorAll(".sla[data-due]");
const look = () => document.hidden || all(document).forEach(tick);

// What is counted from is known from the first sight of it, also of rows that come later.
const meet = (root) => all(root).forEach((clock) => seen.has(clock) || seen.set(clock, performance.now()));
meet(document);
document.addEventListener("htmx:load", ({ target }) => target.querySelectorAll && meet(target.parentNode ?? target));
document.addEventListener("visibilitychange", look);
setInterval(look, 30_000);
