"""The questions of boards as text: a word, and its options as the command line takes them."""

from __future__ import annotations

import shlex
from typing import Final

__all__ = ["QUESTION_WORDS", "split_question"]

QUESTION_WORDS: Final = (
    "attribution", "campaigns", "channels", "cross-sell", "experiment", "funnel", "journey", "kpi", "lifecycle",
    "paths", "persons", "power", "preferences", "retention", "segment", "sessions", "stickiness", "trend",
)  # fmt: skip
"""Every command that asks one question; a test compares them with the command line."""


def split_question(text: str) -> list[str]:
    """The word and its options, with quotes as in a shell. Raises ValueError for a quote that does not end."""
    return shlex.split(text)
