// A courier's round: each press is kept first and sent in order, as everything at a desk is; a code leads to its registry.
"use strict";
(() => {
  const { codes, desk, outbox } = komek, cards = document.getElementById("cards"), field = document.getElementById("codes");
  if (!field || !document.getElementById("trip")) return;
  const rowOf = (number) => [...document.querySelectorAll("#trip [data-number]")].find((row) => row.dataset.number === number);
  // what waits is said where it was pressed, also when the page is opened anew
  const showKept = async () => {
    const { person } = await desk.ready, waiting = await outbox.waiting(person);
    const kept = new Set(waiting.filter((each) => each.kind === "trip").map((each) => each.content.code));
    for (const row of document.querySelectorAll("#trip [data-number]")) {
      const is = kept.has(row.dataset.number);
      row.querySelector("button").disabled = is;
      row.querySelector(".kept").hidden = !is || !desk.isAway();
    }
  };
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form.trip");
    if (!form) return;
    event.preventDefault();
    const button = form.querySelector("button"), content = { code: form.elements.code.value, act: form.elements.act.value };
    button.disabled = true;
    navigator.vibrate?.(60);
    desk.keep("trip", [content]).then(showKept, () => { button.disabled = false; });
  });
  document.addEventListener("lost", showKept);
  document.addEventListener("merged", ({ detail: { results } }) => {
    for (const { card } of results) cards.insertAdjacentHTML("afterbegin", card);
    [...cards.children].slice(5).forEach((old) => old.remove());
    htmx.trigger(document.body, "carried");
  });
  // what was sent is not drawn as waiting, also where the line is gone again before the round is drawn anew
  document.addEventListener("htmx:sendError", () => { showKept(); setTimeout(() => htmx.trigger(document.body, "carried"), 5000); });
  document.addEventListener("htmx:afterSettle", showKept);
  field.form.addEventListener("submit", (event) => {
    event.preventDefault();
    const number = codes.read(field.value.trim())?.number ?? field.value.trim(), row = rowOf(number);
    const stranger = document.querySelector("[data-stranger]");
    stranger.hidden = Boolean(row) || !number;
    stranger.querySelector(".number").textContent = number;
    field.value = "";
    row?.scrollIntoView({ block: "center" });
    (row?.querySelector("button") ?? field).focus({ preventScroll: true });
  });
})();
