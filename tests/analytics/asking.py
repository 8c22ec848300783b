"""Asks one question of a dataset, without a whole report."""

from __future__ import annotations

from typing import TypeVar

from footfall.analytics import QUESTIONS, Dataset, Question, ReportContext
from footfall.analytics.window import Span
from footfall.plan.model import Plan

__all__ = ["answer"]

R = TypeVar("R")
FAR = 32_000_000_000_000_000  # microseconds since 1970, past all messages of a test


def answer(
    question: Question[R], dataset: Dataset, plan: Plan | None = None, span: Span | None = None, now: int = FAR
) -> R:
    """The answer over a window, or over all there is up to `now`."""
    span = span or Span()
    context = ReportContext(
        dataset, plan or Plan(id=""), QUESTIONS, since=span.since, until=span.until, now=now
    )  # fmt: skip
    return context.answer(question)
