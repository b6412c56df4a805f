// A file is attached as soon as it is chosen: from then on it waits on the server, whatever becomes of this page.
"use strict";
(() => {
  const form = document.querySelector("form.task");
  if (!form?.querySelector("[data-files]")) return;

  const send = async (part, button, value) => {
    const name = part.dataset.files, body = new FormData(form);
    for (const [each, sent] of [...body]) if (sent instanceof File && (each !== name || button !== "_attach")) body.delete(each);
    body.set(button, value);
    part.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action, { method: "POST", body });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector(`[data-files="${CSS.escape(name)}"]`);
      if (!fresh) throw new Error("no form");
      part.replaceWith(fresh);
      fresh.querySelector("input[type=file]")?.focus();
      fresh.dispatchEvent(new Event("change", { bubbles: true })); // what hangs on how many there are
    } catch {
      part.removeAttribute("aria-busy");
      part.querySelector(".not-attached").hidden = false;
      part.querySelector("input[type=file]").value = "";
    }
  };

  form.addEventListener("change", (event) => {
    const part = event.target.closest("[data-files]");
    if (part && event.target.type === "file" && event.target.files.length) send(part, "_attach", part.dataset.files);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-files] button[name=_detach]");
    if (!button) return;
    event.preventDefault();
    send(button.closest("[data-files]"), "_detach", button.value);
  });
})();
