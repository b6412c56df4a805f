"""A case and a person in the words of the plugin contract."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from services import attachments, bpmn, clock, custody, deadlines, directory, documents, engine, kazakh, telling
from services.cases import related, terms
from services.cases.decided import tables_of
from services.cases.models import Applicant as ApplicantRow
from services.cases.models import Case, Instance
from services.cases.reading import Work
from services.cases.rights import acting_of, sees
from services.plugin import (
    Alike,
    Applicant,
    Assigned,
    Assignment,
    CaseFacts,
    Decided,
    FormCall,
    Former,
    OfficeFacts,
    PersonFacts,
    Representative,
    Whereabouts,
)
from services.processes import definition
from services.registry import Registry


def applicant_facts(row: ApplicantRow | None) -> Applicant | None:
    """The applicant without the keys that only the database needs."""
    if row is None:
        return None
    said = {name: getattr(row, name) for name in Applicant.__dataclass_fields__}
    return Applicant(**said | {"representative": representative_of(row)})


def representative_of(row: ApplicantRow) -> Representative | None:
    """Who applied for them, as the row keeps it; None when they came themselves."""
    if row.representative is None:
        return None
    days = {name: date.fromisoformat(str(row.representative[name])) for name in ("power_on", "power_until")}
    return Representative(**{**row.representative, **days})  # type: ignore[arg-type]


def as_kept(who: Representative | None) -> dict[str, object] | None:
    """A representative as the case keeps it: days in ISO."""
    if who is None:
        return None
    return asdict(who) | {"power_on": who.power_on.isoformat(), "power_until": who.power_until.isoformat()}


def named(row: ApplicantRow) -> str:
    """The applicant's whole name."""
    return " ".join(part for part in (row.surname, row.given_name, row.patronymic) if part)


def office_facts(registry: Registry, key: str) -> OfficeFacts:
    """The office as its region's table names it. Raises NotFound."""
    row = registry.row("offices", key)
    return OfficeFacts(
        key,
        row["name_kk"],
        row["place_kind"],
        row["place"],
        address=row["address_kk"],
        phone=row["phone"],
        phone_raw=", ".join(row.get("phone_raw", "").split(";")) or row["phone"],
        register=row.get("register") or "own",
        kind=row["kind"],
    )


def person_facts(person: directory.Person, office_key: str, acting: directory.Appointed | None = None) -> PersonFacts:
    """A person as they act at that office, in their own right or as somebody's deputy."""
    return PersonFacts(
        person.id, person.full_name, person.roles_at(office_key), person.phone or "", stands_for=stands_for(acting)
    )


def stands_for(acting: directory.Appointed | None) -> str:
    """Whose deputy, and by which order, as it is printed; empty for whoever acts in their own right."""
    return f"{kazakh.genitive(acting.for_name)} орнына, № {acting.order} бұйрық бойынша" if acting else ""


def staff_facts(person: directory.Person, office_key: str, role: str) -> PersonFacts:
    """Somebody whose role that is, or who acts in it for another."""
    facts = person_facts(person, office_key, person.acts_for(office_key, role))
    return replace(
        facts, away=role not in facts.roles, signs=role in person.signs_at(office_key) or role not in facts.roles
    )


def offices_of(registry: Registry, case: Case, instance: Instance) -> tuple[str, str, str]:
    """Keys of the office that acts, the one that took it in, and the body; of a rehearsal, those it plays."""
    if case.plays is None:
        return instance.office_key, case.office_key, case.body_key
    return instance.plays or case.plays, case.plays, body_of(registry, case.plays)


def body_of(registry: Registry, office_key: str) -> str:
    """The authorised body of an office that takes applications in: itself, or the one above a PSC."""
    office = registry.row("offices", office_key)
    return office_key if office["kind"] == "body" else office["parent"]


def number_of(case: Case, number: str | None) -> str | None:
    """What people call the case, given its number in one register; a rehearsal is called by what is in none."""
    return f"TEST-{case.id:05d}" if case.plays else number or case.number


def case_facts(
    registry: Registry,
    case: Case,
    instance: Instance,
    applicant: ApplicantRow | Applicant | None,
    answers: Mapping[str, Mapping[str, object]],
    variables: Mapping[str, object],
) -> CaseFacts:
    """What a plugin may see of a case, from the office of that instance."""
    office, intake, body = (office_facts(registry, key) for key in offices_of(registry, case, instance))
    return CaseFacts(
        id=case.id,
        route=case.route,
        office=office,
        intake=intake,
        body=body,
        opened_at=case.opened_at,
        outer_due_at=case.outer_due_at,
        number=number_of(case, instance.number),
        applicant=applicant_facts(applicant) if isinstance(applicant, ApplicantRow) else applicant,
        answers=answers,
        variables=variables,
        closed_at=case.closed_at,
    )


