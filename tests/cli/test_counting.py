"""One is said in the singular."""

from __future__ import annotations

from footfall.cli.counting import counted


def test_one_is_counted_in_the_singular() -> None:
    assert [counted(number, "person") for number in (0, 1, 2000)] == ["0 persons", "1 person", "2,000 persons"]
