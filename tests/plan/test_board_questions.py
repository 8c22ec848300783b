"""Questions of boards are parted into words as a shell does."""

from __future__ import annotations

import pytest

from footfall.plan.board_questions import QUESTION_WORDS, split_question


def test_quotes_keep_a_filter_together() -> None:
    assert split_question("trend 'sold {total: 5}' --per week") == ["trend", "sold {total: 5}", "--per", "week"]


def test_a_quote_that_does_not_end_is_refused() -> None:
    with pytest.raises(ValueError, match="No closing quotation"):
        split_question("trend 'sold")


def test_the_words_are_sorted() -> None:
    assert list(QUESTION_WORDS) == sorted(QUESTION_WORDS)
