'use strict';
const fs = require('node:fs');
const path = require('node:path');

// The whole new text, or the file as it was: Modeler may read it at any moment, and a broken one costs it all templates.
function replaceFile(file, text, mode = 0o644) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const fresh = `${file}.${process.pid}.new`;
  try {
    fs.writeFileSync(fresh, text, { mode });
    fs.renameSync(fresh, file);
  } finally {
    fs.rmSync(fresh, { force: true });
  }
}

module.exports = { replaceFile };
