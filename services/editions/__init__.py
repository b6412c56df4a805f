"""Editions of the region's act: received as candidates, put in force for a day by a second person, taken back; any two
laws side by side, and which clauses of one something stands for."""

from services.editions.at_hand import NoSuchLaw, compared, covered, law_of_package, regions_at_hand
from services.editions.beside import TwoLaws, beside
from services.editions.history import import_offices, install
from services.editions.pages import EditionLine, EditionPage, all_editions, edition_page
from services.editions.service import (
    BEGINS,
    Received,
    begin,
    begin_today,
    cancel,
    enact,
    receive,
    rehearse,
    withdraw,
)

__all__ = [
    "BEGINS",
    "EditionLine",
    "EditionPage",
    "NoSuchLaw",
    "Received",
    "TwoLaws",
    "all_editions",
    "begin",
    "begin_today",
    "beside",
    "cancel",
    "compared",
    "covered",
    "edition_page",
    "enact",
    "import_offices",
    "install",
    "law_of_package",
    "receive",
    "regions_at_hand",
    "rehearse",
    "withdraw",
]
