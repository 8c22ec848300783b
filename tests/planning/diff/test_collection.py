"""Each difference in what is kept of people is one change, and says whether more or less is kept."""

from __future__ import annotations

from typing import Any

import pytest

from footfall.plan import read
from footfall.planning.diff import diff

SECTION: dict[str, Any] = {"rule": "opt_in", "default": "count_only", "purposes": {"a": {}, "b": {"refused": "none"}}}


def compare(old: object, new: object, **more: Any) -> list[tuple[str, str]]:
    plans = [read({"plan": "p", **({} if consent is None else {"consent": consent}), **more}) for consent in (old, new)]
    return [(change.kind, change.where) for change in diff(*(plan.require() for plan in plans))]


@pytest.mark.parametrize(
    ("change", "kind", "where"),
    [
        ({"rule": "own_rule"}, "consent_changed", "consent.rule"),
        ({"default": "full"}, "consent_loosened", "consent.default"),
        ({"default": "none"}, "consent_tightened", "consent.default"),
        ({"purposes": {"a": {"refused": "full"}, "b": {"refused": "none"}}}, "consent_loosened", "consent.purposes.a"),
        ({"purposes": {"a": {"refused": "none"}, "b": {"refused": "none"}}}, "consent_tightened", "consent.purposes.a"),
        ({"purposes": {"a": {"description": "A"}, "b": {"refused": "none"}}}, "plan_described", "consent.purposes.a"),
        ({"purposes": {"a": {}}}, "consent_changed", "consent.purposes.b"),
        ({"purposes": {**SECTION["purposes"], "c": {}}}, "consent_changed", "consent.purposes.c"),
        ({"purposes": {"b": {"refused": "none"}, "a": {}}}, "consent_changed", "consent.purposes"),
        ({"x_law": "GDPR"}, "plan_described", "consent"),
    ],
)
def test_a_change_of_one_key_is_one_change(change: dict[str, Any], kind: str, where: str) -> None:
    assert compare(SECTION, {**SECTION, **change}) == [(kind, where)]


def test_the_section_itself_comes_and_goes() -> None:
    assert compare(None, SECTION) == [("consent_tightened", "consent")]
    assert compare(SECTION, None) == [("consent_loosened", "consent")]
    assert compare(SECTION, SECTION, staff={"signed_link": True}, web={"paths": True}) == []


@pytest.mark.parametrize("path", ["events", "pages"])
def test_another_consent_of_an_event_or_a_page_is_a_change(path: str) -> None:
    old, new = (
        read({"plan": "p", "consent": SECTION, path: {"e": {"consent": name}}}).require() for name in ("a", "full")
    )

    (change,) = diff(old, new)

    assert (change.kind, change.before, change.after) == ("consent_changed", "a", "full")
    assert change.where in {"e", "pages.e"}
