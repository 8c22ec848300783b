"""What is known to be missing from the figures of a question, by what they are made of: a step, a start, a conversion.

A question names the events of its parts, and this adds the counts to its answer, its definition and its first section.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from footfall.analytics.known_loss import KNOWN_LOSS, KnownLoss, gaps_text
from footfall.analytics.question import Question, Report, ReportContext
from footfall.analytics.sections import Section, quiet
from footfall.analytics.window import Span
from footfall.plan.model import Cohort, Plan, SegmentRule
from footfall.plan.segments import filters_of, names_in_rule, segments_of

__all__ = ["FigureLosses", "loss_text", "losses_text", "rule_events", "with_losses"]

P = TypeVar("P")


class FigureLosses(msgspec.Struct, frozen=True, kw_only=True):
    """What is known to be missing of each part of an answer. The events of a part are in its definition."""

    definition: str
    known_loss: Mapping[str, KnownLoss] = {}


R = TypeVar("R", bound=FigureLosses)


def _asked_span(context: ReportContext) -> Span:
    return context.span


def with_losses(
    question: Question[P, R],
    parts: Callable[[Plan], Mapping[str, Collection[str]]],
    span: Callable[[ReportContext], Span] = _asked_span,
) -> Question[P, R]:
    """The question with the known loss of each of its `parts`: their names, each with its events, in this window."""

    def merge(context: ReportContext, partials: Sequence[P]) -> R:
        result, window = question.merge(context, partials), span(context)
        losses = {name: context.losses.of_events(events, window) for name, events in parts(context.plan).items()}
        is_missing = any(loss.missing for loss in losses.values())
        definition = f"{result.definition} {KNOWN_LOSS}" if is_missing else result.definition
        return msgspec.structs.replace(result, known_loss=losses, definition=definition)

    def sections(report: Report) -> Iterator[Section]:
        text = losses_text(report[question].known_loss)
        for number, section in enumerate(question.sections(report)):
            remarks = [*section.remarks, [quiet(text)]] if text and not number else section.remarks
            yield msgspec.structs.replace(section, remarks=remarks)

    return msgspec.structs.replace(question, merge=merge, sections=sections)


def loss_text(result: Any) -> str:
    """What is known to be missing of any answer, in one line; "" where nothing is, or nobody knows."""
    loss = getattr(result, "known_loss", None)
    if isinstance(loss, KnownLoss):
        return loss.text
    return losses_text(loss) if isinstance(loss, Mapping) else ""


def losses_text(losses: Mapping[str, KnownLoss]) -> str:
    """The same of several parts in one line. Gaps are of unknown event, and the same beside each part."""
    if not losses:
        return ""
    first = next(iter(losses.values()))
    if all(loss == first for loss in losses.values()):
        return first.text
    quarantined = [f"{loss.quarantined:,} quarantined of {name}" for name, loss in losses.items() if loss.quarantined]
    return gaps_text(quarantined, first)


def rule_events(plan: Plan, rule: SegmentRule) -> tuple[str, ...]:
    """The events by which a segment is made, also those of the segments that it names."""
    segments, events = segments_of(plan), {filter_.event for filter_ in filters_of(rule)}
    waiting, passed = list(names_in_rule(rule)), set[str]()
    while waiting:
        name = waiting.pop()
        if name in passed or name not in segments:
            continue
        passed.add(name)
        segment = segments[name]
        if isinstance(segment, Cohort):
            waiting.append(segment.segment)
        else:
            events |= {filter_.event for filter_ in filters_of(segment.who)}
            waiting += names_in_rule(segment.who)
    return tuple(sorted(events))
