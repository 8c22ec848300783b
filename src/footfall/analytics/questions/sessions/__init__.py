"""Sessions: how many there were, how long they took, and where they began and ended."""

from __future__ import annotations

from footfall.analytics.questions.sessions.answer import SessionFigures, SessionRow, SessionsResult, sessions
from footfall.analytics.questions.sessions.options import SessionsOptions

__all__ = ["SessionFigures", "SessionRow", "SessionsOptions", "SessionsResult", "sessions"]
