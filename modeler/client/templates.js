// What Modeler's Camunda 7 editor lacks so that templates can stand in its menus.

// The same template may lie beside the diagram and have come from the server. Modeler would say of each that it is
// there twice; the server's, which comes last, is the one of this region.
function eachTemplateOnce(elementTemplatesLoader) {
  const setTemplates = elementTemplatesLoader.setTemplates;
  elementTemplatesLoader.setTemplates = function(templates) {
    return setTemplates.call(this, [ ...new Map(templates.map(each => [ `${each.id} ${each.version}`, each ])).values() ]);
  };
}
eachTemplateOnce.$inject = [ 'elementTemplatesLoader' ];

// The menus ask for a new element of a template, which only the Camunda 8 editor can make. Here it is an element with
// the template's name, to which the template is applied when it comes onto the diagram: both are one step to undo.
// It is of the right type already; told of the type, Modeler would put another element in its place, without its flow.
function elementsByTemplate(elementTemplates, elementFactory, eventBus) {
  if (elementTemplates.createElement) return;
  const templates = new WeakMap();

  elementTemplates.createElement = template => {
    const element = elementFactory.createShape({ type: template.elementType?.value || template.appliesTo[0] });
    element.businessObject.name = template.name;
    templates.set(element, template);
    return element;
  };

  eventBus.on('commandStack.shape.create.postExecute', ({ context: { shape } }) => {
    const template = templates.get(shape);
    templates.delete(shape);
    if (template) elementTemplates.applyTemplate(shape, { ...template, elementType: undefined });
  });
}
elementsByTemplate.$inject = [ 'elementTemplates', 'elementFactory', 'eventBus' ];

export default {
  __init__: [ eachTemplateOnce, elementsByTemplate ]
};
