"""What is told of a choice of events, and what tests count for."""

from __future__ import annotations

import pytest
from tests.plan.scan.small_code import HEAD, findings, scanned

from footfall.plan.scan import resolved_properties


def test_one_of_several_events_that_fits_is_enough() -> None:
    found = scanned("def send(x):\n    client.track('done' if x else 'named', {'kind': 'a'})\n")

    assert findings(found) == []


def test_when_none_of_several_events_fits_only_the_nearest_is_told_and_as_a_warning() -> None:
    found = scanned("def send(x):\n    client.track('done' if x else 'named', {'kind': 'c'})\n")

    assert findings(found) == ["wrong_value named.kind"]
    assert {problem.level for problem in found.problems} == {"warning"}


def test_a_slip_in_one_of_several_events_is_a_warning() -> None:
    found = scanned("def send(x):\n    client.track('begun' if x else 'begunn')\n")

    assert findings(found) == ["unplanned_event begunn"]
    assert {problem.level for problem in found.problems} == {"warning"}


@pytest.mark.parametrize("path", ["tests/app.py", "shop/test_app.py", "shop/tests/unit/helpers.py", "conftest.py"])
def test_what_only_tests_send_is_not_covered(path: str) -> None:
    found = scanned({path: HEAD + "client.track('begun')\n", "app.py": HEAD + "client.track('named')\n"})

    assert str(found.coverage) == "1 of 3 (33 %)"
    assert found.events["begun"].tests == (f"{path}:3",)
    assert f"only tests send it: {path}:3" in next(p.message for p in found.problems if p.where == "begun")


def test_an_event_that_the_code_names_is_covered_though_only_a_test_calls_it() -> None:
    found = scanned(
        {
            "app.py": HEAD + "def begun(properties):\n    client.track('begun', properties)\n",
            "tests/test_app.py": "from app import begun\nbegun({})\n",
        }
    )

    assert found.events["begun"].places == ("tests/test_app.py:2",)
    assert found.events["begun"].tests == ()


def test_the_properties_of_a_call_are_given_as_far_as_they_are_known() -> None:
    found = scanned(
        "def send(x, **more):\n    p = {'a': 1, 'b': x.b, 'c': 'x' if x else 'y', 'd': [1, {'e': None}]}\n"
        "    if x:\n        p['f'] = True\n    client.track('begun', {**p, **more})\n"
    )

    known = resolved_properties(found.verdicts[0].sent)
    assert {k: v if v is None else bytes(v) for k, v in known["properties"].items()} == {
        "a": b"1", "b": None, "c": None, "d": b'[1,{"e":null}]', "f": b"true",
    }  # fmt: skip
    assert {k: list(map(bytes, v)) for k, v in known["several"].items()} == {"c": [b'"x"', b'"y"']}
    assert known["unresolved"] == {"b": "is x.b, a part of what is the parameter 'x' of send"}
    assert (known["optional"], known["more"]) == (["f"], True)


def test_properties_that_are_not_known_at_all_are_null() -> None:
    found = scanned("client.track('begun', make())\nclient.track('begun')\n")

    assert [resolved_properties(verdict.sent)["properties"] for verdict in found.verdicts] == [None, {}]
