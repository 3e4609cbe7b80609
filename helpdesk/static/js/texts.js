// [data-insert="…"]: a text that is said often goes where one types. One that is meant for us alone never goes outside.
document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-insert]");
  const form = choice?.closest("form");
  const text = form?.querySelector("textarea[name=body], textarea[data-says]");
  if (!text) return;
  const { insert, audienceKey: key } = choice.dataset;
  const radio = key && form.querySelector(`[name=audience][data-key="${key}"]`);
  if (radio && !radio.checked && (key === "internal" || !text.value.trim())) {
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  }
  choice.closest("[popover]").hidePopover();
  const said = text.value.slice(0, text.selectionStart);
  text.setRangeText(/\S$/.test(said) ? ` ${insert}` : insert, text.selectionStart, text.selectionEnd, "end");
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true }));
});
