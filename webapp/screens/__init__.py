"""The screens of an office's hall, where administrators open them, and the button that calls somebody to a counter."""

from webapp.screens.views import bp, init_app, is_open_to_all

__all__ = ["bp", "init_app", "is_open_to_all"]
