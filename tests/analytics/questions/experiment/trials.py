"""Small experiments: logs of who was shown what and did what, and the plan that has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from hypothesis import strategies as st
from tests.analytics.asking import context_of

from footfall.analytics import Dataset
from footfall.analytics.questions.experiment import ExperimentResult, experiment, experiment_options
from footfall.analytics.window import Span
from footfall.plan.model import (
    Count,
    Event,
    Experiment,
    ExperimentOutcome,
    Kpi,
    Plan,
    Property,
    StopRule,
    Target,
    VariantExposure,
)
from footfall.storage.journal import Entry

__all__ = ["DAY", "START", "Doing", "doings", "entries_of", "plan_with", "result_of"]

MakeEntry = Callable[..., Entry]
DAY = 86_400
START = int(datetime(2026, 11, 2, tzinfo=UTC).timestamp())
_TEXT = Property(name="look", wire_name="look", type="string")
_PRICE = Property(name="price", wire_name="price", type="decimal")
_EVENTS = {
    name: Event(name=name, wire_name=name, properties=(_TEXT, _PRICE)) for name in ("shown", "bought", "returned")
}
_RETURNS = Kpi(
    name="returns", measure=Count(event="returned"), window=None, target=Target(direction="down", value=Decimal(1))
)


class Doing(NamedTuple):
    """What a message says: who, what, when in seconds since 1970, with which variant or price."""

    actor: str
    event: str
    at: int
    look: str | None = None
    price: str | None = None


def plan_with(**changed: Any) -> Plan:
    """The plan with one experiment, called trial, that has these keys."""
    fields: dict[str, Any] = {
        "name": "trial",
        "hypothesis": "B sells more",
        "started": "2026-11-02",
        "exposure": VariantExposure(event="shown", variant="look"),
        "variants": {"a": Decimal(1), "b": Decimal(1)},
        "within": 2 * DAY,
        "direction": "up",
        "alpha": Decimal("0.05"),
        "stop": StopRule(minimum=1),
        "outcome": ExperimentOutcome(event="bought"),
        **changed,
    }
    return Plan(id="test", events=_EVENTS, kpis={"returns": _RETURNS}, experiments={"trial": Experiment(**fields)})


def entries_of(entry: MakeEntry, log: Sequence[Doing]) -> list[Entry]:
    return [
        entry(number, doing.event, doing.at, user=doing.actor, properties=_properties(doing))
        for number, doing in enumerate(log, 1)
    ]


def _properties(doing: Doing) -> dict[str, str]:
    return {key: value for key, value in (("look", doing.look), ("price", doing.price)) if value is not None}


def result_of(
    entries: Sequence[Entry], plan: Plan, *, since: int | None = None, until: int = START + 90 * DAY, shards: int = 1
) -> ExperimentResult:
    span = Span(None if since is None else since * 1_000_000, until * 1_000_000)
    with Dataset.of(entries, plan) as dataset:
        context = context_of(dataset, plan, span, until * 1_000_000, shards)
        return context.answer(experiment(experiment_options("trial", plan)))


@st.composite
def doings(draw: st.DrawFn) -> list[Doing]:
    """Any log of a few people around the start of the experiment, with equal times, several variants and none."""
    log = []
    for _ in range(draw(st.integers(1, 25))):
        event = draw(st.sampled_from(["shown", "shown", "bought", "returned"]))
        look = draw(st.sampled_from(["a", "b", "a", "b", "c", None])) if event == "shown" else None
        price = draw(st.sampled_from(["0.10", "2", "-1.5", None]))
        at = START + draw(st.integers(-4, 12)) * DAY // 2 + draw(st.sampled_from([-1, 0, 0, 1]))
        log.append(Doing(draw(st.sampled_from(["ann", "bob", "cem", "dea", "eli"])), event, at, look, price))
    return log
