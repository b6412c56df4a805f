"""An executor at the draft of one application: what was entered, and what the table proposes for it."""

from datetime import UTC, datetime
from functools import cache

from services import loading, registry
from services.config import PLUGINS, ROOT
from services.plugin import Applicant, CaseFacts, Decided, DecidedRule, DecidedTable, FormCall, OfficeFacts, PersonFacts

AT = datetime(2013, 3, 11, 9, 0, tzinfo=UTC)
OFFICE = OfficeFacts("BALKHASH", "Балқаш ауданының жұмыспен қамту бөлімі", "district", "Балқаш", phone="+77277391425",
                     phone_raw="8-72773 9-14-25")  # fmt: skip
APPLICANT = Applicant("Үлгіұлы", "Мысалбек", address="Бақанас ауылы, Мысал көшесі, 12", language="ru")
EXECUTOR = PersonFacts(5, "Дерекова Нұсқагүл", frozenset({"executor"}))
FIGURES = {
    "papers": "complete",
    "members": [{"name": "Үлгіұлы Мысалбек", "relation": "applicant", "income": 95500}],
    "expenses": [{"kind": "maintenance", "amount": 1800}, {"kind": "gas", "amount": 20095}],
}
APPROVED = {**FIGURES, "decision": "approve", "amount": 12345, "period_months": 3}
REFUSED = {**FIGURES, "decision": "refuse", "ground": "false_data", "explanation": "Анықтама сәйкес емес.",
           "explanation_ru": "Справка не соответствует."}  # fmt: skip
TABLE = DecidedTable(
    "Көмек алу құқығын анықтау",
    [
        DecidedRule(
            3, "Мөлшер.", [("Табыс", "", 95500), ("Құжаттар толық па?", "true", True), ("Шығыс", "> 1", 21895.5)]
        )
    ],
    [],
)
PROPOSAL = Decided({"entitled": True, "amount": 12345, "period_months": 3, "reason": "entitled"}, [TABLE])
AGAINST = Decided({"entitled": False, "amount": 0, "period_months": 0, "reason": "expenses_within_share"}, [TABLE])
SAID = "Көмек алу құқығын анықтау, 3-қағида: Құжаттар толық па? — иә; Шығыс — 21\u00a0895,5; Табыс — 95\u00a0500"


@cache
def rules() -> registry.Registry:
    return loading.load(PLUGINS, ROOT)


def call(applicant: Applicant = APPLICANT, first_language: str = "kk") -> FormCall:
    known = {"executor_name": "Дерекова", "executor_phone": ""}
    case = CaseFacts(7, "direct", OFFICE, OFFICE, OFFICE, AT, AT, "03-2013-00042", applicant, {}, known)
    return FormCall(
        case,
        EXECUTOR,
        "draft",
        AT,
        rules().table,
        lambda role: [],
        lambda decision, inputs: PROPOSAL,
        lambda code: code,
        first_language=first_language,
    )
