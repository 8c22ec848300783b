"""Says what a trial found: lines for a terminal, and a section of a pull-request comment."""

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

_TOLD = 12
_UNCHANGED = "same"


def _verdict(trial: Simulation) -> str:
    since = "" if trial.since is None else f" since {trial.since:%Y-%m-%d %H:%M}"
    kept = f"{counted(trial.stored, 'stored message')}{since}"
    lost = f"{trial.lost:,} would not be stored" if trial.lost else "all would be stored again"
    freed = f"{trial.freed:,} of {trial.quarantined:,} quarantined would now be stored"
    return f"{kept}: {lost}; {freed}" if trial.quarantined else f"{kept}: {lost}"


def _figure(value: Decimal | int | None, *, is_share: bool = False) -> str:
    if value is None:
        return "–"
    return percent(Decimal(value)) if is_share else number(Decimal(value))


def _moved(move: KpiDelta) -> str:
    before, after = (_figure(value, is_share=move.is_share) for value in (move.before, move.after))
    if move.change in {"added", "removed"}:
        return f"{after} (new)" if move.change == "added" else f"{before} (removed)"
    told = f"{before} → {after}"
    if move.before and move.after is not None and (by := (move.after - move.before) / abs(move.before)):
        told += f" ({'+' if by > 0 else '−'}{percent(abs(by))})"
    return told if before != after else f"{told} (some groups move)"


def _step(step: StepDelta) -> str:
    if step.before == step.after:
        return f"{step.id} {_figure(step.after)}"
    return f"{step.id} {_figure(step.before)} → {_figure(step.after)}"


def _where(fault: FaultOutcome) -> str:
    return f"{fault.event}.{fault.path}" if fault.path else fault.event


def _why(fault: FaultOutcome) -> str:
    parts = [f"expected {fault.expected}" if fault.expected else "", f"got {fault.got}" if fault.got else ""]
    said = ", ".join(part for part in parts if part)
    return f"{fault.code}: {said}" if said else fault.code


def _quiet(moves: Sequence[KpiDelta | JourneyDelta], what: str) -> str:
    same = sum(move.change == _UNCHANGED for move in moves)
    return f"{counted(same, what)} would not move" if same else ""


def _text(trial: Simulation, new: str, data: str) -> Iterator[str]:
    yield f"{new} on {data}"
    yield _verdict(trial)
    if trial.faults:
        yield ""
        yield "would be put aside"
        width = max(len(_where(fault)) for fault in trial.faults[:_TOLD])
        for fault in trial.faults[:_TOLD]:
            yield f"  {fault.count:>8,}  {_where(fault):<{width}}  {_why(fault)}  (such as {fault.message_id})"
        yield from _more(trial.faults)
    if any(event.freed for event in trial.events):
        yield ""
        yield "would come free"
        yield from (f"  {event.freed:>8,}  {event.event}" for event in trial.events if event.freed)
        yield f"  by footfall quarantine replay --data {shlex.quote(data)} --plan {shlex.quote(new)}"
    yield from _text_figures(trial)


def _more(faults: Sequence[FaultOutcome]) -> Iterator[str]:
    if len(faults) > _TOLD:
        yield f"  … and {counted(len(faults) - _TOLD, 'other fault')}: --format json tells all"


def _text_figures(trial: Simulation) -> Iterator[str]:
    kpis = [move for move in trial.kpis if move.change != _UNCHANGED]
    journeys = [move for move in trial.journeys if move.change != _UNCHANGED]
    if kpis or journeys:
        width = max(len(name) for name in (*(kpi.name for kpi in kpis), *(journey.name for journey in journeys)))
        yield ""
        yield "would move"
        yield from (f"  kpi      {move.name:<{width}}  {_moved(move)}{_owner(move)}" for move in kpis)
        for journey in journeys:
            steps = ", ".join(map(_step, journey.steps))
            note = "" if journey.change == "moved" else f" ({journey.change})"
            yield f"  journey  {journey.name:<{width}}  {steps}{note}{_owner(journey)}"
    quiet = [text for text in (_quiet(trial.kpis, "KPI"), _quiet(trial.journeys, "journey")) if text]
    if quiet:
        yield ""
        yield ", ".join(quiet)


def _owner(move: KpiDelta | JourneyDelta) -> str:
    return f"  owner {move.owner}" if move.owner else ""


def _markdown(trial: Simulation, new: str, data: str) -> Iterator[str]:
    yield f"### Tried on real events: {code_span(new)} on {code_span(data)}"
    yield ""
    yield f"**{escape(_verdict(trial))}.**"
    faults = [(f"{fault.count:,}", code_span(_where(fault)), escape(_why(fault))) for fault in trial.faults[:_TOLD]]
    yield from _table("Would be put aside", ("messages", "where", "why"), faults)
    yield from (escape(line.strip()) for line in _more(trial.faults))
    freed = [(f"{event.freed:,}", code_span(event.event)) for event in trial.events if event.freed]
    yield from _table("Would come free", ("messages", "event"), freed)
    kpis = [
        (code_span(f"kpi:{move.name}"), escape(move.owner), escape(_moved(move)))
        for move in trial.kpis
        if move.change != _UNCHANGED
    ]
    journeys = [
        (code_span(f"journey:{move.name}"), escape(move.owner), escape(", ".join(map(_step, move.steps))))
        for move in trial.journeys
        if move.change != _UNCHANGED
    ]
    yield from _table("Would move", ("figure", "owner", "before → after"), [*kpis, *journeys])
    quiet = [text for text in (_quiet(trial.kpis, "KPI"), _quiet(trial.journeys, "journey")) if text]
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
"""How a trial is told, by the name of the form."""
