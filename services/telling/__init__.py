"""What applicants are told without asking, if they agreed at a counter: agreements, messages, their parts and costs."""

from services.telling.agreeing import Agreed, agreed_of, forget_cases, keep_agreement, withdraw
from services.telling.hours import opens
from services.telling.messages import (
    HAND_ON,
    OVERTAKEN,
    TELL,
    Later,
    MessageLine,
    facts_of,
    give_up,
    hand_on,
    keep_taken,
    leave,
    messages_of,
    put_off,
    tell,
    told_of,
    words_of,
)
from services.telling.months import months, waiting
from services.telling.parts import parts_of
from services.telling.reports import (
    DeliveryReport,
    WrongReport,
    WrongSignature,
    case_of,
    read_report,
    report,
    signature_of,
)
from services.telling.switch import BadGateway, gateway_of, is_on, use

__all__ = [
    "HAND_ON",
    "OVERTAKEN",
    "TELL",
    "Agreed",
    "BadGateway",
    "DeliveryReport",
    "Later",
    "MessageLine",
    "WrongReport",
    "WrongSignature",
    "agreed_of",
    "case_of",
    "facts_of",
    "forget_cases",
    "gateway_of",
    "give_up",
    "hand_on",
    "is_on",
    "keep_agreement",
    "keep_taken",
    "leave",
    "messages_of",
    "months",
    "opens",
    "parts_of",
    "put_off",
    "read_report",
    "report",
    "signature_of",
    "tell",
    "told_of",
    "use",
    "waiting",
    "withdraw",
    "words_of",
]
