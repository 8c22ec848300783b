"""Logs of people between two steps, with or without an obstacle that makes some of them give up."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from footfall.events import Fault
from footfall.plan.model import Event, Journey, Plan, Step
from footfall.storage.journal import Entry

__all__ = ["LIMIT", "PLAN", "PlantedLog", "planted_log"]

MakeEntry = Callable[..., Entry]
LIMIT = 3_600
NOISE = ("search", "help_read", "price_compared", "coupon_tried", "chat_opened")
STEPS = (Step(id="cart", event="cart"), Step(id="buy", event="buy", within=LIMIT))
PLAN = Plan(
    id="test",
    events={name: Event(name=name, wire_name=name) for name in ("cart", "buy", *NOISE)},
    journeys={"buying": Journey(name="buying", by="user", steps=STEPS)},
)
KINDS = (*NOISE, "page:/", "page:/faq", "status 404", "fault type at total of buy")


class PlantedLog(NamedTuple):
    """Stored messages, and those in quarantine."""

    stored: list[Entry]
    quarantined: list[Entry]


def planted_log(make: MakeEntry, seed: int, people: int = 400, obstacle: str | None = None) -> PlantedLog:
    """People who buy after a random time, or never, and meanwhile do all kinds of things at random.

    An obstacle, one of KINDS, makes six in ten of those who have it give up: they go on doing things, and never buy.
    """
    dice, lines = random.Random(seed), list[tuple[float, str, str]]()
    for person in range(people):
        name, at = f"p{person}", dice.uniform(0, 86_400)
        buys = at + (dice.expovariate(1 / 900) if dice.random() < 0.7 else 10 * LIMIT)
        ends = at + dice.expovariate(1 / 1_500)  # of what they do meanwhile; buying is no reason to stop
        things = sorted((dice.uniform(at, ends), dice.choice(KINDS)) for _ in range(dice.randint(0, 8)))
        lines.append((at, name, "cart"))
        for time, kind in things:
            lines.append((time, name, kind))
            if kind == obstacle and time < buys and dice.random() < 0.6:
                buys = at + 10 * LIMIT
        if buys - at <= LIMIT:
            lines.append((buys, name, "buy"))
    lines.sort()
    stored = [line for line in lines if not line[2].startswith("fault")]
    faulty = [line for line in lines if line[2].startswith("fault")]
    return PlantedLog(
        [_stored(make, seq, *line) for seq, line in enumerate(stored, 1)],
        [_faulty(make, seq, *line) for seq, line in enumerate(faulty, len(stored) + 1)],
    )


def _stored(make: MakeEntry, seq: int, at: float, person: str, kind: str) -> Entry:
    if kind.startswith(("page:", "status")):
        page, status = (kind[5:], 200) if kind.startswith("page:") else (f"/gone/{seq % 50}", int(kind[7:]))
        body = msgspec.json.encode({"type": "page", "name": page, "properties": {"status": status}})
        return make(seq, None, at, user=person, type="page", body=body)
    return make(seq, kind, at, user=person)


def _faulty(make: MakeEntry, seq: int, at: float, person: str, kind: str) -> Entry:
    _, code, _, path, _, event = kind.split()
    return make(seq, event, at, user=person, kind="quarantined", faults=msgspec.json.encode([Fault(path, code)]))
