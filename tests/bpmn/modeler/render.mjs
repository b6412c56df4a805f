#!/usr/bin/env node
// node render.mjs DIR file.bpmn …
//
// Draws every diagram as DIR/<name>.png (white, two dots for a point, with its title) and DIR/<name>.svg.
import fs from 'node:fs';
import path from 'node:path';
import { withModeler } from './browser.mjs';

const [ folder, ...files ] = process.argv.slice(2);
if (!files.length) {
  console.error('usage: node render.mjs DIR file.bpmn …');
  process.exit(64);
}
fs.mkdirSync(folder, { recursive: true });

await withModeler(async open => {
  for (const file of files) {
    const { svg, picture } = await open(file), base = path.join(folder, path.parse(file).name);
    fs.writeFileSync(base + '.svg', svg);
    await picture(base + '.png');
  }
}, { print: true });
