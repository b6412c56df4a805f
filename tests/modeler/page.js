// In the browser: the editor of Modeler's Camunda 7 tab with our plugin in it, put together as Modeler does it
// (what plugins registered under `window.plugins`, by type), and its list of problems.
import Modeler from 'camunda-bpmn-js/lib/camunda-platform/Modeler';
import { Linter } from '@camunda/linting';
import lintingModule from '@camunda/linting/modeler';

const QUIET_MS = 300;
const registered = type => (window.plugins || []).filter(each => each.type === type).map(each => each.plugin);
const EXPORTER = { name: 'Camunda Modeler', version: '5.50.1' };
const subscribers = {};
const told = { errors: [], notifications: [] };
let modeler, linter, reports = [], timer;

function namesItself(eventBus) {
  eventBus.on('saveXML.start', ({ definitions }) => {
    definitions.exporter = EXPORTER.name;
    definitions.exporterVersion = EXPORTER.version;
  });
}
namesItself.$inject = [ 'eventBus' ];

async function lint() {
  reports = await linter.lint(modeler.getDefinitions());
  modeler.get('linting').setErrors(reports);
}

function lintSoon() {
  clearTimeout(timer);
  timer = setTimeout(lint, QUIET_MS);
}

window.editor = {
  start() {
    modeler = new Modeler({
      container: '#canvas', propertiesPanel: { parent: '#properties' }, disableAdjustOrigin: true,
      changeTemplateCommand: 'propertiesPanel.camunda.changeTemplate',
      additionalModules: [
        { __init__: [ namesItself ] }, lintingModule,
        ...registered('bpmn.modeler.additionalModules'), ...registered('bpmn.platform.modeler.additionalModules')
      ]
    });
    linter = new Linter({ modeler: 'desktop', type: 'platform', plugins: registered('lintRules.bpmn') });
    modeler.on('commandStack.changed', 500, lintSoon);
    modeler.on('elementTemplates.errors', event => told.errors.push(...event.errors.map(error => error.message)));
    for (const Extension of registered('client')) {
      Extension({
        subscribe: (event, listener) => (subscribers[event] ||= []).push(listener),
        displayNotification: options => told.notifications.push(options)
      });
    }
    modeler.get('linting').activate();
  },

  // What the main process says to the window.
  emit: (event, payload) => (subscribers[event] || []).forEach(listener => listener(payload)),

  async open(xml, templates) {
    const { warnings } = await modeler.importXML(xml);
    modeler.get('elementTemplatesLoader').setTemplates(templates || []);
    await lint();
    modeler.get('canvas').zoom('fit-viewport');
    return warnings.map(warning => warning.message || String(warning));
  },

  select(id) {
    modeler.get('selection').select(modeler.get('elementRegistry').get(id));
  },

  // As the append menu makes them: an element of each of these templates; their ids.
  appendEach(id, wanted) {
    const templates = modeler.get('elementTemplates'), from = modeler.get('elementRegistry').get(id);
    return wanted.map(key => templates.getAll().find(each => each.id === key)).map(
      template => modeler.get('autoPlace').append(from, templates.createElement(template)).id
    );
  },

  // In the middle, as large as one draws.
  show(id) {
    const { x, y, width, height } = modeler.get('elementRegistry').get(id), canvas = modeler.get('canvas');
    canvas.viewbox({ x: x + width / 2 - 500, y: y + height / 2 - 430, width: 1000, height: 768 });
  },

  rename(id, name) {
    modeler.get('modeling').updateLabel(modeler.get('elementRegistry').get(id), name);
  },

  // The flow begins at that element from now on.
  begin(flow, id) {
    const registry = modeler.get('elementRegistry'), to = registry.get(id);
    modeler.get('modeling').reconnectStart(registry.get(flow), to, { x: to.x + to.width, y: to.y + to.height / 2 });
  },

  remove(id) {
    modeler.get('modeling').removeElements([ modeler.get('elementRegistry').get(id) ]);
  },

  templateOf(id) {
    const element = modeler.get('elementRegistry').get(id), templates = modeler.get('elementTemplates');
    return { id: element.businessObject.get('camunda:modelerTemplate'), known: Boolean(templates.get(element)) };
  },

  elements: () => modeler.get('elementRegistry').filter(each => !each.labelTarget).map(each => each.id),
  problems: () => reports.map(({ id, category, rule, message }) => ({ id, category, rule, message })),
  marked: () => modeler.get('elementRegistry').filter(
    each => modeler.get('canvas').getContainer().querySelector(`.djs-overlays[data-container-id="${each.id}"] .cl-icon`)
  ).map(each => each.id),
  undo: () => modeler.get('commandStack').undo(),
  isChanged: () => modeler.get('commandStack').canUndo(),
  save: async() => (await modeler.saveXML({ format: true })).xml,
  told: () => told
};
