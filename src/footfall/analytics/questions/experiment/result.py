"""The shapes of an experiment's answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

import msgspec

from footfall.analytics.questions.experiment.decision import Decision
from footfall.analytics.window import Window

__all__ = ["ComparedFigure", "ExperimentResult", "VariantResult"]


class ComparedFigure(msgspec.Struct, frozen=True):
    """A figure of a variant: its mean per person (of whether they did something: a share), and how it differs.

    `low` and `high` are its sequence at this look, `difference` is from the control, with its own sequence; None where
    there is none to see: for the control, and where nobody's values vary.
    """

    name: str
    mean: Decimal | None
    low: Decimal | None
    high: Decimal | None
    difference: Decimal | None = None
    difference_low: Decimal | None = None
    difference_high: Decimal | None = None


class VariantResult(msgspec.Struct, frozen=True):
    """A variant: its planned `share`, the persons who saw it, and those of them whose outcome window is `closed`.

    `outcome` is what is compared, `guardrails` what must not get worse; None and empty where the reading is blocked.
    """

    name: str
    share: Decimal
    exposed: int
    open: int
    closed: int
    outcome: ComparedFigure | None = None
    guardrails: tuple[ComparedFigure, ...] = ()


class ExperimentResult(msgspec.Struct, frozen=True):
    """The first variant is the control.

    `sample_ratio` is the probability that chance alone makes the shares of persons so uneven. `crossed`, `early`,
    `unnamed` and `unknown` (by variant) count the persons who are left out. `planned_at` is when a plan with this
    experiment was first loaded, `changed_at` when it was last changed; None where that is not known. `remarks` say what
    a reader must know before believing it.
    """

    name: str
    hypothesis: str
    owner: str
    figure: str
    variants: tuple[VariantResult, ...]
    decision: Decision
    sample_ratio: float | None
    crossed: int
    early: int
    unnamed: int
    unknown: Mapping[str, int]
    first_exposure: datetime | None
    planned_at: datetime | None
    changed_at: datetime | None
    remarks: tuple[str, ...]
    window: Window
    definition: str
