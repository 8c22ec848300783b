"""The fast way to validate: a property's check becomes a msgspec type, plus tests for what msgspec cannot express.

One decode then checks types, required keys, unknown keys, bounds and lengths in C. The rest (patterns, formats,
decimals) is tested on the decoded value. The fast way may only say "clean" where `explain` would: if a constraint has
no fast form, the value is kept as `msgspec.Raw` and given to `explain` alone.
"""

from __future__ import annotations

import functools
import math
import operator
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

import msgspec

from footfall.plan.checking.explain import Faults, PropertyCheck, decode, explain
from footfall.plan.checking.formats import UUID
from footfall.plan.model import Property

__all__ = ["FastForm", "compile_decoder", "fields_of"]

Test = Callable[[Any], object]
_INT64 = 2**63 - 1
# Forms of an amount that need no arithmetic: up to 15 digits before the point, no exponent, no leading zeros.
_WHOLE_DIGITS = 15


class FastForm(NamedTuple):
    """A msgspec type, and the tests that a decoded value must also pass.

    A value passes if `quick` says so, or else `sure`; None is never tested, as it has passed as null or is absent.
    """

    type: Any
    quick: Test | None = None
    sure: Test | None = None


def compile_decoder(node: PropertyCheck) -> tuple[Callable[[bytes | msgspec.Raw], Any], Test] | None:
    """The decoder of a top-level object and the test of what it decodes; None if the object has no fast form.

    The decoder raises ValueError or RecursionError; the test may raise them too. Both mean "ask `explain`".
    """
    form = _object_form(node)
    if form is None:
        return None
    # `str` keeps a float inside an `any` from being refused for its size, at the least cost.
    decoder = msgspec.json.Decoder(form.type, float_hook=str).decode
    return _reads_all(decoder) if _is_open(node) else decoder, form.quick or _passes


def _is_open(node: PropertyCheck) -> bool:
    inside = (*node.children, *((node.inner,) if node.inner is not None else ()))
    return (node.kind == "object" and node.prop.additional is True) or any(map(_is_open, inside))


def _reads_all(decoder: Callable[[bytes | msgspec.Raw], Any]) -> Callable[[bytes | msgspec.Raw], Any]:
    """The decoder, after one that reads every value: msgspec passes over an unknown key without reading its text."""
    whole = msgspec.json.Decoder(float_hook=str).decode

    def decode_all(text: bytes | msgspec.Raw) -> Any:
        whole(text)
        return decoder(text)

    return decode_all


def fields_of(node: PropertyCheck) -> dict[str, PropertyCheck]:
    """The children of an object by the name of their field in its Struct.

    A dropped property must be absent: without a field it is unknown, and `explain` says what it is.
    """
    present = (child for child in node.children if child.kind != "absent")
    return {f"f{index}": child for index, child in enumerate(present)}


def _fast_form(node: PropertyCheck) -> FastForm:
    """The fast form of a node's value, null included where the plan allows it."""
    make = _FORMS.get(node.kind)
    form = make(node) if make is not None else None
    if form is None:
        return _explained(node)
    if node.nullable and form.type is not msgspec.Raw and form.type is not Any:
        return form._replace(type=form.type | None)
    return form


def _passes(_value: object) -> bool:
    return True


def _fails(_value: object) -> bool:
    return False


def _explained(node: PropertyCheck) -> FastForm:
    def sure(raw: msgspec.Raw) -> bool:
        faults = Faults()
        explain(node, decode(raw), "", faults)
        return not faults

    return FastForm(msgspec.Raw, _fails, sure)


def _meta(kind: Any, **limits: Any) -> Any:
    given = {name: limit for name, limit in limits.items() if limit is not None}
    return Annotated[kind, msgspec.Meta(**given)] if given else kind


def _literal(node: PropertyCheck, kind: type) -> FastForm | None:
    # Only members that every other constraint accepts: then the others need no test.
    members = [
        member
        for member in node.prop.enum
        if type(member) is kind and all(constraint.accepts(member) for constraint in node.constraints)
    ]
    if not members or any(type(member) is int and abs(member) > _INT64 for member in members):
        return None
    return FastForm(Literal[tuple(members)])


def _string_form(node: PropertyCheck) -> FastForm | None:
    prop = node.prop
    if prop.enum:
        return _literal(node, str)
    kind = _meta(str, min_length=prop.min_length, max_length=prop.max_length)
    tests: list[Test] = [constraint.accepts for constraint in node.constraints if constraint.code == "format"]
    if prop.pattern is not None:
        from footfall.plan.regex_dialect import compile_pattern  # loaded with the first property that has a pattern

        # The type checks the length. msgspec can check a pattern too, but takes twice as long as asking this.
        tests.insert(0, compile_pattern(prop.pattern).search)
    if len(tests) > 1:
        return FastForm(kind, lambda text: all(test(text) for test in tests), _fails)
    return FastForm(kind, tests[0], _fails) if tests else FastForm(kind)


def _integer_form(node: PropertyCheck) -> FastForm | None:
    prop = node.prop
    if prop.enum:
        return _literal(node, int)
    bounds = [bound for bound in (prop.min, prop.max) if bound is not None]
    if any(not bound.is_finite() or abs(bound) > _INT64 for bound in bounds):
        return None
    return FastForm(_meta(
        int,
        ge=None if prop.min is None else math.ceil(prop.min),
        le=None if prop.max is None else math.floor(prop.max),
    ))  # fmt: skip


