// The desk: the scanner's field keeps the focus, each answer has its sound, and the lists follow.
"use strict";
(() => {
  const field = document.getElementById("codes"), form = field?.form;
  if (!form) return;
  const back = () => { if (!document.querySelector("dialog[open]")) field.focus(); };
  const SOUNDS = { good: [[880, 90]], late: [[660, 90], [880, 140]], asks: [[660, 90], [990, 90]], plain: [[520, 70]],
    again: [[440, 120], [440, 120]], elsewhere: [[330, 180], [220, 260]], unknown: [[220, 320]], unreadable: [[300, 90], [300, 90], [300, 90]] };
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

  // a scanner ends with Enter: the line is sent, nothing else on the page is
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    if (field.value.trim()) htmx.trigger(form, "submit");
    else document.querySelector("#cards > li:first-child [data-next]")?.click();
  });
  form.addEventListener("htmx:configRequest", () => { field.value = ""; });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "cards") return;
    const cards = [...document.querySelectorAll("#cards > li")];
    if (cards.length) sound(cards[0].dataset.tone);
    cards.slice(60).forEach((old) => old.remove());
    htmx.trigger(document.body, "scanned");
    back();
  });
  form.addEventListener("htmx:sendError", () => { form.dataset.lost = "1"; sound("unknown"); });
  document.addEventListener("click", (event) => { if (!event.target.closest("a, button, input, select, textarea, label, summary")) back(); });
  back();
})();
