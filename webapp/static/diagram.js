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
