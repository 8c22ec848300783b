"""What a row says of itself, whichever journal has it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.storage import Row
from footfall.storage.journal import QUARTER_US, counter_name, is_misdated, quarter_of

ROW = Row("stored", "s", "m", "track", "e", "u", None, None, None, None, 1, 1, None, None, b"{}", None)


@pytest.mark.parametrize(
    ("event", "type_", "name"),
    [("e", "track", "e"), (None, "identify", "(identify)"), (None, "", "(unreadable)"), ("", "track", "")],
)
def test_a_message_is_counted_under_its_event_or_its_type(event: str | None, type_: str, name: str) -> None:
    assert counter_name(event, type_) == name


def test_a_stored_row_with_the_warning_is_misdated() -> None:
    warned = ROW._replace(faults=b'[{"path":"timestamp","code":"misdated","expected":"","got":""}]')

    assert is_misdated(warned)
    assert not is_misdated(warned._replace(kind="quarantined"))
    assert not is_misdated(ROW)


@given(st.integers(-(10**16), 10**16))
def test_a_quarter_of_an_hour_begins_at_or_before_each_of_its_moments(us: int) -> None:
    first = quarter_of(us)

    assert first % QUARTER_US == 0
    assert first <= us < first + QUARTER_US


def test_a_row_has_traits_only_where_it_is_given_them() -> None:
    assert ROW.traits is None
