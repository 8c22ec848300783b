"""The register of all lint rules that footfall brings, in the order of the documentation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from footfall.planning.lint import campaigns, consent, lifecycle, meaning, naming, privacy, purpose, values
from footfall.planning.lint.rule import Finding, LintRule, View

__all__ = ["ABOUT_LINT", "RULES"]


def _judged_by_the_engine(_view: View) -> Iterable[Finding]:
    """These three need to know what all other rules have found, so the engine judges them after the others."""
    return ()


ABOUT_LINT: Final = (
    LintRule(
        name="unknown_no_lint", level="error", judge=_judged_by_the_engine,
        reason="A no_lint that names no rule silences nothing, and looks as if it did.",
        fix="name a rule that exists, or take it out",
    ),
    LintRule(
        name="unused_no_lint", level="warning", judge=_judged_by_the_engine,
        reason="A no_lint that is no longer needed would hide the next real finding.",
        fix="take it out",
    ),
    LintRule(
        name="unknown_lint_rule", level="error", judge=_judged_by_the_engine,
        reason="A level for a rule that does not exist sets nothing.",
        fix="name a rule that exists, or take it out",
    ),
)  # fmt: skip

RULES: Final[tuple[LintRule, ...]] = (
    *naming.ROWS, *meaning.ROWS, *purpose.ROWS, *lifecycle.ROWS, *values.ROWS, *privacy.ROWS,
    *consent.ROWS, *campaigns.ROWS, *ABOUT_LINT,
)  # fmt: skip
