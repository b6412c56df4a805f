"""What Komek uses of Flask-Login, which says no types of its own."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask
from flask.typing import ResponseReturnValue

View = TypeVar("View", bound=Callable[..., Any])
Load = TypeVar("Load", bound=Callable[[str], Any])
Answer = TypeVar("Answer", bound=Callable[[], ResponseReturnValue])

class LoginManager:
    session_protection: str | None
    def __init__(self) -> None: ...
    def init_app(self, app: Flask, add_context_processor: bool = True) -> None: ...
    def user_loader(self, callback: Load) -> Load: ...
    def unauthorized_handler(self, callback: Answer) -> Answer: ...

#: of this request: what the loader answered, else nobody, whose `is_authenticated` is false
current_user: Any

def login_required(func: View) -> View: ...
def login_user(user: object) -> bool: ...
def logout_user() -> bool: ...
