"""Signing (N421/11a/direct/5, N421/11a/psc/7): by ink, or with the head's own key.

Ink is confirmed by the head, or recorded by the clerk; both names are kept.
"""

from pathlib import Path

from plugins.notice_signing.seal import sealing
from plugins.notice_signing.sign import sign
from services.plugin import Plugin

plugin = Plugin(
    folder=Path(__file__).parent,
    summary="The head signs the answer, by ink or with a key of their own, or returns it for supplement with a reason.",
    in_step={"seal": sealing},
    forms={"sign": sign},
)
