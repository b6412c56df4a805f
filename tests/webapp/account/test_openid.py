"""In by the organisation's provider: a real one, over HTTP; what it says is believed when all of it holds."""

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

pytest.importorskip("authlib")

import requests
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from komek.testing.surfer import Surfer
from services import directory, openid
from tests.webapp.account.op import CLIENT, SECRET, Op, provider
from webapp import create_app

LOGIN = "clerk.taldykorgan"


@pytest.fixture
def op(monkeypatch: pytest.MonkeyPatch) -> Iterator[Op]:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    with provider() as there:
        yield there


def app_of(house: Flask, op: Op, **more: Any) -> Flask:
    told = {"openid_issuer": op.issuer, "openid_client_id": CLIENT, "openid_client_secret": SECRET, **more}
    return create_app(replace(house.config["KOMEK"], **told))


@pytest.fixture
def tied(house: Flask, op: Op) -> Flask:
    return app_of(house, op)


def there(surfer: Surfer, path: str = "/sign-in/openid") -> str:
    """Where the provider sends the browser back to."""
    sent = surfer._ask("GET", path, follow_redirects=False)
    assert sent.status_code == 303, sent.text
    return requests.get(sent.location, allow_redirects=False, timeout=5).headers["Location"]


def back(surfer: Surfer, address: str) -> Surfer:
    parts = urlsplit(address)
    surfer.get(f"{parts.path}?{parts.query}")
    return surfer


def come(app: Flask) -> Surfer:
    surfer = Surfer(app)
    return back(surfer, there(surfer))


def is_in(surfer: Surfer) -> bool:
    return surfer.get("/account").request.path == "/account"


def refused(surfer: Surfer) -> bool:
    said = bool(surfer.tree.xpath("//*[contains(@class,'flash') and contains(@class,'warning')]"))
    return said and surfer.page is not None and surfer.page.request.path == "/sign-in" and not is_in(surfer)


def test_whoever_the_provider_knows_by_the_login_comes_in_with_the_roles_they_have_here_and_is_tied_for_ever(
    tied: Flask, op: Op
) -> None:
    surfer = come(tied)
    assert is_in(surfer) and LOGIN in surfer.page.text  # type: ignore[union-attr]
    me = directory.id_of(LOGIN) or 0
    tie = openid.tie_of(me)
    assert tie is not None and (tie.issuer, tie.subject) == (op.issuer, "u-1")
    op.who = {"sub": "u-1", "preferred_username": "admin"}
    assert LOGIN in come(tied).get("/account").text, "it is the same person, whatever they are called now"
    op.who = {"sub": "u-2", "preferred_username": LOGIN}
    assert refused(come(tied)), "a name that was given to somebody else"
    op.who = {"sub": "u-3", "preferred_username": "nobody.here", "roles": ["admin"]}
    assert refused(come(tied)) and directory.id_of("nobody.here") is None, "nobody is added"


def test_where_no_claim_is_the_login_an_administrator_ties_and_unties(house: Flask, op: Op) -> None:
    app = app_of(house, op, openid_claim="")
    assert refused(come(app))
    admin, page = Surfer(app).sign_in("admin"), f"/staff/{directory.id_of(LOGIN)}"
    admin.get(page)
    admin.submit(f"{page}/openid", {"subject": "u-1"})
    surfer = come(app)
    assert is_in(surfer)
    admin.get(page)
    admin.submit(f"{page}/openid", {"subject": ""})
    assert not is_in(surfer) and refused(come(app))


OTHER = RSAKey.generate_key(2048, {"kid": "one"})


def by_none(claims: dict[str, Any]) -> str:
    parts = ({"alg": "none"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=").decode() for each in parts) + "."


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "somebody else"},
        {"aud": [CLIENT, "somebody else"]},
        {"aud": [CLIENT, "somebody else"], "azp": "somebody else"},
        {"iss": "http://127.0.0.1:1"},
        {"nonce": "another sign-in's"},
        {"nonce": None},
        {"exp": -130},
        {"iat": 600},
        {"sub": None},
    ],
    ids=str,
)
def test_a_token_for_others_of_another_sign_in_or_run_out_lets_nobody_in(
    tied: Flask, op: Op, change: dict[str, Any]
) -> None:
    now = int(time.time())
    said = {key: now + each if isinstance(each, int) else each for key, each in change.items()}  # moments from now
    op.spoil = lambda claims: {key: each for key, each in {**claims, **said}.items() if each is not None}
    assert refused(come(tied))


