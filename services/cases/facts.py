"""A case and a person in the words of the plugin contract."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from services import attachments, bpmn, clock, custody, deadlines, directory, documents, engine, kazakh
from services.cases.decided import tables_of
from services.cases.models import Applicant as ApplicantRow
from services.cases.models import Case, Instance
from services.cases.reading import Work
from services.cases.rights import acting_of
from services.plugin import Applicant, CaseFacts, Decided, FormCall, OfficeFacts, PersonFacts, Whereabouts
from services.processes import definition
from services.registry import Registry


def applicant_facts(row: ApplicantRow | None) -> Applicant | None:
    """The applicant without the keys that only the database needs."""
    if row is None:
        return None
    return Applicant(**{name: getattr(row, name) for name in Applicant.__dataclass_fields__})


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
    )


def form_call(
    registry: Registry, work: Work, person: directory.Person, decided: list[bpmn.DecisionMade] | None = None
) -> FormCall:
    """What a form may look up while it is shown or checked; what it decides by tables is added to `decided`."""
    process = definition(work.instance.definition_id)
    here, _, _ = offices_of(registry, work.case, work.instance)
    variables = work.known
    if variables is None:
        variables = engine.variables(process, work.instance.state, work.task.stop_id)

    def decide(decision: str, inputs: Mapping[str, object]) -> Decided:
        now = clock.now().astimezone(deadlines.zone(registry, here))
        found = bpmn.decide_over(process.decisions, decision, inputs, now)
        if decided is not None and found not in decided:
            decided.append(found)
        return Decided(found.outputs, tables_of(found.tables))

    def staff(role: str) -> Sequence[PersonFacts]:
        return [staff_facts(other, here, role) for other in directory.concerned_at(here, role)]

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
    )


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
