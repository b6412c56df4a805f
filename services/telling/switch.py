"""Whether applicants are told at all: only with a gateway in the settings and a plugin that hands messages to it."""

from urllib.parse import urlsplit

from services import registry
from services.config import THIS_MACHINE, Config
from services.plugin.telling import Gateway

TOKEN = "KOMEK_TOLD_TOKEN"
SHORTEST_SECRET = 32

_gateway: Gateway | None = None


class BadGateway(ValueError):
    """A setting of the gateway is wrong; says which and how."""


def gateway_of(config: Config) -> Gateway | None:
    """The gateway of the settings; None when there is none. Raises BadGateway."""
    if not config.told_url:
        return None
    parts = urlsplit(config.told_url)
    open_line = parts.scheme == "http" and parts.hostname not in THIS_MACHINE
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or open_line:
        raise BadGateway("KOMEK_TOLD_URL must be https://… without a name or password in it")
    if not config.told_token:
        raise BadGateway(f"{TOKEN} must be the secret that the gateway gave")
    if config.told_report_secret and len(config.told_report_secret) < SHORTEST_SECRET:
        raise BadGateway(f"KOMEK_TOLD_REPORT_SECRET must have at least {SHORTEST_SECRET} characters that nobody chose")
    return Gateway(config.told_url, config.told_token)


def use(found: Gateway | None) -> None:
    """Hand messages to that one from now on, to nobody when there is none: said once, when it is made."""
    global _gateway
    _gateway = found


def gateway() -> Gateway | None:
    """Where messages go; None: applicants are not told, and nobody is asked."""
    return _gateway


def is_on() -> bool:
    """Whether applicants are told, and so asked whether they want it."""
    return _gateway is not None and registry.current().teller() is not None