def test_clocks_may_be_two_minutes_apart(tied: Flask, op: Op) -> None:
    op.spoil = lambda claims: {**claims, "exp": int(time.time()) - 100, "iat": int(time.time()) + 100}
    assert is_in(come(tied))


@pytest.mark.parametrize(
    "encode",
    [
        by_none,
        lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, OTHER),
        lambda claims: jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET.encode()), algorithms=["HS256"]),
        lambda _claims: "no token",
    ],
    ids=["alg none", "a stranger's key", "our own secret", "nonsense"],
)
def test_a_token_that_the_provider_did_not_sign_lets_nobody_in(tied: Flask, op: Op, encode: Any) -> None:
    op.encode = encode
    assert refused(come(tied))


def test_a_state_is_taken_once_in_the_browser_that_was_sent_with_it(tied: Flask) -> None:
    mine, other = Surfer(tied), Surfer(tied)
    answer = there(mine)
    other.get("/sign-in")
    assert refused(back(other, answer)), "another browser's"
    assert is_in(back(mine, answer))
    mine.get("/account")
    mine.submit("/sign-out", follow=False)
    assert refused(back(mine, answer)), "replayed"
    late = Surfer(tied)
    answer = there(late)
    there(late)
    assert refused(back(late, answer)), "that of the sign-in before"


def test_the_answer_of_another_provider_is_not_taken_for_ours(tied: Flask, op: Op) -> None:
    op.says_issuer = "https://other.example"
    assert refused(come(tied))
    op.says_issuer = None
    surfer = Surfer(tied)
    without = there(surfer).partition("&iss=")[0]
    assert refused(back(surfer, without)), "it said that its answers carry its name"


def test_a_code_without_the_verifier_of_its_round_is_worth_nothing(tied: Flask, op: Op) -> None:
    thief, mine = Surfer(tied), Surfer(tied)
    stolen = parse_qs(urlsplit(there(mine)).query)["code"][0]
    own = there(thief)
    code = parse_qs(urlsplit(own).query)["code"][0]
    assert refused(back(thief, own.replace(code, stolen)))


def test_what_was_wanted_opens_afterwards_and_signing_out_ends_it_there_too(tied: Flask, op: Op) -> None:
    surfer = Surfer(tied)
    assert back(surfer, there(surfer, "/sign-in/openid?next=/notices/")).page.request.path == "/notices/"  # type: ignore[union-attr]
    out = surfer.submit("/sign-out", follow=False)
    assert out.location.startswith(f"{op.issuer}/end?client_id={CLIENT}&post_logout_redirect_uri=")
    assert requests.get(out.location, timeout=5).text == "bye" and op.signed_out[0].endswith("/sign-in")
    assert op.issuer in surfer.get("/sign-in").headers["Content-Security-Policy"]


def test_while_the_provider_is_away_that_is_said_and_passwords_are_a_way_back_only_where_the_settings_say_so(
    house: Flask, op: Op
) -> None:
    dead = {"openid_issuer": "http://127.0.0.1:9"}
    open_, shut = app_of(house, op, **dead), app_of(house, op, **dead, openid_passwords=False)
    surfer = Surfer(open_)
    surfer.get("/sign-in/openid")
    assert (refused(surfer) and "провайдер" in surfer.get("/sign-in").text.lower()) or is_in(surfer.sign_in(LOGIN))
    assert is_in(Surfer(open_).sign_in(LOGIN))
    kept_out = Surfer(shut)
    kept_out.get("/sign-in")
    assert not kept_out.tree.xpath("//form[contains(@action,'/sign-in')]//input[@id='login']")
    token = dict(kept_out.form("/language").form_values())
    tried = kept_out._ask("POST", "/sign-in", data={**token, "login": LOGIN, "password": "Komek-demo-2012"})
    assert tried.status_code == 403


def test_a_role_that_asks_for_more_asks_it_here_too_unless_the_provider_did(
    tied: Flask, op: Op, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services import registry

    monkeypatch.setitem(registry.current().by_key("roles")["clerk"], "second_factor", "code")
    assert come(tied).page.request.path == "/sign-in/second"  # type: ignore[union-attr]
    op.who["amr"] = ["pwd", "mfa"]
    assert is_in(come(tied))


def test_without_a_provider_its_addresses_are_no_pages(house: Flask) -> None:
    for path in ("/sign-in/openid", "/sign-in/openid/back"):
        assert Surfer(house).get(path).status_code == 404


@pytest.mark.parametrize("address", ["http://id.example.kz", "ftp://localhost.example", ""])
def test_a_provider_over_plain_http_is_none(address: str) -> None:
    with pytest.raises(ValueError, match="https"):
        openid.check_tls(address)
