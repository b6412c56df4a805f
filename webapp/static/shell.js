// The desk's own pages without the server: whose desk it is, which applications it takes in, and closing it.
"use strict";
(async () => {
  const { desk } = komek, all = (selector) => [...document.querySelectorAll(selector)];
  const here = await desk.ready;
  all("[data-known]").forEach((each) => { each.hidden = !here; });
  if (!here) return;
  all("[data-name]").forEach((each) => { each.textContent = here.name; });
  all("[data-office-name]").forEach((each) => { each.textContent = here.office_names[document.documentElement.lang]; });
  all("[data-route]").forEach((each) => { each.hidden = !(each.dataset.route in here.routes); });
  all("[data-lock]").forEach((each) => each.addEventListener("click", async () => { await desk.leave(); location.reload(); }));
  if (here.round) {  // a courier has a round and no desk
    all("[data-desk]").forEach((each) => { each.hidden = true; });
    komek.round.draw(here.round);
  } else document.getElementById("codes")?.focus();
})();
