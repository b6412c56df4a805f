"""docs/scaling.md says what was measured, and what it is reckoned to: nobody writes figures there by hand."""

from dataclasses import fields, replace

from bench.scaling import PAGE, SAID, Assumed, figures, kept, project, written


def test_the_page_is_what_the_kept_figures_come_to() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page, figures(kept(), Assumed()))
    assert len(SAID) == len(fields(Assumed))


def test_twenty_times_the_cases_are_twenty_times_the_bytes_and_the_work() -> None:
    one, all_ = (project(kept(), Assumed(), oblasts) for oblasts in (1, 20))
    for name in ("cases", "rows_gib", "files_gib", "iops", "page_cores", "database_cores"):
        assert abs(getattr(all_, name) / getattr(one, name) - 20) < 0.001, name
    assert one.web_nodes >= 2, "one may be away"


def test_a_peak_twice_as_high_wants_twice_the_processors_and_no_more_disk() -> None:
    told = Assumed()
    one, two = (project(kept(), replace(told, peak=told.peak * each), 1) for each in (1, 2))
    assert abs(two.page_cores / one.page_cores - 2) < 0.001 and two.rows_gib == one.rows_gib
