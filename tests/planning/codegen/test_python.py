"""The generated module: precise types, checked by mypy and by msgspec, sent by the client as the plan wants it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import UserList, deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest
from tests.planning.codegen.shapes import SHAPES, event_of, plan_of

from footfall import Client, ClientOptions
from footfall.errors import PlanError
from footfall.plan import read
from footfall.plan.checking.validate import Validator
from footfall.plan.model import Alias, Deprecation, Event, Plan, Property, Rule, VolumeExpectation
from footfall.planning.codegen.names import class_name
from footfall.planning.codegen.payload import example_payload
from footfall.planning.codegen.python import python_module
from footfall.testing import Recorder

ROOT = Path(__file__).parents[3]
SHOP = ROOT / "tracking_plans" / "shop_and_gateway"


def module_of(plan: Plan) -> ModuleType:
    module = ModuleType("generated")
    sys.modules["generated"] = module
    exec(compile(python_module(plan), "generated.py", "exec"), module.__dict__)
    return module


def decodes(kind: Any, text: str) -> bool:
    try:
        msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError:
        return False
    return True


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape[0].type}-{SHAPES.index(shape)}")
def test_a_class_takes_what_the_validator_takes(shape: tuple[Property, tuple[str, ...], tuple[str, ...]]) -> None:
    prop, right, wrong = shape
    kind = module_of(plan_of(event_of(prop))).ThingSeen

    assert [decodes(kind, f'{{"value":{text}}}') for text in right] == [True] * len(right)
    assert [decodes(kind, f'{{"value":{text}}}') for text in wrong] == [False] * len(wrong)
    assert not decodes(kind, "{}")
    assert not decodes(kind, f'{{"value":{right[0]},"unknown":1}}')


@pytest.mark.parametrize("folder", [SHOP, ROOT / "tests" / "plan" / "data" / "acme"], ids=lambda folder: folder.name)
def test_what_an_object_sends_is_what_the_plan_wants(folder: Path) -> None:
    plan = read(folder).require()
    module = module_of(plan)
    options = ClientOptions(transform_key=b"k" * 32)
    for event in plan.events.values():
        kind = getattr(module, class_name(event.name))
        payload = example_payload(event)
        recorder = Recorder()
        with Client(recorder, plan=plan, on_invalid="raise", options=options) as client:
            receipt = client.track(msgspec.json.decode(payload, type=kind), user_id="ann")

        message = recorder.messages[0]
        assert (receipt.faults, message["event"]) == ((), event.wire_name)
        hashed = {prop.wire_name for prop in event.properties if prop.transform}
        same_moment = payload.replace(b'00Z"', b'00+00:00"')
        expected = {key: value for key, value in json.loads(same_moment).items() if key not in hashed}
        assert {key: value for key, value in message["properties"].items() if key not in hashed} == expected


def test_absent_and_null_stay_apart() -> None:
    note = Property(name="note", type="string", nullable=True)
    kind = module_of(plan_of(event_of(note))).ThingSeen

    assert kind().note is msgspec.UNSET
    assert msgspec.json.encode(kind()) == b"{}"
    assert msgspec.json.encode(kind(note=None)) == b'{"note":null}'


def test_an_object_is_frozen_and_takes_keywords_alone() -> None:
    kind = module_of(plan_of(event_of(Property(name="total", type="integer", required=True)))).ThingSeen
    seen = kind(total=1)

    with pytest.raises(AttributeError):
        seen.total = 2
    with pytest.raises(TypeError):
        kind(1)
    with pytest.raises(TypeError):
        kind()


NAMES = (
    "class",
    "_private",
    "__dunder",
    "int",
    "str",
    "Decimal",
    "datetime",
    "date",
    "self",
    "ﬁeld",
    "_",
    "match",
    "None",
    "UNSET",
)


def test_any_name_of_a_property_becomes_a_field_and_keeps_its_name_on_the_wire() -> None:
    properties = tuple(Property(name=name, wire_name=f"{name} 😀", type="date") for name in NAMES)
    plan = plan_of(event_of(*properties), event_of(name="literal"), event_of(name="none"), event_of(name="thingSeen"))
    module = module_of(plan)
    day = datetime(2026, 3, 1, tzinfo=UTC).date()

    text = msgspec.json.encode(module.ThingSeen(**dict.fromkeys(module.ThingSeen.__struct_fields__, day)))

    assert list(json.loads(text)) == [f"{name} 😀" for name in NAMES]
    assert decodes(module.ThingSeen, text.decode())
    assert set(module.__all__) == {"ThingSeen", "Literal_", "None_", "ThingSeen2"}


HOSTILE = (
    'ends with a quote "',
    '""" and more',
    "back\\slash \\n",
    "tab\tand \x07 bell",
    "'",
    "two\n\nlines",
    "\u202e turned",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_plan_breaks_out_of_its_docstring(text: str) -> None:
    prop = Property(name="note", type="string", description=text, enum=(text, "b"), examples=(text,))
    event = event_of(
        prop,
        wire_name=text,
        description=text,
        owner=text,
        rules=(Rule(id="r", check=f"note != {text!r}", message=text),),
    )

    module = module_of(msgspec.structs.replace(plan_of(event), id=text))

    assert module.__all__ == ["ThingSeen"]
    assert module.ThingSeen.__footfall_event__ == text
    assert decodes(module.ThingSeen, json.dumps({"note": text}))


