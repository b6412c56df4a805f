"""What the provider says of itself and of who came: discovery, keys, tokens. OpenID Connect Core 1.0, by Authlib."""

import json
import time
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from services import clock
from services.config import THIS_MACHINE, Config
from services.openid.errors import ProviderAway, ProviderRefused

#: seconds for one answer of the provider's
WAIT_S = 5
#: what the provider said of itself is asked anew after so long
REMEMBER_S = 3600
#: seconds by which the provider's clock may be off
SKEW_S = 120
#: signed with the provider's own key: neither `none` nor what a shared secret signs
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]


class NotTls(ValueError):
    """KOMEK_OPENID_ISSUER has to begin with https://, but on this machine itself."""


class ExtraMissing(ValueError):
    """KOMEK_OPENID_ISSUER is set, and Authlib is not installed: pip install 'komek[openid]'."""


@dataclass(frozen=True)
class Provider:
    """Where the provider does what."""

    issuer: str
    authorization: str
    token: str
    keys: str
    end_session: str
    says_issuer: bool  #: its answers carry `iss` (RFC 9207)


def is_on(config: Config) -> bool:
    """Whether people sign in by a provider here."""
    return bool(config.openid_issuer and config.openid_client_id)


def provider_of(config: Config) -> Provider:
    """What the provider says of itself, asked once an hour. Raises ProviderAway, ProviderRefused."""
    return _discovered(config.openid_issuer, int(time.monotonic() // REMEMBER_S))


def tokens(config: Config, code: str, verifier: str, back: str) -> dict[str, Any]:
    """What the provider gives for the code. Raises ProviderAway, ProviderRefused."""
    from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
    from authlib.integrations.requests_client import OAuth2Session  # type: ignore[import-untyped]
    from requests import RequestException

    there = provider_of(config)
    with OAuth2Session(config.openid_client_id, config.openid_client_secret, redirect_uri=back) as line:
        try:
            given: dict[str, Any] = line.fetch_token(
                there.token, grant_type="authorization_code", code=code, code_verifier=verifier, timeout=WAIT_S
            )
        except RequestException as error:
            raise ProviderAway from error
        except (AuthlibBaseError, ValueError) as error:
            raise ProviderRefused from error
    return given


def claims_of(config: Config, id_token: str, nonce: str) -> dict[str, Any]:
    """Who came, as the provider signed it for us and for this sign-in. Raises ProviderAway, ProviderRefused."""
    there = provider_of(config)
    try:
        return _claims(config, there, id_token, nonce, _keys(there.keys, int(time.monotonic() // REMEMBER_S)))
    except ProviderRefused:  # its keys may have changed within the hour
        _keys.cache_clear()
        return _claims(config, there, id_token, nonce, _keys(there.keys, int(time.monotonic() // REMEMBER_S)))


def _claims(config: Config, there: Provider, id_token: str, nonce: str, keys: str) -> dict[str, Any]:
    """The claims of the ID token (3.1.3.7). Raises ProviderRefused."""
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    now = int(clock.real().timestamp())
    wanted = jwt.JWTClaimsRegistry(
        now=now, leeway=SKEW_S,
        iss={"essential": True, "value": there.issuer}, aud={"essential": True, "value": config.openid_client_id},
        exp={"essential": True}, iat={"essential": True}, sub={"essential": True},
        nonce={"essential": True, "value": nonce},
    )  # fmt: skip
    try:
        read = jwt.decode(id_token, KeySet.import_key_set(json.loads(keys)), algorithms=ALGORITHMS)
        wanted.validate(read.claims)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ProviderRefused from error
    audience = read.claims["aud"]
    several = isinstance(audience, list) and len(audience) > 1
    if (several or "azp" in read.claims) and read.claims.get("azp") != config.openid_client_id:
        raise ProviderRefused
    return dict(read.claims)


@lru_cache(maxsize=8)
def _discovered(issuer: str, _hour: int) -> Provider:
    told = _asked(issuer.rstrip("/") + "/.well-known/openid-configuration")
    try:
        found = Provider(
            told["issuer"], told["authorization_endpoint"], told["token_endpoint"], told["jwks_uri"],
            told.get("end_session_endpoint", ""), bool(told.get("authorization_response_iss_parameter_supported")),
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError) as error:
        raise ProviderRefused from error
    if found.issuer != issuer:  # another's answers would be believed (OpenID Connect Discovery 4.3)
        raise ProviderRefused
    try:
        for each in (found.authorization, found.token, found.keys):
            check_tls(str(each))
    except NotTls as error:
        raise ProviderRefused from error
    return found


@lru_cache(maxsize=8)
def _keys(address: str, _hour: int) -> str:
    return json.dumps(_asked(address))


def check_ready(config: Config) -> None:
    """Nothing, when people can sign in by the provider that the settings name, or they name none.

    Raises NotTls, ExtraMissing.
    """
    if not is_on(config):
        return
    check_tls(config.openid_issuer)
    if find_spec("authlib") is None:
        raise ExtraMissing(ExtraMissing.__doc__)


def check_tls(address: str) -> None:
    """Nothing, when it goes over TLS or stays on this machine. Raises NotTls."""
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in THIS_MACHINE:
        raise NotTls(NotTls.__doc__)


def _asked(address: str) -> Any:
    import requests

    try:
        answer = requests.get(address, timeout=WAIT_S, allow_redirects=False)
        answer.raise_for_status()
        return answer.json()
    except (requests.RequestException, ValueError) as error:
        raise ProviderAway from error
