"""The options that name a moment: a date, a date and time, or how long ago; or a message by its number."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import click

from footfall.clock import SystemClock
from footfall.plan.written_times import moment
from footfall.timestamps import EPOCH, local_time

__all__ = ["AsOfParam", "SecondsParam", "TimeParam", "as_of_option", "moment"]

T = TypeVar("T", bound=Callable[..., Any])
_NUMBER = re.compile("-?[0-9]{1,18}")


class TimeParam(click.ParamType[str]):
    """A date, a date and time, or a duration back from now; kept as text until the timezone is known.

    In the words of an error, `zone` is where a time without an offset is, and `forms` what else can be written.
    """

    name = "TIME"

    def __init__(self, zone: str = "the plan's timezone", forms: str = "") -> None:
        self._zone, self._forms = zone, forms

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse what is no time. Raises click.BadParameter."""
        try:
            moment(value, EPOCH)
        except ValueError:
            self.fail(
                f"{value!r} is no time; write {self._forms}a date (2026-11-01), a date and time (2026-11-01T09:30, "
                f"with an offset or in {self._zone}), or how long ago (7d, 12h)",
                param,
                ctx,
            )
        return value


class AsOfParam(click.ParamType[int | datetime]):
    """The number of a message, or a moment as in TimeParam; a time without an offset has no zone."""

    name = "SEQ|TIME"

    def convert(
        self, value: str | int | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | datetime:
        """Read a number or a time. Raises click.BadParameter."""
        if not isinstance(value, str):
            return value
        if _NUMBER.fullmatch(value):
            return int(value)
        return moment(
            TimeParam(forms="a message's seq (1200), ").convert(value, param, ctx), local_time(SystemClock().now_us())
        )


class SecondsParam(click.FloatRange):
    """A number of seconds within limits; NaN, which no limit refuses, is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """See click.FloatRange."""
        seconds = super().convert(value, param, ctx)
        if math.isnan(seconds):
            self.fail(f"{value!r} is no number of seconds.", param, ctx)
        return seconds


def as_of_option(command: T) -> T:
    """`--as-of`, None without it."""
    return click.option(
        "--as-of", type=AsOfParam(),
        help="Answer as of an earlier moment: a message's seq, or a time (2026-11-01, 2026-11-01T09:30+01:00, 7d)."
        "  [default: now]",
    )(command)  # fmt: skip
