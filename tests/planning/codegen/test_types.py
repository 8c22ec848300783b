"""A property as an annotation: what msgspec can check is in it, and nothing that would refuse a right value."""

from __future__ import annotations

from decimal import Decimal

import pytest

from footfall.plan.model import Property
from footfall.planning.codegen.types import annotation, quoted

ANNOTATIONS: list[tuple[Property, str]] = [
    (Property(type="string"), "str"),
    (Property(type="string", nullable=True), "str | None"),
    (Property(type="string", max_length=3), "Annotated[str, Meta(max_length=3)]"),
    (Property(type="string", enum=("a", "b")), 'Literal["a", "b"]'),
    (Property(type="string", enum=("a", "bcd"), min_length=2), 'Literal["bcd"]'),
    (Property(type="string", enum=("a",), open=True), "str"),
    (Property(type="string", format="country"), 'Annotated[str, Meta(pattern="\\\\A(?:[A-Z]{2})\\\\Z")]'),
    (Property(type="integer", min=Decimal("0.5"), max=Decimal("2.5")), "Annotated[int, Meta(ge=1, le=2)]"),
    (Property(type="integer", max=Decimal("1e30")), "int"),
    (Property(type="integer", enum=(1, 2**63)), "int"),
    (Property(type="number", min=Decimal("0.1")), "Annotated[float, Meta(ge=0.1)]"),
    (Property(type="number", max=Decimal("1e400")), "float"),
    (Property(type="decimal", min=Decimal(0), scale=2), "Decimal"),
    (Property(type="datetime"), "Annotated[_dt.datetime, Meta(tz=True)]"),
    (Property(type="any", nullable=True), "Any"),
    (Property(type="any"), "bool | int | float | str | list[Any] | dict[str, Any]"),
    (Property(type="union", types=("string", "integer"), min_length=1), "Annotated[str, Meta(min_length=1)] | int"),
    (Property(type="union", types=("string", "integer"), enum=("a", 1)), 'Literal["a", 1]'),
    (Property(type="array", items=Property(type="uuid"), min_items=1), "Annotated[Sequence[UUID], Meta(min_length=1)]"),
    (Property(type="array"), "Sequence[Any]"),
    (Property(type="map", values=Property(type="object")), "Mapping[str, Inner]"),
]


@pytest.mark.parametrize(("prop", "text"), ANNOTATIONS)
def test_a_property_has_the_annotation_of_its_type_and_limits(prop: Property, text: str) -> None:
    assert annotation(prop, lambda _: "Inner") == text


@pytest.mark.parametrize("text", ["a", 'a"b', "a'b", "a\\b\n", "é\ud800"])
def test_a_quoted_text_is_a_literal_of_it(text: str) -> None:
    assert eval(quoted(text)) == text  # the literal that goes into a module
