"""Trials of a region that only the soak stands."""

from collections.abc import Callable
from types import FunctionType

import pytest

from komek.testing import Conformance


def left_to_the_soak(*trials: str) -> Callable[[type[Conformance]], type[Conformance]]:
    """Of a region: these trials are long, and others stand them in every run."""

    def marked(region: type[Conformance]) -> type[Conformance]:
        for name, test in vars(Conformance).items():
            if getattr(test, "komek_trial", "") in trials:
                own = FunctionType(test.__code__, test.__globals__, name, test.__defaults__, test.__closure__)
                own.__dict__.update(test.__dict__)
                setattr(region, name, pytest.mark.soak(own))
        return region

    return marked
