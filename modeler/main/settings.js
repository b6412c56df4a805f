'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { replaceFile } = require('./files');

const LANGUAGES = [ 'kk', 'ru', 'en' ];

// Which server, in whose name. The password is kept on the disk only where the operating system keeps its key
// (Electron's safeStorage); elsewhere it is asked for once each time Modeler is started.
class Settings {
  constructor(folder, safeStorage) {
    this._file = path.join(folder, 'komek.json');
    this._safe = safeStorage?.isEncryptionAvailable() ? safeStorage : null;
    this._kept = { url: knownEndpoint(folder), username: '', language: 'kk', ...read(this._file) };
    this._password = this._decrypted();
  }

  get connection() {
    const { url, username, language } = this._kept;
    return { url, username, language: LANGUAGES.includes(language) ? language : 'kk' };
  }

  // With the header that a request needs; null as long as something is missing.
  authorized() {
    const { url, username, language } = this.connection;
    if (!url || !username || !this._password) return null;
    const authorization = `Basic ${Buffer.from(`${username}:${this._password}`, 'utf8').toString('base64')}`;
    return { url, language, authorization };
  }

  keep({ url, username, password, language }) {
    this._password = password || this._password;
    this._kept = { url: url.trim().replace(/\/+$/, ''), username: username.trim(), language };
    this._write();
  }

  forgetPassword() {
    this._password = '';
    this._write();
  }

  _write() {
    const password = this._safe && this._password ? this._safe.encryptString(this._password).toString('base64') : '';
    this._kept.password = password;
    replaceFile(this._file, JSON.stringify(this._kept, null, 1), 0o600);
  }

  _decrypted() {
    if (!this._safe || !this._kept.password) return '';
    try {
      return this._safe.decryptString(Buffer.from(this._kept.password, 'base64'));
    } catch {
      return ''; // kept by another user of this machine, or before its keys changed
    }
  }
}

function read(file) {
  try {
    const kept = JSON.parse(fs.readFileSync(file, 'utf8'));
    return kept && typeof kept === 'object' ? kept : {};
  } catch {
    return {};
  }
}

// The one that Modeler's own deploy dialog was given.
function knownEndpoint(folder) {
  const { camundaEngineEndpoints: endpoints } = read(path.join(folder, 'config.json'));
  return Array.isArray(endpoints) && endpoints[0]?.url ? String(endpoints[0].url).replace(/\/+$/, '') : '';
}

module.exports = { Settings };
