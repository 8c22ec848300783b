"""Readers of text files guess what a column is, and guess right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from footfall.analytics.exports import MessageStream, Selection
from footfall.analytics.exports.deciding import deciding
from footfall.analytics.stored_messages import StoredMessages
from footfall.plan.model import Plan
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]


def moved(entries: Sequence[Entry], selection: Selection = Selection()) -> list[int]:  # noqa: B008 - it is frozen
    stream = MessageStream(StoredMessages.of(entries, Plan(id="test")))
    return sorted(deciding(stream, selection))


def test_the_line_that_shows_what_a_column_is_comes_before_readers_have_guessed(entry: MakeEntry) -> None:
    numbers = [entry(number, "seen", number, user=str(number)) for number in range(1, 301)]
    words = [entry(301, "seen", 301, user="kari"), entry(302, "seen", 302, user="ola")]

    assert moved([*numbers, *words]) == [301]


def test_no_line_moves_where_the_first_lines_show_what_each_column_is(entry: MakeEntry) -> None:
    log = [entry(number, "seen", number, user=f"u{number}") for number in range(1, 301)]
    numbers = [entry(number, "seen", number, user=str(number)) for number in range(1, 301)]

    assert moved(log) == moved(numbers) == []


@pytest.mark.parametrize(
    ("first", "later"),
    [("1", "1.5"), ("1", "x"), ("true", "x"), ("2026-11-01", "x"), ("09:30:00", "x"), ("2026-11-01T09:30:00Z", "x")],
)
def test_a_later_value_of_another_type_decides(entry: MakeEntry, first: str, later: str) -> None:
    entries = [entry(number, "seen", number, anonymous=first) for number in range(1, 102)]

    assert moved([*entries, entry(102, "seen", 102, anonymous=later)]) == [102]


def test_only_lines_that_are_selected_decide(entry: MakeEntry) -> None:
    numbers = [entry(number, "seen", number, user=str(number)) for number in range(1, 301)]
    words = [entry(301, "other", 301, user="kari"), entry(302, "seen", 302, user="ola")]

    assert moved([*numbers, *words], Selection(events=frozenset({"seen"}))) == [302]
    assert moved([*numbers, *words], Selection(events=frozenset({"other"}))) == []
