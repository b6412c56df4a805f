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
_EXECUTOR = {"executor_name": "Дерекова Нұсқагүл Үлгіқызы", "executor_phone": "8-72773 9-14-25"}
_REASONS = {
    "ground": "Тұрғын үйге жұмсалатын шығыстар отбасының жиынтық табысындағы шекті жол берілетін үлестен аспайды",
    "ground_ru": "Расходы на жилище не превышают предельно допустимой доли в совокупном доходе семьи",
    "explanation": "Отбасының айлық жиынтық табысы 214 000 теңге, тұрғын үйге айлық шығысы 18 450 теңге.\n"
    "Шекті жол берілетін шығыс 21 400 теңге, шығыс одан аспайды.",
}
_SIGNED = {
    "outgoing_number": "03-X2013-00007",
    "dated_on": "2013-03-12T10:05:00+00:00",
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
    "office_phone": "8-7282 210491",
}
PSC_NUMBER = "P7-2013-00042"
_PSC = "«Алматы облысы бойынша ХҚКО» РМК филиалының Шелек бөлімшесі"
_BODY = "Еңбекшіқазақ ауданының жұмыспен қамту және әлеуметтік бағдарламалар бөлімі"
RECEIPT: Mapping[str, object] = {
    "number": PSC_NUMBER,
    "applicant_name": NAME,
    "accepted_on": "2013-10-03T08:25:00+00:00",
    "accepted_by": "Мысалова Үлгі Дерекқызы",
    "psc_name": _PSC,
    "psc_address": "Шелек ауылы, Бижанов көшесі, 100",
    "office_name": _PSC,
    "body_name": _BODY,
    "documents": [
        {"title": "Өтініш", "count": 1},
        {"title": "Жеке басты куәландыратын құжаттың көшірмесі", "count": 1},
        {"title": "Тұрғын үйге құқық белгілейтін құжаттың көшірмесі", "count": 1},
        {"title": "Мекенжай анықтамасы", "count": 1},
        {"title": "Отбасы мүшелерінің табысы туралы құжаттар", "count": 3},
        {"title": "Банктік шот туралы мәлімет", "count": 1},
        {"title": "Тұрғын үйді күтіп-ұстау шоты", "count": 1},
        {"title": "Коммуналдық қызметтерді тұтыну шоттары", "count": 4},
    ],
    "documents_count": 13,
    "return_place": _PSC,
    "return_by_on": "2013-10-16",
    "second_language": "ru",
}
LABEL: Mapping[str, object] = {
    "number": PSC_NUMBER,
    "applicant_name": NAME,
    "accepted_on": "2013-10-03T08:25:00+00:00",
    "office_name": _PSC,
    "body_name": _BODY,
}
REGISTRY: Mapping[str, object] = {
    "number": "P7-R2013-00003",
    "office_name": _PSC,
    "to_name": _BODY,
    "closed_on": "2013-10-03T09:30:00+00:00",
    "handed_over_on": "2013-10-03T09:40:00+00:00",
    "run": "16:00",
    "made_by": "Сынақова Дерек Үлгіқызы",
    "lines": [
        {"number": PSC_NUMBER, "kind": "folder", "applicant_surname": "Үлгіұлы М. С.", "originals": []},
        {
            "number": "06-X2013-00007",
            "kind": "result",
            "applicant_surname": "",
            "originals": ["Некелесу туралы куәлік"],
        },
    ],
}
DISCREPANCY_ACT: Mapping[str, object] = {
    "number": "P7-R2013-00003",
    "office_name": _BODY,
    "from_name": _PSC,
    "made_on": "2013-10-03T10:12:00+00:00",
    "made_by": "Мысалова Үлгі Дерекқызы",
    "listed": 5,
    "received": 4,
    "missing": [{"number": PSC_NUMBER}],
    "extra": [{"number": "P8-2013-00001", "from_name": "Ескелді аудандық ХҚКО"}],
}

