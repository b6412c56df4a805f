"""A region that the command wrote, as a wheel in a fresh environment, stands its trials from its own folder."""

import os
import subprocess
from pathlib import Path

import pytest

from services import soundness
from tests.plugins.stranger import Environment, run_komek, wheel


@pytest.mark.slow
def test_a_new_region_with_only_its_wheel_installed_stands_its_trials_and_they_are_recorded(tmp_path: Path) -> None:
    code, said = run_komek("new-region", "taza", "--into", str(tmp_path))
    assert code == 0, said
    home, environment = tmp_path / "komek-taza", Environment(tmp_path / "fresh")
    environment.install(wheel(home))
    command = [environment.python, "-m", "pytest", "-p", "no:cacheprovider"]
    done = subprocess.run(
        command, cwd=home, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    record = soundness.read_record(home / "taza")
    assert record is not None and record.digest == soundness.digest_of(home / "taza")
    assert record.trials.keys() == soundness.TRIALS.keys()
    assert set(record.trials.values()) - {"skipped"} == {soundness.PASSED}
