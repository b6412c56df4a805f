"""Whether the applicant wants to be told without asking, how, and in which language: asked at both counters.

Nothing is ticked beforehand, and nothing asked where applicants are not told. The act knows none of it (a default).
"""

from services.plugin import Agreement, Answers, Choice, Field, FormCall, telling

ONLY_THEN = ("told", ("yes",))
LANGUAGES = {"kk": Choice("kk", "Kazakh"), "ru": Choice("ru", "Russian"), "en": Choice("en", "English")}
HOW = "Please write a mobile number, an e-mail address, or both."
CHOOSE = "Please choose one of the answers."
#: of what is left out of a number or an address
VEIL = "•••••"
NAMES = ("told", "told_phone", "told_phone_raw", "told_email", "told_language")


def questions(call: FormCall) -> list[Field]:
    """All but the first only when they agree."""
    if not call.tells:
        return []
    languages = sorted(LANGUAGES.values(), key=lambda each: each.key != call.first_language)
    return [
        Field("told", "yes", "The applicant agrees to be told by SMS or e-mail what becomes of the application",
              help="Of their own will; withdrawn at any counter. A message says no name, number or decision."),
        Field("told_phone", "phone", "Mobile number for SMS", maximum=40, width="third", when=ONLY_THEN, contact=True,
              help="As 8 701 123 45 67."),
        Field("told_email", "text", "E-mail address", maximum=telling.LONGEST_EMAIL, width="third", when=ONLY_THEN,
              contact=True, fault=telling.email_fault, help="As name@example.kz."),
        Field("told_language", "choice", "Language of the messages", choices=tuple(languages), width="third",
              when=ONLY_THEN),
    ]  # fmt: skip


def faults(answers: Answers) -> dict[str, str]:
    """What is missing, or no number to which a message comes; nothing where nobody agreed."""
    if not answers.get("told"):
        return {}
    wrong = {}
    phone = str(answers.get("told_phone") or "")
    if not phone and not answers.get("told_email"):
        wrong["told_phone"] = HOW
    elif phone and (fault := telling.mobile_fault(phone)):
        wrong["told_phone"] = fault
    if not answers.get("told_language"):
        wrong["told_language"] = CHOOSE
    return wrong


def agreement(answers: Answers) -> Agreement | None:
    """How they agreed to be told; None when they did not."""
    if not answers.get("told"):
        return None
    said = {name: str(answers.get(f"told_{name}") or "") for name in ("phone", "email", "language")}
    return Agreement(**said)


def kept(answers: Answers) -> Answers:
    """The answers as they are kept: that nobody agreed is nothing to be read afterwards.

    Number and address stand whole with the agreement alone, so that withdrawing it forgets them.
    """
    others = {name: said for name, said in answers.items() if name not in NAMES}
    how = agreement(answers)
    if how is None:
        return others
    veiled = {"told_phone": veiled_phone(how.phone), "told_email": veiled_email(how.email)}
    ways = {name: said for name, said in veiled.items() if said}
    return {**others, "told": True, "told_language": how.language, **ways}


def veiled_phone(phone: str) -> str:
    """A number in E.164 as whoever gave it knows it again; empty when there is none."""
    return f"{phone[:-7]}{VEIL}{phone[-2:]}" if phone else ""


def veiled_email(address: str) -> str:
    """An e-mail address as whoever gave it knows it again; empty when there is none."""
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}{VEIL}{at}{domain}" if at else ""


def on_paper(answers: Answers) -> dict[str, object]:
    """What the talon and the receipt say of it, of answers as they are kept; nothing when they did not agree."""
    if not answers.get("told"):
        return {}
    ways = [str(answers[name]) for name in ("told_phone", "told_email") if answers.get(name)]
    return {"told_ways": ", ".join(ways), "told_language": str(answers["told_language"])}
