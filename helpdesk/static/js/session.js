// Scripts are at work: parts that replace a native control may show.
document.documentElement.dataset.js = "";

// An expired session answers a fragment with the sign-in page. The whole page goes there instead and comes back here.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  if (target !== document.body && /^\s*<!doctype html/i.test(xhr.responseText)) {
    event.detail.shouldSwap = false;
    window.location.reload();
  }
});
