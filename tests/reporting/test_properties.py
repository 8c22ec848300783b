"""A line about a message shows the properties in which it differs, and no more than fits."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.people import PersonMessage, PersonProfile
from footfall.reporting.properties import PropertyPicker, in_short

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def message(properties: object, event: str = "sold") -> PersonMessage:
    raw = msgspec.Raw(msgspec.json.encode(properties))
    return PersonMessage("web", "m", "track", event, None, NOW, "explicit", raw)


def person(*recent: PersonMessage) -> PersonProfile:
    return PersonProfile(
        person_id="p", user_id="ann", counted=True, user_ids=("ann",), anonymous_ids=("phone",), shared_ids=(),
        device_ids=(), first_seen=NOW, last_seen=NOW, messages=len(recent), events=(), traits=(), recent=recent,
        reasons=(), aliases=(), aliases_total=0,
    )  # fmt: skip


def test_everything_is_shown_where_it_fits() -> None:
    sold = message({"sku": "LAMP", "items": 2})

    assert PropertyPicker(person(sold)).of(sold, 60) == '{"sku": "LAMP", "items": 2}'


def test_what_all_messages_share_goes_first_where_it_does_not_fit() -> None:
    sold = [message({"shop": "Oslo, Karl Johans gate", "items": number}) for number in range(3)]

    assert PropertyPicker(person(*sold)).of(sold[1], 30) == '{"items": 1, …}'


def test_what_two_messages_share_is_still_news() -> None:
    sold = [message({"shop": "Oslo", "items": number, "sku": "x" * 30}) for number in range(2)]

    assert PropertyPicker(person(*sold)).of(sold[1], 40) == '{"shop": "Oslo", "items": 1, …}'


def test_the_persons_own_ids_are_not_shown() -> None:
    sold = message({"user": " ann ", "browser": "phone", "items": 2})

    assert PropertyPicker(person(sold)).of(sold, 60) == '{"items": 2}'


def test_a_value_that_is_too_long_alone_is_cut() -> None:
    sold = message({"note": "x" * 50})

    assert PropertyPicker(person(sold)).of(sold, 20) == '{"note": "xxxxxxxxx…'


@pytest.mark.parametrize(("value", "text"), [(None, ""), ({}, ""), ([1, 2], "[1, 2]"), ("a" * 9, '"aaaaaa…')])
def test_json_in_short_is_one_line(value: object, text: str) -> None:
    assert in_short(msgspec.Raw(msgspec.json.encode(value)), 8) == text


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=40) | st.integers(), max_size=6), st.integers(20, 80))
def test_any_properties_fit_the_line(properties: dict[str, object], width: int) -> None:
    sold = message(properties)

    assert len(PropertyPicker(person(sold)).of(sold, width)) <= width
