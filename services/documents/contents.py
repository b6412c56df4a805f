"""What each of our papers must say before it is made. A plugin's own papers answer for themselves."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime

from services.errors import Invalid

Content = Mapping[str, object]

_ANSWER = ("applicant_name", "applicant_address", "office_name", "place", "place_kind", "executor_name")
_SIGNED = (*_ANSWER, "outgoing_number", "dated_on", "head_name")
_REASONS = ("ground", "explanation")

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "doc.talon": ("applicant_name", "accepted_on", "number", "accepted_by", "office_name"),
    "doc.resolution": ("applicant_name", "number", "text", "executor_name", "head_name", "resolved_on", "office_name"),
    "doc.draft": (*_ANSWER, "number", "decision", "drafted_on"),
    "doc.calculation": (
        "number", "applicant_name", "office_name", "members", "income", "expense", "share_percent",
        "counted_on", "decision",
    ),
    "doc.return_note": ("number", "reason", "head_name", "returned_on", "office_name"),
    "doc.notice_signed": _SIGNED,
    "doc.refusal_signed": (*_SIGNED, *_REASONS),
    "doc.receipt": (
        "number", "applicant_name", "accepted_on", "accepted_by", "psc_name", "office_name", "body_name", "documents",
        "documents_count", "return_place", "return_by_on",
    ),
    "doc.label": ("number", "applicant_name", "accepted_on", "office_name", "body_name"),
    "doc.registry": ("number", "office_name", "to_name", "closed_on", "made_by", "lines"),
    "doc.label_sheet": ("office_name", "labels"),
    "doc.badge": ("person_name", "badge", "office_name"),
    "doc.register_book": ("office_name", "from_on", "until_on", "made_by"),
    "doc.discrepancy_act": ("number", "office_name", "from_name", "made_on", "made_by", "listed"),
    "doc.envelope": ("applicant_name", "applicant_address", "office_name", "office_address"),
}  # fmt: skip

_ITEM = re.compile(r"doc\.[a-z][a-z0-9_]{0,60}")


class NotAPaper(Invalid):
    """%(item)s is not the name of a paper."""


class FieldMissing(Invalid):
    """The paper %(item)s cannot be made: %(field)s is missing."""


class FieldUnreadable(Invalid):
    """The paper %(item)s cannot be made: %(field)s is not what it should be."""


def check_content(item: str, content: Content) -> None:
    """Raises NotAPaper, FieldMissing, FieldUnreadable; the last two name the field."""
    if not _ITEM.fullmatch(item):
        raise NotAPaper(item=item)
    for field in _required(item, content):
        if content.get(field) in (None, "", [], {}):
            raise FieldMissing(item=item, field=field)
    for field, value in content.items():
        if not _is_plain(value) or (field.endswith("_on") and not _is_day(value)):
            raise FieldUnreadable(item=item, field=field)
    if content.get("place_kind", "city") not in ("city", "district"):
        raise FieldUnreadable(item=item, field="place_kind")


def _required(item: str, content: Content) -> tuple[str, ...]:
    """A draft of a refusal needs its reasons just as the refusal does (N421/10)."""
    fields = REQUIRED.get(item, ())
    if content.get("decision") == "refuse" and item == "doc.draft":
        return (*fields, *_REASONS)
    return fields


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
