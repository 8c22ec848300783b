"""Validating events: the policies, the names, the complete list of faults in a stable order."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.errors import PlanError
from footfall.events import Fault
from footfall.plan.checking.validate import Checked, Validator, policy_of
from footfall.plan.model import Alias, Enforcement, Event, Plan, Property, Rule

LINE = Property(
    type="object",
    properties=(
        Property(name="sku", type="string", required=True, pattern="^[A-Z0-9-]+$"),
        Property(name="price", type="decimal", min=Decimal(0), scale=2, required=True),
        Property(name="quantity", type="integer", min=Decimal(1), required=True),
    ),
)
ORDER = Event(
    name="order_completed",
    wire_name="Order Completed",
    aliases=(Alias(name="order_placed", until="2027-03-01"), Alias(name="ordered")),
    properties=(
        Property(name="currency", type="string", enum=("EUR", "SEK"), required=True),
        Property(name="total", type="decimal", min=Decimal(0), scale=2, required=True),
        Property(name="coupon", type="string", max_length=8, nullable=True),
        Property(name="channel", type="string", enum=("web", "app"), open=True),
        Property(name="lines", type="array", items=LINE, min_items=1, required=True),
        Property(name="email", type="string", format="email", sensitivity="personal"),
        Property(name="raw", type="map", values=Property(type="number")),
    ),
    rules=(Rule(id="coupon_needs_total", check="coupon is None or total > 0", message="A coupon needs a total"),),
)
PLAN = Plan(
    id="shop",
    events={"order_completed": ORDER},
    traits={"user": (Property(name="email", type="string", format="email", sensitivity="personal", required=True),)},
)
GOOD = b'{"currency":"EUR","total":"12.50","coupon":null,"lines":[{"sku":"A","price":12.5,"quantity":1}]}'


def codes(faults: tuple[Fault, ...]) -> list[tuple[str, str]]:
    return [(fault.path, fault.code) for fault in faults]


def test_a_clean_event_has_neither_faults_nor_warnings() -> None:
    assert Validator(PLAN, stage="client").check(ORDER, GOOD) == Checked()


def test_every_fault_is_listed_in_the_order_of_the_plan_with_unknown_properties_last() -> None:
    text = b"""{"zz":1, "lines":[{"sku":"a b","price":"1_0","quantity":1.0,"x":2},{"sku":"A"}],
        "raw":{"b":"n","a":null},"email":"bob","coupon":"far too long","total":-1.234,"currency":"YEN"}"""
    plan = Plan(
        id="shop", enforcement={"test": Enforcement(unknown_event="raise", unknown_property="raise", invalid="raise")}
    )

    checked = Validator(plan, stage="test").check(ORDER, text)

    assert checked.warnings == ()
    assert codes(checked.faults) == [
        ("currency", "enum"),
        ("total", "min"),
        ("total", "scale"),
        ("coupon", "max_length"),
        ("lines[0].sku", "pattern"),
        ("lines[0].price", "type"),
        ("lines[0].quantity", "type"),
        ("lines[1].price", "required"),
        ("lines[1].quantity", "required"),
        ("email", "format"),
        ("raw.a", "null"),
        ("raw.b", "type"),
        ("lines[0].x", "unknown_property"),
        ("zz", "unknown_property"),
    ]


@pytest.mark.parametrize("text", [b"", b"null", b"{}", b" {} "])
def test_nothing_null_and_an_empty_object_all_stand_for_no_properties(text: bytes) -> None:
    empty = Event(name="ping", wire_name="ping")

    assert Validator(PLAN, stage="client").check(empty, text) == Checked()
    assert codes(Validator(PLAN, stage="client").check(ORDER, text).faults) == [
        ("currency", "required"),
        ("total", "required"),
        ("lines", "required"),
    ]


@pytest.mark.parametrize(
    "text",
    [b"{", b"nul", b'{"a":01}', b'{"a":"\\ud800"}', b'{"a":"\xff"}', b"[" * 100_000, b'{"a":' * 100_000, b"{}x", b" "],
)
def test_text_that_is_not_json_is_a_json_fault_and_never_an_exception(text: bytes) -> None:
    assert codes(Validator(PLAN, stage="client").check(ORDER, text).faults) == [("", "json")]


def test_a_rule_that_does_not_hold_is_a_fault_named_by_its_id() -> None:
    text = GOOD.replace(b'"12.50","coupon":null', b'0,"coupon":"X"')

    checked = Validator(PLAN, stage="client").check(ORDER, text)

    assert checked.faults == (Fault("coupon_needs_total", "rule", "A coupon needs a total", "false"),)


@pytest.mark.parametrize("text", [b"", b"null", b"{}"])
def test_rules_are_asked_of_an_event_without_properties_too(text: bytes) -> None:
    mail_or_phone = Rule(id="reachable", check="mail is not None or phone is not None")
    names = (Property(name="mail", type="string"), Property(name="phone", type="string"))
    event = Event(name="e", wire_name="e", properties=names, rules=(mail_or_phone,))

    assert codes(Validator(PLAN, stage="client").check(event, text).faults) == [("reachable", "rule")]


def test_a_rule_over_a_property_that_is_wrong_by_itself_is_not_asked() -> None:
    text = GOOD.replace(b'"12.50","coupon":null', b'-1,"coupon":"X"')

    assert codes(Validator(PLAN, stage="client").check(ORDER, text).faults) == [("total", "min")]


def test_a_new_value_of_an_open_enum_and_a_kept_unknown_property_only_warn() -> None:
    checked = Validator(PLAN, stage="collector").check(ORDER, GOOD.replace(b"{", b'{"channel":"tv","new":1,', 1))

    assert checked.faults == ()
    assert codes(checked.warnings) == [("channel", "enum"), ("new", "unknown_property")]


def test_an_event_can_have_its_own_policy_for_a_place() -> None:
    own = Enforcement(unknown_event="warn", unknown_property="quarantine", invalid="keep")
    event = Event(name="e", wire_name="e", enforcement={"collector": own})
    validator = Validator(Plan(id="p", events={"e": event}), stage="collector")

    assert validator.policy(event) is own
    assert validator.policy(None) == Enforcement(
        unknown_event="quarantine", unknown_property="keep", invalid="quarantine"
    )
    assert codes(validator.check(event, b'{"a":1}').faults) == [("a", "unknown_property")]
    assert codes(validator.check(event, b"[]").warnings) == [("", "type")]


def test_a_policy_is_known_without_a_validator() -> None:
    own = Enforcement(unknown_event="warn", unknown_property="drop", invalid="keep")
    of_plan = Enforcement(unknown_event="warn", unknown_property="drop", invalid="flag")
    event = Event(name="e", wire_name="e", enforcement={"collector": own})
    plan = Plan(id="p", events={"e": event}, enforcement={"client": of_plan})

    assert policy_of(plan, "collector", event) is own
    assert policy_of(plan, "client", event) is policy_of(plan, "client") is of_plan
    assert policy_of(plan, "test").invalid == "raise"
    assert Validator(plan, stage="test").policy(event) == policy_of(plan, "test", event)


def test_names_resolve_by_wire_name_plan_name_and_alias_until_its_day() -> None:
    resolve = Validator(PLAN, stage="client").resolve

    assert resolve("Order Completed") is ORDER
    assert resolve("order_completed", "2030-01-01") is ORDER
    assert resolve("order_placed") is ORDER
    assert resolve("order_placed", "2027-02-28") is ORDER
    assert resolve("order_placed", "2027-03-01") is None
    assert resolve("ordered", "2099-01-01") is ORDER
    assert resolve("order completed") is None


def test_a_bad_trait_is_a_fault_and_an_unknown_or_missing_one_is_not() -> None:
    validator = Validator(PLAN, stage="collector")

    assert validator.check_traits("user", b'{"email":"a@b.example"}') == Checked()
    assert validator.check_traits("user", b'{"shoe_size":43}') == Checked()
    assert validator.check_traits("account", b'{"name":"Acme"}') == Checked()
    assert validator.check_traits("user", b"null") == Checked()
    assert validator.check_traits("user", b'{"email":"bob","x":1}').faults == (
        Fault("email", "format", "the format email", "a string of 3"),
    )


def test_a_rule_or_pattern_that_cannot_be_compiled_is_a_plan_error_that_names_the_event() -> None:
    for event in (
        Event(name="bad", wire_name="bad", rules=(Rule(id="r", check="totl > 0"),)),
        Event(name="bad", wire_name="bad", properties=(Property(name="a", type="string", pattern="("),)),
    ):
        with pytest.raises(PlanError, match="bad: cannot be compiled"):
            Validator(Plan(id="p"), stage="client").check(event, b"{}")


def test_an_event_whose_keys_msgspec_cannot_hold_is_validated_all_the_same() -> None:
    quoted = Property(name="quoted", wire_name='a"b', type="integer", required=True)
    rule = Rule(id="small", check="quoted < 5")
    event = Event(name="odd", wire_name="odd", properties=(quoted,), rules=(rule,))
    validator = Validator(Plan(id="p"), stage="client")

    assert validator.check(event, b'{"a\\"b":1}') == Checked()
    assert codes(validator.check(event, b'{"a\\"b":"1"}').faults) == [('a"b', "type")]
    assert codes(validator.check(event, b'{"a\\"b":7}').faults) == [("small", "rule")]


def test_raw_json_is_checked_like_bytes() -> None:
    validator = Validator(PLAN, stage="client")

    assert validator.check(ORDER, msgspec.Raw(GOOD)) == Checked()
    assert validator.check(ORDER, msgspec.Raw(b"null")) == validator.check(ORDER, b"")
    assert codes(validator.check(ORDER, msgspec.Raw(b"[]")).faults) == [("", "type")]


def test_an_event_of_another_plan_with_the_same_name_is_checked_by_its_own_properties() -> None:
    validator = Validator(PLAN, stage="client")
    other = Event(name="order_completed", wire_name="order_completed")

    assert validator.check(ORDER, GOOD) == Checked()
    assert validator.check(other, b"{}") == Checked()
    assert codes(validator.check(ORDER, b"[]").faults) == [("", "type")]


def test_threads_that_ask_first_at_the_same_time_get_the_same_answer() -> None:
    texts = [GOOD, b"[]"] * 20

    with ThreadPoolExecutor(8) as pool:
        for _ in range(20):
            validator = Validator(PLAN, stage="client")
            faulty = list(pool.map(lambda text, check=validator.check: bool(check(ORDER, text).faults), texts))
            assert faulty == [False, True] * 20


def test_a_rule_over_what_was_changed_on_the_way_is_not_asked_at_the_collector() -> None:
    email = Property(name="email", type="string", transform="hash")
    event = Event(name="e", wire_name="e", properties=(email,), rules=(Rule(id="short", check="len(email) < 10"),))
    text = b'{"email":"%s"}' % (b"0" * 64)

    assert codes(Validator(Plan(id="p"), stage="client").check(event, text).faults) == [("short", "rule")]
    assert Validator(Plan(id="p"), stage="collector").check(event, text) == Checked()


VALUES = {
    "decimal": ["1", "2.50", '"2.5"', '"\\u0032.5"', "1e1", '"-3"', "null"],
    "number": ["1", "2.5", "-3", "null"],
    "integer": ["1", "-3", "null"],
    "string": ['""', '"2.5"', '"2026-03-01"', "null"],
    "datetime": ['"2026-03-01T10:00:00Z"', '"2026-03-01T12:00:00+02:00"', '"2025-01-01T00:00:00Z"', "null"],
    "date": ['"2026-03-01"', '"2025-01-01"', "null"],
    "boolean": ["true", "false", "null"],
    "array": ["[]", "[2.5]", '["2.50",1]', "null"],
    "map": ["{}", '{"2.5":1}', "null"],
    "object": ["{}", "null"],
    "any": ["2.5", '"2.5"', "[]", "null"],
    "uuid": ['"0785ee10-d5da-46d9-80f4-36a000000000"', "null"],
}
NAMES = sorted(VALUES)
TYPED = tuple(
    Property(
        name=name,
        wire_name=name.upper(),
        type=name,  # type: ignore[arg-type] # the keys are the types
        nullable=True,
        items=Property(type="decimal") if name == "array" else None,
    )
    for name in NAMES
)
operands = st.sampled_from([*NAMES, *(f"len({name})" for name in NAMES), "2.5", "1", "'2026-03-01'", "None"])
checks = st.builds(
    "{} {} {}".format, operands, st.sampled_from(["==", "!=", "<", ">=", "in", "not in"]), operands
) | st.builds("{} {} None".format, operands, st.sampled_from(["is", "is not"]))


def test_rules_see_the_same_values_on_the_fast_way_and_on_the_slow_way() -> None:
    drawn: Counter[bool] = Counter()

    @settings(max_examples=100)
    @given(st.lists(checks, min_size=1, max_size=4), st.data())
    def agree(texts: list[str], data: st.DataObject) -> None:
        rules = tuple(Rule(id=f"r{index}", check=text) for index, text in enumerate(texts))
        event = Event(name="e", wire_name="e", properties=TYPED, rules=rules)
        validator = Validator(Plan(id="p"), stage="client")
        for _ in range(5):
            members = {name: data.draw(st.sampled_from(["", *VALUES[name]])) for name in NAMES}
            text = ",".join(f'"{name.upper()}":{value}' for name, value in members.items() if value)

            checked = validator.check(event, f"{{{text}}}".encode())
            compiled = validator._events["e"]

            clean = bool(compiled.is_clean(compiled.decode(f"{{{text}}}".encode())))
            assert bool(checked.faults) is not clean
            assert clean is (not compiled.explain(f"{{{text}}}".encode())), (texts, text)
            drawn[clean] += 1

    agree()

    assert min(drawn[True], drawn[False]) > 0


@pytest.mark.parametrize("place", ["test", "client", "collector"])
def test_an_object_overrides_for_itself_alone_what_happens_to_other_keys(place: Literal["test", "client"]) -> None:
    inner = Property(name="inner", type="object", properties=(Property(name="a", type="integer"),))
    closed = msgspec.structs.replace(inner, name="closed", additional=False)
    opened = msgspec.structs.replace(inner, name="opened", additional=True, properties=(inner,))
    event = Event(name="e", wire_name="e", properties=(inner, closed, opened), additional=True)
    validator = Validator(Plan(id="p", events={"e": event}), stage=place)

    checked = validator.check(event, b'{"z":1,"inner":{"z":1},"closed":{"z":1},"opened":{"z":1,"inner":{"z":1}}}')

    reported = codes((*checked.faults, *checked.warnings))
    assert sorted(reported) == [
        ("closed.z", "additional"),
        ("inner.z", "unknown_property"),
        ("opened.inner.z", "unknown_property"),
    ]
    assert ("closed.z", "additional") in codes(checked.faults)


def test_a_closed_object_is_obeyed_where_unknown_properties_are_kept() -> None:
    keeps = Enforcement(unknown_event="keep", unknown_property="keep", invalid="quarantine")
    event = Event(name="e", wire_name="e", additional=False)
    plan = Plan(id="p", events={"e": event}, enforcement={"collector": keeps})

    assert codes(Validator(plan, stage="collector").check(event, b'{"z":1}').faults) == [("z", "additional")]


def test_a_key_that_is_let_through_must_be_json_all_the_same() -> None:
    event = Event(name="e", wire_name="e", additional=True)
    validator = Validator(Plan(id="p", events={"e": event}), stage="collector")

    assert validator.check(event, b'{"z":{"y":[1,2.50,"x"]}}') == Checked()
    assert codes(validator.check(event, b'{"z":"\xff"}').faults) == [("", "json")]
