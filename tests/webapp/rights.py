"""Who is let in where: every address asked by everybody, of one's own office, of another's, of those above, and nobody.

The table `tests/webapp/rights.txt` says it for people, and the test holds the addresses to it; `RIGHTS=write` in the
environment writes it anew, to be read line by line before it is kept.
"""

import re
from collections.abc import Iterator
from contextvars import Context
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import text
from werkzeug.routing import Rule

from komek.testing.rows import Kept, Stands
from komek.testing.surfer import Surfer
from services import directory, registry
from services.db import db
from tests.webapp import rights_samples
from tests.webapp.rest.programs import basic

TABLE = Path(__file__).with_name("rights.txt")
OWN, FOREIGN, ABOVE, NOBODY = "own", "foreign", "above", "nobody"
EVERYBODY = "everybody"
#: whose case it is, and whose it is not
BODIES = {OWN: "TALDYKORGAN", FOREIGN: "PANFILOV"}
_PART = re.compile(r"<(?:(\w+)(?:\(([^)]*)\))?:)?(\w+)>")
#: end what the others stand on, or are the same for everybody by their nature
SPARED = {"static", "account.sign_out"}
HEAD = """\
# Who is let in where. Written by RIGHTS=write and read by people; tests/webapp/test_rights_of_everybody.py holds it.
# own, foreign: roles at the office whose case, task, paper … is asked for, and at any other; above: at the control
# level; nobody: whoever is not signed in. Let in is whose request is heard, also when what it sends is refused (it
# sends nothing, or what rights_samples.py says); everybody else is refused, or is told that there is no such thing.
# Where nobody is let in, rights_samples.py says why, and where it is asked by those who may.
"""


@dataclass(frozen=True)
class Asker:
    """Somebody who asks: a role, and where it stands to what is asked for."""

    role: str
    where: str
    login: str
    cookies: dict[Any, Any]


def offices(registry_: registry.Registry) -> Iterator[tuple[str, str]]:
    """Where it stands, and the key of each office whose people ask."""
    for where, body in BODIES.items():
        yield where, body
        yield where, next(row["key"] for row in registry_.table("offices") if row["parent"] == body)
    yield ABOVE, next(row["key"] for row in registry_.table("offices") if row["kind"] == "control")


class World:
    """The region after four weeks, everybody signed in, and something of each kind that an address may name."""

    def __init__(self, app: Flask) -> None:
        app.config["WTF_CSRF_ENABLED"] = False
        self.app, self.client = app, app.test_client()
        self.askers = [*self._staff(), Asker("", NOBODY, "", {})]
        self.there = {(each.role, each.where) for each in self.askers}
        bring_samples()
        rights_samples.bring(own_case())
        self.known, self.case = known(), own_case()
        self.parts = {rule.rule: rights_samples.parts_of(rule.rule, self.case) for _, rule in rules(app)}
        self.kept, self.restored = Kept("kept_rights"), 0
        self.kept.restore()

    def _staff(self) -> Iterator[Asker]:
        rules = registry.current()
        for where, key in offices(rules):
            for role in rules.by_key("roles"):
                people = directory.staff_at(key, role)
                if people:
                    surfer = Surfer(self.app).sign_in(people[0].login)
                    yield Asker(role, where, people[0].login, dict(surfer.client._cookies))  # type: ignore[attr-defined]

    def address(self, rule: Rule) -> str:
        """That address, about something that is there and belongs to the own office."""
        known = self.known | self.parts[rule.rule]
        return _PART.sub(lambda part: known.get(part[3]) or (part[2] or "1").partition(",")[0].strip(), rule.rule)

    def is_let_in(self, asker: Asker, rule: Rule, method: str) -> bool:
        """Whether what they ask is heard: neither refused, nor sent to sign in, nor told that it is not there."""
        self.client._cookies = dict(asker.cookies)
        more: dict[str, Any] = {}
        if rule.rule.startswith("/engine-rest") and asker.login:
            more = {"headers": {"Authorization": basic(asker.login)}}
        if sent := rights_samples.SENT.get((method, rule.rule)):
            said = "query_string" if method == "GET" else "json" if rule.rule.startswith("/engine-rest") else "data"
            more[said] = sent
        answer = Context().run(lambda: self.client.open(self.address(rule), method=method, **more))
        assert answer.status_code < 500 or answer.status_code == 503, f"{method} {rule.rule}: {answer.status_code}"
        self._put_back()
        sent_away = answer.status_code in (302, 303) and "/sign-in" in answer.location
        return answer.status_code not in (401, 403, 404) and not sent_away

    def _put_back(self) -> None:
        db.session.rollback()
        if Stands._number() != Stands._next_number:
            self.kept.restore()
            self.restored += 1


