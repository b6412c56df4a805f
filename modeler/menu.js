'use strict';
// «Plugins → Komek» in Modeler's menu. Runs in the main process, with all of Node; Modeler calls it at every change of
// its menu, so what happens once is remembered outside.
const path = require('node:path');
const { Settings } = require('./main/settings');
const { fetchTemplates, writeTemplates } = require('./main/templates');
const WORDS = require('./words.json').menu;

let started = null;

module.exports = function(app) {
  started = started || start(app, electronTools(app));
  return started.entries();
};
module.exports.start = start;

// `tools` are what Electron gives: ask(connection, words) a window, tell(kind, text) a message, safeStorage.
function start(app, { ask, tell, safeStorage }) {
  const folder = app.getPath('userData'), settings = new Settings(folder, safeStorage);
  const file = path.join(folder, 'resources', 'element-templates', 'komek.json');
  const say = (key, details = {}) => Object.entries(details).reduce(
    (text, [ name, value ]) => text.replace(`%(${name})s`, value), WORDS[key][settings.connection.language]
  );
  const toWindow = (type, payload) => app.emit('menu:action', 'emit-event', { type, payload });
  const announce = () => toWindow('komek.connection', settings.authorized());

  let asking = null; // one window at a time
  const connect = () => asking ||= ask(settings.connection, key => say(key)).then(given => {
    if (given) settings.keep(given);
    if (given) announce();
    return Boolean(given);
  }).finally(() => asking = null);

  // What is done with the server: asks for it when it is not known yet, and says in words what went wrong.
  const withServer = work => async() => {
    try {
      if (settings.authorized() || await connect()) await work(settings.authorized());
    } catch (fault) {
      if (fault.code === 'refused') settings.forgetPassword();
      await tell('error', say(fault.code in WORDS ? fault.code : 'away', { reason: fault.message }));
    }
  };

  const update = withServer(async connection => {
    const templates = await fetchTemplates(connection);
    await writeTemplates(file, templates);
    app.emit('menu:action', 'elementTemplates.reload');
    await tell('info', say('updated', { count: templates.length }));
  });

  const check = withServer(async() => toWindow('komek.check', { title: say('checked'), away: say('away') }));

  app.once('app:client-ready', announce);
  return {
    entries: () => [
      { label: say('update'), accelerator: 'CommandOrControl+Alt+U', enabled: true, action: update },
      { label: say('check'), accelerator: 'CommandOrControl+Alt+K', enabled: true, action: check },
      { label: say('connect'), enabled: true, action: connect }
    ]
  };
}

function electronTools(app) {
  const { dialog, safeStorage } = require('electron');
  const { askInWindow } = require('./main/ask');
  return {
    safeStorage,
    ask: (connection, say) => askInWindow(app.mainWindow, connection, say),
    tell: (type, message) => dialog.showMessageBox(app.mainWindow, { type, message, title: 'Komek' })
  };
}
