#!/usr/bin/env node
// node bundle.mjs FOLDER: our plugin as Modeler loads it, and the editor of its Camunda 7 tab around it, as one page.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const HERE = path.dirname(fileURLToPath(import.meta.url)), ROOT = path.resolve(HERE, '../..');
const [ folder ] = process.argv.slice(2);

execFileSync('node', [ path.join(ROOT, 'modeler/build.mjs'), path.join(folder, 'plugin.js') ]);
await build({
  entryPoints: [ path.join(HERE, 'page.js') ], outfile: path.join(folder, 'page.js'), bundle: true, format: 'iife',
  minify: true, logLevel: 'error', loader: { '.svg': 'text', '.css': 'text' }, define: { 'process.env.NODE_ENV': '"production"' }
});
const styles = [
  'camunda-bpmn-js/dist/assets/camunda-platform-modeler.css', '@camunda/linting/assets/linting.css'
].map(name => path.join(ROOT, 'node_modules', name)).filter(file => fs.existsSync(file));
const page = plugin => `<!doctype html><meta charset="utf-8">
${styles.map(file => `<link rel="stylesheet" href="${pathToFileURL(file)}">`).join('\n')}
<style>html,body{margin:0;height:100%} #canvas{position:absolute;inset:0 360px 0 0} #properties{position:absolute;right:0;
top:0;bottom:0;width:360px;overflow:auto;border-left:1px solid #ccc}</style>
<div id="canvas"></div><div id="properties"></div>
${plugin ? '<script src="plugin.js"></script>' : ''}<script src="page.js"></script><script>editor.start()</script>`;
fs.writeFileSync(path.join(folder, 'with.html'), page(true));
fs.writeFileSync(path.join(folder, 'without.html'), page(false));
