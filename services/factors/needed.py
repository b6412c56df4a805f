"""Which second proof somebody owes: what the region's roles ask (`second_factor` of `roles.csv`), and what is there."""

from sqlalchemy import exists, select

from services import registry
from services.db import db
from services.directory import Person
from services.factors.models import CodeKey, Passkey

NONE, CODE, PASSKEY = "", "code", "passkey"
_LEVELS = {NONE: 0, "none": 0, CODE: 1, PASSKEY: 2}


def needed_by(person: Person) -> str:
    """The strongest that a role held today asks: "", `CODE` or `PASSKEY`; what nobody knows counts as the strongest."""
    rows = registry.current().by_key("roles")
    asked = {role: row.get("second_factor") or "" for role, row in rows.items()}
    strongest = max((_LEVELS.get(asked.get(role, ""), 2) for role in person.roles()), default=0)
    return (NONE, CODE, PASSKEY)[strongest]


def suffices(proved: str, needed: str) -> bool:
    """Whether what was shown is as strong as what is asked."""
    return _LEVELS.get(proved, 0) >= _LEVELS[needed]


def has_any(staff_id: int) -> bool:
    """Whether that person has codes or a passkey: then they are asked for at every sign-in. One statement."""
    codes = exists().where(CodeKey.staff_id == staff_id, CodeKey.confirmed_at.is_not(None))
    keys = exists().where(Passkey.staff_id == staff_id)
    return bool(db.session.scalar(select(codes | keys)))
