"""Small pictures beside the numbers: bars that take their colours from the page. They say nothing the row does not."""

from collections.abc import Sequence

from markupsafe import Markup

from services import boards

_BAR = Markup('<svg class="bar" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">{}</svg>')
_PART = Markup('<rect class="{}" x="{:.2f}" y="{}" width="{:.2f}" height="{}"/>')
#: a bar of time reaches to one and a half of the term
REACH = 1.5


def of_terms(terms: Sequence[boards.Terms]) -> list[Markup]:
    """Kept and late, solid; what is not in the act, hollow: as shares, so that the largest office hides no other."""
    return [
        _bar(
            [
                ("kept", each.kept),
                ("late", each.late),
                ("kept hollow", each.kept_default),
                ("late hollow", each.late_default),
            ],
            _all(each),
        )
        for each in terms
    ]


def of_work(lines: Sequence[boards.Executor]) -> list[Markup]:
    """Late, due this week, and what has time yet."""
    most = max((each.open for each in lines), default=0)
    return [
        _bar([("late", each.late), ("kept", each.week), ("kept hollow", each.open - each.late - each.week)], most)
        for each in lines
    ]


def of_counts(counts: Sequence[int]) -> list[Markup]:
    """Each by the largest."""
    return [_bar([("whole", count)], max(counts)) for count in counts]


def of_times(times: Sequence[boards.Times | boards.Measured]) -> list[Markup]:
    """The median as a bar, up to nine of ten as a line, the term as a stroke across; nothing without a term."""
    return [_time(each.median_s, each.ninth_s, each.term_s) if each.term_s else Markup("") for each in times]


def _time(median_s: int, ninth_s: int, term_s: int) -> Markup:
    def at(seconds: float) -> float:
        return min(seconds / term_s, REACH) / REACH * 100

    late = "late" if median_s > term_s else "whole"
    tenth = "late" if ninth_s > term_s else "whole"
    parts = [
        _PART.format(late, 0, 2, at(median_s), 8),
        _PART.format(tenth, at(median_s), 5.5, max(at(ninth_s) - at(median_s), 0), 1.5),
        _PART.format("term", at(term_s), 0, 0.7, 12),
    ]
    return _BAR.format(Markup("").join(parts))


def _bar(parts: Sequence[tuple[str, int]], most: int) -> Markup:
    drawn, x = [], 0.0
    for name, value in parts:
        if value and most:
            width = value / most * 100
            hollow = "hollow" in name
            drawn.append(_PART.format(name, x + 0.2, 3 if hollow else 1, max(width - 0.4, 0.6), 6 if hollow else 10))
            x += width
    return _BAR.format(Markup("").join(drawn))


def _all(terms: boards.Terms) -> int:
    return terms.kept + terms.late + terms.kept_default + terms.late_default
