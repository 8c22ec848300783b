"""Missed targets, broken volumes and unusual figures are named, each with what it is and what it should be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec

from footfall.analytics import Dataset, report
from footfall.analytics.failures import Failure, anomalies, missed_targets, volume_breaks
from footfall.plan.model import (
    Conversion,
    Count,
    Event,
    Journey,
    Kpi,
    Plan,
    Silence,
    Step,
    Target,
    VolumeExpectation,
)
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]

DAY = 86_400
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
JOURNEY = Journey(name="way", by="user", steps=(Step(id="a", event="see"), Step(id="b", event="buy")))


def plan_of(*kpis: Kpi, volume: VolumeExpectation | None = None) -> Plan:
    events = {
        name: Event(name=name, wire_name=name, volume=volume if name == "see" else None) for name in ("see", "buy")
    }
    return Plan(id="test", events=events, kpis={kpi.name: kpi for kpi in kpis}, journeys={"way": JOURNEY})


def days(entry: MakeEntry, counts: Sequence[int]) -> list[Entry]:
    """So many messages at noon of each day from the first of January 2026 on."""
    noon = int(BEGIN.timestamp()) + DAY // 2
    times = [noon + day * DAY for day, count in enumerate(counts) for _ in range(count)]
    return [entry(number, "see", at, user="ann") for number, at in enumerate(times, 1)]


def test_a_target_that_is_missed_is_named_and_others_are_not(entry: MakeEntry) -> None:
    targets = {"low": ("up", 5), "high": ("down", 5), "good": ("up", 3), "unsaid": (None, 0)}
    kpis = [
        Kpi(
            name=name,
            measure=Count(event="see"),
            window=None,
            target=Target(direction=direction, value=Decimal(value)) if direction else None,  # type: ignore[arg-type] # up or down
        )
        for name, (direction, value) in targets.items()
    ]
    with Dataset.of(days(entry, [3]), plan_of(*kpis)) as dataset:
        answers = report(dataset, plan_of(*kpis), now=BEGIN + timedelta(days=2))

    assert list(map(str, missed_targets(answers))) == ["target: low is 3, and should be at least 5"]


def test_a_volume_that_is_broken_is_named(entry: MakeEntry) -> None:
    plan = plan_of(volume=VolumeExpectation(per="day", min=2, max=4))
    with Dataset.of(days(entry, [3, 1, 5, 3]), plan) as dataset:
        answers = report(dataset, plan, now=BEGIN + timedelta(days=5))

    assert list(map(str, volume_breaks(answers))) == [
        "volume: see came 0 times in the day of 2026-01-05 00:00; at least 2 are due",
        "volume: see came 5 times in the day of 2026-01-03 00:00; at most 4 are due",
    ]


def unusual(entry: MakeEntry, counts: Sequence[int], plan: Plan, names: Sequence[str] = ()) -> list[Failure]:
    with Dataset.of(days(entry, counts), plan) as dataset:
        now = BEGIN + timedelta(days=len(counts), hours=3)
        return list(anomalies(dataset, plan, now=now, names=names))


def test_an_event_that_came_less_often_than_on_its_weekday_is_named(entry: MakeEntry) -> None:
    failures = unusual(entry, [30] * 35 + [3], plan_of())

    assert [str(each) for each in failures] == ["anomaly: see was 3 on 2026-02-05, where 13.5683 to 46.4317 is usual"]


def test_a_weekly_rhythm_and_a_short_history_are_not(entry: MakeEntry) -> None:
    assert unusual(entry, [30, 1, 1, 1, 1, 1, 1] * 5 + [30], plan_of()) == []
    assert unusual(entry, [30] * 20 + [3], plan_of()) == []


def test_of_some_kpis_alone_and_never_of_a_conversion(entry: MakeEntry) -> None:
    plan = plan_of(
        Kpi(name="views", measure=Count(event="see"), window=None),
        Kpi(name="conversion", measure=Conversion(journey="way", start="a", end="b"), window=None),
    )
    counts = [30] * 35 + [3]

    assert [each.name for each in unusual(entry, counts, plan)] == ["views", "see"]
    assert [each.name for each in unusual(entry, counts, plan, ["views", "conversion"])] == ["views"]


def silent(plan: Plan, day: str) -> Plan:
    shut = Silence(name="shut", since=day, until=day)
    return msgspec.structs.replace(plan, silences={"shut": shut})


def test_a_volume_that_is_broken_in_a_planned_silence_is_no_failure(entry: MakeEntry) -> None:
    plan = silent(plan_of(volume=VolumeExpectation(per="day", min=2)), "2026-01-02")
    with Dataset.of(days(entry, [3, 0, 3]), plan) as dataset:
        answers = report(dataset, plan, now=BEGIN + timedelta(days=3))

    (failure,) = volume_breaks(answers)

    assert str(failure) == "volume: see is not as expected in 1 day of a planned silence (shut)"
    assert failure.is_planned


def test_an_unusual_day_of_a_planned_silence_is_no_failure(entry: MakeEntry) -> None:
    (failure,) = unusual(entry, [30] * 35 + [3], silent(plan_of(), "2026-02-05"))

    assert str(failure).endswith("was 3 on 2026-02-05, where 13.5683 to 46.4317 is usual; a planned silence (shut)")
    assert failure.is_planned
    assert unusual(entry, [30] * 36, silent(plan_of(), "2026-02-05")) == []
