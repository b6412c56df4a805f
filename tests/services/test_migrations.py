"""Migrations and models are one: the way back takes away what a step made, and the next one is written by machine."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text

from services.config import ROOT
from services.migrations import FOLDER, configured, known
from services.migrations.expanding import what_breaks
from services.migrations.making import _next_name, make
from services.migrations.serving import served_since
from services.migrations.shape import differences
from services.postgres import Server
from tests.services.steps import Steps

pytestmark = pytest.mark.processes

#: the newest that the tests of writing begin with: the next one has a column to add
CUT = "0027_attachments"


@pytest.fixture
def empty(server: Server) -> Iterator[Engine]:
    """A database of its own, without tables."""
    server.create_database("steps")
    engine = create_engine(server.address_of("steps"))
    yield engine
    engine.dispose()
    with create_engine(server.address_of("postgres"), isolation_level="AUTOCOMMIT").connect() as line:
        line.execute(text("DROP DATABASE steps"))


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The folder of migrations, to write into."""
    return Path(shutil.copytree(FOLDER, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__")))


def test_every_step_is_taken_back_to_the_tables_of_before_down_to_none_at_all(empty: Engine) -> None:
    up, down = Steps(), Steps()
    command.upgrade(configured(empty, up), "head")
    assert list(up.tables) == list(known())
    command.check(configured(empty))  # raises where alembic sees a difference to the models
    assert unserved(up) == {}
    command.downgrade(configured(empty, down), "base")
    assert down.tables.pop("") == {}
    assert list(down.tables) == list(reversed(known()[:-1]))
    for revision, tables in down.tables.items():
        assert differences(up.tables[revision], tables) == [], revision


def unserved(up: Steps) -> dict[str, dict[str, str]]:
    """By revision, what breaks the oldest code that its tables are said to serve, and is not said to be harmless."""
    script = ScriptDirectory(str(FOLDER))
    found = {}
    for revision, tables in up.tables.items():
        breaking = what_breaks(up.tables[served_since(script, revision)], tables)
        said: set[str] = set()
        for each in script.walk_revisions("base", revision):
            said |= getattr(each.module, "harmless", {}).keys()
        found |= {revision: left} if (left := {name: why for name, why in breaking.items() if name not in said}) else {}
    return found


#: what one of several nodes does at its start, and how many steps it took
BEGINS = """
import sys
from alembic import command
from sqlalchemy import create_engine
from services.migrations import configured
taken = []
command.upgrade(configured(create_engine(sys.argv[1]), lambda revision, _: taken.append(revision)), "head")
print(len(taken))
"""


def test_several_nodes_that_begin_at_once_make_the_tables_once(empty: Engine) -> None:
    address = empty.url.render_as_string(hide_password=False)
    begun = [subprocess.Popen([sys.executable, "-c", BEGINS, address], cwd=ROOT, stdout=subprocess.PIPE, text=True)
             for _ in range(3)]  # fmt: skip
    assert sorted(int(each.communicate(timeout=120)[0]) for each in begun) == [0, 0, len(known())]


BEFORE = {
    "column case.number": "text not null", "column case.kind": "text", "column case.stops": "jsonb not null",
    "constraint case.ck_case_kind": "CHECK ((kind = 'a'::text))", "trigger case.kept": "it", "function keep": "it",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "breaks"),
    [
        ({"column case.colour": "text"}, False),
        ({"column case.colour": "text not null default ''::text"}, False),
        ({"column case.colour": "text not null"}, True),
        ({"column paint.colour": "text not null"}, False),
        ({"column case.number": None}, True),
        ({"column case.number": None, "column case.name": "text"}, True),
        ({"column case.kind": "text not null"}, True),
        ({"column case.number": "bigint not null"}, True),
        ({"constraint case.ck_case_colour": "CHECK ((colour <> ''::text))"}, False),
        ({"constraint case.ck_case_number": "CHECK ((number <> ''::text))"}, True),
        ({"constraint case.ck_case_kind": None}, False),
        ({"index ix_case_kind": "CREATE INDEX ix_case_kind ON public.case USING btree (kind)"}, False),
        ({"index uq_case_kind": "CREATE UNIQUE INDEX uq_case_kind ON public.case USING btree (kind)"}, True),
        ({"trigger case.other": "it"}, True),
        ({"function other": "it"}, False),
        ({"function keep": "another"}, True),
    ],
)
def test_what_the_code_of_before_reads_stays_and_what_it_writes_is_taken(
    changed: dict[str, str | None], breaks: bool
) -> None:
    after = {name: said for name, said in (BEFORE | changed).items() if said is not None}
    assert bool(what_breaks(BEFORE, after)) is breaks


def test_all_migrations_together_make_what_the_models_say_with_checks_and_triggers(copied: Path) -> None:
    made = make("Nothing that is not there", folder=copied)
    assert made.file is None and made.by_hand == []


def test_the_next_migration_is_written_in_the_house_style_and_what_alembic_does_not_see_is_told(copied: Path) -> None:
    for file in (copied / "versions").glob("*.py"):
        if file.stem > CUT:
            file.unlink()
    made = make("How files are read.", topic="Reading of files: колонка", folder=copied)
    assert made.file and made.file.name == "0028_reading_of_files.py"
    written = made.file.read_text(encoding="utf-8")
    assert written.startswith(
        '"""How files are read.\n\nRevision ID: 0028_reading_of_files\nRevises: 0027_attachments\n"""'
    )
    assert 'op.drop_column("deployment", "reading")' in written and ("from services import db\n" in written) == (
        "db.Moment" in written
    )
    assert "###" not in written
    assert any("need a value: op.add_column" in each and "reading" in each for each in made.by_hand), (
        "no value for the rows there are"
    )
    assert "constraint known_place.fk_known_place_staff_id: missing" in made.by_hand
    tidy = [sys.executable, "-m", "ruff", "check", "--config", str(ROOT / "pyproject.toml"), str(made.file)]
    assert subprocess.run(tidy, capture_output=True).returncode == 0


def test_a_long_message_makes_a_name_that_alembic_can_keep(copied: Path) -> None:
    assert (
        _next_name("What is counted when a case is given to another office", copied)[4:]
        == "_what_is_counted_when_a_case"
    )
    assert _next_name("Жаңа баған", copied) == f"{int(known()[-1][:4]) + 1:04}"
