#!/usr/bin/env node
// node menu.mjs JSON: our menu as Modeler's main process has it, in plain Node. What Electron gives is given here:
// `given` is what a person types when asked, `safe` whether the operating system keeps keys.
// Presses the entries named, and prints what was told to the person and to Modeler's window.
import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { start } = require(fileURLToPath(new URL('../../modeler/menu.js', import.meta.url)));
const { folder, press, given, safe } = JSON.parse(process.argv[2]);
const ENTRIES = [ 'update', 'check', 'connect' ];

const seen = { asked: [], told: [], emitted: [] };
const app = Object.assign(new EventEmitter(), { getPath: name => name === 'userData' ? folder : null });
app.on('menu:action', (action, options) => seen.emitted.push([ action, options ?? null ]));
const reversed = text => [ ...text ].reverse().join('');
const menu = start(app, {
  ask: async(connection, say) => { seen.asked.push({ ...connection, label: say('url') }); return given; },
  tell: async(kind, text) => { seen.told.push([ kind, text ]); },
  safeStorage: {
    isEncryptionAvailable: () => safe,
    encryptString: text => Buffer.from(reversed(text)),
    decryptString: buffer => reversed(buffer.toString())
  }
});
app.emit('app:client-ready');
for (const name of press) await menu.entries()[ENTRIES.indexOf(name)].action();
console.log(JSON.stringify({ ...seen, labels: menu.entries().map(entry => entry.label) }));
