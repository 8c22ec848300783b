"""Texts of times, many at once."""

from __future__ import annotations

import pyarrow
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.storage.parquet.times import TIME_FORMS, day_text, time_texts
from footfall.timestamps import format_us

FROM_2200 = 7_258_118_400_000_000


@given(st.integers(-(2**63), 2**63 - 1) | st.integers(0, FROM_2200))
@example(0)
@example(-1)
@example(FROM_2200 - 1)
@example(FROM_2200)
def test_both_texts_of_any_moment_are_exact_or_missing(moment: int) -> None:
    microseconds, milliseconds = (
        time_texts(pyarrow.array([moment], pyarrow.int64()), form)[0].as_py() for form in TIME_FORMS
    )

    text = format_us(moment).encode() if 0 <= moment < FROM_2200 else None
    assert microseconds == text
    assert milliseconds == (text[:-4] + b"Z" if text is not None and moment % 1000 == 0 else None)


def test_a_day_beyond_the_calendar_is_its_end() -> None:
    assert [day_text(days) for days in (-(10**8), -1, 0, 10**8)] == [
        "0001-01-01", "1969-12-31", "1970-01-01", "9999-12-31",
    ]  # fmt: skip
