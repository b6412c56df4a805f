"""What the stand's sheet says: the public pages' own words and terms, in one language, as plain values."""

from flask import url_for

from services import deadlines, public, registry
from services.deadlines import RegionTime
from webapp.language import counts, words
from webapp.language.drawings import term
from webapp.language.i18n import language
from webapp.public import markup, views


def content_of(region: RegionTime, office: public.PublicOffice, root: str) -> dict[str, object]:
    """For that office's wall; in the language that is being read."""
    facts, said = registry.current().facts(), public.parts_said(region, language())
    papers = views.explained(region, "documents", said.get("document", ()))
    return {
        "language": language(),
        "service_name": views.service_name(),
        "office_name": office.name(language()),
        "office_address": office.address,
        "phones": [printed for _, printed in office.phones],
        "email": office.email,
        "week": [list(each) for each in markup.week_said(office)],
        "hours_note": _not_in_act() if region.hours_of(office.key) in region.default_hours else "",
        **{part: [_sentence(each) for each in said.get(part, ())] for part in _PARTS},
        "needed": [_paper(each) for each in papers if each["required"] == "yes"],
        "maybe": [_paper(each) for each in papers if each["required"] != "yes"],
        "grounds": [str(each["plain"] or each["title"])
                    for each in views.explained(region, "grounds", said.get("ground", ()))],
        "routes": _routes(region),
        "term": _limit(region, said.get("term", [])),
        "call_centre": str(facts.get("call_centre", "")),
        "link": root + url_for("public.office", key=office.key, language=language()),
        "act": facts["act"][f"reference_{language()}"],
        "repealed": facts["notice"][f"repealed_{language()}"],
    }  # fmt: skip


#: parts of `public.csv` that are said as they are
_PARTS = ("about", "cost", "who", "gives", "bring", "papers_note", "grounds_note", "complain")


def _not_in_act() -> str:
    return str(registry.current().facts()["notice"][f"not_in_act_{language()}"])


def _sentence(said: public.PublicSentence) -> dict[str, str]:
    return _line(said.text, said.clause, default=said.default)


def _line(text: str, clause: str, *, default: bool) -> dict[str, str]:
    source = [words.clause(clause)] if clause else []
    return {"text": text, "source": ", ".join([*source, *([_not_in_act()] if default else [])])}


def _paper(row: dict[str, object]) -> dict[str, str]:
    copies = str(row.get("copies") or "")
    return {"title": str(row["title"]), "copies": counts.counted("copies", int(copies), language()) if copies else ""}


def _routes(region: RegionTime) -> list[dict[str, object]]:
    return [
        {"name": views.route_name(region, route), "steps": [
            {**_line(each.text, each.clause, default=each.default), "term": term(each.rule)} for each in steps
        ]}
        for route in registry.current().facts()["service"]["routes"]
        if (steps := public.steps_said(region, route, language()))
    ]  # fmt: skip


def _limit(region: RegionTime, said: list[public.PublicSentence]) -> list[dict[str, str]]:
    days = counts.counted("calendar_days", int(region.parameter(deadlines.OUTER_LIMIT)["value"]), language())
    return [_line(f"{days}. {each.text}", each.clause, default=each.default) for each in said]
