"""Values of other libraries are encoded as what they mean, nested ones too, and no library is imported for it.

Those that are not installed are skipped; the protocols that they follow are tested in any case.
"""

from __future__ import annotations

import array
import ipaddress
import json
import sqlite3
import subprocess
import sys
from collections import UserString, namedtuple
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from footfall.encoding import encode, lazy_text
from footfall.events import Fault


class Price(TypedDict):
    total: Decimal


class Attrs:
    """As attrs makes them."""

    __attrs_attrs__ = (SimpleNamespace(name="sku"), SimpleNamespace(name="price"), SimpleNamespace(name="_cache"))

    def __init__(self) -> None:
        self.sku, self.price, self._cache = "A", Decimal("1.10"), object()


class Model:
    """As pydantic's models are."""

    model_fields = ("inside",)

    def model_dump(self, *, warnings: bool = True) -> dict[str, Any]:
        return {"inside": Attrs(), "warnings": warnings}


class OldModel:
    """As the models of pydantic 1 are."""

    __fields__ = ("total",)

    def dict(self) -> dict[str, Any]:
        return {"total": Decimal("2.50")}


class Lazy:
    def __str__(self) -> str:
        return "hei"

    def casefold(self) -> str:
        return "hei"


class LazyString:
    """As Babel's, by its name alone."""

    def __str__(self) -> str:
        return "hei"


class Proxy:
    """Says that it is of another class, as werkzeug's LocalProxy and Django's SimpleLazyObject do."""

    def __init__(self, target: object) -> None:
        self.__dict__["target"] = target

    @property  # type: ignore[misc]  # what is tested
    def __class__(self) -> type:
        return type(self.__dict__["target"])

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["target"], name)

    def __str__(self) -> str:
        return str(self.__dict__["target"])

    def __bool__(self) -> bool:
        return bool(self.__dict__["target"])

    def __iter__(self) -> Iterator[Any]:
        return iter(self.__dict__["target"])

    def __len__(self) -> int:
        return len(self.__dict__["target"])

    def __getitem__(self, key: Any) -> Any:
        return self.__dict__["target"][key]


class Record:
    """As a database driver's: keys and items, and no Mapping."""

    def keys(self) -> list[str]:
        return ["a", "b"]

    def __getitem__(self, key: str) -> object:
        return Decimal("1.50") if key == "a" else key


class Row(Sequence[Any]):
    """As SQLAlchemy's: a sequence whose fields have names."""

    _fields = ("a", "b")

    def __getitem__(self, place: Any) -> Any:
        return (1, "x")[place]

    def __len__(self) -> int:
        return 2


class Moment:
    def isoformat(self) -> str:
        return "2026-03-01T10:00:00+00:00"


class URL:
    def __str__(self) -> str:
        return "https://shop.example/"


def sqlite_row() -> object:
    database = sqlite3.connect(":memory:")
    try:
        database.row_factory = sqlite3.Row
        return database.execute("SELECT 1 AS a, 'x' AS b").fetchone()
    finally:
        database.close()


Pair = namedtuple("Pair", "a b")  # noqa: PYI024 - the untyped kind is what is tested


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Attrs(), '{"sku":"A","price":1.10}'),
        ([Attrs()], '[{"sku":"A","price":1.10}]'),
        (Model(), '{"inside":{"sku":"A","price":1.10},"warnings":false}'),
        (OldModel(), '{"total":2.50}'),
        (Price(total=Decimal("1.50")), '{"total":1.50}'),
        (Pair(Attrs(), Lazy()), '{"a":{"sku":"A","price":1.10},"b":"hei"}'),
        (Lazy(), '"hei"'),
        ({Lazy(): 1}, '{"hei":1}'),
        (LazyString(), '"hei"'),
        (UserString("hei"), '"hei"'),
        (Proxy("hei"), '"hei"'),
        (Proxy(7), "7"),
        (Proxy(1.5), "1.5"),
        (Proxy(Decimal("1.50")), "1.50"),
        (Proxy(True), "true"),
        (Proxy(None), "null"),
        (Proxy([1, Attrs()]), '[1,{"sku":"A","price":1.10}]'),
        (Proxy(datetime(2026, 3, 1, tzinfo=UTC)), '"2026-03-01T00:00:00+00:00"'),
        (Record(), '{"a":1.50,"b":"b"}'),
        (Row(), '{"a":1,"b":"x"}'),
        (sqlite_row(), '{"a":1,"b":"x"}'),
        ({"a": 1}.values(), "[1]"),
        (Moment(), '"2026-03-01T10:00:00+00:00"'),
        (ipaddress.ip_address("192.0.2.1"), '"192.0.2.1"'),
        (ipaddress.ip_network("2001:db8::/32"), '"2001:db8::/32"'),
        (ZoneInfo("Europe/Oslo"), '"Europe/Oslo"'),
        (URL(), '"https://shop.example/"'),
        (array.array("d", [1.5]), "[1.5]"),
        (np.array([[1, 2], [3, 4]]), "[[1,2],[3,4]]"),
        (np.array(["2026-03-01T10:00:00.000000001"], dtype="datetime64[ns]"), '["2026-03-01T10:00:00.000000001Z"]'),
        (np.timedelta64(1500, "ms"), "1.5"),
        (np.array([1500], dtype="timedelta64[ms]"), "[1.5]"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_is_encoded_as_what_it_means(value: object, text: str) -> None:
    assert encode({"v": value}) == (f'{{"v":{text}}}'.encode(), ())


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (iter([1]), "unencodable"),
        ((number for number in [1]), "unencodable"),
        (Attrs, "unencodable"),
        (1j, "unencodable"),
        (np.datetime64("NaT", "s"), "not_finite"),
        (np.timedelta64("NaT", "s"), "not_finite"),
    ],
    ids=["iterator", "generator", "class", "complex", "datetime64", "timedelta64"],
)
def test_what_means_nothing_in_json_is_null_with_a_fault(value: object, code: str) -> None:
    text, faults = encode({"v": value})

    assert text == b'{"v":null}'
    assert [(fault.path, fault.code) for fault in faults] == [("v", code)]


