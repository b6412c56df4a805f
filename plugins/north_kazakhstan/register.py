"""How many dwellings the applicant has, as the state's register of rights to real estate knows it: asked over HTTP.

The register stands at `NORTH_KAZAKHSTAN_REGISTER_URL`, and knows us by `NORTH_KAZAKHSTAN_REGISTER_TOKEN`. It is sent
the applicant's IIN as JSON and answers `{"dwellings": 1}`. Where it cannot be asked at all, the papers say it: the
error NOT_ASKED. No act that could be read speaks of it; the national rules of later years do.
"""

import json
import os
import urllib.error
import urllib.request
from email.message import Message
from http.client import HTTPException
from typing import IO

from services.plugin import BusinessError, Call, ErrorCode, Outputs, TemporaryFailure, Variable, operation

URL, TOKEN = "NORTH_KAZAKHSTAN_REGISTER_URL", "NORTH_KAZAKHSTAN_REGISTER_TOKEN"
TIMEOUT_S = 20.0
MOST_BYTES = 64 * 1024
NOT_ASKED = "NOT_ASKED"
#: answers after which another try may help: too slow, still at work, too early, too many
AGAIN = (408, 409, 425, 429)


class _NowhereElse(urllib.request.HTTPRedirectHandler):
    """A person's number goes where the settings say, and nowhere else."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


_opener = urllib.request.build_opener(_NowhereElse)


@operation(
    "Ask the register how many dwellings the applicant has",
    outputs=(Variable("dwellings", "number", "Dwellings that the register knows of", always=False),),
    errors=(ErrorCode(NOT_ASKED, "The register cannot be asked"),),
    help="Goes on by the boundary event NOT_ASKED where no register is named, or the applicant gave no IIN.",
)
def dwellings(call: Call) -> Outputs:
    """How many dwellings the register knows of. Raises TemporaryFailure, BusinessError NOT_ASKED."""
    address, applicant = os.environ.get(URL, ""), call.case.applicant
    if not address:
        raise BusinessError(NOT_ASKED, "No register of dwellings is named in the settings.")
    if applicant is None or not applicant.iin:
        raise BusinessError(NOT_ASKED, "The register is asked by the IIN, and the applicant gave none.")
    headers = {
        "authorization": (b"Bearer " + os.environ.get(TOKEN, "").encode()).decode(),
        "content-type": "application/json",
        "idempotency-key": f'"{call.key}"',
    }
    request = urllib.request.Request(address, json.dumps({"iin": applicant.iin}).encode(), headers)
    try:
        with _opener.open(request, timeout=TIMEOUT_S) as answer:
            return {"dwellings": _counted(answer.read(MOST_BYTES + 1))}
    except urllib.error.HTTPError as error:
        if error.code >= 500 or error.code in AGAIN:
            raise TemporaryFailure("The register of dwellings does not answer now (%(why)s).", why=error.code) from None
        raise BusinessError(NOT_ASKED, "The register of dwellings refused (%(why)s).", why=error.code) from None
    except (OSError, HTTPException) as error:
        why = type(getattr(error, "reason", error)).__name__
        raise TemporaryFailure("The register of dwellings does not answer now (%(why)s).", why=why) from None


def _counted(body: bytes) -> int:
    """How many dwellings the answer names. Raises TemporaryFailure for one that says nothing that can be read."""
    try:
        said = json.loads(body) if len(body) <= MOST_BYTES else None
    except ValueError:
        said = None
    found = said.get("dwellings") if isinstance(said, dict) else None
    if type(found) is not int or not 0 <= found <= 1000:
        raise TemporaryFailure("The register of dwellings gave an answer that cannot be read.")
    return found
