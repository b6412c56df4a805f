'use strict';
// What Camunda Modeler reads first. Install: this folder, built, as <userData>/resources/plugins/komek; see docs/designers.md.
module.exports = { name: 'Komek', script: './dist/client.js', menu: './menu.js' };
