"""What a plan costs: to check, to load and to validate with, beside other validators; a script that prints two tables.

A plan of 1,000 events with 15,000 properties is made in a temporary folder. Events are validated beside msgspec's plain
decode of the same bytes, and beside jsonschema, fastjsonschema, jsonschema-rs and pydantic where they are installed,
each from bytes to a verdict. Medians of rounds that take turns, so that a noisy neighbour hits all. Read the ratios.
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from footfall.plan import bundle_bytes, bundle_hash, from_bundle, read
from footfall.plan.checking.validate import Checked, Validator
from footfall.plan.model import Event, Plan, Property, Rule
from footfall.planning.codegen.json_schema import event_schema, schema_text

ROUNDS = 9
CALLS = 2_000

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

EVENTS = 1_000
KINDS = (
    "{type: string, max_length: 64, description: What they wrote}",
    "{type: string, enum: [a, b, c, d], required: true, description: Which of them}",
    "{type: integer, min: 0, max: 999, description: How many there were}",
    "{use: money, description: What was paid}",
    "{type: boolean, description: Whether it was a gift}",
    "{type: datetime, required: true, description: When it was placed}",
    "{type: string, pattern: '^[A-Z]{2}-[0-9]{6}$', examples: [SE-123456], description: The order}",
    "{type: string, format: email, sensitivity: personal, transform: hash, description: Where to write}",
    "{type: uuid, nullable: true, description: Which cart it was}",
)
Verdict = Callable[[bytes], bool]


def make_plan(folder: Path) -> None:
    """Write 1,000 events with 15 properties each into 50 files."""
    types = "types: {money: {type: decimal, min: 0, scale: 2, description: Euro}}"
    (folder / "plan.yaml").write_text(f"plan: large\nteams: {{growth: {{}}}}\nsources: {{web: {{}}}}\n{types}\n")
    for file in range(50):
        lines = ["events:"]
        for number in range(file * EVENTS // 50, (file + 1) * EVENTS // 50):
            lines += [f"  thing_{number}_done:", f"    description: The thing {number} was done by a user"]
            lines += ["    owner: growth", "    sources: [web]", "    properties:"]
            lines += [f"      part_{part}: {KINDS[(part + number) % len(KINDS)]}" for part in range(15)]
        (folder / f"events_{file:02}.yaml").write_text("\n".join(lines) + "\n")


def milliseconds(call: Callable[[], object], rounds: int) -> float:
    """The median of some rounds."""
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        call()
        taken.append((time.perf_counter() - started) * 1e3)
    return statistics.median(taken)


def compile_one(validator: Validator, numbers: Iterator[int]) -> None:
    """Check the first event of one name, which compiles it."""
    event = validator.resolve(f"thing_{next(numbers)}_done")
    assert event is not None
    validator.check(event, b"{}")


def measure_large(rounds: int) -> None:
    """The first table: a large plan."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_plan(folder)
        plan = read(folder).require()
        assert sum(len(event.properties) for event in plan.events.values()) == 15 * EVENTS
        data = bundle_bytes(plan)
        packed = from_bundle(data)
        cold = [sys.executable, "-c", "from footfall.cli import main; main()", "plan", "check", name]
        numbers = itertools.count()
        validator = Validator(packed, stage="client")
        rows = (
            ("plan check, a new process", 2_000, lambda: subprocess.run(cold, check=True, capture_output=True)),
            ("check, in this process", None, lambda: read(folder).problems),
            ("from_bundle, from bytes", 6, lambda: from_bundle(data)),
            ("from_bundle and a Validator", 6, lambda: Validator(from_bundle(data), stage="client")),
            ("the hash of a loaded bundle", None, lambda: bundle_hash(packed)),
            ("reading and compiling one event at its first use", None, lambda: compile_one(validator, numbers)),
        )
        print(f"{f'a plan of {len(data):,} bytes':<52}{'ms':>10}{'budget ms':>11}")
        for label, budget, call in rows:
            print(f"{label:<52}{milliseconds(call, rounds):>10.2f}{budget or '':>11}")


def schema_of(event: Event) -> Any:
    """The exported JSON Schema of an event, as plain values; digits in the one spelling that all peers read."""
    text = schema_text(event_schema(event, Plan(id="bench", events={event.name: event})))
    return msgspec.json.decode(text.replace(r"\\p{Nd}", "0-9"))


def with_jsonschema(peer: Any, event: Event) -> Verdict:
    validator, decode = peer.Draft202012Validator(schema_of(event)), msgspec.json.decode
    return lambda text: bool(validator.is_valid(decode(text)))


def with_fastjsonschema(peer: Any, event: Event) -> Verdict:
    schema = {**schema_of(event), "$schema": "http://json-schema.org/draft-07/schema#"}
    validate, decode = peer.compile(schema), msgspec.json.decode

    def verdict(text: bytes) -> bool:
        try:
            validate(decode(text))
        except peer.JsonSchemaException:
            return False
        return True

    return verdict


def with_jsonschema_rs(peer: Any, event: Event) -> Verdict:
    validator, decode = peer.Draft202012Validator(schema_of(event)), msgspec.json.decode
    return lambda text: bool(validator.is_valid(decode(text)))


