// Scripts are at work: parts that replace a native control may show.
document.documentElement.dataset.js = "";

const isPage = (xhr) => /^\s*<!doctype html/i.test(xhr.responseText);

// An expired session answers a fragment with the sign-in page. The whole page goes there instead and comes back here.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target, requestConfig } = event.detail;
  if (target === document.body || !isPage(xhr)) return;
  if (xhr.status === 404 && requestConfig?.elt?.matches("[data-poll]")) return; // live_ticket.js says what has ended
  event.detail.shouldSwap = false;
  window.location.reload();
});

// Says "saved" only when the server took what was sent: a refusal (422) and the sign-in page are swaps, not successes.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const { elt, xhr, requestConfig } = detail;
  if (requestConfig.verb === "get" || xhr.status < 200 || xhr.status >= 400 || isPage(xhr)) return;
  document.dispatchEvent(new CustomEvent("saved", { detail: elt }));
});
