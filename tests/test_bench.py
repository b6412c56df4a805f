"""What the bench measures with."""

import os
import re
import socket
import time

import pytest

from bench import processor, viewflow


def test_the_processors_time_of_a_served_application_is_that_of_its_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processor, "RESTS_WITHIN_S", 0.0)  # this very process works on
    monkeypatch.setitem(processor.SERVED, 1, os.getppid())

    def work() -> float:
        began = time.thread_time()
        while (spent := time.thread_time() - began) < 0.02:
            pass
        return spent * 1000

    taken_ms, spent_ms = processor.taken_ms(1, work)
    assert taken_ms >= spent_ms * 0.99, "and whatever else its parent has begun"
    assert processor.taken_ms(2, work)[0] == 0, "of what is not served here nothing is said"


def test_what_is_installed_for_a_comparison_is_named_with_its_hashes() -> None:
    listed = (viewflow.PROJECT / "requirements.txt").read_text()
    for named in re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", listed, flags=re.M)):
        assert re.match(r"[\w.\[\]-]+==\S+", named) and "--hash=sha256:" in named, named


def test_a_peer_that_let_an_idle_connection_go_is_seen_before_the_next_question() -> None:
    ours, theirs = socket.socketpair()
    with ours:
        assert not viewflow._is_shut(ours)
        theirs.close()
        assert viewflow._is_shut(ours)
