"""What a question of retention asks: which messages, which periods, and when somebody has returned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from footfall.analytics.calendar import CalendarPeriod
from footfall.analytics.filtered_messages import ActorKind
from footfall.errors import UsageError
from footfall.plan.model import EventFilter

__all__ = [
    "LENGTHS",
    "Counting",
    "Entry",
    "RetentionBracket",
    "RetentionOptions",
    "Returning",
    "brackets_of",
]

Entry = Literal["first_ever", "first_in_range", "recurring"]
Returning = Literal["on", "on_or_after", "on_or_before", "streak"]
Counting = Literal["calendar", "rolling"]

_DAY_US = 86_400_000_000
LENGTHS: Final[Mapping[CalendarPeriod, int]] = {"day": _DAY_US, "week": 7 * _DAY_US, "month": 30 * _DAY_US}
_MOST_BRACKETS = 400
_LAST_PERIOD = 5_000  # as many days are 13 years, and as many months after any message are dates still


class RetentionBracket(msgspec.Struct, frozen=True):
    """The periods `first` to `last` after the one of the entry, both included; the entry's own period is 0."""

    first: int
    last: int

    @property
    def text(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


class RetentionOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked. `start` makes an entry, and `returning` a return; both may be the same.

    - `per`: how long a period is; `counting`: `calendar` periods of the plan's clock after that of the entry, or
      `rolling` ones of 24 hours, 7 × 24 hours or 30 × 24 hours from the entry on
    - `entry`: the `first_ever` start of a person, where it is in the window; the `first_in_range`; or `recurring`, the
      first start of each calendar period
    - `brackets`: the periods to look at, each by itself or some together
    - `returning_when`: in the bracket (`on`), in it or in a later period of the window (`on_or_after`), in it or in an
      earlier one (`on_or_before`), or in it and in each bracket before (`streak`)
    - `minimum`: how many returning messages it takes
    - `value`: a property of `returning` that is added up for each bracket
    """

    start: EventFilter
    returning: EventFilter
    by: ActorKind = "user"
    per: CalendarPeriod = "day"
    counting: Counting = "calendar"
    entry: Entry = "first_in_range"
    returning_when: Returning = "on"
    brackets: tuple[RetentionBracket, ...]
    minimum: int = 1
    value: str | None = None


def brackets_of(text: str | int) -> tuple[RetentionBracket, ...]:
    """Read how many periods there are (`8`), or brackets (`1-3,4-7,14`). Raises UsageError."""
    try:
        if str(text).isdecimal():
            count = min(int(text), _LAST_PERIOD)  # as a list, a billion would fill the memory
            brackets = [RetentionBracket(number, number) for number in range(1, count + 1)]
        else:
            pairs = [part.replace("–", "-").partition("-") for part in str(text).split(",")]
            brackets = [RetentionBracket(int(first), int(last or first)) for first, _, last in pairs]
    except ValueError:
        raise UsageError(f"{text!r} are no periods; write how many (8), or brackets (1-3,4-7,14)") from None
    if not brackets or len(brackets) > _MOST_BRACKETS:
        raise UsageError(f"{text!r} are not 1 to {_MOST_BRACKETS} periods; ask for fewer, or for brackets (1-3,4-7,14)")
    for bracket, before in zip(brackets, [RetentionBracket(0, 0), *brackets], strict=False):
        if not before.last < bracket.first <= bracket.last:
            raise UsageError(
                f"the bracket {bracket.text} does not follow {before.text}; each begins after the one before, from 1 on"
            )
    if brackets[-1].last > _LAST_PERIOD:
        raise UsageError(f"the bracket {brackets[-1].text} ends after period {_LAST_PERIOD:,}; ask for earlier periods")
    return tuple(brackets)
