// Buttons for passkeys show where the browser knows passkeys; what went wrong is said in a sentence.
const SAID = {
  NotAllowedError: "passkey-none",
  AbortError: "passkey-none",
  InvalidStateError: "passkey-known",
  SecurityError: "passkey-place",
  NotSupportedError: "passkey-place",
};

if (window.PublicKeyCredential && navigator.credentials) {
  for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = false;
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const name = SAID[event.detail.exception?.name] ?? "passkey-failed";
  document.dispatchEvent(new CustomEvent("say", { detail: name }));
});
