"""Lays a funnel out for readers: its steps, the values of a breakdown, the times, and who dropped out."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from footfall.analytics.figures import quotient
from footfall.analytics.questions.funnel.results import FunnelResult, FunnelStepResult
from footfall.analytics.sections import (
    Amount,
    Bar,
    Cell,
    Elapsed,
    FigureDefinition,
    Section,
    Table,
    TableRow,
    plain,
    quiet,
    strong,
)

__all__ = ["funnel_sections"]

_OTHERS, _NONE = "(other)", "(none)"


def funnel_sections(result: FunnelResult) -> Iterator[Section]:
    """A section for the steps, and one for each further part that there is."""
    nouns = _nouns(result)
    columns = ("step", "", nouns, "of before", "95 %", "of first", "drop", *(("open",) if result.open else ()))
    title = f"Funnel: {result.about}"
    yield Section(
        title,
        beside=[quiet(*_beside(result))],
        table=Table(columns, [_step_row(step, result) for step in result.steps]) if result.entered else None,
        remarks=[*_remarks(result)],
        definition=FigureDefinition("funnel", result.definition),
    )
    if result.values:
        yield _values(result, nouns)
    if result.curve and len(result.steps) > 1:
        yield _curve(result)
    if result.whole.count and len(result.steps) > 1:
        yield _times(result, nouns)
        yield _histogram(result, nouns)
    if result.dropped_at is not None:
        yield _dropped(result, nouns)


def _nouns(result: FunnelResult) -> str:
    return "entries" if result.entry == "each" else "persons" if result.by == "user" else "devices"


def _beside(result: FunnelResult) -> Iterator[str | Amount]:
    within = {None: "no limit of time", "session": "within one session"}.get(result.within, f"within {result.within}")
    yield f"{result.converted:,} of {result.entered:,} convert, {within}"


def _step_row(step: FunnelStepResult, result: FunnelResult) -> TableRow:
    counts = step.counts
    name: Cell = [strong(step.id), quiet(" (optional)")] if step.is_optional else [strong(step.id)]
    return TableRow([
        name,
        [plain(Bar(counts.reached, result.entered))],
        [strong(counts.reached)],
        _share(counts.conversion),
        _interval(counts.low, counts.high),
        _share(counts.conversion_from_first),
        [plain(counts.dropped)] if step.took is not None else (),
        _some(counts.open),
    ])  # fmt: skip


def _remarks(result: FunnelResult) -> Iterator[Cell]:
    yield from ([plain(remark)] for remark in result.remarks)
    if not result.entered:
        yield [quiet(f"nobody had {result.steps[0].filter} in the window")]
    for each in result.excluded:
        unit = ("person" if result.by == "user" else "device") if each.drops_person else "entry"
        text = "taken out" if each.drops_person else "ended"
        yield [
            plain(each.count),
            quiet(f" {_plural(unit, each.count)} {text} by {each.filter} between steps {each.first} and {each.last}"),
        ]


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else "entries" if noun == "entry" else f"{noun}s"


def _values(result: FunnelResult, nouns: str) -> Section:
    heads = [step.id for step in result.steps]
    rows = []
    for each in result.values:
        name = {"none": _NONE, "other": f"{_OTHERS}, {each.values:,} values"}.get(each.kind, each.value or "")
        last = each.steps[-1]
        rows.append(
            TableRow(
                [
                    [strong(name)],
                    *([plain(counts.reached)] for counts in each.steps),
                    _share(last.conversion_from_first),
                    _interval(last.low_from_first, last.high_from_first),
                ]
            )
        )
    return Section(
        f"By {result.breakdown}: {nouns}", table=Table((result.breakdown or "", *heads, "converted", "95 %"), rows)
    )


def _curve(result: FunnelResult) -> Section:
    has_exclusions = result.curve[0].excluded is not None
    columns = ("since the entry", "converted", *(["excluded"] if has_exclusions else []), "at risk")
    rows = [
        TableRow([
            [plain(Elapsed(Decimal(point.seconds)))],
            _share(point.converted),
            *([_share(point.excluded)] if has_exclusions else []),
            [plain(point.at_risk)],
        ])
        for point in result.curve
    ]  # fmt: skip
    return Section("Conversion over time", table=Table(columns, rows))


def _times(result: FunnelResult, nouns: str) -> Section:
    named = [(step.id, step.took) for step in result.steps if step.took is not None]
    if len(named) > 1:
        named.append(("from the entry to the last step", result.whole))
    rows = [
        TableRow([
            [strong(name)], [plain(took.count)], [plain(Elapsed(took.median_seconds))],
            [plain(Elapsed(took.p90_seconds))],
        ])
        for name, took in named
    ]  # fmt: skip
    return Section(
        "Time to convert", about="Since the step before.", table=Table(("step", nouns, "median", "p90"), rows)
    )


def _histogram(result: FunnelResult, nouns: str) -> Section:
    whole = result.whole
    rows = [
        TableRow([
            [plain("from ", Elapsed(Decimal(each.least)))],
            [plain("under ", Elapsed(Decimal(each.under)))] if each.under is not None else (),
            [plain(Bar(each.count, max(other.count for other in whole.histogram)))],
            [plain(each.count)],
            _share(quotient(each.count, whole.count).value),
        ])
        for each in whole.histogram
    ]  # fmt: skip
    return Section(
        f"Time from {result.steps[0].id} to {result.steps[-1].id}", table=Table(("", "", "", nouns, "share"), rows)
    )


def _dropped(result: FunnelResult, nouns: str) -> Section:
    rows = [
        TableRow(
            [[strong(each.person_id)], [plain(each.entered)], [quiet("open" if each.is_open else "")]], is_whole=True
        )
        for each in result.dropped
    ]
    step = result.steps[(result.dropped_at or 1) - 1]
    return Section(
        f"{len(rows):,} {nouns} did not reach {step.id}",
        table=Table(("person_id" if result.by == "user" else "device_id", "entered", ""), rows) if rows else None,
    )


def _share(value: Decimal | None) -> Cell:
    return () if value is None else [plain(Amount(value, is_share=True))]


def _interval(low: Decimal | None, high: Decimal | None) -> Cell:
    if low is None or high is None:
        return ()
    return [quiet(Amount(low, is_share=True), "–", Amount(high, is_share=True))]


def _some(count: int) -> Cell:
    return [plain(count)] if count else ()
