"""The screens, and where they meet plugins and services: `create_app`, loaded when somebody asks for it.

Whoever wants one part alone, as the supervisor does, waits for no application and holds none.
"""

import gc
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from webapp.application import create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> Any:
    """All that is loaded stays: to look through it for rubbish again and again is a fifth of what loading takes."""
    if name != "create_app":
        raise AttributeError(f"module 'webapp' has no attribute '{name}'")
    collecting = gc.isenabled()
    gc.disable()
    try:
        from webapp.application import create_app

        return create_app
    finally:
        if collecting:
            gc.freeze()
            gc.enable()
