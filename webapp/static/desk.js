// The desk: the scanner's field keeps the focus, each answer has its sound, and the lists follow.
"use strict";
(() => {
  const field = document.getElementById("codes"), form = field?.form;
  if (!form) return;
  const back = () => { if (!document.querySelector("dialog[open]")) field.focus(); };
  const SOUNDS = { good: [[880, 90]], late: [[660, 90], [880, 140]], asks: [[660, 90], [990, 90]], plain: [[520, 70]],
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

  // What was scanned waits in a row and goes to the server in order, several at once when the scanner is quicker. It is
  // kept on this computer until the server has answered: numbers only, no names. Each scan has an id and its moment: sent
  // twice because an answer was lost, it is done once; what had to wait and is refused stands in a list for a person.
  const kept = `komek.scans.${form.dataset.place}`, waiting = form.querySelector(".waiting"), cards = document.getElementById("cards");
  const read = () => { try { return JSON.parse(localStorage.getItem(kept) ?? "[]"); } catch { return []; } };
  const write = (codes) => { try { localStorage.setItem(kept, JSON.stringify(codes)); } catch { /* then only in this page */ } };
  const id = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const entry = (code) => ({ id: id(), office: form.dataset.office, kind: "scan", happened_at: new Date().toISOString(), waited: false,
    content: { code, unpacking: Number(form.elements.unpacking?.value) || null } });
  const wait = (each) => ({ ...(each.id ? each : entry(String(each))), waited: true });
  let row = read().map(wait), sending = false, token = form.elements.csrf_token.value;
  const tell = (lost) => {
    waiting.hidden = !lost || !row.length;
    waiting.textContent = waiting.dataset.said.replace("#", row.length);
  };
  const send = async () => {
    if (sending || !row.length) return;
    sending = true;
    const batch = row.slice(0, 50);
    try {
      const answer = await fetch(form.dataset.merge, { method: "POST", body: JSON.stringify({ entries: batch }),
        headers: { "Content-Type": "application/json", "X-CSRFToken": token } });
      if (answer.status === 400) token = (await (await fetch(form.dataset.outbox)).json()).csrf;
      if (!answer.ok || new URL(answer.url).pathname !== form.dataset.merge) throw new Error("not taken");
      const { results } = await answer.json();
      for (const each of results) cards.insertAdjacentHTML("afterbegin", each.card);
      row = row.slice(batch.length);
      write(row);
      tell(false);
      if (cards.firstElementChild) sound(cards.firstElementChild.dataset.tone);
      [...cards.children].slice(60).forEach((old) => old.remove());
      if (!row.length) htmx.trigger(document.body, "scanned");
    } catch {
      row = row.map(wait);
      write(row);
      tell(true);
      if (!form.dataset.lost) sound("unknown");
      form.dataset.lost = "1";
      sending = false;
      setTimeout(send, 3000);
      return;
    }
    delete form.dataset.lost;
    sending = false;
    send();
  };
  const take = () => {
    const codes = field.value.split("\n").map((code) => code.trim()).filter(Boolean);
    field.value = "";
    if (!codes.length) return false;
    row = [...row, ...codes.map(entry)];
    write(row);
    send();
    return true;
  };

  // a scanner ends with Enter: the line is taken, nothing else on the page is sent; alone, Enter does what is offered
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    if (!take() && !row.length) cards.querySelector(":scope > li:first-child [data-next]")?.click();
  });
  // under a Kazakh layout a scanner's digits come as letters: the key itself is the digit
  field.addEventListener("keydown", (event) => {
    const digit = /^Digit(\d)$/.exec(event.code)?.[1];
    if (!digit || event.key === digit || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    field.setRangeText(digit, field.selectionStart, field.selectionEnd, "end");
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); take(); back(); });
  send();
  document.addEventListener("click", (event) => { if (!event.target.closest("a, button, input, select, textarea, label, summary")) back(); });
  back();
})();
