// In the browser: the class that Camunda Modeler's Camunda 7 tab extends, with its exporter and its linter.
import Modeler from 'camunda-bpmn-js/lib/camunda-platform/Modeler';
import { Linter } from '@camunda/linting';

const EXPORTER = { name: 'Camunda Modeler', version: '5.50.1' };
// Arial, as Modeler draws; in a picture the product's own font, the same on every machine
const FONT = document.fonts.size ? 'IBM Plex Sans' : 'Arial, sans-serif';
const LETTERS = 'Aa Әә Ққ Іі №';

// Modeler writes who saved the file, at every save.
function namesItself(eventBus) {
  eventBus.on('saveXML.start', ({ definitions }) => {
    definitions.exporter = EXPORTER.name;
    definitions.exporterVersion = EXPORTER.version;
  });
}
namesItself.$inject = [ 'eventBus' ];

function modelerIn(container) {
  return new Modeler({
    container,
    disableAdjustOrigin: true,
    textRenderer: { defaultStyle: { fontFamily: FONT } },
    additionalModules: [ { __init__: [ namesItself ] } ]
  });
}

const wordsOf = warnings => warnings.map(warning => warning.message || String(warning));
const save = async modeler => (await modeler.saveXML({ format: true })).xml;

// Where the words stand once they are drawn, all together and line by line, in the diagram's own points.
function wordsDrawn(modeler) {
  const registry = modeler.get('elementRegistry'), canvas = modeler.get('canvas');
  canvas.zoom(1);
  const { left, top } = canvas.getContainer().getBoundingClientRect(), { x, y } = canvas.viewbox();
  const boxOf = node => {
    const box = node.getBoundingClientRect();
    return { x: box.left - left + x, y: box.top - top + y, width: box.width, height: box.height };
  };
  return registry.getAll().flatMap(element => {
    const drawn = registry.getGraphics(element).querySelector(':scope > .djs-visual > .djs-label');
    if (!drawn || !drawn.textContent) return [];
    return [ { element: element.id, ...boxOf(drawn), lines: [ ...drawn.querySelectorAll('tspan') ].map(boxOf) } ];
  });
}

// What Modeler says of a diagram: warnings, reports of the linter, the file as it saves it,
// where its words stand, a picture.
window.openDiagram = async xml => {
  const modeler = modelerIn('#canvas'), again = modelerIn('#again');
  try {
    await document.fonts.load(`12px ${FONT}`, LETTERS);
    const { warnings } = await modeler.importXML(xml);
    const saved = await save(modeler);
    const reopened = await again.importXML(saved);
    const reports = await new Linter({ modeler: 'desktop', type: 'platform' }).lint(modeler.getDefinitions());
    return {
      warnings: [ ...wordsOf(warnings), ...wordsOf(reopened.warnings) ],
      reports: reports.map(({ id, category, rule, message }) => ({ id, category, rule, message })),
      elements: modeler.get('elementRegistry').getAll().length,
      saved,
      stable: await save(again) === saved,
      words: wordsDrawn(modeler),
      title: modeler.getDefinitions().rootElements.find(root => root.$type === 'bpmn:Process')?.name,
      svg: (await modeler.saveSVG()).svg
    };
  } finally {
    modeler.destroy();
    again.destroy();
  }
};

// Its picture alone.
window.drawDiagram = async xml => {
  const modeler = modelerIn('#canvas');
  try {
    await document.fonts.load(`12px ${FONT}`, LETTERS);
    await modeler.importXML(xml);
    return {
      title: modeler.getDefinitions().rootElements.find(root => root.$type === 'bpmn:Process')?.name,
      svg: (await modeler.saveSVG()).svg
    };
  } finally {
    modeler.destroy();
  }
};
