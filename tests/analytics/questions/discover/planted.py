"""Persons of kinds that are known, or of no kind at all, who do things over two periods."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from footfall.plan.model import Event, Plan
from footfall.storage.journal import Entry

__all__ = ["DAY", "DAYS", "EVENTS", "PLAN", "kinds", "noise"]

MakeEntry = Callable[..., Entry]

DAY: Final = 86_400
DAYS: Final = 14
EVENTS: Final = ("look", "buy", "read", "ask")
PLAN: Final = Plan(id="test", events={name: Event(name=name, wire_name=name) for name in EVENTS})
# kind: (days of 14 on which they come, messages on such a day, how often each event)
_KINDS: Final[Mapping[str, tuple[int, int, Sequence[int]]]] = {
    "buyers": (3, 4, (2, 8, 0, 1)),
    "readers": (10, 6, (1, 0, 9, 1)),
    "lookers": (2, 12, (9, 0, 1, 0)),
}


def kinds(entry: MakeEntry, each: int) -> list[Entry]:
    """So many persons of each of three kinds, called by it, over two periods of 14 days."""
    draw, log = random.Random(1), list[tuple[int, str, str]]()
    for kind, (days, messages, weights) in _KINDS.items():
        for number in range(each):
            for period in range(2):
                for day in draw.sample(range(DAYS), days + draw.randint(-1, 1)):
                    begin = (period * DAYS + day) * DAY + draw.randint(0, DAY // 2)
                    for step in range(messages + draw.randint(-2, 2)):
                        event = draw.choices(EVENTS, weights)[0]
                        log.append((begin + step * draw.randint(10, 200), event, f"{kind}-{number}"))
    return _entries(entry, log)


def noise(entry: MakeEntry, persons: int) -> list[Entry]:
    """So many persons who all do anything at any time, the one more and the other less."""
    draw, log = random.Random(2), list[tuple[int, str, str]]()
    for number in range(persons):
        for _ in range(draw.randint(20, 60)):
            log.append((draw.randint(0, 2 * DAYS * DAY - 1), draw.choice(EVENTS), f"person-{number}"))
    return _entries(entry, log)


def _entries(entry: MakeEntry, log: Sequence[tuple[int, str, str]]) -> list[Entry]:
    return [entry(seq, event, at, user=user) for seq, (at, event, user) in enumerate(sorted(log), 1)]
