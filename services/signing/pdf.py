"""Signing a PDF, and proving the signature on one.

The library is loaded when something is signed or proven: it is a seventh of what loading all of Komek takes.
"""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeVar

from services.signing.errors import SignatureBroken
from services.signing.keys import Signer

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate
    from pyhanko_certvalidator import ValidationContext

# a broken certificate is an answer, not a fault of ours: what it says comes back as Proof.why
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)

FIELD = "Komek"
Result = TypeVar("Result")


@dataclass(frozen=True)
class Proof:
    """What a signature on a PDF proves."""

    whole: bool  #: every byte of the document is signed, and none was changed since
    by: str  #: common name of the certificate
    trusted: bool | None  #: the issuer is one of the region's; None when the region names none
    why: str = ""  #: what is wrong, in the words of the library


def sign_pdf(pdf: bytes, signer: Signer, *, reason: str, place: str, issuers: Sequence[bytes] = ()) -> bytes:
    """The PDF with a PAdES signature over all of it, proven before it is given back.

    `issuers` are the region's trusted roots (PEM); with none, the issuer is not asked about. Raises SignatureBroken.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

    details = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        reason=reason,
        location=place,
        name=signer.signature.name,
    )
    signed = BytesIO()
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    _run(PdfSigner(details, signer=signer.signer).async_sign_pdf(writer, output=signed))
    proof = verify_pdf(signed.getvalue(), issuers=issuers)
    if not proof.whole or proof.trusted is False:
        raise SignatureBroken(why=proof.why)
    return signed.getvalue()


def verify_pdf(pdf: bytes, *, issuers: Sequence[bytes] = ()) -> Proof:
    """What the last signature of that PDF proves. Never raises for what the file holds."""
    from pyhanko.keys import load_certs_from_pemder_data
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import SignatureCoverageLevel, async_validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints

    try:
        found = PdfFileReader(BytesIO(pdf)).embedded_signatures
        if not found:
            return Proof(False, "", None, "no signature")
        signature = found[-1]
        roots = [root for pem in issuers for root in load_certs_from_pemder_data(pem)]
        status = _run(
            async_validate_pdf_signature(
                signature,
                _context(roots, signature.signer_cert),
                key_usage_settings=KeyUsageConstraints(key_usage=None),
            )
        )
    except Exception as error:  # a hostile file: whatever it does, it proves nothing
        return Proof(False, "", None, str(error)[:200])
    whole = bool(status.intact and status.valid and status.coverage is SignatureCoverageLevel.ENTIRE_FILE)
    name = str(signature.signer_cert.subject.native.get("common_name", ""))
    trusted = bool(status.trusted) if roots else None
    return Proof(whole, name, trusted, "" if whole and trusted is not False else status.summary())


def _run(work: Coroutine[Any, Any, Result]) -> Result:
    """The library is asynchronous; whoever calls us may stand in an event loop already."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, work).result()


def _context(roots: Sequence["Certificate"], own: "Certificate") -> "ValidationContext":
    """Without a network: the issuers are the region's, revocation is not looked up."""
    from pyhanko_certvalidator import ValidationContext

    return ValidationContext(trust_roots=list(roots) or [own], allow_fetching=False, revocation_mode="soft-fail")
