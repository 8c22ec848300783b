"""Any value becomes JSON text, or a reason why not, and nothing that it holds is lost without a word."""

from __future__ import annotations

import dataclasses
import json
import math
import subprocess
import sys
from collections import OrderedDict, UserDict, deque, namedtuple
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import Enum, Flag, IntEnum, StrEnum
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import orjson
import pytest
from hypothesis import event, example, find, given, settings
from hypothesis import strategies as st

from footfall.encoding import encode
from footfall.encoding_plain import MAX_DEPTH, MAX_VALUES
from footfall.events import Fault


class Colour(Enum):
    RED = "red"
    EXACT = Decimal("1.50")
    NOTHING = None


class Size(IntEnum):
    HUGE = 2**70


class Word(StrEnum):
    HELLO = "hello"


class Mask(Flag):
    A = 1
    B = 2


@dataclasses.dataclass
class Line:
    sku: str
    price: Decimal
    _cache: int = 0


class Reading(msgspec.Struct, rename="camel", tag="reading"):
    sensor_kind: str
    taken_at: datetime
    note: str | msgspec.UnsetType = msgspec.UNSET


class Tagless(msgspec.Struct):
    a: int


Point = namedtuple("Point", "x y")  # noqa: PYI024 - the untyped kind is what is tested


class Celsius(float):
    pass


