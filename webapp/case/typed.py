"""What was typed into a task's form, before anybody checks it, and the buttons that only change its lines."""

import re
from urllib.parse import parse_qsl

from werkzeug.datastructures import MultiDict

from services.asking import row_numbers

#: fields of the page itself, not of the task's form
_BUTTONS = frozenset({"_add", "_remove", "_preview", "_put", "_together", "_attach", "_detach", "_carry"})
OWN = _BUTTONS | {"csrf_token", "key", "delay_reason", "conflict_reason", "_list"}
MOST_FIELDS = 2000


def typed_answers(form: MultiDict[str, str]) -> dict[str, object]:
    """Name -> text of every field of the task's form."""
    return {name: value for name, value in list(form.items())[:MOST_FIELDS] if name not in OWN}


def change_rows(typed: dict[str, object], form: MultiDict[str, str]) -> dict[str, object]:
    """With a line more (`_add=members`), a line less (`_remove=members-2`), or answers put in (`_put=way=posted`)."""
    if pairs := form.get("_put"):
        return {**typed, **dict(parse_qsl(pairs, max_num_fields=MOST_FIELDS))}
    if name := form.get("_add"):
        following = max(row_numbers(typed, name), default=-1) + 1
        return {**typed, f"{name}-{following}-": ""}
    if line := form.get("_remove"):
        gone = re.compile(rf"{re.escape(line)}-")
        return {name: value for name, value in typed.items() if not gone.match(name)}
    return typed
