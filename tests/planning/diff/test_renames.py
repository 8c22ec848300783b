"""KPIs, journeys and rules of the base are compared in the names of the new plan."""

from __future__ import annotations

from typing import Any

from tests.planning.diff.plans import plan_of

from footfall.plan.model import Event, Plan, Property
from footfall.planning.diff import diff
from footfall.planning.diff.renames import renamed_properties, same_rule


def test_what_stands_on_declared_renames_goes_on_as_it_was() -> None:
    def plan(event: str, total: str, **more: Any) -> Plan:
        prop = {"type": "decimal", "wire_name": "total"}
        rules = [{"id": "much", "check": f"{total}  > 1"}]
        return plan_of(
            {
                "plan": "p",
                "events": {event: {"properties": {total: prop}, "rules": rules, **more}},
                "kpis": {
                    "sums": {"measure": {"sum": f"{event}.{total}", "where": {total: {"gt": 1}}, "by": [total]}},
                    "share": {"measure": {"ratio": {"of": {"count": event}, "to": {"unique": f"{event}.{total}"}}}},
                    "way": {"measure": {"journey": "j", "from": "a", "to": "b"}},
                },
                "journeys": {
                    "j": {
                        "steps": [
                            {"id": "a", "event": event},
                            {"id": "b", "event": event, "where": {total: {"gt": 1}}},
                        ],
                        "never": [{"event": event, "between": ["a", "b"], "as": "twice"}],
                    }
                },
            }
        )

    renamed = diff(plan("sold", "total"), plan("bought", "grand_total", aliases=[{"name": "sold"}]))

    assert [(change.kind, change.where) for change in renamed] == [
        ("event_renamed", "bought"),
        ("property_renamed", "bought.grand_total"),
    ]


def test_a_rule_is_the_same_in_other_names_and_spaces() -> None:
    names = {"size": "length"}

    assert same_rule("size > 1 or 'size' == note", "length>1 or 'size'  == note", names)
    assert not same_rule("size > 1 or 'size' == note", "length > 1 or 'length' == note", names)
    assert not same_rule("size > 1", "length > 2", names)
    assert not same_rule("size >", "length >", names)


def test_a_property_is_renamed_if_it_keeps_its_key_on_the_wire() -> None:
    def event(*names: str) -> Event:
        return Event(name="sold", wire_name="sold", properties=tuple(
            Property(name=name, wire_name="size" if name == "length" else name, type="string") for name in names
        ))  # fmt: skip

    assert renamed_properties(event("size", "note"), event("length", "note")) == {"size": "length"}
    assert renamed_properties(event("size"), event("size")) == {}
    assert renamed_properties(event("size"), event("note")) == {}
