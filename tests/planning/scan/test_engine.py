"""Functions that are followed for each caller: what depends on the caller, and where its faults are told."""

from __future__ import annotations

import pytest
from tests.planning.scan.shop_code import scanned as shop_scanned
from tests.planning.scan.small_code import HEAD, calls, claims, findings, scanned

EVENTS = """
from abc import ABC, abstractmethod
from typing import Optional, Union
class Base(ABC):
    @property
    @abstractmethod
    def name(self) -> str:
        pass
    @property
    def properties(self) -> dict:
        return {"total": 1}
class Done(Base):
    name = "done"
class Begun(Base):
    name = "begun"
    properties = {}
"""


@pytest.mark.parametrize("annotation", ["Base", "'Base'", "Optional[Base]", "Base | None", "Union[Done, Begun]"])
def test_an_annotation_does_not_hide_what_callers_give(annotation: str) -> None:
    send = f"def send(event: {annotation}):\n    client.track(event.name, event.properties)\n"

    assert calls(scanned(EVENTS + send + "def go():\n    send(Done())\n")) == ["done"]
    assert calls(scanned(EVENTS + send + "def go():\n    send(Done())\n    send(Begun())\n")) == ["begun", "done"]


def test_without_a_caller_an_annotation_means_any_subclass() -> None:
    result = scanned(EVENTS + "def send(event: Base):\n    client.track(event.name, event.properties)\n")

    assert calls(result) == ["begun", "done"]
    assert findings(result) == []


def test_an_annotation_helps_where_a_caller_gives_something_unknown() -> None:
    result = scanned(
        EVENTS + "def send(event: Done):\n    client.track(event.name, event.properties)\n"
        "def go(queue):\n    send(queue.get())\n"
    )

    assert calls(result) == ["done"]


def test_an_annotated_enum_is_judged_by_the_member_that_a_caller_gives() -> None:
    result = scanned(
        """
        from enum import Enum
        class Kind(Enum):
            A = "a"
            C = "c"
        def send(kind: Kind):
            client.track("named", {"kind": kind.value})
        def go():
            send(Kind.A)
            send(Kind.C)
        """
    )

    assert claims(result) == ["wrong_value named.kind"]
    assert [problem.line for problem in result.problems if problem.code == "wrong_value"] == [12]


COPIES = {
    "a copy of what is left over": """
        def props(**kwargs):
            p = kwargs.copy()
            p["total"] = 1
            return p
        def send():
            client.track("done", props())
        """,
    "dict() of what is left over": """
        def props(**kwargs):
            p = dict(kwargs)
            p["total"] = 1
            return p
        def send():
            client.track("done", props(env="production"))
        """,
    "a deep copy": """
        import copy
        def props(extra):
            p = copy.deepcopy(extra)
            p.update(total=1)
            return p
        def send():
            client.track("done", props(make()))
        """,
    "a copy of one of two": """
        def props(extra=None):
            p = (extra or {}).copy()
            p["total"] = 1
            return p
        def send():
            client.track("done", props(make()))
        """,
    "a copy that goes through two functions": """
        def props(extra):
            return extra
        def more(extra):
            return props(extra.copy())
        def send(row):
            client.track("done", more(row.extra()))
        """,
    "one of many arguments": """
        def props(*rows):
            return rows[0]
        def send():
            client.track("done", props(make()))
        """,
}


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in COPIES.items()])
def test_properties_that_come_through_a_copy_lose_no_call(source: str) -> None:
    result = scanned(source)

    assert calls(result) == ["done"]
    assert claims(result) == []


def test_a_wrapper_that_calls_itself_loses_no_call() -> None:
    result = scanned(
        "def emit(event, again):\n    client.track(event)\n    if again:\n        emit(event, False)\n"
        "def twice(n, event):\n    if n:\n        return twice(n - 1, event)\n    client.track(event)\n"
    )

    assert calls(result) == ["?", "?"]


def test_a_call_where_the_scan_does_not_come_is_listed() -> None:
    result = scanned("def send():\n    raise NotImplementedError\n    client.track('begun')\n")

    assert calls(result) == ["?"]
    assert findings(result) == ["unresolved_call begun"]


