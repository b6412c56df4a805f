"""The columns of a region's tables: which there must be, which are filled in every row, and what they may say."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

#: what a step may be besides a step
PARTS = (
    "drafts", "decides", "complains", "considers", "only_applicant", "counted_elsewhere", "folder_leaves",
    "folder_travels", "result_leaves", "result_travels",
)  # fmt: skip
#: parameters that Komek asks every region for: whole numbers, and times of a day
NUMBERS = (
    "outer_limit_calendar_days",
    "escalation_after_working_days",
    "missing_told_after_minutes",
    "return_rounds_limit",
)
TIMES = ("registry_cutoff", "courier_runs", "escalation_warn_at")
#: what else Komek reads of `parameters.csv`, where it is there; and `intake_staff_` of each kind of office
MORE_PARAMETERS = (
    "answer_sheets", "appeal_months", "archive_years", "assignment_term_months", "drafter_may_sign", "income_months",
    "lookups_per_hour", "norm_area_person", "norm_area_single", "norm_cold_water", "norm_condominium", "norm_gas",
    "norm_heat", "norm_hot_water", "norm_lift", "norm_phone", "recheck_days_before", "retention_years", "share_percent",
    "told_from", "told_until", "unclaimed_result_months",
)  # fmt: skip
INTAKE_STAFF = "intake_staff_"
_NAMES = ("name_kk", "name_ru", "name_en")
#: section of `region.toml` (that of any key has a star) -> what Komek reads there
FACTS: Mapping[str, tuple[str, ...]] = {
    "": (*_NAMES, "first_language", "time_zone", "call_centre", "control_office", "continues", "service", "routes",
         "act", "notice", "kinds", "clauses"),
    "service": (*_NAMES, "routes"),
    "routes.*": (*_NAMES, "role"),
    "kinds.*": _NAMES,
    "act": ("reference_kk", "reference_ru", "reference_en"),
    "notice": ("repealed_kk", "repealed_ru", "repealed_en", "not_in_act_kk", "not_in_act_ru", "not_in_act_en"),
}  # fmt: skip
WHOLE = re.compile("[0-9]{1,4}")
_TITLES = ("title_kk", "title_ru", "title_en")
TEXTS = ("text_kk", "text_ru", "text_en")
#: what an applicant is told of a step: what happens, what was done, what to do
_TOLD = ("now", "done", "come")
_YES = (
    "sees_cases",
    "reaches",
    "handles_paper",
    "uses_desk",
    "signs",
    "leads",
    "assigns",
    "executes",
    "carries",
    "controls",
)

#: what a role may be told of by itself: docs/plugin-authors.md, the column `told`
TOLD = ("overdue", "missing", "escalated", "recheck_due", "assignment_ended", "lookups")
#: lines of a case's history of which applicants can be told, beside those that plugins' operations write
TOLD_EVENTS = (
    "case.task_completed", "case.message_received", "case.happened", "case.clocks_stopped", "case.clocks_resumed",
    "case.opened", "case.begun", "case.numbered", "case.body_chosen", "case.pool_begun", "case.timer_fired",
    "case.signal_heard", "case.went_on", "case.operation_done", "case.task_cancelled", "case.assigned",
    "case.assignment_void", "case.reminded", "case.discarded", "case.closed", "paper.made", "paper.signed",
    "paper.kept", "paper.came_back", "paper.annulled", "paper.superseded",
)  # fmt: skip
#: where on the public pages a sentence stands, beside the steps of each route
PUBLIC_PARTS = (
    "about", "who", "gives", "cost", "bring", "papers_note", "go", "ask", "term", "grounds_note", "complain", "drawing",
    "map", "open", "route", "document", "ground",
)  # fmt: skip

#: where a role's people begin their day; empty: in the inbox
LANDINGS = ("inbox", "desk", "calls", "processes", "administration", "offices")

#: of a case's comments; a table that has no such column grants nobody anything
_COMMENTS = ("reads_comments", "writes_comments")

#: who answers the telephone, who calls people to a counter; a table without them has nobody who does
_COUNTERS = ("answers_calls", "calls_to_counter")


@dataclass(frozen=True)
class Columns:
    """Of one table."""

    needed: tuple[str, ...]
    filled: tuple[str, ...]  #: of these, those that no row leaves empty
    more: tuple[str, ...] = ()  #: that there may be
    one_of: Mapping[str, str] = field(default_factory=dict)  #: column -> what its values name
    optional: bool = False  #: the whole table
    somewhere: tuple[str, ...] = ()  #: of `more`, those that the region's own file has: one laid over it need not

    def knows(self, column: str) -> bool:
        """Whether Komek reads it, or it is for readers of the table."""
        return column.startswith("_") or column in (*self.needed, *self.more)

    def misspells(self, column: str) -> bool:
        """Whether it is none of them, and probably meant as one; what is like none of them, a plugin may read."""
        return not self.knows(column) and bool(get_close_matches(column, (*self.needed, *self.more), 1, 0.7))


def meant(key: str, known: Iterable[str], there: Iterable[str]) -> str:
    """Which of the known keys, that is not there, somebody probably meant by one that nobody reads; empty for none."""
    wanted = set(known) - set(there)
    return "" if key.startswith("_") or key in known else next(iter(get_close_matches(key, wanted, 1, 0.8)), "")


TABLES: Mapping[str, Columns] = {
    "offices": Columns(
        ("key", "kind", "number", "parent", "name_kk", "name_ru", "name_en", "short_kk", "short_ru", "short_en",
         "place", "place_kind", "address_kk", "phone"),
        ("key", "kind", "number", "name_kk", "name_ru", "name_en", "short_kk", "short_ru", "short_en"),
        ("email", "phone_raw", "register", "source", "mark", "note", "time_zone", "settlement"),
        {"parent": "offices", "settlement": "settlements", "place_kind": "places", "register": "registers",
         "mark": "marks"},
    ),
    "roles": Columns(
        ("key", "office", *_TITLES, *_YES), ("key", "office", *_TITLES),
        ("clause", "mark", "told", "demo_logins", "note", *_COUNTERS, "lands", *_COMMENTS,
         "second_factor"),
        {"office": "kinds", "mark": "marks", "lands": "landings", "told": "told", "second_factor": "factors",
         **dict.fromkeys((*_YES, *_COMMENTS, *_COUNTERS), "yes")},
    ),
    "hours": Columns(
        ("office", "weekday", "from", "to", "mark"), ("office", "weekday", "from", "to", "mark"), ("source",),
        {"office": "hours", "weekday": "weekdays", "mark": "marks"},
    ),
    "steps": Columns(
        ("route", "key", "code", "clause", "table_ref", "rule", "role", *_TITLES, "ends_outer", "mark"),
        ("route", "key", "role", *_TITLES, "mark"), ("note", "part"),
        {"route": "routes", "role": "roles", "ends_outer": "yes", "part": "parts", "mark": "marks"},
        somewhere=("part",),
    ),
    "documents": Columns(
        ("key", *_TITLES, "required", "mark"), ("key", *_TITLES, "required"),
        ("help_kk", "help_ru", "help_en", "copies", "clause", "source", "holds_on"),
        {"required": "yes", "holds_on": "yes", "mark": "marks"},
    ),
    "grounds": Columns(("key", *_TITLES, "mark"), ("key", *_TITLES), ("clause", "source"), {"mark": "marks"}),
    "parameters": Columns(
        ("key", "value", "unit", "mark"), ("key", "value", "unit", "mark"),
        ("clause", "source", "note_kk", "note_ru", "note_en"), {"mark": "marks"},
    ),
    "stops": Columns(
        ("key", *_TITLES, "clause", "role", "mark"), ("key", *_TITLES, "role"), ("note", "source"),
        {"role": "roles", "mark": "marks"}, optional=True,
    ),
    "clauses": Columns(
        ("key", *TEXTS, "asks", "mark"), ("key", *TEXTS, "asks", "mark"), ("through", "note"),
        {"asks": "yes", "mark": "marks"}, optional=True,
    ),
    "settlements": Columns(
        ("key", "name_kk", "name_ru", "name_en", "latitude", "longitude", "mark"),
        ("key", "name_kk", "name_ru", "name_en"), ("source", "also"), {"mark": "marks"}, optional=True,
    ),
    "public": Columns(
        ("part", "key", *TEXTS, "clause", "mark"), ("part", "key", *TEXTS, "mark"), ("source",),
        {"part": "public parts", "mark": "marks"}, optional=True,
    ),
    "public_words": Columns(
        ("route", "step", "outcome", *(f"{what}_{each}" for what in _TOLD for each in ("kk", "ru", "en"))),
        (), ("note",), {"route": "routes", "step": "steps"}, optional=True,
    ),
    "told": Columns(
        ("fact", "event", "step", "outcome", *TEXTS, "mark"), ("fact", "event", *TEXTS, "mark"), ("note",),
        {"step": "steps", "mark": "marks"}, optional=True,
    ),
}  # fmt: skip
