"""What the answer to a question of a funnel is made of."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

from footfall.analytics.figure_losses import FigureLosses
from footfall.analytics.filtered_messages import ActorKind
from footfall.analytics.questions.funnel.times import CurvePoint, TimeSummary
from footfall.analytics.reconciliation import Reconciliation
from footfall.analytics.window import Window
from footfall.journeys.attempts import FunnelEntry, FunnelOrder

__all__ = ["DroppedActor", "ExcludedCount", "FunnelCounts", "FunnelResult", "FunnelStepResult", "FunnelValue"]


class FunnelCounts(msgspec.Struct, frozen=True):
    """How many reached a step: persons or devices, or entries where each counts.

    `conversion` is the share of the step before (not of an optional one), with its interval `low` to `high` where each
    person counts once; None for the first step. `dropped` reached the step before and not this one. `open` got no
    further than this step, and still may.
    """

    reached: int
    conversion: Decimal | None
    low: Decimal | None
    high: Decimal | None
    conversion_from_first: Decimal | None
    low_from_first: Decimal | None
    high_from_first: Decimal | None
    dropped: int
    open: int


class FunnelStepResult(msgspec.Struct, frozen=True):
    """A step by its number from 1 on, in any order so many steps.

    `took` is the time since the step before, None of the first.
    """

    number: int
    id: str
    filter: str
    is_optional: bool
    counts: FunnelCounts
    took: TimeSummary | None


class FunnelValue(msgspec.Struct, frozen=True):
    """The steps for one value of the breakdown, for those without one (`none`), or for all other values."""

    kind: Literal["value", "none", "other"]
    value: str | None
    values: int
    steps: tuple[FunnelCounts, ...]


class ExcludedCount(msgspec.Struct, frozen=True):
    """So many entries an exclusion ended between two steps, or persons it took out."""

    filter: str
    first: int
    last: int
    drops_person: bool
    count: int


class DroppedActor(msgspec.Struct, frozen=True):
    """Who entered when, and did not reach the step that was asked for; `is_open`: they may still do."""

    person_id: str
    entered: datetime
    is_open: bool


class FunnelResult(FigureLosses, frozen=True):
    """A funnel. `entered` reached the first step and `converted` the last; `open` are not over, of all steps.

    `about` names the journey or the steps. `within` is the time that an entry has: a duration, `session`, or None for
    no limit. `whole` is the time from the entry to the last step, `curve` conversion by time since the entry. `values`
    are the rows of the `breakdown`, and `dropped` those who did not reach step `dropped_at`. With the defaults of a
    peer, `reconciliation` says what each of them changed.
    """

    about: str
    journey: str | None
    by: ActorKind
    order: FunnelOrder
    entry: FunnelEntry
    window: Window
    within: str | None
    entered: int
    converted: int
    conversion: Decimal | None
    open: int
    steps: tuple[FunnelStepResult, ...]
    whole: TimeSummary
    excluded: tuple[ExcludedCount, ...]
    curve: tuple[CurvePoint, ...]
    breakdown: str | None
    values: tuple[FunnelValue, ...]
    dropped_at: int | None
    dropped: tuple[DroppedActor, ...]
    remarks: tuple[str, ...]
    definition: str
    reconciliation: Reconciliation | None = None
