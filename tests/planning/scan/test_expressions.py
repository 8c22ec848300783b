"""What is not followed is unknown: it binds and changes names all the same, and the calls inside it are listed."""

from __future__ import annotations

import pytest
from tests.planning.scan.small_code import calls, claims, scanned

NO_CLAIM = {
    "a walrus binds a name anew": """
        def send():
            env = "development"
            if (env := load()):
                client.track("done", {"total": 1, "env": env})
        """,
    "a walrus in a comprehension binds a name anew": """
        def send(rows):
            env = "development"
            items = [env := row for row in rows]
            client.track("done", {"total": 1, "env": env})
        """,
    "a variable of a comprehension hides a name": """
        env = "development"
        def send(rows):
            [client.track("done", {"total": 1, "env": env}) for env in rows]
        """,
    "a comprehension fills a dictionary": """
        def send(rows):
            p = {}
            [p.update(row) for row in rows]
            client.track("done", p)
        """,
    "a comprehension at the top of a module fills a dictionary": """
        p = {}
        [p.update(row) for row in rows()]
        client.track("done", p)
        """,
    "a lambda fills a dictionary": """
        def send(walk):
            p = {}
            walk(lambda row: p.update(row))
            client.track("done", p)
        """,
    "a parameter of a lambda hides a name": """
        env = "development"
        def send(walk):
            walk(lambda env: client.track("done", {"total": 1, "env": env}))
        """,
    "a lambda runs when a name is bound anew": """
        def send(walk):
            env = "development"
            walk(lambda: client.track("done", {"total": 1, "env": env}))
            env = "production"
        """,
    "a lambda runs when a dictionary is filled": """
        def send(walk):
            p = {}
            walk(lambda: client.track("done", p))
            p["total"] = 1
        """,
    "text that is made by a method": """
        def send():
            client.track("done", {"total": 1, "env": "DEVELOPMENT".lower()})
        """,
    "text that is made by %": """
        def send():
            client.track("done", {"total": 1, "env": "%s" % "development"})
        """,
}


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for name, text in NO_CLAIM.items()])
def test_what_is_not_followed_makes_no_claim_and_loses_no_call(source: str) -> None:
    scan = scanned(source)

    assert set(calls(scan)) == {"done"}
    assert claims(scan) == []


@pytest.mark.parametrize(
    "source",
    [
        "run(lambda: client.track('begun'))",
        "run(lambda: [client.track('begun') for row in rows])",
        "[client.track('begun') for row in rows if row]",
        "[row for row in rows if client.track('begun')]",
        "{row: client.track('begun') for row in rows}",
        "sum(client.track('begun') for row in rows)",
        "if (sent := client.track('begun')):\n    pass",
        "run(lambda row=client.track('begun'): row)",
    ],
)
def test_a_call_inside_what_is_not_followed_is_named(source: str) -> None:
    assert calls(scanned(source)) == ["begun"]


def test_a_comprehension_leaves_the_name_of_its_variable_alone() -> None:
    scan = scanned("event = 'begun'\nrows = [event for event in rows()]\nclient.track(event)\n")

    assert calls(scan) == ["begun"]


def test_a_lambda_sees_the_names_of_the_way_that_it_stands_on() -> None:
    source = (
        "def send(x):\n    p = {}\n    try:\n        p = {'total': 'x'}\n        x(lambda: client.track('done', p))\n"
    )
    scan = scanned(source + "    except ValueError:\n        pass\n")

    assert claims(scan) == ["wrong_value done.total"]


def test_a_table_by_some_key_is_any_of_its_values() -> None:
    source = """
    EVENTS = {"a": "begun", "b": "named"}
    def send(kind):
        client.track(EVENTS[kind])
    """

    assert calls(scanned(source)) == ["begun", "named"]


def test_an_enums_member_may_be_named_by_its_text() -> None:
    source = """
    from enum import Enum
    class Events(Enum):
        DONE = "begun"
    client.track(Events["DONE"].value)
    """

    assert calls(scanned(source)) == ["begun"]
