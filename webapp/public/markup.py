"""What search engines are told, in the words of schema.org (JSON-LD); and a week as people read it."""

from collections.abc import Sequence
from datetime import time

from flask import url_for

from services import registry
from services.public import PublicOffice, place_name
from webapp.language.calendar_words import weekday_names
from webapp.language.i18n import language
from webapp.public.kept import PageFacts

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SCHEMA = "https://schema.org"


def service(facts: PageFacts, root: str) -> dict[str, object]:
    """GovernmentService: what it is, that it costs nothing, who answers for it, where one asks."""
    plugins = registry.current()
    told, named = plugins.facts(), plugins.facts()["service"]
    name = str(named.get(f"name_{language()}") or named["name_kk"])
    control = plugins.by_key("offices").get(str(told.get("control_office")), {})
    address = root + url_for("public.service")
    return {
        "@context": _SCHEMA,
        "@type": "GovernmentService",
        "@id": address,
        "url": address,
        "name": name,
        "serviceType": name,
        "provider": {"@type": "GovernmentOrganization", "name": control.get(f"name_{language()}", "")},
        "areaServed": {"@type": "AdministrativeArea", "name": told["name_kk"]},
        "offers": {"@type": "Offer", "price": "0", "priceCurrency": "KZT"},
        "availableChannel": {
            "@type": "ServiceChannel",
            "serviceUrl": root + url_for("public.offices"),
            "servicePhone": {"@type": "ContactPoint", "telephone": str(told.get("call_centre", ""))},
            "availableLanguage": ["kk", "ru"],
        },
    }


def office(office: PublicOffice, root: str) -> dict[str, object]:
    """GovernmentOffice: where it is, when it works, how one writes and calls."""
    address = root + url_for("public.office", key=office.key)
    told: dict[str, object] = {
        "@context": _SCHEMA,
        "@type": "GovernmentOffice",
        "@id": address,
        "url": address,
        "name": office.name(language()),
        "address": {
            "@type": "PostalAddress",
            "streetAddress": office.address,
            "addressLocality": place_name(office.place, language()) if office.place else "",
            "addressCountry": "KZ",
        },
        "telephone": [number for number, _ in office.phones],
        "openingHoursSpecification": [
            {
                "@type": "OpeningHoursSpecification",
                "dayOfWeek": [f"{_SCHEMA}/{_DAYS[day]}" for day in days],
                "opens": f"{begins:%H:%M}",
                "closes": f"{ends:%H:%M}",
            }
            for days, spans in _alike(office)
            for begins, ends in spans
        ],
    }
    return told | ({"email": office.email} if office.email else {})


def week_said(office: PublicOffice) -> list[tuple[str, list[str]]]:
    """Days alike together: «дс–жм», ["09:00–13:00", "14:00–18:00"]; a day off has no hours."""
    names = weekday_names(long=True)
    said = []
    for days, spans in _alike(office, also_off=True):
        run = days == list(range(days[0], days[-1] + 1)) and len(days) > 1
        name = f"{names[days[0]]} – {names[days[-1]]}" if run else ", ".join(names[day] for day in days)
        said.append((name, [f"{begins:%H:%M}–{ends:%H:%M}" for begins, ends in spans]))
    return said


def _alike(office: PublicOffice, *, also_off: bool = False) -> list[tuple[list[int], Sequence[tuple[time, time]]]]:
    """Weekdays from 0 that have the same hours, neighbours or not."""
    found: dict[tuple[tuple[time, time], ...], list[int]] = {}
    for day, spans in enumerate(office.calendar.week):
        if spans or also_off:
            found.setdefault(spans, []).append(day)
    return [(days, spans) for spans, days in found.items()]