def bring_samples() -> None:
    """What weeks of work leave none of."""
    clerk = directory.staff_at(BODIES[OWN], "clerk")[0].id
    head = directory.staff_at(BODIES[OWN], "head")[0].id
    of_case = own_case()
    for statement in (
        "INSERT INTO comment (case_id, office_key, text, written_at, written_by_id, key) "
        "VALUES (:case, :office, 'x', now(), :clerk, 'k')",
        "INSERT INTO attachment (case_id, comment_id, name, media_type, size, content, added_at, added_by_id) "
        "SELECT :case, id, 'a.txt', 'text/plain', 1, 'x', now(), :clerk FROM comment",
        "INSERT INTO saved_list (office_key, owner_id, made_by_id, made_at, name, list, sort, wanted) "
        "VALUES (:office, :clerk, :clerk, now(), 'x', 'role', '', '{}')",
        "INSERT INTO job (kind, key, case_id, planned_at, due_at, attempts, args, error, incident_at) "
        "VALUES ('operation', 'x', :case, now(), now(), 3, '{}', 'x', now())",
        "INSERT INTO absence (staff_id, deputy_id, scope, signs, from_on, until_on, order_number, order_on, "
        "entered_at) "
        "VALUES (:head, :clerk, '{}', false, '2027-01-11', '2027-01-20', '1', '2026-11-20', now())",
        "INSERT INTO notice (fact, kind, clock, case_id, code, title, number, office_key, due_default, at, told_at, "
        "to_office_key, to_role) VALUES ('f', 'warned', 'step', :case, '', 'x', '', :office, false, now(), now(), "
        ":office, 'clerk')",
    ):
        db.session.execute(text(statement), {"case": of_case, "office": BODIES[OWN], "clerk": clerk, "head": head})
    db.session.commit()


def own_case() -> int:
    """A case that came through the PSC and waits at the own body for a person."""
    asked = """SELECT c.id FROM "case" c JOIN task t ON t.case_id = c.id AND t.closed_at IS NULL
               AND t.waits_for = 'person' AND t.office_key = c.body_key
               WHERE c.body_key = :body AND c.office_key <> c.body_key ORDER BY c.id LIMIT 1"""
    return int(db.session.execute(text(asked), {"body": BODIES[OWN]}).scalar_one())


def known() -> dict[str, str]:
    """Something of each kind that an address may name, of the own office where it is an office's."""
    case = own_case()
    asked = {
        "case_id": f"SELECT {case}",
        "task_id": f"SELECT id FROM task WHERE case_id = {case} AND closed_at IS NULL AND waits_for = 'person'",
        "paper_id": f"SELECT min(id) FROM paper WHERE case_id = {case} AND office_key = '{BODIES[OWN]}'",
        "code": f"SELECT code FROM custody_item WHERE case_id = {case}",
        "consignment_id": f"SELECT max(id) FROM consignment WHERE to_key = '{BODIES[OWN]}'",
        "staff_id": f"SELECT min(staff_id) FROM appointment WHERE office_key = '{BODIES[OWN]}'",
        "appointment_id": f"SELECT min(id) FROM appointment WHERE office_key = '{BODIES[OWN]}'",
        "absence_id": "SELECT id FROM absence",
        "comment_id": "SELECT id FROM comment",
        "file_id": "SELECT id FROM attachment",
        "list_id": "SELECT id FROM saved_list",
        "notice_id": "SELECT id FROM notice",
        "job_id": "SELECT id FROM job WHERE key = 'x'",
        "edition_id": "SELECT min(id) FROM edition",
        "deployment_id": "SELECT min(id) FROM deployment",
        "definition_id": "SELECT min(id) FROM process_definition",
        "enactment_id": "SELECT min(id) FROM enactment",
        "instance_id": f"SELECT min(id) FROM process_instance WHERE case_id = {case}",
        "version": "SELECT min(id) FROM process_definition",
        "route": "SELECT 'direct'", "process": "SELECT 'direct'", "on": "SELECT '2026-12-16'", "year": "SELECT '2026'",
        "office": f"SELECT '{BODIES[OWN]}'", "office_key": f"SELECT '{BODIES[OWN]}'",
        "key": "SELECT 'direct'", "language": "SELECT 'kk'", "name": "SELECT 'offices'", "which": "SELECT 'new'",
        "happening_id": "SELECT 'withdrawal'",
    }  # fmt: skip
    found = {name: db.session.scalar(text(sql)) for name, sql in asked.items()}
    db.session.rollback()
    return {name: str(value) for name, value in found.items() if value is not None}


def rules(app: Flask) -> list[tuple[str, Rule]]:
    """Every method and address of the application, in one order."""
    every = [
        (method, rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in SPARED
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]
    return sorted(every, key=lambda each: (each[1].rule, each[0]))


def written(let_in: dict[tuple[str, str], set[tuple[str, str]]], roles: list[str], there: set[tuple[str, str]]) -> str:
    """The table, a line an address; `there`: every role and where it asks."""
    lines = []
    for (method, rule), found in sorted(let_in.items(), key=lambda each: (each[0][1], each[0][0])):
        said = [f"{method} {rule}"]
        for where in (OWN, FOREIGN, ABOVE):
            names = [role for role in roles if (role, where) in found]
            everybody = len(names) == len({role for role, at in there if at == where})
            said.append(f"{where}: {EVERYBODY if everybody else ' '.join(names) or '-'}")
        said.append(f"{NOBODY}: {'yes' if ('', NOBODY) in found else 'no'}")
        lines.append(" | ".join(said))
    return HEAD + "\n".join(lines) + "\n"


def read(there: set[tuple[str, str]] = frozenset()) -> dict[tuple[str, str], set[tuple[str, str]]]:  # type: ignore[assignment]
    """What the table says: method and address -> role and where of those who are let in.

    `there`: every role and where it asks; without them `everybody` stands for itself.
    """
    found = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        address, *said = line.split(" | ")
        method, rule = address.split(" ", 1)
        let_in: set[tuple[str, str]] = set()
        for each in said:
            where, names = each.split(": ", 1)
            if where == NOBODY:
                let_in |= {("", NOBODY)} if names == "yes" else set()
            elif names == EVERYBODY and there:
                let_in |= {(role, at) for role, at in there if at == where}
            else:
                let_in |= {(role, where) for role in names.split() if role != "-"}
        found[method, rule] = let_in
    return found
