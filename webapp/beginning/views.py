"""The first day, step by step: each can be left and taken up again; what is still missing stands beside all of them."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, current_app, flash, g, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from services import beginning, deadlines, directory, documents, registry
from services.config import Config
from services.db import transaction
from services.errors import InvalidAnswers, KomekError
from services.kinds import NOT_A_NUMBER
from services.sheets import MOST_BYTES, BadLines, as_text
from webapp import asked
from webapp.account import go_in
from webapp.errors import PlainHttp, message_of, over_plain_http, sentences_of, status_of
from webapp.language.i18n import language

_ = lazy_gettext

bp = Blueprint("beginning", __name__, template_folder="templates", url_prefix="/begin")
#: what is done, in its order -> its title
STEPS = {
    "offices": _("Offices in use"),
    "staff": _("Staff"),
    "hours": _("Working hours"),
    "holidays": _("Holidays"),
    "numbers": _("Numbers that go on"),
}
Page = str | Response | tuple[str, int]


@bp.get("/")
def show() -> Page:
    """What is still missing; on an empty installation, the first administrator's own account."""
    if not beginning.has_begun():
        return _account({}, {})
    overview: Page = _overview()
    return overview


@bp.post("/account")
def make_account() -> Page:
    """The first administrator, by the secret that stands at the server; they are signed in."""
    form, new = asked.form, asked.secret("new_password")
    typed = {name: form.text(name) for name in ("new_login", "full_name", "phone")}
    if new != asked.secret("new_password_again"):
        return _account(typed, {"new_password_again": gettext("The two do not match.")}), 422
    try:
        staff_id = beginning.begin(
            form.text("secret"), typed["new_login"], typed["full_name"], new, phone=typed["phone"], config=_config()
        )
    except beginning.HasBegun:
        return redirect(url_for("account.sign_in"), 303)
    except KomekError as error:
        return _account(typed, _errors(error)), status_of(error)
    person = directory.person(staff_id)
    assert person is not None
    go_in(person)
    return redirect(url_for("beginning.step", name="offices"), 303)


@bp.get("/<name>")
@login_required
def step(name: str) -> Page:
    """One step. Raises NotAdministrator, NoSuchStep."""
    directory.check_administers(g.person)
    if name not in STEPS:
        raise beginning.NoSuchStep
    return _step(name)


@bp.post("/offices")
@login_required
def use_offices() -> Page:
    """Says which offices work with Komek."""
    chosen = asked.form.texts("office")
    try:
        beginning.use_offices(chosen, actor=g.person)
    except KomekError as error:
        return _step("offices", wrong=message_of(error), chosen=chosen), status_of(error)
    return _next("offices")


@bp.post("/staff")
@login_required
def look_at_staff() -> Page:
    """What each line of the list would do; nothing is added."""
    sent, text = asked.file("file"), asked.form.all.get("text", "")
    try:
        text = as_text(sent.stream.read(MOST_BYTES + 1)) if sent is not None else text
        return _step("staff", lines=beginning.look_at_staff(text, actor=g.person), text=text)
    except KomekError as error:
        return _step("staff", wrong=sentences_of(error), text=text), 422


@bp.post("/staff/add")
@login_required
def add_staff() -> Page:
    """Add everybody of the list that was looked at; their first passwords are shown this once."""
    text = asked.form.all.get("text", "")
    try:
        passwords = beginning.add_staff_of(text, actor=g.person, config=_config())
    except BadLines:
        return _step("staff", lines=beginning.look_at_staff(text, actor=g.person), text=text), 422
    except KomekError as error:
        return _step("staff", wrong=sentences_of(error), text=text), status_of(error)
    return render_template("beginning/passwords.html", passwords=passwords, steps=STEPS)


@bp.post("/numbers")
@login_required
def continue_numbers() -> Page:
    """The last number of each paper book, as far as one was written; all of them, or none."""
    typed = {name: said for name in asked.form.all if "." in name and (said := asked.form.text(name))}
    wrong = {name: gettext(NOT_A_NUMBER) for name, said in typed.items() if asked.number_in(said) is None}
    if not wrong:
        last = {(name.partition(".")[0], name.partition(".")[2]): int(said) for name, said in typed.items()}
        try:
            with transaction():
                beginning.continue_numbers(last, actor=g.person)
                beginning.confirm("numbers", actor=g.person)
        except KomekError as error:
            return _step("numbers", typed=typed, wrong=message_of(error)), status_of(error)
        return _next("numbers")
    return _step("numbers", typed=typed, errors=wrong), 422


