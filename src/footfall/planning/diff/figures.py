"""Compares KPIs, journeys, goals, campaigns, segments and silences: what they count, and how they are described."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import msgspec

from footfall.plan.durations import say_window
from footfall.plan.model import (
    Board,
    Cohort,
    DerivedEvent,
    Goal,
    Journey,
    Kpi,
    PlannedCampaign,
    PlannedSignal,
    Segment,
    Silence,
    Step,
)
from footfall.planning.diff.changes import RawChange
from footfall.planning.diff.wording import (
    say,
    say_duration,
    say_list,
    say_measure,
    say_rule,
    say_silence,
    say_where,
)

__all__ = [
    "compare_boards",
    "compare_campaigns",
    "compare_cohorts",
    "compare_derived_events",
    "compare_goals",
    "compare_journeys",
    "compare_kpis",
    "compare_sections",
    "compare_segments",
    "compare_signals",
    "compare_silences",
    "described",
    "owner_change",
    "say_occasion",
]  # fmt: skip

_P = TypeVar("_P", bound=msgspec.Struct)


def compare_kpis(old: Mapping[str, Kpi], new: Mapping[str, Kpi]) -> Iterator[RawChange]:
    """The differences between two sets of KPIs; paths start at `kpis`."""
    return compare_sections("kpi", old, new, _kpi, lambda kpi: say_measure(kpi.measure))


def compare_journeys(old: Mapping[str, Journey], new: Mapping[str, Journey]) -> Iterator[RawChange]:
    """The differences between two sets of journeys; paths start at `journeys`."""
    return compare_sections("journey", old, new, _journey, _way)


def compare_goals(old: Mapping[str, Goal], new: Mapping[str, Goal]) -> Iterator[RawChange]:
    """The differences between two sets of goals; paths start at `goals`."""
    return compare_sections("goal", old, new, _goal, lambda goal: say_list(goal.kpis))


def compare_campaigns(old: Mapping[str, PlannedCampaign], new: Mapping[str, PlannedCampaign]) -> Iterator[RawChange]:
    """The differences between two sets of campaigns; paths start at `campaigns`."""
    return compare_sections("campaign", old, new, _campaign, _links)


def compare_segments(old: Mapping[str, Segment], new: Mapping[str, Segment]) -> Iterator[RawChange]:
    """The differences between two sets of segments; paths start at `segments`."""
    return compare_sections("segment", old, new, _segment, lambda segment: say_rule(segment.who))


def compare_cohorts(old: Mapping[str, Cohort], new: Mapping[str, Cohort]) -> Iterator[RawChange]:
    """The differences between two sets of cohorts; paths start at `cohorts`."""
    return compare_sections("cohort", old, new, _cohort, _of_day)


def compare_derived_events(old: Mapping[str, DerivedEvent], new: Mapping[str, DerivedEvent]) -> Iterator[RawChange]:
    """The differences between two sets of derived events; paths start at `derived_events`."""
    return compare_sections("derived_event", old, new, _derived_event, _rule)


def compare_silences(old: Mapping[str, Silence], new: Mapping[str, Silence]) -> Iterator[RawChange]:
    """The differences between two sets of planned silences; paths start at `silences`."""
    return compare_sections("silence", old, new, _silence, say_silence)


def compare_signals(old: Mapping[str, PlannedSignal], new: Mapping[str, PlannedSignal]) -> Iterator[RawChange]:
    """The differences between two sets of signals; paths start at `signals`."""
    return compare_sections("signal", old, new, _signal, say_occasion)


def compare_boards(old: Mapping[str, Board], new: Mapping[str, Board]) -> Iterator[RawChange]:
    """The differences between two sets of boards; paths start at `boards`."""
    return compare_sections("board", old, new, _board, lambda board: say_list(board.questions))


def compare_sections(
    kind: str,
    old: Mapping[str, _P],
    new: Mapping[str, _P],
    differences: Callable[[_P, _P], Iterator[RawChange]],
    text: Callable[[_P], str],
) -> Iterator[RawChange]:
    """The parts of one section that are gone or new, and the `differences` of those that are in both plans.

    `kind` is the word for one of them, `text` says one in words.
    """
    for name, part in old.items():
        path, now = (f"{kind}s", name), new.get(name)
        if now is None:
            yield RawChange(f"{kind}_removed", "removes {where}", path=path, before=text(part), in_base=True)
        elif part != now:
            yield from (msgspec.structs.replace(raw, path=path) for raw in differences(part, now))
    for name, part in new.items():
        if name not in old:
            what = f"measures {text(part)}" if kind == "kpi" else "adds {where}"
            yield RawChange(f"{kind}_added", what, path=(f"{kind}s", name), after=text(part))


def _kpi(old: Kpi, new: Kpi) -> Iterator[RawChange]:
    if old.measure != new.measure:
        before, after = say_measure(old.measure), say_measure(new.measure)
        yield RawChange("kpi_redefined", f"measures {after} (it was {before})", before=before, after=after)
    if old.window != new.window:
        before, after = say_window(old.window), say_window(new.window)
        yield RawChange("kpi_redefined", f"looks back over {after} (it was {before})", before=before, after=after)
    yield from owner_change(old.owner, new.owner)
    yield from described(old, new, ("question", "target", "drives", "guardrails", "no_lint", "x"), "kpi_described")


def _journey(old: Journey, new: Journey) -> Iterator[RawChange]:
    yield from _redefined(old, new)
    yield from owner_change(old.owner, new.owner)
    yield from described(old, new, ("description", "no_lint", "x"), "journey_described")
    yield from _notes(old, new)


def _signal(old: PlannedSignal, new: PlannedSignal) -> Iterator[RawChange]:
    before, after = say_occasion(old), say_occasion(new)
    if before != after:
        yield RawChange("signal_redefined", f"is of {after} (it was {before})", before=before, after=after)
    yield from owner_change(old.owner, new.owner)
    yield from described(old, new, ("answer", "voice", "x"), "signal_described")


def say_occasion(signal: PlannedSignal) -> str:
    """When it is a signal, in words."""
    parts = [f"{signal.count} {signal.filter.event}{say_where(signal.filter.where)} by a {signal.by}"]
    for key in ("within", "after", "silent", "cooldown"):
        seconds = getattr(signal, key)
        parts += [] if seconds is None else [f"{key} {say_duration(seconds)}"]
    return ", ".join(parts)


def _board(old: Board, new: Board) -> Iterator[RawChange]:
    yield from owner_change(old.owner, new.owner)
    yield from described(old, new, ("title", "questions", "x"), "board_changed")


def _goal(old: Goal, new: Goal) -> Iterator[RawChange]:
    yield from owner_change(old.owner, new.owner)
    yield from described(old, new, ("kpis", "description", "x"), "goal_changed")


def _campaign(old: PlannedCampaign, new: PlannedCampaign) -> Iterator[RawChange]:
    for say_part, verb in ((_links, "is known by"), (_days, "runs")):
        before, after = say_part(old), say_part(new)
        if before != after:
            yield RawChange("campaign_redefined", f"{verb} {after} (it was {before})", before=before, after=after)
    yield from owner_change(old.owner, new.owner)
    yield from described(old, new, ("description", "budget", "origins", "no_lint", "x"), "campaign_described")


def _links(campaign: PlannedCampaign) -> str:
    return "; ".join(f"{field} {say_list(texts)}" for field, texts in campaign.utm.items())


def _days(campaign: PlannedCampaign) -> str:
    words = ((word, day) for word, day in (("from", campaign.first_day), ("until", campaign.last_day)) if day)
    return " ".join(f"{word} {day}" for word, day in words) or "always"


def _segment(old: Segment, new: Segment) -> Iterator[RawChange]:
    if old.who != new.who:
        before, after = say_rule(old.who), say_rule(new.who)
        yield RawChange("segment_redefined", f"has who {after} (it was {before})", before=before, after=after)
    yield from owner_change(old.owner, new.owner)
    yield from described(old, new, ("description", "no_lint", "x"), "segment_described")


def _cohort(old: Cohort, new: Cohort) -> Iterator[RawChange]:
    before, after = _of_day(old), _of_day(new)
    if before != after:
        yield RawChange("cohort_redefined", f"has {after} (it was {before})", before=before, after=after)
    yield from owner_change(old.owner, new.owner)
    yield from described(old, new, ("description", "no_lint", "x"), "cohort_described")


def _of_day(cohort: Cohort) -> str:
    return f"those in {cohort.segment} on {cohort.as_of}"


def _derived_event(old: DerivedEvent, new: DerivedEvent) -> Iterator[RawChange]:
    if _rule(old) != _rule(new):
        what = f"is {_rule(new)} (it was {_rule(old)})"
        yield RawChange("derived_event_redefined", what, before=_rule(old), after=_rule(new))
    yield from owner_change(old.owner, new.owner)
    yield from described(old, new, ("description", "x"), "derived_event_described")


def _rule(event: DerivedEvent) -> str:
    return f"{event.event} when {event.when}"


def _silence(old: Silence, new: Silence) -> Iterator[RawChange]:
    before, after = say_silence(old), say_silence(new)
    if before != after:
        yield RawChange("silence_redefined", f"is {after} (it was {before})", before=before, after=after)
    yield from described(old, new, ("note", "x"), "silence_described")


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
    return f"{step.event}{say_where(step.where)}{within}"


def _branches(journey: Journey) -> list[str]:
    return [f"{branch.id} ({branch.after} → {' → '.join(branch.steps)})" for branch in journey.branches]


def _guards(journey: Journey) -> list[str]:
    return [
        f"{guard.name} ({guard.event}{say_where(guard.where)} between {guard.start} and {guard.end})"
        for guard in journey.never
    ]


def owner_change(old: str, new: str) -> Iterator[RawChange]:
    """The change of an owner, if there is one."""
    if old != new:
        what = f"changes its owner from {old or 'nobody'} to {new or 'nobody'}"
        yield RawChange("owner_changed", what, before=old or None, after=new or None)


def described(old: msgspec.Struct, new: msgspec.Struct, keys: tuple[str, ...], kind: str) -> Iterator[RawChange]:
    """A change of this kind for each of these keys whose values differ."""
    for key in keys:
        old_value, new_value = getattr(old, key), getattr(new, key)
        if old_value != new_value:
            before, after = _value(old_value), _value(new_value)
            name = "other keys" if key == "x" else key
            what = f"changes its {name} to {after or 'nothing'} (it was {before or 'nothing'})"
            yield RawChange(kind, what, before=before, after=after)


def _value(value: object) -> str | None:
    if isinstance(value, msgspec.Struct):
        parts = [getattr(value, field) for field in value.__struct_fields__]
        return " ".join(text for text in map(say, parts) if text)
    return say(value or None)
