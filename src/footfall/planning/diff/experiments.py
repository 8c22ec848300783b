"""Compares experiments: what is decided of one after its first day could have been chosen to fit its answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date

import msgspec

from footfall.plan.model import Experiment
from footfall.planning.diff.changes import RawChange
from footfall.planning.diff.figures import compare_sections, described, owner_change
from footfall.planning.diff.wording import say, say_duration, say_where

__all__ = ["compare_experiments"]

_DECIDED = tuple(field for field in Experiment.__struct_fields__ if field not in ("name", "owner", "x"))


def compare_experiments(
    old: Mapping[str, Experiment],
    new: Mapping[str, Experiment],
    *,
    redefined: Collection[str] = (),
    today: date | None = None,
) -> Iterator[RawChange]:
    """The differences between two sets of experiments; paths start at `experiments`.

    One that has started by `today` changes midway; without `today` each has. It changes too where it uses one of the
    KPIs that were `redefined`.
    """
    yield from compare_sections(
        "experiment", old, new, lambda before, now: _experiment(before, now, today), lambda part: part.hypothesis
    )
    for name, experiment in new.items():
        for kpi in (experiment.kpi, *experiment.guardrails) if name in old else ():
            if kpi in redefined:
                what = f"uses the KPI {kpi}, which measures something else than it did"
                yield RawChange(_kind(old[name], today), what, path=("experiments", name), after=kpi)


def _kind(old: Experiment, today: date | None) -> str:
    has_started = today is None or old.started <= today.isoformat()
    return "experiment_changed_midway" if has_started else "experiment_changed"


def _experiment(old: Experiment, new: Experiment, today: date | None) -> Iterator[RawChange]:
    kind = _kind(old, today)
    for key in _DECIDED:
        before, after = (_text(experiment, key) for experiment in (old, new))
        if before != after:
            what = f"changes its {key} to {after} (it was {before})"
            yield RawChange(kind, what, before=before, after=after)
    yield from owner_change(old.owner, new.owner)
    yield from described(old, new, ("x",), "experiment_described")


def _text(experiment: Experiment, key: str) -> str:
    """What is decided under a key, in words."""
    value = getattr(experiment, key)
    if key == "within":
        return say_duration(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {say(share)}" for name, share in value.items())
    if isinstance(value, msgspec.Struct):
        parts = [
            say_where(part).strip() if field == "where" else f"{field} {say(part)}"
            for field, part in msgspec.structs.asdict(value).items()
            if part not in (None, ())
        ]
        return " ".join(parts)
    return say(value) or "nothing"
