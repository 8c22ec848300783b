"""KPIs: each measure of the plan over its window, against its target, with its breakdown and its guardrails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from footfall.analytics.contested import CONTESTED, ContestedPersons
from footfall.analytics.dataset import EventColumns
from footfall.analytics.definitions import DEVICES, PERSONS, chain_text, measure_text, week_text, window_text
from footfall.analytics.figures import Figure, plain_digits, quotient
from footfall.analytics.known_loss import KNOWN_LOSS, KnownLoss
from footfall.analytics.measures import Measured, merge_tallies, parts
from footfall.analytics.question import Question, Report, ReportContext, ShardContext
from footfall.analytics.reaches import conversion_actors
from footfall.analytics.sections import (
    Amount,
    Bounds,
    Cell,
    FigureDefinition,
    Rest,
    TableRow,
    TargetMet,
    WindowLength,
    alarm,
    plain,
    quiet,
    strong,
)
from footfall.analytics.tallies import MeasureTally, reads, stored, tally
from footfall.analytics.window import Window
from footfall.plan.calls import named
from footfall.plan.currencies import ISO_4217, money_of
from footfall.plan.durations import say_window
from footfall.plan.measure_parts import is_quotient
from footfall.plan.model import CalendarWindow, Conversion, Event, EventMeasure, Kpi, Measure, Plan, Unique
from footfall.plan.value_names import ValueName, user_traits, value_of

__all__ = ["KPIS", "CurrencyFigure", "Group", "Guardrail", "KpiResult", "TargetResult", "is_share", "kpi_rows"]

_MOST_GROUPS = 12

GroupValue = str | int | bool | Decimal | None


class CurrencyFigure(msgspec.Struct, frozen=True):
    """A figure in one currency; `currency` is None for messages that name none. `rounded` as in Group."""

    currency: str | None
    value: Decimal | None
    rounded: bool = False


class Group(msgspec.Struct, frozen=True):
    """One row of a breakdown: the values of its `by` properties (None where absent), and the figure.

    `rounded` says that `value` is only the first 28 digits of the figure.
    """

    group: dict[str, GroupValue]
    value: Decimal | None
    rounded: bool = False


class TargetResult(msgspec.Struct, frozen=True):
    """A target, the figure `compared` with it, and whether it is met.

    `compared` is the total, or the figure of the group or currency that `group` names. `met` is None when there is
    nothing to compare: no value, no message of the event ever stored, or several currencies.
    """

    direction: Literal["up", "down"]
    value: Decimal
    unit: str | None
    compared: Decimal | None
    group: str | None
    met: bool | None


class Guardrail(msgspec.Struct, frozen=True):
    """A KPI that must not suffer while another one rises. `is_share` says that its value reads best in percent."""

    name: str
    value: Decimal | None
    met: bool | None
    target: TargetResult | None = None
    rounded: bool = False
    is_share: bool = False


class KpiResult(msgspec.Struct, frozen=True):
    """One KPI. `of` and `to` are the parts of a ratio or a conversion, None for any other measure.

    `is_quotient` says that it is one of these, or a sum or difference of such.

    `unread` counts values of its properties, in its window, that were there and not of the plan's type. `rounded`
    says that `value` is only the first 28 digits of the figure. `currencies` has the figure of each currency, for
    money: they are never added up, so `value` is None where there are several. `known_loss` is what is known to be
    missing; with it a count is in `interval`. A count of persons is in
    `persons_range`, by whose its contested sessions are.
    """

    name: str
    question: str
    owner: str
    value: Decimal | None
    of: Decimal | None
    to: Decimal | None
    target: TargetResult | None
    window: Window
    rows: tuple[Group, ...]
    drives: str | None
    guardrails: tuple[Guardrail, ...]
    unread: int
    definition: str
    rounded: bool = False
    currencies: tuple[CurrencyFigure, ...] = ()
    is_quotient: bool = False
    known_loss: KnownLoss | None = None
    interval: tuple[Decimal, Decimal] | None = None
    persons_range: tuple[Decimal, Decimal] | None = None


class KpisPartial(msgspec.Struct, frozen=True):
    """The KPIs of one shard, by name: the parts of each measure, or how many entered and how many converted."""

    measures: dict[str, tuple[MeasureTally, ...]]
    conversions: dict[str, tuple[int, int]]
    contested: dict[str, int] = {}


def _partial(context: ShardContext) -> KpisPartial:
    partial = KpisPartial({}, {}, {})
    for name, kpi in context.report.asked.kpis.items():
        asked, span = kpi.measure, context.report.span_of(kpi.window)
        segments = context.ending_with(span).segments
        if isinstance(asked, Conversion):
            reaches = context.reaches(asked.journey, span)
            partial.conversions[name] = conversion_actors(context.dataset, reaches, asked.start, asked.end)
        else:
            partial.measures[name] = tuple(
                tally(context.dataset, context.report.plan, part, span, context.shard, segments=segments)
                for part in parts(asked)
            )
        if isinstance(asked, Unique) and asked.property == "actor":
            shard = ContestedPersons.of_shard(context.shard)
            only = tally(context.dataset, context.report.plan, asked, span, shard, segments=segments)
            partial.contested[name] = sum(each.count for each in only.totals)
    return partial


def _merge(context: ReportContext, partials: Sequence[KpisPartial]) -> tuple[KpiResult, ...]:
    kpis = {
        name: _kpi(context, kpi, _measured(context.plan, kpi, partials)) for name, kpi in context.asked.kpis.items()
    }
    for name in kpis.keys() & {name for partial in partials for name in partial.contested}:
        kpis[name] = _with_range(kpis[name], sum(partial.contested.get(name, 0) for partial in partials))
    return tuple(_with_guardrails(context.plan.kpis[name], kpi, kpis) for name, kpi in kpis.items())


def _measured(plan: Plan, kpi: Kpi, partials: Sequence[KpisPartial]) -> Measured:
    if not isinstance(kpi.measure, Conversion):
        return merge_tallies(plan, kpi.measure, [partial.measures[kpi.name] for partial in partials])
    entered, reached = map(sum, zip(*(partial.conversions[kpi.name] for partial in partials), strict=True))
    return Measured(quotient(reached, entered), Figure.of(None), of=Figure.of(reached), to=Figure.of(entered))


def _kpi(context: ReportContext, kpi: Kpi, measured: Measured) -> KpiResult:
    plan, window = context.plan, context.window(context.span_of(kpi.window))
    group, compared = _compared(plan, kpi, measured)
    loss = context.losses.of_measure(kpi.measure, context.span_of(kpi.window))
    return KpiResult(
        name=kpi.name,
        question=kpi.question,
        owner=kpi.owner,
        value=measured.total.value,
        of=measured.of.value if measured.of else None,
        to=measured.to.value if measured.to else None,
        target=_target(kpi, group, compared, has_messages=measured.never is None),
        window=window,
        rows=tuple(
            Group(dict(zip(measured.by, map(_plain, key), strict=True)), figure.value, figure.rounded)
            for key, figure in measured.groups.items()
        ),
        drives=kpi.drives,
        guardrails=(),
        unread=measured.unread,
        definition=_definition(
            plan,
            kpi,
            window,
            group,
            measured.never,
            is_own_window=context.span.since is None,
            has_loss=bool(loss.missing),
        ),
        rounded=measured.total.rounded,
        currencies=tuple(
            CurrencyFigure(code, figure.value, figure.rounded) for code, figure in measured.currencies.items()
        ),
        is_quotient=is_quotient(kpi.measure),
        known_loss=loss,
        interval=loss.interval_of(kpi.measure, measured.total.value),
    )


def _plain(value: GroupValue) -> GroupValue:
    return plain_digits(value) if isinstance(value, Decimal) else value


def _compared(plan: Plan, kpi: Kpi, measured: Measured) -> tuple[str | None, Figure]:
    """What the target is compared with: the one group or currency that the target's unit names, else the total."""
    unit = kpi.target.unit if kpi.target else None
    if unit is not None and measured.currencies and (unit in measured.currencies or unit in ISO_4217):
        return unit, measured.currencies.get(unit, measured.nothing)
    if unit is None or len(measured.by) != 1:
        return None, measured.total
    figure = next((figure for key, figure in measured.groups.items() if str(key[0]) == unit), None)
    if figure is not None:
        return unit, figure
    grouped = (value_of(event, measured.by[0], user_traits(plan)) for _, event in _events_asked(plan, kpi.measure))
    choices = {str(choice) for value in grouped if isinstance(value, ValueName) for choice in value.property.enum}
    # A currency in which nothing was sold is still the one that the target speaks of.
    return (unit, measured.nothing) if unit in choices else (None, measured.total)


