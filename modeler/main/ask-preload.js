'use strict';
const { contextBridge, ipcRenderer } = require('electron');

contextBridge.exposeInMainWorld('komek', {
  asked: () => ipcRenderer.invoke('komek:ask'),
  give: given => ipcRenderer.invoke('komek:given', given)
});
