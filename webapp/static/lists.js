// The day's lists by keyboard, with rows ticked, and kept fresh without moving what one reads; and the palette of acts.
"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const first = (selector) => document.querySelector(selector);
  const typing = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  const OFF = "komek.keys-off";
  const off = () => { try { return !!localStorage.getItem(OFF); } catch { return false; } };

  // ---- rows: the one that one stands on, and those that are ticked
  const rows = () => all(".tasks tbody tr").filter((row) => row.getClientRects().length);
  const here = () => first(".tasks tr.here");
  const stand = (row) => {
    here()?.classList.remove("here");
    row?.classList.add("here");
    row?.querySelector("a")?.focus();
  };
  const move = (by) => {
    const list = rows();
    if (list.length) stand(list[Math.max(0, Math.min(list.length - 1, list.indexOf(here()) + by))]);
  };
  const press = (selector, place = document) => { const found = place?.querySelector(selector); found?.click(); return found; };
  const ticked = () => all(".worklist [data-tick]:checked");
  const count = () => {
    const said = first("[data-ticked]"), some = ticked().length, every = all(".worklist [data-tick]").length;
    if (said) said.textContent = some ? said.dataset.ticked.replace("#", some) : "";
    const whole = first("[data-tick-all]");
    if (whole) { whole.checked = !!every && some === every; whole.indeterminate = !!some && some < every; }
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-tick-all]")) all(".worklist [data-tick]").forEach((each) => { each.checked = event.target.checked; });
    if (event.target.matches("[data-tick], [data-tick-all]")) count();
  });
  window.addEventListener("pageshow", count);
  document.addEventListener("click", (event) => { if (event.target.closest("[data-print-ticked]")) window.print(); });

  // ---- a scan wherever one stands: a scanner types faster than any hand, and its Enter would press what has the focus
  const A_LETTER_MS = 50, SHORTEST = 8, DIGITS = 4;
  let scanned = "", digits = 0, begun = 0, came = 0;
  document.addEventListener("keydown", (event) => {
    if (typing(event.target) || first("dialog[open]") || event.ctrlKey || event.altKey || event.metaKey) { scanned = ""; return; }
    const now = event.timeStamp, ends = event.key === "Enter" || event.key === "Tab";
    if (!scanned || now - came > 2 * A_LETTER_MS) { scanned = ""; digits = 0; begun = now; }
    came = now;
    if (event.key.length === 1) { scanned += event.key; digits += /^(Digit|Numpad)\d$/.test(event.code); }
    if (!ends) return;
    const code = scanned, field = first("#codes") ?? first("#find");
    scanned = "";
    if (!field || code.length < SHORTEST || digits < DIGITS || now - begun > code.length * A_LETTER_MS) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    field.value = field.matches("textarea") ? [field.value.trim(), code].filter(Boolean).join("\n") : code;
    field.form.requestSubmit();
  }, true);

  // ---- acts: each by its key's place, whatever the layout, and in the palette with that key beside it
  const act = {
    next: () => move(1),
    previous: () => move(-1),
    open: () => here()?.querySelector("a")?.click(),
    do: () => press("[data-claim], .act .button, .act button", here() ?? undefined) ?? first("form.task")?.querySelector("input:not([type=hidden]), select, textarea")?.focus(),
    tick: () => press("[data-tick]", here() ?? rows()[0]),
    take: () => press("[data-next]"),
    filter: () => { const place = first(".choosing"); if (place) { place.open = true; place.querySelector("select")?.focus(); } },
    find: () => first("#find")?.focus(),
    back: () => press("[data-back]"),
    fresh: () => press("[data-show-fresh]"),
    keys: () => first("#keys")?.showModal(),
  };
  const able = {
    next: () => rows().length, previous: () => rows().length, open: () => here(), do: () => here() || first("[data-claim], form.task"), tick: () => first("[data-tick]"),
    take: () => first("[data-next]"), filter: () => first(".choosing"), back: () => first("[data-back]"), fresh: () => first(".fresh-rows:not([hidden])"),
  };
  const KEYS = { KeyJ: "next", KeyK: "previous", KeyE: "do", KeyC: "do", KeyX: "tick", KeyN: "take", KeyF: "filter", KeyL: "back", KeyR: "fresh" };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || typing(event.target) || first("dialog[open]")) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.code === "KeyK" && !event.shiftKey && first("#palette")) { event.preventDefault(); ask(); }
      return;
    }
    const name = off() || digits ? null : event.code === "Slash" ? (event.shiftKey ? "keys" : "find") : event.shiftKey ? null : KEYS[event.code];
    if (!name || (able[name] && !able[name]())) return;
    event.preventDefault();
    act[name]();
  });
  const letters = first("[data-letters]");
  if (letters) {
    letters.checked = !off();
    letters.addEventListener("change", () => {
      try { if (letters.checked) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "1"); } catch { /* not kept, then */ }
    });
  }

  // ---- the palette: every act and place by its name, with its key; what is none of these is looked for
  const palette = first("#palette"), asked = first("#palette-words"), offers = first("#palette-offers");
  let at = 0;
  const acts = () => [
    ...all("[data-act]").filter((each) => (able[each.dataset.act] ?? (() => true))()).map((each) => ({
      said: each.querySelector("dd").textContent.trim(), keys: all("kbd", each).map((key) => key.textContent), run: act[each.dataset.act] })),
    ...all(".places a, .lists a, .lists form button.primary").map((each) => ({ said: each.textContent.trim().replace(/\s+/g, " "), keys: [], run: () => each.click() })),
  ];
  const draw = () => {
    const words = asked.value.trim().toLocaleLowerCase().split(/\s+/);
    const fits = acts().filter((each) => words.every((word) => each.said.toLocaleLowerCase().includes(word)));
    if (asked.value.trim()) fits.push({ said: palette.dataset.find.replace("#", asked.value.trim()), keys: [], run: () => { const find = first("#find"); find.value = asked.value; find.form.requestSubmit(); } });
    at = Math.min(at, Math.max(fits.length - 1, 0));
    offers.replaceChildren(...fits.map((each, number) => {
      const line = Object.assign(document.createElement("li"), { id: `offer-${number}` });
      line.setAttribute("role", "option");
      line.setAttribute("aria-selected", number === at);
      line.append(Object.assign(document.createElement("span"), { textContent: each.said }), ...each.keys.map((key) => Object.assign(document.createElement("kbd"), { textContent: key })));
      line.addEventListener("click", () => { palette.close(); each.run(); });
      return line;
    }));
    if (fits.length) asked.setAttribute("aria-activedescendant", `offer-${at}`); else asked.removeAttribute("aria-activedescendant");
    offers.children[at]?.scrollIntoView({ block: "nearest" });
    return fits;
  };
  const ask = () => { asked.value = ""; at = 0; palette.showModal(); draw(); asked.focus(); };
  asked?.addEventListener("input", () => { at = 0; draw(); });
  asked?.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) { event.preventDefault(); at = Math.max(0, Math.min(offers.children.length - 1, at + by)); draw(); }
    if (event.key === "Enter") { event.preventDefault(); const chosen = draw()[at]; palette.close(); chosen?.run(); }
  });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-palette]")) { first("#keys")?.close(); ask(); } });

  // ---- live: what is gone is greyed where it stands, what is new waits in a bar; nothing moves before one presses
  let waiting = null;
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (!event.target.matches("[data-fresh]") || !event.detail.successful) return;
    if (new URL(event.detail.xhr.responseURL).pathname.startsWith("/sign-in")) return;
    const fresh = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    tell(Number(fresh.querySelector("[data-unread]")?.dataset.unread));
    const now = new Map(all("[data-row]", fresh).map((row) => [row.dataset.row, row.dataset.said])), shown = all("[data-row]");
    const was = new Set(shown.map((row) => row.dataset.row)), added = [...now.keys()].filter((each) => !was.has(each)).length;
    let gone = 0;
    shown.forEach((row) => {
      const left = !now.has(row.dataset.row), other = !left && now.get(row.dataset.row) !== row.dataset.said;
      row.classList.toggle("gone", left);
      row.classList.toggle("changed", other);
      gone += left || other;
    });
    waiting = added || gone ? fresh : null;
    const bar = first(".fresh-rows");
    const said = [added ? bar.dataset.added.replace("#", added) : "", gone ? bar.dataset.gone.replace("#", gone) : ""].filter(Boolean).join(" · ");
    if (bar.firstElementChild.textContent !== said) bar.firstElementChild.textContent = said;
    bar.hidden = !waiting;
  });
  const tell = (unread) => {
    const count = first("[data-unread-count]");
    if (!count || Number.isNaN(unread)) return;
    if (unread > Number(count.textContent)) {
      const said = first("[data-unread-said]");
      said.textContent = said.dataset.unreadSaid.replace("#", unread);
    }
    count.textContent = unread;
    count.closest("a").classList.toggle("new", unread > 0);
  };
  document.addEventListener("click", (event) => {
    if (!waiting || !event.target.closest("[data-show-fresh]")) return;
    event.preventDefault();
    const place = first("#rows"), chosen = new Set(ticked().map((each) => each.value)), stood = here()?.dataset.row;
    const held = all("[data-row]").find((row) => row.getBoundingClientRect().bottom > 120 && waiting.querySelector(`[data-row="${CSS.escape(row.dataset.row)}"]`));
    const top = held?.getBoundingClientRect().top;
    place.replaceChildren(...waiting.body.childNodes);
    waiting = null;
    all("[data-tick]", place).forEach((each) => { each.checked = chosen.has(each.value); });
    const row = (id) => id && place.querySelector(`[data-row="${CSS.escape(id)}"]`);
    if (held && row(held.dataset.row)) window.scrollBy(0, row(held.dataset.row).getBoundingClientRect().top - top);
    row(stood)?.classList.add("here");
    first(".fresh-rows").hidden = true;
    (row(stood)?.querySelector("a") ?? first("#list-title"))?.focus({ preventScroll: true });
    count();
  });
})();
