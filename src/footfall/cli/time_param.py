"""The options that name a moment: a date, a date and time, or how long ago."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from footfall.plan.durations import parse_duration
from footfall.timestamps import EPOCH, read_iso

__all__ = ["TimeParam", "moment"]


class TimeParam(click.ParamType[str]):
    """A date, a date and time, or a duration back from now; kept as text until the timezone is known.

    `zone` is where a time without an offset is, in the words of an error.
    """

    name = "TIME"

    def __init__(self, zone: str = "the plan's timezone") -> None:
        self._zone = zone

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse what is no time. Raises click.BadParameter."""
        try:
            moment(value, EPOCH)
        except ValueError:
            self.fail(
                f"{value!r} is no time; write a date (2026-11-01), a date and time (2026-11-01T09:30, with an "
                f"offset or in {self._zone}), or how long ago (7d, 12h)",
                param,
                ctx,
            )
        return value


def moment(text: str, now: datetime) -> datetime:
    """The time that an option names; without an offset it has no zone. Raises ValueError."""
    try:
        return now - timedelta(seconds=parse_duration(text))
    except ValueError:
        return read_iso(text)
