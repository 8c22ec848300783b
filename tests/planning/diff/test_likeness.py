"""What is gone and what is new are one part by guess only where each is the only one of its shape."""

from __future__ import annotations

from tests.planning.diff.plans import plan_of

from footfall.plan.model import Plan, Property
from footfall.planning.diff import diff
from footfall.planning.diff.likeness import likely_heirs


def test_a_rename_without_an_alias_is_asked_about_where_the_shapes_are_equal() -> None:
    def plan(**events: str) -> Plan:
        return plan_of(
            {"plan": "p", "events": {name: {"properties": {of: {"type": "string"}}} for name, of in events.items()}}
        )

    def remedy(base: Plan, new: Plan) -> str:
        (removed,) = [change for change in diff(base, new) if change.kind == "event_removed"]
        return removed.remedy

    assert remedy(plan(sold="a"), plan(bought="a")) == "if bought is its new name, add `aliases: [{name: sold}]`"
    assert "new name" not in remedy(plan(sold="a"), plan(bought="b"))
    assert "new name" not in remedy(plan(sold="a"), plan(bought="a", paid="a"))


def test_a_property_of_a_new_name_and_the_same_shape_is_asked_about() -> None:
    def plan(*names: str) -> Plan:
        props = {name: {"type": "decimal", "min": 0, "scale": 2} for name in names}
        return plan_of({"plan": "p", "events": {"e": {"properties": {**props, "kept": {"type": "string"}}}}})

    def remedies(base: Plan, new: Plan) -> list[str]:
        return [change.remedy for change in diff(base, new) if change.kind == "property_removed"]

    assert remedies(plan("total"), plan("amount")) == ["if amount is its new name, add `wire_name: total` to it"]
    assert "new name" not in remedies(plan("total"), plan("amount", "fee"))[0]
    assert "new name" not in remedies(plan("total"), plan())[0]


def heirs(old: str, new: str) -> dict[str, str]:
    """Heirs among properties that are named by their shapes and a number, such as `a1`."""
    base = [Property(name=name, type="string", unit=name[0]) for name in old.split()]
    now = [Property(name=name, type="string", unit=name[0]) for name in new.split()]
    pairs = [*((prop, None) for prop in base), *((None, prop) for prop in now)]
    return {name: prop.name for name, prop in likely_heirs(pairs, lambda prop: prop.unit).items()}


def test_a_heir_is_the_only_new_part_of_the_shape_of_the_only_part_that_is_gone() -> None:
    assert heirs("a1 b1", "a2 b2 c1") == {"a1": "a2", "b1": "b2"}
    assert heirs("a1 a2", "a3") == {}
    assert heirs("a1", "a2 a3") == {}
    assert heirs("a1", "") == {}


def test_a_part_that_goes_on_or_has_no_shape_is_no_heir() -> None:
    old, new = Property(name="a", type="string"), Property(name="b", type="string")

    assert likely_heirs([(old, new)], lambda _: "same") == {}
    assert likely_heirs([(old, None), (None, new)], lambda _: None) == {}