LABEL_SHEET: Mapping[str, object] = {
    "office_name": _PSC,
    "labels": [{"number": f"P7-L2013-{at:05d}"} for at in range(1, 25)],
}
BADGE: Mapping[str, object] = {
    "person_name": NAME,
    "badge": "B-00012-S",
    "titles": ["курьер"],
    "office_name": _PSC,
}
REGISTER_BOOK: Mapping[str, object] = {
    "office_name": _BODY,
    "from_on": "2013-03-04",
    "until_on": "2013-03-08",
    "made_by": "Мысалова Үлгі Дерекқызы",
    "lines": [
        {"no": "06-2013-00042", "at": "04.03.2013 10:15", "applicant": NAME, "address": _APPLICANT["applicant_address"],
         "executor": _EXECUTOR["executor_name"], "outcome": "approved", "outgoing": "06-X2013-00007"},
        {"no": "06-2013-00043", "at": "05.03.2013 11:40", "applicant": "Сынақова Дерек", "address": "Үлгі көшесі, 2",
         "executor": "", "outcome": "", "outgoing": ""},
    ],
}  # fmt: skip

#: name of the picture -> the paper and what it says
_OF_A_CASE = {**_OFFICE, "number": NUMBER, "applicant_name": NAME, "applicant_address": _APPLICANT["applicant_address"]}
#: as many as the region asks of anybody, each title of two lines
_DOCUMENTS = {"documents": [{"title": "Жұмыс орнынан немесе жұмыссыз тіркелгені туралы анықтама", "count": 1}] * 12}
PAPERS_BACK = _OF_A_CASE | _DOCUMENTS | {
    "ending": "Өтініш берушінің өтінішті кері қайтарып алуы", "received_by": "Үлгібаев Мысал Сынақұлы",
    "given_on": "2026-03-02T10:00:00+05:00", "given_by": "Мысалбаева Сынақ Дерекқызы",
}  # fmt: skip
SENT_ON = _OF_A_CASE | _DOCUMENTS | {
    "outgoing_number": "19-X2026-00007", "dated_on": "2026-03-02T10:00:00+05:00", "body_name": "Алакөл бөлімі",
    "received_on": "2026-03-01T10:00:00+05:00", "body_address": "Үшарал қаласы", "second_language": "ru",
}  # fmt: skip
CORRECTION = _OF_A_CASE | {
    "former": [{"what": "Тегі", "was": "Үлгібаев", "now": "Үлгібаевский-Сынақмұхамедов"}],
    "corrected_on": "2026-03-02T10:00:00+05:00", "corrected_by": "Мысалбаева Сынақ Дерекқызы",
}  # fmt: skip
SAMPLES: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "talon": ("doc.talon", TALON),
    "notice": ("doc.notice_signed", NOTICE),
    "refusal": ("doc.refusal_signed", REFUSAL),
    "draft": ("doc.draft", DRAFT),
    "draft_refusal": ("doc.draft", DRAFT_REFUSAL),
    "calculation": ("doc.calculation", CALCULATION),
    "resolution": ("doc.resolution", RESOLUTION),
    "return_note": ("doc.return_note", RETURN_NOTE),
    "papers_back": ("doc.papers_back", PAPERS_BACK),
    "sent_on": ("doc.sent_on", SENT_ON),
    "correction": ("doc.correction", CORRECTION),
    "envelope": ("doc.envelope", ENVELOPE),
    "receipt": ("doc.receipt", RECEIPT),
    "label": ("doc.label", LABEL),
    "registry": ("doc.registry", REGISTRY),
    "discrepancy_act": ("doc.discrepancy_act", DISCREPANCY_ACT),
    "label_sheet": ("doc.label_sheet", LABEL_SHEET),
    "badge": ("doc.badge", BADGE),
    "register_book": ("doc.register_book", REGISTER_BOOK),
}
