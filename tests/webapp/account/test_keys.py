"""The key that signs cookies: none that could be guessed, and another one without signing anybody out."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from flask import Flask

from komek.testing.surfer import Surfer
from services.config import ROOT, Config, WeakKey
from webapp import create_app

WEAK = [
    "abc",
    "x" * 64,
    "abcdefgh" * 8,
    "password" * 5,
    "0123456789abcdef0123456789abcdef",
    "short but 31 letters: abcdefghi",
]
FIRST, SECOND = "1f" * 3 + "0a9c4b7d2e6580317fc9a45d", "c04fe8a3917b5d26" + "8e31f7a05b9c64d2"


@pytest.mark.parametrize("key", WEAK)
@pytest.mark.parametrize("name", ["secret_key", "former_secret_key"])
def test_a_key_that_could_be_guessed_is_refused_with_the_setting_and_how_to_make_one(name: str, key: str) -> None:
    with pytest.raises(WeakKey) as refused:
        replace(Config(), **{name: key}).check_keys()  # type: ignore[arg-type]
    assert f"KOMEK_{name.upper()} is too weak" in str(refused.value)
    assert "token_hex(32)" in str(refused.value) and key not in str(refused.value)


def test_keys_that_nobody_chose_are_taken() -> None:
    Config().check_keys()
    Config(secret_key=SECOND, former_secret_key="k7Jx/0+Qw3mZr5Ty8UiPaSdFgHbVnC2L").check_keys()


@pytest.mark.parametrize(("code", "command"), [(3, ["-c", "import wsgi"]), (1, ["-m", "webapp.cli", "serve"])])
def test_nothing_starts_with_a_weak_key(code: int, command: list[str]) -> None:
    env = {**os.environ, "KOMEK_SECRET_KEY": "abc", "PYTHONPATH": str(ROOT)}
    ended = subprocess.run([sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert ended.returncode == code
    assert "KOMEK_SECRET_KEY is too weak" in ended.stderr + ended.stdout
    assert "Traceback" not in ended.stderr


def test_under_another_key_people_stay_signed_in_and_their_open_forms_are_taken_while_the_former_one_is_told(
    house: Flask,
) -> None:
    config = replace(house.config["KOMEK"], secret_key=FIRST)
    before = Surfer(create_app(config)).sign_in("clerk.taldykorgan")
    before.get("/")
    cookies = {name: before.client.get_cookie(name).value for name in ("komek", "komek-browser")}  # type: ignore[union-attr]

    def moved(**keys: str) -> Surfer:
        after = Surfer(create_app(replace(config, **keys)))  # type: ignore[arg-type]
        for name, value in cookies.items():
            after.client.set_cookie(name, value)
        after.page = before.page
        return after

    told = moved(secret_key=SECOND, former_secret_key=FIRST)
    assert told.submit("/cases", {"route": "direct"}).status_code == 200
    assert told.page is not None and told.page.request.path.startswith("/cases/")
    assert "/sign-in" in moved(secret_key=SECOND).get("/inbox").request.path
    told.get("/")
    told.submit("/sign-out")
    told.sign_in("clerk.taldykorgan")
    cookies |= {name: told.client.get_cookie(name).value for name in cookies}  # type: ignore[union-attr]
    assert "/sign-in" not in moved(secret_key=SECOND).get("/inbox").request.path
