// Files are dropped anywhere on the field; what was chosen is listed. Works without it, too.
"use strict";
(() => {
  const drop = document.querySelector("[data-drop]");
  const input = drop?.querySelector("input[type=file]");
  if (!input) return;
  const list = drop.querySelector(".dropped");
  const show = () => {
    list.replaceChildren(...[...input.files].map((file) => {
      const line = document.createElement("li");
      line.textContent = `${file.name} · ${drop.dataset.kilobytes.replace("#", Math.max(1, Math.round(file.size / 1000)))}`;
      return line;
    }));
  };
  input.addEventListener("change", show);
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
