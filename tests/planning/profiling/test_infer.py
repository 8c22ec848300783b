"""What a property is inferred to be from its values: type, format, scale, choices, and whether it is personal."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from footfall.plan.checking.explain import decode
from footfall.planning.profiling.infer import InferredProperty, infer_property
from footfall.planning.profiling.values import ValueProfile


def inferred(values: list[Any], name: str = "value") -> InferredProperty:
    return inferred_from([msgspec.json.encode(value) for value in values], name)


def inferred_from(texts: list[bytes], name: str = "value") -> InferredProperty:
    profile = ValueProfile()
    for text in texts:
        profile.add(decode(text))
    return infer_property(name, profile)


@pytest.mark.parametrize(
    ("values", "type_", "format_"),
    [
        ([1, 2], "integer", None),
        ([True, False], "boolean", None),
        ([21.5, 3, 0.125], "number", None),
        ([3.20, 4, 129.90], "number", None),
        (["a", "b c"], "string", None),
        (["2026-01-01T00:00:00Z"], "datetime", None),
        (["2026-01-01"], "date", None),
        (["00000000-0000-0000-0000-000000000000"], "uuid", None),
        (["ann@example.com"], "string", "email"),
        (["https://example.com/a"], "string", "url"),
        (["10.0.0.1", "10.0.0.2"], "string", "ipv4"),
        (["10.0.0.1", "::1"], "string", "ip"),
        (["+4712345678"], "string", "phone"),
        (["SEK"], "string", None),
        ([1, "a"], "any", None),
        ([None], "any", None),
        ([10**30, 1], "integer", None),
        ([[1], []], "array", None),
        ([{"a": 1}], "object", None),
        ([{"1": 1, "2": 2}], "map", None),
    ],
)
def test_a_type_is_what_all_values_have(values: list[Any], type_: str, format_: str | None) -> None:
    prop = inferred(values)

    assert (prop.type, prop.format) == (type_, format_)


@pytest.mark.parametrize(
    ("name", "text", "type_", "scale"),
    [
        ("x", b"3.25", "decimal", 2),
        ("total", b"4.5", "decimal", 1),
        ("temperature", b"4.5", "number", None),
        ("text", b'"3.20"', "decimal", 2),
    ],
)
def test_money_is_told_by_two_digits_after_the_point_or_by_its_name(
    name: str, text: bytes, type_: str, scale: int | None
) -> None:
    prop = inferred_from([text, text], name)

    assert (prop.type, prop.scale) == (type_, scale)


@pytest.mark.parametrize(
    ("values", "choices"),
    [
        (["card", "invoice"] * 4, ("card", "invoice")),
        (["card"] * 8, ()),
        (["card", "invoice"] * 3, ()),
        ([str(number) for number in range(30)] * 4, ()),
        (["ann@example.com", "bob@example.com"] * 4, ()),
    ],
)
def test_few_values_that_come_again_are_a_choice(values: list[str], choices: tuple[str, ...]) -> None:
    assert inferred(values).enum == choices


@pytest.mark.parametrize(("name", "form"), [("currency", "currency"), ("billing_currency", "currency"), ("code", None)])
def test_a_form_that_much_text_has_by_chance_counts_with_its_name_only(name: str, form: str | None) -> None:
    assert inferred(["SEK"], name).format == form


@pytest.mark.parametrize(
    ("name", "value", "personal"),
    [
        ("first_name", "Ann", True),
        ("contact", "ann@example.com", True),
        ("shippingPhone", "12", True),
        ("sku", "a", False),
    ],
)
def test_a_name_or_a_form_shows_that_a_value_is_personal(name: str, value: str, personal: bool) -> None:
    assert inferred([value], name).personal is personal


def test_values_of_no_common_type_are_mixed_and_null_alone_is_not() -> None:
    assert inferred([1, "a"]).mixed
    assert not inferred([None]).mixed
    assert inferred([None]).nullable


def test_beyond_the_depth_that_is_profiled_anything_is_possible() -> None:
    profile = ValueProfile()
    profile.add({"a": 1})

    assert infer_property("value", profile, depth=8).type == "any"
