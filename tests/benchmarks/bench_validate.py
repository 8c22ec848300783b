"""What validating an event costs beside msgspec's plain decode of the same bytes; a script that prints a table.

Medians of rounds that take turns, so that a noisy neighbour hits the floor and the check alike. Read the ratios.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from decimal import Decimal

import msgspec

from footfall.plan.model import Event, Plan, Property, Rule
from footfall.plan.validate import Checked, Validator

ROUNDS = 15
CALLS = 4_000

FLAT = Event(
    name="flat",
    wire_name="flat",
    properties=(
        Property(name="sensor_kind", type="string", enum=("temperature", "humidity", "power"), required=True),
        Property(name="value", type="number", required=True),
        Property(name="battery_pct", type="integer", min=Decimal(0), max=Decimal(100)),
        Property(name="measured_at", type="datetime", required=True),
    ),
)
FLAT_TEXT = b'{"sensor_kind":"humidity","value":41.5,"battery_pct":88,"measured_at":"2026-03-01T10:00:00Z"}'

SKU = r"^[A-Z0-9-]+$"
LINE = Property(
    type="object",
    properties=(
        Property(name="sku", type="string", min_length=1, max_length=64, pattern=SKU, required=True),
        Property(name="price", type="decimal", min=Decimal(0), scale=2, required=True),
        Property(name="quantity", type="integer", min=Decimal(1), max=Decimal(999), required=True),
    ),
)
ORDER_PROPERTIES = (
    Property(name="currency", type="string", enum=("EUR", "USD", "GBP", "SEK", "NOK"), required=True),
    Property(name="country", type="string", pattern="^[A-Z]{2}$"),
    Property(name="order_id", type="string", pattern=r"^[A-Z]{2}-\d{6}$", required=True),
    Property(name="total", type="decimal", min=Decimal(0), scale=2, required=True),
    Property(name="coupon", type="string", max_length=32, nullable=True),
    Property(name="lines", type="array", items=LINE, min_items=1, max_items=200, required=True),
    Property(name="shipping_email", type="string", format="email", sensitivity="personal"),
    Property(name="channel", type="string", enum=("web", "app", "phone"), required=True),
    Property(name="gift", type="boolean"),
    Property(name="cart_id", type="uuid", required=True),
    Property(name="placed_at", type="datetime", required=True),
    Property(name="weight_kg", type="number", min=Decimal(0)),
)
RULE = Rule(id="coupon_needs_total", check="coupon is None or total > 0")
ORDER = Event(name="order", wire_name="order", properties=ORDER_PROPERTIES)
RULED = Event(name="ruled", wire_name="ruled", properties=ORDER_PROPERTIES, rules=(RULE,))
ORDER_TEXT = (
    b'{"currency":"EUR","country":"SE","order_id":"SE-123456","total":64.00,"coupon":"SPRING","lines":['
    b'{"sku":"TSHIRT-RED-M","price":12.50,"quantity":2},{"sku":"MUG-01","price":9.00,"quantity":1},'
    b'{"sku":"HOODIE-L","price":30.00,"quantity":1}],"shipping_email":"ada@shop.example","channel":"web","gift":false,'
    b'"cart_id":"0785ee10-d5da-46d9-80f4-36a000000000","placed_at":"2026-03-01T10:00:00.123Z","weight_kg":1.2}'
)
BAD_TEXT = (
    ORDER_TEXT.replace(b'"EUR"', b'"YEN"')
    .replace(b'"SE-123456"', b'"123"')
    .replace(b"64.00", b"-64.001")
    .replace(b'"MUG-01"', b'"mug 01"')
    .replace(b'"gift":false', b'"gift":"no"')
)


def microseconds(call: Callable[..., object], *arguments: object) -> float:
    """What one call took, over one round."""
    started = time.perf_counter()
    for _ in range(CALLS):
        call(*arguments)
    return (time.perf_counter() - started) / CALLS * 1e6


def main() -> None:
    """Measures every case and its floor in turns, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a short run, to see that it works")
    rounds_of_each = 2 if parser.parse_args().quick else ROUNDS
    events = {event.name: event for event in (FLAT, ORDER, RULED)}
    validator = Validator(Plan(id="bench", events=events), place="client")
    floor = msgspec.json.Decoder().decode
    assert validator.check(FLAT, FLAT_TEXT) == validator.check(RULED, ORDER_TEXT) == Checked()
    assert len(validator.check(ORDER, BAD_TEXT).faults) == 6
    cases = (
        ("four flat properties", FLAT, FLAT_TEXT, 0.7),
        ("twelve properties, three lines of three", ORDER, ORDER_TEXT, 6.0),
        ("the same, with a rule", RULED, ORDER_TEXT, None),
        ("the same, with six faults", ORDER, BAD_TEXT, 30.0),
    )
    print(f"{'check of':<42}{'floor us':>10}{'check us':>10}{'ratio':>8}{'budget us':>11}")
    for name, event, text, budget in cases:
        rounds = [
            (microseconds(floor, text), microseconds(validator.check, event, text)) for _ in range(rounds_of_each)
        ]
        plain, checked = (statistics.median(column) for column in zip(*rounds, strict=True))
        print(f"{name:<42}{plain:>10.2f}{checked:>10.2f}{checked / plain:>8.1f}{budget or '':>11}")


if __name__ == "__main__":
    main()
