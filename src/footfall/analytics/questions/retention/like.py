"""Retention by the defaults of another product, and why its periods have other figures there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec.structs import replace

from footfall.analytics.question import Question
from footfall.analytics.questions.retention.answer import RetentionResult, retention
from footfall.analytics.questions.retention.options import RetentionOptions
from footfall.analytics.reconciliation import CountedFigure, OptionSetting, like_peer

__all__ = ["retention_like"]


def retention_like(
    peer: str | None, options: RetentionOptions, keep: Sequence[str] = ()
) -> Question[Any, RetentionResult]:
    """The retention, by the defaults of a peer where there is one, with the reconciliation. See `like_peer`."""
    return like_peer(peer, options, retention, _SETTINGS, _figures, keep)


def _figures(result: RetentionResult) -> list[CountedFigure]:
    """All who entered, and for each bracket those of the total row: who returned, of how many in complete cells."""
    figures = [CountedFigure("entered", result.entered, None)]
    for bracket, cell, of in zip(result.brackets, result.total, result.of, strict=True):
        name = f"{result.per} {bracket.text}"
        returned, share = (0, None) if cell is None else (cell.returned, cell.share)
        figures += [CountedFigure(f"{name}, returned", returned, share), CountedFigure(f"{name}, of", of, None)]
    return figures


def _setting(field: str) -> OptionSetting[RetentionOptions]:
    """An option whose words have `-` on the command line, and `_` in Python."""
    return OptionSetting(
        lambda options: str(getattr(options, field)).replace("_", "-"),
        lambda options, value: replace(options, **{field: value.replace("-", "_")}),
    )


_SETTINGS: Final[Mapping[str, OptionSetting[RetentionOptions]]] = {
    "counting": _setting("counting"),
    "entry": _setting("entry"),
    "returning-when": _setting("returning_when"),
    "minimum": OptionSetting(
        lambda options: str(options.minimum), lambda options, value: replace(options, minimum=int(value))
    ),
}
