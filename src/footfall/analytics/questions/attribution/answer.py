"""The answer to a question of attribution: what each campaign or origin is credited, by each model."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Literal

import msgspec

from footfall.analytics.definitions import PERSONS, filter_text, window_text
from footfall.analytics.figure_losses import FigureLosses, with_losses
from footfall.analytics.figures import as_float, quotient
from footfall.analytics.question import TIMELINE_MESSAGES, FlatTable, Question, ReportContext, checked, with_options
from footfall.analytics.questions.attribution.costs import SummedCost, added_costs, costs_by_label
from footfall.analytics.questions.attribution.options import AttributionOptions, Model
from footfall.analytics.questions.attribution.tally import AttributionPartial, tally
from footfall.analytics.sections import Amount, Cell, FigureDefinition, Section, Table, TableRow, plain, quiet, strong
from footfall.analytics.touch_labels import NO_TOUCH, LabelledBy, TouchLabel
from footfall.analytics.touches import TOUCH
from footfall.analytics.window import Window
from footfall.plan.durations import format_duration
from footfall.printable import counted

__all__ = ["AttributionResult", "AttributionRow", "CampaignReturn", "Credit", "attribution"]


class Credit(msgspec.Struct, frozen=True):
    """An exact number: `exact` as `3/2`, `value` as a decimal to 28 digits."""

    exact: str
    value: Decimal | None

    @classmethod
    def of(cls, number: Fraction) -> Credit:
        return cls(str(number), quotient(number, 1).value)

    @property
    def fraction(self) -> Fraction:
        return Fraction(self.exact)


class CampaignReturn(msgspec.Struct, frozen=True):
    """What a campaign cost in a currency, and by model what came of it.

    `per_conversion` is the cost for each conversion that it is credited. `roas` is the amount in the same currency
    divided by the cost, `roi` what is over of it after the cost, divided by the cost; nothing without a value.
    """

    cost: Decimal
    clicks: int | None
    impressions: int | None
    per_conversion: Mapping[Model, Decimal | None]
    roas: Mapping[Model, Decimal | None]
    roi: Mapping[Model, Decimal | None]


class AttributionRow(msgspec.Struct, frozen=True):
    """What touches with one label are credited.

    `label` is "" where touches have none, None for conversions without a touch, and for all other labels together
    (`is_other`). `is_planned` says that it is a campaign of the plan. `visits` are the touches in the window. By model:
    `conversions`, `shares` of all conversions, and `amounts` by currency ("" where it is no money). `returns` has by
    currency what a campaign cost on days that begin in the window.
    """

    label: str | None
    is_planned: bool
    is_other: bool
    visits: int
    conversions: Mapping[Model, Credit]
    shares: Mapping[Model, Decimal | None]
    amounts: Mapping[Model, Mapping[str, Credit]]
    returns: Mapping[str, CampaignReturn] = {}


class AttributionResult(FigureLosses, frozen=True):
    """Rows by credit, the most first; that of all others, and that of no touch, come last.

    In each model the conversions of all rows add up to `conversions`, and the amounts to `amounts`.
    """

    conversion: str
    value: str | None
    by: LabelledBy
    models: tuple[Model, ...]
    window: Window
    conversions: int
    amounts: Mapping[str, Decimal]
    rows: tuple[AttributionRow, ...]
    definition: str


def attribution(options: AttributionOptions) -> Question[AttributionPartial, AttributionResult]:
    """The question with these options. Raises UsageError for an option that has no such value."""
    checked(options)
    question = with_options(
        "attribution", options, AttributionPartial, tally, _merge, _sections, _table, TIMELINE_MESSAGES
    )
    return with_losses(question, lambda _: {"conversions": [options.conversion.event]})


_Key = TouchLabel | None  # None: all others


class _Sums:
    """What each label is credited over all shards."""

    def __init__(self, partials: Sequence[AttributionPartial]) -> None:
        self.visits: Counter[_Key] = Counter()
        self.credits: dict[tuple[_Key, Model, str | None], Fraction] = defaultdict(Fraction)
        for partial in partials:
            for number, visits in partial.visits.items():
                self.visits[partial.labels[number]] += visits
            for each in partial.credits:
                part = Fraction(each.number) * each.times / each.parts
                self.credits[partial.labels[each.label], each.model, each.currency] += part

    @property
    def labels(self) -> set[TouchLabel]:
        """The labels that have a touch."""
        labels = {label for label, _, _ in self.credits} | self.visits.keys()
        return {label for label in labels if label is not None and label.is_touch}

    def ranked(self, models: Sequence[Model], more: Collection[TouchLabel]) -> list[TouchLabel]:
        """The labels that have a touch, and `more`, by their credit."""
        return sorted(
            self.labels.union(more),
            key=lambda label: (
                *(-self.credits.get((label, model, None), Fraction()) for model in models),
                -self.visits[label],
                label.text,
                label.is_planned,
            ),
        )

    def gather(self, others: Sequence[TouchLabel]) -> None:
        """Make one label of several."""
        names = {*others}
        self.visits[None] = sum(self.visits[label] for label in others)
        for (label, model, currency), number in list(self.credits.items()):
            if label in names:
                self.credits[None, model, currency] += number


def _merge(
    context: ReportContext, options: AttributionOptions, partials: Sequence[AttributionPartial]
) -> AttributionResult:
    sums = _Sums(partials)
    costs = costs_by_label(context, sums.labels) if options.by == "campaign" else {}
    ranked = sums.ranked(options.models, costs)
    keys: list[_Key] = [*ranked[: options.top]]
    all_costs: dict[_Key, Mapping[str, SummedCost]] = dict(costs.items())
    if others := ranked[options.top :]:
        sums.gather(others)
        all_costs[None] = added_costs(costs[label] for label in others if label in costs)
        keys.append(None)
    if any(label == NO_TOUCH for label, _, _ in sums.credits):
        keys.append(NO_TOUCH)
    count = sum(partial.conversions for partial in partials)
    amounts = _totals(options.models[0], partials)
    window = context.window(context.span)
    lacks_currency = "" in amounts and any(all_costs.values())
    return AttributionResult(
        conversion=filter_text(options.conversion),
        value=options.value,
        by=options.by,
        models=options.models,
        window=window,
        conversions=count,
        amounts=amounts,
        rows=tuple(_row(sums, key, options.models, count, amounts, all_costs.get(key, {})) for key in keys),
        definition=_definition(options, window) + (f" {_NO_CURRENCY}" if lacks_currency else ""),
    )


def _totals(model: Model, partials: Sequence[AttributionPartial]) -> dict[str, Decimal]:
    """The whole value by currency, which each model shares out."""
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for partial in partials:
        for each in partial.credits:
            if each.model == model and each.currency is not None:
                sums[each.currency] += Fraction(each.number) * each.times / each.parts
    return {currency: _decimal(number) for currency, number in sorted(sums.items())}


def _decimal(number: Fraction) -> Decimal:
    """The same number, which is a sum of decimals, with all of its digits."""
    digits = 0
    while number.denominator != 1:
        number, digits = number * 10, digits + 1
    return Decimal(f"{number.numerator}E-{digits}")


def _row(
    sums: _Sums,
    key: _Key,
    models: Sequence[Model],
    count: int,
    currencies: Mapping[str, Decimal],
    costs: Mapping[str, SummedCost],
) -> AttributionRow:
    credit = {model: sums.credits.get((key, model, None), Fraction()) for model in models}
    return AttributionRow(
        label=key.text if key is not None and key.is_touch else None,
        is_planned=key is not None and key.is_planned,
        is_other=key is None,
        visits=sums.visits[key],
        conversions={model: Credit.of(number) for model, number in credit.items()},
        shares={model: quotient(number, count).value for model, number in credit.items()},
        amounts={
            model: {
                currency: Credit.of(sums.credits.get((key, model, currency), Fraction())) for currency in currencies
            }
            for model in models
        },
        returns={
            currency: _return(
                cost,
                credit,
                {model: sums.credits.get((key, model, currency)) for model in models},
                has_value=currency in currencies,
            )
            for currency, cost in costs.items()
        },
    )


def _return(
    cost: SummedCost, credit: Mapping[Model, Fraction], amounts: Mapping[Model, Fraction | None], *, has_value: bool
) -> CampaignReturn:
    of = Fraction(cost.cost)
    taken = {model: (amount or Fraction()) if has_value else None for model, amount in amounts.items()}
    return CampaignReturn(
        cost=cost.cost,
        clicks=cost.clicks,
        impressions=cost.impressions,
        per_conversion={model: quotient(of, number).value for model, number in credit.items()},
        roas={model: quotient(amount, of).value for model, amount in taken.items()},
        roi={model: None if amount is None else quotient(amount - of, of).value for model, amount in taken.items()},
    )


_CREDITED: Final[Mapping[Model, str]] = {
    "first": "first: the first touch gets all",
    "last": "last: the last touch gets all",
    "last_non_direct": "last_non_direct: the last touch that is not direct gets all, else the last",
    "linear": "linear: each touch gets the same",
    "position": "position: the first and the last get 40 % each, those between share 20 %; of two each gets half",
    "time_decay": (
        "time_decay: a touch weighs half for each {half_life} that it is older, in billionths of the conversion"
    ),
}
_BY: Final[Mapping[LabelledBy, str]] = {
    "campaign": (
        "A touch is of the campaign of the plan whose marks its link has, else of its own utm_campaign, else of none."
    ),
    "origin": "The origin is how the person came.",
    "source": "The source is the link's utm_source, else the name of the origin, else the origin.",
    "medium": "The medium is the link's utm_medium, else the origin.",
}


_COSTS = (
    "Costs are those imported for days that begin in the window, each currency by itself, as they are known now. ROAS "
    "is the credited amount divided by the cost in the same currency; ROI is the amount less the cost, divided by the "
    "cost."
)

_CostFigure = Literal["cost per conversion", "ROAS", "ROI"]
_NO_CURRENCY = "The value has no currency in the plan, so there is no ROAS and no ROI: add currency to its property."


def _definition(options: AttributionOptions, window: Window) -> str:
    half_life = format_duration(options.half_life)
    models = "; ".join(_CREDITED[model].format(half_life=half_life) for model in options.models)
    value = f", and its {options.value}, by currency," if options.value else ""
    sentences = [
        f"Conversion: a message of {filter_text(options.conversion)} of a person in the window.",
        (
            f"Each one{value} is shared out to the touches of the same person in the "
            f"{format_duration(options.within)} up to it, also from before the window; of equal times by seq. "
            "Without a touch it is (none)."
        ),
        TOUCH,
        f"Models: {models}.",
        _BY[options.by],
        "Credits are exact fractions; in each model they add up to all conversions.",
        "Visits are the touches in the window.",
        *([_COSTS] if options.by == "campaign" else []),
        f"Window by corrected time: {window_text(window)}.",
        PERSONS,
    ]
    return " ".join(sentences)


def _sections(result: AttributionResult) -> Iterator[Section]:
    beside: Cell = [
        plain(counted(result.conversions, "conversion")),
        *(plain(f" · {amount:,} {currency}".rstrip()) for currency, amount in result.amounts.items()),
    ]
    yield Section(
        f"Attribution of {result.conversion} by {result.by}",
        beside=beside,
        table=_side_by_side(result, None) if result.rows else None,
        remarks=[] if result.rows else [[quiet("no conversion and no visit in the window")]],
        definition=FigureDefinition("attribution", result.definition),
    )
    for currency in result.amounts if result.rows else ():
        title = f"{result.value} in {currency}" if currency else str(result.value)
        yield Section(title, table=_side_by_side(result, currency))
    for currency in sorted({currency for row in result.rows for currency in row.returns}):
        yield from _cost_sections(result, currency)


def _side_by_side(result: AttributionResult, currency: str | None) -> Table:
    """A column for each model: of conversions, or of the amount in a currency."""
    is_alone = currency is None and len(result.models) == 1
    rows = []
    for row in result.rows:
        numbers = [
            row.conversions[model] if currency is None else row.amounts[model][currency] for model in result.models
        ]
        shares = [[plain(Amount(row.shares[model], is_share=True))] for model in result.models] if is_alone else []
        visits = [[] if row.label is None and not row.is_other else [plain(row.visits)]] if currency is None else []
        rows.append(TableRow([[_head(row, result.by)], *visits, *([_rounded(each)] for each in numbers), *shares]))
    names = ["conversions"] if is_alone else [model.replace("_", " ") for model in result.models]
    return Table((result.by, *(["visits"] if currency is None else []), *names, *(["share"] if is_alone else [])), rows)


def _cost_sections(result: AttributionResult, currency: str) -> Iterator[Section]:
    """All that is known of the costs: of one model in one table, of several in a table for each figure."""
    figures: list[_CostFigure] = ["cost per conversion"]
    figures += ["ROAS", "ROI"] if currency in result.amounts else []
    remarks: list[Cell] = [[quiet(_NO_CURRENCY)]] if "" in result.amounts else []
    title = f"Costs in {currency}"
    if len(result.models) == 1:
        yield Section(title, table=_cost_table(result, currency, figures), remarks=remarks)
        return
    yield Section(title, table=_cost_table(result, currency, figures[:1]), remarks=remarks)
    for figure in figures[1:]:
        yield Section(f"{figure} in {currency}", table=_cost_table(result, currency, [figure]))


def _cost_table(result: AttributionResult, currency: str, figures: Sequence[_CostFigure]) -> Table:
    """The costs, and each of some figures by each model."""
    rows = []
    for row in result.rows:
        back = row.returns.get(currency)
        if back is not None:
            clicks: Cell = [] if back.clicks is None else [plain(back.clicks)]
            cells = [_return_cell(back, figure, model) for figure in figures for model in result.models]
            rows.append(TableRow([[_head(row, result.by)], [plain(Amount(back.cost))], clicks, *cells]))
    is_alone = len(result.models) == 1
    names = [
        figure if is_alone else f"{figure} {model.replace('_', ' ')}" for figure in figures for model in result.models
    ]
    return Table((result.by, "cost", "clicks", *names), rows)


def _return_cell(back: CampaignReturn, figure: _CostFigure, model: Model) -> Cell:
    if figure == "ROI":
        return [_share(back.roi[model])]
    return [_fixed((back.roas if figure == "ROAS" else back.per_conversion)[model])]


def _fixed(value: Decimal | None) -> Any:
    return quiet("") if value is None else plain(f"{value:,.2f}")


def _share(value: Decimal | None) -> Any:
    return quiet("") if value is None else plain(f"{value * 100:+,.0f} %")


def _head(row: AttributionRow, by: LabelledBy) -> Any:
    if row.is_other:
        return quiet("all others")
    if row.label is None:
        return quiet("(none)")
    if not row.label:
        return quiet(f"(no {by})")
    return strong(row.label)


def _rounded(credit: Credit) -> Any:
    """To two decimals: the exact number is in the other forms."""
    whole = credit.fraction.denominator == 1
    return plain(f"{credit.value:,.0f}" if whole else f"{credit.value:,.2f}")


def _table(result: AttributionResult) -> FlatTable:
    """A row for each model and label; with a value, for each currency too."""
    columns = (
        "model", "label", "is_planned", "is_other", "visits", "conversions", "share", "currency", "amount", "cost",
        "per_conversion", "roas", "roi",
    )  # fmt: skip
    rows = []
    for model in result.models:
        for row in result.rows:
            for currency in dict.fromkeys([*row.amounts[model], *row.returns]) or [None]:
                amount, back = row.amounts[model].get(currency or ""), row.returns.get(currency or "")
                costs = (
                    (None,) * 4
                    if back is None
                    else (back.cost, *(as_float(each[model]) for each in (back.per_conversion, back.roas, back.roi)))
                )
                rows.append((
                    model, row.label, row.is_planned, row.is_other, row.visits, as_float(row.conversions[model].value),
                    as_float(row.shares[model]), currency or None, None if amount is None else as_float(amount.value),
                    *costs,
                ))  # fmt: skip
    return FlatTable(columns, tuple(rows))
