"""Signing by ink: the head confirms, or the clerk records it, both names kept (N421/11a/direct/5, N421/11a/psc/7)."""

from pathlib import Path

from plugins.notice_signing.seal import seal
from plugins.notice_signing.sign import sign
from services.plugin import Plugin

plugin = Plugin(
    folder=Path(__file__).parent,
    summary="The head signs the answer on paper, or returns it for supplement with a reason.",
    in_step={"seal": seal},
    forms={"sign": sign},
)
