"""Signals: the occasions in the window that the plan's signals are about, with their evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from footfall.analytics.definitions import filter_text, window_text
from footfall.analytics.filtered_messages import Filtered, filtered_messages
from footfall.analytics.occasions import Occasion
from footfall.analytics.question import FlatTable, Question, ReportContext, ShardContext, with_options
from footfall.analytics.sections import FigureDefinition, Section, Table, TableRow, plain, quiet, strong
from footfall.analytics.window import Span, Window
from footfall.plan.durations import format_duration
from footfall.plan.model import PlannedSignal

__all__ = ["OccasionRow", "SignalsOptions", "SignalsResult", "occasion_text", "signals"]

_SECOND_US = 1_000_000


class SignalsOptions(msgspec.Struct, frozen=True):
    """The signals of the plan to look for."""

    signals: tuple[PlannedSignal, ...]


class OccasionsPartial(msgspec.Struct, frozen=True):
    """The occasions of one shard."""

    occasions: tuple[Occasion, ...]


class OccasionRow(msgspec.Struct, frozen=True):
    """An occasion on the plan's clock; `subject` is a person_id, or the id of a device's stream."""

    signal: str
    at: datetime
    subject: str
    evidence: tuple[int, ...]


class SignalsResult(msgspec.Struct, frozen=True):
    """Every occasion in the window, the earliest first; several may be of one signal until they are kept."""

    rows: tuple[OccasionRow, ...]
    occasions: tuple[Occasion, ...]
    window: Window
    definition: str


def signals(options: SignalsOptions) -> Question[OccasionsPartial, SignalsResult]:
    """The question of these signals."""
    return with_options("signals", options, OccasionsPartial, _tally, _merge, _sections, _table)


def occasion_text(signal: PlannedSignal) -> str:
    """What a signal is about: `3 × payment_failed within 1d`."""
    event = filter_text(signal.filter)
    if signal.silent is not None:
        return f"no {event} for {format_duration(signal.silent)}"
    if signal.after is not None:
        return f"{event} after {format_duration(signal.after)} without one"
    within = "" if signal.within is None else f" within {format_duration(signal.within)}"
    return f"{f'{signal.count} × ' if signal.count > 1 else ''}{event}{within}"


def _tally(context: ShardContext, options: SignalsOptions) -> OccasionsPartial:
    import pyarrow  # loaded with the engine

    occasions: list[Occasion] = []
    for signal in options.signals:
        (messages,) = filtered_messages(context, signal.by, [Filtered(signal.filter, with_seq=True)])
        rows = context.dataset.rows(_sql(signal, messages, context.report))
        actors = pyarrow.array([row[0] for row in rows], pyarrow.int32())
        ids = context.dataset.persons.person_ids(actors).to_pylist()
        occasions += [
            Occasion(at, tuple(evidence), signal.name, subject)
            for subject, (_, at, evidence) in zip(ids, rows, strict=True)
        ]
    return OccasionsPartial(tuple(occasions))


def _sql(signal: PlannedSignal, messages: str, report: ReportContext) -> str:
    """A row (actor, moment, evidence) for each occasion in the window."""
    past, inside = Span(None, report.end).sql("time"), Span(report.span.since, report.end).sql("moment")
    ordered = "PARTITION BY actor ORDER BY time, seq"
    read = f"SELECT actor, time, seq FROM ({messages}) WHERE {past}"
    if signal.silent is not None:
        last = f"{read} QUALIFY row_number() OVER (PARTITION BY actor ORDER BY time DESC, seq DESC) = 1"
        late = f"SELECT actor, time + {signal.silent * _SECOND_US} AS moment, [seq] AS evidence FROM ({last})"
        return f"SELECT * FROM ({late}) WHERE {inside}"
    before = 1 if signal.after is not None else signal.count - 1
    condition = "earliest IS NOT NULL"
    if signal.after is not None:
        condition += f" AND moment - earliest >= {signal.after * _SECOND_US}"
    elif signal.within is not None:
        condition += f" AND moment - earliest <= {signal.within * _SECOND_US}"
    windowed = f"""
        SELECT actor, time AS moment, lag(time, {before}) OVER ({ordered}) AS earliest,
            list(seq) OVER ({ordered} ROWS BETWEEN {before} PRECEDING AND CURRENT ROW) AS evidence
        FROM ({read})
    """
    return f"SELECT actor, moment, evidence FROM ({windowed}) WHERE {condition} AND {inside}"


def _merge(context: ReportContext, options: SignalsOptions, partials: Sequence[OccasionsPartial]) -> SignalsResult:
    occasions = sorted(occasion for partial in partials for occasion in partial.occasions)
    rows = []
    for each in occasions:
        at = context.time(each.at)
        assert at is not None
        rows.append(OccasionRow(each.signal, at, each.subject, each.evidence))
    window = context.window(context.span)
    texts = [f"{signal.name}: {occasion_text(signal)}" for signal in options.signals]
    definition = f"{'; '.join(texts)}. By corrected time: {window_text(window)}. Bots and own people give no signal."
    return SignalsResult(tuple(rows), tuple(occasions), window, definition)


def _sections(result: SignalsResult) -> Iterator[Section]:
    rows = [
        TableRow([[strong(row.signal)], [plain(row.at)], [plain(row.subject)], [plain(len(row.evidence))]])
        for row in result.rows
    ]
    yield Section(
        "Signals",
        table=Table(("signal", "when", "who", "messages"), rows) if rows else None,
        remarks=[] if rows else [[quiet("no occasion in the window")]],
        definition=FigureDefinition("signals", result.definition),
    )


def _table(result: SignalsResult) -> FlatTable:
    rows = tuple((row.signal, row.at, row.subject, len(row.evidence)) for row in result.rows)
    return FlatTable(("signal", "at", "subject", "messages"), rows)
