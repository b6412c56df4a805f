"""What happens in a worked case off its usual way: told over its form, and compared with the file."""

import re
from typing import Any

from komek.testing.played import worker_until
from services import clock, documents, registry
from tests.people.replay import Replay, as_typed, at
from tests.people.worked import NotOfTheForm


def code_of(case: dict[str, Any], event: str) -> str:
    """The code of an event on that route, as the region's steps have it."""
    rows = registry.current().table("steps")
    return next(row["code"] for row in rows if (row["route"], row["key"]) == (case["route"], event))


def codes_of(case: dict[str, Any]) -> set[str]:
    return {code_of(case, told["event"]) for told in case["happens"]}


def tell(replay: Replay, told: dict[str, Any]) -> None:
    """One event at its moment, by its role; what it opens, brings and prints is as the file says.

    Raises NotOfTheForm for an answer that the event's form does not ask.
    """
    worker_until(at(told["at"]))
    with clock.stopped(at(told["at"])):
        if told.get("step"):
            replay.open_line(told["step"])  # it stands there
        before, papers = replay.lines(), papers_of(replay)
        page = send(replay, told)
        if "refused" in told:
            assert page.status_code == 422, page.text
            assert told["refused"] in page.text, page.text
            assert (replay.lines(), papers_of(replay)) == (before, papers), "a refused event changes nothing"
            return
        assert page.status_code == 200, page.text
        assert told["reason"] in replay.person("clerk").get(f"/cases/{replay.case_id}").text, "the body reads why"
        if told["event"] == "complaint":
            replay.decided_by_others()
        check(replay, told, {line["task_id"] for line in before}, papers_of(replay)[len(papers) :])


def send(replay: Replay, told: dict[str, Any]) -> Any:
    """From the case's page to the form of the event, and its answers sent."""
    surfer, code = replay.person(told["role"]), code_of(replay.case, told["event"])
    shown = surfer.get(f"/cases/{replay.case_id}").text
    link = re.search(rf'href="(/cases/{replay.case_id}/happenings/[^"]+)"><span class="code">{code}</span>', shown)
    assert link, f"{told['role']} is not offered {told['event']} ({code}) at {told['at']}"
    surfer.get(link[1])
    answers = as_typed(told.get("answers", {}))
    asked = {str(name) for name in surfer.form(link[1]).fields if name}
    for name in answers:
        if name not in asked:
            known = ", ".join(sorted(asked - {"csrf_token", "key", "reason"}))
            event = told["event"]
            raise NotOfTheForm(
                f"worked case {replay.case['id']}: the form of {event!r} asks no {name!r}; it asks: {known}"
            )
    return surfer.submit(link[1], answers | {"reason": told["reason"]})


def check(replay: Replay, told: dict[str, Any], known: set[str], made: list[str]) -> None:
    lines, code = replay.lines(), code_of(replay.case, told["event"])
    line = next(line for line in lines if line["code"] == code and line["task_id"] not in known)
    assert at(line["done_at"]) == at(told["at"])
    assert line["role"] == told["role"]
    if "outcome_key" in told:
        assert line["outcome"] == told["outcome_key"]
    assert set(told.get("output_keys", ())) <= set(line["outputs"])
    if "papers" in told:
        assert made == told["papers"]
    if "opens" in told:
        assert stands(now_open(lines)) == stands(told["opens"]), told["event"]


def stands(lines: list[dict]) -> set[tuple[object, ...]]:
    """Code, role and due moment of each."""
    return {(each["code"], each["role"], at(each["due_at"]) if each.get("due_at") else None) for each in lines}


def now_open(lines: list[dict]) -> list[dict]:
    return [line for line in lines if line["code"] and line["done_at"] is None and not line["cancelled"]]


def papers_of(replay: Replay) -> list[str]:
    """What was printed for the case, in order."""
    return [paper.item for paper in documents.papers_of(replay.case_id)]
