"""What touches are summed up by: the campaign of the plan that a link is of, the origin, the source or the medium."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final, Literal

import msgspec

from footfall.analytics.arrivals import LinkMarks
from footfall.analytics.question import ShardContext
from footfall.analytics.touches import TouchTable
from footfall.analytics.window import midnight
from footfall.plan.campaigns import CampaignIndex
from footfall.plan.model import Plan, PlannedCampaign

__all__ = ["NO_TOUCH", "LabelledBy", "TouchLabel", "label_touches"]

LabelledBy = Literal["campaign", "origin", "source", "medium"]
_FIRST, _LAST = -(2**62), 2**62


class TouchLabel(msgspec.Struct, frozen=True):
    """What touches are summed up by: `text`, "" where they have none, and whether it is a campaign of the plan.

    `is_touch` is false for what has no touch.
    """

    text: str
    is_planned: bool = False
    is_touch: bool = True


NO_TOUCH: Final = TouchLabel("", is_touch=False)


def label_touches(context: ShardContext, by: LabelledBy, touches: TouchTable) -> tuple[tuple[TouchLabel, ...], str]:
    """The labels, NO_TOUCH first, and a table of the touches with the number of theirs, which the caller drops.

    `is_inside` says of a touch of a campaign that it is in the campaign's days.
    """
    import pyarrow  # loaded with the engine

    dataset, plan = context.dataset, context.plan
    index = CampaignIndex(plan.campaigns)
    labels: dict[TouchLabel, int] = {NO_TOUCH: 0}
    rows = [
        (link, rank, since, until, labels.setdefault(label, len(labels)))
        for link, marks in enumerate(touches.links)
        for rank, (label, since, until) in enumerate(_choices(plan, index, by, marks))
    ]
    name = dataset.new_name("labelled")
    columns = zip(*rows, strict=True) if rows else ((),) * len(_CHOICE)
    arrays = [pyarrow.array(column, pyarrow.int64()) for column in columns]
    dataset.connection.register(f"{name}_labels", pyarrow.table(arrays, _CHOICE))
    dataset.connection.execute(
        f"""
        CREATE TABLE {name} AS
        SELECT person, time, seq, link, is_direct, bool_or(time >= since AND time < until) AS is_inside,
               arg_min(label, rank + CASE WHEN time >= since AND time < until THEN 0 ELSE {len(rows) + 1} END) AS label
        FROM {touches.name} JOIN {name}_labels USING (link) GROUP BY person, time, seq, link, is_direct
        """
    )
    dataset.connection.unregister(f"{name}_labels")
    return tuple(labels), name


_CHOICE: Final = ("link", "rank", "since", "until", "label")


def _choices(plan: Plan, index: CampaignIndex, by: LabelledBy, marks: LinkMarks) -> list[tuple[TouchLabel, int, int]]:
    """The labels that a touch with these marks may have, the likeliest first, each with when it is the likeliest."""
    if by != "campaign":
        return [(TouchLabel(_TEXTS[by](marks) or ""), _FIRST, _LAST)]
    campaigns = index.candidates(msgspec.structs.asdict(marks.campaign))
    if not campaigns:
        return [(TouchLabel(marks.campaign.name or ""), _FIRST, _LAST)]
    return [(TouchLabel(each.name, is_planned=True), *_days(each, plan.timezone)) for each in campaigns]


_TEXTS: Final[Mapping[LabelledBy, Callable[[LinkMarks], str | None]]] = {
    "origin": lambda marks: marks.origin,
    "source": lambda marks: marks.campaign.source or marks.name or marks.origin,
    "medium": lambda marks: marks.campaign.medium or marks.origin,
}


def _days(campaign: PlannedCampaign, timezone: str) -> tuple[int, int]:
    """When the days of a campaign begin and end on the plan's clock."""
    begin = _FIRST if not campaign.first_day else midnight(date.fromisoformat(campaign.first_day), timezone)
    if not campaign.last_day:
        return begin, _LAST
    return begin, midnight(date.fromisoformat(campaign.last_day) + timedelta(days=1), timezone)
