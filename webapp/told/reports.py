"""Where the gateway reports what became of a message: nobody is signed in, what comes is signed.

Said alike of a message that nobody has and of one that was reported already: whoever copied a request learns nothing.
"""

from flask import Blueprint, Response, current_app, request

from services import cases, telling
from webapp import asked

MOST_BYTES = 16 * 1024
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")

reports = Blueprint("told_reports", __name__)


@reports.post("/told/reports")
def hear() -> Response:
    """One report. 204: it is kept, or no news; 400: it says nothing; 403: it is not signed, or old."""
    request.max_content_length = MOST_BYTES
    headers = {name: asked.header(name) for name in HEADERS}
    secret = current_app.config["KOMEK"].told_report_secret
    try:
        told = telling.read_report(headers, asked.content(), secret)
    except telling.WrongSignature:
        return Response(status=403)
    except telling.WrongReport:
        return Response(status=400)
    cases.hear_report(told)
    return Response(status=204)
