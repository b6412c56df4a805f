"""Which pages are opened over a large database, by whom, and about what: taken from the application's own addresses.

Whatever page is added is opened, too, by whoever its folder is for; what is not opened stands here with the reason.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from flask import Flask
from sqlalchemy import Connection, text
from werkzeug.routing import Rule

from bench.http import OFFICE

#: a folder of pages, or one endpoint -> why it is not opened
SPARED: Final[Mapping[str, str]] = {
    **dict.fromkeys(("static", "health", "metrics", "modeler_link", "desk.worker", "desk.shell", "desk.badge"),
                    "no list, or a file that is the same for everybody"),
    "public": "made of what a deployment changes; bench.public opens it",
    "tracking": "one case by its code; bench.tracking opens it",
    "rest": "programs ask for what they name, a page at a time",
    **dict.fromkeys(("neighbours", "screens.wall", "screens.kiosk", "account.to_provider", "account.from_provider"),
                    "another region, a screen or a provider has to be there"),
    **dict.fromkeys(("account.sign_in", "account.second", "account.first_password", "account.session_left"),
                    "before somebody is signed in"),
    **dict.fromkeys(("case.attachment", "case.decided", "case.happening", "case.picture", "case.paper", "case.diagram",
                     "desk.conflict", "desk.photo", "designer.drawing", "designer.file", "designer.catalogue",
                     "designer.names", "designer.replay", "designer.deployment", "designer.law", "boards.drawing",
                     "calendar.day", "calendar.export", "calendar.value", "calendar.hours_of", "act.edition",
                     "retention.act", "beginning.step", "calls.ask", "staff.person", "desk.consignment"),
                    "one thing by its number: how many others there are is nothing to it"),
}  # fmt: skip
#: a folder of pages, or one endpoint -> the beginning of the sign-in name of whom it is for
WHOSE: Final[Mapping[str, str]] = {
    **dict.fromkeys(("admin", "retention", "calendar", "time_machine", "incidents", "screens", "stands", "takeover",
                     "told", "beginning", "staff"), "admin"),
    **dict.fromkeys(("act", "designer"), "designer"),
    **dict.fromkeys(("boards", "absences", "signing", "recheck"), "head"),
    **dict.fromkeys(("calendar.why_case", "calendar.why_step", "boards.case"), "head"),
    **dict.fromkeys(("boards.region", "calls.watch", "absences.own_drafts"), "control"),
    "calls": "operator",
}  # fmt: skip
ANYBODY: Final = "clerk"
#: what an address names -> where one of it is found, of the office's own
SAMPLES: Final[Mapping[str, str]] = {
    "key": "SELECT :office",
    "case_id": """SELECT min(c.id) FROM "case" c JOIN task t ON t.case_id = c.id AND t.closed_at IS NULL
                  WHERE c.body_key = :office AND t.office_key = :office AND t.waits_for = 'person'""",
    "task_id": """SELECT min(id) FROM task WHERE office_key = :office AND closed_at IS NULL AND due_at IS NOT NULL
                  AND waits_for = 'person' AND step <> ''""",
}  # fmt: skip
#: addresses with what they ask for: who opens them
ASKED: Final = (
    ("clerk", "/inbox?list=mine"), ("executor", "/inbox?list=mine"), ("head", "/inbox?list=role"),
    ("clerk", "/inbox?list=waiting"), ("clerk", "/inbox?list=record"), ("executor", "/inbox?list=done"),
    ("clerk", "/inbox?list=waiting&sort=priority"), ("clerk", "search:бвгүлгібаев"), ("clerk", "search:б"),
    ("clerk", "search:19-2026-00001"), ("clerk", "search:7011234567"),
    ("inspector", "/desk/"), ("courier", "/desk/"), ("executor", "/notices/"),
    ("head", "/boards/counted?what=finished&office={office}"), ("control", "/boards/counted?what=received"),
    ("head", "/boards/counted?what=late&of=executor&office={office}"), ("control", "/boards/heat"),
    ("control", "/boards/offices/{office}"), ("control", "/boards/region?period=year"),
    ("head", "/rechecks/?state=came"), ("head", "/rechecks/?state=due"),
)  # fmt: skip
PERIOD: Final = "counts today from the rows, and days that are not kept yet"
#: addresses whose cost grows -> with what, and why it is left so
GROWS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("/boards/region", "/boards/heat", f"/boards/offices/{OFFICE.upper()}"), PERIOD),
    "/boards/counted": "of a counter, or of open work: looks past cases of other offices, and past what is not late",
    **dict.fromkeys(("/admin/", "/staff/", "/absences/"), "reads all staff, which does not grow with cases"),
    "/admin/archive/": "looks past closed cases of which something is still under way",
}  # fmt: skip
_PART = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")


def every_page(app: Flask, line: Connection) -> Iterator[tuple[str, str]]:
    """Who opens it, and an address or what is searched for."""
    office = OFFICE.upper()
    yield from ((who, path.format(office=office)) for who, path in ASKED)
    known = {name: str(line.execute(text(sql), {"office": office}).scalar_one()) for name, sql in SAMPLES.items()}
    for rule in sorted(opened(app), key=lambda each: each.rule):
        yield _said(rule.endpoint, WHOSE) or ANYBODY, _PART.sub(lambda part: known[part[1]], rule.rule)


def opened(app: Flask) -> list[Rule]:
    """Addresses that are opened: all that a browser asks for, but those that are spared."""
    asked = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    return [rule for rule in asked if not _said(rule.endpoint, SPARED)]


def spared_in_vain(app: Flask) -> set[str]:
    """What is spared, or is somebody's, and is not there."""
    there = {part for rule in app.url_map.iter_rules() for part in (rule.endpoint, rule.endpoint.partition(".")[0])}
    return {*SPARED, *WHOSE} - there


def _said(endpoint: str, of: Mapping[str, str]) -> str:
    """Of that endpoint, else of its folder."""
    return of.get(endpoint) or of.get(endpoint.partition(".")[0], "")
