// Where the case is, or where the time goes, on the diagram its designers drew.
"use strict";
(() => {
  const canvas = document.getElementById("canvas");
  if (!canvas) return;
  // drawn in the colours of the page, light or dark
  const colours = { defaultFillColor: "var(--raised)", defaultStrokeColor: "var(--ink)", defaultLabelColor: "var(--ink)" };
  let viewer = null;
  const choices = [...document.querySelectorAll("[data-diagram]")];
  let shown = null;

  const LEGIBLE = 1; // at this scale every label has at least 11 px
  const middle = ({ waypoints, x, y, width, height }) => waypoints ? waypoints[0] : { x: x + width / 2, y: y + height / 2 };
  // `across` is where on the canvas the place comes to stand, from its left side (0) to its right (1)
  const stand = (at, scale, across = 0.5) => {
    const drawing = viewer.get("canvas"), { outer } = drawing.viewbox();
    const width = outer.width / scale, height = outer.height / scale;
    drawing.viewbox({ x: at.x - width * across, y: at.y - height / 2, width, height });
  };
  const fit = () => {
    viewer.get("canvas").resized(); // it may have been hidden when it was made
    viewer.get("canvas").zoom("fit-viewport", "auto");
  };
  // the whole, when it can be read; else where the case is, or where the process begins
  const look = () => {
    fit();
    if (viewer.get("canvas").zoom() >= LEGIBLE) return;
    const elements = viewer.get("elementRegistry"), marks = Object.entries(JSON.parse(shown.dataset.marks));
    const token = marks.filter(([, mark]) => mark === "active").map(([id]) => elements.get(id)).find(Boolean);
    const begin = elements.filter(({ type }) => type === "bpmn:StartEvent").sort((one, other) => one.x - other.x)[0];
    if (token ?? begin) stand(middle(token ?? begin), LEGIBLE, token ? 0.5 : 0.12);
  };
  // a page whose diagram is not looked at by everybody names what draws it, and that comes when somebody looks
  const fetched = (address) => new Promise((come, failed) => {
    const said = address.includes(".css?") ? ["link", { rel: "stylesheet", href: address }] : ["script", { src: address }];
    document.head.append(Object.assign(document.createElement(said[0]), said[1], { onload: come, onerror: failed }));
  });
  const made = async () => {
    if (viewer) return;
    if (!window.BpmnJS) await Promise.all((canvas.dataset.viewer ?? "").split(" ").map(fetched));
    if (viewer) return; // somebody looked twice meanwhile
    viewer = new window.BpmnJS({ container: canvas, bpmnRenderer: colours });
    viewer.on("element.click", lead);
  };
  const show = async (choice) => {
    if (shown === choice) return;
    shown = choice;
    try {
      await made();
    } catch {
      shown = null; // the line is away: the text beside it tells it, and the next look asks again
      return;
    }
    if (shown !== choice) return; // another was chosen meanwhile
    choices.forEach((each) => each.setAttribute("aria-pressed", String(each === choice)));
    const kept = document.getElementById(choice.dataset.xml ?? "");
    const answer = kept ? null : await fetch(choice.dataset.diagram);
    if (answer && !answer.ok) return;
    try {
      await viewer.importXML(kept ? kept.value : await answer.text());
    } catch {
      return; // not drawn, or drawn too oddly: the text beside it tells it all the same
    }
    const drawing = viewer.get("canvas"), elements = viewer.get("elementRegistry");
    for (const [id, mark] of Object.entries(JSON.parse(choice.dataset.marks))) {
      if (elements.get(id)) drawing.addMarker(id, mark);
    }
    const put = (notes, className, position) => {
      for (const [id, said] of Object.entries(JSON.parse(notes ?? "{}"))) {
        if (!elements.get(id)) continue;
        const note = document.createElement("div");
        note.className = className;
        note.textContent = said;
        viewer.get("overlays").add(id, { position, html: note });
      }
    };
    put(choice.dataset.papers, "paper-here", { top: -12, right: 30 });
    put(choice.dataset.incidents, "incident-here", { bottom: 10, left: 0 });
    put(choice.dataset.notes, "time-here", { bottom: -2, left: 4 });
    look();
    canvas.dataset.drawn = choice.dataset.diagram;
    canvas.dispatchEvent(new CustomEvent("drawn", { detail: { viewer, choice } }));
  };

  choices.forEach((choice) => choice.addEventListener("click", () => show(choice)));

  // the diagram as text beside it: a name leads to its element, an element to its line
  const point = (id) => {
    const element = viewer?.get("elementRegistry").get(id);
    if (!element) return canvas.dispatchEvent(new CustomEvent("not-drawn", { detail: { id } }));
    const box = viewer.get("canvas").viewbox();
    document.querySelectorAll("#canvas .pointed-at").forEach((each) => each.classList.remove("pointed-at"));
    viewer.get("elementRegistry").getGraphics(id).classList.add("pointed-at");
    stand(middle(element), Math.max(box.scale, LEGIBLE));
  };
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("a[data-element]");
    if (!link) return;
    event.preventDefault();
    const drawing = link.dataset.on ?? link.closest("[data-outline]")?.dataset.outline;
    const choice = choices.find((each) => each.dataset.diagram.includes(`/${drawing}.bpmn`));
    if (choice) await show(choice);
    canvas.scrollIntoView({ block: "nearest" });
    point(link.dataset.element);
  });
  const lead = ({ element }) => {
    const drawing = shown?.dataset.diagram.match(/([^/]+)\.bpmn/)?.[1];
    document.querySelectorAll(".pointing").forEach((each) => each.classList.remove("pointing"));
    const said = [...document.querySelectorAll(`a[data-on="${drawing}"]`)].filter((each) => each.dataset.element === element.id);
    said.forEach((each) => each.closest("li").classList.add("pointing"));
    said[0]?.scrollIntoView({ block: "nearest" });
    const line = document.getElementById(`o-${drawing}-${element.id}`);
    if (!line || !line.closest("details")?.open) return;
    document.querySelectorAll(".outline-lines .here").forEach((each) => each.classList.remove("here"));
    line.classList.add("here");
    line.scrollIntoView({ block: "nearest" });
  };
  document.querySelectorAll("[data-zoom]").forEach((button) => button.addEventListener("click", () => {
    const drawing = viewer?.get("canvas");
    if (!drawing) return;
    if (button.dataset.zoom === "fit") fit();
    else drawing.zoom(drawing.zoom() * (button.dataset.zoom === "in" ? 1.25 : 0.8));
  }));
  // drawn when it is first looked at: a hidden canvas has no size to fit
  document.addEventListener("tab", (event) => { if (event.detail === "diagram") show(shown ?? choices[0]); });
  // once every other script listens
  document.addEventListener("DOMContentLoaded", () => {
    if (!document.getElementById("diagram").hidden && choices.length) show(choices[0]);
  });
})();
