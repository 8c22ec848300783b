"""What a funnel's answer is made of is plain JSON, and frozen."""

from __future__ import annotations

import msgspec
import pytest

from footfall.analytics.questions.funnel.results import DroppedActor, ExcludedCount, FunnelCounts, FunnelValue

COUNTS = FunnelCounts(3, None, None, None, None, None, None, 0, 1)


def test_a_value_is_plain_json() -> None:
    value = FunnelValue("other", None, 2, (COUNTS,))

    assert msgspec.json.decode(msgspec.json.encode(value))["steps"][0]["reached"] == 3


@pytest.mark.parametrize("result", [COUNTS, ExcludedCount("x", 1, 2, False, 3)])
def test_it_is_frozen(result: FunnelCounts | ExcludedCount) -> None:
    with pytest.raises(AttributeError):
        result.count = 4  # type: ignore[misc,union-attr]


def test_those_who_dropped_have_three_columns() -> None:
    assert DroppedActor.__struct_fields__ == ("person_id", "entered", "is_open")