def _events_asked(plan: Plan, asked: Measure) -> Iterator[tuple[EventMeasure, Event]]:
    """What a measure tallies, each with its event."""
    if not isinstance(asked, Conversion):
        for part in parts(asked):
            if (event := named(plan, part.event)) is not None:
                yield part, event


def _target(kpi: Kpi, group: str | None, compared: Figure, *, has_messages: bool) -> TargetResult | None:
    """Compare a figure with the target; the 0 of an event that never came says nothing."""
    if kpi.target is None:
        return None
    wanted, met = Fraction(kpi.target.value), None
    if compared.exact is not None and has_messages:
        met = compared.exact >= wanted if kpi.target.direction == "up" else compared.exact <= wanted
    return TargetResult(kpi.target.direction, kpi.target.value, kpi.target.unit, compared.value, group, met)


def _with_range(result: KpiResult, contested: int) -> KpiResult:
    """A count of persons with its range under contested sessions."""
    if result.value is None:
        return result
    definition = f"{result.definition} {CONTESTED}" if contested else result.definition
    return msgspec.structs.replace(
        result, persons_range=(result.value - contested, result.value), definition=definition
    )


def _with_guardrails(kpi: Kpi, result: KpiResult, kpis: Mapping[str, KpiResult]) -> KpiResult:
    guards = tuple(
        Guardrail(
            name, guard.value, guard.target.met if guard.target else None, guard.target, guard.rounded, is_share(guard)
        )
        for name in kpi.guardrails
        if (guard := kpis.get(name))
    )
    return msgspec.structs.replace(result, guardrails=guards)


