"""`make run` against everything that may befall it: real processes, really killed."""

import os
import shutil
import signal
import socket
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from services.config import PLUGINS, Config
from services.postgres import Server
from services.secret_file import kept_secret
from tests.other_user import needs_root, python_of_nobody
from tests.ports import free_port
from tests.webapp.serve.supervised import Supervised, forget, wait_for
from webapp.serve import supervisor, web_processes
from webapp.serve.supervisor import ALREADY_RUNNING, CANNOT_START, environment, supervise

pytestmark = pytest.mark.processes


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def var() -> Iterator[Path]:
    """A folder on a short path that everybody may reach."""
    home = Path(tempfile.mkdtemp(prefix="komek-run-"))
    home.chmod(0o755)
    yield home / "var"
    shutil.rmtree(home)


@pytest.fixture
def komek(var: Path, port: int) -> Iterator[Supervised]:
    """Komek with tiny pages, not started yet; nothing of it is left afterwards."""
    made = Supervised(var, port)
    yield made
    made.force()


def test_ctrl_c_leaves_no_process(komek: Supervised) -> None:
    komek.start()
    kinds = komek.look()
    assert {kind: bool(found) for kind, found in kinds.items()} == {
        "supervisor": True, "postgres": True, "backend": True, "gunicorn": True, "worker": True, "jobs": True,
        "other": False}  # fmt: skip
    code, said = komek.tell(signal.SIGINT)
    assert code == 0
    opened = f"· Komek is at http://127.0.0.1:{komek.port} (ctrl-C stops it)"
    assert said.splitlines() == ["· database", "· a table", "· pages", opened, "· stopping"]
    assert komek.left() == []
    assert not (komek.var / "address").exists()


def test_the_data_outlive_a_stop(komek: Supervised) -> None:
    komek.start()
    before = komek.visits()
    assert komek.tell(signal.SIGTERM)[0] == 0
    assert komek.left() == []
    komek.start()
    assert komek.visits() > before


def test_it_can_be_told_to_stop_while_it_starts(komek: Supervised) -> None:
    komek.begin()
    wait_for(lambda: (komek.var / "postgres.log").exists())
    code, said = komek.tell(signal.SIGINT)
    assert code == 0, said
    assert komek.left() == []


@pytest.mark.slow
def test_whatever_is_killed_comes_back(komek: Supervised) -> None:
    count = komek.start().visits()
    for kind in ("worker", "jobs", "gunicorn", "backend", "postgres", "gunicorn"):
        victim = komek.look()[kind][0]
        victim.kill()
        wait_for(lambda victim=victim, kind=kind: victim not in komek.look().get(kind, [victim]))
        wait_for(lambda count=count, kind=kind: kind in komek.look() and (komek.visits() or 0) > count)
        count = komek.visits() or count
    assert komek.tell(signal.SIGINT)[0] == 0
    assert komek.left() == []


@pytest.mark.slow
def test_a_killed_supervisor_is_followed_by_a_new_one_at_once(komek: Supervised, var: Path, port: int) -> None:
    count = komek.start().visits()
    komek.look()["supervisor"][0].kill()
    follower = Supervised(var, port)
    try:
        assert follower.start().visits() > count
        follower.look()
        wait_for(lambda: komek.left() == [])
    finally:
        follower.force()


@pytest.mark.slow
def test_all_killed_at_once_are_followed_by_a_new_run(komek: Supervised, var: Path, port: int) -> None:
    count = komek.start().visits()
    every = [each for found in komek.look().values() for each in found]
    for each in every:
        with suppress(psutil.NoSuchProcess):  # some end by themselves when the first ones fall
            each.kill()
    follower = Supervised(var, port)
    try:
        assert follower.start().visits() > count
    finally:
        follower.force()


def test_a_second_run_says_where_the_first_one_is(komek: Supervised, var: Path) -> None:
    komek.start()
    code, said = Supervised(var, komek.port + 1).begin().ended()
    assert code == ALREADY_RUNNING
    assert said == f"· Komek runs already, over {var}: http://127.0.0.1:{komek.port}\n"
    assert komek.visits() is not None


