"""Why a figure changed, as text: each figure that did, with the parts of its change and whose messages they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from textwrap import fill

from footfall.analytics.why import ChangePart, FigureChange, Share, WhyAnswer
from footfall.analytics.why.answer import Cause
from footfall.analytics.why.labels import DIMENSIONS
from footfall.printable import counted, printable
from footfall.reporting.words import number, percent

__all__ = ["in_width", "why_lines"]

_PARTS: Mapping[Cause, str] = {
    "window": "window",
    "late": "late",
    "new": "new",
    "re_attributed": "re-attributed",
    "plan": "plan changed",
}


def why_lines(answer: WhyAnswer) -> Iterator[str]:
    """The answer, line by line."""
    yield f"from   {answer.earlier.text}"
    yield f"to     {answer.later.text}"
    for line in answer.purged:
        yield f"purged {counted(line.messages, 'message')} of {line.source}, {line.event} ({line.rule}): in no figure"
    for loss in answer.losses:
        yield f"damaged  {loss}"
    changed = [figure for figure in answer.figures if any(part.change for part in figure.parts)]
    for figure in changed:
        yield ""
        before, after = (_value(value, figure) for value in (figure.before, figure.after))
        yield f"{_name(figure)}: {before} to {after} ({_change(figure.change, figure)})"
        for part in figure.parts:
            if part.change:
                yield from _part(part, figure)
    unchanged = [_name(figure) for figure in answer.figures if figure not in changed]
    if unchanged:
        yield ""
        yield f"unchanged: {', '.join(unchanged)}"
    yield ""
    yield answer.definition


def in_width(line: str, width: int) -> str:
    """A line in as many as its words need, those after the first indented; no name is broken in two."""
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    return fill(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _part(part: ChangePart, figure: FigureChange) -> Iterator[str]:
    yield f"  {_PARTS[part.part]:<14}{_change(part.change, figure)}"
    for dimension, name in DIMENSIONS.items():
        shares = [share for share in part.shares if share.dimension == dimension]
        if any(share.label is not None for share in shares):
            yield f"    by {name}: {_shares(shares)}"


def _shares(shares: Iterable[Share]) -> str:
    ordered = sorted(shares, key=lambda share: (-abs(share.change), share.label or ""))
    return ", ".join(f"{_label(share)} {_signed(share.change)}" for share in ordered)


def _label(share: Share) -> str:
    if share.label is None:
        return "none"
    return printable(share.label[:12] if share.dimension == "plan_version" else share.label)


def _name(figure: FigureChange) -> str:
    if figure.step is not None:
        return f"{figure.name}, step {figure.step}"
    return f"{figure.name} in {figure.currency or 'no currency'}" if figure.is_money else figure.name


def _value(value: Decimal | None, figure: FigureChange) -> str:
    return percent(value) if figure.is_share else number(value)


def _change(change: Decimal, figure: FigureChange) -> str:
    """A change with its sign; that of a share in points of percent."""
    if not figure.is_share:
        return _signed(change)
    points = percent(change).removesuffix(" %")
    return f"{'+' if change > 0 else ''}{points} {'point' if points in ('1', '-1') else 'points'}"


def _signed(change: Decimal) -> str:
    text = number(change)
    return text if change <= 0 else f"≈ +{text[2:]}" if text.startswith("≈ ") else f"+{text}"
