// What our plugin brings into Modeler's window, for Camunda 7 diagrams only.
import elementTemplateChooser from '@bpmn-io/element-template-chooser';
import { CreateAppendElementTemplatesModule } from 'bpmn-js-create-append-anything';
import { registerClientExtension, registerClientPlugin, registerPlatformBpmnJSPlugin } from 'camunda-modeler-plugin-helpers';

import Komek from './extension.js';
import { lintRules } from './rules.js';
import serverModule from './server.js';
import templatesModule from './templates.js';

// templates in the append, create and replace menus: Modeler has them there for Camunda 8 only
registerPlatformBpmnJSPlugin(CreateAppendElementTemplatesModule);
// «Template → Select», which does nothing in 5.49.0 to 5.50.1; where Modeler has it, this stands in its place
registerPlatformBpmnJSPlugin(elementTemplateChooser);
registerPlatformBpmnJSPlugin(templatesModule);
registerPlatformBpmnJSPlugin(serverModule);
registerClientPlugin(lintRules, 'lintRules.bpmn');
registerClientExtension(Komek);
