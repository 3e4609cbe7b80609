// <div popover data-fill="…">: a menu that is long or dear to draw is fetched each time it opens.
document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!menu.matches?.("[data-fill]") || event.newState !== "open") return;
    window.htmx.ajax("GET", menu.dataset.fill, { target: menu, swap: "innerHTML" }).then(() => {
      if (!menu.matches(":popover-open")) return;
      (menu.querySelector("[data-narrow-by]") ?? menu.querySelector("[aria-current=true], button"))?.focus();
    });
  },
  true,
);
