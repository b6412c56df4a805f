// In the browser: the editor of Camunda Modeler's decisions (Camunda 7).
import Modeler from 'camunda-dmn-js/dist/camunda-platform-modeler.development.js';

const EXPORTER = { name: 'Camunda Modeler', version: '5.50.1' };
const wordsOf = warnings => warnings.map(warning => warning.message || String(warning));

function editorIn(container) {
  return new Modeler({ container, exporter: EXPORTER });
}

async function save(editor) {
  const definitions = editor.getDefinitions();
  definitions.exporter = EXPORTER.name;
  definitions.exporterVersion = EXPORTER.version;
  return (await editor.saveXML({ format: true })).xml;
}

// What the editor says of a decision: warnings of every view (the first is opened by the import), the file as it saves it.
window.openDiagram = async xml => {
  const editor = editorIn('#canvas'), again = editorIn('#again');
  try {
    const saved = await openEverything(editor, xml), reopened = await openEverything(again, saved.xml);
    return {
      warnings: [ ...saved.warnings, ...reopened.warnings ],
      reports: [],
      elements: editor.getViews().length,
      saved: saved.xml,
      stable: reopened.xml === saved.xml
    };
  } finally {
    editor.destroy();
    again.destroy();
  }
};

async function openEverything(editor, xml) {
  const warnings = wordsOf((await editor.importXML(xml)).warnings);
  const opened = editor.getActiveView();
  for (const view of editor.getViews().filter(view => view.id !== opened.id)) {
    warnings.push(...wordsOf((await editor.open(view)).warnings));
  }
  return { warnings, xml: await save(editor) };
}