def form_call(
    registry: Registry, work: Work, person: directory.Person, decided: list[bpmn.DecisionMade] | None = None
) -> FormCall:
    """What a form may look up while it is shown or checked; what it decides by tables is added to `decided`."""
    process = definition(work.instance.definition_id)
    here, _, _ = offices_of(registry, work.case, work.instance)
    known = work.known
    variables = engine.variables(process, work.instance.state, work.task.stop_id) if known is None else known

    def decide(decision: str, inputs: Mapping[str, object]) -> Decided:
        now = clock.now().astimezone(deadlines.zone(registry, here))
        # what the region's table asks beside them is known to the case, as it is to the diagram
        found = bpmn.decide_over(process.decisions, decision, {**variables, **inputs}, now)
        if decided is not None and found not in decided:
            decided.append(found)
        return Decided(found.outputs, tables_of(found.tables))

    def staff(role: str) -> Sequence[PersonFacts]:
        concerned = directory.concerned_at(here, role)
        return [staff_facts(other, here, role) for other in concerned if other.id not in (work.task.not_by or ())]

    former = cache(lambda: former_of(registry, work.case, work.former))
    return FormCall(
        case=case_facts(registry, work.case, work.instance, work.applicant, work.answers, variables),
        person=_asker(work, process, person),
        step=work.task.step,
        now=deadlines.local(registry, work.task.office_key, clock.now()),
        table=lambda name: deadlines.table(registry, name),
        staff=staff,
        decide=decide,
        read_code=documents.read_payload,
        files=attachments.FilesOfCase(work.case.id, work.task.id),
        whereabouts=partial(_whereabouts, registry, work.case, here),
        alike=partial(_alike, registry, work.case, person),
        assignments=partial(_assignments, registry, work.case, person),
        period=lambda: terms.period_of(registry, work.case, _last_day(former())),
        former=former,
        tells=work.case.plays is None and telling.is_on(),
        first_language=registry.first_language(),
    )


def former_of(registry: Registry, case: Case, read: Callable[[], Any]) -> Former | None:
    """The case that it follows, as a plugin may see it, from what `reading.read_former` tells; None for one that stands
    alone, and in a rehearsal."""
    told = None if case.plays is not None else read()
    if told is None:
        return None
    applicant = applicant_facts(ApplicantRow(**told["applicant"]))
    assert applicant is not None
    opened_at = deadlines.local(registry, told["office_key"], datetime.fromisoformat(told["opened_at"]))
    answers = {form: said for form, said in (told["answers"] or {}).items() if said is not None}
    days = [date.fromisoformat(day) for name in ("assigned_from", "assigned_until") if (day := told[name])]
    assigned = Assigned(*days) if len(days) == 2 else None
    return Former(told["id"], told["number"] or "", opened_at, applicant, answers, assigned)


def assigned_of(case: Case) -> Assigned | None:
    """From and to when what it grants runs, once that was signed."""
    if case.assigned_from is None or case.assigned_until is None:
        return None
    return Assigned(case.assigned_from, case.assigned_until)


def _last_day(former: Former | None) -> date | None:
    return former.assigned.last if former is not None and former.assigned is not None else None


def _alike(
    registry: Registry, case: Case, person: directory.Person, applicant: Applicant, body_key: str
) -> Sequence[Alike]:
    """Other applications of the same person or dwelling; of one that this person may not see, that there is one."""
    return [
        Alike(
            other.id, other.number or "", office_facts(registry, other.office_key),
            deadlines.local(registry, other.office_key, other.opened_at), same_iin, same_address,
            named(row) if (seen := sees(other, person)) else "", row.address if seen else "",
            (other.outcome or "") if seen else "",
        )
        for other, row, same_iin, same_address in related.alike(registry, case, applicant, body_key)
    ]  # fmt: skip


def _assignments(
    registry: Registry, case: Case, person: directory.Person, applicant: Applicant, body_key: str
) -> Sequence[Assignment]:
    """What was assigned to the same person, or for the same dwelling, before, as far as this person may know it."""
    found = related.granted_before(registry, case, applicant, body_key, person)
    return [
        Assignment(
            each.case.id, each.case.number or "", office_facts(registry, each.case.office_key), named(each.applicant),
            each.applicant.address, assigned, each.over, each.same_iin, each.same_address, each.another_person,
        )
        for each in found
        if (assigned := assigned_of(each.case)) is not None
    ]  # fmt: skip


def _asker(work: Work, process: engine.Definition, person: directory.Person) -> PersonFacts:
    """Whoever stands before the form; in a rehearsal, in the roles that the diagram offers the step to."""
    asker = person_facts(person, work.task.office_key, acting_of(work.task, person))
    if not work.case.plays:
        return asker
    drawn = process.elements.get((work.task.process, work.task.element))
    return replace(asker, roles=frozenset(drawn.groups if drawn else ()))


def _whereabouts(registry: Registry, case: Case, here: str, paper: str) -> Whereabouts | None:
    """Where the case's paper of that kind is, seen from the office `here`; a rehearsal has none that lie anywhere."""
    found = None if case.plays else custody.whereabouts(case.id, paper, here)
    if found is None:
        return None
    return Whereabouts(found.lies, office_facts(registry, found.office_key), found.signed)  # type: ignore[arg-type]
