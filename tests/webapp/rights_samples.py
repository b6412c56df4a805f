"""What an address needs so that it lets anybody in: something of the kind that it names, and what a form says there.

Beside `tests.webapp.rights.known`, which serves most of them. An address at which nobody is let in all the same stands
in `CLOSED` with the reason, and with the test that asks there.
"""

from collections.abc import Mapping

from sqlalchemy import text

from services import directory
from services.db import db
from services.directory.demo import DEMO_PASSWORD

#: when the tests look at the region: what holds for an hour holds then
NOW = "'2026-11-25 05:50+00'"
OWN = "TALDYKORGAN"
#: kinds of things that four weeks of work leave none of
ROWS = (
    f"INSERT INTO call_lookup (at, staff_id, way, reason, cases) SELECT {NOW}, id, 'number', '', ARRAY[:case] "
    "FROM staff",
    f"INSERT INTO office_screen (office_key, opened_at, opened_by_id) VALUES (:office, {NOW}, :admin)",
    "INSERT INTO counter_call (office_key, case_id, digits, counter, called_at, called_by_id) "
    f"VALUES (:office, :case, '001', 1, {NOW}, :clerk)",
    "INSERT INTO custody_photo (consignment_id, code, jpeg, added_at, added_by_id) "
    f"SELECT consignment_id, code, 'x', {NOW}, :clerk FROM consignment_line JOIN consignment c ON c.id = "
    "consignment_id WHERE c.to_key = :office LIMIT 1",
    f"INSERT INTO destruction_act (number, proposed_at, proposed_by_id, lines) VALUES ('', {NOW}, :clerk, '[]')",
    "INSERT INTO take_over (digest, file_name, cases, taken_at, taken_by_id) "
    f"VALUES ('d', 'cases.csv', 0, {NOW}, :clerk)",
    "INSERT INTO passkey (staff_id, credential_id, public_key, sign_count, name, added_at) "
    f"SELECT max(id), 'c', 'k', 0, 'x', {NOW} FROM staff",
    "INSERT INTO worker_topic (staff_id, topic) SELECT id, 'x' FROM staff WHERE login = 'worker'",
    "INSERT INTO external_task (task_id, topic, rehearsal, created_at, error_details) "
    f"SELECT id, 'x', false, {NOW}, 'x' FROM task WHERE case_id = :case AND closed_at IS NULL LIMIT 1",
)


def bring(case: int) -> None:
    """Have something of each kind."""
    who = {role: directory.staff_at(OWN, role)[0].id for role in ("clerk", "head")}
    who["admin"] = next(each.id for each in directory.staff_at("OBLAST", "admin"))
    for statement in ROWS:
        db.session.execute(text(statement), {"case": case, "office": OWN, **who})
    db.session.commit()


