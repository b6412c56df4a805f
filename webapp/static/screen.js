// A wall has nobody who presses anything: every ten seconds it looks whether something has changed, and its languages,
// and results that do not fit at once, take turns. A lost line is said, with the hour at which all this was true.
"use strict";
(() => {
  const LOOK_MS = 10000, TURN_MS = 8000, PATIENCE_MS = 8000;
  const root = document.documentElement;
  const LANGUAGES = ["kk", "ru", "en"].sort((one, other) => (other === root.lang) - (one === root.lang));  // the region's first one first
  const CALLED_MS = Number(root.dataset.calledS) * 1000;
  let etag = "", turn = 0, since = Date.now();
  const called = () => new Set([...document.querySelectorAll("[data-call]")].map((row) => row.dataset.call));

  const take = () => {
    root.dataset.turn = LANGUAGES[turn % LANGUAGES.length];
    const pages = [...document.querySelectorAll(".some")], now = Math.floor(turn / LANGUAGES.length) % (pages.length || 1);
    pages.forEach((page, at) => { page.toggleAttribute("data-later", at !== now); });
    turn += 1;
  };
  const draw = (text) => {
    const fresh = new DOMParser().parseFromString(text, "text/html"), { made } = fresh.documentElement.dataset;
    if (!made) throw new Error("of somebody who stands between");  // loaded instead of this page it would stand there for ever
    if (made !== root.dataset.made) { location.reload(); return; }
    const before = called();
    for (const part of ["header", "main"]) document.querySelector(part).replaceWith(fresh.querySelector(part));
    document.body.className = fresh.body.className;
    for (const row of document.querySelectorAll("[data-call]")) row.classList.toggle("new", !before.has(row.dataset.call));
    turn = Math.max(0, turn - 1);
    take();
  };
  const trueAt = (said) => {
    const first = /^.*?GMT/.exec(said || "");  // a server and what stands before it may each say it
    const at = new Date((first ? Date.parse(first[0]) : Date.now()) + Number(root.dataset.minutes) * 60000);
    document.querySelector(".as-of time").textContent = at.toISOString().slice(11, 16);
  };
  // nobody is called for ever: whose call was seen that long ago does not stand at the counter any more
  const forget = () => { document.querySelector(".called")?.remove(); etag = ""; };
  const lost = (is) => {
    if (!is) since = Date.now();
    else if (Date.now() - since >= CALLED_MS) forget();
    document.querySelector(".away").hidden = !is;
    document.querySelector(".as-of").classList.toggle("old", is);
  };
  const look = async () => {
    try {
      const headers = etag ? { "If-None-Match": etag } : {};
      const answer = await fetch(location.href, { cache: "no-store", credentials: "omit", headers, signal: AbortSignal.timeout(PATIENCE_MS) });
      if (answer.status >= 500) throw new Error("away");
      if (answer.status !== 304) { draw(await answer.text()); etag = answer.headers.get("ETag") || ""; }
      trueAt(answer.headers.get("Date"));
      lost(false);
    } catch { lost(true); }
    setTimeout(look, LOOK_MS);
  };
  take();
  setInterval(take, TURN_MS);
  setTimeout(look, LOOK_MS);
})();