def test_a_taken_port_is_named_before_anything_is_started(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert supervise(Config(plugins=PLUGINS, var=var), "127.0.0.1", port, 1, steps=[]) == CANNOT_START
    said = capsys.readouterr().out
    assert f"127.0.0.1:{port} cannot be used (Address already in use)" in said
    assert not (var / "postgres.log").exists()


def test_a_given_database_is_used_and_none_is_started(server: Server, var: Path, port: int) -> None:
    server.create_database("elsewhere")
    komek = Supervised(var, port, DATABASE_URL=server.address_of("elsewhere"))
    try:
        assert komek.start().visits() == 2
        assert "postgres" not in komek.look()
        assert sorted(each.name for each in var.iterdir()) == ["address", f"lock-{port}", "secret_key"]
        code, said = Supervised(var, port, DATABASE_URL=server.address_of("elsewhere")).begin().ended()
        assert (code, "runs already" in said) == (ALREADY_RUNNING, True)
        assert komek.tell(signal.SIGINT)[0] == 0
        assert komek.left() == []
    finally:
        komek.force()


@pytest.mark.parametrize(
    ("url", "reason"),
    [("postgresql://nobody:secret@127.0.0.1:1/none", "refused"), ("sqlite:///x.db", "must be a PostgreSQL address")],
)
def test_a_database_that_cannot_be_reached_is_told_without_its_password(
    url: str, reason: str, var: Path, port: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "DATABASE_PATIENCE_S", 0.3)
    assert supervise(Config(plugins=PLUGINS, var=var, database_url=url), "127.0.0.1", port, 1, steps=[]) == CANNOT_START
    said = capsys.readouterr().out
    assert reason in said
    assert "secret" not in said


def test_a_failed_preparation_opens_no_page(
    server: Server, var: Path, port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = [("tables", [sys.executable, "-c", "import sys; sys.exit('no such table')"])]
    config = Config(plugins=PLUGINS, var=var, database_url=server.address_of("postgres"))
    assert supervise(config, "127.0.0.1", port, 1, steps=steps) == CANNOT_START
    assert "no such table\n· tables: failed, for the reason above" in capsys.readouterr().out


def test_pages_that_cannot_start_end_the_run(
    server: Server, var: Path, port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    config = Config(plugins=PLUGINS, var=var, database_url=server.address_of("postgres"))
    assert supervise(config, "127.0.0.1", port, 1, application="tests.no_such:app", steps=[]) == CANNOT_START
    assert "the pages did not start" in capsys.readouterr().out
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_page_process_that_dies_at_once_is_started_less_and_less_often(port: int, tmp_path: Path) -> None:
    moments = iter(range(1000))
    web = web_processes.Web("127.0.0.1", port, 1, "tests.no_such:app", tmp_path)
    web._now = lambda: float(next(moments)) / 2
    web.start({**os.environ})
    starts = []
    for look in range(60):
        web._process.wait(60)
        if web.died():
            starts.append(look)
    web.stop([])
    gaps = [later - sooner for sooner, later in pairwise(starts)]
    assert len(gaps) >= 2
    assert gaps == sorted(gaps)
    assert gaps[-1] > gaps[0]


def test_the_key_is_made_once_and_is_its_owners_alone(var: Path) -> None:
    key = kept_secret(var / "secret_key")
    assert len(key) == 64
    assert kept_secret(var / "secret_key") == key
    assert stat.S_IMODE((var / "secret_key").stat().st_mode) == 0o600
    assert [each.name for each in var.iterdir()] == ["secret_key"]


def test_the_children_are_told_every_setting(var: Path) -> None:
    config = Config(database_url="postgresql://x", plugins=("a", "b"), demo=True, secure_cookies=False, var=var,
                    sign_in_attempts=7, sign_in_window_s=8, proxies=2, secret_key="k",
                    former_secret_key="j")  # fmt: skip
    env = environment(config, config.database_url)
    assert Config.from_env({name: value for name, value in env.items() if name.startswith("KOMEK_")}) == config


@needs_root
def test_a_user_without_rights_serves_from_a_folder_of_their_own(var: Path, port: int) -> None:
    python, env = python_of_nobody()
    var.mkdir()
    shutil.chown(var, "nobody")
    komek = Supervised(var, port, python=python, user="nobody", **env)
    try:
        assert komek.start().visits() == 2
        assert {each.username() for found in komek.look().values() for each in found} == {"nobody"}
        assert komek.tell(signal.SIGINT)[0] == 0
        assert komek.left() == []
    finally:
        komek.force()


@needs_root
def test_root_serves_from_a_folder_closed_to_others(port: int, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    komek = Supervised(tmp_path / "var", port)
    try:
        assert komek.start().visits() == 2
        assert komek.tell(signal.SIGINT)[0] == 0
        assert komek.start().visits() == 4
    finally:
        komek.force()
        forget(tmp_path / "var")
