// A form with data-passkey: its button has the device sign what the server asks, and sends what came of it as a form.
"use strict";
{
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const opened = (asked) => {
    asked.challenge = bytes(asked.challenge);
    if (asked.user) asked.user.id = bytes(asked.user.id);
    for (const each of [...(asked.excludeCredentials || []), ...(asked.allowCredentials || [])]) each.id = bytes(each.id);
    return asked;
  };
  const told = (made) => {
    const response = { clientDataJSON: text(made.response.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"])
      if (made.response[part]) response[part] = text(made.response[part]);
    return { id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: {} };
  };
  const sign = async (form) => {
    const answer = await fetch(form.dataset.passkey, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    const asked = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(asked.message || asked.error || ""), { said: true });
    const made = "makes" in form.dataset
      ? await navigator.credentials.create({ publicKey: opened(asked) })
      : await navigator.credentials.get({ publicKey: opened(asked) });
    form.elements.credential.value = JSON.stringify(told(made));
    form.submit();
  };
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const error = form.querySelector(".error"), none = form.querySelector("[data-none]");
    if (!window.PublicKeyCredential) {
      if (none) none.hidden = false;
      form.querySelector("button").disabled = true;
      continue;
    }
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      error.hidden = true;
      try {
        await sign(form);
      } catch (failed) {
        // whoever closes the device's own window knows it
        error.textContent = failed.said ? failed.message : "";
        error.hidden = !error.textContent;
      }
    });
  }
}
