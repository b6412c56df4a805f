"""By whose law words are said: today's; on a page of one case, and in its row of a list, that of the case."""

from collections.abc import Callable

from flask import g, has_app_context
from flask_babel import LazyString

from services import registry
from services.registry import OfAnEdition, Registry
from webapp.language.i18n import language


def law_here(of: OfAnEdition | None = None) -> Registry:
    """The law by which words are said: of the case, or the row of a case, that is told; else of the case whose page we
    are on; today's everywhere else."""
    if of is not None:
        return registry.of(of)
    own: Registry | None = g.get("law") if has_app_context() else None
    return own or registry.current()


def speak_of(case: OfAnEdition) -> None:
    """From now on this page is of that case: its words are those of the act that the case lives under."""
    g.law = registry.of(case)


def by_law(law: Registry, say: Callable[..., str], *what: object) -> str:
    """What it says by that law, whatever the page is of."""
    own = g.pop("law", None)
    try:
        g.law = law
        return say(*what)
    finally:
        g.pop("law")
        if own is not None:
            g.law = own


def by_todays(say: Callable[..., str], *what: object) -> str:
    """What it says by today's law: of whoever looks, also on the page of a former act's case."""
    return by_law(registry.current(), say, *what)


def not_in_act(of: OfAnEdition | None = None) -> str:
    """How an act's law says that a value is none of it."""
    return str(law_here(of).facts()["notice"][f"not_in_act_{language()}"])


#: the same for templates, said when it is shown: by then the page may speak of a case
NOT_IN_ACT = LazyString(not_in_act)
