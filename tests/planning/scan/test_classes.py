"""What the bases, names and annotations of a class say."""

from __future__ import annotations

import ast

import pytest

from footfall.planning.scan.classes import (
    ancestry,
    annotation_of,
    carries_event,
    class_value,
    is_enum,
    is_protocol,
    is_settings,
    is_text_enum,
    methods_of,
)
from footfall.planning.scan.values import Class, Const, External, Function, NameScope, Value

SCOPE = NameScope(None, {})


def a_class(name: str, *bases: Value, fields: tuple[str, ...] = (), **names: Value) -> Class:
    return Class(name, name, bases, names, {field: ast.Name("int") for field in fields}, SCOPE)


def a_method(name: str) -> Function:
    node = ast.parse(f"def {name}(self): pass").body[0]
    assert isinstance(node, ast.FunctionDef)
    return Function(node, SCOPE, name)


def test_a_name_is_taken_from_the_nearest_base_that_has_it() -> None:
    base = a_class("Base", event=Const("base"), other=Const("other"))
    form = a_class("Form", a_class("Middle", base), a_class("Mixin", event=Const("mixin")), event=Const("form"))

    assert class_value(form, "event") == Const("form")
    assert class_value(form, "other") == Const("other")
    assert class_value(form, "nothing") is None


def test_the_first_base_comes_with_its_own_bases_before_the_second() -> None:
    base = a_class("Base")
    first, second = a_class("First", base), a_class("Second")

    assert list(ancestry(a_class("Form", first, second)))[1:] == [first, base, second]


def test_a_class_that_is_its_own_ancestor_comes_once() -> None:
    form = a_class("Form")
    circle = Class("Circle", "Circle", (form,), {}, {}, SCOPE)

    assert list(ancestry(Class("Top", "Top", (circle, circle), {}, {}, SCOPE)))[1:] == [circle, form]


def test_methods_are_those_of_the_class_and_of_its_bases() -> None:
    old, new, other = a_method("send"), a_method("send"), a_method("close")
    form = a_class("Form", a_class("Base", send=old, close=other), send=new, event=Const("a"))

    assert methods_of(form) == [new, other]


def test_an_annotation_may_stand_in_a_base() -> None:
    form = a_class("Form", a_class("Base", fields=("event",)))

    assert annotation_of(form, "event") is not None
    assert annotation_of(form, "other") is None


@pytest.mark.parametrize(
    ("base", "kinds"),
    [
        ("enum.Enum", [is_enum]),
        ("enum.StrEnum", [is_enum, is_text_enum]),
        ("typing.Protocol", [is_protocol]),
        ("pydantic_settings.BaseSettings", [is_settings]),
        ("pydantic.BaseModel", []),
    ],
)
def test_a_class_is_what_its_library_base_is(base: str, kinds: list[object]) -> None:
    form = a_class("Form", External(base))

    assert [kind for kind in (is_enum, is_text_enum, is_protocol, is_settings) if kind(form)] == kinds


def test_a_generated_class_carries_its_event() -> None:
    assert carries_event(a_class("Done", __footfall_event__=Const("done")))
    assert not carries_event(a_class("Done"))
