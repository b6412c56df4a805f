#!/usr/bin/env node
// node validate.mjs file.json: every template that Modeler's own validator refuses, with its reasons, as JSON.
import fs from 'node:fs';
import { validateAll } from '@bpmn-io/element-templates-validator';

const { results } = validateAll(JSON.parse(fs.readFileSync(process.argv[2], 'utf8')));
const refused = results.filter(result => !result.valid);
console.log(JSON.stringify(refused.map(({ object, errors }) => ({
  id: object.id, errors: errors.map(error => `${error.dataPath ?? error.instancePath ?? ''} ${error.message}`)
}))));
