// A kiosk stands in a hall without keys: what it leads to is shown within its own page, which therefore always has a way
// back, says when there is no line instead of the browser's own page of errors, and closes what is left untouched.
"use strict";
(() => {
  const LEFT_MS = 60000, TOLD_MS = 20000, PATIENCE_MS = 8000, LOOK_MS = 600000;
  const root = document.documentElement, within = document.querySelector("[data-within]");
  const part = (name) => within.querySelector(`[data-${name}]`);
  let frame = null, told = 0, left = 0, patience = 0;

  const wait = () => {
    clearTimeout(told);
    clearTimeout(left);
    part("untouched").hidden = true;
    told = setTimeout(() => { part("untouched").hidden = false; }, LEFT_MS - TOLD_MS);
    left = setTimeout(close, LEFT_MS);
  };
  const say = (isThere) => { part("unreached").hidden = isThere; frame.hidden = !isThere; };
  // a page of the browser's own, or of somebody else's, cannot be read from here
  const page = () => { try { return frame.contentDocument?.querySelector("main") ? frame.contentDocument : null; } catch { return null; } };
  const come = () => {
    clearTimeout(patience);
    const shown = page();
    say(Boolean(shown));
    if (!shown) return;
    root.dataset.turn = shown.documentElement.lang;
    for (const touch of ["pointerdown", "keydown", "input", "scroll"]) frame.contentWindow.addEventListener(touch, wait, { passive: true });
    wait();
  };
  const open = (link) => {
    frame = document.createElement("iframe");
    frame.title = link.textContent;
    frame.sandbox = "allow-same-origin allow-scripts allow-forms";  // no other window, no file, nothing instead of this page
    frame.addEventListener("load", come);
    patience = setTimeout(() => say(false), PATIENCE_MS);
    root.dataset.turn = link.closest("[lang]").lang;
    frame.src = link.href;
    within.append(frame);
    within.hidden = false;
    document.body.classList.add("shows");
    part("back").focus();
    wait();
  };
  // with the frame goes its history: the next person finds no way back into what this one read
  function close() {
    for (const each of [told, left, patience]) clearTimeout(each);
    frame?.remove();
    frame = null;
    within.hidden = true;
    document.body.classList.remove("shows");
    scrollTo(0, 0);
    look();
  }
  // what it says itself stays true: it is loaded anew when that has changed, and only while there is somebody to load it from
  async function look() {
    try {
      const answer = await fetch(location.href, { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE_MS) });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html"), { made } = fresh.documentElement.dataset;
      const isOther = made !== root.dataset.made || fresh.querySelector("main").innerHTML !== document.querySelector("main").innerHTML;
      if (answer.status < 500 && made && isOther && !frame) location.reload();
    } catch { /* it stays as it is: nothing of it is of this minute */ }
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".ways a");
    if (!link) return;
    event.preventDefault();
    open(link);
  });
  part("back").addEventListener("click", close);
  for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, () => { if (frame) wait(); }, { passive: true });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && frame) close(); });
  setInterval(() => { if (!frame) look(); }, LOOK_MS);
})();
