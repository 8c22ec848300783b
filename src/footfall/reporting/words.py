"""Words for the values of a report: numbers whole, with the unit that reads best."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from footfall.analytics.sections import Amount, Bounds, Elapsed, Period, Rest, TargetMet, Value, WindowLength
from footfall.analytics.window import Window
from footfall.printable import counted
from footfall.timestamps import MOMENT

__all__ = ["WORDS", "between", "duration", "number", "percent", "say"]

_PERIODS = {"hour": MOMENT, "day": "%Y-%m-%d %a", "week": "week of %Y-%m-%d", "month": "%Y-%m"}
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
_MOST_DECIMALS = 12
_DECIMALS = 4
_WIDE = Context(prec=10_000)


def between(window: Window) -> str:
    """From when to when a window goes."""
    since = window.since.strftime(MOMENT) if window.since else "the first message"
    return f"{since} to {window.until.strftime(MOMENT) if window.until else 'the last message'}"


def _window_length(value: WindowLength) -> str:
    """How long a window is, or where it ends when it has no beginning and does not end now."""
    since, until = value.window.since, value.window.until
    if until is None or (since is None and until == value.now):
        return "all"
    if since is None:
        return f"all to {until.strftime('%Y-%m-%d')}"
    return duration(Decimal(int(until.timestamp() - since.timestamp())))


def percent(share: Decimal | None) -> str:
    """With enough decimals that a small share does not read as none."""
    if share is None:
        return "–"
    hundredfold = share * 100
    small = hundredfold != 0 and abs(hundredfold) < 1
    places = Decimal(1).scaleb(hundredfold.adjusted() - 1) if small else Decimal("0.1")
    rounded = hundredfold.quantize(places, rounding=ROUND_HALF_EVEN)
    return f"{rounded.normalize():f} %"


def number(figure: Decimal | None, *, rounded: bool = False) -> str:
    """Every digit; only what has more than twelve decimals, as quotients do, is rounded, and says so.

    `rounded` says that the figure itself was: it never gets zeros in the place of digits that nobody computed.
    """
    if figure is None:
        return "–"
    exponent = figure.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -_MOST_DECIMALS:
        places = min(-_DECIMALS, figure.adjusted() - _DECIMALS + 1)
        return f"≈ {figure.quantize(Decimal(1).scaleb(places), context=_WIDE):,f}"
    if rounded:
        return f"≈ {figure:.9E}" if isinstance(exponent, int) and exponent > 0 else f"≈ {figure:,f}"
    return f"{figure:,f}"


def _amount(value: Amount) -> str:
    text = percent(value.value) if value.is_share else number(value.value, rounded=value.rounded)
    return f"{text} {value.unit}".rstrip()


def _bounds(value: Bounds) -> str:
    """`≥ 250,000 EUR`, `10 to 50 per day`."""
    least, most = (
        None if bound is None else _amount(Amount(Decimal(bound), value.is_share))
        for bound in (value.least, value.most)
    )
    text = f"{least} to {most}" if least and most else f"≥ {least}" if least else f"≤ {most}"
    return f"{text} {value.unit}".rstrip()


def duration(seconds: Decimal | None) -> str:
    """The two largest units, rounded down: `3 min 20 s`; under a second in milliseconds."""
    if seconds is None:
        return ""
    if 0 < seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    rest, parts = int(seconds), []
    for size, unit in _UNITS:
        if rest >= size:
            parts.append(f"{rest // size} {unit}")
            rest %= size
    return " ".join(parts[:2]) or "0 s"


WORDS: Mapping[type, Callable[[Any], str]] = {
    str: str,
    int: "{:,}".format,
    datetime: lambda value: value.strftime(MOMENT),
    Amount: _amount,
    Bounds: _bounds,
    Elapsed: lambda value: duration(value.seconds),
    Period: lambda value: value.start.strftime(_PERIODS[value.per]),
    Rest: lambda value: f"{counted(value.count, value.noun)}: --format json",
    TargetMet: lambda value: {True: "yes", False: "no", None: "–"}[value.met],
    WindowLength: _window_length,
}
"""A value's words, by its type; a bar and a command are for the renderer to show."""


def say(value: Value) -> str:
    """A value in words."""
    return WORDS[type(value)](value)
