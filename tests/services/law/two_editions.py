"""A region whose act was amended: Almaty oblast's files, and a second edition that changes a term, a paper, a value,
a sentence on the talon and a paper that is asked for."""

import shutil
from datetime import date
from pathlib import Path

from services import directory, editions, registry
from services.cases.models import Case
from services.config import ROOT
from services.db import db
from services.plugin import Plugin
from services.registry import Registry
from tests import the_region
from tests.entitlement import granting
from tests.services.cases.a_morning import at

MARCH = at("2013-03-04T10:00")
FIRST_FROM, SECOND_FROM = date(2013, 1, 21), date(2013, 3, 1)
TABLE = f"""key*,number,adopted_on,registered_on,registered_number,from_on,until_on,transitional,mark,note
N421,421,2012-12-24,2013-01-21,2285,{FIRST_FROM},,none,act,
"""
SECOND = f"N77,77,2013-02-11,2013-02-20,2301,{SECOND_FROM},,%s,default,invented for the tests\n"
LIMIT = "outer_limit_calendar_days,%s,calendar_days,%s"
CERTIFICATE = "Мекенжай анықтамасы,Адресная справка,Address certificate,%s"
#: file of the second edition -> what it says otherwise
AMENDED = {
    "steps.csv": [("R-WD(8)", "R-WD(5)")],
    "parameters.csv": [(LIMIT % (10, "recalled"), LIMIT % (20, "act"))],
    "documents.csv": [(CERTIFICATE % "yes", CERTIFICATE % "no")],
    "documents/talon.typ": [],
}
SENTENCE = "\n#text(size: 8pt)[Екінші редакция бойынша берілді]\n"


def amend(folder: Path, *, transitional: str = "none", key: str = "N77") -> None:
    """The second edition, added to the region's files."""
    own = folder / "editions" / key
    for place, pairs in AMENDED.items():
        text = (folder / place).read_text(encoding="utf-8")
        for old, new in pairs:
            assert old in text, old
            text = text.replace(old, new)
        (own / place).parent.mkdir(parents=True, exist_ok=True)
        (own / place).write_text(text + (SENTENCE if not pairs else ""), encoding="utf-8")
    with (folder / "editions.csv").open("a", encoding="utf-8") as table:
        table.write(SECOND % transitional)


def small_region(folder: Path) -> Registry:
    """Almaty oblast's files in a folder of their own, with one edition in their table; not in use yet."""
    before = registry.shipped()
    shutil.copytree(the_region.FOLDER, folder)
    (folder / "editions.csv").write_text(TABLE, encoding="utf-8")
    others = [plugin for plugin in before.plugins if not plugin.region]
    return Registry([Plugin(folder, "A region whose act changes.", region=before.region), *others], ROOT)


def package_of(rules: Registry) -> Registry:
    """The package once more, changed meanwhile, in use."""
    registry.use(changed := Registry(rules.plugins, ROOT))
    return changed


def admin() -> directory.Person:
    return next(each for each in directory.find_people("admin", actor="console") if "admin" in each.roles())


def case(case_id: int) -> Case:
    db.session.expire_all()
    return db.session.get_one(Case, case_id)


def second_in_force(rules: Registry, *, transitional: str = "none") -> int:
    """The March edition is deployed and put in force for its day by somebody else than the console."""
    amend(rules.folders[0], transitional=transitional)
    received = editions.receive(package_of(rules))
    assert [each.state for each in received] == ["known", "candidate"]
    made = received[1].edition.id
    editions.enact(made, admin(), from_on=SECOND_FROM, act_number="77", act_on=date(2013, 2, 11))
    return made


def another_formula(rules: Registry, months: int = 6, key: str = "N77") -> None:
    """The edition of that key brings another table of entitlement."""
    amended = rules.folders[0] / "editions" / key / "bpmn" / "entitlement.dmn"
    amended.parent.mkdir(parents=True)
    amended.write_bytes(granting(months, (rules.folders[0] / "bpmn" / "entitlement.dmn").read_bytes()))
