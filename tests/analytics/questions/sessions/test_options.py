"""What is asked of sessions where nobody says otherwise."""

from __future__ import annotations

from footfall.analytics.questions.sessions import SessionsOptions


def test_sessions_are_counted_by_day_and_not_broken_down() -> None:
    options = SessionsOptions()

    assert (options.per, options.by, options.top) == ("day", None, 10)
