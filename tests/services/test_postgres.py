"""The embedded PostgreSQL against killed owners, stale files, odd folders and other users: real servers."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from services.config import ROOT
from services.postgres import AlreadyRunning, CannotStart, Server, places
from services.postgres.children import running
from tests.other_user import needs_root, python_of_nobody

#: starts the server of the folder given and waits; `orphan`: as on a system where it does not end with its owner
OWNER = """
import sys, time
from pathlib import Path
from services.postgres import Server, server
if "orphan" in sys.argv:
    server.dies_with_parent = lambda how: None
started = Server(Path(sys.argv[1])).start()
print(started.process.pid, flush=True)
time.sleep(600)
"""

pytestmark = pytest.mark.processes


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder on a short path that everybody may pass."""
    made = Path(tempfile.mkdtemp(prefix="komek-pg-"))
    made.chmod(0o755)
    yield made / "var"
    shutil.rmtree(made)


@pytest.fixture
def quick(home: Path) -> Iterator[Server]:
    """A server that is not started yet, without durability."""
    made = Server(home, durable=False)
    yield made
    made.stop()


def ask(server: Server, question: str, database: str = "postgres") -> object:
    """The first column of its first row."""
    url = server.address_of(database).replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(question).fetchone()
        return row[0] if row else None


