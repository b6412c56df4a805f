// In the browser: the form viewer of bpmn.io, whose editor Camunda Modeler's form tab is.
import { Form } from '@bpmn-io/form-js-viewer';

const drawn = () => new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));

// Where each fault stands: by key, in a list by path, line and key.
function faultsOf(form, errors) {
  const registry = form.get('formFieldRegistry'), found = [];
  for (const [ id, said ] of Object.entries(errors)) {
    const field = registry.get(id);
    if (Array.isArray(said) && typeof said[0] === 'string') found.push(field.key);
    else for (const line of Object.keys(said)) found.push(`${registry.get(field._parent).path}-${line}-${field.key}`);
  }
  return found.sort();
}

// The types of components that it can draw, but for those of its own inside.
window.typesOfForm = () => {
  const form = new Form({ container: document.createElement('div') });
  try { return Object.keys(form.get('formFields')._formFields); } finally { form.destroy(); }
};

// What people read of the form with that data in it: labels with descriptions, texts, and the cells of tables.
window.readForm = async (schema, data) => {
  const container = document.body.appendChild(document.createElement('div')), form = new Form({ container });
  const said = selector => [...container.querySelectorAll(selector)].map(each => each.textContent.trim());
  try {
    await form.importSchema(schema, data);
    await drawn();
    await drawn();
    return {
      labels: said('.fjs-form-field-label'), descriptions: said('.fjs-form-field-description'), texts: said('.fjs-form-field-text, .fjs-form-field-html'),
      adorners: said('.fjs-input-adornment'), cells: said('.fjs-table-body td'), heads: said('.fjs-table-th-label'),
      readonly: [...container.querySelectorAll('input[readonly]')].length, options: said('.fjs-inline-label')
    };
  } finally {
    form.destroy();
    container.remove();
  }
};

// What the form sends with that data in it, and which fields it finds wrong.
window.sendForm = async (schema, data) => {
  const form = new Form({ container: document.body });
  try {
    const { warnings } = await form.importSchema(schema, data);
    await drawn();
    const sent = form.submit();
    return { warnings: warnings.map(String), data: sent.data, wrong: faultsOf(form, sent.errors) };
  } finally {
    form.destroy();
  }
};

// The form to be filled in by hand, and what it sends then.
window.openForm = async schema => {
  window.opened?.destroy();
  window.opened = new Form({ container: document.body });
  await window.opened.importSchema(schema, {});
  await drawn();
};
window.sendOpened = () => window.opened.submit().data;
