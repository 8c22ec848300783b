"""Which member of a message has what its type says."""

from __future__ import annotations

import pytest

from footfall.storage.part import MEMBERS, Stretch, member_of


@pytest.mark.parametrize(
    ("type_", "member"),
    [("track", "properties"), ("page", "properties"), ("identify", "all_traits"), ("group", "all_traits")],
)
def test_an_identify_and_a_group_have_traits_and_all_else_has_properties(type_: str, member: str) -> None:
    assert member_of(Stretch(type_, None, 0, 1, 0, 0)) == member
    assert member in MEMBERS
