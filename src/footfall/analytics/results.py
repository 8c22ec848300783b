"""What a report says: frozen Structs whose JSON is stable, with every number beside the definition it follows."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

from footfall.analytics.intake import IntakeResult
from footfall.analytics.overview import Overview
from footfall.analytics.window import Window

__all__ = [
    "BranchResult", "CurrencyFigure", "DataStamp", "GoalResult", "Group", "GuardResult", "Guardrail", "JourneyResult",
    "KpiResult", "PlanStamp", "Report", "StepResult", "TargetResult", "VolumeResult", "encode",
]  # fmt: skip

Value = Decimal | None


class CurrencyFigure(msgspec.Struct, frozen=True):
    """A figure in one currency; `currency` is None for messages that name none. `rounded` as in Group."""

    currency: str | None
    value: Value
    rounded: bool = False


class Group(msgspec.Struct, frozen=True):
    """One row of a breakdown: the values of its `by` properties (None where absent), and the figure.

    `rounded` says that `value` is only the first 28 digits of the figure.
    """

    group: dict[str, str | int | bool | Decimal | None]
    value: Value
    rounded: bool = False


class TargetResult(msgspec.Struct, frozen=True):
    """A target, what was held against it, and whether it is met.

    That is the total, or the group or currency that `group` names. `met` is None when there is no figure to compare: of
    nothing, of an event of which no message was ever stored, or of several currencies.
    """

    direction: Literal["up", "down"]
    value: Decimal
    unit: str | None
    compared: Value
    group: str | None
    met: bool | None


class Guardrail(msgspec.Struct, frozen=True):
    """A KPI that must not suffer while another one rises."""

    name: str
    value: Value
    met: bool | None


class KpiResult(msgspec.Struct, frozen=True):
    """One KPI. `of` and `to` are the parts of a ratio or a conversion, None for any other measure.

    `unread` counts values of its properties, in all of the data, that were there and not of the plan's type. `rounded`
    says that `value` is only the first 28 digits of the figure. `currencies` has the figure of each currency, for
    money: they are never added up, so `value` is None where there are several.
    """

    name: str
    question: str
    owner: str
    value: Value
    of: Value
    to: Value
    target: TargetResult | None
    window: Window
    rows: tuple[Group, ...]
    drives: str | None
    guardrails: tuple[Guardrail, ...]
    unread: int
    definition: str
    rounded: bool = False
    currencies: tuple[CurrencyFigure, ...] = ()


class GoalResult(msgspec.Struct, frozen=True):
    """A goal, the names of its KPIs, and how many of those that have a target meet it."""

    name: str
    owner: str
    description: str
    kpis: tuple[str, ...]
    met: int
    of: int


class StepResult(msgspec.Struct, frozen=True):
    """One step of a journey's main path.

    `actors` are persons or devices; conversions are shares (of the step before, of the first step), None from nobody;
    `median_seconds` is the time from the first reach of the step before to the first reach of this one.
    """

    id: str
    event: str
    actors: int
    conversion: Value
    conversion_from_first: Value
    expect: Decimal | None
    met: bool | None
    median_seconds: Value


class BranchResult(msgspec.Struct, frozen=True):
    """Another way to a later step, and how many got there by it and not by the main path."""

    id: str
    after: str
    steps: tuple[str, ...]
    note: str
    actors: int


class GuardResult(msgspec.Struct, frozen=True):
    """What should not happen between two steps, to how many it did, and of how many that reached `start`."""

    name: str
    event: str
    start: str
    end: str
    actors: int
    of: int


class JourneyResult(msgspec.Struct, frozen=True):
    """A journey as a funnel."""

    name: str
    description: str
    owner: str
    by: Literal["user", "device"]
    window: Window
    entered: int
    steps: tuple[StepResult, ...]
    branches: tuple[BranchResult, ...]
    never: tuple[GuardResult, ...]
    definition: str


class VolumeResult(msgspec.Struct, frozen=True):
    """How many of an event came in each full hour, day or week of a window, against what the plan expects."""

    event: str
    per: Literal["hour", "day", "week"]
    min: int | None
    max: int | None
    periods: int
    lowest: int | None
    lowest_at: datetime | None
    highest: int | None
    highest_at: datetime | None
    met: bool | None
    window: Window
    definition: str


class PlanStamp(msgspec.Struct, frozen=True):
    """Which plan the report follows."""

    id: str
    description: str
    timezone: str


class DataStamp(msgspec.Struct, frozen=True):
    """What the data holds: messages, persons that count, device streams, and the first and the last corrected time.

    `quarantined` lie in quarantine now, `rejected` were never kept.
    """

    messages: int
    persons: int
    devices: int
    first: datetime | None
    last: datetime | None
    quarantined: int
    rejected: int


class Report(msgspec.Struct, frozen=True):
    """Everything. `window` is what the reader asked for; where it is open, each figure used its own (see there).

    `intake` counts that window. `plan` is None where there is none. `overview` is there when nothing is asked of the
    data: without a plan, or with one that has no KPIs, journeys and volumes.
    """

    plan: PlanStamp | None
    now: datetime
    window: Window
    data: DataStamp
    goals: tuple[GoalResult, ...]
    kpis: tuple[KpiResult, ...]
    journeys: tuple[JourneyResult, ...]
    volumes: tuple[VolumeResult, ...]
    intake: IntakeResult
    overview: Overview | None = None


def encode(report: Report) -> bytes:
    """The report as JSON: decimals are numbers with their exact digits, times RFC 3339 with the plan's offset."""
    return msgspec.json.format(msgspec.json.Encoder(decimal_format="number").encode(report), indent=2)
