"""Lint: named rules that judge whether a plan that can be read is also one that people can work with."""

from __future__ import annotations

from footfall.planning.lint.engine import lint
from footfall.planning.lint.registry import RULES
from footfall.planning.lint.rule import Finding, LintRule, PlacedProperty, View

__all__ = ["RULES", "Finding", "LintRule", "PlacedProperty", "View", "lint"]
