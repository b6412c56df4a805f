// Where the case is, or where the time goes, on the diagram its designers drew.
"use strict";
(() => {
  const canvas = document.getElementById("canvas");
  if (!canvas || !window.BpmnJS) return;
  const viewer = new window.BpmnJS({ container: canvas });
  const choices = [...document.querySelectorAll("[data-diagram]")];
  let shown = null;

  const fit = () => {
    viewer.get("canvas").resized(); // it may have been hidden when it was made
    viewer.get("canvas").zoom("fit-viewport", "auto");
  };
  const show = async (choice) => {
    if (shown === choice) return;
    shown = choice;
    choices.forEach((each) => each.setAttribute("aria-pressed", String(each === choice)));
    const answer = await fetch(choice.dataset.diagram);
    if (!answer.ok) return;
    await viewer.importXML(await answer.text());
    const drawing = viewer.get("canvas"), elements = viewer.get("elementRegistry");
    for (const [id, mark] of Object.entries(JSON.parse(choice.dataset.marks))) {
      if (elements.get(id)) drawing.addMarker(id, mark);
    }
    const note = (id, text, name, position) => {
      if (!elements.get(id)) return;
      const html = document.createElement("div");
      html.className = name;
      html.textContent = text;
      viewer.get("overlays").add(id, { position, html });
    };
    for (const [id, kind] of Object.entries(JSON.parse(choice.dataset.papers ?? "{}"))) note(id, kind, "paper-here", { top: -12, right: 30 });
    for (const [id, time] of Object.entries(JSON.parse(choice.dataset.notes ?? "{}"))) note(id, time, "time-here", { bottom: -2, left: 4 });
    fit();
    canvas.dataset.drawn = choice.dataset.diagram;
  };

  choices.forEach((choice) => choice.addEventListener("click", () => show(choice)));
  document.querySelectorAll("[data-zoom]").forEach((button) => button.addEventListener("click", () => {
    const drawing = viewer.get("canvas");
    if (button.dataset.zoom === "fit") fit();
    else drawing.zoom(drawing.zoom() * (button.dataset.zoom === "in" ? 1.25 : 0.8));
  }));
  // drawn when it is first looked at: a hidden canvas has no size to fit
  document.addEventListener("tab", (event) => { if (event.detail === "diagram") show(shown ?? choices[0]); });
  if (!document.getElementById("diagram").hidden) show(choices[0]);
})();
