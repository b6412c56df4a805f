// Our rules for Modeler's list of problems: what is seen in the diagram alone, and what the server found.
import { is, isAny } from 'bpmnlint-utils';
import StaticResolver from 'bpmnlint/lib/resolver/static-resolver';

import WORDS from '../words.json';
import { language } from './connection.js';
import { findingsOf } from './server.js';

const DECIDING = [ 'bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway' ];
const PARTING = [ 'bpmn:ParallelGateway', 'bpmn:EventBasedGateway' ];
const ways = node => node.get('outgoing') || [];
const free = node => ways(node).filter(each => each !== node.get('default') && !each.get('conditionExpression'));
const camunda = (node, name) => node.get(`camunda:${name}`);
const extensions = (node, type) => (node.get('extensionElements')?.get('values') || []).filter(each => is(each, type));
const stepOf = node => extensions(node, 'camunda:Properties')
  .flatMap(each => each.get('values') || []).find(each => each.get('name') === 'step')?.get('value');

const isA = type => node => is(node, `bpmn:${type}`);
const catches = kind => node => is(node, 'bpmn:Event') &&
  (node.get('eventDefinitions') || []).some(each => is(each, `bpmn:${kind}EventDefinition`));

// code, as the doctor calls it -> whether it is wrong with this element; [ property ] opens that field in the panel
const CHECKS = {
  'script-task': node => is(node, 'bpmn:ScriptTask') && !/^(feel|juel)$/i.test(node.get('scriptFormat') || ''),
  'send-task': node => is(node, 'bpmn:SendTask') && !node.get('messageRef') &&
    !(camunda(node, 'type') === 'external' && camunda(node, 'topic')),
  'ad-hoc-sub-process': isA('AdHocSubProcess'),
  'complex-gateway': isA('ComplexGateway'),
  'event-sub-process': node => is(node, 'bpmn:SubProcess') && node.get('triggeredByEvent') &&
    !(node.get('flowElements') || []).some(each => is(each, 'bpmn:StartEvent') && each.get('eventDefinitions')?.length),
  'service-task-without-topic': node => is(node, 'bpmn:ServiceTask') &&
    !(camunda(node, 'type') === 'external' && camunda(node, 'topic')) && [ 'type' ],
  'user-task-without-role': node => is(node, 'bpmn:UserTask') && !camunda(node, 'candidateGroups') && [ 'candidateGroups' ],
  'user-task-without-step': node => is(node, 'bpmn:UserTask') && !stepOf(node),
  'no-default-flow': node => isAny(node, DECIDING) && ways(node).length > 1 && !node.get('default') &&
    !(is(node, 'bpmn:InclusiveGateway') && free(node).length),
  'flow-without-condition': node => is(node, 'bpmn:SequenceFlow') && is(node.sourceRef, 'bpmn:ExclusiveGateway') &&
    ways(node.sourceRef).length > 1 && free(node.sourceRef).includes(node) &&
    (node.sourceRef.get('default') || free(node.sourceRef).length > 1),
  'condition-without-gateway': node => is(node, 'bpmn:SequenceFlow') && node.get('conditionExpression') &&
    isAny(node.sourceRef, PARTING),
  'implicit-split': node => is(node, 'bpmn:FlowNode') && !is(node, 'bpmn:Gateway') && ways(node).length > 1,
  'boundary-without-flow': node => is(node, 'bpmn:BoundaryEvent') && !catches('Compensate')(node) && !ways(node).length
};

const definitionsOf = node => {
  while (node.$parent) node = node.$parent;
  return node;
};

const wordsFor = (code, node) => WORDS.rules[code][language()].replace('%(kind)s', node.$type.replace('bpmn:', ''));

// The server sees all of this and more: where it has answered, it alone speaks.
const local = code => () => ({
  check(node, reporter) {
    const wrong = is(node, 'bpmn:FlowElement') && !findingsOf(definitionsOf(node)) && CHECKS[code](node);
    if (wrong) reporter.report(node.id, wordsFor(code, node), Array.isArray(wrong) ? wrong : undefined);
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
  ...Object.keys(CHECKS).map(code => [ code, SEVERITIES[WORDS.rules[code].severity], local(code) ]),
  ...Object.entries(SEVERITIES).map(([ said, shown ]) => [ `server-${said}`, shown, fromServer(said) ])
];

export const lintRules = {
  config: { rules: Object.fromEntries(RULES.map(([ code, severity ]) => [ `komek/${code}`, severity ])) },
  resolver: new StaticResolver(Object.fromEntries(RULES.map(([ code, , rule ]) => [ `rule:bpmnlint-plugin-komek/${code}`, rule ])))
};
