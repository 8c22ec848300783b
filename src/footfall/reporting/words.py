"""How a report says its numbers: whole, with the unit that reads best."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal

from footfall.analytics import KpiResult, TargetResult, VolumeResult, Window

__all__ = [
    "MOMENT",
    "between",
    "duration",
    "expected",
    "is_share",
    "key",
    "kpi_value",
    "number",
    "percent",
    "span",
    "target",
    "value",
]

MOMENT = "%Y-%m-%d %H:%M"
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
_MOST_DECIMALS = 12
_DECIMALS = 4
_WIDE = Context(prec=10_000)


def between(window: Window) -> str:
    """From when to when a window goes."""
    since = window.since.strftime(MOMENT) if window.since else "the first message"
    return f"{since} to {window.until.strftime(MOMENT) if window.until else 'the last message'}"


def span(window: Window, now: datetime) -> str:
    """How long a window is, or where it ends when it has no beginning and does not end now."""
    if window.until is None or (window.since is None and window.until == now):
        return "all"
    if window.since is None:
        return f"all to {window.until.strftime('%Y-%m-%d')}"
    return duration(Decimal(int(window.until.timestamp() - window.since.timestamp())))


def is_share(kpi: KpiResult) -> bool:
    """Whether a figure reads best in percent: a quotient, and nothing about it is over 1."""
    parts = [*(row.value for row in kpi.rows), *(one.value for one in kpi.currencies)]
    known = [kpi.value, kpi.target.value if kpi.target else None, *parts]
    return kpi.to is not None and all(part is None or abs(part) <= 1 for part in known)


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


def value(figure: Decimal | None, *, share: bool, rounded: bool = False) -> str:
    """A figure as percent or as a number; `rounded` says that it has more digits than are known here."""
    return percent(figure) if share else number(figure, rounded=rounded)


def kpi_value(kpi: KpiResult, *, share: bool) -> str:
    """The figure of a KPI; of money, a line for each currency."""
    lines = [
        f"{value(one.value, share=share, rounded=one.rounded)} {one.currency or '(no currency)'}"
        for one in kpi.currencies
    ]
    return "\n".join(lines) or value(kpi.value, share=share, rounded=kpi.rounded)


def target(wanted: TargetResult | None, *, share: bool) -> str:
    """`≥ 250,000 EUR`."""
    if wanted is None:
        return ""
    sign = "≥" if wanted.direction == "up" else "≤"
    return f"{sign} {value(wanted.value, share=share)}{f' {wanted.unit}' if wanted.unit else ''}"


def key(part: str | int | bool | Decimal | None) -> str:
    """One value of a group."""
    if part is None:
        return "(none)"
    return str(part).lower() if isinstance(part, bool) else str(part)


def duration(seconds: Decimal | None) -> str:
    """The two largest units, rounded down: `3 min 20 s`; under a second in milliseconds."""
    if seconds is None:
        return ""
    if 0 < seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    left, parts = int(seconds), []
    for size, unit in _UNITS:
        if left >= size:
            parts.append(f"{left // size} {unit}")
            left %= size
    return " ".join(parts[:2]) or "0 s"


def expected(volume: VolumeResult) -> str:
    """`10 to 50 per day`."""
    if volume.min is not None and volume.max is not None:
        return f"{volume.min:,} to {volume.max:,} per {volume.per}"
    sign, bound = ("≤", volume.max) if volume.max is not None else ("≥", volume.min)
    return f"{sign} {bound or 0:,} per {volume.per}"
