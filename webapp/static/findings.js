// The way on which a case gets to what the doctor says, on the diagram.
"use strict";
(() => {
  const canvas = document.getElementById("canvas");
  if (!canvas) return;
  let viewer = null, asked = null;
  const show = () => {
    if (!viewer) return;
    const drawing = viewer.get("canvas"), elements = viewer.get("elementRegistry");
    elements.forEach((each) => drawing.removeMarker(each.id, "on-path"));
    if (!asked) return;
    for (const id of JSON.parse(asked.dataset.path)) if (elements.get(id)) drawing.addMarker(id, "on-path");
  };
  canvas.addEventListener("drawn", ({ detail }) => { viewer = detail.viewer; show(); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-path]");
    if (!button) return;
    asked = asked === button ? null : button;
    document.querySelectorAll("[data-path]").forEach((each) => each.setAttribute("aria-pressed", String(each === asked)));
    document.querySelectorAll("[data-diagram]").forEach((each) => {
      if (asked && each.dataset.diagram.includes(`/${button.dataset.on}.bpmn`)) each.click();
    });
    show();
  });
})();
