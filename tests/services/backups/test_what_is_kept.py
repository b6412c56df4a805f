"""What of the backups stays, and how a moment is written: rules, without a server."""

from datetime import datetime
from pathlib import Path

import pytest

from services import backups
from services.backups.errors import BadMoment, MomentToCome
from services.backups.repository import DatabaseCluster, Repository, Stretch, WholeCopy, write, written
from services.backups.restoring import fetch

CLUSTER = DatabaseCluster("7", 1, 180001)


def base(line: Stretch, day: int, first_wal: str) -> str:
    """A copy of that day of November, as far as its komek.json; its name."""
    at = f"2026-11-{day:02}T02:00:00+00:00"
    made = WholeCopy(f"202611{day:02}T020000000000Z", at, at, "7", 1, 180001, first_wal, 1, "", "0", "komek", "")
    (line.folder / "base" / made.name / "data").mkdir(parents=True)
    write(line.folder / "base" / made.name / "komek.json", written(made))
    return made.name


def names(kept: Repository) -> list[str]:
    return [each.name for _, each in kept.bases]


def test_what_no_moment_of_the_days_kept_needs_is_thrown_away_and_nothing_else(tmp_path: Path) -> None:
    kept = Repository(tmp_path)
    line = kept.begin(CLUSTER)
    made = [
        base(line, day, f"0000000100000000000000{number:02X}") for day, number in ((1, 3), (2, 5), (7, 9), (10, 11))
    ]
    changes = [line.wal / f"0000000100000000000000{number:02X}" for number in range(2, 13)]
    for file in changes:
        file.touch()
    assert backups.prune(kept, 7) == made[:1]  # the second reaches back to the third of November
    assert names(kept) == made[1:]
    assert [file for file in changes if file.exists()] == changes[3:]
    assert backups.prune(kept, 0) == made[1:-1] and names(kept) == made[-1:]  # the newest stays, whatever is said


def test_a_line_whose_copies_are_gone_goes_with_its_changes_and_the_one_that_streams_now_stays(tmp_path: Path) -> None:
    kept = Repository(tmp_path)
    old, now = kept.begin(CLUSTER), kept.begin(DatabaseCluster("8", 1, 180001))
    base(old, 1, "000000010000000000000003")
    second = base(now, 12, "000000010000000000000003")
    assert kept.line_of(DatabaseCluster("8", 1, 180001)) == now
    backups.prune(kept, 12)
    assert len(names(kept)) == 2
    newest = base(now, 20, "000000010000000000000004")
    backups.prune(kept, 7)
    assert names(kept) == [second, newest] and not old.folder.exists() and now.wal.is_dir()
    again = kept.line_of(DatabaseCluster("8", 2, 180001))  # a database that was restored writes another timeline
    assert again != now and kept.lines == [now, again]


@pytest.mark.parametrize("said", ["", "yesterday", "2026-11-30", "2026-11-30T14:05:00", "latest'; DROP", "\0"])
def test_a_moment_is_written_with_its_zone_or_not_taken(said: str) -> None:
    with pytest.raises(BadMoment):
        backups.read_moment(said)


def test_a_moment_to_come_is_not_waited_for() -> None:
    assert backups.read_moment(" LATEST ") == backups.Target()
    moment = "2020-02-29T23:59:59+05:00"
    assert backups.read_moment(moment).moment == datetime.fromisoformat(moment)
    with pytest.raises(MomentToCome):
        backups.read_moment("2999-01-01T00:00:00+05:00")


def test_a_file_of_the_log_that_is_received_to_its_end_while_it_is_fetched_is_fetched_whole(tmp_path: Path) -> None:
    listed = tmp_path / "000000010000000000000003.partial"
    listed.with_suffix("").write_text("to its end")
    fetch(listed, tmp_path / "fetched")
    assert (tmp_path / "fetched").read_text() == "to its end"
