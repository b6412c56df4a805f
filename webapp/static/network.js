// Whether the server answers, and what waits until it does. Everything a desk does goes through here: it is kept first,
// then sent in order, each entry with an id of its own: sent twice because an answer was lost, it is done once.
"use strict";
(() => {
  const banner = document.querySelector("[data-network]");
  if (!banner) return;
  const { outbox } = komek, { asks, merge, shell, worker } = banner.dataset, MOST = 50, AGAIN_MS = 30000;
  const standing = banner.hasAttribute("data-standing");  // the shell, where the banner always stands
  let here = null, token = "", away = standing, keepsShell = true, sending = false, more = false, timer = 0, sent = 0, undecided = 0;
  const unread = new Set();  // what the server could not read: kept, told of, not sent again by this page

  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
  const show = async (state) => {
    const { own, others } = here ? await outbox.count(here.person).catch(() => ({ own: 0, others: 0 })) : { own: 0, others: 0 };
    for (const part of banner.querySelectorAll("[data-states]")) part.hidden = !part.dataset.states.split(" ").includes(state);
    banner.dataset.state = state;
    banner.querySelectorAll("[data-own]").forEach((each) => { each.textContent = own; each.closest("p").hidden ||= !own; });
    const alien = banner.querySelector("[data-others]");
    alien.textContent = others;
    alien.closest("p").hidden = !others || state === "fine";
    const bar = banner.querySelector("progress");
    bar.max = sent + own;
    bar.value = sent;
    banner.querySelectorAll("[data-undecided]").forEach((each) => { each.textContent = undecided; each.closest("p").hidden ||= !undecided; });
    banner.querySelectorAll("[data-sent]").forEach((each) => { each.textContent = sent; each.closest("p").hidden ||= !sent; });
    banner.querySelector("[data-unlasting]").hidden = outbox.lasts;
    banner.querySelector("[data-unread]").hidden = !unread.size;
    banner.querySelector("[data-unopened]").hidden = keepsShell;
    banner.hidden = !standing && state === "fine" && outbox.lasts && !unread.size && keepsShell;
  };
  const call = async (address, patience_ms, given = {}) => {
    const answer = await fetch(address, { ...given, signal: AbortSignal.timeout(patience_ms) });
    if (new URL(answer.url).pathname !== address) return { door: true };  // led to the page where one signs in
    if (!answer.ok && answer.status !== 400 && answer.status !== 409) throw new Error("not taken");
    return answer.ok ? answer.json() : { stale: true };
  };

  // who is signed in now, and the token to send with; false when these are not their entries
  const ask = async () => {
    const told = await call(asks, 8000);
    if (told.door) { await show("door"); return false; }
    if (told.stale) throw new Error("not taken");
    if (here && told.person !== here.person) { await show("other"); return false; }
    token = told.csrf;
    document.documentElement.dataset.offset = told.offset;
    const { csrf, ...known } = told;  // what the desk needs to know when it is opened without the server
    if (banner.dataset.person) await outbox.remember(known).catch(() => {});
    return true;
  };
  const sendAll = async () => {
    let before = "";
    for (;;) {
      more = false;
      const all = await outbox.waiting(here.person, MOST + unread.size), batch = all.filter((each) => !unread.has(each.id)).slice(0, MOST);
      if (!batch.length) { if (more) continue; return; }
      if (away || sent) await show("sending");
      const entries = batch.map(({ seq, ...each }) => each);
      const told = await call(merge, 60000, {
        method: "POST", body: JSON.stringify({ person: here.person, entries }), headers: { "Content-Type": "application/json", "X-CSRFToken": token } });
      if (told.door || told.stale) {
        if (before === batch[0].id) throw new Error("not taken");
        before = batch[0].id;
        if (!(await ask())) return "stopped";
        continue;
      }
      const done = batch.filter((each) => told.results.find((result) => result.id === each.id && result.state !== "unreadable"));
      batch.filter((each) => !done.includes(each)).forEach((each) => unread.add(each.id));
      await outbox.forgetEntries(here.person, done.map((each) => each.seq));
      if (away) sent += done.length;
      undecided += told.results.filter((each) => each.state === "conflict").length;
      tell("merged", { results: told.results });
    }
  };
  const alone = (work) => navigator.locks ? navigator.locks.request("komek.merge", work) : work();
  const send = async () => {
    more = true;
    if (sending || !here) return;
    sending = true;
    clearTimeout(timer);
    try {
      const stopped = (away || !token) ? !(await ask()) : false;
      if (!stopped && (await alone(sendAll)) !== "stopped") {
        const was = away;
        away = false;
        await show(was || standing ? "back" : "fine");
        if (was) tell("back");
        sent = undecided = 0;
      }
      sending = false;
      if (banner.dataset.state === "door" || banner.dataset.state === "other") timer = setTimeout(send, 5000);
      else if (more) send();  // kept while the last answer was being shown
    } catch {
      away = true;
      await outbox.noteWait(here.person).catch(() => {});
      await show("away");
      tell("lost");
      sending = false;
      timer = setTimeout(send, 3000 + Math.random() * 1000);  // not every desk of the oblast in the same instant
    }
  };

  // keep what was done; resolves to the entries, each with its id and its moment by this computer's clock
  let last = Promise.resolve();
  const keep = (kind, contents) => {
    const entries = contents.map((content) => ({ id: outbox.id(), office: here.office, kind, happened_at: new Date().toISOString(), content }));
    last = last.catch(() => {}).then(() => outbox.keep(here.person, entries));
    return last.then(() => {
      if (away) show(banner.dataset.state);
      tell("kept", { entries });
      send();
      return entries;
    }, () => { banner.hidden = false; banner.querySelector("[data-unkept]").hidden = false; throw new Error("not kept"); });
  };

  // the desk as it opens without the server: the browser keeps all of it or none, and is asked again until it does
  const keepShell = async () => {
    const kept = await navigator.serviceWorker.register(worker, { scope: shell }), coming = kept.installing;
    if (kept.active || !coming) return;
    await new Promise((resolve, reject) => {
      const look = () => {
        if (coming.state === "redundant") reject(new Error("not kept"));
        else if (coming.state === "activated") resolve();
      };
      coming.addEventListener("statechange", look);
      look();  // it may have come to its end by now
    });
  };
  const insist = async () => {
    const was = keepsShell;
    keepsShell = await keepShell().then(() => true, () => false);
    if (!keepsShell) setTimeout(insist, AGAIN_MS);
    if (was !== keepsShell && banner.dataset.state) await show(banner.dataset.state);
  };

  const begin = async () => {
    const { person, office } = banner.dataset;
    here = person ? { person: Number(person), office } : await outbox.recall();
    if (!here) { await show("nobody"); return null; }
    if (here.offset !== undefined) document.documentElement.dataset.offset = here.offset;  // this office's, which may not be the region's
    await outbox.noteWait(here.person).catch(() => {});
    if (person) {
      if (navigator.serviceWorker) insist();
      globalThis.caches?.open("desk-language").then((cache) => cache.put("/desk/language", new Response(document.documentElement.lang))).catch(() => {});
      navigator.storage?.persist?.().catch(() => {});
    }
    await show(standing ? "asking" : "fine");
    send();
    return here;
  };
  // signing out closes the desk at once; without the server the session itself ends when it answers again (komek.js)
  const leave = async () => {
    try { localStorage.setItem("komek.left", "1"); } catch { /* then only the desk is closed */ }
    await outbox.forget().catch(() => {});
  };
  document.querySelector("form.leave")?.addEventListener("submit", async (event) => {
    if (!away) return;
    event.preventDefault();
    await leave();
    location.assign(shell + "/");
  });
  window.addEventListener("online", () => send());
  const recount = () => show(banner.dataset.state);
  komek.desk = { ask, keep, send, leave, recount, ready: null, isAway: () => away };
  komek.desk.ready = begin();
})();
