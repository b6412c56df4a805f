// Two versions of a diagram: what was added, taken away, changed and moved, on one sheet or on two side by side.
"use strict";
(() => {
  const place = document.querySelector("[data-compare]");
  const canvas = document.getElementById("canvas");
  if (!place || !canvas || !window.BpmnJS) return;
  const beside = document.querySelector("[data-side-by-side]");
  const sheet = place.querySelector(".sheet-before");
  let before = null, now = null, shown = null, kinds = {}, following = false;

  const mark = (viewer) => {
    for (const [id, kind] of Object.entries(kinds)) {
      if (viewer.get("elementRegistry").get(id)) viewer.get("canvas").addMarker(id, `diff-${kind}`);
    }
  };
  const follow = (leader, other) => leader.on("canvas.viewbox.changed", () => {
    if (following || sheet.hidden) return;
    following = true;
    const { x, y, width, height } = leader.get("canvas").viewbox();
    other().get("canvas").viewbox({ x, y, width, height });
    following = false;
  });
  const drawBefore = async () => {
    if (!shown?.dataset.before) return;
    if (!before) {
      before = new window.BpmnJS({
        container: document.getElementById("canvas-before"),
        bpmnRenderer: { defaultFillColor: "var(--raised)", defaultStrokeColor: "var(--ink)", defaultLabelColor: "var(--ink)" },
      });
      follow(before, () => now);
      follow(now, () => before);
    }
    const answer = await fetch(shown.dataset.before);
    if (!answer.ok) return;
    await before.importXML(await answer.text());
    mark(before);
    const { x, y, width, height } = now.get("canvas").viewbox();
    before.get("canvas").viewbox({ x, y, width, height });
    place.dataset.compared = shown.dataset.diagram;
  };
  const show = async (on) => {
    beside.setAttribute("aria-pressed", String(on));
    sheet.hidden = !on;
    place.classList.toggle("two", on);
    place.querySelectorAll("figcaption").forEach((each) => { each.hidden = !on; });
    now.get("canvas").resized();
    now.get("canvas").zoom("fit-viewport", "auto");
    if (on) await drawBefore();
  };

  canvas.addEventListener("drawn", async ({ detail }) => {
    now = detail.viewer;
    shown = detail.choice;
    beside.disabled = !shown.dataset.before;
    kinds = JSON.parse(shown.dataset.kinds ?? "{}");
    if (shown.dataset.before && window.KomekDiffer) {
      const texts = await Promise.all([shown.dataset.before, shown.dataset.diagram].map(async (each) => (await fetch(each)).text()));
      kinds = { ...await window.KomekDiffer(...texts), ...kinds };
    }
    mark(now);
    canvas.dataset.compared = shown.dataset.diagram;
    if (!sheet.hidden) await show(Boolean(shown.dataset.before));
  });
  // what was taken away is on the former sheet only
  canvas.addEventListener("not-drawn", async ({ detail }) => {
    if (!shown?.dataset.before) return;
    await show(true);
    const element = before.get("elementRegistry").get(detail.id);
    if (!element) return;
    place.querySelectorAll(".pointed-at").forEach((each) => each.classList.remove("pointed-at"));
    before.get("elementRegistry").getGraphics(detail.id).classList.add("pointed-at");
    before.get("canvas").scrollToElement(detail.id, 80);
  });
  beside?.addEventListener("click", () => show(beside.getAttribute("aria-pressed") !== "true"));
})();
