"""Papers as the plugins make them, for a family that cannot exist."""

from collections.abc import Mapping

NUMBER = "03-2013-00042"
NAME = "Үлгіұлы Мысалбек Сынақұлы"

_OFFICE = {
    "office_name": "Балқаш ауданының жұмыспен қамту және әлеуметтік бағдарламалар бөлімі",
    "place": "Балқаш",
    "place_kind": "district",
}
_APPLICANT = {
    "number": NUMBER,
    "applicant_name": NAME,
    "applicant_address": "Балқаш ауданы, Бақанас ауылы, Мысал көшесі, 12, 4-пәтер",
    "second_language": "ru",
}
_EXECUTOR = {"executor_name": "Дерекова Нұсқагүл Үлгіқызы", "executor_phone": "+77277391425"}
_REASONS = {
    "ground": "Тұрғын үйге жұмсалатын шығыстар отбасының жиынтық табысындағы шекті жол берілетін үлестен аспайды",
    "ground_ru": "Расходы на жилище не превышают предельно допустимой доли в совокупном доходе семьи",
    "explanation": "Отбасының айлық жиынтық табысы 214 000 теңге, тұрғын үйге айлық шығысы 18 450 теңге.\n"
    "Шекті жол берілетін шығыс 21 400 теңге, шығыс одан аспайды.",
}
_SIGNED = {
    "outgoing_number": "03-X2013-00007",
    "signed_on": "2013-03-12T10:05:00+00:00",
    "head_name": "Сынақов Дерекбай Үлгіұлы",
    "recorded_by": "Мысалова Үлгі",
}

TALON = {
    **_OFFICE,
    "applicant_name": NAME,
    "accepted_on": "2013-03-04T04:15:00+00:00",
    "number": NUMBER,
    "accepted_by": "Мысалова Үлгі Дерекқызы",
    "documents": 11,
    "second_language": "ru",
}
NOTICE: Mapping[str, object] = {
    **_OFFICE, **_APPLICANT, **_EXECUTOR, **_SIGNED, "amount": 12345, "period_months": 3,
}  # fmt: skip
REFUSAL: Mapping[str, object] = {**_OFFICE, **_APPLICANT, **_EXECUTOR, **_SIGNED, **_REASONS}
DRAFT: Mapping[str, object] = {
    **_OFFICE, **_APPLICANT, **_EXECUTOR, "drafted_on": "2013-03-11T09:00:00+00:00",
    "decision": "approve", "amount": 12345, "period_months": 3,
}  # fmt: skip
DRAFT_REFUSAL: Mapping[str, object] = {
    **_OFFICE, **_APPLICANT, **_EXECUTOR, **_REASONS, "drafted_on": "2013-03-11T09:00:00+00:00", "decision": "refuse",
}  # fmt: skip
CALCULATION: Mapping[str, object] = {
    **_OFFICE,
    "number": NUMBER,
    "applicant_name": NAME,
    "executor_name": _EXECUTOR["executor_name"],
    "counted_on": "2013-03-11T09:00:00+00:00",
    "members": [
        {"name": NAME, "relation": "Өтініш беруші", "income": 64000},
        {"name": "Үлгіқызы Нұсқа", "relation": "Жұбайы", "income": 31500},
        {"name": "Мысалбекұлы Дерек", "relation": "Баласы", "income": 0},
    ],
    "expenses": [
        {"kind": "Тұрғын үйді күтіп-ұстау", "amount": 1800},
        {"kind": "Жылу", "amount": 14200},
        {"kind": "Электр энергиясы", "amount": 5895},
    ],
    "papers_complete": True,
    "papers_note": "",
    "income": 95500,
    "expense": 21895,
    "share_percent": 10,
    "proposed": "approve",
    "proposed_amount": 12345,
    "proposed_months": 3,
    "decision": "approve",
    "amount": 12300,
    "period_months": 3,
    "ground": "",
    "departure_reason": "Электр энергиясының шоты бір айға ғана ұсынылды.",
}
RESOLUTION: Mapping[str, object] = {
    **_OFFICE,
    "number": NUMBER,
    "applicant_name": NAME,
    "text": "Құжаттарды белгіленген тәртіппен қарап, жауап жобасын дайындау үшін.",
    "executor_name": _EXECUTOR["executor_name"],
    "head_name": _SIGNED["head_name"],
    "resolved_on": "2013-03-04T04:45:00+00:00",
}
RETURN_NOTE: Mapping[str, object] = {
    **_OFFICE,
    "number": NUMBER,
    "applicant_name": NAME,
    "reason": "Жалдау ақысының шоты тіркелмеген. Шығысты қайта есептеңіз.",
    "head_name": _SIGNED["head_name"],
    "executor_name": _EXECUTOR["executor_name"],
    "returned_on": "2013-03-12T05:00:00+00:00",
}
ENVELOPE: Mapping[str, object] = {
    "number": "03-X2013-00007",
    "applicant_name": NAME,
    "applicant_address": _APPLICANT["applicant_address"],
    "office_name": _OFFICE["office_name"],
    "office_address": "Балқаш ауданы, Бақанас ауылы, Қонаев көшесі, 66",
    "office_phone": "+77277391425",
}

#: name of the picture -> the paper and what it says
SAMPLES: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "talon": ("doc.talon", TALON),
    "notice": ("doc.notice_signed", NOTICE),
    "refusal": ("doc.refusal_signed", REFUSAL),
    "draft": ("doc.draft", DRAFT),
    "draft_refusal": ("doc.draft", DRAFT_REFUSAL),
    "calculation": ("doc.calculation", CALCULATION),
    "resolution": ("doc.resolution", RESOLUTION),
    "return_note": ("doc.return_note", RETURN_NOTE),
    "envelope": ("doc.envelope", ENVELOPE),
}