def change(server: Server, statement: str) -> None:
    with psycopg.connect(server.address_of("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement)


def begin_owner(home: Path, *how: str, python: str = sys.executable, **options: object) -> "subprocess.Popen[str]":
    command = [python, "-c", OWNER, str(home), *how]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def test_kazakh_letters_fold_whatever_the_locale_of_the_machine(server: Server) -> None:
    assert ask(server, "SELECT lower('ӘҒҚҢӨҰҮҺІ')") == "әғқңөұүһі"
    assert ask(server, "SELECT upper('әғқңөұүһі')") == "ӘҒҚҢӨҰҮҺІ"


def test_nobody_but_its_user_may_connect_and_nothing_listens_on_the_network(server: Server) -> None:
    assert stat.S_IMODE(server.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE((server.sockets / ".s.PGSQL.5432").stat().st_mode) == 0o700
    assert ask(server, "SHOW listen_addresses") == ""


def test_a_look_that_ctrl_c_cut_off_after_the_server_answered_is_no_failed_start(
    quick: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, look = list[bool](), quick._answers

    def answers_once() -> bool:
        looks.append(look())
        return looks[-1] and looks.count(True) == 1

    monkeypatch.setattr(quick, "_answers", answers_once)
    assert ask(quick.start(), "SELECT 1") == 1


def test_a_folder_has_one_owner(quick: Server, home: Path) -> None:
    quick.start()
    with pytest.raises(AlreadyRunning, match="another process works in"):
        Server(home).start()
    assert ask(quick, "SELECT 1") == 1


def test_a_database_is_made_once_and_may_copy_another(server: Server) -> None:
    server.create_database("first")
    with psycopg.connect(server.address_of("first").replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
    server.create_database("first")
    server.create_database("second", template="first")
    assert ask(server, "SELECT number FROM kept", "second") == 42


def test_a_server_killed_outright_is_started_again_with_its_data(home: Path) -> None:
    durable = Server(home).start()
    try:
        change(durable, "CREATE TABLE kept AS SELECT 7 AS number")
        assert durable.process is not None
        durable.process.kill()
        durable.process.wait(60)
        assert not durable.alive
        durable.restart()
        assert ask(durable, "SELECT number FROM kept") == 7
    finally:
        durable.stop()
    assert running(lambda process: process.folder == str(durable.data)) == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next run ends it")
def test_it_ends_when_its_owner_is_killed(home: Path) -> None:
    owner = begin_owner(home)
    pid = int(owner.stdout.readline())
    owner.kill()
    owner.communicate(timeout=60)
    ended = Server(home, durable=False)
    assert ended.start().process.pid != pid
    ended.stop()
    assert running(lambda process: process.folder == str(ended.data)) == []


def test_an_orphan_is_ended_by_the_next_owner(home: Path) -> None:
    owner = begin_owner(home, "orphan")
    pid = int(owner.stdout.readline())
    owner.kill()
    owner.communicate(timeout=60)
    os.kill(pid, 0)  # it lives on
    follower = Server(home).start()
    try:
        assert ask(follower, "SELECT 1") == 1
        assert pid not in running(lambda process: "postgres" in process.arguments[0])
    finally:
        follower.stop()


def test_a_stranger_whose_number_stands_in_a_stale_file_is_left_alone(quick: Server) -> None:
    quick.start()
    quick.stop()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (quick.data / "postmaster.pid").write_text(f"{stranger.pid}\n{quick.data}\n")
        (quick.sockets / ".s.PGSQL.5432.lock").write_text(f"{stranger.pid}\n")
        quick.start()
        assert ask(quick, "SELECT 1") == 1
        assert stranger.poll() is None
        stranger.kill()


def test_a_half_written_pid_file_and_a_half_made_cluster_do_no_harm(quick: Server, home: Path) -> None:
    (home / "pg18.new").mkdir(parents=True)
    (home / "pg18.new/PG_VERSION").write_text("18\n")
    quick.start()
    quick.stop()
    (quick.data / "postmaster.pid").write_text("")
    assert ask(quick.start(), "SELECT 1") == 1
    assert not (home / "pg18.new").exists()


def test_settings_of_other_servers_do_not_disturb(quick: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PGPORT": "6543", "PGDATA": "/nowhere", "PGHOST": "elsewhere", "LC_ALL": "xx_YY"}.items():
        monkeypatch.setenv(name, value)
    assert ask(quick.start(), "SHOW port") == "5432"


def test_a_long_path_with_any_letters_will_do(home: Path) -> None:
    odd = home / "Тұрғын үй көмегі, 2013" / ("a" * 90)
    server = Server(odd, durable=False).start()
    try:
        assert ask(server, "SELECT 1") == 1
        assert server.sockets.parent == Path(tempfile.gettempdir())
    finally:
        server.stop()
        server.sockets.rmdir()


def test_why_it_does_not_start_is_told_and_the_folder_let_go(quick: Server) -> None:
    quick.start()
    quick.stop()
    settings = quick.data / "postgresql.conf"
    settings.write_text(settings.read_text() + "\nno_such_setting = 1\n")
    with pytest.raises(CannotStart, match="no_such_setting"):
        quick.start()
    settings.write_text(settings.read_text().replace("no_such_setting = 1", ""))
    assert ask(quick.start(), "SELECT 1") == 1


def test_a_long_log_is_put_aside(quick: Server, home: Path) -> None:
    home.mkdir()
    (home / "postgres.log").write_bytes(b"x" * 10_000_001)
    quick.start()
    assert (home / "postgres.log.1").stat().st_size == 10_000_001
    assert (home / "postgres.log").stat().st_size < 10_000


@needs_root
def test_for_root_it_runs_under_a_system_user_with_none_of_roots_groups(quick: Server) -> None:
    quick.start()
    assert quick.process is not None
    told = dict(line.split(":", 1) for line in Path(f"/proc/{quick.process.pid}/status").read_text().splitlines())
    assert "0" not in told["Uid"].split()
    assert "0" not in told["Gid"].split()
    assert "0" not in told["Groups"].split()


@needs_root
def test_for_root_a_closed_folder_keeps_a_link_to_a_reachable_one(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr(places, "ELSEWHERE", home.parent / "elsewhere")
    first = Server(tmp_path / "var").start()
    change(first, "CREATE TABLE kept AS SELECT 7 AS number")
    first.stop()
    assert (tmp_path / "var/pg18").readlink() == first.data
    assert first.data.is_relative_to(home.parent / "elsewhere")
    again = Server(tmp_path / "var").start()
    try:
        assert ask(again, "SELECT number FROM kept") == 7
    finally:
        again.stop()


@needs_root
def test_for_root_binaries_in_a_closed_folder_are_copied_with_their_libraries(
    tmp_path: Path, home: Path, quick: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr(places, "ELSEWHERE", home.parent / "elsewhere")
    wheel = Path(find_spec(places.WHEEL).origin).parent
    for folder in (wheel, *wheel.parent.glob(f"{places.WHEEL}*.libs")):
        shutil.copytree(folder, tmp_path / folder.name, ignore=shutil.ignore_patterns("pginstall", "include"))
    monkeypatch.syspath_prepend(str(tmp_path))
    for _ in range(2):
        assert ask(quick.start(), "SELECT 1") == 1
        quick.stop()
    copies = list((home.parent / "elsewhere").iterdir())
    assert len(copies) == 1
    assert copies[0].name.startswith("postgres-18-")


@needs_root
def test_for_root_a_cluster_that_was_closed_since_is_named(quick: Server, home: Path) -> None:
    quick.start()
    quick.stop()
    home.parent.chmod(0o700)
    with pytest.raises(CannotStart, match="open the folders above it"):
        Server(home).start()
    home.parent.chmod(0o755)


@needs_root
def test_root_goes_on_with_the_cluster_of_another_user_as_that_user(home: Path) -> None:
    python, env = python_of_nobody()
    home.mkdir()
    os.chown(home, pwd.getpwnam("nobody").pw_uid, -1)
    owner = begin_owner(home, python=python, user="nobody", extra_groups=[], env=env)
    assert int(owner.stdout.readline() or owner.stderr.read())
    owner.send_signal(signal.SIGTERM)
    owner.communicate(timeout=60)
    follower = Server(home).start()
    try:
        assert ask(follower, "SELECT 1") == 1
        assert follower.data.stat().st_uid == pwd.getpwnam("nobody").pw_uid
    finally:
        follower.stop()


@needs_root
def test_another_user_is_told_whose_folder_it_is(quick: Server, home: Path) -> None:
    python, env = python_of_nobody()
    quick.start()
    quick.stop()
    owner = begin_owner(home, python=python, user="nobody", extra_groups=[], env=env)
    _, said = owner.communicate(timeout=30)
    assert f"{home}/lock cannot be written (Permission denied): it belongs to user number 0" in said
    assert "KOMEK_VAR" in said
