"""An event as an object of a generated class travels as its name and properties by their names on the wire."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import msgspec
import pytest

from footfall import Client, Message
from footfall.testing import Recorder


class Line(msgspec.Struct, frozen=True, kw_only=True, rename={"unit_price": "unitPrice"}):
    sku: str
    unit_price: Decimal | msgspec.UnsetType = msgspec.UNSET


class OrderCompleted(msgspec.Struct, frozen=True, kw_only=True, rename={"order_id": "orderId", "class_": "class"}):
    __footfall_event__: ClassVar[str] = "Order Completed"

    order_id: str
    coupon: str | msgspec.UnsetType | None = msgspec.UNSET
    class_: str | msgspec.UnsetType = msgspec.UNSET
    lines: tuple[Line, ...] | msgspec.UnsetType = msgspec.UNSET


class Hostile(type):
    def __getattr__(cls, name: str) -> Any:
        raise RuntimeError(name)


def sent(event: Any, **options: Any) -> dict[str, Any]:
    recorder = Recorder()
    with Client(recorder, **options) as client:
        client.track(event)
    return recorder.messages[0]


def test_an_event_object_is_sent_by_its_names_on_the_wire_without_what_is_unset() -> None:
    line = Line(sku="A", unit_price=Decimal("1.10"))

    message = sent(OrderCompleted(order_id="7", class_="x", lines=(line, Line(sku="B"))))

    assert message["event"] == "Order Completed"
    assert message["properties"] == {
        "orderId": "7",
        "class": "x",
        "lines": [{"sku": "A", "unitPrice": 1.1}, {"sku": "B"}],
    }


def test_null_is_sent_where_unset_is_not() -> None:
    assert sent(OrderCompleted(order_id="7", coupon=None))["properties"] == {"orderId": "7", "coupon": None}
    assert sent(OrderCompleted(order_id="7"))["properties"] == {"orderId": "7"}


def test_a_hook_sees_the_name_and_the_properties_of_an_event_object() -> None:
    seen: list[Message] = []

    def hook(message: Message) -> Message:
        seen.append(message)
        return message

    sent(OrderCompleted(order_id="7"), hooks=[hook])

    assert seen == [Message("track", "Order Completed", {"orderId": "7"})]


ODD = (
    b"x",
    float("nan"),
    datetime(2026, 3, 1, tzinfo=UTC),
    date(2026, 3, 1),
    timedelta(seconds=1.5),
    {1, 2},
    Path("/a"),
    Path,
    2**70,
    "\ud800",
    (1, {"a": [None]}),
    {3: Decimal("1.50")},
    UUID(int=7),
    Line(sku="A"),
    [[Line(sku="B")]],
    object(),
)


@pytest.mark.parametrize("value", ODD, ids=lambda value: type(value).__name__)
def test_an_object_sends_any_value_as_a_dict_sends_it(value: Any) -> None:
    bodies = []
    for arguments in (
        (OrderCompleted(order_id="7", coupon=value),),
        ("Order Completed", {"orderId": "7", "coupon": value}),
    ):
        recorder = Recorder()
        client: Any = Client(recorder)
        faults = client.track(*arguments).faults
        client.close()
        bodies.append((faults, recorder.messages[0]["properties"]))

    assert bodies[0] == bodies[1]


def test_what_is_no_event_is_refused_with_a_fault_and_never_raises() -> None:
    class Strange(metaclass=Hostile):
        pass

    client: Any = Client(Recorder())
    refused = [
        client.track(Line(sku="A")),
        client.track(Strange()),
        client.track(OrderCompleted(order_id="7"), {"total": 1}),
    ]
    client.close()

    assert [receipt.reason for receipt in refused] == ["invalid"] * 3
    assert [receipt.faults[0].path for receipt in refused] == ["event"] * 3


def test_a_type_checker_wants_the_object_alone() -> None:
    with Client(Recorder()) as client:
        assert client.track(OrderCompleted(order_id="7"))
        assert not client.track(OrderCompleted(order_id="7"), {"total": 1})  # type: ignore[call-overload]  # both
