"""What is left for an administrator: somebody lost the device, and sets up another when they sign in next."""

from sqlalchemy import delete

from services import directory
from services.db import db, transaction
from services.directory import Actor, Person
from services.factors.codes import forget_codes
from services.factors.models import Passkey


def forget_factors(staff_id: int, *, actor: Actor) -> None:
    """Codes, recovery codes and passkeys of that person are gone, and every session.

    Nobody takes away their own so: whoever finds an unlocked screen would. Raises NotAdministrator, NoSuchStaff.
    """
    directory.check_administers(actor)
    if isinstance(actor, Person) and actor.id == staff_id:
        raise directory.NotAdministrator
    with transaction():
        directory.end_sessions_of(staff_id, actor=actor)
        forget_codes(staff_id)
        db.session.execute(delete(Passkey).where(Passkey.staff_id == staff_id))
        directory.note("staff.factors_forgotten", actor, staff=staff_id)
