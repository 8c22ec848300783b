"""Asks one question or one measure of a dataset, without a whole report."""

from __future__ import annotations

from typing import Any, TypeVar

from footfall.analytics import QUESTIONS, Dataset, Question, ReportContext
from footfall.analytics.measures import Measured, merge_tallies, parts
from footfall.analytics.shards import Shard
from footfall.analytics.tallies import tally
from footfall.analytics.window import Span
from footfall.plan.model import Plan, Quantity

__all__ = ["answer", "context_of", "measure"]

R = TypeVar("R")
FAR = 32_000_000_000_000_000  # microseconds since 1970, past all messages of a test


def context_of(
    dataset: Dataset, plan: Plan | None = None, span: Span | None = None, now: int = FAR, shards: int = 1
) -> ReportContext:
    """What questions are asked with, over a window, or over all there is up to `now`."""
    span = span or Span()
    return ReportContext(
        dataset, plan or Plan(id=""), QUESTIONS, since=span.since, until=span.until, now=now, shards=shards
    )  # fmt: skip


def answer(
    question: Question[Any, R], dataset: Dataset, plan: Plan | None = None, span: Span | None = None, now: int = FAR
) -> R:
    """The answer to one question."""
    return context_of(dataset, plan, span, now).answer(question)


def measure(dataset: Dataset, plan: Plan, asked: Quantity, span: Span, shards: int = 1) -> Measured:
    """One measure over one window, put together from so many shards."""
    numbers = range(shards)
    return merge_tallies(
        plan,
        asked,
        [tuple(tally(dataset, plan, part, span, Shard(number, shards)) for part in parts(asked)) for number in numbers],
    )
