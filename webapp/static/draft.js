// What stands in a step's form is kept when a field is left; when it is not, that is said loudly, and tried again. A session
// that ended meanwhile is begun again in place: nothing has to be typed twice.
"use strict";
(() => {
  const form = document.querySelector("form.task[data-draft]"), dialog = document.getElementById("again");
  if (!form) return;
  const saved = form.querySelector(".saved"), loud = form.querySelector(".unkept"), AGAIN_MS = 5000;
  const AS_DATA = { Accept: "application/json" };
  const all = () => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  const typed = () => { const said = all(); said.delete("csrf_token"); return said.toString(); };
  let before = typed(), going = null, gone = false, leaving = false, away = false, timer = 0;

  const tell = (fault, why = "") => {
    away = fault === "away";
    saved.textContent = fault ? "" : saved.dataset.saved;
    loud.hidden = !fault;
    if (!fault) return;
    loud.querySelector("span").textContent = loud.dataset[fault].replace("#", why);
    loud.querySelector("[data-sign-in]").hidden = fault !== "ended";
  };

  // the token to send with, and whether this page's person is signed in: in another window they may have done it already
  const renew = (token) => document.querySelectorAll("input[name=csrf_token]").forEach((each) => { each.value = token; });
  const whose = (page) => page.querySelector(".who[data-login]")?.dataset.login;
  const look = async () => {
    const page = new DOMParser().parseFromString(await (await fetch(dialog.dataset.door)).text(), "text/html");
    const token = page.querySelector("input[name=csrf_token]")?.value;
    if (!token) throw new Error("no door");
    renew(token);
    return whose(page) === whose(document);
  };
  const ended = async () => {
    if (await look()) return true;
    tell("ended");
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("#again-password").focus();
    return false;
  };

  const keep = async (once) => {
    const now = typed();
    if (gone || dialog.open || (now === before && loud.hidden)) return;
    clearTimeout(timer);
    going?.abort();
    going = new AbortController();
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: all(), headers: AS_DATA, signal: going.signal });
      if (answer.ok) { before = now; tell(""); return; }
      if (answer.status >= 500) throw new Error("away");
      const { type, message } = await answer.json();
      if (!["SessionEnded", "FormExpired"].includes(type)) tell("refused", message);
      else if (once !== "once" && await ended()) keep("once");
    } catch (error) {
      if (error.name === "AbortError") return;
      tell("away");
      timer = setTimeout(keep, AGAIN_MS);
    }
  };
  form.addEventListener("focusout", () => setTimeout(keep, 50));
  // heard last: what was not sent after all (still.js, komek.js) is kept further on
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    // another form of the page leads away from it: another language, another office, signing out
    if (event.target !== form) {
      if (gone || leaving || typed() === before) return;
      event.preventDefault();
      delete event.target.dataset.sent;
      keep().then(() => {
        if (away || dialog.open) return;  // what is not kept is said, and stays
        leaving = true;
        event.target.requestSubmit(event.submitter);
      });
      return;
    }
    // nobody answered a moment ago: it is sent if somebody does now, else it goes on standing here
    if (away) {
      event.preventDefault();
      delete form.dataset.sent;
      loud.scrollIntoView({ block: "nearest" });
      keep().then(() => { if (!away) form.requestSubmit(event.submitter); });
      return;
    }
    gone = true;
    going?.abort();
    clearTimeout(timer);
  });
  window.addEventListener("pageshow", () => { gone = leaving = false; });
  // whoever follows a link leaves the field with the same press: that is sent while the page goes
  window.addEventListener("pagehide", () => {
    if (!gone && !leaving && !dialog.open && typed() !== before) fetch(form.dataset.draft, { method: "POST", body: all(), headers: AS_DATA, keepalive: true }).catch(() => {});
  });

  // sign in again beside the form
  const wrong = dialog.querySelector(".error"), password = dialog.querySelector("#again-password");
  dialog.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const { action } = event.target, body = new URLSearchParams(new FormData(event.target));
    body.set("csrf_token", form.querySelector("[name=csrf_token]").value);
    delete event.target.dataset.sent;
    try {
      const answer = await fetch(action, { method: "POST", body, headers: AS_DATA }), told = await answer.json();
      wrong.hidden = answer.ok;
      wrong.textContent = told.message ?? "";
      password.value = "";
      if (!answer.ok) { password.focus(); return; }
      renew(told.csrf);
      dialog.close();
      keep("once");
    } catch {
      dialog.close();
      tell("away");
      timer = setTimeout(keep, AGAIN_MS);
    }
  });
  dialog.querySelector("[data-later]").addEventListener("click", () => dialog.close());
  loud.querySelector("[data-sign-in]").addEventListener("click", () => keep());
})();
