"""What a store would have under another plan is laid over what it has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.analytics.conftest import make_entry, make_plan

from footfall.collector.revalidation import Revalidated
from footfall.plan.model import Plan
from footfall.simulation.overlay import overlay
from footfall.simulation.revalidator import Revalidator
from footfall.storage.journal import Entry
from footfall.storage.parquet.table_part import TablePart, table_of
from footfall.storage.part import Part

BODY = b'{"type":"track","messageId":"m","event":"seen","userId":"ann","properties":{}}'


def seen(seq: int, *, event: str = "seen", **changes: Any) -> Entry:
    return make_entry(seq, event, 1, user="ann", **{"body": BODY, **changes})


def part_of(*entries: Entry) -> Part:
    return TablePart([table_of(entries)])


def seqs(parts: Sequence[Part]) -> list[list[int]]:
    return [sorted(part.read(("seq",)).column("seq").to_pylist()) for part in parts]


def laid(parts: Sequence[Part], plan: Plan, quarantined: Sequence[Entry] = ()) -> tuple[Sequence[Part], list[int]]:
    """The parts under a plan, and the messages that were noted."""
    noted: list[int] = []

    def note(entry: Entry, _: Revalidated) -> None:
        noted.append(entry.seq)

    return overlay(parts, quarantined, Revalidator(plan, None), note), noted


def test_a_part_of_which_nothing_changes_is_the_same() -> None:
    parts = [part_of(seen(1)), part_of(seen(2))]

    anew, noted = laid(parts, make_plan({"seen": {}}))

    assert list(anew) == parts
    assert noted == [1, 2]


def test_what_would_be_quarantined_is_left_out_and_what_becomes_free_is_there() -> None:
    plan = make_plan({"seen": {}})
    stored = part_of(seen(1), seen(2, event="gone", body=BODY.replace(b"seen", b"gone")))
    waiting = seen(3, kind="quarantined", faults=b"[]")

    anew, noted = laid([stored], plan, [waiting])

    assert seqs(anew) == [[1], [3]]
    assert sorted(noted) == [1, 2, 3]
    assert anew[0].stretches()[0].event == "seen"


def test_a_message_that_becomes_another_is_in_a_part_at_the_end() -> None:
    plan = make_plan({"seen": {}})
    entry = seen(1, event="Seen It")  # it was stored before the plan had its event

    anew, _ = laid([part_of(entry)], plan)

    assert seqs(anew) == [[], [1]]
    assert anew[1].read(("event",)).column("event").to_pylist() == ["seen"]
