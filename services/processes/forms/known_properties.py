"""Properties of a form's components that nobody reads: slips, what a later editor writes, what belongs to another kind.

The list is that of form-js's own JSON schema (packages/form-json-schema/src/defs, 1.18.0).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

#: what any component may have
ANYWHERE: Final = frozenset({"type", "id", "key", "label", "conditional", "layout", "properties"})
ASKED: Final = frozenset({"description", "disabled", "readonly", "validate", "defaultValue"})
SEVERAL: Final = frozenset({"values", "valuesKey", "valuesExpression"})
HOLDS: Final = frozenset({"path", "components", "showOutline", "verticalAlignment"})
OWN: Final[Mapping[str, frozenset[str]]] = {
    "textfield": ASKED | {"appearance"},
    "textarea": ASKED,
    "number": ASKED | {"appearance", "increment", "decimalDigits", "serializeToString"},
    "datetime": ASKED | {
        "subtype", "dateLabel", "timeLabel", "use24h", "timeSerializingFormat", "timeInterval", "disallowPassedDates",
    },
    "checkbox": ASKED,
    "radio": ASKED | SEVERAL,
    "select": ASKED | SEVERAL | {"searchable"},
    "checklist": ASKED | SEVERAL,
    "taglist": ASKED | SEVERAL,
    "filepicker": ASKED | {"accept", "multiple"},
    "expression": frozenset({"expression", "computeOn"}),
    "group": HOLDS,
    "dynamiclist": HOLDS | {
        "isRepeating", "allowAddRemove", "defaultRepetitions", "disableCollapse", "nonCollapsedItems",
    },
    "text": frozenset({"text"}),
    "html": frozenset({"content"}),
    "image": frozenset({"source", "alt"}),
    "table": frozenset({"dataSource", "columns", "columnsExpression", "rowCount"}),
    "documentPreview": frozenset({"dataSource", "maxHeight"}),
    "button": frozenset({"action", "disabled"}),
    "spacer": frozenset({"height"}),
    "separator": frozenset(),
}  # fmt: skip
#: of a text; form-js offers those after the first two for one line only, and its viewer checks them for both
OF_A_TEXT: Final = frozenset({"minLength", "maxLength", "validationType", "pattern", "patternErrorMessage"})
#: kind -> what its validation may ask beside «required»
ASKS: Final[Mapping[str, frozenset[str]]] = {
    "textfield": OF_A_TEXT,
    "textarea": OF_A_TEXT,
    "number": frozenset({"min", "max"}),
}
#: property -> what stands under it; of the validation, `ASKS`, too
UNDER: Final[Mapping[str, frozenset[str]]] = {
    "validate": frozenset({"required"}),
    "appearance": frozenset({"prefixAdorner", "suffixAdorner"}),
    "conditional": frozenset({"hide"}),
    "layout": frozenset({"row", "columns"}),
}
#: of those that designers give for themselves the one that is read here
OUTCOME: Final = "outcome"
#: as if it were not there
SAYS_NOTHING: Final[tuple[object, ...]] = (None, "", False, [], {})


def unread(raw: Mapping[str, Any], kind: str) -> Iterator[str]:
    """The names of what a component of a known kind says and nobody reads; what says nothing is let be."""
    own = OWN.get(kind)
    if own is None:
        return
    for name, value in raw.items():
        if name == "properties" and isinstance(value, dict):
            yield from (
                f"properties.{key}" for key in value if key != OUTCOME and key.strip().lower() in (OUTCOME, "outcomes")
            )
        elif name not in own | ANYWHERE and value not in SAYS_NOTHING:
            yield name
        elif name in UNDER and isinstance(value, dict):
            known = UNDER[name] | (ASKS.get(kind, frozenset()) if name == "validate" else frozenset())
            yield from (f"{name}.{key}" for key, said in value.items() if key not in known and said not in SAYS_NOTHING)