def _definition(
    plan: Plan, kpi: Kpi, window: Window, group: str | None, never: str | None, *, is_own_window: bool, has_loss: bool
) -> str:
    """How a figure was made. `group` was compared with the target, None for the total; `never` names an event without
    a single stored message; `is_own_window` says that the reader asked for no other window."""
    sentences = [measure_text(kpi.measure)]
    if isinstance(kpi.measure, Conversion):
        sentences.append(chain_text(plan.journeys[kpi.measure.journey]))
    elif any(isinstance(part, Unique) and part.property == "actor" for part in parts(kpi.measure)):
        sentences.append(f"An actor is a person or, where there is none, a device. {PERSONS} {DEVICES}")
    sentences.append(f"Window by corrected time: {window_text(window)}.")
    if isinstance(kpi.window, CalendarWindow) and is_own_window:
        sentences.append(f"That is {say_window(kpi.window)} of the plan's clock.")
        if kpi.window.calendar == "week":
            sentences.append(week_text(plan.week_starts))
    if currencies := _currencies(plan, kpi.measure):
        sentences.append(currencies)
    if has_loss:
        sentences.append(KNOWN_LOSS)
    if group is not None and currencies:
        sentences.append(f"The target is compared with the figure in {group}.")
    elif group is not None:
        sentences.append(
            f"The target's unit names the group {group}: the target is compared with it. The value is the total."
        )
    if never is not None and kpi.target is not None:
        sentences.append(f"No message of {never} was ever stored, so the target is neither met nor missed.")
    return " ".join(sentences)


def _currencies(plan: Plan, asked: Measure) -> str:
    """In which currency amounts are, for a measure of money."""
    moneys = [money_of(event, part, user_traits(plan)) for part, event in _events_asked(plan, asked)]
    properties = sorted({money.named for money in moneys if money is not None and money.named})
    if properties:
        return f"Currencies are never added up: there is one figure for each currency in {' and '.join(properties)}."
    codes = sorted({money.code for money in moneys if money is not None})
    return f"Amounts are in {' and '.join(codes)}." if codes else ""


