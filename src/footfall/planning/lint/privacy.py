"""Rules about people: personal data that nobody marked as such, and secrets that no event should carry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from footfall.plan.model import NUMERIC
from footfall.planning.lint.rule import Finding, LintRule, PlacedProperty, View
from footfall.planning.personal_names import FORMATS, PersonalName, personal_kind

__all__ = ["ROWS"]

# A flag or a moment about personal data is not the data: `has_email`, `email_verified_at`.
_NOT_THE_DATA = frozenset({"boolean", "datetime"})
# Types in which a secret or an address cannot be.
_MAY_BE_NUMERIC = frozenset({"a place where somebody is", "an age or gender", "a date of birth"})


def _kind(each: PlacedProperty) -> PersonalName | None:
    prop = each.prop
    by_format = FORMATS.get(prop.format or "")
    if by_format is not None:
        return by_format
    if _NOT_THE_DATA.issuperset(each.types):
        return None
    if each.event is None and prop.name == "name" and each.path[1] == "user":
        return personal_kind("user_name")
    kind = personal_kind(each.name)
    if kind is None or (
        NUMERIC.issuperset(each.types) and kind.weight == "personal" and kind.kind not in _MAY_BE_NUMERIC
    ):
        return None
    # The parts of a container are judged one by one, by their own names.
    return None if prop.properties or (prop.items or prop.values) is not None else kind


def _unmarked(view: View) -> Iterator[Finding]:
    levels = view.plan.sensitivity_levels
    for each in view.properties:
        kind = _kind(each)
        if kind is None or kind.weight == "secret":
            continue
        # The level of that name where the plan has one; else any level above its lowest.
        least = next(
            (levels.index(word) for word in (kind.weight, "personal") if word in levels), min(1, len(levels) - 1)
        )
        level = each.prop.sensitivity
        if level is None or level not in levels or levels.index(level) < least:
            mark = "states no sensitivity" if level is None else f"is only marked {level}"
            yield Finding(
                path=each.path,
                message=f"it looks like {kind.kind} ({kind.source}), and {mark}",
                remedy=f"add sensitivity: {levels[least]}, and a transform if the value itself is not needed",
                key="sensitivity",
            )


def _secret(view: View) -> Iterator[Finding]:
    for each in view.properties:
        kind = _kind(each)
        if kind is not None and kind.weight == "secret" and each.prop.transform not in ("drop", "hash"):
            yield Finding(path=each.path, message=f"it looks like {kind.kind} ({kind.source})")


def _special_in_clear(view: View) -> Iterator[Finding]:
    levels = view.plan.sensitivity_levels
    if len(levels) < 3:
        return
    for each in view.properties:
        if each.prop.sensitivity == levels[-1] and each.prop.transform is None and each.prop.retention is None:
            message = f"it is {levels[-1]}, and neither changed before it is sent nor kept for a limited time"
            yield Finding(path=each.path, message=message, key="sensitivity")


ROWS: Final = (
    LintRule(
        name="unmarked_personal_data", level="error", judge=_unmarked,
        reason="Only what is marked can be masked in logs, left out of exports, and found when a person asks for it.",
        fix="add sensitivity: personal, and a transform if the value itself is not needed",
    ),
    LintRule(
        name="secret_collected", level="error", judge=_secret,
        reason="A password, a token or a card number in analytics is a breach that waits for its day.",
        fix="do not send it; with transform: drop or hash the value never leaves the process",
    ),
    LintRule(
        name="unprotected_special_data", level="warning", judge=_special_in_clear,
        reason="The most sensitive data needs a reason to be kept as it is, and an end (GDPR, Article 5(1)(c), (e)).",
        fix="add a transform or a retention",
    ),
)  # fmt: skip