_DECISION = "SELECT 'entitlement:' || min(deployment_id) FROM deployment_resource WHERE name = 'entitlement.dmn'"
_DIRECT = "SELECT key || ':' || version || ':' || id FROM process_definition WHERE key = 'direct' ORDER BY id LIMIT 1"
_EXTERNAL = "SELECT min(task_id) FROM external_task"
_DIAGRAM = "SELECT 'direct.bpmn'"
#: address, or how several begin -> its parts -> SQL that finds one; `:case` and `:office` are the own ones
PARTS: Mapping[str, Mapping[str, str]] = {
    "/admin/not-in-the-act/": {"key": "SELECT 'parameters/outer_limit_calendar_days'"},
    "/admin/retention/<int:act_id>": {"act_id": "SELECT min(id) FROM destruction_act"},
    "/admin/take-over/<int:take_over_id>": {"take_over_id": "SELECT min(id) FROM take_over"},
    "/boards/offices/<key>": {"key": "SELECT :office"},
    "/calls-to-counters/<int:call_id>": {"call_id": "SELECT min(id) FROM counter_call"},
    "/cases/<int:case_id>/decided/<key>": {
        "case_id": "SELECT max(case_id) FROM task WHERE step = 'sign' AND closed_at IS NULL AND office_key = :office",
        "key": "SELECT '66-1'",
    },
    "/desk/consignments/<int:consignment_id>/papers/<code>/damage": {
        "code": "SELECT min(code) FROM consignment_line WHERE consignment_id = "
        "(SELECT max(id) FROM consignment WHERE to_key = :office)",
    },
    "/desk/photos/": {"photo_id": "SELECT min(id) FROM custody_photo"},
    "/engine-rest/decision-definition/<name:decision_id>": {"decision_id": _DECISION},
    "/engine-rest/decision-definition/key/": {"key": "SELECT 'entitlement'"},
    "/engine-rest/external-task/<name:task_id>": {"task_id": _EXTERNAL},
    "/engine-rest/process-definition/<name:definition_id>": {"definition_id": _DIRECT},
    "/processes/deployments/<int:deployment_id>/files/<name>": {"name": _DIAGRAM},
    "/processes/deployments/<int:deployment_id>/<which>/": {"name": "SELECT 'direct'"},
    "/processes/names/<key>.<language>.po": {"language": "SELECT 'ru'"},
    "/service/<any(kk, ru, en):language>/offices/<key>": {"key": "SELECT :office"},
    "/staff/<int:staff_id>/passkeys/": {
        "staff_id": "SELECT min(staff_id) FROM passkey", "passkey_id": "SELECT min(id) FROM passkey",
    },
    "/staff/<int:staff_id>/sessions/<int:session_id>/end": {
        "staff_id": "SELECT staff_id FROM staff_session ORDER BY id LIMIT 1",
        "session_id": "SELECT min(id) FROM staff_session",
    },
    "/signing/papers/<code>/take-back": {
        "code": "SELECT min(code) FROM custody_item WHERE kind = 'result' AND office_key = :office",
    },
}  # fmt: skip
#: a program's name for itself
_WORKER = {"workerId": "w"}
#: method and address -> what is sent; what programs send is JSON
SENT: Mapping[tuple[str, str], Mapping[str, object]] = {
    **{
        ("POST", f"/engine-rest/external-task/<name:task_id>/{verb}"): {**_WORKER, **more}
        for verb, more in (
            ("bpmnError", {"errorCode": "e"}),
            ("complete", {}),
            ("extendLock", {"newDuration": 1000}),
            ("failure", {}),
            ("lock", {"lockDuration": 1000}),
        )
    },
    ("PUT", "/engine-rest/external-task/<name:task_id>/retries"): {"retries": 1},
    ("POST", "/engine-rest/external-task/fetchAndLock"): {
        **_WORKER,
        "topics": [{"topicName": "x", "lockDuration": 1000}],
    },
    ("POST", "/engine-rest/message"): {"messageName": "x"},
    ("POST", "/account/codes"): {"password": DEMO_PASSWORD},
    ("POST", "/account/passkeys/options"): {"password": DEMO_PASSWORD},
    ("POST", "/cases"): {"route": "direct"},
    ("GET", "/boards/counted"): {"what": "open", "of": "head", "office": OWN},
    ("POST", "/sign-in"): {"login": "clerk.taldykorgan", "password": DEMO_PASSWORD},
    ("POST", "/staff/<int:staff_id>/appoint"): {"office": OWN, "role": "head"},
}
#: method and address at which nobody is let in -> why, and where it is asked by those who may
CLOSED: Mapping[tuple[str, str], str] = {
    **{("POST", f"/account/{each}"): "needs a device that was set up: tests/webapp/account/test_codes.py, "
       "test_passkeys.py" for each in ("codes/confirm", "codes/remove", "recovery-codes",
                                       "passkeys/<int:passkey_id>/remove")},
    **{(method, f"/act/{each}"): "a region with one act has no editions: tests/plugins"
       for method, each in (("GET", "<int:edition_id>"), ("POST", "<int:edition_id>/enact"),
                            ("POST", "<int:edition_id>/rehearse"), ("POST", "<int:edition_id>/withdraw"),
                            ("POST", "in-force/<int:enactment_id>/cancel"))},
    ("POST", "/admin/archive/take-out"): "nothing is old enough: tests/webapp/retention/test_archive.py",
    ("POST", "/admin/incidents/<int:job_id>/set-right"): "no answers wait: tests/webapp/incidents/test_incidents.py",
    ("POST", "/begin/account"): "the office has begun: tests/webapp/beginning/test_first_day.py",
    ("GET", "/cases/<int:case_id>/happenings/<happening_id>"): "this case waits for none: "
    "tests/webapp/case/test_life.py",
    ("POST", "/cases/<int:case_id>/happenings/<happening_id>"): "this case waits for none: "
    "tests/webapp/case/test_life.py",
    ("POST", "/cases/<int:case_id>/stop"): "the act lets nobody stop a term: tests/plugins",
    **{(method, f"/desk/conflicts/<entry_id>{each}"): "needs a browser that kept it: tests/webapp/desk"
       for method, each in (("GET", ""), ("POST", "/again"), ("POST", "/aside"))},
    **{("POST", f"/desk/consignments/<int:consignment_id>/{each}"): "every registry is closed: tests/webapp/desk"
       for each in ("close", "hand-over")},
    ("GET", "/engine-rest/task/<name:task_id>/attachment/<name:file_id>/data"): "no step holds a file: "
    "tests/webapp/case/test_attachments.py",
    ("GET", "/engine-rest/task/<name:task_id>/variables/<name:variable>/data"): "no step holds a file: "
    "tests/webapp/case/test_attachments.py",
    ("GET", "/metrics"): "no token is set: tests/webapp/test_metrics.py",
    ("POST", "/processes/doctor/files/<name>"): "needs the files that were examined: tests/webapp/designer",
    **{(method, f"/regions/{each}"): "one region alone: tests/webapp/neighbours"
       for method, each in (("GET", ""), ("GET", "enter"), ("GET", "figures"), ("POST", "go"))},
    ("POST", "/staff/<int:staff_id>/ties"): "one region alone: tests/webapp/neighbours",
    ("POST", "/staff/<int:staff_id>/ties/<int:tie_id>/end"): "one region alone: tests/webapp/neighbours",
    **{("POST", f"/rehearsals/<task_id>/{each}"): "nothing is rehearsed: tests/webapp/designer"
       for each in ("on", "variables")},
    ("GET", "/sign-in/openid"): "no provider is set: tests/webapp/account/test_openid.py",
    ("GET", "/sign-in/openid/back"): "no provider is set: tests/webapp/account/test_openid.py",
    ("POST", "/sign-in/passkey"): "needs a device: tests/webapp/account/test_passkeys.py",
    ("POST", "/slip"): "needs a slip of paper: tests/webapp/account/test_slips.py",
    ("POST", "/told/reports"): "no gateway is set: tests/webapp/told/test_told.py",
}  # fmt: skip


def parts_of(rule: str, case: int) -> dict[str, str]:
    """What that address names, where it is not what all others name."""
    found = {}
    for begins, parts in PARTS.items():
        if rule.startswith(begins):
            for name, sql in parts.items():
                said = db.session.scalar(text(sql), {"case": case, "office": OWN} if ":" in sql else {})
                found[name] = str(said)
    db.session.rollback()
    return found
