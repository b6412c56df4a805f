"""Which kinds of files are held, and how people ask for them."""

JPEG, PDF = "image/jpeg", "application/pdf"
#: media type -> how a name ends
ENDINGS = {JPEG: ".jpg", PDF: ".pdf"}
#: what may be asked for, as file inputs say it -> what it is kept as: pictures are drawn anew
ASKED = {
    ".pdf": PDF, "application/pdf": PDF, ".jpg": JPEG, ".jpeg": JPEG, ".png": JPEG, ".webp": JPEG, "image/*": JPEG,
    "image/jpeg": JPEG, "image/png": JPEG, "image/webp": JPEG,
}  # fmt: skip
#: media type -> what a file input is told
OFFERED = {JPEG: ".jpg,.jpeg,.png,.webp", PDF: ".pdf"}
MOST_OF_A_FIELD = 20  #: files of one question


def accepted(accept: str) -> frozenset[str]:
    """Media types that are kept of what a file input accepts (".pdf, image/*"); all of them where it says nothing."""
    wanted = [each.strip().lower() for each in accept.split(",") if each.strip()]
    return frozenset(ASKED[each] for each in wanted if each in ASKED) if wanted else frozenset(ENDINGS)


def offered(accept: str) -> str:
    """What a file input of ours accepts for it."""
    return ",".join(OFFERED[each] for each in sorted(accepted(accept)))
