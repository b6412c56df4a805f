"""What a paper must say before it is made: the plugin that makes it declares it, of the desk's own it stands here."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from services.errors import Invalid
from services.guarded import PluginNonsense, call_plugin
from services.registry import Registry

Content = Mapping[str, object]

#: what the desk's own papers must say; a plugin declares it of its papers
OWN: Mapping[str, tuple[str, ...]] = {
    "doc.registry": ("number", "office_name", "to_name", "closed_on", "made_by", "lines"),
    "doc.label_sheet": ("office_name", "labels"),
    "doc.badge": ("person_name", "badge", "office_name"),
    "doc.register_book": ("office_name", "from_on", "until_on", "made_by"),
    "doc.print_list": ("office_name", "made_by", "lines"),
    "doc.discrepancy_act": ("number", "office_name", "from_name", "made_on", "made_by", "listed"),
}


def declared_papers(plugins: Registry) -> dict[str, tuple[str, ...]]:
    """Every paper that may be made, and what it must say at the least."""
    return {**{item: paper.required for item, paper in plugins.papers.items()}, **OWN}


_ITEM = re.compile(r"doc\.[a-z][a-z0-9_]{0,60}")


class NotAPaper(Invalid):
    """%(item)s is not the name of a paper."""


class FieldMissing(Invalid):
    """The paper %(item)s cannot be made: %(field)s is missing."""


class FieldUnreadable(Invalid):
    """The paper %(item)s cannot be made: %(field)s is not what it should be."""


def check_content(item: str, content: Content, plugins: Registry) -> None:
    """Raises NotAPaper, FieldMissing and FieldUnreadable, which name the field, and PluginFault."""
    if not _ITEM.fullmatch(item):
        raise NotAPaper(item=item)
    for field in _required(item, content, plugins):
        if content.get(field) in (None, "", [], {}):
            raise FieldMissing(item=item, field=field)
    all_plain = _is_plain(dict(content))
    for field, value in content.items():
        if not (all_plain or _is_plain(value)) or (field.endswith("_on") and not _is_day(value)):
            raise FieldUnreadable(item=item, field=field)
    if content.get("place_kind", "city") not in ("city", "district"):
        raise FieldUnreadable(item=item, field="place_kind")


def _required(item: str, content: Content, plugins: Registry) -> tuple[str, ...]:
    paper = plugins.papers.get(item)
    if paper is None:
        return OWN.get(item, ())
    plugin = next(each.name for each in plugins.plugins if item in each.papers)
    also = call_plugin(plugin, lambda: paper.also(content))
    if not isinstance(also, Sequence):
        raise PluginNonsense(plugin=plugin, what="also")
    return (*paper.required, *also)


def _is_plain(value: object) -> bool:
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False)
        text.encode()
    except (TypeError, ValueError):
        return False
    return "\\u0000" not in text


def _is_day(value: object) -> bool:
    """An ISO date, or a moment with its zone."""
    try:
        date.fromisoformat(str(value))
    except ValueError:
        try:
            return datetime.fromisoformat(str(value)).tzinfo is not None
        except ValueError:
            return False
    return True
