"""Following one body: ways that meet, ways that end, loops, and tests of what a caller gives."""

from __future__ import annotations

import pytest
from tests.planning.scan.small_code import calls, claims, scanned


@pytest.mark.parametrize(
    ("body", "events"),
    [
        ("event = 'begun'", ["begun"]),
        ("event = 'done'\nif x:\n    event = 'begun'", ["begun", "done"]),
        ("event = 'done'\nif x:\n    return", ["done"]),
        ("event = 'done'\nif x:\n    event = 'begun'\n    raise ValueError", ["done"]),
        ("if x:\n    event = 'begun'\nelif y:\n    event = 'named'\nelse:\n    return", ["begun", "named"]),
        ("try:\n    event = 'begun'\nexcept ValueError:\n    event = 'named'", ["begun", "named"]),
        ("try:\n    event = 'begun'\nfinally:\n    event = 'named'", ["named"]),
        ("with x as y:\n    event = 'begun'", ["begun"]),
        ("event = 'done'\nwhile x:\n    event = 'begun'", ["?", "begun", "done"]),
        ("event = 'done'\nfor y in x:\n    event = y", ["?", "?", "done"]),
        ("event, other = 'begun', 1", ["begun"]),
        ("event, *other = x", ["?"]),
        ("event = 'be'\nevent += 'gun'", ["begun"]),
        ("event = 'begun'\ndel event", ["?"]),
    ],
)
def test_an_event_is_what_any_way_leaves_behind(body: str, events: list[str]) -> None:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    scan = scanned(f"def send(x, y):\n{lines}    client.track(event)\n")

    assert calls(scan) == events


@pytest.mark.parametrize("test", ["p is None", "not p", "not (p is not None)"])
def test_a_default_that_is_replaced_is_not_claimed(test: str) -> None:
    scan = scanned(
        f"def send(p=None):\n    if {test}:\n        p = {{'total': 1}}\n    client.track('done', p)\n"
        "def go():\n    send()\n"
    )

    assert claims(scan) == []


def test_a_test_of_what_the_caller_gives_is_decided() -> None:
    scan = scanned(
        "def send(again):\n    if again:\n        client.track('begun')\n    else:\n        client.track('doen')\n"
        "def go():\n    send(True)\n"
    )

    assert claims(scan) == ["unplanned_event doen"]


def test_a_dictionary_that_two_names_stand_for_changes_for_both() -> None:
    scan = scanned("p = {'total': 1}\nq = p\nq['env'] = 'x'\nclient.track('done', p)\n")

    assert claims(scan) == ["wrong_value done.env"]


def test_a_comparison_with_another_constant_than_none_is_not_decided() -> None:
    scan = scanned(
        """
        def send(event, again):
            if again is False:
                client.track(event)
            else:
                client.track("named")
        def go():
            send("begun", False)
        """
    )

    assert calls(scan) == ["begun", "named"]
