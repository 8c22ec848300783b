"""Finds the signals of a data folder, and keeps those that are new. For a process at low priority: it loads DuckDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from footfall import storage
from footfall.analytics import Dataset, report
from footfall.analytics.occasions import Occasion, new_occasions, signal_id
from footfall.analytics.questions.signals import SignalsOptions, signals
from footfall.clock import SystemClock
from footfall.maintenance.context import Progress
from footfall.storage.environments import ALL
from footfall.storage.signals import SignalRecord, Signals
from footfall.timestamps import epoch_us, local_time

__all__ = ["find", "find_new", "forget_gone"]


def find(arguments: Mapping[str, Any], _: Progress) -> int:
    """Keep what is new of the signals of the plan of the folder `data`, `since` a moment; how many those are."""
    data, since = arguments["data"], arguments["since"]
    now = local_time(SystemClock().now_us())
    with Dataset.open(data) as dataset, storage.open(data, "beside") as store:
        return len(find_new(dataset, store.signals, since=local_time(since), now=now))


def find_new(dataset: Dataset, kept: Signals, *, since: datetime, now: datetime) -> list[SignalRecord]:
    """Look for occasions from `since` up to `now`, and keep those that are new; which they are. Raises JournalError."""
    plan = dataset.plan
    if plan is None or not plan.signals:
        return []
    question = signals(SignalsOptions(tuple(plan.signals.values())))
    occasions = report(dataset, plan, since=since, now=now, questions=[question])[question].occasions
    earlier = [Occasion(each.at, each.evidence, each.name, each.subject) for each in kept.records()]
    records = [
        SignalRecord(signal_id(name, each.evidence), name, each.subject, each.at, each.evidence, epoch_us(now))
        for name, signal in plan.signals.items()
        for each in new_occasions(_of(name, occasions), _of(name, earlier), signal.cooldown * 1_000_000)
    ]
    kept.add(records)
    return records


def _of(name: str, occasions: Sequence[Occasion]) -> list[Occasion]:
    return [each for each in occasions if each.signal == name]


def forget_gone(arguments: Mapping[str, Any], _: Progress) -> int:
    """Remove from all evidence what the folder `data` has no more, and signals without any; how many those are."""
    data = arguments["data"]
    with storage.open(data, "beside") as store:
        evidence = {seq for record in store.signals.records() for seq in record.evidence}
        if not evidence:
            return 0
        with Dataset.open(data, environment=ALL) as dataset:
            stored = {seq for (seq,) in dataset.rows(f"SELECT seq FROM {dataset.messages({'seq'})}")}  # noqa: S608 - our own names
        return store.signals.forget(evidence - stored)
