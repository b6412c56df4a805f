"""Tells applicants who agreed to it: hands each message to a gateway over HTTP, whoever runs that."""

from pathlib import Path

from plugins.applicant_told.gateway import tell
from services.plugin import Plugin

plugin = Plugin(
    folder=Path(__file__).parent,
    summary="Tells applicants who agreed to it by SMS and e-mail, through a gateway over HTTP.",
    tells=tell,
)
