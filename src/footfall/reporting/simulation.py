"""The outcome of a simulation: lines for a terminal, and a section of a pull-request comment."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from footfall.markdown_text import code_span
from footfall.markdown_text import markdown_text as escape
from footfall.printable import counted
from footfall.reporting.words import number, percent
from footfall.simulation import FaultOutcome, JourneyDelta, KpiDelta, Simulation, StepDelta

__all__ = ["SHOW"]

_MOST_FAULTS = 12
_UNCHANGED = "same"


def _verdict(outcome: Simulation) -> str:
    since = "" if outcome.since is None else f" since {outcome.since:%Y-%m-%d %H:%M}"
    kept = f"{counted(outcome.stored, 'stored message')}{since}"
    lost = f"{outcome.lost:,} would not be stored" if outcome.lost else "all would be stored again"
    freed = f"{outcome.freed:,} of {outcome.quarantined:,} quarantined would now be stored"
    return f"{kept}: {lost}; {freed}" if outcome.quarantined else f"{kept}: {lost}"


def _figure(value: Decimal | int | None, *, is_share: bool = False) -> str:
    if value is None:
        return "–"
    return percent(Decimal(value)) if is_share else number(Decimal(value))


def _moved(delta: KpiDelta) -> str:
    before, after = (_figure(value, is_share=delta.is_share) for value in (delta.before, delta.after))
    if delta.change in {"added", "removed"}:
        return f"{after} (new)" if delta.change == "added" else f"{before} (removed)"
    text = f"{before} → {after}"
    if delta.before and delta.after is not None and (by := (delta.after - delta.before) / abs(delta.before)):
        text += f" ({'+' if by > 0 else '−'}{percent(abs(by))})"
    return text if before != after else f"{text} (some groups move)"


def _step(step: StepDelta) -> str:
    if step.before == step.after:
        return f"{step.id} {_figure(step.after)}"
    return f"{step.id} {_figure(step.before)} → {_figure(step.after)}"


def _where(fault: FaultOutcome) -> str:
    return f"{fault.event}.{fault.path}" if fault.path else fault.event


def _why(fault: FaultOutcome) -> str:
    parts = [f"expected {fault.expected}" if fault.expected else "", f"got {fault.got}" if fault.got else ""]
    details = ", ".join(part for part in parts if part)
    return f"{fault.code}: {details}" if details else fault.code


def _quiet(deltas: Sequence[KpiDelta | JourneyDelta], noun: str) -> str:
    same = sum(delta.change == _UNCHANGED for delta in deltas)
    return f"{counted(same, noun)} would not move" if same else ""


def _text(outcome: Simulation, new: str, data: str) -> Iterator[str]:
    yield f"{new} on {data}"
    yield _verdict(outcome)
    if outcome.faults:
        yield ""
        yield "would be quarantined"
        width = max(len(_where(fault)) for fault in outcome.faults[:_MOST_FAULTS])
        for fault in outcome.faults[:_MOST_FAULTS]:
            yield f"  {fault.count:>8,}  {_where(fault):<{width}}  {_why(fault)}  (such as {fault.message_id})"
        yield from _more(outcome.faults)
    if any(event.freed for event in outcome.events):
        yield ""
        yield "would come free"
        yield from (f"  {event.freed:>8,}  {event.event}" for event in outcome.events if event.freed)
        yield f"  by footfall quarantine replay --data {shlex.quote(data)} --plan {shlex.quote(new)}"
    yield from _text_figures(outcome)


def _more(faults: Sequence[FaultOutcome]) -> Iterator[str]:
    if len(faults) > _MOST_FAULTS:
        yield f"  … and {counted(len(faults) - _MOST_FAULTS, 'other fault')}: --format json has all"


def _text_figures(outcome: Simulation) -> Iterator[str]:
    kpis = [delta for delta in outcome.kpis if delta.change != _UNCHANGED]
    journeys = [delta for delta in outcome.journeys if delta.change != _UNCHANGED]
    if kpis or journeys:
        width = max(len(name) for name in (*(kpi.name for kpi in kpis), *(journey.name for journey in journeys)))
        yield ""
        yield "would move"
        yield from (f"  kpi      {delta.name:<{width}}  {_moved(delta)}{_owner(delta)}" for delta in kpis)
        for journey in journeys:
            steps = ", ".join(map(_step, journey.steps))
            note = "" if journey.change == "moved" else f" ({journey.change})"
            yield f"  journey  {journey.name:<{width}}  {steps}{note}{_owner(journey)}"
    quiet = [text for text in (_quiet(outcome.kpis, "KPI"), _quiet(outcome.journeys, "journey")) if text]
    if quiet:
        yield ""
        yield ", ".join(quiet)


def _owner(delta: KpiDelta | JourneyDelta) -> str:
    return f"  owner {delta.owner}" if delta.owner else ""


def _markdown(outcome: Simulation, new: str, data: str) -> Iterator[str]:
    yield f"### Tried on real events: {code_span(new)} on {code_span(data)}"
    yield ""
    yield f"**{escape(_verdict(outcome))}.**"
    faults = [
        (f"{fault.count:,}", code_span(_where(fault)), escape(_why(fault))) for fault in outcome.faults[:_MOST_FAULTS]
    ]
    yield from _table("Would be quarantined", ("messages", "where", "why"), faults)
    yield from (escape(line.strip()) for line in _more(outcome.faults))
    freed = [(f"{event.freed:,}", code_span(event.event)) for event in outcome.events if event.freed]
    yield from _table("Would come free", ("messages", "event"), freed)
    kpis = [
        (code_span(f"kpi:{delta.name}"), escape(delta.owner), escape(_moved(delta)))
        for delta in outcome.kpis
        if delta.change != _UNCHANGED
    ]
    journeys = [
        (code_span(f"journey:{delta.name}"), escape(delta.owner), escape(", ".join(map(_step, delta.steps))))
        for delta in outcome.journeys
        if delta.change != _UNCHANGED
    ]
    yield from _table("Would move", ("figure", "owner", "before → after"), [*kpis, *journeys])
    quiet = [text for text in (_quiet(outcome.kpis, "KPI"), _quiet(outcome.journeys, "journey")) if text]
    if quiet:
        yield ""
        yield f"{', '.join(quiet)}."


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if rows:
        yield ""
        yield f"#### {title}"
        yield ""
        yield f"| {' | '.join(heads)} |"
        yield f"|{'---|' * len(heads)}"
        yield from (f"| {' | '.join(cell or '–' for cell in row)} |" for row in rows)


SHOW: Mapping[str, Callable[[Simulation, str, str], Iterator[str]]] = {"text": _text, "markdown": _markdown}
"""The form of an outcome by its name."""