class Name(str):
    __slots__ = ()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (2**64 - 1, "18446744073709551615"),
        (2**64, "18446744073709551616"),
        (-(2**63) - 1, "-9223372036854775809"),
        (10**308, "1" + "0" * 308),
        (Decimal("1.7E+308"), "1.7E+308"),
        (Decimal("1E-400"), "1E-400"),
        (0.1, "0.1"),
        (Celsius(1.5), "1.5"),
        (Name("ann"), '"ann"'),
        (Decimal("10.50"), "10.50"),
        (Decimal("1E+3"), "1E+3"),
        (Decimal("-0.000000000000000000000000000000000001"), "-1E-36"),
        (datetime.fromisoformat("2026-03-01T10:00:00"), '"2026-03-01T10:00:00Z"'),
        (datetime(2026, 3, 1, 10, 0, tzinfo=UTC), '"2026-03-01T10:00:00+00:00"'),
        (datetime(2026, 7, 1, 10, 0, tzinfo=ZoneInfo("Europe/Stockholm")), '"2026-07-01T10:00:00+02:00"'),
        # An offset with seconds has no form in RFC 3339: the moment is kept, the offset is not.
        (datetime(2026, 3, 1, 10, tzinfo=timezone(timedelta(seconds=3208))), '"2026-03-01T09:06:32+00:00"'),
        (date(2026, 3, 1), '"2026-03-01"'),
        (time(10, 30, tzinfo=UTC), '"10:30:00+00:00"'),
        (timedelta(days=1, microseconds=1), "86400.000001"),
        (timedelta(seconds=-1.5), "-1.5"),
        (timedelta(minutes=2), "120"),
        (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (PurePosixPath("/a/b"), '"/a/b"'),
        (Colour.RED, '"red"'),
        (Colour.EXACT, "1.50"),
        (Colour.NOTHING, "null"),
        (Size.HUGE, str(2**70)),
        (Word.HELLO, '"hello"'),
        (Mask.A | Mask.B, "3"),
        (Line("A", Decimal("1.10")), '{"sku":"A","price":1.10}'),
        (
            Reading("power", datetime.fromisoformat("2026-01-01T00:00:00")),
            '{"type":"reading","sensorKind":"power","takenAt":"2026-01-01T00:00:00Z"}',
        ),
        (Tagless(1), '{"a":1}'),
        (Point(1, Decimal("2.0")), '{"x":1,"y":2.0}'),
        (b"\x00\xff", '{"$bytes":"AP8="}'),
        (bytearray(b"a"), '{"$bytes":"YQ=="}'),
        (memoryview(b"a"), '{"$bytes":"YQ=="}'),
        ({3, 1, 10}, "[1,3,10]"),
        (frozenset({"b", "a"}), '["a","b"]'),
        ({None, "a", 2}, '["a",2,null]'),
        ((1, 2), "[1,2]"),
        (deque([1, 2]), "[1,2]"),
        (range(3), "[0,1,2]"),
        (OrderedDict(b=1, a=2), '{"b":1,"a":2}'),
        (UserDict(a=1), '{"a":1}'),
        (MappingProxyType({"a": {1}}), '{"a":[1]}'),
        ({True: "c"}, None),
        ({date(2026, 1, 1): 1, UUID(int=1): 2, Word.HELLO: 3}, None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_type_has_its_documented_form(value: object, text: str | None) -> None:
    encoded, faults = encode({"v": value})

    assert faults == ()
    assert encoded is not None
    if text is not None:
        assert encoded.decode() == f'{{"v":{text}}}'
    json.loads(encoded, parse_int=str)


def test_keys_that_are_not_text_become_their_text() -> None:
    assert encode({1: "a", None: "b", 2.5: "d", date(2026, 1, 1): "e", UUID(int=1): "f", Word.HELLO: "g"}) == (
        b'{"1":"a","null":"b","2.5":"d","2026-01-01":"e","00000000-0000-0000-0000-000000000001":"f","hello":"g"}',
        (),
    )


TOO_LARGE = Fault("a", "not_finite", "a number that a double can hold", "a larger one, sent as text")


@pytest.mark.parametrize(
    ("value", "text", "fault"),
    [
        ({"a": [0.5, math.nan]}, '{"a":[0.5,null]}', Fault("a[1]", "not_finite", "a finite number", "nan")),
        ({"a": -math.inf}, '{"a":null}', Fault("a", "not_finite", "a finite number", "-inf")),
        ({"a": Decimal("NaN")}, '{"a":null}', Fault("a", "not_finite", "a finite number", "NaN")),
        ({"a": Decimal("sNaN")}, '{"a":null}', Fault("a", "not_finite", "a finite number", "sNaN")),
        ({"a": "x\ud800y"}, '{"a":"x\ufffdy"}', Fault("a", "surrogate", "Unicode text", "a lone surrogate")),
        ({"\udfff": 1}, '{"\ufffd":1}', Fault("", "surrogate", "Unicode text", "a lone surrogate")),
        ({1: "a", "1": "b"}, '{"1":"b"}', Fault("1", "duplicate_key", "one value", "several")),
        ({(1, 2): "a", "b": 1}, '{"b":1}', Fault("", "unencodable", "a key that is text", "tuple")),
        ({"a": 1, "b": object()}, '{"a":1,"b":null}', Fault("b", "unencodable", "a JSON value", "object")),
        ({"b": lambda: 1}, '{"b":null}', Fault("b", "unencodable", "a JSON value", "function")),
        ({"b": Line}, '{"b":null}', Fault("b", "unencodable", "a JSON value", "type")),
        ({"b": iter([1])}, '{"b":null}', Fault("b", "unencodable", "a JSON value", "list_iterator")),
        ({"a": Decimal("-1E+999999")}, '{"a":"-1E+999999"}', TOO_LARGE),
        ({"a": Decimal("1.8E+308")}, '{"a":"1.8E+308"}', TOO_LARGE),
        ({"a": 10**309}, '{"a":"1%s"}' % ("0" * 309), TOO_LARGE),
        ({"a": -(10**5000)}, '{"a":"-1%s"}' % ("0" * 5000), TOO_LARGE),
        ({"b": 1 << 300_000}, '{"b":null}', Fault("b", "unencodable", "at most 200000 bits", "more")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_json_cannot_hold_is_replaced_and_said(value: object, text: str, fault: Fault) -> None:
    encoded, faults = encode(value)

    assert (encoded or b"").decode() == text
    assert faults == (fault,)


def test_a_surrogate_pair_becomes_its_character() -> None:
    encoded, faults = encode("\ud83d\ude00")

    assert orjson.loads(encoded or b"") == "\U0001f600"
    assert [fault.code for fault in faults] == ["surrogate"]


class Misbehaving(Enum):
    RAISES = 1

    @property
    def value(self) -> int:
        raise ValueError("secret")


class NoOffset(tzinfo):
    def utcoffset(self, moment: datetime | None) -> timedelta:
        raise ValueError("secret")

    def dst(self, moment: datetime | None) -> timedelta:
        raise ValueError("secret")

    def tzname(self, moment: datetime | None) -> str:
        raise ValueError("secret")


@dataclasses.dataclass(slots=True, repr=False)
class Unset:
    a: int


class Endless(Mapping[str, int]):
    def __getitem__(self, key: str) -> int:
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        raise ValueError("secret")

    def __len__(self) -> int:
        return 1


def unset() -> Unset:
    made = Unset(1)
    del made.a
    return made


@pytest.mark.parametrize(
    "value",
    [
        Misbehaving.RAISES,
        datetime(2026, 1, 1, tzinfo=NoOffset()),
        unset(),
        UUID.__new__(UUID),
        Endless(),
        orjson.Fragment(b"{not json"),
        datetime.max.replace(tzinfo=timezone(timedelta(seconds=-3208))),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_whose_own_code_fails_costs_only_itself(value: object) -> None:
    encoded, faults = encode({"good": 1, "bad": value})

    assert encoded == b'{"good":1,"bad":null}'
    assert [(fault.path, fault.code) for fault in faults] == [("bad", "unencodable")]
    assert "secret" not in str(faults)


def circular() -> object:
    value: dict[str, Any] = {"a": []}
    value["a"].append(value)
    return value


def nested(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


def doubling(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value, value]
    return value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (circular(), "a structure that ends"),
        (nested(MAX_DEPTH + 2), f"at most {MAX_DEPTH} levels"),
        (nested(900), f"at most {MAX_DEPTH} levels"),
        (doubling(50), f"at most {MAX_VALUES} values"),
        (range(10**12), f"at most {MAX_VALUES} values"),
        ([0] * (MAX_VALUES + 1), f"at most {MAX_VALUES} values"),
    ],
    ids=["circular", "too deep", "far too deep", "doubling", "endless", "too many"],
)
def test_a_structure_without_an_end_has_no_encoding(value: object, expected: str) -> None:
    encoded, faults = encode(value)

    assert encoded is None
    assert faults[-1].code == "unencodable"
    assert faults[-1].expected == expected


def test_depth_up_to_the_limit_is_fine() -> None:
    assert encode(nested(MAX_DEPTH)) == (b"[" * MAX_DEPTH + b"1" + b"]" * MAX_DEPTH, ())


def test_the_same_object_twice_is_no_circle() -> None:
    line = {"sku": {"A"}}

    assert encode([line, line]) == (b'[{"sku":["A"]},{"sku":["A"]}]', ())


def test_nothing_in_the_value_is_changed() -> None:
    value = {"a": {1, 2}, 3: [Decimal("1.0"), math.nan], "nested": {"b": b"x"}}
    before = repr(value)

    encode(value)

    assert repr(value) == before


numpy_types = """
import sys
from footfall.encoding import encode
try:
    import numpy
except ImportError:
    sys.exit(77)
value = {
    "i": numpy.int64(5), "u": numpy.uint64(2**64 - 1), "f": numpy.float32(0.5), "d": numpy.float64(0.1),
    "b": numpy.bool_(True), "s": numpy.str_("x"), "a": numpy.array([[1, 2], [3, 4]]), "n": numpy.float64("nan"),
    "t": numpy.datetime64("2026-01-01T00:00:00.123456789"), "day": numpy.datetime64("2026-01-01"),
    "never": numpy.datetime64("NaT"), "an": numpy.array([1.0, numpy.inf]),
}
text, faults = encode(value)
assert text == (
    b'{"i":5,"u":18446744073709551615,"f":0.5,"d":0.1,"b":true,"s":"x","a":[[1,2],[3,4]],"n":null,'
    b'"t":"2026-01-01T00:00:00.123456789Z","day":"2026-01-01","never":null,"an":[1.0,null]}'
), text
assert [(f.path, f.code) for f in faults] == [("n", "not_finite"), ("never", "not_finite"), ("an[1]", "not_finite")]
"""


def test_numpy_values_become_what_they_stand_for() -> None:
    ran = subprocess.run([sys.executable, "-c", numpy_types], capture_output=True, text=True, check=False)
    if ran.returncode == 77:
        pytest.skip("numpy is not installed; footfall does not need it")

    assert ran.returncode == 0, ran.stderr


atoms = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=2**63, max_value=2**200),
    st.floats(),
    st.decimals(),
    st.text(alphabet=st.characters(), max_size=8),
    st.text(alphabet=st.characters(categories=["Cs"]), max_size=3),
    st.binary(max_size=8),
    st.datetimes(timezones=st.none() | st.timezones()),
    st.dates(),
    st.times(timezones=st.none() | st.just(UTC)),
    st.timedeltas(),
    st.uuids(),
    st.sampled_from(
        [*Colour, *Size, Misbehaving.RAISES, Path("a"), object(), Line("a", Decimal(1)), Endless(), unset()]
    ),
)
keys = st.one_of(
    st.text(max_size=4),
    st.sampled_from([1, "1", None, "null"]),
    st.integers(),
    st.none(),
    st.floats(),
    st.dates(),
    st.binary(max_size=2),
    st.sampled_from(Colour),
)
values = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(keys, inner, max_size=4),
        st.sets(st.one_of(st.integers(), st.text(max_size=3), st.none()), max_size=4),
        st.builds(Point, inner, inner),
    ),
    max_leaves=12,
)


@settings(max_examples=300)
@given(values)
def test_any_value_is_encoded_or_refused_with_a_reason_and_never_raises(value: object) -> None:
    text, faults = encode({"v": value})
    for code in {fault.code for fault in faults} or {"clean"}:
        event(code)

    assert text is not None
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    orjson.loads(text)


@pytest.mark.slow
@pytest.mark.parametrize("code", ["not_finite", "surrogate", "unencodable", "duplicate_key"])
def test_the_generator_draws_the_hard_cases(code: str) -> None:
    find(values, lambda value: code in {fault.code for fault in encode(value)[1]}, settings=settings(max_examples=3000))


json_values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**63), 2**64 - 1), st.floats(allow_nan=False, allow_infinity=False),
        st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=100)
@given(json_values)
def test_what_json_can_hold_comes_back_as_it_was(value: object) -> None:
    text, faults = encode(value)

    assert faults == ()
    assert orjson.loads(text or b"") == value


@settings(max_examples=100)
@given(st.decimals(allow_nan=False, allow_infinity=False))
@example(Decimal("9.99E+307"))
@example(Decimal("1.7976931348623157E+308"))
@example(Decimal("1.7976931348623159E+308"))
@example(Decimal("0E+999999"))
@example(Decimal("-1E-999999"))
def test_a_decimal_keeps_every_digit_and_is_a_number_where_a_double_can_be_near_it(value: Decimal) -> None:
    text, faults = encode([value])
    read = json.loads(text or b"", parse_float=Decimal, parse_int=Decimal)[0]

    assert Decimal(read).as_tuple() == value.as_tuple()
    assert isinstance(read, str) == bool(faults) == math.isinf(float(value))
