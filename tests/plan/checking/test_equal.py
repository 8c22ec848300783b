"""Texts that stand for one value are one text, and texts that do not stay apart."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.plan.checking.equal import canonical_text
from footfall.plan.model import Property, PropertyType, ScalarType
from footfall.timestamps import canonical_datetime, read_datetime

CAPITALS = "0785EE10-D5DA-46D9-80F4-36A000000000"


def seconds_of(text: str) -> Fraction:
    """The moment of a text by plain arithmetic, in seconds since the year 1."""
    day, clock, fraction, sign, offset = re.fullmatch(  # type: ignore[union-attr]
        r"(.{10}).(.{8})(?:\.(\d+))?(?:[Zz]|([+-])(.+))", text
    ).groups()
    hours, minutes, seconds = map(int, clock.split(":"))
    digits = (offset or "").replace(":", "")
    away = (int(digits[:2] or 0) * 60 + int(digits[2:] or 0)) * 60 * (-1 if sign == "-" else 1)
    whole = (datetime.fromisoformat(day).toordinal() * 24 + hours) * 3_600 + minutes * 60 + seconds
    return whole - away + Fraction(int(fraction or 0), 10 ** len(fraction or ""))


@st.composite
def spellings(draw: st.DrawFn) -> str:
    day = draw(st.sampled_from(["0001-01-01", "2026-03-01", "2026-03-02", "2024-02-29", "9999-12-30", "9999-12-31"]))
    clock = draw(st.sampled_from(["00:00:00", "23:30:00", "10:00:00", "23:59:59", "23:59:60", "24:00:00", "09:59:60"]))
    if day == "9999-12-31" and clock in {"23:59:60", "24:00:00"}:
        clock = "23:59:59"
    fraction = draw(st.sampled_from(["", ".0", ".5", ".50", ".1234567", ".12345678"]))
    if clock == "24:00:00":
        fraction = "" if fraction.strip(".0") else fraction
    zone = draw(st.sampled_from(["Z", "z", "+00:00", "-00", "+01", "+0100", "-05:30", "+14:00", "-2359"]))
    return f"{day}{draw(st.sampled_from('T t'))}{clock}{fraction}{zone}"


@given(spellings(), spellings())
def test_two_spellings_are_one_text_if_and_only_if_they_are_one_moment(spelling: str, other: str) -> None:
    texts = canonical_datetime(spelling), canonical_datetime(other)

    assert None not in texts
    assert (texts[0] == texts[1]) is (seconds_of(spelling) == seconds_of(other))


@given(spellings())
def test_a_time_is_read_to_the_microsecond_it_stands_for(text: str) -> None:
    time = read_datetime(text)

    assert time is not None
    since = time.replace(tzinfo=None) - datetime(1, 1, 1) - (time.utcoffset() or timedelta())  # noqa: DTZ001 - as it is
    assert Fraction(since // timedelta(microseconds=1), 1_000_000) == seconds_of(text) - 86_400 - (
        seconds_of(text) % Fraction(1, 1_000_000)
    )


@pytest.mark.parametrize(
    ("spelling", "other"),
    [
        ("2026-03-01T00:30:00+01:00", "2026-02-28 23:30:00z"),
        ("2026-02-28T24:00:00Z", "2026-03-01T01:00:00+01"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00.0+1400"),
    ],
)
def test_one_moment_in_several_spellings(spelling: str, other: str) -> None:
    assert canonical_datetime(spelling) == canonical_datetime(other) is not None


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_canonical_time_stays_as_it_is(moment: datetime) -> None:
    text = canonical_datetime(moment.isoformat())

    assert text is not None
    assert canonical_datetime(text) == text


@given(st.uuids())
def test_a_uuid_is_one_value_in_any_letter_case(value: UUID) -> None:
    same = canonical_text(Property(type="uuid"))

    assert same is not None
    assert same(str(value).upper()) == same(str(value).title()) == str(value)
    assert same("No-UUID") == "No-UUID"


@pytest.mark.parametrize(
    ("type_", "types", "form", "text", "expected"),
    [
        ("string", (), "uuid", CAPITALS, CAPITALS.lower()),
        ("string", (), "date-time", "2026-03-01T01:00:00+01:00", "2026-03-01T00:00:00Z"),
        ("union", ("uuid", "integer"), None, CAPITALS, CAPITALS.lower()),
    ],
)
def test_formats_and_unions_go_by_the_same_rule(
    type_: PropertyType, types: tuple[ScalarType, ...], form: str | None, text: str, expected: str
) -> None:
    same = canonical_text(Property(type=type_, types=types, format=form))

    assert same is not None
    assert same(text) == expected


@pytest.mark.parametrize("prop", [Property(type="string"), Property(type="uuid", transform="hash")])
def test_other_text_is_what_it_is(prop: Property) -> None:
    assert canonical_text(prop) is None
