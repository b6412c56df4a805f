"""Staff are told on the day on which another edition of the act begins: every role that works on cases, everywhere."""

from services import clock, directory, notices
from services.law import Edition, EditionInForce
from services.registry import Registry


def tell_begun(row: EditionInForce, edition: Edition, plugins: Registry) -> None:
    """One notice for each role at each office where people work. In the caller's transaction."""
    roles = {each["key"]: each["office"] for each in plugins.table("roles") if each.get("sees_cases") == "yes"}
    for office_key in directory.staffed_offices():
        kind = plugins.row("offices", office_key)["kind"]
        for role in sorted(key for key, of in roles.items() if of in (kind, "any")):
            notices.give(
                notices.NewNotice(
                    fact=f"edition:{row.id}:{office_key}:{role}",
                    kind="edition",
                    clock="law",
                    case_id=None,
                    code=str(edition.id),
                    title=str(plugins.facts()["act"]["reference_kk"]),
                    number=edition.act.get("number") or edition.key,
                    office_key=office_key,
                    at=clock.now(),
                    to_office_key=office_key,
                    to_role=role,
                )
            )
