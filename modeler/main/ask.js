'use strict';
const path = require('node:path');

// A small window that asks for server, login and password; what was given, or null when it was closed.
function askInWindow(parent, connection, say) {
  const { BrowserWindow, ipcMain } = require('electron');
  const window = new BrowserWindow({
    parent, modal: true, width: 520, height: 440, resizable: false, autoHideMenuBar: true, title: 'Komek',
    webPreferences: { preload: path.join(__dirname, 'ask-preload.js'), contextIsolation: true, nodeIntegration: false }
  });
  const labels = Object.fromEntries([ 'url', 'username', 'password', 'language', 'save' ].map(key => [ key, say(key) ]));
  return new Promise(resolve => {
    const fromIt = event => event.sender === window.webContents;
    ipcMain.handle('komek:ask', event => fromIt(event) ? { connection, labels } : null);
    ipcMain.handle('komek:given', (event, given) => {
      if (!fromIt(event)) return;
      resolve(given);
      window.close();
    });
    window.on('closed', () => {
      ipcMain.removeHandler('komek:ask');
      ipcMain.removeHandler('komek:given');
      resolve(null);
    });
    window.loadFile(path.join(__dirname, 'ask.html'));
  });
}

module.exports = { askInWindow };
