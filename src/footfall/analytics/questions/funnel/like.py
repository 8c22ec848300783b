"""A funnel by the defaults of another product, and why its steps have other figures there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec.structs import replace

from footfall.analytics.question import Question
from footfall.analytics.questions.funnel.answer import funnel
from footfall.analytics.questions.funnel.options import FunnelOptions
from footfall.analytics.questions.funnel.results import FunnelResult
from footfall.analytics.reconciliation import CountedFigure, OptionSetting, like_peer
from footfall.plan.durations import format_duration, parse_duration

__all__ = ["funnel_like"]

_TAKEN_OUT = "take the person out"
_ENDED = "end the entry"
_MIXED = "either"
_NO_LIMIT = "no limit"


def funnel_like(peer: str | None, options: FunnelOptions, keep: Sequence[str] = ()) -> Question[Any, FunnelResult]:
    """The funnel, by the defaults of a peer where there is one, with the reconciliation. See `like_peer`."""
    return like_peer(peer, options, funnel, _SETTINGS, _figures, keep)


def _figures(result: FunnelResult) -> list[CountedFigure]:
    return [
        CountedFigure(step.id, step.counts.reached, step.counts.conversion_from_first)
        for step in sorted(result.steps, key=lambda step: step.number)
    ]


def _within(options: FunnelOptions) -> str:
    if options.is_session:
        return "session"
    return _NO_LIMIT if options.within is None else format_duration(options.within)


def _step_within(options: FunnelOptions) -> str | None:
    limits = [f"{number}={format_duration(step.within)}" for number, step in enumerate(options.steps, 1) if step.within]
    return ", ".join(limits) or None


def _exclusions(options: FunnelOptions) -> str | None:
    kinds = {each.drops_person for each in options.exclusions}
    return {frozenset({True}): _TAKEN_OUT, frozenset({False}): _ENDED, frozenset(): None}.get(frozenset(kinds), _MIXED)


_SETTINGS: Final[Mapping[str, OptionSetting[FunnelOptions]]] = {
    "within": OptionSetting(
        _within, lambda options, value: replace(options, within=parse_duration(value), is_session=False)
    ),
    "step-within": OptionSetting(
        _step_within,
        lambda options, _: replace(options, steps=tuple(replace(step, within=None) for step in options.steps)),
    ),
    "order": OptionSetting(lambda options: options.order, lambda options, value: replace(options, order=value)),
    "entry": OptionSetting(lambda options: options.entry, lambda options, value: replace(options, entry=value)),
    "ties": OptionSetting(
        lambda options: "allowed" if options.has_ties else "forbidden",
        lambda options, value: replace(options, has_ties=value == "allowed"),
    ),
    "exclusions": OptionSetting(
        _exclusions,
        lambda options, value: replace(
            options,
            exclusions=tuple(replace(each, drops_person=value == _TAKEN_OUT) for each in options.exclusions),
        ),
    ),
}
