"""Signing (N421/11a/direct/5, N421/11a/psc/7): by ink, or with the head's own key.

The head agrees with the draft, the clean answer gets its number, and that is signed. Ink is confirmed by the code on
the paper, by the head or by the clerk, who records it; both names are kept.
"""

from pathlib import Path

from plugins.notice_signing.agree import agree
from plugins.notice_signing.seal import sealing
from plugins.notice_signing.sign import sign
from services.plugin import Plugin

plugin = Plugin(
    folder=Path(__file__).parent,
    summary="The head agrees with the draft or returns it; the numbered answer is signed by ink or with a key.",
    in_step={"seal": sealing},
    forms={"agree": agree, "sign": sign},
)
