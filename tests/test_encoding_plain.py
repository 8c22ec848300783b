"""Plain values: orjson gets what it can be trusted with, and nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.encoding_foreign import encode_foreign
from footfall.encoding_plain import MAX_DEPTH, MAX_VALUES, OPTIONS, direct, is_plain, rfc3339


class Size(IntEnum):
    LARGE = 2


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


FOREIGN = [
    float("nan"), float("inf"), Decimal("NaN"), Decimal("1e400"), Size.LARGE, {1, 2}, b"x", object(),
    {"a": [{"b": float("nan")}]}, [Size.LARGE], type("Text", (str,), {})("x"), nested(MAX_DEPTH + 1),
    [0] * (MAX_VALUES + 1),
]  # fmt: skip


@pytest.mark.parametrize("value", FOREIGN, ids=range(len(FOREIGN)))
def test_a_value_that_orjson_cannot_be_trusted_with_is_not_plain(value: object) -> None:
    assert not is_plain(value)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(st.characters(exclude_categories=["Cs"]))
    | st.floats(allow_nan=False, allow_infinity=False) | st.uuids() | st.dates() | st.datetimes()
    | st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=2, seconds=7))]))
    | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=8,
)  # fmt: skip


@given(PLAIN)
@example({"id": UUID(int=1), "on": date(2026, 1, 2), "total": Decimal("1.10"), "deep": [[{"n": 2**64 - 1}]]})
def test_any_plain_value_is_the_same_text_as_the_careful_way_gives(value: object) -> None:
    assert is_plain(value)
    assert orjson.dumps(value, direct, OPTIONS) == encode_foreign(value)[0]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2026, 1, 2, 3, 4, 5), "2026-01-02T03:04:05Z"),  # noqa: DTZ001 - a naive one is the case
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2))), "2026-01-02T03:04:05+02:00"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(seconds=7))), "2026-01-02T03:03:58+00:00"),
    ],
)
def test_a_time_has_no_seconds_in_its_offset_and_always_has_one(value: datetime, text: str) -> None:
    assert rfc3339(value) == text