def test_the_docstrings_say_what_the_plan_says() -> None:
    order = Event(
        name="order_completed",
        wire_name="Order Completed",
        description="Paid and stored",
        owner="shop",
        status="deprecated",
        aliases=(Alias(name="order_placed", until="2027-03-01"),),
        since="2026-01-01",
        deprecated=Deprecation(reason="merged", replaced_by="sale", remove_after="2027-01-01"),
        volume=VolumeExpectation(per="day", min=10),
        rules=(Rule(id="positive", check="total > 0", message="Nobody pays nothing"),),
        properties=(
            Property(
                name="total",
                type="decimal",
                description="What was paid",
                unit="EUR",
                scale=2,
                min=Decimal("0.01"),
                transform="hash",
            ),
        ),
    )

    text = python_module(plan_of(order))

    for said in (
        "Paid and stored",
        "Owner: shop",
        "Since: 2026-01-01",
        "Earlier names: order_placed until 2027-03-01",
        "Deprecated: merged; use sale instead; to be removed after 2027-01-01",
        "Expected: at least 10 per day",
        "Rule positive: total > 0 (Nobody pays nothing)",
        "What was paid",
        "At least 0.01; at most 2 decimals; unit EUR; hashed before it is sent",
    ):
        assert said in text


def test_a_wire_name_that_no_field_can_have_is_told() -> None:
    event = event_of(
        Property(name="a", wire_name='a"b', type="string"), Property(name="b", wire_name="a\\b", type="string")
    )

    with pytest.raises(PlanError) as caught:
        python_module(plan_of(event))

    assert [(problem.code, problem.where) for problem in caught.value.problems] == [
        ("unfit_wire_name", "thing_seen.a"), ("unfit_wire_name", "thing_seen.b"),
    ]  # fmt: skip


def test_a_plan_without_events_makes_a_module_without_classes() -> None:
    assert module_of(Plan(id="empty")).__all__ == []


def test_the_same_plan_makes_the_same_text() -> None:
    assert python_module(read(SHOP).require()) == python_module(read(SHOP).require())


def test_none_is_nothing_where_null_is_not_planned() -> None:
    whole = (Property(name="a", type="integer"), Property(name="b", type="integer", nullable=True))
    kind = module_of(plan_of(event_of(*whole))).ThingSeen

    assert msgspec.json.encode(kind(a=None, b=None)) == b'{"b":null}'
    assert kind(a=None) == kind()


class RowsOfNumbers(Sequence[int]):
    """A sequence that nobody knows."""

    def __init__(self, numbers: list[int]) -> None:
        self._numbers = numbers

    def __getitem__(self, index: Any) -> Any:
        return self._numbers[index]

    def __len__(self) -> int:
        return len(self._numbers)


@pytest.mark.parametrize("make", [tuple, list, deque, UserList, RowsOfNumbers])
def test_any_sequence_is_an_array(make: Callable[[list[int]], Sequence[int]]) -> None:
    numbers = Property(name="value", type="array", items=Property(type="integer"))
    rows = Property(name="rows", type="map", values=numbers)
    plan = plan_of(event_of(numbers, rows))
    kind = module_of(plan).ThingSeen
    recorder = Recorder()

    seen = kind(value=make([1, 2]), rows={"a": make([3])})

    assert (seen.value, seen.rows) == ((1, 2), {"a": (3,)})
    with Client(recorder, plan=plan, on_invalid="raise") as client:
        client.track(seen, user_id="ann")
    assert recorder.messages[0]["properties"] == {"value": [1, 2], "rows": {"a": [3]}}