def with_pydantic(peer: Any, event: Event) -> Verdict:
    model = _pydantic_model(peer, event.name, event.properties)

    def verdict(text: bytes) -> bool:
        try:
            model.model_validate_json(text)
        except peer.ValidationError:
            return False
        return True

    return verdict


def _pydantic_model(peer: Any, name: str, properties: tuple[Property, ...]) -> Any:
    fields = {prop.name: (_pydantic_type(peer, prop), ... if prop.required else None) for prop in properties}
    return peer.create_model(name, __config__=peer.ConfigDict(extra="forbid", strict=True), **fields)


def _pydantic_type(peer: Any, prop: Property) -> Any:
    bounds = {"ge": prop.min, "le": prop.max}
    lengths = {"min_length": prop.min_length, "max_length": prop.max_length}
    pattern = EMAIL if prop.format == "email" else prop.pattern
    kinds: dict[str, Callable[[], Any]] = {
        "string": lambda: Literal[prop.enum] if prop.enum else Annotated[str, peer.Field(pattern=pattern, **lengths)],
        "integer": lambda: Annotated[int, peer.Field(**bounds)],
        "number": lambda: Annotated[float, peer.Field(**bounds)],
        "decimal": lambda: Annotated[Decimal, peer.Field(decimal_places=prop.scale, strict=False, **bounds)],
        "boolean": lambda: bool,
        "datetime": lambda: peer.AwareDatetime,
        "uuid": lambda: UUID,
        "array": lambda: Annotated[
            list[_pydantic_model(peer, "Item", prop.items.properties if prop.items else ())],  # type: ignore[misc]  # a type made at run time
            peer.Field(min_length=prop.min_items, max_length=prop.max_items),
        ],
    }
    made = kinds[prop.type]()
    return made | None if prop.nullable else made


EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
PEERS: dict[str, tuple[str, Callable[[Any, Event], Verdict]]] = {
    "jsonschema": ("jsonschema", with_jsonschema),
    "fastjsonschema": ("fastjsonschema", with_fastjsonschema),
    "jsonschema-rs": ("jsonschema_rs", with_jsonschema_rs),
    "pydantic": ("pydantic", with_pydantic),
}


def load_peers() -> dict[str, tuple[Any, Callable[[Any, Event], Verdict]]]:
    """The peers that are installed; says which are missing and how to get them."""
    found, missing = {}, []
    for name, (module, make) in PEERS.items():
        try:
            found[name] = importlib.import_module(module), make
        except ImportError:
            missing.append(name)
    if missing:
        print(f"\nnot installed, so not measured: {', '.join(missing)}; pip install {' '.join(missing)}")
    return found


def measure_events(rounds: int, calls: int) -> None:
    """The second table: one event, from its bytes to a verdict."""
    events = {event.name: event for event in (FLAT, ORDER, RULED)}
    validator = Validator(Plan(id="bench", events=events), stage="test")
    floor = msgspec.json.Decoder().decode
    assert validator.check(FLAT, FLAT_TEXT) == validator.check(RULED, ORDER_TEXT) == Checked()
    assert len(validator.check(ORDER, BAD_TEXT).faults) == 6
    peers = load_peers()
    cases = (
        ("four flat properties", FLAT, FLAT_TEXT, 0.7),
        ("twelve properties, three lines of three", ORDER, ORDER_TEXT, 6.0),
        ("the same, with a rule", RULED, ORDER_TEXT, None),
        ("the same, with six faults, all told", ORDER, BAD_TEXT, 30.0),
    )
    for name, event, text, budget in cases:
        verdicts: dict[str, Callable[[], object]] = {
            "msgspec, decoding only": partial(floor, text),
            "footfall": partial(validator.check, event, text),
        }
        for peer, (module, make) in peers.items():
            try:
                verdict = make(module, event)
            except re.error as error:
                print(f"\n{peer} cannot read the schema of {event.name!r}: {error}")
                continue
            assert verdict(text) is (text is not BAD_TEXT), (peer, name)
            verdicts[peer] = partial(verdict, text)
        taken: dict[str, list[float]] = {who: [] for who in verdicts}
        for _ in range(rounds):
            for who, call in verdicts.items():
                taken[who].append(microseconds(call, calls))
        plain = statistics.median(taken["msgspec, decoding only"])
        print(f"\n{name:<42}{'us':>10}{'ratio':>8}{'budget us':>11}")
        for who, times in taken.items():
            median = statistics.median(times)
            print(f"  {who:<40}{median:>10.2f}{median / plain:>8.1f}{budget or '' if who == 'footfall' else '':>11}")


def microseconds(call: Callable[[], object], calls: int) -> float:
    """What one call took, over one round."""
    started = time.perf_counter()
    for _ in range(calls):
        call()
    return (time.perf_counter() - started) / calls * 1e6


def main() -> None:
    """Measures the large plan, then every case with its floor and its peers in turns."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a short run, to see that it works")
    quick = parser.parse_args().quick
    measure_large(2 if quick else 7)
    measure_events(2 if quick else ROUNDS, 200 if quick else CALLS)


if __name__ == "__main__":
    main()
