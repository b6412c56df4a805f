'use strict';
const { replaceFile } = require('./files');

const PATIENCE_MS = 10000;

// A fault whose code is the key of its words.
const fault = (code, message) => Object.assign(new Error(message), { code });

// The templates of that server, in that language. Raises a fault: refused, forbidden, away, strange.
async function fetchTemplates({ url, authorization, language }) {
  const address = `${url}/komek/element-templates?language=${language}`;
  const headers = { accept: 'application/json', authorization };
  const answer = await fetch(address, { headers, redirect: 'error', signal: AbortSignal.timeout(PATIENCE_MS) }).catch(
    error => { throw fault('away', error.cause?.code || error.cause?.message || error.message); }
  );
  if (answer.status === 401) throw fault('refused', '401');
  if (answer.status === 403) throw fault('forbidden', '403');
  if (answer.status >= 500) throw fault('away', String(answer.status));
  if (!answer.ok) throw fault('strange', String(answer.status));
  const templates = await answer.json().catch(() => { throw fault('strange', 'JSON'); });
  if (!Array.isArray(templates) || !templates.length || !templates.every(isTemplate)) throw fault('strange', 'JSON');
  return templates;
}

const isTemplate = each => each && typeof each.id === 'string' && typeof each.name === 'string' &&
  Array.isArray(each.appliesTo) && Array.isArray(each.properties);

async function writeTemplates(file, templates) {
  replaceFile(file, JSON.stringify(templates, null, 1));
}

module.exports = { fetchTemplates, writeTemplates };
