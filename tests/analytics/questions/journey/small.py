"""A small journey with a branch and a guard, and what questions of it are asked with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import msgspec
from tests.analytics.asking import context_of

from footfall.analytics import Dataset
from footfall.analytics.question import ShardContext
from footfall.analytics.questions.journey.stages import make_stages
from footfall.analytics.reaches import Reaches
from footfall.plan.model import Branch, Event, Guard, Journey, Plan, Step
from footfall.storage.journal import Entry

__all__ = ["BUYING", "PLAN", "Walked", "walked"]

MakeEntry = Callable[..., Entry]

BUYING = Journey(
    name="buying",
    by="user",
    steps=(Step(id="view", event="view"), Step(id="cart", event="cart"), Step(id="buy", event="buy", within=60)),
    within=600,
    branches=(Branch(id="quick", after="view", steps=("buy",)),),
    never=(Guard(event="error", start="view", end="buy", name="trouble"),),
)
PLAN = Plan(
    id="test",
    events={name: Event(name=name, wire_name=name) for name in ("view", "cart", "buy", "error", "read")},
    journeys={"buying": BUYING},
)


class Walked(NamedTuple):
    """One shard of a dataset, who reached which step of the journey, and the table of where everybody is."""

    context: ShardContext
    reaches: Reaches
    stages: str


@contextmanager
def walked(
    entry: MakeEntry, log: Sequence[tuple[str, int, str]], now: int, journey: Journey = BUYING, plan: Plan = PLAN
) -> Iterator[Walked]:
    """Walk a log of (who, when in seconds, what) up to a moment."""
    entries = [entry(seq, name, at, user=who) for seq, (who, at, name) in enumerate(log, 1)]
    plan = msgspec.structs.replace(plan, journeys={journey.name: journey})
    with Dataset.of(entries, plan) as dataset:
        (context,) = context_of(dataset, plan, now=now * 1_000_000).shards
        reaches = context.reaches(journey.name, context.report.span)
        yield Walked(context, reaches, make_stages(context, reaches))