def test_an_iterator_is_left_to_its_owner() -> None:
    numbers = iter([1, 2])

    encode({"v": numbers})

    assert list(numbers) == [1, 2]


class Broken:
    model_fields = ()

    def model_dump(self, **_: Any) -> Any:
        raise ZeroDivisionError


class Itself:
    model_fields = ()

    def model_dump(self, **_: Any) -> Any:
        return self


class Endless:
    model_fields = ()

    def model_dump(self, **_: Any) -> Any:
        return [Endless()]


@pytest.mark.parametrize("kind", [Broken, Itself])
def test_an_object_that_cannot_be_opened_costs_nothing_but_itself(kind: Callable[[], object]) -> None:
    text, faults = encode({"a": 1, "v": kind()})

    assert text == b'{"a":1,"v":null}'
    assert [fault.code for fault in faults] == ["unencodable"]


def test_objects_without_end_have_no_encoding() -> None:
    assert encode(Endless())[0] is None


class Hostile(type):
    def __getattribute__(cls, name: str) -> Any:
        raise RuntimeError(name)


class Strange(metaclass=Hostile):
    pass


def test_what_raises_when_it_is_looked_at_is_no_lazy_text() -> None:
    assert lazy_text(Strange()) is None
    assert encode([Strange()])[0] == b"[null]"


def test_attrs_objects_are_their_fields() -> None:
    attrs = pytest.importorskip("attrs")
    line = attrs.make_class("Line", ["sku", "price"])
    order = attrs.make_class("Order", ["lines", "_secret"])

    assert encode(order([line("A", Decimal("1.10"))], 1)) == (b'{"lines":[{"sku":"A","price":1.10}]}', ())


def test_pydantic_models_are_what_they_dump() -> None:
    pydantic = pytest.importorskip("pydantic")
    line: Any = pydantic.create_model("Line", sku=(str, ...), price=(Decimal, ...))
    order = pydantic.create_model(
        "Order", lines=(list[line], ...), hidden=(int, pydantic.Field(1, exclude=True)), site=(pydantic.HttpUrl, ...)
    )
    value = order(lines=[line(sku="A", price="1.10")], site="https://shop.example/")

    expected = b'{"lines":[{"sku":"A","price":1.10}],"site":"https://shop.example/"}'
    assert encode(value) == (expected, ())
    assert encode({"v": [value]}) == (b'{"v":[%b]}' % expected, ())


def test_a_secret_of_pydantic_is_not_sent() -> None:
    pydantic = pytest.importorskip("pydantic")
    login = pydantic.create_model("Login", password=(pydantic.SecretStr, ...))

    text, faults = encode(login(password="hunter2"))

    assert text == b'{"password":null}'
    assert faults == (Fault("password", "unencodable", "a JSON value", "SecretStr"),)


def test_lazy_texts_and_objects_of_django_are_what_they_stand_for() -> None:
    functional = pytest.importorskip("django.utils.functional")
    text = functional.lazystr("hei")

    assert encode({"a": text, "b": [text]}) == (b'{"a":"hei","b":["hei"]}', ())
    values = [functional.SimpleLazyObject(lambda value=value: value) for value in ("hei", 7, 1.5, None, True, {"a": 1})]
    assert encode(values) == (b'["hei",7,1.5,null,true,{"a":1}]', ())


def test_values_of_pandas_are_what_they_stand_for() -> None:
    pandas = pytest.importorskip("pandas")
    value = {
        "at": pandas.Timestamp("2026-03-01T10:00:00.000000001"),
        "series": pandas.Series([1, 2]),
        "times": pandas.Series(pandas.to_datetime(["2026-03-01"])),
        "wait": pandas.Timedelta("90s"),
    }

    text, faults = encode(value)

    assert faults == ()
    assert json.loads(text or b"") == {
        "at": "2026-03-01T10:00:00.000000001Z",
        "series": [1, 2],
        "times": ["2026-03-01T00:00:00Z"],
        "wait": 90,
    }
    text, faults = encode([pandas.NaT, pandas.NA])
    assert text == b"[null,null]"
    assert [fault.code for fault in faults] == ["not_finite", "not_finite"]


def test_none_of_these_libraries_is_loaded_for_it() -> None:
    code = (
        "import sys, footfall.encoding as e; e.encode({'v': object()}); "
        "print([name for name in ('attrs', 'attr', 'pydantic', 'django', 'numpy', 'pandas') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[]"
