"""A profile is a value: it travels as JSON, and nobody changes it on the way."""

from __future__ import annotations

import msgspec
import pytest
from tests.people.lives import Life

from footfall.people import PersonProfile, profile


def ann() -> PersonProfile:
    life = Life()
    life.add("identify", user="ann", anonymous="a1", traits={"spent": 12.50})
    life.add("alias", at=1, previous="old", user="ann")
    page = profile(life.open(), "ann")
    assert page is not None
    return page


def test_a_profile_travels_as_json() -> None:
    assert msgspec.json.decode(msgspec.json.encode(ann()), type=PersonProfile) == ann()


def test_a_profile_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        ann().messages = 3  # type: ignore[misc]
