// What makes the pages quicker to work with. Everything also works without it.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  // as everywhere in Komek: 31.12.2013 09:05, by the office's clock and not by this computer's zone; browsers know no Kazakh months
  (globalThis.komek ??= {}).moment = (at) => {
    const two = (number) => String(number).padStart(2, "0"), there = new Date(new Date(at).getTime() + Number(root.dataset.offset) * 60000);
    return `${two(there.getUTCDate())}.${two(there.getUTCMonth() + 1)}.${there.getUTCFullYear()} ${two(there.getUTCHours())}:${two(there.getUTCMinutes())}`;
  };
  // now by the server's clock: this computer's may be wrong
  const ahead = root.dataset.clock ? Date.now() - Number(root.dataset.clock) : 0;
  komek.now = () => Date.now() - ahead;
  // how far the bar at the top reaches: what stays under it stands below
  const bar = document.querySelector(".top");
  if (bar) new ResizeObserver(() => root.style.setProperty("--top", getComputedStyle(bar).position === "sticky" ? `${bar.offsetHeight}px` : "0px")).observe(bar);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // light or dark, kept on this computer
  document.querySelector("[data-theme-switch]")?.addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("komek.theme", root.dataset.theme); } catch { /* not kept, then */ }
  });

  // on a narrow screen the head of the page is one bar; the rest of it opens
  const menu = document.querySelector("[data-menu]");
  menu?.addEventListener("click", () => menu.setAttribute("aria-expanded", menu.closest(".top").classList.toggle("open")));

  // five minutes before the session ends that is said, and can be put off; another window may have done so meanwhile
  const end = document.querySelector(".session-end");
  if (end) {
    const WARNING_S = 300, form = end.querySelector("form"), read = async (answer) => (answer.ok && !answer.redirected ? (await answer.json()).left : 0);
    let timer = 0;
    const wait = (left) => {
      clearTimeout(timer);
      if (left > WARNING_S) end.hidden = true;
      timer = setTimeout(look, Math.max(1, left > WARNING_S ? left - WARNING_S : Math.min(left, 60)) * 1000);
    };
    const look = async () => {
      try {
        const left = await read(await fetch(end.dataset.asks, { headers: { Accept: "application/json" } }));
        end.hidden = left > WARNING_S;
        form.hidden = left <= 0;
        if (left <= 0) end.querySelector("span").textContent = end.dataset.ended;
        else wait(left);
      } catch { wait(WARNING_S); } // nobody answers: asked again in a minute
    };
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        wait(await read(await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } })));
      } catch { /* it stands there, to be pressed again */ }
      delete form.dataset.sent;
    });
    document.addEventListener("visibilitychange", () => { if (!document.hidden && !end.hidden) look(); });
    if (Number(end.dataset.left) > WARNING_S) wait(Number(end.dataset.left)); else look();
  }

  // one press puts the likeliest answers in: by a hand, and to be changed
  document.addEventListener("click", (event) => {
    const put = event.target.closest("button[name=_put]");
    if (!put?.form) return;
    event.preventDefault();
    for (const [name, value] of new URLSearchParams(put.value)) {
      const field = put.form.elements[name];
      if (!field) continue;
      field.value = value;
      ["input", "change"].forEach((kind) => field.dispatchEvent(new Event(kind, { bubbles: true })));
    }
    put.form.elements[new URLSearchParams(put.value).keys().next().value]?.focus();
  });

  // what a field lacks is said by the page, in its language and with the field's name, never by the browser
  const faults = JSON.parse(document.body.dataset.faults ?? "{}");
  const filled = (text, ...values) => values.reduce((said, value) => said.replace("#", value), text ?? "");
  const called = (field) => {
    const label = field.labels?.[0]?.cloneNode(true);
    label?.querySelectorAll(".optional, .error, input, select, textarea").forEach((part) => part.remove());
    return (label?.textContent ?? field.getAttribute("aria-label") ?? "").trim().replace(/\s+/g, " ").replace(/:$/, "");
  };
  const lacks = (field) => {
    const { validity, minLength, min, max } = field;
    const name = called(field);
    if (validity.customError) return field.validationMessage;
    if (validity.valueMissing) return filled(faults.empty, name);
    if (validity.rangeUnderflow || validity.rangeOverflow) return filled(faults.range, name, min, max);
    return validity.tooShort ? filled(faults.short, name, minLength) : filled(faults.other, name);
  };
  const sound = (field) => {
    if (!field.dataset.lacks) return;
    document.getElementById(field.dataset.lacks)?.remove();
    if (field.dataset.hints) field.setAttribute("aria-describedby", field.dataset.hints); else field.removeAttribute("aria-describedby");
    ["aria-invalid", "data-lacks", "data-hints"].forEach((name) => field.removeAttribute(name));
  };
  document.addEventListener("invalid", (event) => {
    event.preventDefault();
    const field = event.target;
    sound(field);
    if (!field.form.querySelector("[data-lacks]")) field.focus();
    say(field, lacks(field));
  }, true);
  const say = (field, text) => {
    const said = document.createElement("p");
    sound(field);
    Object.assign(said, { className: "error", id: `lacks-${field.id || field.name}`, textContent: text });
    said.setAttribute("role", "alert");
    field.before(said);
    field.dataset.lacks = said.id;
    field.dataset.hints = field.getAttribute("aria-describedby") ?? "";
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", `${said.id} ${field.dataset.hints}`.trim());
    return said;
  };
  // what is longer than it may be stands there whole, and that is said: a browser cuts what is pasted, and tells nobody
  const isText = (field) => field.matches?.("textarea[maxlength], input[maxlength]:not([type=search], [role=combobox])");
  const whole = (event) => {
    if (!faults.long || !isText(event.target)) return;
    event.target.dataset.most = event.target.maxLength;
    event.target.removeAttribute("maxlength");
  };
  ["focusin", "beforeinput"].forEach((name) => document.addEventListener(name, whole));
  const measured = (field) => {
    const most = Number(field.dataset?.most), long = most ? [...field.value].length : 0, count = `${long} / ${most}`;
    if (!(long > most)) { field.setCustomValidity?.(""); sound(field); return; }
    const said = document.getElementById(field.dataset.lacks ?? "")?.querySelector("[data-long]");
    if (said) { said.textContent = count; return; }
    field.setCustomValidity(filled(faults.long, called(field), most));
    const shown = Object.assign(document.createElement("span"), { textContent: count });
    shown.dataset.long = "";
    shown.setAttribute("aria-hidden", "true");
    say(field, `${field.validationMessage} `).append(shown);
  };
  document.addEventListener("input", (event) => measured(event.target));

  // whoever rolls the page on over a number does not count anew: a browser would, and tell nobody
  document.addEventListener("wheel", ({ target }) => {
    if (target.type !== "number" || target !== document.activeElement) return;
    target.blur();
    setTimeout(() => { if (document.activeElement === document.body) target.focus({ preventScroll: true }); });
  }, { passive: true });

  // a form is sent once
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    event.target.dataset.sent = "1";
    setTimeout(() => delete event.target.dataset.sent, 8000);
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));
  all("[data-send]").forEach((field) => field.addEventListener("change", () => field.form.requestSubmit()));

  // whoever signed out while the server did not answer is signed out now
  try {
    if (localStorage.getItem("komek.left")) document.querySelector("form.leave")?.requestSubmit();
  } catch { /* nothing is kept, then */ }

  // fields that hang on another answer
  const form = document.querySelector("form.task");
  if (form) {
    const show = () => all("[data-when]", form).forEach((field) => {
      const chosen = form.querySelector(`[name="${field.dataset.when}"]:checked, select[name="${field.dataset.when}"]`);
      // what hangs on a question that is not asked is not asked either; those before it stand already
      field.hidden = !!chosen?.closest(".field[hidden]") || !field.dataset.values.split(" ").includes(chosen?.value ?? "");
    });
    form.addEventListener("change", show);
    show();

    // a field as the server draws it now: what was typed meanwhile, what is wrong, and where the cursor is, stays
    const drawn = new Map();
    const redraw = (field, html) => {
      if (html === undefined || drawn.get(field.dataset.anew) === html) return;
      drawn.set(field.dataset.anew, html);
      const fresh = document.createRange().createContextualFragment(html.trim()).firstElementChild;
      const inputs = (place) => all("input:not([type=hidden]), select, textarea", place);
      const at = document.activeElement, named = (each) => `${each.name}=${each.type === "radio" || each.type === "checkbox" ? each.value : ""}`;
      const before = new Map(inputs(field).map((each) => [named(each), each]));
      inputs(fresh).forEach((each) => {
        const old = before.get(named(each));
        if (!old) return;
        if ("checked" in old && /radio|checkbox/.test(old.type)) each.checked = old.checked;
        else if (each.tagName !== "SELECT" || [...each.options].some((option) => option.value === old.value)) each.value = old.value;
      });
      const error = field.querySelector(":scope > .error");
      if (error && !fresh.querySelector(".error")) { fresh.classList.add("wrong"); fresh.querySelector("label, legend")?.after(error); }
      const focused = field.contains(at) ? inputs(fresh).find((each) => named(each) === named(at)) : null;
      const range = focused && "selectionStart" in at ? [at.selectionStart, at.selectionEnd] : null;
      field.replaceWith(fresh);
      focused?.focus({ preventScroll: true });
      if (range && range[0] !== null) focused.setSelectionRange(...range);
      fold(fresh);
    };

    // fields that hang on conditions: the server says which are hidden by what stands in the form now
    let asking = null;
    const ask = async () => {
      asking?.abort();
      asking = new AbortController();
      try {
        const answer = await fetch(form.dataset.asks, { method: "POST", body: new URLSearchParams(new FormData(form)), signal: asking.signal });
        if (!answer.ok) return;
        const { hidden, anew } = await answer.json();
        all("[data-anew]", form).forEach((field) => redraw(field, anew[field.dataset.anew]));
        all("[data-asked]", form).forEach((field) => { field.hidden = hidden.includes(field.dataset.asked); });
      } catch { /* as it was; the server looks again when the form is sent */ }
    };
    if (form.dataset.asks) {
      form.addEventListener("change", ask);
      form.addEventListener("submit", () => asking?.abort());  // it is sent: nobody waits for what it would have asked next
      ask();
    }

    // what is looked up by some of the answers stands beside them, and is looked up again when one of them changes
    const beside = form.querySelector("[data-beside]");
    let looking = null;
    if (beside) form.addEventListener("change", async (event) => {
      if (!beside.dataset.of.split(" ").includes(event.target.name)) return;
      looking?.abort();
      looking = new AbortController();
      try {
        const answer = await fetch(beside.dataset.beside, { method: "POST", body: new URLSearchParams(new FormData(form)), signal: looking.signal });
        if (answer.ok) beside.innerHTML = await answer.text();
      } catch { /* as it was; it is looked up again when the form is sent */ }
    });

    // money in thousands
    form.addEventListener("focusout", (event) => {
      if (!event.target.matches("[data-money]")) return;
      const typed = event.target.value.trim(), digits = typed.replace(/\s/g, "");
      // what is parted otherwise may be two numbers, or lack a digit: the server says so
      if (/^\d+$|^\d{1,3}(\s\d{3})+$/.test(typed)) event.target.value = digits.replace(/\B(?=(\d{3})+$)/g, "\u00a0");
    });

    // a line more, a line less, without asking the server: rows of a table, or cards
    const lines = (rows) => [...(rows.tBodies?.[0] ?? rows).children].filter((each) => each.dataset.at);
    const cells = (line) => all("input:not([type=hidden]), select, textarea", line);
    const rowsOf = (name) => all("[data-rows]", form).find((each) => each.dataset.rows === name);
    const renumber = (rows) => lines(rows).forEach((line, at) => {
      const said = (text) => text.replace("#", at + 1);
      line.querySelector("[name=_remove]")?.setAttribute("aria-label", said(rows.dataset.remove));
      const number = line.querySelector("[data-number]");
      if (number) number.textContent = said(rows.dataset.line);
      else cells(line).forEach((cell) => cell.setAttribute("aria-label", `${cell.closest("td").dataset.label}, ${said(rows.dataset.line)}`));
    });
    const add = (rows) => {
      const name = rows.dataset.rows, next = Math.max(-1, ...lines(rows).map((line) => Number(line.dataset.at))) + 1;
      const place = document.createElement("template");
      place.innerHTML = rows.dataset.fresh.replaceAll(`${name}-9999`, `${name}-${next}`).replace('data-at="9999"', `data-at="${next}"`);
      const line = place.content.firstElementChild;
      (rows.tBodies?.[0] ?? rows).append(line);
      renumber(rows);
      fold(rows.parentElement, true);
      (cells(line)[0] ?? line).focus();
      form.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const remove = (line) => {
      const rows = line.closest("[data-rows]"), next = line.nextElementSibling ?? line.previousElementSibling;
      line.remove();
      if (!next) { add(rows); return; }
      renumber(rows);
      (cells(next)[0] ?? next).focus();
      form.dispatchEvent(new Event("change", { bubbles: true }));
    };
    form.addEventListener("click", (event) => {
      const more = event.target.closest("[name=_add]"), less = event.target.closest("[name=_remove]");
      if (!more && !less) return;
      event.preventDefault();
      if (less) { remove(less.closest("[data-at]")); return; }
      const rows = rowsOf(more.value);
      const full = more.parentElement.querySelector(":scope > .full");
      full.textContent = lines(rows).length < Number(rows.dataset.most) ? "" : full.dataset.full;
      if (!full.textContent) add(rows);
    });

    // long lists are folded, unless something in them is wrong
    const unfolded = new Set();
    const fold = (place, open) => all("[data-folds]", place).concat(place.matches?.("[data-folds]") ? [place] : []).forEach((rows) => {
      const rest = [...(rows.tBodies?.[0] ?? rows).children].slice(Number(rows.dataset.folds)), name = rows.dataset.rows ?? rows.closest("[data-anew]")?.dataset.anew;
      if (open || rest.some((line) => line.querySelector(".error"))) unfolded.add(name);
      let button = rows.nextElementSibling?.matches(".unfold") ? rows.nextElementSibling : null;
      if (!rest.length) { button?.remove(); return; }
      if (!button) {
        button = Object.assign(document.createElement("button"), { type: "button", className: "plain small unfold" });
        rows.after(button);
        button.addEventListener("click", () => { if (!unfolded.delete(name)) unfolded.add(name); show(); });
      }
      const show = () => {
        const all = unfolded.has(name);
        rest.forEach((line) => line.classList.toggle("folded", !all));
        button.textContent = all ? rows.dataset.fold : rows.dataset.unfold.replace("#", rest.length + Number(rows.dataset.folds));
        button.setAttribute("aria-expanded", all);
      };
      show();
    });
    fold(form);

    // Enter in a field sends the form by its primary button, not by "one line more"
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches("input:not([type=checkbox], [type=radio])")) {
        event.preventDefault();
        form.requestSubmit(form.querySelector("button.primary"));
      }
    });
  }
  const begun = document.querySelector("form.task[data-begins]");
  if (begun && !document.getElementById("summary") && matchMedia("(pointer: fine)").matches) {
    begun.querySelector("input:not([type=hidden]), select, textarea")?.focus({ preventScroll: true });
  }
  document.getElementById("summary")?.focus();

  // tabs: one section at a time; all of them in print and without scripts
  const tabs = all(".tabs a"), sections = all(".about > section");
  if (tabs.length) {
    const open = () => {
      const id = sections.some((each) => `#${each.id}` === location.hash) ? location.hash.slice(1) : (sections.find((each) => "first" in each.dataset) ?? sections[0]).id;
      sections.forEach((each) => { each.hidden = each.id !== id; });
      tabs.forEach((tab) => tab.getAttribute("href") === `#${id}` ? tab.setAttribute("aria-current", "true") : tab.removeAttribute("aria-current"));
      const row = tabs[0].parentElement, shown = tabs.find((tab) => tab.hasAttribute("aria-current"));
      if (shown && row.scrollWidth > row.clientWidth) row.scrollLeft = shown.offsetLeft - row.offsetLeft - (row.clientWidth - shown.offsetWidth) / 2;
      document.dispatchEvent(new CustomEvent("tab", { detail: id }));
    };
    window.addEventListener("hashchange", open);
    open();
  }

  // a long list narrowed by a word of it: what fits stays, and opens when it is the only one
  document.querySelector("[data-narrow]")?.addEventListener("input", (event) => {
    const words = event.target.value.toLocaleLowerCase().trim().split(/\s+/);
    const every = all("[data-narrowed]"), fits = every.filter((each) => words.every((word) => each.dataset.narrowed.toLocaleLowerCase().includes(word)));
    every.forEach((each) => { each.hidden = !fits.includes(each); });
    all("[data-narrowing]").forEach((each) => { each.hidden = !fits.some((one) => each.contains(one)); });
    if (words[0] && fits.length) fits[0].open = true;
  });

  // of whoever is chosen, their own roles alone
  const scopes = document.querySelector(".scopes[data-of]"), whose = document.getElementById(scopes?.dataset.of ?? "");
  if (whose) {
    const narrow = () => all("[data-ids]", scopes).forEach((each) => {
      each.hidden = !each.dataset.ids.split(" ").includes(whose.value);
      if (each.hidden) each.querySelector("input").checked = false;
    });
    whose.addEventListener("change", narrow);
    narrow();
  }

  document.querySelector("form[data-send-now]")?.requestSubmit();
  all("[data-again]").forEach((each) => setTimeout(() => location.reload(), each.dataset.again * 1000));
  window.addEventListener("beforeprint", () => all("[data-now]").forEach((each) => { each.textContent = komek.moment(komek.now()); }));
})();
