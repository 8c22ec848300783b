"""Durations as plans write them: a whole number and a unit (`90s`, `15m`, `6h`, `7d`, `2w`), in seconds."""

from __future__ import annotations

import re

from footfall.plan.model import KpiWindow

__all__ = ["format_duration", "parse_duration", "say_window"]

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_FORM = re.compile(r"([1-9][0-9]{0,10})([smhdw])", re.ASCII)
_LONGEST = 100 * 366 * 86_400


def parse_duration(text: str) -> int:
    """Seconds of a duration. Raises ValueError for any other form, for none, and for more than a hundred years."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a duration")
    seconds = int(match[1]) * _SECONDS[match[2]]
    if seconds > _LONGEST:
        raise ValueError(f"{text!r} is more than a hundred years")
    return seconds


def format_duration(seconds: int) -> str:
    """The shortest way to write `seconds` as a plan would, days before weeks: `7d`, `90s`."""
    for unit in ("d", "h", "m"):
        if seconds and seconds % _SECONDS[unit] == 0:
            return f"{seconds // _SECONDS[unit]}{unit}"
    return f"{seconds}s"


def say_window(window: KpiWindow) -> str:
    """How far a KPI looks back: `the last 7d`, `the month that goes on`, `the last 3 whole months`."""
    if window is None:
        return "everything there is"
    if isinstance(window, int):
        return f"the last {format_duration(window)}"
    if window.last is None:
        return f"the {window.calendar} that goes on"
    number = f" {window.last}" if window.last > 1 else ""
    return f"the last{number} whole {window.calendar}{'s' if number else ''}"
