#!/usr/bin/env node
// node build.mjs [FILE]: one script of everything under client/, for Modeler's window.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const HERE = path.dirname(fileURLToPath(import.meta.url));

await build({
  entryPoints: [ path.join(HERE, 'client/index.js') ],
  outfile: process.argv[2] || path.join(HERE, 'dist/client.js'),
  bundle: true, minify: true, format: 'iife', target: 'chrome120', logLevel: 'warning', legalComments: 'linked'
});
