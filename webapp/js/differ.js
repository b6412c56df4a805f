// What two diagrams differ in, element by element: bundled into static/vendor/differ.js by webapp/assets.py.
import { BpmnModdle } from "bpmn-moddle";
import { diff } from "bpmn-js-differ";

const read = async (xml) => (await new BpmnModdle().fromXML(xml)).rootElement;

// id -> "added" | "removed" | "changed" | "moved"
window.KomekDiffer = async (before, after) => {
  const found = diff(await read(before), await read(after));
  const kinds = { _layoutChanged: "moved", _changed: "changed", _removed: "removed", _added: "added" };
  return Object.fromEntries(
    Object.entries(kinds).flatMap(([list, kind]) => Object.keys(found[list]).map((id) => [id, kind])),
  );
};
