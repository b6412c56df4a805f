"""What Camunda Modeler sends, request by request."""

import json
from dataclasses import dataclass

import requests

from tests.webapp.rest.programs import DESIGNER, basic

PATIENCE_S = 60.0  #: Modeler gives up after five seconds: how long each request takes is for `make bench` to say


@dataclass
class Modeler:
    """What its C7 tab sends, in its order and with its headers."""

    base: str
    authorization: str | None = basic(DESIGNER)

    def ask(self, method: str, path: str, *, signed: bool = True, **more: object) -> requests.Response:
        headers = {"Accept": "application/json", "Origin": "null", "Accept-Language": "en-US"}
        headers |= more.pop("headers", {})  # type: ignore[call-overload]
        if signed and self.authorization is not None:
            headers["Authorization"] = self.authorization
        return requests.request(method, self.base + path, headers=headers, allow_redirects=False,
                                timeout=PATIENCE_S, **more)  # type: ignore[arg-type] # fmt: skip

    def probe(self) -> int:
        return self.ask("GET", "/deployment?maxResults=0", signed=False).status_code

    def deploy(self, name: str, content: bytes, others: dict[str, bytes] | None = None) -> requests.Response:
        """Connection check, version, then the fields in Modeler's order: the diagram, then the additional files."""
        assert self.ask("GET", "/deployment?maxResults=0").status_code == 200
        assert self.ask("GET", "/version").json() == {"version": "7.24.0"}
        parts: list[tuple[str, tuple[str | None, object, str] | tuple[None, str]]] = [
            ("deployment-name", (None, name.rpartition(".")[0])),
            ("deployment-source", (None, "Camunda Modeler")),
            ("enable-duplicate-filtering", (None, "true")),
            (name, (name, content, "text/xml")),
        ]
        parts += [(other, (other, said, "application/octet-stream")) for other, said in (others or {}).items()]
        return self.ask("POST", "/deployment/create", files=parts)

    def start(self, definition: str, business_key: str | None = None, variables: object = None) -> requests.Response:
        body = json.dumps({"businessKey": business_key, "variables": variables})
        return self.ask("POST", f"/process-definition/{definition}/start", data=body.encode(),
                        headers={"content-type": "application/json"})  # fmt: skip
