// The server's findings on the diagram that is open: asked a moment after each change, shown as Modeler's problems.
import { currentConnection, onConnection } from './connection.js';

const QUIET_MS = 1000;
const PATIENCE_MS = 15000;
//: definitions -> what the server found, as long as it answers
const findings = new WeakMap();
let active = null;

export const findingsOf = definitions => findings.get(definitions);

class ServerChecks {
  constructor(eventBus, bpmnjs) {
    this._eventBus = eventBus;
    this._bpmnjs = bpmnjs;
    this._asked = 0;
    eventBus.on([ 'import.done', 'attach' ], () => this.soon());
    eventBus.on('commandStack.changed', event => { // an answer would end the event here
      if (event.trigger !== 'komek') this.soon();
    });
    const forget = onConnection(() => this.soon());
    eventBus.on('diagram.destroy', () => {
      clearTimeout(this._timer);
      forget();
      if (active === this) active = null;
    });
  }

  soon() {
    active = this;
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this.check().catch(error => console.warn('komek', error)), QUIET_MS);
  }

  // What the server finds; null without a server. Raises when it does not answer: then the local rules hold again.
  async check() {
    const definitions = this._bpmnjs.getDefinitions(), connection = currentConnection();
    if (!definitions || !connection) return null;
    const asked = ++this._asked, { xml } = await this._bpmnjs.saveXML({ format: true });
    let found;
    try {
      found = await ask(connection, xml);
    } finally {
      if (asked === this._asked) {
        found ? findings.set(definitions, found) : findings.delete(definitions);
        // Modeler lints whenever something changed
        this._eventBus.fire('commandStack.changed', { trigger: 'komek' });
      }
    }
    return found;
  }
}
ServerChecks.$inject = [ 'eventBus', 'bpmnjs' ];

async function ask({ url, authorization, language }, xml) {
  const answer = await fetch(`${url}/komek/doctor`, {
    method: 'POST', body: xml, credentials: 'omit', signal: AbortSignal.timeout(PATIENCE_MS),
    headers: { authorization, 'content-type': 'text/xml', accept: 'application/json', 'accept-language': language }
  });
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
  const { findings } = await answer.json();
  if (!Array.isArray(findings)) throw new Error('no findings in the answer');
  return findings;
}

// As Modeler shows it to the designer who asked for it.
export async function checkNow({ title, away }) {
  try {
    const found = active && await active.check();
    return found
      ? { type: found.length ? 'warning' : 'success', title: title.replace('%(count)s', found.length) }
      : { type: 'info', title: 'Komek', content: '—' };
  } catch (error) {
    return { type: 'error', title: away.replace('%(reason)s', error.message) };
  }
}

export default {
  __init__: [ 'komekServer' ],
  komekServer: [ 'type', ServerChecks ]
};