def _number_form(node: PropertyCheck) -> FastForm | None:
    prop = node.prop
    if prop.enum:
        return None
    least, most = (None if bound is None else float(bound) for bound in (prop.min, prop.max))
    if any(bound is not None and not math.isfinite(bound) for bound in (least, most)):
        return None
    return FastForm(_meta(float, ge=least, le=most))


def _decimal_form(node: PropertyCheck) -> FastForm | None:
    slow = _explained(node)
    prop = node.prop
    if prop.enum:
        return slow
    digits = _free_digits(prop)
    if digits == 0:
        return slow
    scale = 20 if prop.scale is None else min(prop.scale, 20)
    whole = rf"(?:0|[1-9][0-9]{{0,{digits - 1}}})"
    if prop.min is not None and prop.min > 0:
        whole = rf"[1-9][0-9]{{0,{digits - 1}}}"
    fraction = rf"(?:\.[0-9]{{1,{scale}}})?" if scale else ""
    # The text is JSON, so a quote on one side has another on the other.
    plain = re.compile(rf'"?{whole}{fraction}"?'.encode()).fullmatch
    return FastForm(msgspec.Raw, plain, slow.sure)


def _free_digits(prop: Property) -> int:
    """How many digits before the point an unsigned number may have to be always within the bounds."""
    if prop.min is not None and not prop.min <= 1:
        return 0
    if prop.max is None:
        return _WHOLE_DIGITS
    return next((digits for digits in range(_WHOLE_DIGITS, 0, -1) if prop.max >= Decimal(10) ** digits), 0)


def _uuid_form(node: PropertyCheck) -> FastForm | None:
    return None if node.prop.enum else FastForm(str, UUID.fullmatch, _fails)


def _any_form(node: PropertyCheck) -> FastForm | None:
    return FastForm(Any) if node.nullable else None


def _array_form(node: PropertyCheck) -> FastForm:
    assert node.inner is not None
    item = _fast_form(node.inner)
    kind = _meta(list[item.type], min_length=node.prop.min_items, max_length=node.prop.max_items)  # type: ignore[name-defined] # a type made at run time
    return FastForm(kind, _each(item), _fails) if item.quick else FastForm(kind)


def _map_form(node: PropertyCheck) -> FastForm:
    assert node.inner is not None
    item = _fast_form(node.inner)
    kind = _meta(dict[str, item.type], min_length=node.prop.min_items, max_length=node.prop.max_items)  # type: ignore[name-defined] # a type made at run time
    if not item.quick:
        return FastForm(kind)
    each = _each(item)
    return FastForm(kind, lambda mapping: each(mapping.values()), _fails)


def _each(item: FastForm) -> Test:
    quick, sure = item.quick or _passes, item.sure or _fails

    def test(values: Any) -> bool:
        for value in values:  # noqa: SIM110 # a generator for all() costs as much again as the tests
            if value is not None and not quick(value) and not sure(value):
                return False
        return True

    return test


def _object_form(node: PropertyCheck) -> FastForm | None:
    children = fields_of(node)
    names = {name: child.key for name, child in children.items()}
    if len(set(names.values())) < len(names) or any(_UNFIT_KEY.search(key) for key in names.values()):
        return None
    forms = {name: _fast_form(child) for name, child in children.items()}
    fields = [
        (name, forms[name].type) if child.required else (name, forms[name].type, None)
        for name, child in children.items()
    ]
    kind = msgspec.defstruct(
        "Properties",
        fields,
        rename=names,
        kw_only=True,
        forbid_unknown_fields=node.prop.additional is not True,
        gc=False,
    )
    tested = {name: form for name, form in forms.items() if form.quick is not None}
    return FastForm(kind, _object_test(tested), _fails) if tested else FastForm(kind)


# What msgspec does not take as the name of a field: what JSON has to escape, and what UTF-8 has not.
_UNFIT_KEY = re.compile(r'["\\\x00-\x1f\ud800-\udfff]')


def _object_test(tested: Mapping[str, FastForm]) -> Test:
    tests = [(form.quick or _passes, form.sure or _fails) for form in tested.values()]
    get = operator.attrgetter(*tested)
    if len(tests) == 1:
        quick, sure = tests[0]

        def test_one(struct: object) -> bool:
            value = get(struct)
            return value is None or bool(quick(value)) or bool(sure(value))

        return test_one

    def test(struct: object) -> bool:
        for value, (quick, sure) in zip(get(struct), tests, strict=True):
            if value is not None and not quick(value) and not sure(value):
                return False
        return True

    return test


def _union_form(node: PropertyCheck) -> FastForm | None:
    forms = {member.kind: _fast_form(member) for member in node.members}
    if any(form.type is msgspec.Raw for form in forms.values()):
        return None
    kind = functools.reduce(operator.or_, (form.type for form in forms.values()))
    # What is no string is checked whole by its type.
    test = next((form.quick for form in forms.values() if form.quick is not None), None)
    return FastForm(kind, None if test is None else lambda value: type(value) is not str or test(value), _fails)


_FORMS: Mapping[str, Callable[[PropertyCheck], FastForm | None]] = {
    "any": _any_form,
    "array": _array_form,
    "boolean": lambda _node: FastForm(bool),
    "date": lambda _node: FastForm(date),
    "datetime": lambda _node: FastForm(_meta(datetime, tz=True)),
    "decimal": _decimal_form,
    "integer": _integer_form,
    "map": _map_form,
    "number": _number_form,
    "object": _object_form,
    "string": _string_form,
    "union": _union_form,
    "uuid": _uuid_form,
}
