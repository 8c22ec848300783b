"""Which way each session or person goes: from which step on, how far, and whether it may go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow
import pytest
from tests.analytics.questions.sessions.logs import MINUTE, call, entries_of

from footfall.analytics import Dataset
from footfall.analytics.questions.paths import PathsOptions
from footfall.analytics.questions.paths.ways import ways_of
from footfall.analytics.session_table import timelines
from footfall.analytics.window import Span
from footfall.plan.model import EventFilter
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
SECOND = 1_000_000
BUY = EventFilter(event="buy")  # what passes it is given by seq


def ways(entry: MakeEntry, options: PathsOptions, *asked: int, now: int = MINUTE) -> tuple[int, list[dict[str, Any]]]:
    """Ann views, buys, views and buys again, a second after one another."""
    log = [call(at, name=name, seq=at) for at, name in enumerate(["view", "buy", "view", "buy"])]
    with Dataset.of(entries_of(entry, log)) as dataset:
        rows = timelines(dataset, unit="session" if options.within is None else "person", steps=True)
        seqs = [pyarrow.array([seq], pyarrow.int64()) for seq in asked]
        entered, table = ways_of(rows, options, Span(None, 3_600 * SECOND), now * SECOND, seqs)
    return entered, table.to_pylist()


def test_the_first_steps_are_kept_and_the_rest_is_cut(entry: MakeEntry) -> None:
    entered, rows = ways(entry, PathsOptions(steps=1))

    assert entered == 1
    assert len([name for name in rows[0] if name.startswith("step_")]) == 2
    assert rows[0]["is_cut"]


@pytest.mark.parametrize(
    ("options", "asked", "steps"),
    [
        (PathsOptions(after=BUY), (1,), 3),
        (PathsOptions(before=BUY), (1,), 2),
        (PathsOptions(between=(BUY, BUY)), (1, 3), 3),
        (PathsOptions(between=(BUY, BUY), within=1), (1, 3), 0),
        (PathsOptions(after=BUY, within=1), (1,), 2),
        (PathsOptions(before=BUY, within=1), (3,), 2),
    ],
)
def test_a_path_goes_from_its_entry_to_its_end(
    entry: MakeEntry, options: PathsOptions, asked: tuple[int, ...], steps: int
) -> None:
    entered, rows = ways(entry, options, *asked)

    assert entered == 1
    assert [sum(value is not None for name, value in row.items() if name.startswith("step_")) for row in rows] == (
        [steps] if steps else []
    )


def test_a_session_may_go_on_for_half_an_hour(entry: MakeEntry) -> None:
    is_open = [ways(entry, PathsOptions(), now=now)[1][0]["is_open"] for now in (30 * MINUTE + 3, 30 * MINUTE + 4)]

    assert is_open == [True, False]
