"""Electronic signatures on PDFs (PAdES): a person's key from its file, signing, and proving what was signed."""

from services.signing.errors import KeyExpired, KeyNotForSigning, NotAKey, NotYourKey, SignatureBroken, WrongPassphrase
from services.signing.keys import MOST_BYTES, Signature, Signer, check_owner, open_key
from services.signing.pdf import sign_pdf, verify_pdf

__all__ = [
    "MOST_BYTES",
    "KeyExpired",
    "KeyNotForSigning",
    "NotAKey",
    "NotYourKey",
    "Signature",
    "SignatureBroken",
    "Signer",
    "WrongPassphrase",
    "check_owner",
    "open_key",
    "sign_pdf",
    "verify_pdf",
]