@bp.post("/<name>/confirm")
@login_required
def confirm(name: str) -> Page:
    """A step was looked at and is right. Raises NotAdministrator, NoSuchStep."""
    beginning.confirm(name, actor=g.person)
    return _next(name)


def _next(name: str) -> Response:
    flash(gettext("Recorded."), "plain")
    names = list(STEPS)
    at = names.index(name) + 1
    return redirect(url_for("beginning.step", name=names[at]) if at < len(names) else url_for("beginning.show"), 303)


def _account(typed: dict[str, str], errors: dict[str, str]) -> str:
    if over_plain_http():
        errors = {"page": message_of(PlainHttp()), **errors}
    return render_template("beginning/account.html", typed=typed, errors=errors, shortest=directory.MIN_LENGTH)


@login_required
def _overview() -> str:
    directory.check_administers(g.person)
    missing = beginning.missing()
    return render_template(
        "beginning/overview.html", steps=STEPS, missing=missing, done=_done(missing), routes=_routes()
    )


def _step(name: str, **more: object) -> str:
    """The page of a step, also with what was wrong with what was sent. Raises NotAdministrator."""
    directory.check_administers(g.person)
    plugins = registry.current()
    rows = plugins.table("offices")
    told: dict[str, object] = {"wrong": "", "errors": {}, "lines": None, "text": "", "typed": {}, **more}
    in_use = beginning.offices_in_use()
    told.setdefault("chosen", in_use)
    if name == "numbers":
        told |= {"year": directory.today().year, "books": _books(in_use)}
    if name == "hours":
        now = deadlines.region_at(plugins)
        told["weeks"] = [
            (key, [deadlines.write_spans(day) for day in now.weeks[hours]], hours in now.default_hours)
            for key, hours in [(key, now.hours_of(key)) for key in in_use]
        ]
    if name == "holidays":
        days, today = deadlines.region_at(plugins).timetable.days, directory.today()
        told["days"] = [days[on] for on in sorted(days) if today <= on and on.year <= today.year + 1]
    missing = beginning.missing()
    kinds_of = [(kind, [row for row in rows if row["kind"] == kind]) for kind in plugins.kinds()]
    return render_template(
        f"beginning/{name}.html", here=name, steps=STEPS, done=_done(missing), kinds=kinds_of,
        columns=beginning.COLUMNS, missing=missing, routes=_routes(), role_rows=plugins.table("roles"),
        folded={row["key"] for row in rows if row["kind"] in plugins.kinds()}, **told,
    )  # fmt: skip


def _books(in_use: list[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Office -> each of its series, with the last number that was given this year."""
    given = documents.last_numbers(directory.today().year)
    rows = [registry.current().row("offices", key) for key in in_use]
    return [
        (row["key"], [(each, _given(row["number"], each, given)) for each in beginning.series_at(row["kind"])])
        for row in rows
        if row["kind"] != "control"
    ]


def _given(office_number: str, series: str, given: Mapping[tuple[str, str], int]) -> str:
    """The number that was given last this year, as it is printed; empty when none was."""
    last = given.get((office_number, series))
    return documents.write_number(office_number, series, directory.today().year, last) if last else ""


def _done(missing: Sequence[beginning.Missing]) -> set[str]:
    """Steps of which nothing is missing."""
    lacking = {each.what for each in missing}
    return set(STEPS) - lacking - ({"staff"} if "offices" in lacking else set())


def _routes() -> dict[str, str]:
    named = registry.current().facts()["routes"]
    return {key: row[f"name_{language()}"] for key, row in named.items()}


def _errors(error: KomekError) -> dict[str, str]:
    """Field -> what is wrong with it."""
    if isinstance(error, InvalidAnswers):
        named = {"login": "new_login"}
        return {named.get(name, name): str(gettext(text)) for name, text in error.errors.items()}
    if isinstance(error, directory.WeakPassword):
        return {"new_password": message_of(error)}
    if isinstance(error, beginning.WrongSecret):
        return {"secret": message_of(error)}
    return {"page": message_of(error)}


def _config() -> Config:
    config: Config = current_app.config["KOMEK"]
    return config
