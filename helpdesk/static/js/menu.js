// <div class="menu" popover>: opens with its current choice in focus; arrows walk, Home and End jump, Esc is the browser's.
const choices = (menu) => [...menu.querySelectorAll("a[href], button, input")].filter((one) => one.checkVisibility());

document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!menu.matches?.(".menu[popover]") || event.newState !== "open") return;
    (menu.querySelector("[aria-current=true], input:not([type=hidden])") ?? choices(menu)[0])?.focus();
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu[popover]");
  if (!menu || event.target.matches("input")) return;
  const all = choices(menu);
  const at = all.indexOf(event.target);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.code];
  if (to === undefined) return;
  event.preventDefault();
  all.at(to % all.length)?.focus();
});

// <details class="narrow">: a form that drops down closes like a menu.
const dropped = () => document.querySelector("details.narrow[open]");

document.addEventListener("keydown", (event) => {
  const open = dropped();
  if (event.code !== "Escape" || !open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  const open = dropped();
  if (open && !open.contains(event.target)) open.open = false;
});
document.addEventListener(
  "toggle",
  (event) => {
    if (event.target.matches?.("details.narrow[open]")) event.target.querySelector("select, input:not([type=hidden])")?.focus();
  },
  true,
);
