// The desk: the scanner's field keeps the focus, each answer has its sound, and the lists follow.
"use strict";
(() => {
  const field = document.getElementById("codes"), form = field?.form;
  if (!form) return;
  const back = () => { if (!document.querySelector("dialog[open]")) field.focus(); };
  const SOUNDS = { good: [[880, 90]], late: [[660, 90], [880, 140]], asks: [[660, 90], [990, 90]], plain: [[520, 70]], kept: [[590, 70], [740, 70]],
    again: [[440, 120], [440, 120]], elsewhere: [[330, 180], [220, 260]], unknown: [[220, 320]], unexpected: [[390, 140], [310, 140], [390, 140]], unreadable: [[300, 90], [300, 90], [300, 90]] };
  let audio = null;
  const sound = (tone) => {
    try {
      audio ??= new AudioContext();
      let at = audio.currentTime;
      for (const [hertz, ms] of SOUNDS[tone] ?? [[260, 260]]) {
        const voice = audio.createOscillator(), loud = audio.createGain();
        voice.frequency.value = hertz;
        loud.gain.setValueAtTime(0.12, at);
        loud.gain.exponentialRampToValueAtTime(0.001, at + ms / 1000);
        voice.connect(loud).connect(audio.destination);
        voice.start(at);
        voice.stop(at + ms / 1000);
        at += ms / 1000 + 0.03;
      }
    } catch { /* no sound, then: word and colour say the same */ }
  };

  // What was scanned is kept by network.js, sent, and answered by the server's card; until then a card of our own says that
  // it is kept. Without the server a misread code is refused here: its check character does not fit.
  const { codes, desk, outbox } = komek, cards = document.getElementById("cards");
  const numberOf = (code) => codes.read(code)?.number ?? code;
  const ours = (kind, entry) => {
    const card = document.getElementById(kind).content.firstElementChild.cloneNode(true), { label, code, route } = entry.content;
    card.dataset.entry = entry.id;
    card.querySelector("[data-code]").textContent = numberOf(label ?? code);
    card.querySelectorAll("[data-at]").forEach((each) => { each.textContent = komek.moment(entry.happened_at); });
    for (const link of card.querySelectorAll("[data-slip]")) {
      link.hidden = !label;
      if (label) link.href = `${link.dataset.slip}${route}#${entry.id}`;
    }
    return card;
  };
  const put = (card) => {
    cards.prepend(card);
    [...cards.children].slice(60).forEach((old) => old.remove());
  };
  const isMisread = (entry) => entry.kind === "scan" && !codes.isReadable(entry.content.code);
  const refuse = (why, code) => {
    const card = ours(why, { id: "", happened_at: Date.now(), content: { code } });
    put(card);
    sound(card.dataset.tone);
  };
  let known = new Set();  // numbers that wait: a scanner that repeats is told so, and nothing is kept twice
  const showKept = async () => {
    const { person } = await desk.ready, all = await outbox.waiting(person), misread = all.filter(isMisread);
    if (misread.length && desk.isAway()) {
      await outbox.forgetEntries(person, misread.map((each) => each.seq));
      await desk.recount();  // what is refused does not wait
      misread.forEach((each) => refuse("misread", each.content.code));
    }
    known = new Set(all.map((each) => numberOf(each.content.label ?? each.content.code)));
    const fresh = all.filter((each) => !misread.includes(each) && !cards.querySelector(`[data-entry="${each.id}"]`));
    fresh.slice(-60).forEach((each) => put(ours("kept", each)));
    if (fresh.length) sound("kept");
  };
  document.addEventListener("lost", showKept);
  document.addEventListener("kept", () => { if (desk.isAway()) showKept(); });
  let unanswered = 0;
  document.addEventListener("merged", ({ detail: { results } }) => {
    unanswered = Math.max(0, unanswered - results.length);
    known.clear();
    for (const { id, card } of results) {
      cards.querySelector(`[data-entry="${id}"]`)?.remove();
      cards.insertAdjacentHTML("afterbegin", card);
    }
    [...cards.children].slice(60).forEach((old) => old.remove());
    if (cards.firstElementChild) sound(cards.firstElementChild.dataset.tone);
    if (!unanswered) htmx.trigger(document.body, "scanned");
  });
  const unpacking = () => Number(form.elements.unpacking?.value) || null;
  const take = () => {
    const typed = field.value.split(/[\n\t]/).map((code) => code.trim()).filter(Boolean);
    field.value = "";
    const good = typed.filter((code) => {
      const why = !desk.isAway() ? "" : !codes.isReadable(code) ? "misread" : known.has(numberOf(code)) ? "again" : "";
      if (why) refuse(why, code);
      return !why;
    });
    const give = () => { unanswered -= good.length; field.value = [...good, field.value].filter(Boolean).join("\n"); };
    unanswered += good.length;
    if (good.length) desk.keep("scan", good.map((code) => ({ code, unpacking: unpacking() }))).catch(give);
    return typed.length > 0;
  };

  // a scanner ends with Enter: the line is taken, nothing else on the page is sent; alone, Enter does what is offered
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    if (!take() && !unanswered) cards.querySelector(":scope > li:first-child [data-next]")?.click();
  });
  // other scanners end with Tab: faster than any hand it is theirs; a hand's Tab leads on as everywhere
  let began = 0;
  field.addEventListener("keydown", (event) => {
    if (!field.value && event.key.length === 1) began = event.timeStamp;
    if (event.key !== "Tab" || event.shiftKey || field.value.length < 6 || event.timeStamp - began > field.value.length * 50) return;
    event.preventDefault();
    take();
  });
  // under a Kazakh layout a scanner's digits come as letters: the key itself is the digit
  field.addEventListener("keydown", (event) => {
    const digit = /^Digit(\d)$/.exec(event.code)?.[1];
    if (!digit || event.key === digit || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    field.setRangeText(digit, field.selectionStart, field.selectionEnd, "end");
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); take(); back(); });
  document.addEventListener("click", (event) => { if (!event.target.closest("a, button, input, select, textarea, label, summary")) back(); });
  back();
})();
