"""Another user of this machine, for what root and others do with each other's folders."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from services.config import ROOT
from services.postgres.places import WHEEL

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become others")


def python_of_nobody() -> tuple[str, dict[str, str]]:
    """A Python that user nobody may run, over the packages installed here."""
    packages = str(Path(find_spec(WHEEL).origin).parent.parent)
    env = {"PATH": os.defpath, "PYTHONPATH": f"{ROOT}:{packages}", "PYTHONDONTWRITEBYTECODE": "1"}
    for python in (sys.executable, "/usr/bin/python3"):
        asked = [python, "-c", "import sys, psycopg, services.config; print(sys.version_info[:2])"]
        try:
            said = subprocess.run(
                asked, user="nobody", extra_groups=[], env=env, cwd="/", capture_output=True, text=True
            )
        except PermissionError:
            continue
        if said.stdout.strip() == str(sys.version_info[:2]):
            return python, env
    pytest.skip("user nobody reaches no Python of this version")
