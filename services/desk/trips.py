"""A courier's trip: what was taken along and what is at its receiver's, said by the courier, also without a network."""

from typing import Literal, get_args

from services import custody, directory
from services.db import transaction
from services.desk.service import Scanned, hand_over_to
from services.errors import Invalid

TripAct = Literal["taken", "delivered", "undelivered"]
ACTS: tuple[TripAct, ...] = get_args(TripAct)


class NoSuchTripAct(Invalid):
    """A courier takes a consignment, or delivers it."""


def carry(number: str, act: str, person: directory.Person) -> Scanned:
    """What the courier did with the consignment of that number; the same again changes nothing.

    *Taken* hands a closed registry over, as its sender's button does. *Delivered* moves no paper: what has come is what
    the receiver scans. Raises NoSuchTripAct, NoSuchConsignment, NotYourPaper, ConsignmentMoved, NotSigned.
    """
    if act not in ACTS:
        raise NoSuchTripAct
    consignment = custody.consignment_by_number(number)
    if consignment is None:
        raise custody.NoSuchConsignment
    if act == "taken" and consignment.state == "closed":
        hand_over_to(consignment.id, person, person)
    else:
        with transaction():
            if act == "taken":
                custody.take_along(consignment.id, person)
            else:
                custody.set_delivered(consignment.id, person, is_there=act == "delivered")
    return Scanned(number, act, consignment_id=consignment.id)
