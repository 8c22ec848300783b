"""Rules about consent: purposes that nothing needs, events that nobody gave a purpose, people kept in spite of a no."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from footfall.plan.consent import LEVELS
from footfall.plan.model import Event, Page
from footfall.planning.lint.rule import Finding, LintRule, PlacedProperty, View

__all__ = ["ROWS"]


def _unused(view: View) -> Iterator[Finding]:
    consent = view.plan.consent
    if consent is None:
        return
    parts: list[Event | Page] = [*view.plan.events.values(), *view.plan.pages.values()]
    named = {name for part in parts for name in part.consent}
    for name in list(consent.purposes)[1:]:
        if name not in named:
            yield Finding(path=("consent", "purposes", name), message="no event and no page needs the consent to it")


def _unstated(view: View) -> Iterator[Finding]:
    consent = view.plan.consent
    if consent is None or len(consent.purposes) < 2:
        return
    first = next(iter(consent.purposes))
    for event in view.events("draft", "active"):
        if not event.consent:
            yield Finding(path=(event.name,), message=f"it says nothing of consent, so it needs that to {first}")


def _kept_in_spite(view: View) -> Iterator[Finding]:
    consent = view.plan.consent
    if consent is None:
        return
    levels = _personal_levels(view.plan.sensitivity_levels)
    personal: dict[str, list[PlacedProperty]] = {}
    for each in view.properties:
        if each.event is not None and each.prop.sensitivity in levels:
            personal.setdefault(each.event.name, []).append(each)
    for event in view.events():
        names = event.consent or tuple(consent.purposes)[:1]
        if set(names) <= set(LEVELS) or any(consent.purposes[name].refused != "full" for name in names):
            continue
        for each in personal.get(event.name, ()):
            message = f"it is {each.prop.sensitivity}, and is kept of people who refuse {' and '.join(names)}"
            yield Finding(path=each.path, message=message)


def _personal_levels(levels: tuple[str, ...]) -> frozenset[str]:
    """The levels of what is about a person: `personal` and all above it; else the upper half."""
    first = levels.index("personal") if "personal" in levels else (len(levels) + 1) // 2
    return frozenset(levels[first:])


ROWS: Final = (
    LintRule(
        name="unused_purpose", level="warning", judge=_unused,
        reason="People would be asked for a consent that decides nothing.",
        fix="name it under `consent` of the events that need it, or take it out",
    ),
    LintRule(
        name="event_without_consent", level="warning", judge=_unstated,
        reason="Where there are several purposes, somebody must have thought about which one an event serves.",
        fix="add consent: PURPOSE, also where it is the first one",
    ),
    LintRule(
        name="personal_data_in_spite_of_refusal", level="error", judge=_kept_in_spite,
        reason="Personal data of somebody who said no needs another reason than consent (GDPR, Article 6(1)).",
        fix="set refused: count_only or none, or consent: full at the event if the law lets you keep it",
    ),
)  # fmt: skip
