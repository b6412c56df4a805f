"""A plugin that raises, hangs or gives nonsense is told of in words, and gives its thread back."""

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from services import guarded
from services.config import ROOT
from services.documents.required import check_content
from services.errors import InvalidAnswers, NotFound
from services.guarded import PluginFailed, PluginHangs, PluginNonsense, call_plugin, guarded_form, run_in_step
from services.plugin import Call, Checked, Field, Form, FormCall, Operation, Paper, Plugin
from services.registry import Registry

GOOD = Form("A form", "Send", lambda call: [Field("x", "text", "X")], lambda call, answers: Checked("done"))


def form_call(**more: Any) -> FormCall:
    told: dict[str, Any] = dict.fromkeys(("case", "person", "step", "now", "table", "staff", "decide", "read_code"))
    return FormCall(**{**told, **more})


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for thirty seconds here."""
    monkeypatch.setattr(guarded, "LIMIT_S", 0.2)


def plugin_threads() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name == "plugin"]


@pytest.fixture(autouse=True)
def given_back() -> Iterator[None]:
    """Every thread that a plugin had ends, a loop without an end, too."""
    yield
    until = time.monotonic() + 60
    while plugin_threads() and time.monotonic() < until:
        time.sleep(0.02)
    assert plugin_threads() == []


def test_what_a_form_raises_is_told_with_the_plugin_and_the_kind_of_error() -> None:
    def check(call: FormCall, answers: object) -> Checked:
        raise ZeroDivisionError("of somebody's income")

    with pytest.raises(PluginFailed) as fault:
        guarded_form("visits.visit", replace(GOOD, check=check)).check(form_call(), {})
    assert fault.value.details == {"plugin": "visits", "kind": "ZeroDivisionError"}
    assert "income" not in str(fault.value)


@pytest.mark.parametrize("error", [InvalidAnswers({"x": "No."}), NotFound("There is no such dwelling.")])
def test_what_the_contract_lets_it_raise_goes_its_way(error: Exception) -> None:
    def check(call: FormCall, answers: object) -> Checked:
        raise error

    with pytest.raises(type(error)) as raised:
        guarded_form("visits.visit", replace(GOOD, check=check)).check(form_call(), {})
    assert raised.value is error


def test_a_plugin_that_ends_the_process_ends_its_own_step() -> None:
    def check(call: FormCall, answers: object) -> Checked:
        raise SystemExit(1)

    with pytest.raises(PluginFailed):
        guarded_form("visits.visit", replace(GOOD, check=check)).check(form_call(), {})


@pytest.mark.usefixtures("soon")
def test_a_loop_without_an_end_is_given_up_and_ends() -> None:
    def fields(call: FormCall) -> list[Field]:
        while True:
            pass

    with pytest.raises(PluginHangs):
        guarded_form("visits.visit", replace(GOOD, fields=fields)).fields(form_call())


@pytest.mark.usefixtures("soon")
def test_a_plugin_that_was_given_up_touches_nothing_any_more() -> None:
    touched: list[str] = []
    house = SimpleNamespace(now=None, **dict.fromkeys(guarded._VERBS, touched.append))

    def late(call: Call, there: Any) -> dict[str, object]:
        time.sleep(0.6)
        there.output("doc.late")
        return {}

    with pytest.raises(PluginHangs):
        run_in_step(Operation(late, "Late"), Call("visits.late", {}, None, "k"), house)  # type: ignore[arg-type]
    time.sleep(0.8)
    assert touched == []


def test_what_it_asks_of_komek_is_done_in_the_thread_that_waits() -> None:
    where: list[int] = []

    def table(name: str) -> list[dict[str, str]]:
        where.append(threading.get_ident())
        return [{"key": name}]

    def fields(call: FormCall) -> list[Field]:
        where.append(threading.get_ident())
        return [Field(call.table("grounds")[0]["key"], "text", "X", hide=lambda answers: bool(call.table("later")))]

    (field,) = guarded_form("visits.visit", replace(GOOD, fields=fields)).fields(form_call(table=table))
    assert field.name == "grounds" and field.hide is not None and field.hide({})
    here = threading.get_ident()
    assert [each == here for each in where] == [False, True, True]


def test_everything_a_form_may_look_up_is_looked_up_by_the_thread_that_waits_and_a_table_once() -> None:
    where: list[str] = []

    def look(*args: Any) -> list[Any]:
        where.append(threading.current_thread().name)
        return []

    looks = [each.name for each in dataclass_fields(FormCall) if "Callable" in str(each.type)]

    def fields(call: FormCall) -> list[Field]:
        for each in looks:
            getattr(call, each)("x", {}) if each == "decide" else getattr(call, each)("x")
            call.table("x")
        return []

    guarded_form("visits.visit", replace(GOOD, fields=fields)).fields(form_call(**dict.fromkeys(looks, look)))
    assert "files" in looks and where == [threading.current_thread().name] * len(looks)


def test_one_plugin_after_another_has_one_thread_and_one_within_another_its_own() -> None:
    def inner(call: FormCall) -> list[Field]:
        return [Field(str(threading.get_ident()), "text", "X")]

    def outer(call: FormCall) -> list[Field]:
        (found,) = call.staff("head")
        return [Field(f"{threading.get_ident()} {found.name}", "text", "X")]

    first, second = (guarded_form(name, replace(GOOD, fields=inner)) for name in ("a.x", "b.x"))
    assert first.fields(form_call())[0].name == second.fields(form_call())[0].name
    around = guarded_form("c.x", replace(GOOD, fields=outer))
    (both,) = around.fields(form_call(staff=lambda role: first.fields(form_call())))
    assert len(set(both.name.split())) == 2


def test_a_process_that_was_forked_calls_plugins_with_a_thread_of_its_own() -> None:
    assert call_plugin("a.x", lambda: 1) == 1
    child = os.fork()
    if not child:
        os._exit(0 if call_plugin("a.x", lambda: 2) == 2 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_an_error_of_komeks_own_is_not_laid_at_the_plugins_door() -> None:
    def table(name: str) -> list[dict[str, str]]:
        raise ConnectionError("the database is away")

    def fields(call: FormCall) -> list[Field]:
        return [Field(row["key"], "text", "X") for row in call.table("grounds")]

    with pytest.raises(ConnectionError):
        guarded_form("visits.visit", replace(GOOD, fields=fields)).fields(form_call(table=table))


@pytest.mark.parametrize(
    ("form", "asked"),
    [
        (replace(GOOD, fields=lambda call: ["x"]), "fields"),
        (replace(GOOD, initial=lambda call: None), "initial"),
        (replace(GOOD, check=lambda call, answers: None), "check"),
        (replace(GOOD, check=lambda call, answers: Checked("")), "check"),
        (replace(GOOD, check=lambda call, answers: Checked("done", variables={"x": object()})), "check"),
        (replace(GOOD, check=lambda call, answers: Checked("done", papers={"doc.x": {"y": {1, object()}}})), "check"),
        (replace(GOOD, preview=lambda call, answers: 7), "preview"),
    ],
)  # fmt: skip
def test_what_no_contract_knows_is_told_as_such(form: Form, asked: str) -> None:
    given = guarded_form("visits.visit", form)
    with pytest.raises(PluginNonsense):
        getattr(given, asked)(form_call(), *([{}] if asked in ("check", "preview") else []))


@pytest.mark.parametrize("which", ["hide", "fault", "now", "reckon", "seen", "fill"])
def test_every_function_of_a_field_and_of_its_columns_is_called_at_arms_length(which: str) -> None:
    def broken(told: object) -> Any:
        raise ZeroDivisionError

    wrong: dict[str, Any] = {which: broken}
    fields = [Field("x", "text", "X", **wrong), Field("y", "rows", "Y", columns=(Field("z", "text", "Z", **wrong),))]
    alone, rows = guarded_form("visits.visit", replace(GOOD, fields=lambda call: fields)).fields(form_call())
    for field in (alone, rows.columns[0]):
        with pytest.raises(PluginFailed):
            getattr(field, which)({})


@pytest.mark.parametrize(("which", "given"), [("now", "x"), ("now", None), ("reckon", object())])
def test_a_field_that_becomes_or_comes_to_what_no_contract_knows_is_told_as_such(which: str, given: object) -> None:
    wrong: dict[str, Any] = {which: lambda told: given}
    form = replace(GOOD, fields=lambda call: [Field("x", "reckoned", "X", **wrong)])
    (field,) = guarded_form("visits.visit", form).fields(form_call())
    with pytest.raises(PluginNonsense):
        getattr(field, which)({})


@pytest.mark.parametrize("outputs", [None, 7, ["x"], {1: "x"}, {"x": object()}])
def test_an_operation_that_gives_no_outputs_is_told_as_such(outputs: Any) -> None:
    house = SimpleNamespace(now=None, **dict.fromkeys(guarded._VERBS, print))
    operation = Operation(lambda call, there: outputs, "Nonsense")
    with pytest.raises(PluginNonsense):
        run_in_step(operation, Call("visits.record", {}, None, "k"), house)  # type: ignore[arg-type]


def test_outside_what_it_did_not_foresee_stays_what_it_is_for_the_worker_who_tries_again() -> None:
    def order() -> None:
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        call_plugin("courier.order", order, raw=True)


@pytest.mark.parametrize(
    ("also", "fault"), [(lambda content: content["no such"], PluginFailed), (lambda content: 7, PluginNonsense)]
)
def test_what_a_plugin_says_a_paper_must_say_is_asked_at_arms_length(also: Any, fault: type[Exception]) -> None:
    papers = {"doc.visit": Paper("Record of the visit", also=also)}
    rules = Registry([Plugin(ROOT / "visits", "Visits.", papers=papers, region="R")], ROOT)
    with pytest.raises(fault) as raised:
        check_content("doc.visit", {"number": "1"}, rules)
    assert raised.value.details["plugin"] == "visits"  # type: ignore[attr-defined]
