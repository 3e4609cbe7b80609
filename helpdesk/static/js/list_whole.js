// A list is drawn anew as a whole when single rows don't do: cursor, focus and ticks stay with their tickets.
const list = document.querySelector("[data-list]");
const row = (id) => list.querySelector(`[data-row][data-ticket="${id}"]`);

async function whole() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-list]");
  const ticked = [...list.querySelectorAll("[data-row] input:checked")].map((box) => box.closest("[data-row]").dataset.ticket);
  const cursor = list.querySelector("[data-cursor]")?.dataset.ticket;
  const focused = list.contains(document.activeElement);
  if (fresh) list.replaceChildren(...fresh.children);
  for (const box of ticked.map((id) => row(id)?.querySelector("[type=checkbox]"))) if (box) box.checked = true;
  row(cursor)?.setAttribute("data-cursor", "");
  if (focused) (row(cursor) ?? list).querySelector("a")?.focus({ preventScroll: true });
  window.htmx?.process(list);
}

list?.addEventListener("draw", whole);
