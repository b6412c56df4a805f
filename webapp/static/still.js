// What a page cannot do just now is said on it: parts that are not refreshed any more, since when and why, and that there is
// no network. Where a desk's own banner stands (network.js), the network is its subject.
"use strict";
(() => {
  const place = document.querySelector("[data-still]");
  if (!place) return;
  const words = place.querySelector("span"), again = place.querySelector("a"), stuck = new Map();
  const isCut = () => !navigator.onLine && !document.querySelector("[data-network]");
  let since = Number(document.documentElement.dataset.clock);
  const show = () => {
    const why = isCut() ? "offline" : [...stuck.values()].includes("ended") ? "ended" : stuck.size ? "away" : "";
    const said = why ? place.dataset[why].replace("#", komek.moment(since)) : "";
    place.hidden = !why;
    again.hidden = why !== "ended";
    if (words.textContent !== said) words.textContent = said;
  };
  // whoever is not signed in any more is led to the door: no part of this page
  const isLedAway = ({ xhr, pathInfo }) => xhr.responseURL && new URL(xhr.responseURL).pathname !== new URL(pathInfo.requestPath, location.href).pathname;
  document.addEventListener("htmx:beforeSwap", (event) => { if (isLedAway(event.detail)) event.detail.shouldSwap = false; });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const part = detail.pathInfo.requestPath, ended = detail.xhr.status === 401 || isLedAway(detail);
    if (ended || !detail.successful) stuck.set(part, ended ? "ended" : "away");
    else { stuck.delete(part); since = komek.now(); }
    show();
  });
  ["online", "offline"].forEach((name) => window.addEventListener(name, show));
  // what would lead to the browser's own page of errors, and lose what was typed, is not sent
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !isCut()) return;
    event.preventDefault();
    show();
    place.focus();
  });
  document.addEventListener("DOMContentLoaded", show);
})();
