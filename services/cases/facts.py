"""A case and a person in the words of the plugin contract."""

from collections.abc import Mapping, Sequence

from services import clock, deadlines, directory, documents, engine
from services.cases.models import Applicant as ApplicantRow
from services.cases.models import Case, Instance
from services.cases.reading import Work
from services.plugin import Applicant, CaseFacts, FormCall, OfficeFacts, Outputs, PersonFacts
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
        register=row.get("register") or "own",
    )


def person_facts(person: directory.Person, office_key: str) -> PersonFacts:
    """A person as they act at that office."""
    return PersonFacts(person.id, person.full_name, person.roles_at(office_key), person.phone or "")


def case_facts(
    registry: Registry,
    case: Case,
    instance: Instance,
    applicant: ApplicantRow | Applicant | None,
    answers: Mapping[str, Mapping[str, object]],
    variables: Mapping[str, object],
) -> CaseFacts:
    """What a plugin may see of a case, from the office of that instance."""
    office, intake, body = (
        office_facts(registry, key) for key in (instance.office_key, case.office_key, case.body_key)
    )
    return CaseFacts(
        id=case.id,
        route=case.route,
        office=office,
        intake=intake,
        body=body,
        opened_at=case.opened_at,
        outer_due_at=case.outer_due_at,
        number=instance.number or case.number,
        applicant=applicant_facts(applicant) if isinstance(applicant, ApplicantRow) else applicant,
        answers=answers,
        variables=variables,
    )


def form_call(registry: Registry, work: Work, person: directory.Person) -> FormCall:
    """What a form may look up while it is shown or checked."""
    process = definition(work.instance.definition_id)
    variables = engine.variables(process, work.instance.state, work.task.stop_id)

    def decide(decision: str, inputs: Mapping[str, object]) -> Outputs:
        return engine.decide(process, decision, inputs)

    def staff(role: str) -> Sequence[PersonFacts]:
        office_key = work.instance.office_key
        return [person_facts(other, office_key) for other in directory.staff_at(office_key, role)]

    return FormCall(
        case=case_facts(registry, work.case, work.instance, work.applicant, work.answers, variables),
        person=person_facts(person, work.task.office_key),
        step=work.task.step,
        now=clock.now(),
        table=lambda name: deadlines.table(registry, name),
        staff=staff,
        decide=decide,
        read_code=documents.read_payload,
    )
