// Light or dark, as this person chose on this computer; before the page is drawn, so that it does not flash.
"use strict";
try {
  const chosen = localStorage.getItem("komek.theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
} catch { /* a browser that keeps nothing follows the system */ }
