// What the server knows of codes (services/documents/barcodes.py), for a desk without it: reads what was scanned or typed,
// checks its check character, draws Code 128.
"use strict";
(() => {
  const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  // the keys of the Kazakh layout's upper row, and those that Kazakh and Russian share, as a Latin layout has them
  const TYPED = "\"ӘІҢҒ,.ҮҰҚӨЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬХ", MEANT = "1234567890-QWERTYUIOPASDFGHJKLZXCVBNMX";
  const KEYS = new Map([...TYPED].map((letter, at) => [letter, MEANT[at]]));
  const NUMBER = /^([0-9]{1,3}|[A-Z][0-9]{1,3})-([XRL]?)-?([0-9]{4})-([0-9]{1,10})(?:-([0-9A-Z]))?$/;
  const BADGE = /^B-?([0-9]{1,9})-([0-9A-Z])$/;

  // ISO 7064 MOD 37,36 over the letters and digits
  const checkCharacter = (text) => {
    let total = 36;
    for (const letter of text) {
      const value = ALPHABET.indexOf(letter);
      if (value >= 0) total = (((total + value) % 36 || 36) * 2) % 37;
    }
    return ALPHABET[(37 - total) % 36];
  };
  // what is not seen does not count: one writing, as `services/letters.py` makes it
  const seen = (text) => text.normalize("NFC").replace(/\p{Cf}/gu, "").trim();
  const plain = (text) => text.length > 80 ? "" : [...seen(text).toUpperCase()].map((letter) => KEYS.get(letter) ?? letter).join("").replace(/[\s\-\u2010-\u2015\u2212]+/g, "-").replace(/^[\]Ъ][A-Z][0-9A-Z](?=.)/, "").replace(/^\*+|\*+$/g, "");

  // {number, mark, office, checked}: checked is null without a check character, false when it does not fit; null when it is no number
  const read = (text) => {
    const found = NUMBER.exec(plain(text));
    if (!found) return null;
    const [, bare, mark, year, count, check] = found, office = /^\d/.test(bare) ? String(Number(bare)).padStart(2, "0") : bare;
    const number = `${office}-${mark}${year}-${String(Number(count)).padStart(5, "0")}`;
    return { number, mark, office, checked: check ? check === checkCharacter(number) : null };
  };
  const isBadge = (text) => {
    const found = BADGE.exec(plain(text));
    return found !== null && checkCharacter(`B-${found[1].padStart(5, "0")}`) === found[2];
  };
  // whether a desk may keep it for the server: a number that was not misread, or a badge
  const isReadable = (text) => isBadge(text) || (read(text)?.checked ?? read(text) !== null);
  const payload = (number) => `${number}-${checkCharacter(number)}`;

  // widths of bars and gaps of the 107 symbols, six digits each; the last one is the stop with its final bar
  const WIDTHS = ("212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221223211221132" +
    "221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321112313132113132311211313" +
    "231113231311112133112331132131113123113321133121313121211331231131213113213311213131311123311321331121312113312311332111" +
    "314111221411431111111224111422121124121421141122141221112214112412122114122411142112142211241211221114413111241112134111" +
    "111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141114113114311411113411311113141" +
    "114131311141411131211412211214211232233111").match(/\d{6}/g);
  const START_B = 104, STOP = 106;
  const code128 = (text) => {
    const values = [...text].map((letter) => letter.charCodeAt(0) - 32);
    const check = values.reduce((sum, value, at) => sum + value * (at + 1), START_B) % 103;
    return [START_B, ...values, check, STOP].map((value) => WIDTHS[value]).join("") + "2";
  };
  const SVG = "http://www.w3.org/2000/svg", QUIET = 10, HIGH = 40;
  const drawn = (name, looks) => {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(looks)) node.setAttribute(key, value);
    return node;
  };
  // an <svg> of the number's payload, with its quiet zones
  const picture = (number) => {
    const bars = code128(payload(number));
    let at = QUIET;
    const marks = [...bars].map((wide, place) => {
      const bar = place % 2 ? null : drawn("rect", { x: at, y: 0, width: wide, height: HIGH, fill: "#000" });
      at += Number(wide);
      return bar;
    });
    const svg = drawn("svg", { viewBox: `0 0 ${at + QUIET} ${HIGH}`, role: "img", "aria-label": payload(number), class: "barcode", "shape-rendering": "crispEdges" });
    svg.append(drawn("rect", { width: at + QUIET, height: HIGH, fill: "#fff" }), ...marks.filter(Boolean));
    return svg;
  };
  (globalThis.komek ??= {}).codes = { seen, read, isReadable, checkCharacter, payload, picture };
})();
