// A headless Chromium with Camunda Modeler's own code in it.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.resolve(HERE, '../../..');
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--allow-file-access-from-files'
];
const FONTS = [ '400.css', '600.css' ].map(name => path.join(ROOT, 'node_modules/@fontsource/ibm-plex-sans', name));
const STYLE = `html,body{margin:0;background:#fff} #canvas,#again{width:1600px;height:900px}
  figure{display:inline-block;margin:0;padding:24px} h1{font:600 22px 'IBM Plex Sans',Arial;margin:0 6px 16px}`;

// Calls work(open); `open(file)` is what Modeler says of that diagram, and its `picture(png)` draws it.
// In print the diagram has its title and the product's own font, the same on every machine, and nothing is said of it;
// else Modeler's look.
export async function withModeler(work, { print = false } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'modeler-'));
  const { chromium } = await playwright();
  const chrome = await chromium.launchPersistentContext(path.join(folder, 'profile'), {
    executablePath: chromePath(), headless: true, args: FLAGS, viewport: { width: 1600, height: 900 },
    deviceScaleFactor: 2
  });
  const pages = {};
  const pageFor = async kind => pages[kind] ||= await openPage(chrome, await writePage(folder, kind, print));
  try {
    return await work(file => look(pageFor, file, print));
  } finally {
    await chrome.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function look(pageFor, file, print) {
  const page = await pageFor(path.extname(file)), xml = fs.readFileSync(file, 'utf8');
  const { title, ...said } = await page.evaluate(print
    ? text => window.drawDiagram(text)
    : text => window.openDiagram(text), xml);
  const picture = async png => draw(await pageFor('.svg'), said.svg, print ? title : '', png);
  return { file, ...said, unchanged: said.saved === xml, picture };
}

// White ground, two dots for a point.
async function draw(page, svg, title, png) {
  await page.evaluate(([ svg, title ]) => {
    document.body.innerHTML = '<figure><h1></h1>' + svg.slice(svg.indexOf('<svg')) + '</figure>';
    const heading = document.querySelector('h1');
    title ? heading.append(title) : heading.remove();
  }, [ svg, title ]);
  await page.evaluate(() => document.fonts.ready);
  await page.locator('figure').screenshot({ path: png });
}

async function writePage(folder, kind, print) {
  const name = { '.bpmn': 'page.js', '.dmn': 'page_dmn.js', '.svg': null }[kind];
  if (name === undefined) throw new Error(`neither a .bpmn nor a .dmn file: *${kind}`);
  const html = path.join(folder, `page${kind}.html`), bundle = html.replace('.html', '.js');
  if (name) await bundled(path.join(HERE, name), bundle);
  const links = print ? FONTS.map(file => `<link rel="stylesheet" href="${pathToFileURL(file)}">`).join('') : '';
  const script = name ? `<script src="${pathToFileURL(bundle)}"></script>` : '';
  fs.writeFileSync(html, `<!doctype html><meta charset="utf-8">${links}<style>${STYLE}</style>
    <div id="canvas"></div><div id="again"></div>${script}`);
  return html;
}

const bundled = (entry, outfile) => build({
  entryPoints: [ entry ], outfile, bundle: true, format: 'iife', logLevel: 'error',
  nodePaths: (process.env.NODE_PATH || '').split(path.delimiter).filter(Boolean),
  loader: { '.svg': 'text', '.css': 'text' }, define: { 'process.env.NODE_ENV': '"production"' }
});

async function openPage(chrome, html) {
  const page = await chrome.newPage();
  page.on('pageerror', error => console.error(String(error)));
  await page.goto(pathToFileURL(html).href);
  return page;
}

function chromePath() {
  return process.env.CHROMIUM || [ '/usr/bin/chromium', '/usr/bin/google-chrome' ].find(file => fs.existsSync(file));
}

// From node_modules, else the copy inside Python's playwright, which the tests need anyway.
async function playwright() {
  try {
    return await import('playwright-core');
  } catch {
    const folder = process.env.PLAYWRIGHT_PACKAGE || insideVenv();
    return import(pathToFileURL(path.join(folder, 'index.mjs')).href);
  }
}

function insideVenv() {
  const lib = path.join(ROOT, '.venv/lib');
  const python = fs.existsSync(lib) && fs.readdirSync(lib).find(name => name.startsWith('python3'));
  if (!python) throw new Error('neither playwright-core in node_modules nor playwright in .venv');
  return path.join(lib, python, 'site-packages/playwright/driver/package');
}