def _reads(plan: Plan) -> Iterator[tuple[str, EventColumns]]:
    for kpi in plan.kpis.values():
        for part, _ in _events_asked(plan, kpi.measure):
            yield part.event, EventColumns(reads(plan, part), stored=stored(part))


def is_share(kpi: KpiResult) -> bool:
    """Whether a figure reads best in percent: a quotient, and nothing about it is over 1."""
    figures = [*(row.value for row in kpi.rows), *(figure.value for figure in kpi.currencies)]
    values = [kpi.value, kpi.target.value if kpi.target else None, *figures]
    return kpi.is_quotient and all(value is None or abs(value) <= 1 for value in values)


def kpi_rows(kpi: KpiResult, report: Report) -> Iterator[TableRow]:
    """A KPI as rows of a table: its figure, its groups, its guardrails."""
    share = is_share(kpi)
    cells = [_name(kpi), _figure(kpi, share=share), *_target_cells(kpi.target, share=share)]
    window = WindowLength(kpi.window, report.now)
    yield TableRow([*cells, [plain(window)]], FigureDefinition(kpi.name, kpi.definition))
    for group in kpi.rows[:_MOST_GROUPS]:
        label = ", ".join(map(_group_name, group.group.values()))
        is_targeted = kpi.target is not None and kpi.target.group == label
        name = [plain(f"  {label}"), *([quiet(" (targeted)")] if is_targeted else [])]
        yield TableRow([name, [plain(Amount(group.value, share, group.rounded))]])
    if len(kpi.rows) > _MOST_GROUPS:
        yield TableRow([[quiet("  … ", Rest(len(kpi.rows) - _MOST_GROUPS, "more group"))]])
    for guardrail in kpi.guardrails:
        figure = [plain(Amount(guardrail.value, guardrail.is_share, guardrail.rounded))]
        target, _ = _target_cells(guardrail.target, share=guardrail.is_share)
        name = [quiet(f"  guardrail: {guardrail.name}")]
        yield TableRow([name, figure, target, [plain(TargetMet(guardrail.met))]], is_whole=True)


def _name(kpi: KpiResult) -> Cell:
    lines = [kpi.question, f"drives {kpi.drives}" if kpi.drives else ""]
    return [strong(kpi.name), *(quiet(f"\n{line}") for line in lines if line)]


def _figure(kpi: KpiResult, *, share: bool) -> Cell:
    amounts = [
        Amount(figure.value, share, figure.rounded, figure.currency or "(no currency)") for figure in kpi.currencies
    ] or [Amount(kpi.value, share, kpi.rounded)]
    phrases = [strong("\n" if number else "", amount) for number, amount in enumerate(amounts)]
    if kpi.of is not None and kpi.to is not None:
        phrases.append(quiet("\n", Amount(kpi.of), " of ", Amount(kpi.to)))
    if kpi.known_loss is not None and kpi.known_loss.missing:
        phrases.append(quiet("\n", kpi.known_loss.text))
    if kpi.persons_range is not None and kpi.persons_range[0] != kpi.persons_range[1]:
        phrases.append(quiet("\n", Amount(kpi.persons_range[0]), " if contested sessions are of these"))
    if kpi.unread:
        phrases.append(alarm("\n", kpi.unread, " unreadable"))
    return phrases


def _target_cells(target: TargetResult | None, *, share: bool) -> tuple[Cell, Cell]:
    if target is None:
        return (), ()
    least, most = (target.value, None) if target.direction == "up" else (None, target.value)
    return [plain(Bounds(least, most, share, target.unit or ""))], [plain(TargetMet(target.met))]


def _group_name(value: GroupValue) -> str:
    if value is None:
        return "(none)"
    return str(value).lower() if isinstance(value, bool) else str(value)


# GOALS shows each KPI under its goals, and the others after them.
KPIS = Question("kpis", KpisPartial, _partial, _merge, reads=_reads, asks=lambda plan: bool(plan.kpis), is_named=True)
