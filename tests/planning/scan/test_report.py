"""What is told of a choice of events, and what tests count for."""

from __future__ import annotations

import pytest
from tests.planning.scan.small_code import HEAD, findings, scanned


def test_one_of_several_events_that_fits_is_enough() -> None:
    result = scanned("def send(x):\n    client.track('done' if x else 'named', {'kind': 'a'})\n")

    assert findings(result) == []


def test_when_none_of_several_events_fits_only_the_nearest_is_told_and_as_a_warning() -> None:
    result = scanned("def send(x):\n    client.track('done' if x else 'named', {'kind': 'c'})\n")

    assert findings(result) == ["wrong_value named.kind"]
    assert {problem.level for problem in result.problems} == {"warning"}


def test_a_slip_in_one_of_several_events_is_a_warning() -> None:
    result = scanned("def send(x):\n    client.track('begun' if x else 'begunn')\n")

    assert findings(result) == ["unplanned_event begunn"]
    assert {problem.level for problem in result.problems} == {"warning"}


@pytest.mark.parametrize("path", ["tests/app.py", "shop/test_app.py", "shop/tests/unit/helpers.py", "conftest.py"])
def test_what_only_tests_send_is_not_covered(path: str) -> None:
    result = scanned({path: HEAD + "client.track('begun')\n", "app.py": HEAD + "client.track('named')\n"})

    assert str(result.coverage) == "1 of 3 (33 %)"
    assert result.events["begun"].tests == (f"{path}:3",)
    assert f"only tests send it: {path}:3" in next(p.message for p in result.problems if p.where == "begun")


def test_an_event_that_the_code_names_is_covered_though_only_a_test_calls_it() -> None:
    result = scanned(
        {
            "app.py": HEAD + "def begun(properties):\n    client.track('begun', properties)\n",
            "tests/test_app.py": "from app import begun\nbegun({})\n",
        }
    )

    assert result.events["begun"].places == ("tests/test_app.py:2",)
    assert result.events["begun"].tests == ()
