"""Campaigns: how many visits each of the plan's had, and which marks of links are of none of them."""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from footfall.analytics.definitions import PERSONS, window_text
from footfall.analytics.question import (
    TIMELINE_MESSAGES,
    FlatTable,
    Question,
    ReportContext,
    ShardContext,
    with_options,
)
from footfall.analytics.questions.attribution.costs import SummedCost, costs_by_label
from footfall.analytics.sections import Cell, FigureDefinition, Section, Table, TableRow, plain, quiet, strong
from footfall.analytics.touch_labels import TouchLabel, label_touches
from footfall.analytics.touches import TOUCH, make_touches
from footfall.analytics.window import Window
from footfall.plan.campaigns import normal_utm
from footfall.plan.misspelling import misspelling_of
from footfall.plan.model import UTM_FIELDS, CampaignBudget, Plan, PlannedCampaign
from footfall.web.campaign import Campaign

__all__ = ["CampaignVisits", "CampaignsOptions", "CampaignsPartial", "CampaignsResult", "UnknownMark", "campaigns"]

LINK: Final = "link"
_LIKE = 0.7  # of difflib's ratio: nearer ones are worth a look


class CampaignsOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked: at most so many marks that are of no campaign, those with the most visits first."""

    top: int = 50


class CampaignVisits(msgspec.Struct, frozen=True):
    """A campaign of the plan: its visits, how many of them were outside its days, and by origins it does not name.

    `first` and `last` are the times of the first and last visit. `costs` are by currency.
    """

    name: str
    owner: str
    first_day: str
    last_day: str
    visits: int
    outside: int
    other_origins: Mapping[str, int]
    first: datetime | None
    last: datetime | None
    budget: CampaignBudget | None
    costs: Mapping[str, SummedCost]


class UnknownMark(msgspec.Struct, frozen=True):
    """A value of links that no campaign of the plan has. `field` is `name` for utm_campaign, `source`, …

    Where each value is of some campaign and all together are of none, `field` is `link` and `value` has all. `like` is
    the nearest value of a campaign, `campaign` the name of that.
    """

    field: str
    value: str
    visits: int
    like: str | None
    campaign: str | None


class CampaignsResult(msgspec.Struct, frozen=True):
    """The campaigns in the plan's order, and what links say that is of none; `others` are marks that are not shown.

    `unknown_visits` counts the visits by links that are of no campaign.
    """

    window: Window
    campaigns: tuple[CampaignVisits, ...]
    unknown: tuple[UnknownMark, ...]
    others: int
    unknown_visits: int
    definition: str


class _Group(msgspec.Struct, frozen=True, array_like=True):
    """Visits by one kind of link, to one campaign of the plan ("" for none), in its days or not."""

    marks: Campaign
    origin: str
    campaign: str
    is_inside: bool
    visits: int
    first: int
    last: int


class CampaignsPartial(msgspec.Struct, frozen=True):
    """The same of one shard."""

    groups: tuple[_Group, ...]


def campaigns(options: CampaignsOptions) -> Question[CampaignsPartial, CampaignsResult]:
    """The question with these options."""
    return with_options(
        "campaigns", options, CampaignsPartial, _tally, _merge, _sections, _table, TIMELINE_MESSAGES
    )  # fmt: skip


def _tally(context: ShardContext, _options: CampaignsOptions) -> CampaignsPartial:
    dataset = context.dataset
    touches = make_touches(context)
    labels, labelled = label_touches(context, "campaign", touches)
    rows = dataset.rows(
        f"SELECT link, label, is_inside, count(*), min(time), max(time) FROM {labelled} "
        f"WHERE {context.report.span.sql('time')} GROUP BY link, label, is_inside"
    )
    for table in (labelled, touches.name):
        dataset.connection.execute(f"DROP TABLE {table}")
    groups = []
    for link, label, *figures in rows:
        marks, of = touches.links[link], labels[label]
        if marks.campaign != Campaign():
            groups.append(_Group(marks.campaign, marks.origin, of.text if of.is_planned else "", *figures))
    return CampaignsPartial(tuple(groups))


def _merge(context: ReportContext, options: CampaignsOptions, partials: Sequence[CampaignsPartial]) -> CampaignsResult:
    groups = [group for partial in partials for group in partial.groups]
    by_campaign: dict[str, list[_Group]] = defaultdict(list)
    for group in groups:
        by_campaign[group.campaign].append(group)
    plan, window = context.plan, context.window(context.span)
    costs = costs_by_label(context, ())
    unknown = _unknown(plan, by_campaign.get("", ()))
    return CampaignsResult(
        window=window,
        campaigns=tuple(
            _visits(context, each, by_campaign.get(each.name, ()), costs) for each in plan.campaigns.values()
        ),
        unknown=tuple(unknown[: options.top]),
        others=len(unknown[options.top :]),
        unknown_visits=sum(group.visits for group in by_campaign.get("", ())),
        definition=_definition(window),
    )


def _visits(
    context: ReportContext,
    campaign: PlannedCampaign,
    groups: Sequence[_Group],
    costs: Mapping[TouchLabel, Mapping[str, SummedCost]],
) -> CampaignVisits:
    origins: Counter[str] = Counter()
    for group in groups:
        if campaign.origins and group.origin not in campaign.origins:
            origins[group.origin] += group.visits
    return CampaignVisits(
        name=campaign.name,
        owner=campaign.owner,
        first_day=campaign.first_day,
        last_day=campaign.last_day,
        visits=sum(group.visits for group in groups),
        outside=sum(group.visits for group in groups if not group.is_inside),
        other_origins=dict(sorted(origins.items(), key=lambda item: (-item[1], item[0]))),
        first=context.time(min((group.first for group in groups), default=None)),
        last=context.time(max((group.last for group in groups), default=None)),
        budget=campaign.budget,
        costs=costs.get(TouchLabel(campaign.name, is_planned=True), {}),
    )


def _unknown(plan: Plan, groups: Iterable[_Group]) -> list[UnknownMark]:
    """The marks of links that are of no campaign, those with the most visits first."""
    planned = _known(plan)
    visits: Counter[tuple[str, str]] = Counter()
    for group in groups:
        marks: dict[str, str] = {
            field: value for field in UTM_FIELDS if (value := getattr(group.marks, field)) is not None
        }
        for mark in _strange(marks, planned):
            visits[mark] += group.visits
    ranked = sorted(visits.items(), key=lambda item: (-item[1], item[0]))
    return [
        UnknownMark(field, value, count, *_nearest(value, planned.get(field, {}))) for (field, value), count in ranked
    ]


def _strange(marks: Mapping[str, str], planned: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str]]:
    """What of a link is of no campaign: each value that is almost one of a campaign, else the first that is of none."""
    values = [
        (field, marks[field]) for field in planned if field in marks and _is_strange(marks[field], planned[field])
    ]
    almost = [(field, value) for field, value in values if _nearest(value, planned[field])[0] is not None]
    whole = (LINK, ", ".join(f"{field} {value}" for field, value in marks.items()))
    return almost or values[:1] or [whole]


def _known(plan: Plan) -> dict[str, dict[str, str]]:
    """By field the values of campaigns, each with the name of its first campaign; `name` also of a plan without any."""
    planned: dict[str, dict[str, str]] = {"name": {}}
    for campaign in plan.campaigns.values():
        for field, values in campaign.utm.items():
            for value in values:
                planned.setdefault(field, {}).setdefault(value, campaign.name)
    return planned


def _is_strange(value: str, planned: Mapping[str, str]) -> bool:
    return normal_utm(value) not in map(normal_utm, planned)


def _nearest(value: str, planned: Mapping[str, str]) -> tuple[str | None, str | None]:
    near = difflib.get_close_matches(normal_utm(value), planned, n=1, cutoff=_LIKE)
    like = misspelling_of(value, planned) or next(iter(near), None)
    return like, planned[like] if like is not None else None


def _definition(window: Window) -> str:
    fits = (
        "A visit is of the campaign of the plan where each field that the campaign names has one of its values, in any "
        "case; of several that of its day, then the one that names more fields, then the first in the plan."
    )
    nearest = (
        "A value that is almost one of a campaign is beside that one; of a link without such, the first value that is "
        "of no campaign is listed."
    )
    outside = "Outside are visits before its first or after its last day on the plan's clock."
    window_sentence = f"Window by corrected time: {window_text(window)}."
    return " ".join((f"Visits are touches. {TOUCH}", fits, outside, nearest, window_sentence, PERSONS))


def _sections(result: CampaignsResult) -> Iterator[Section]:
    yield Section(
        "Campaigns",
        table=Table(
            ("campaign", "owner", "days", "visits", "outside", "other origins", "cost", "budget"),
            [TableRow(_cells(each)) for each in result.campaigns],
        )
        if result.campaigns
        else None,
        remarks=[] if result.campaigns else [[quiet("the plan has no campaign; write some under `campaigns:`")]],
        definition=FigureDefinition("campaigns", result.definition),
    )
    if result.unknown:
        rest: list[Cell] = [[quiet(f"and {result.others:,} more")]] if result.others else []
        rows = [
            TableRow([
                [plain(each.field)], [strong(each.value)], [plain(each.visits)],
                [] if each.like is None else [plain(f"did you mean {each.like}?")],
            ])
            for each in result.unknown
        ]  # fmt: skip
        yield Section(
            "Links that are of no campaign of the plan",
            beside=[plain(f"{result.unknown_visits:,} visits")],
            table=Table(("utm", "value", "visits", ""), rows),
            remarks=rest,
        )


def _cells(each: CampaignVisits) -> list[Cell]:
    days = " to ".join((each.first_day or "…", each.last_day or "…")) if each.first_day or each.last_day else ""
    costs = ", ".join(f"{cost.cost:,} {currency}" for currency, cost in each.costs.items())
    budget: Cell = [] if each.budget is None else [plain(f"{each.budget.amount:,} {each.budget.currency}")]
    return [
        [strong(each.name)], [plain(each.owner)], [plain(days)], [plain(each.visits)],
        [plain(each.outside)] if each.outside else [],
        [plain(", ".join(f"{origin} {visits:,}" for origin, visits in each.other_origins.items()))],
        [plain(costs)], budget,
    ]  # fmt: skip


def _table(result: CampaignsResult) -> FlatTable:
    """A row for each campaign, and for each mark that is of none."""
    columns = ("campaign", "field", "value", "visits", "outside", "first", "last", "like")
    rows: list[tuple[Any, ...]] = [
        (each.name, None, None, each.visits, each.outside, each.first, each.last, None) for each in result.campaigns
    ]
    rows += [(None, each.field, each.value, each.visits, None, None, None, each.like) for each in result.unknown]
    return FlatTable(columns, tuple(rows))
