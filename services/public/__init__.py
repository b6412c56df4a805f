"""What anybody may read without signing in: the service, its steps and terms, its offices; and the stand's sheet."""

from services.public.offices import (
    NoSuchPublicOffice,
    PublicOffice,
    find_offices,
    offices_told,
    phones_of,
    place_name,
)
from services.public.opening import OpenState, next_change, opening
from services.public.said import PublicSentence, parts_said, steps_said
from services.public.stands import SIZES as STAND_SIZES
from services.public.stands import PrintedStand, edition_of, may_print_stand, print_stand, stands_printed
from services.public.told import PublicFacts, forget, region_told, told

__all__ = [
    "STAND_SIZES",
    "NoSuchPublicOffice",
    "OpenState",
    "PrintedStand",
    "PublicFacts",
    "PublicOffice",
    "PublicSentence",
    "edition_of",
    "find_offices",
    "forget",
    "may_print_stand",
    "next_change",
    "offices_told",
    "opening",
    "parts_said",
    "phones_of",
    "place_name",
    "print_stand",
    "region_told",
    "stands_printed",
    "steps_said",
    "told",
]
