"""What a question of sessions asks: by which periods, and by what they are broken down."""

from __future__ import annotations

from typing import Literal

import msgspec

__all__ = ["SessionEnd", "SessionPeriod", "SessionsOptions"]

SessionEnd = Literal["entry", "exit"]
SessionPeriod = Literal["day", "week", "month"]


class SessionsOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked.

    - `per`: the calendar period of the plan's clock in which a session begins
    - `by`: also for each `entry`, or each `exit`: the first or last event, page or screen of a session
    - `top`: for so many of these that the most sessions have, and for all others together
    """

    per: SessionPeriod = "day"
    by: SessionEnd | None = None
    top: int = 10
