// Our rules for Modeler's list of problems: what is seen in the diagram alone, and what the server found.
import { is, isAny } from 'bpmnlint-utils';
import StaticResolver from 'bpmnlint/lib/resolver/static-resolver';

import WORDS from '../words.json';
import { language } from './connection.js';
import { findingsOf } from './server.js';

const REFUSED = [ 'ScriptTask', 'SendTask', 'Transaction', 'AdHocSubProcess', 'ComplexGateway' ].map(name => `bpmn:${name}`);
const REFUSED_EVENTS = [ 'Link', 'Compensate', 'Conditional', 'Cancel' ].map(name => `bpmn:${name}EventDefinition`);
const DECIDING = [ 'bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway' ];

const ways = node => node.get('outgoing') || [];
const camunda = (node, name) => node.get(`camunda:${name}`);
const extensions = (node, type) => (node.get('extensionElements')?.get('values') || []).filter(each => is(each, type));
const stepOf = node => extensions(node, 'camunda:Properties')
  .flatMap(each => each.get('values') || []).find(each => each.get('name') === 'step')?.get('value');

// code -> whether it is wrong with this element; [ property ] opens that field in the panel
const CHECKS = {
  'not-supported': node => isAny(node, REFUSED) || is(node, 'bpmn:SubProcess') && node.get('triggeredByEvent') ||
    is(node, 'bpmn:Event') && (node.get('eventDefinitions') || []).some(each => isAny(each, REFUSED_EVENTS)),
  'operation-missing': node => is(node, 'bpmn:ServiceTask') &&
    !(camunda(node, 'type') === 'external' && camunda(node, 'topic')) && [ 'type' ],
  'role-missing': node => is(node, 'bpmn:UserTask') && !camunda(node, 'candidateGroups') && [ 'candidateGroups' ],
  'step-missing': node => is(node, 'bpmn:UserTask') && !stepOf(node),
  'default-flow-missing': node => isAny(node, DECIDING) && ways(node).length > 1 && !node.get('default'),
  'condition-missing': node => is(node, 'bpmn:SequenceFlow') && isAny(node.sourceRef, DECIDING) &&
    ways(node.sourceRef).length > 1 && node.sourceRef.get('default') !== node && !node.get('conditionExpression'),
  'condition-without-gateway': node => is(node, 'bpmn:SequenceFlow') && node.get('conditionExpression') &&
    !isAny(node.sourceRef, DECIDING),
  'two-ways-without-gateway': node => is(node, 'bpmn:FlowNode') && !is(node, 'bpmn:Gateway') && ways(node).length > 1
};

const definitionsOf = node => {
  while (node.$parent) node = node.$parent;
  return node;
};

// The server sees all of this and more: where it has answered, it alone speaks.
const local = code => () => ({
  check(node, reporter) {
    const wrong = is(node, 'bpmn:FlowElement') && !findingsOf(definitionsOf(node)) && CHECKS[code](node);
    if (wrong) reporter.report(node.id, WORDS.rules[code][language()], Array.isArray(wrong) ? wrong : undefined);
  }
});

const fromServer = severity => () => ({
  check(node, reporter) {
    if (!is(node, 'bpmn:Definitions')) return;
    for (const found of findingsOf(node) || []) {
      if (found.severity !== severity) continue;
      reporter.report(found.element || node.get('rootElements')[0]?.id || node.id, [ found.text, found.advice ].filter(Boolean).join(' '));
    }
  }
});

const SEVERITIES = { error: 'error', warning: 'warn', info: 'info' };
const RULES = [
  ...Object.keys(CHECKS).map(code => [ code, WORDS.severity[code], local(code) ]),
  ...Object.entries(SEVERITIES).map(([ said, shown ]) => [ `server-${said}`, shown, fromServer(said) ])
];

export const lintRules = {
  config: { rules: Object.fromEntries(RULES.map(([ code, severity ]) => [ `komek/${code}`, severity ])) },
  resolver: new StaticResolver(Object.fromEntries(RULES.map(([ code, , rule ]) => [ `rule:bpmnlint-plugin-komek/${code}`, rule ])))
};
