// A decision as its designers drew it: the rules that fired are marked, what was found stands at each decision.
"use strict";
(() => {
  const place = document.getElementById("decision"), nav = document.querySelector("nav.views");
  if (!place || !window.DmnJS) return;
  const fired = JSON.parse(place.dataset.fired), values = JSON.parse(place.dataset.values);
  const viewer = new window.DmnJS({ container: place, height: "100%", keyboard: { bindTo: null } });

  const said = (value) => {
    if (value === null || value === undefined) return "—";
    if (typeof value === "object") return Object.values(value).map(said).join(" · ");
    if (typeof value === "boolean") return value ? place.dataset.yes : place.dataset.no;
    return typeof value === "number" ? String(value).replace(".", ",").replace(/\B(?=(\d{3})+(?!\d))(?<!,\d*)/g, "\u00a0") : String(value);
  };
  const mark = (view) => {
    if (view.type === "decisionTable") {
      const rules = Object.values(fired).flat();
      place.querySelectorAll("tr").forEach((row) => {
        const cell = row.querySelector("td[data-row-id]");
        if (cell && rules.includes(cell.dataset.rowId)) row.classList.add("rule-fired");
      });
    } else if (view.type === "drd") {
      const drawing = viewer.getActiveViewer();
      const overlays = drawing.get("overlays"), elements = drawing.get("elementRegistry");
      for (const [id, value] of Object.entries(values)) {
        if (!elements.get(id)) continue;
        const note = document.createElement("div");
        note.className = "value-here";
        note.textContent = said(value);
        overlays.add(id, { position: { bottom: -4, left: 8 }, html: note });
        drawing.get("canvas").addMarker(id, "decided");
      }
      drawing.get("canvas").resized();
      drawing.get("canvas").zoom("fit-viewport", "auto");
    }
    place.dataset.drawn = view.element.id;
  };
  const open = async (view, button) => {
    await viewer.open(view);
    nav.querySelectorAll("button").forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
    mark(view);
    place.querySelectorAll("th:empty").forEach((each) => { each.textContent = "№"; });
    place.querySelectorAll(".tjs-table-container").forEach((each) => { each.tabIndex = 0; });  // wider than the page: keys move it, too
  };
  (async () => {
    try {
      await viewer.importXML(document.getElementById("decision-xml").value, { open: false });
    } catch {
      return; // drawn too oddly: the text above tells it all the same
    }
    const views = viewer.getViews(), drawn = views.filter((view) => view.type !== "drd" || view.element.drgElement?.length > 1);
    const buttons = drawn.map((view) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "secondary small";
      button.textContent = view.type === "drd" ? nav.dataset.all : view.element.name || view.element.id;
      button.addEventListener("click", () => open(view, button));
      nav.append(button);
      return button;
    });
    nav.hidden = drawn.length < 2;
    const first = Math.max(0, drawn.findIndex((view) => view.element.id === place.dataset.decision));
    if (drawn.length) await open(drawn[first], buttons[first]);
  })();
})();
