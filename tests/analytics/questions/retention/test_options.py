"""Periods and brackets are read from text, and what makes no sense is refused."""

from __future__ import annotations

import pytest

from footfall.analytics.questions.retention import RetentionBracket, brackets_of
from footfall.errors import UsageError


@pytest.mark.parametrize(
    ("text", "brackets"),
    [
        (2, [(1, 1), (2, 2)]),
        ("3", [(1, 1), (2, 2), (3, 3)]),
        ("1-3,4-7,14", [(1, 3), (4, 7), (14, 14)]),
        ("2–4", [(2, 4)]),
    ],
)
def test_periods_are_a_number_or_brackets(text: str | int, brackets: list[tuple[int, int]]) -> None:
    assert brackets_of(text) == tuple(RetentionBracket(*bracket) for bracket in brackets)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x", "are no periods; write how many"),
        ("1-", "bracket"),
        ("", "are no periods"),
        ("0", "are not 1 to 400 periods"),
        ("401", "ask for fewer"),
        ("1000000000", "ask for fewer"),
        ("9" * 5_000, "are no periods"),
        ("1-5001", "ends after period 5,000"),
        ("1-" + "9" * 30, "ends after"),
        ("0-3", "the bracket 0–3 does not follow 0"),
        ("1-3,3-4", "does not follow"),
        ("5-4", "does not follow"),
    ],
)
def test_other_periods_are_refused(text: str, message: str) -> None:
    if text == "1-":
        assert brackets_of(text) == brackets_of("1-1")
        return
    with pytest.raises(UsageError, match=message):
        brackets_of(text)


def test_a_bracket_reads_as_its_periods() -> None:
    assert [bracket.text for bracket in brackets_of("1,2-4")] == ["1", "2–4"]
