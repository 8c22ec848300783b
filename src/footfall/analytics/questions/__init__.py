"""The questions that a report answers, in the order in which it shows them: one file and one row here for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from footfall.analytics.question import Question
from footfall.analytics.questions.goals import GOALS
from footfall.analytics.questions.intake import INTAKE
from footfall.analytics.questions.journeys import JOURNEYS
from footfall.analytics.questions.kpis import KPIS
from footfall.analytics.questions.overview import OVERVIEW
from footfall.analytics.questions.volumes import VOLUMES

__all__ = ["QUESTIONS"]

QUESTIONS: Sequence[Question[Any, Any]] = (INTAKE, GOALS, KPIS, JOURNEYS, VOLUMES, OVERVIEW)
