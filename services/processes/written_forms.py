"""Questions as they are written in a plugin's code: what a form asks only of a case that is further on.

Asked outside of a case a form leaves out what hangs on earlier answers, on a former case or on what a diagram knows.
Its words are needed all the same, when its plugin is gone and such a case is read. So they are taken from where they
stand: `Field("name", "kind", "Label")`, and its choices where these are written out or a name of the module.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from services.plugin import Choice, Field, Form

#: of a call that makes a question, the arguments before its choices
_NAME_KIND_LABEL = 3


def written_fields(folder: Path, form: Form) -> Iterator[Field]:
    """Of the form's own module, and after these of the package's others, where one name has one wording there."""
    function = _function(form.fields)
    code = getattr(function, "__code__", None)
    here = Path(code.co_filename) if code is not None else None
    known = set[str]()
    for call in _calls(here) if here is not None and here.is_relative_to(folder) else ():
        yield _field(call, getattr(function, "__globals__", {}))
        known.add(_constants(call)[0])
    elsewhere: dict[str, dict[str, ast.Call]] = {}
    for file in sorted(folder.rglob("*.py")):
        if file != here:
            for call in _calls(file):
                name, _, label = _constants(call)
                elsewhere.setdefault(name, {})[label] = call
    for name, wordings in elsewhere.items():
        if name not in known and len(wordings) == 1:
            yield _field(next(iter(wordings.values())), {})


def _function(fields: Callable[..., Any]) -> Callable[..., Any]:
    while isinstance(fields, partial):
        fields = fields.func
    return getattr(fields, "__wrapped__", fields)


@lru_cache(maxsize=256)
def _calls(file: Path) -> tuple[ast.Call, ...]:
    """Calls that make a question of name, kind and label written out."""
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError):  # what cannot be read is told where the package is looked through
        return ()
    return tuple(each for each in ast.walk(tree) if isinstance(each, ast.Call) and _called(each) == "Field"
                 and len(_constants(each)) == _NAME_KIND_LABEL)  # fmt: skip


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _constants(call: ast.Call) -> list[str]:
    said = [each.value for each in call.args[:_NAME_KIND_LABEL] if isinstance(each, ast.Constant)]
    return [each for each in said if isinstance(each, str)]


def _field(call: ast.Call, names: Mapping[str, object]) -> Field:
    name, _, label = _constants(call)
    choices = next((each.value for each in call.keywords if each.arg == "choices"), None)
    return Field(name, "text", label, choices=_choices(choices, names))


def _choices(written: ast.expr | None, names: Mapping[str, object]) -> tuple[Choice, ...]:
    if isinstance(written, ast.Name):
        found = names.get(written.id)
        return tuple(each for each in found if isinstance(each, Choice)) if isinstance(found, tuple) else ()
    if isinstance(written, ast.Tuple):
        said = [_constants(each) for each in written.elts if isinstance(each, ast.Call) and _called(each) == "Choice"]
        return tuple(Choice(each[0], each[1]) for each in said if len(each) > 1)
    return ()