def test_a_text_is_no_array() -> None:
    kind = module_of(plan_of(event_of(Property(name="tags", type="array", items=Property(type="string"))))).ThingSeen

    with pytest.raises(TypeError, match=r"ThingSeen\.tags takes a sequence"):
        kind(tags="abc")


@pytest.mark.parametrize("wrap", [lambda time: time, lambda time: [time], lambda time: {"a": [time]}])
def test_a_time_without_its_zone_is_refused_where_it_is_made(wrap: Callable[[datetime], Any]) -> None:
    time = Property(name="at", type="datetime")
    wrapped = wrap(datetime(2026, 3, 1, tzinfo=UTC))
    if isinstance(wrapped, dict | list):
        time = Property(name="at", type="array", items=Property(type="datetime"))
    if isinstance(wrapped, dict):
        time = Property(name="at", type="map", values=msgspec.structs.replace(time, name=""))
    kind = module_of(plan_of(event_of(time))).ThingSeen

    assert kind(at=wrapped).at is not msgspec.UNSET
    with pytest.raises(ValueError, match=r"ThingSeen\.at: .* has no time zone"):
        kind(at=wrap(datetime(2026, 3, 1)))  # noqa: DTZ001 - what is refused


USE = """
from collections import UserList, deque
from datetime import UTC, datetime
from decimal import Decimal
from typing import assert_type
from uuid import UUID
from footfall import AsyncClient, Client, Receipt
from footfall.testing import Recorder
import events

client = Client(Recorder())
line = events.OrderCompletedLinesItem(sku="GW-200", price=Decimal("129.90"), quantity=1)
order = events.OrderCompleted(order_id="FH-104711", total=Decimal(1), currency="NOK", lines=(line,), coupon=None)
assert_type(client.track(order, user_id="ann"), Receipt)
assert_type(AsyncClient(Recorder()).track(order), Receipt)
for lines in ([line], UserList([line]), deque([line])):
    events.OrderCompleted(order_id="FH-104711", total=Decimal(1), currency="NOK", lines=lines, first_order=None)
events.ReadingReported(
    gateway_id=UUID(int=7), firmware="1.4.2", sensor_kind="power", value=1, unit="W",
    measured_at=datetime.now(UTC), raw={"ch1": 2.5},
)
"""
MISTAKES = (
    'events.SignedIn(method="passkey")',
    "events.SignedIn()",
    'events.SignedIn("password")',
    "events.SignedIn(method=None)",
    'events.SignedIn(method="google", unheard_of=1)',
    'events.SignedIn(method="google").method = "vipps"',
    "events.OrderCompleted(order_id='a', total=Decimal(1), currency='NOK', lines=[3])",
    "client.track(line)",
    "client.track(order, {})",
    "events.OrderCompletedLinesItem(sku='GW-200', price=129.90, quantity=1)",
)


@pytest.mark.slow
def test_mypy_strict_takes_the_module_and_finds_each_mistake(tmp_path: Path) -> None:
    (tmp_path / "events.py").write_text(python_module(read(SHOP).require()), encoding="utf-8")
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text(USE, encoding="utf-8")
    bad.write_text("from good import Decimal, client, events, line, order\n" + "\n".join(MISTAKES), encoding="utf-8")

    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--config-file=", "--implicit-reexport"]
    ran = subprocess.run(
        [*command, "events.py", "good.py", "bad.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    errors = [line for line in ran.stdout.splitlines() if ": error:" in line]
    assert {line.split(":")[0] for line in errors} == {"bad.py"}, ran.stdout + ran.stderr
    assert {int(line.split(":")[1]) for line in errors} == set(range(2, 2 + len(MISTAKES))), ran.stdout


@pytest.mark.slow
def test_pyright_takes_the_module(tmp_path: Path) -> None:
    (tmp_path / "events.py").write_text(python_module(read(SHOP).require()), encoding="utf-8")
    (tmp_path / "good.py").write_text(USE, encoding="utf-8")
    (tmp_path / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}')
    found = subprocess.run([sys.executable, "-m", "pyright", "--version"], capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip("pyright cannot run here: pip install pyright, and have Node.js")

    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "events.py", "good.py"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stdout


def test_every_shape_passes_mypy_and_decodes_its_own_validators_examples(tmp_path: Path) -> None:
    events = tuple(event_of(prop, name=f"event_{number}") for number, (prop, _, _) in enumerate(SHAPES))
    plan = plan_of(*events)
    (tmp_path / "shapes.py").write_text(python_module(plan), encoding="utf-8")

    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "shapes.py"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stdout
    validator = Validator(plan, stage="test")
    assert [event.name for event in events if validator.check(event, example_payload(event)).faults] == []
