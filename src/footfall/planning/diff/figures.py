"""Compares KPIs, journeys and goals: what they count, and how they are described."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from footfall.plan.model import Goal, Journey, Kpi, Step, Where
from footfall.planning.diff.changes import RawChange
from footfall.planning.diff.wording import say, say_condition, say_duration, say_list, say_measure

__all__ = ["compare_goals", "compare_journeys", "compare_kpis"]


def compare_kpis(old: Mapping[str, Kpi], new: Mapping[str, Kpi]) -> Iterator[RawChange]:
    """The differences between two sets of KPIs; paths start at `kpis`."""
    for name, kpi in old.items():
        path = ("kpis", name)
        now = new.get(name)
        if now is None:
            yield RawChange("kpi_removed", "removes {where}", path=path, before=say_measure(kpi.measure), in_base=True)
            continue
        if kpi.measure != now.measure:
            before, after = say_measure(kpi.measure), say_measure(now.measure)
            what = f"measures {after} (it was {before})"
            yield RawChange("kpi_redefined", what, path=path, before=before, after=after)
        if kpi.window != now.window:
            before, after = _window(kpi.window), _window(now.window)
            what = f"looks back over {after} (it was {before})"
            yield RawChange("kpi_redefined", what, path=path, before=before, after=after)
        yield from _owner(kpi.owner, now.owner, path)
        keys = ("question", "target", "drives", "guardrails", "no_lint", "x")
        yield from _described(kpi, now, keys, "kpi_described", path)
    for name, kpi in new.items():
        if name not in old:
            after = say_measure(kpi.measure)
            yield RawChange("kpi_added", f"measures {after}", path=("kpis", name), after=after)


def _window(seconds: int | None) -> str:
    return "everything" if seconds is None else say_duration(seconds)


def compare_journeys(old: Mapping[str, Journey], new: Mapping[str, Journey]) -> Iterator[RawChange]:
    """The differences between two sets of journeys; paths start at `journeys`."""
    for name, journey in old.items():
        path = ("journeys", name)
        now = new.get(name)
        if now is None:
            yield RawChange("journey_removed", "removes {where}", path=path, before=_way(journey), in_base=True)
            continue
        if journey == now:
            continue
        yield from (msgspec.structs.replace(raw, path=path) for raw in _redefined(journey, now))
        yield from _owner(journey.owner, now.owner, path)
        yield from _described(journey, now, ("description", "no_lint", "x"), "journey_described", path)
        yield from (msgspec.structs.replace(raw, path=path) for raw in _notes(journey, now))
    for name, journey in new.items():
        if name not in old:
            yield RawChange("journey_added", "adds {where}", path=("journeys", name), after=_way(journey))


def _notes(old: Journey, new: Journey) -> Iterator[RawChange]:
    """The differences in what is expected and noted of the same steps and branches."""
    kind = "journey_described"
    old_shares, new_shares = ({step.id: step.expect for step in each.steps} for each in (old, new))
    if _way(old) == _way(new) and old_shares != new_shares:
        before, after = (
            ", ".join(f"{id_} {_share(share)}" for id_, share in list(shares.items())[1:])
            for shares in (old_shares, new_shares)
        )
        yield RawChange(kind, f"expects {after}", before=before, after=after)
    old_notes, new_notes = ({branch.id: branch.note for branch in each.branches} for each in (old, new))
    if list(old_notes) == list(new_notes) and old_notes != new_notes:
        yield RawChange(kind, "changes the notes of its branches")


def _share(share: float | None) -> str:
    return "nothing" if share is None else f"{share * 100:g} %"


def _way(journey: Journey) -> str:
    return " → ".join(step.id for step in journey.steps)


def _redefined(old: Journey, new: Journey) -> Iterator[RawChange]:
    kind = "journey_redefined"
    if old.by != new.by:
        yield RawChange(kind, f"is walked by a {new.by} (it was a {old.by})", before=old.by, after=new.by)
    if old.within != new.within:
        before, after = say_duration(old.within), say_duration(new.within)
        yield RawChange(kind, f"takes at most {after} (it was {before})", before=before, after=after)
    if _way(old) != _way(new):
        yield RawChange(kind, f"goes {_way(new)} (it was {_way(old)})", before=_way(old), after=_way(new))
    steps = {step.id: step for step in old.steps}
    for step in new.steps:
        before, after = _filled(steps.get(step.id, step)), _filled(step)
        if before != after:
            yield RawChange(kind, f"fills {step.id} by {after} (it was {before})", before=before, after=after)
    for what, listed in (("branches", _branches), ("guards", _guards)):
        before, after = ("; ".join(listed(journey)) or "none" for journey in (old, new))
        if before != after:
            yield RawChange(kind, f"has the {what} {after} (it was {before})", before=before, after=after)


def _filled(step: Step) -> str:
    within = f" within {say_duration(step.within)}" if step.within is not None else ""
    return f"{step.event}{_where(step.where)}{within}"


def _branches(journey: Journey) -> list[str]:
    return [f"{branch.id} ({branch.after} → {' → '.join(branch.steps)})" for branch in journey.branches]


def _guards(journey: Journey) -> list[str]:
    return [
        f"{guard.name} ({guard.event}{_where(guard.where)} between {guard.start} and {guard.end})"
        for guard in journey.never
    ]


def _where(conditions: tuple[Where, ...]) -> str:
    return f" where {' and '.join(map(say_condition, conditions))}" if conditions else ""


def compare_goals(old: Mapping[str, Goal], new: Mapping[str, Goal]) -> Iterator[RawChange]:
    """The differences between two sets of goals; paths start at `goals`."""
    for name, goal in old.items():
        path, now = ("goals", name), new.get(name)
        if now is None:
            yield RawChange("goal_removed", "removes {where}", path=path, before=say_list(goal.kpis), in_base=True)
        else:
            yield from _owner(goal.owner, now.owner, path)
            yield from _described(goal, now, ("kpis", "description", "x"), "goal_changed", path)
    for name, goal in new.items():
        if name not in old:
            yield RawChange("goal_added", "adds {where}", path=("goals", name), after=say_list(goal.kpis))


def _owner(old: str, new: str, path: tuple[str, ...]) -> Iterator[RawChange]:
    if old != new:
        what = f"changes its owner from {old or 'nobody'} to {new or 'nobody'}"
        yield RawChange("owner_changed", what, path=path, before=old or None, after=new or None)


def _described(
    old: msgspec.Struct, new: msgspec.Struct, keys: tuple[str, ...], kind: str, path: tuple[str, ...]
) -> Iterator[RawChange]:
    for key in keys:
        old_value, new_value = getattr(old, key), getattr(new, key)
        if old_value != new_value:
            before, after = _value(old_value), _value(new_value)
            name = "other keys" if key == "x" else key
            what = f"changes its {name} to {after or 'nothing'} (it was {before or 'nothing'})"
            yield RawChange(kind, what, path=path, before=before, after=after)


def _value(value: object) -> str | None:
    if isinstance(value, msgspec.Struct):
        parts = [getattr(value, field) for field in value.__struct_fields__]
        return " ".join(text for text in map(say, parts) if text)
    return say(value or None)