WRAPPERS = """
def emit(event, **properties):
    client.track(event, {"source": "api", **properties})
"""


def test_what_a_wrapper_adds_is_told_once_at_the_wrapper() -> None:
    result = scanned(WRAPPERS + "def go():\n" + "    emit('done', total=1)\n" * 8)

    assert calls(result) == ["done"] * 8
    assert [(p.code, p.line) for p in result.problems if p.where == "done.source"] == [("unknown_property", 5)]


def test_what_a_wrapper_names_is_told_once_however_many_call_it() -> None:
    result = scanned(
        "def emit(event, properties):\n    client.track(event, properties)\n"
        "def doen(properties):\n    emit('doen', properties)\n"
        "def go(row):\n" + "    doen({'total': row})\n" * 8
    )

    assert [(p.code, p.line) for p in result.problems if p.code == "unplanned_event"] == [("unplanned_event", 6)]


def test_what_each_caller_gives_is_told_at_each() -> None:
    result = scanned(
        WRAPPERS.replace('"source": "api", ', "") + "def go():\n    emit('done', env='x')\n    emit('doen')\n"
    )

    assert [(p.where, p.line) for p in result.problems if p.level == "error"] == [
        ("done.total", 7), ("done.env", 7), ("doen", 8),
    ]  # fmt: skip


def test_a_chain_that_is_too_long_is_told_once() -> None:
    chain = "def f0(event):\n    client.track(event)\n"
    chain += "".join(f"def f{n}(event):\n    f{n - 1}(event)\n" for n in range(1, 9))
    result = scanned(chain + "def go():\n" + "    f8('begun')\n" * 5)

    assert "?" in calls(result)
    assert len([finding for finding in findings(result) if finding.startswith("unresolved_call")]) == 1


def test_a_choice_by_a_table_is_settled_by_what_the_caller_gives() -> None:
    result = scanned(
        "NAMES = {'a': 'done', 'b': 'begun'}\n"
        "def emit(kind, properties):\n    client.track(NAMES[kind], properties)\n"
        "def go():\n    emit('b', {})\n"
    )

    assert calls(result) == ["begun"]
    assert findings(result) == []


def test_a_decorator_that_may_send_one_of_several_is_judged_by_the_one_that_fits() -> None:
    decorator = """
def sends(first, *others):
    def decorate(function):
        def inner(*args, **kwargs):
            for_event = first if function(*args) else second
            client.track(for_event, {"total": %s})
        return inner
    second = "named"
    return decorate
@sends("done")
def view():
    pass
"""
    right, wrong = scanned(decorator % "1"), scanned(decorator % "'x'")

    assert claims(right) == []
    assert claims(wrong) == ["wrong_value done.total"]
    assert {problem.level for problem in wrong.problems} == {"warning"}


def test_files_each_with_a_client_do_not_mix() -> None:
    files = {
        "a.py": HEAD + "def emit(event):\n    client.track(event)\n",
        "b.py": "from a import emit\nemit('begun')\n",
        "c.py": "def emit(event):\n    print(event)\nemit('nothing')\n",
    }

    assert calls(scanned(files)) == ["begun"]


def test_a_wrapper_is_judged_where_it_is_called() -> None:
    result = shop_scanned(
        {
            "services/tracking.py": HEAD
            + "def emit(name, props=None, **more):\n    if props is None:\n        props = {}\n"
            + "    client.track(name, {**props, **more})\n"
            + "def twice(name):\n    emit(name, method='google')\n",
            "services/views.py": "from services.tracking import emit as send, twice\n"
            "send('signed_up', method='fax')\nsend('order_completd')\n\ntwice('signed_up')\ntwice(name())\n",
        }
    )

    assert [(p.file, p.line, p.code) for p in result.problems if p.code != "never_sent"] == [
        ("services/views.py", 2, "wrong_value"),
        ("services/views.py", 3, "unplanned_event"),
        ("services/views.py", 6, "unresolved_call"),
    ]
    assert result.events["signed_up"].places == ("services/views.py:2", "services/views.py:5")
