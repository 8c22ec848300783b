"""A profile of values: what it counts, and that it is the same however the values were dealt out."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.plan.checking.explain import decode
from footfall.planning.profiling import ValueProfile
from footfall.planning.profiling.values import CAP

_scalars = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(-9, 9)
    | st.sampled_from(["a", "b", "1.5", "2026-01-01"])
    | st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-01 01:00:00+01"])
)
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
ONE_OF_EACH: list[Any] = [None, True, 1, 1.5, "a", [1], {"a": 1}]


def profile(values: list[Any]) -> ValueProfile:
    made = ValueProfile()
    for value in values:
        made.add(decode(msgspec.json.encode(value)))
    return made


def plain(seen: ValueProfile) -> Any:
    told = {name: getattr(seen, name) for name in ValueProfile.__struct_fields__}
    told["kinds"] = {kind: count for kind, count in seen.kinds.items() if count}
    told["fields"] = {key: plain(field) for key, field in seen.fields.items()}
    for name in ("items", "overflown"):
        told[name] = None if told[name] is None else plain(told[name])
    return told


@given(st.lists(_values, max_size=8), st.lists(_values, max_size=8))
@example(ONE_OF_EACH, ONE_OF_EACH[::-1])
def test_two_profiles_that_are_merged_are_the_profile_of_all_values(one: list[Any], other: list[Any]) -> None:
    merged = profile(one)
    merged.merge(profile(other))

    assert plain(merged) == plain(profile(one + other))


def test_it_counts_kinds_bounds_and_digits() -> None:
    seen = profile([1, 2.50, None, "x"])

    assert dict(seen.kinds) == {"integer": 1, "number": 1, "null": 1, "string": 1}
    assert (seen.present, seen.nulls, seen.low, seen.high, seen.scale) == (4, 1, 1, decode(b"2.5"), 1)


def test_it_remembers_few_values_and_forgets_them_when_they_are_many() -> None:
    few, many = profile(["a", "b", "a"]), profile([str(number) for number in range(CAP + 1)])

    assert few.distinct == {"a": 2, "b": 1}
    assert many.distinct is None


def test_a_text_that_is_too_long_or_cannot_be_shown_is_no_choice() -> None:
    assert profile(["a" * 81]).distinct is None
    assert profile(["a\u0000"]).distinct is None


def test_very_many_keys_are_kept_as_one_place() -> None:
    seen = profile([{f"k{number}": number for number in range(300)}, {"k0": 500, "new": 1}])

    assert seen.overflown is not None
    assert (seen.overflown.present, seen.overflown.high) == (302, 500)
    assert len(seen.fields) == 200


def test_what_is_nested_too_deeply_is_counted_and_not_looked_into() -> None:
    value: Any = 1
    for _ in range(40):
        value = [value]

    seen, depth = profile([value]), 0
    while seen.items is not None:
        seen, depth = seen.items, depth + 1

    assert 5 < depth < 12


def test_the_spellings_of_one_value_are_counted_as_one() -> None:
    some = "0b5d2a5e-1111-4222-8333-abcdefabcdef"

    assert profile([some, some.upper()]).distinct == {some: 2}
    assert profile(["2026-11-20T10:00:00Z", "2026-11-20 12:00:00+02"]).distinct == {"2026-11-20T10:00:00Z": 2}


def test_a_place_that_holds_other_text_too_is_not_said_to_have_few_values() -> None:
    upper = "0B5D2A5E-1111-4222-8333-ABCDEFABCDEF"

    assert profile([upper, "a"]).distinct is None
    assert profile(["a", upper]).distinct is None
