// A courier's round: each press is kept first and sent in order, as everything at a desk is; a code leads to its registry.
// Without the server the desk's own page draws the round as it was last told (shell.js).
"use strict";
(() => {
  const { codes, desk, outbox } = komek, cards = document.getElementById("cards"), round = document.getElementById("trip");
  if (!round) return;
  const isShell = round.hasAttribute("data-round"), gone = new Set();  // pressed and answered, where nobody draws them anew
  const rowOf = (number) => [...document.querySelectorAll("#trip [data-number]")].find((row) => row.dataset.number === number);
  // what waits is said where it was pressed, also when the page is opened anew; what was taken can be delivered before
  // anybody answers
  const showKept = async () => {
    const { person } = await desk.ready, waiting = await outbox.waiting(person), kept = new Map();
    for (const { content } of waiting.filter((each) => each.kind === "trip")) kept.set(content.code, [...(kept.get(content.code) ?? []), content.act]);
    for (const row of document.querySelectorAll("#trip [data-number]")) {
      const acts = kept.get(row.dataset.number) ?? [], button = row.querySelector("button"), { act } = row.querySelector("form").elements;
      if (acts.includes("taken") && act.value === "taken" && desk.isAway()) {
        act.value = "delivered";
        button.firstChild.data = document.getElementById("trip").dataset.delivered;
      }
      button.disabled = acts.includes(act.value) || gone.has(row.dataset.number);
      row.querySelector(".kept").hidden = !acts.length || !desk.isAway();
    }
  };
  const drawn = (template, { number, said }) => {
    const row = template.content.firstElementChild.cloneNode(true), { way, papers } = said[document.documentElement.lang];
    row.dataset.number = row.querySelector("[name=code]").value = number;
    row.querySelectorAll("[data-number-said]").forEach((each) => { each.textContent = ` ${number}`; });
    row.querySelector("[data-way]").textContent = way;
    row.querySelector("[data-papers]").textContent = papers;
    return row;
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
  if (isShell) {
    document.addEventListener("merged", () => {
      round.querySelectorAll("[data-number]:has(.kept:not([hidden]))").forEach((row) => gone.add(row.dataset.number));
      showKept();
    });
    komek.round = { draw: (rows) => {
      round.hidden = false;
      for (const part of round.querySelectorAll("[data-act]")) {
        const found = rows.filter((row) => row.act === part.dataset.act);
        part.hidden = !found.length;
        part.querySelector(".count").textContent = found.length;
        part.querySelector("ul").replaceChildren(...found.map((row) => drawn(part.querySelector("template"), row)));
      }
      showKept();
    } };
    return;
  }
  document.addEventListener("merged", ({ detail: { results } }) => {
    for (const { card } of results) cards.insertAdjacentHTML("afterbegin", card);
    [...cards.children].slice(5).forEach((old) => old.remove());
    htmx.trigger(document.body, "carried");
    desk.ask().catch(() => {});  // the round as it is now is what is known without the server
  });
  // what was sent is not drawn as waiting, also where the line is gone again before the round is drawn anew
  document.addEventListener("htmx:sendError", () => { showKept(); setTimeout(() => htmx.trigger(document.body, "carried"), 5000); });
  document.addEventListener("htmx:afterSettle", showKept);
  const field = document.getElementById("codes");
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
