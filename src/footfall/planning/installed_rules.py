"""Finds a team's own lint rules: what installed packages offer under the entry-point group `footfall.lint`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points
from typing import Final

from footfall.errors import BrokenInputError
from footfall.plan.problems import CODES
from footfall.planning.lint.registry import RULES
from footfall.planning.lint.rule import LintRule

__all__ = ["GROUP", "installed_rules"]

GROUP: Final = "footfall.lint"
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def installed_rules() -> tuple[LintRule, ...]:
    """footfall's own rules, then those of installed packages, by package and entry point.

    An entry point is a `LintRule`, or a list or tuple of them. No rule may be called like a rule or a code of `plan
    check`. Raises BrokenInputError, which names package and entry point, for one that cannot be loaded, is no rule, or
    has a name that is taken or no lower-case words joined by `_`.
    """
    rules = {rule.name: rule for rule in RULES}
    points = sorted(entry_points(group=GROUP), key=lambda point: (_package(point), point.name, point.value))
    for point in points:
        for rule in _load(point):
            if not _NAME.fullmatch(rule.name):
                raise _refused(point, f"{rule.name!r} is no name for a rule: lower-case words joined by _ are")
            if rule.name in rules or rule.name in CODES:
                raise _refused(point, f"the name {rule.name!r} is taken; start it with your team's name")
            rules[rule.name] = rule
    return tuple(rules.values())


def _load(point: EntryPoint) -> Iterable[LintRule]:
    try:
        offer = point.load()
    except Exception as error:  # another team's module may raise anything as it is imported
        raise _refused(point, f"cannot be loaded: {type(error).__name__}: {error}") from error
    rules = tuple(offer) if isinstance(offer, list | tuple) else (offer,)
    for rule in rules:
        if not isinstance(rule, LintRule):
            raise _refused(point, f"{rule!r} is no footfall.planning.lint.LintRule, nor a list or tuple of them")
    return rules


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else ""


def _refused(point: EntryPoint, message: str) -> BrokenInputError:
    package = _package(point)
    what = f"the lint rules {point.name} = {point.value}" + (f" of the package {package}" if package else "")
    return BrokenInputError(what, message)
