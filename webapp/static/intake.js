// An application taken in without the server: the form is looked through, kept, and answered by a slip with the code of the
// label on the folder. The number, and the applicant's paper, are made by the server.
"use strict";
(async () => {
  const form = document.querySelector("form.intake"), { codes, desk, outbox } = komek, here = await desk.ready;
  if (!here) return;
  const place = document.querySelector("[data-form]"), buttons = document.querySelector("[data-slip-buttons]"), slip = document.getElementById("slip");
  const summary = place.querySelector(".summary"), { route, empty, iin, none, misread, elsewhere, taken } = form.dataset;

  const fill = () => {
    form.reset();
    for (const [name, value] of Object.entries(here.routes[route] ?? {})) if (form.elements[name]) form.elements[name].value = value;
    form.dispatchEvent(new Event("change"));
    mark({});
    form.closest("section").hidden = false;  // nobody types before: it would be lost here
    form.elements.label.focus();
  };

  // ---------------------------------------------------------------- what is half typed outlives a closed browser
  const typedHere = place.querySelector("[data-half-typed]");
  let pause = 0, noted = Promise.resolve();
  const note = (work) => { noted = noted.then(work).catch(() => {}); };  // one after another: what is forgotten stays forgotten
  form.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(() => note(() => outbox.rememberHalf(here.person, route, Object.fromEntries(new FormData(form)))), 300);
  });
  const forgetTyped = () => {
    clearTimeout(pause);
    note(() => outbox.forgetHalf(here.person, route));
    typedHere.hidden = true;
  };
  const takeUp = (values) => {
    for (const [name, value] of Object.entries(values)) if (form.elements[name]) form.elements[name].value = value;
    form.dispatchEvent(new Event("change"));
    typedHere.hidden = false;
    form.elements.label.focus();
  };
  typedHere.querySelector("button").addEventListener("click", () => { forgetTyped(); fill(); });

  // ---------------------------------------------------------------- what is wrong, beside its field and on top
  const heading = (name) => document.getElementById(name)?.closest(".field")?.querySelector("label, legend");
  const mark = (errors) => {
    form.querySelectorAll(".error").forEach((each) => each.remove());
    form.querySelectorAll(".wrong").forEach((each) => each.classList.remove("wrong"));
    form.querySelectorAll("[aria-invalid]").forEach((each) => each.removeAttribute("aria-invalid"));
    summary.querySelector("ul").replaceChildren();
    for (const [name, fault] of Object.entries(errors)) {
      const question = heading(name).firstChild.textContent.trim(), text = fault.replace("#", question);
      const said = document.createElement("p"), line = document.createElement("li"), link = document.createElement("a");
      Object.assign(said, { className: "error", id: `error-${name}`, textContent: text });
      heading(name).after(said);
      heading(name).closest(".field").classList.add("wrong");
      document.getElementById(name).setAttribute("aria-invalid", "true");
      Object.assign(link, { href: `#${name}`, textContent: text === fault ? `${question}: ${text}` : text });
      line.append(link);
      summary.querySelector("ul").append(line);
    }
    summary.hidden = !Object.keys(errors).length;
    return summary.hidden;
  };
  const wrongLabel = async () => {
    const read = codes.read(form.elements.label.value);
    if (!codes.seen(form.elements.label.value)) return empty;
    if (!read?.checked || read.mark !== "L") return misread;
    if (read.office !== here.office_number) return elsewhere;
    const others = await outbox.waiting(here.person);
    return others.some(({ content }) => content.label === read.number) ? taken : "";
  };
  // what can be known here; the rules of the act are looked at by the server
  const wrong = async (answers) => {
    const errors = {}, label = await wrongLabel();
    if (label) errors.label = label;
    for (const field of form.querySelectorAll("[data-required]")) {
      const name = field.dataset.required;
      if (!field.hidden && !Object.entries(answers).some(([key, value]) => key === name ? codes.seen(value) : key.startsWith(`${name}-`) && Number(value) > 0)) errors[name] = field.matches(".of-counts") ? none : empty;
    }
    const number = form.querySelector("input.iin");
    if (number && codes.seen(number.value) && !/^\d{12}$/.test(codes.seen(number.value).replace(/[\s-]/g, ""))) errors[number.name] = iin;
    return errors;
  };

  // ---------------------------------------------------------------- the slip
  const show = ({ content, happened_at }) => {
    const { answers, label } = content, first = document.querySelector("template[data-slip-in]").dataset.slipIn;
    const value = (hint) => answers[form.querySelector(`[autocomplete=${hint}]`)?.name] ?? "";
    const applicant = ["family-name", "given-name", "additional-name"].map(value).filter(Boolean).join(" ");
    slip.replaceChildren();
    for (const language of new Set([first, answers.language])) {
      const made = document.querySelector(`template[data-slip-in="${language}"]`)?.content.cloneNode(true);
      if (!made) continue;
      const at = komek.moment(happened_at);
      const said = { office: here.office_names[language], code: codes.payload(label), applicant, at, who: here.name };
      made.querySelectorAll("[data-fill]").forEach((each) => { each.textContent = said[each.dataset.fill]; });
      made.querySelectorAll("[data-barcode]").forEach((each) => each.append(codes.picture(label)));
      made.querySelectorAll("[data-count]").forEach((line) => {
        const count = Number(answers[line.dataset.count] ?? 0);
        if (count) line.querySelector("b").textContent = count; else line.remove();
      });
      slip.append(made);
    }
    place.hidden = true;
    buttons.hidden = false;
    buttons.querySelector("button").focus();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { label: typed, ...answers } = Object.fromEntries(new FormData(form)), errors = await wrong(answers);
    if (!mark(errors)) { summary.focus(); return; }
    try {
      const [entry] = await desk.keep("intake", [{ route, label: codes.read(typed).number, answers }]);
      forgetTyped();
      show(entry);
    } catch { /* the banner says that it could not be kept; what was typed still stands here */ }
  });
  // the scanner ends the label with Enter: on to the first question
  form.elements.label.addEventListener("keydown", async (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    const said = await wrongLabel();
    mark(said ? { label: said } : {});
    if (!said) form.elements.label.value = codes.payload(codes.read(form.elements.label.value).number);
    if (document.activeElement !== form.elements.label) return;  // whoever has gone on meanwhile is not moved away
    if (said) form.elements.label.select();  // the next scan replaces it
    else form.querySelector(".field:not(:has(#label)) :is(input, select, textarea)").focus();
  });
  document.querySelector("[data-print-slip]").addEventListener("click", () => print());
  document.querySelector("[data-next-one]").addEventListener("click", () => {
    history.replaceState(null, "", location.pathname);
    slip.replaceChildren();
    place.hidden = false;
    buttons.hidden = true;
    fill();
  });

  const again = location.hash.slice(1) && (await outbox.waiting(here.person)).find((each) => each.id === location.hash.slice(1));
  const half = again ? null : await outbox.recallHalf(here.person, route);
  fill();  // nothing is awaited from here on: what somebody types next stays
  if (again) show(again);
  else if (half) takeUp(half);
})();
