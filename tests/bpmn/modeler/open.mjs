#!/usr/bin/env node
// node open.mjs [--write] [--words] [--pictures DIR] file.bpmn|file.dmn …
//
// Opens every diagram as Camunda Modeler does and prints one line of JSON a file: warnings of the import, reports of
// the linter, whether a save would change the file. --write saves as Modeler would; --words adds where the words stand
// once they are drawn; --pictures draws what Modeler shows.
// Exit 1: a warning, an error of the linter, or a file that Modeler would save differently.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { withModeler } from './browser.mjs';

const { values, positionals: files } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean' }, words: { type: 'boolean' }, pictures: { type: 'string' } }
});
if (!files.length) {
  console.error('usage: node open.mjs [--write] [--words] [--pictures DIR] file …');
  process.exit(64);
}

function isGood({ warnings, reports, stable, unchanged }) {
  const errors = reports.filter(report => [ 'error', 'rule-error' ].includes(report.category));
  return !warnings.length && !errors.length && stable && (unchanged || Boolean(values.write));
}

async function look(open, file) {
  const { saved, svg, picture, words, ...said } = await open(file);
  if (values.write && !said.unchanged) fs.writeFileSync(file, saved);
  if (values.pictures && svg) {
    fs.mkdirSync(values.pictures, { recursive: true });
    await picture(path.join(values.pictures, path.parse(file).name + '.png'));
  }
  return { ...said, ...values.words && { words }, ok: isGood(said) };
}

await withModeler(async open => {
  for (const file of files) {
    const said = await look(open, file).catch(error => ({ file, ok: false, error: error.message }));
    if (!said.ok) process.exitCode = 1;
    console.log(JSON.stringify(said));
  }
});
