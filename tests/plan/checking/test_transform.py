"""Transforms: what must not leave in clear is changed, and everything else keeps its bytes."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.plan.checking.transform import Transforms
from footfall.plan.checking.validate import Checked, Validator
from footfall.plan.model import Event, Plan, Property, Transform

KEY = b"a key of the team"


def hashed(text: str) -> str:
    return hmac.new(KEY, text.encode(), hashlib.sha256).hexdigest()


def plan_of(*properties: Property, traits: tuple[Property, ...] = ()) -> tuple[Plan, Event]:
    event = Event(name="e", wire_name="e", properties=properties)
    return Plan(id="p", events={"e": event}, traits={"user": traits}), event


def one(transform: Transform, value: Any, key: bytes | None = KEY) -> Any:
    plan, event = plan_of(Property(name="a", type="any", transform=transform))
    return json.loads(Transforms(plan, key).apply(event, json.dumps({"a": value, "b": value}).encode())).get("a")


def test_an_event_without_transforms_keeps_its_very_bytes() -> None:
    plan, event = plan_of(Property(name="a", type="number"))
    text = b' {"a" : 1.50e0 , "a":2 } '

    assert Transforms(plan, KEY).apply(event, text) is text


def test_hash_is_a_keyed_hash_of_the_text_of_any_scalar() -> None:
    assert one("hash", "bö@b.example") == hashed("bö@b.example")
    assert one("hash", 42) == hashed("42")
    assert one("hash", True) == hashed("true")
    assert one("hash", None) is None


def test_truncate_keeps_three_code_points_and_mask_the_first_and_the_last() -> None:
    assert one("truncate", "😀bcdef") == "😀bc"
    assert one("truncate", "ab") == "ab"
    assert one("mask", "bob@b.example") == "b***e"
    assert one("mask", "ab") == "***"
    assert one("mask", "") == "***"
    assert one("mask", 12345) == "1***5"


def test_drop_leaves_the_property_out_even_when_null() -> None:
    plan, event = plan_of(Property(name="a", type="string", transform="drop"))

    assert Transforms(plan, KEY).apply(event, b'{"a":null,"b":1}') == b'{"b":1}'


def test_without_a_key_what_should_be_hashed_is_left_out_and_named() -> None:
    plan, event = plan_of(Property(name="a", wire_name="mail", type="string", transform="hash"))

    transformed = Transforms(plan, None).transform(event, b'{"mail":"bob","n":1}')

    assert transformed.properties == b'{"n":1}'
    assert [(fault.path, fault.code) for fault in transformed.warnings] == [("mail", "no_transform_key")]
    assert "bob" not in str(transformed.warnings)


def test_a_warning_does_not_name_the_keys_of_a_map() -> None:
    plan, event = plan_of(Property(name="by_mail", type="map", values=Property(type="string", transform="hash")))

    transformed = Transforms(plan, None).transform(event, b'{"by_mail":{"bob@b.example":"bob"}}')

    assert transformed.properties == b'{"by_mail":{}}'
    assert [fault.path for fault in transformed.warnings] == ["by_mail.*"]


def test_nested_properties_are_changed_and_the_digits_of_every_number_are_kept() -> None:
    person = Property(type="object", properties=(Property(name="email", type="string", transform="hash"),))
    plan, event = plan_of(
        Property(name="people", type="array", items=person),
        Property(name="by_role", type="map", values=Property(type="string", transform="mask")),
        Property(name="total", type="decimal"),
    )
    text = b'{"people":[{"email":"a","n":1.50}, {"n":1e2}],"by_role":{"cto":"carol"},"total":12345678901234567.890}'

    changed = Transforms(plan, KEY).apply(event, text)

    assert changed == (
        b'{"people":[{"email":"%s","n":1.50},{"n":1e2}],"by_role":{"cto":"c***l"},"total":12345678901234567.890}'
        % hashed("a").encode()
    )


@pytest.mark.parametrize("misfit", ["bob@b.example", ["bob@b.example"], 7])
def test_a_secret_in_the_place_of_the_object_around_it_is_not_sent(misfit: object) -> None:
    person = Property(
        name="person", type="object", properties=(Property(name="email", type="string", transform="hash"),)
    )
    plan, event = plan_of(person)

    transformed = Transforms(plan, KEY).transform(event, json.dumps({"person": misfit}).encode())

    assert transformed.properties == b"{}"
    assert [(fault.path, fault.code) for fault in transformed.warnings] == [("person", "untransformable")]


def test_traits_are_changed_like_properties() -> None:
    plan, _ = plan_of(traits=(Property(name="email", type="string", transform="hash"),))

    transforms = Transforms(plan, KEY)

    assert transforms.transform_traits("user", b'{"email":"a"}').properties == b'{"email":"%s"}' % hashed("a").encode()
    assert transforms.transform_traits("account", b'{"email":"a"}').properties == b'{"email":"a"}'


def test_a_key_that_stands_twice_is_sent_once_with_its_last_value() -> None:
    plan, event = plan_of(Property(name="a", type="string", transform="mask"))

    assert Transforms(plan, KEY).apply(event, b'{"a":"secret one","a":"other"}') == b'{"a":"o***r"}'


@given(
    st.lists(st.sampled_from(["hash", "truncate", "mask", "drop", None]), min_size=1, max_size=5),
    st.lists(st.text(min_size=7, max_size=40), min_size=5, max_size=5),
)
def test_what_the_client_transforms_the_collector_takes_and_raw_values_it_does_not(
    transforms: list[Transform | None], texts: list[str]
) -> None:
    plan, event = plan_of(
        *(
            Property(name=f"p{index}", type="string", transform=transform, max_length=40)
            for index, transform in enumerate(transforms)
        )
    )
    raw = json.dumps({f"p{index}": texts[index] for index in range(len(transforms))}).encode()

    sent = Transforms(plan, KEY).apply(event, raw)

    assert Validator(plan, stage="client").check(event, raw) == Checked()
    assert Validator(plan, stage="collector").check(event, sent) == Checked()
    refused = {fault.path for fault in Validator(plan, stage="collector").check(event, raw).faults}
    assert refused == {f"p{index}" for index, name in enumerate(transforms) if name in {"hash", "drop"}}
    for index, name in enumerate(transforms):
        assert name is None or json.dumps(texts[index]) not in json.dumps(json.loads(sent).get(f"p{index}"))


@pytest.mark.parametrize(
    ("type_", "one_way", "another_way"),
    [
        ("uuid", "0b5d2a5e-1111-4222-8333-abcdefabcdef", "0B5D2A5E-1111-4222-8333-ABCDEFABCDEF"),
        ("datetime", "2026-11-20T10:00:00Z", "2026-11-20 12:00:00.000+0200"),
    ],
)
def test_texts_that_stand_for_one_value_have_one_hash(type_: Any, one_way: str, another_way: str) -> None:
    plan, event = plan_of(Property(name="a", type=type_, transform="hash"))
    changed = [Transforms(plan, KEY).apply(event, json.dumps({"a": text}).encode()) for text in (one_way, another_way)]

    assert changed[0] == changed[1]
    assert one("hash", one_way) != one("hash", another_way)  # of any other type each text is a value
