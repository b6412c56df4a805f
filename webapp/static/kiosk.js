// A kiosk is left as it stands: a page that speaks of somebody goes back to the beginning after a minute without a touch.
"use strict";
(() => {
  const KEPT = "kiosk", LEFT_MS = 60000;
  if (document.currentScript.hasAttribute("data-begins")) { sessionStorage.setItem(KEPT, location.pathname + location.search); return; }
  const begins = sessionStorage.getItem(KEPT);
  if (!begins || !begins.startsWith("/screen/")) return;
  let left = 0;
  const leave = () => location.replace(begins);
  const wait = () => { clearTimeout(left); left = setTimeout(leave, LEFT_MS); };
  for (const touch of ["pointerdown", "keydown", "scroll"]) addEventListener(touch, wait, { passive: true });
  const back = document.querySelector("[data-to-kiosk]");
  back.hidden = false;
  back.querySelector("a").href = begins;
  wait();
})();
