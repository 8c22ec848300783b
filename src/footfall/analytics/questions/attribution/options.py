"""What a question of attribution asks: which conversions, by what they are credited, and by which models."""

from __future__ import annotations

from typing import Final, Literal, get_args

import msgspec

from footfall.analytics.touch_labels import LabelledBy
from footfall.errors import UsageError
from footfall.plan.durations import parse_duration
from footfall.plan.model import EventFilter, Plan
from footfall.plan.reading.event_filters import read_event_filter

__all__ = ["MODELS", "AttributionOptions", "Model", "attribution_options"]

Model = Literal["first", "last", "last_non_direct", "linear", "position", "time_decay"]
MODELS: Final[tuple[Model, ...]] = get_args(Model)
_ALL = "all"


class AttributionOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked.

    - `conversion`: the messages that are credited, and `value`: a number of theirs that is shared out as they are
    - `by`: the campaign, the origin, the source or the medium of a touch
    - `models`: how a conversion is shared among the touches before it
    - `within`: how many seconds before a conversion a touch may be
    - `half_life`: in how many seconds a touch loses half of its weight, in time decay
    - `top`: so many rows of those with the most credit, and one for all others
    """

    conversion: EventFilter
    value: str | None = None
    by: LabelledBy = "campaign"
    models: tuple[Model, ...] = ("last_non_direct",)
    within: int = 30 * 86_400
    half_life: int = 7 * 86_400
    top: int = 50


def attribution_options(
    conversion: str | EventFilter,
    plan: Plan,
    *,
    value: str | None = None,
    by: LabelledBy = "campaign",
    model: str = "last_non_direct",
    within: str = "30d",
    half_life: str = "7d",
    top: int = 50,
) -> AttributionOptions:
    """Read them; `model` is one of MODELS (`-` and `_` are one) or `all`. Raises UsageError."""
    chosen = model.replace("-", "_")
    models = MODELS if chosen == _ALL else tuple(name for name in MODELS if name == chosen)
    if not models:
        raise UsageError(f"there is no model {model!r}; it is one of {', '.join(MODELS)}, or {_ALL}")
    if top < 1:
        raise UsageError(f"there is at least 1 row, not {top}")
    return AttributionOptions(
        conversion=read_event_filter(conversion, plan, "conversion"),
        value=value,
        by=by,
        models=models,
        within=_seconds("within", within),
        half_life=_seconds("half_life", half_life),
        top=top,
    )


def _seconds(name: str, text: str) -> int:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise UsageError(f"{name}: {error}; write a duration (30d, 12h)") from None
