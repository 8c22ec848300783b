"""Two plans are compared whole: every edit is found, exactly, and whoever stands on it is named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import find, given, settings
from tests.planning.diff.plans import EDITS, UNSHRUNK, edited, plan_of, plans, replace

from footfall.plan.model import Event, Plan
from footfall.planning.diff import KINDS, Change, diff
from footfall.planning.diff.events import EVENT_FIELDS
from footfall.planning.diff.header import PLAN_FIELDS
from footfall.planning.diff.renames import same_rule

SHOP: dict[str, Any] = {
    "plan": "shop",
    "teams": {"growth": {"contact": "growth@shop.example"}, "web": {}},
    "sources": {"backend": {"kind": "server"}},
    "events": {
        "order_completed": {
            "owner": "web",
            "sources": ["backend"],
            "properties": {
                "total": {"type": "decimal", "required": True, "unit": "EUR"},
                "payment": {"type": "string", "enum": ["card", "cash"]},
                "note": {"type": "string"},
            },
        },
        "cart_filled": {"properties": {"items": {"type": "integer"}}},
    },
    "kpis": {
        "revenue": {"owner": "growth", "measure": {"sum": "order_completed.total"}},
        "card_orders": {"owner": "web", "measure": {"count": "order_completed", "where": {"payment": "card"}}},
        "conversion": {"owner": "growth", "measure": {"journey": "purchase", "from": "cart", "to": "buy"}},
    },
    "journeys": {
        "purchase": {
            "owner": "growth",
            "steps": [{"id": "cart", "event": "cart_filled"}, {"id": "buy", "event": "order_completed"}],
        }
    },
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The shop with one value put at a dotted path, or taken away (None)."""
    *parents, last = path.split(".")
    document: dict[str, Any] = {**SHOP}
    inner = document
    for key in parents:
        inner[key] = {**inner.get(key, {})}
        inner = inner[key]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return document


def compare(*edits: tuple[str, Any]) -> list[Change]:
    (path, value), *rest = edits
    document = changed(path, value)
    for more, other in rest:
        top = more.split(".", maxsplit=1)[0]
        document[top] = changed(more, other)[top]
    return diff(plan_of(SHOP), plan_of(document))


@given(plans())
def test_a_plan_does_not_differ_from_itself(plan: Plan) -> None:
    assert diff(plan, plan) == []


@settings(max_examples=150)
@given(edited())
def test_every_edit_is_found_and_nothing_else(drawn: tuple[Plan, Plan, set[tuple[str, str]], set[str]]) -> None:
    base, plan, expected, _ = drawn

    assert {(change.kind, change.where) for change in diff(base, plan)} == expected


@pytest.mark.parametrize("name", [*sorted(EDITS), "remove event", "add event"])
def test_every_edit_is_drawn(name: str) -> None:
    drawn = find(edited(), lambda drawn: name in drawn[3] and len(drawn[3]) >= 2, settings=UNSHRUNK)

    assert name in drawn[3]


@given(edited())
def test_what_is_added_one_way_is_removed_the_other_way(
    drawn: tuple[Plan, Plan, set[tuple[str, str]], set[str]],
) -> None:
    base, plan, _, _ = drawn
    opposite = {
        "event_removed": ("event_added",),
        "property_removed": ("property_added", "required_property_added"),
        "property_now_required": ("property_now_optional",),
        "null_refused": ("null_allowed",),
    }
    there = diff(base, plan)
    back = {(change.where, change.kind) for change in diff(plan, base)}

    for change in there:
        if change.kind in opposite:
            assert any((change.where, kind) in back for kind in opposite[change.kind])


def test_every_field_of_a_plan_and_of_an_event_is_compared() -> None:
    assert frozenset(Plan.__struct_fields__) == PLAN_FIELDS
    assert frozenset(Event.__struct_fields__) == EVENT_FIELDS


def test_removing_what_a_kpi_sums_breaks_it_by_name_and_owner() -> None:
    found = compare(("events.order_completed.properties.total", None), ("kpis.revenue", None))

    assert found[0].kind == "property_removed"
    assert found[0].level == "error"
    assert found[0].message == "removes order_completed.total: breaks kpi:revenue, owner growth"
    assert found[0].hurts == ("senders", "generated_code", "storage", "meaning")
    assert (found[0].owner, found[0].sources) == ("web", ("backend",))


def test_a_kpi_that_moved_to_another_property_first_is_not_broken() -> None:
    (removal, *_) = compare(
        ("events.order_completed.properties.total", None),
        ("kpis.revenue", {"owner": "growth", "measure": {"count": "order_completed"}}),
    )

    assert removal.level == "warning"
    assert removal.message == "removes order_completed.total: changes what is counted by kpi:revenue, owner growth"


def test_a_kpi_with_a_fault_is_broken_and_not_called_removed() -> None:
    base = plan_of(SHOP)
    events = {**base.events}
    old = events["order_completed"]
    events["order_completed"] = replace(old, properties=old.properties[1:])
    kpis = {name: kpi for name, kpi in base.kpis.items() if name != "revenue"}
    found = diff(base, replace(base, events=events, kpis=kpis), faulty=["kpis.revenue.measure.sum"])

    assert [(change.kind, change.level) for change in found] == [("property_removed", "error")]
    assert [str(one) for one in found[0].affected] == ["kpi:revenue, owner growth"]


def test_an_unused_property_goes_with_a_warning() -> None:
    (removal,) = compare(("events.order_completed.properties.note", None))

    assert (removal.level, removal.affected) == ("warning", ())


def test_an_unused_property_goes_with_an_error_where_the_collector_puts_unknown_ones_aside() -> None:
    strict = {**SHOP, "enforcement": {"collector": {"unknown_property": "quarantine"}}}
    without = changed("events.order_completed.properties.note", None) | {"enforcement": strict["enforcement"]}

    assert [change.level for change in diff(plan_of(strict), plan_of(without))] == ["error"]


def test_a_fault_that_everybody_lets_pass_is_a_warning() -> None:
    lenient = {**SHOP, "enforcement": {"collector": {"invalid": "keep"}}}
    narrower = changed("events.order_completed.properties.note.max_length", 3) | {"enforcement": lenient["enforcement"]}

    assert [change.level for change in diff(plan_of(lenient), plan_of(narrower))] == ["warning"]


def test_a_removed_enum_value_breaks_the_condition_that_names_it() -> None:
    found = compare(
        ("events.order_completed.properties.payment.enum", ["cash"]),
        ("kpis.card_orders", None),
    )

    assert found[0].kind == "enum_values_removed"
    assert [(one.name, one.effect, one.how) for one in found[0].affected] == [("card_orders", "breaks", ("where",))]


def test_a_new_unit_breaks_what_sums_the_property() -> None:
    (found,) = compare(("events.order_completed.properties.total.unit", "cent"))

    assert (found.kind, found.level, found.hurts) == ("unit_changed", "error", ("storage", "meaning"))
    assert [one.name for one in found.affected] == ["revenue"]


def test_an_event_is_renamed_only_when_an_alias_declares_it() -> None:
    order = SHOP["events"]["order_completed"]
    events = {name: event for name, event in SHOP["events"].items() if name != "order_completed"}
    moved = {
        "kpis": {"revenue": {"owner": "growth", "measure": {"sum": "purchase_made.total"}}},
        "journeys": {},
    }
    declared = {
        **SHOP,
        **moved,
        "events": {**events, "purchase_made": {**order, "aliases": [{"name": "order_completed"}]}},
    }
    undeclared = {**SHOP, **moved, "events": {**events, "purchase_made": order}}
    base = plan_of({**SHOP, "kpis": {"revenue": SHOP["kpis"]["revenue"]}, "journeys": {}})

    assert [(change.kind, change.where) for change in diff(base, plan_of(declared))] == [
        ("event_renamed", "purchase_made")
    ]
    kinds = {change.kind for change in diff(base, plan_of(undeclared))}
    assert {"event_removed", "event_added"} <= kinds


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
    assert same_rule("size > 1 or 'size' == note", "length>1 or 'size'  == note", {"size": "length"})
    assert not same_rule("size > 1 or 'size' == note", "length > 1 or 'length' == note", {"size": "length"})


def test_a_draft_may_change_freely() -> None:
    draft = {"events": {"tried": {"status": "draft", "properties": {"a": {"type": "string"}}}}, "plan": "p"}
    other = {"events": {"tried": {"status": "draft", "properties": {"a": {"type": "integer"}}}}, "plan": "p"}

    assert [(change.kind, change.level) for change in diff(plan_of(draft), plan_of(other))] == [
        ("type_changed", "info")
    ]


def test_the_end_of_a_deprecated_event_was_announced() -> None:
    def plan(status: str) -> Plan:
        return plan_of({"plan": "p", "events": {"old": {"status": status}, "other": {}}})

    gone = plan_of({"plan": "p", "events": {"other": {}}})

    assert [change.level for change in diff(plan("deprecated"), gone)] == ["warning"]
    assert [change.level for change in diff(plan("active"), gone)] == ["error"]


@pytest.mark.parametrize(
    ("path", "value", "kind", "where"),
    [
        ("timezone", "Europe/Oslo", "timezone_changed", "timezone"),
        ("plan", "stall", "plan_id_changed", "plan"),
        ("identity", {"account": "note"}, "identity_changed", "identity.account"),
        ("description", "A shop", "plan_described", "description"),
        ("lint", {"unbounded_string": "off"}, "plan_described", "lint"),
        ("enforcement", {"client": {"invalid": "drop"}}, "enforcement_tightened", "enforcement"),
        ("sources.app", {"kind": "app"}, "source_added", "sources.app"),
        ("sources.backend.kind", "device", "source_kind_changed", "sources.backend"),
        ("sources.backend.language", "python", "plan_described", "sources.backend"),
        ("teams.care", {}, "plan_described", "teams.care"),
        ("teams.web.slack", "#web", "plan_described", "teams.web"),
        ("traits", {"user": {"email": {"type": "string"}}}, "property_added", "traits.user.email"),
        ("goals", {"grow": {"kpis": ["revenue"]}}, "goal_added", "goals.grow"),
        ("events.order_completed.status", "deprecated", "event_deprecated", "order_completed"),
        ("events.order_completed.status", "draft", "event_to_draft", "order_completed"),
        ("events.order_completed.sources", [], "sources_widened", "order_completed.sources"),
        ("events.cart_filled.sources", ["backend"], "sources_narrowed", "cart_filled.sources"),
        ("events.order_completed.owner", "growth", "owner_changed", "order_completed"),
        ("events.order_completed.since", "2026-01-01", "event_described", "order_completed"),
        ("events.order_completed.wire_name", "Order Completed", "wire_name_added", "order_completed"),
        (
            "events.order_completed.rules", [{"id": "much", "check": "total > 1"}],
            "rule_added", "order_completed.rules.much",
        ),
        ("kpis.revenue.window", "7d", "kpi_redefined", "kpis.revenue"),
        ("kpis.revenue.target", {"direction": "up", "value": 5}, "kpi_described", "kpis.revenue"),
        ("kpis.revenue.owner", "web", "owner_changed", "kpis.revenue"),
        ("kpis.orders", {"measure": {"count": "order_completed"}}, "kpi_added", "kpis.orders"),
        ("journeys.purchase.within", "7d", "journey_redefined", "journeys.purchase"),
        ("journeys.purchase.by", "device", "journey_redefined", "journeys.purchase"),
        ("journeys.purchase.description", "Buying", "journey_described", "journeys.purchase"),
        ("journeys.more", {"steps": [{"id": "a", "event": "cart_filled"}]}, "journey_added", "journeys.more"),
    ],
)  # fmt: skip
def test_a_change_of_one_key_is_one_change(path: str, value: Any, kind: str, where: str) -> None:
    assert [(change.kind, change.where) for change in compare((path, value))] == [(kind, where)]


def test_a_changed_journey_names_the_kpis_over_it() -> None:
    steps = [
        {"id": "cart", "event": "cart_filled"},
        {"id": "pay", "event": "order_completed"},
        {"id": "buy", "event": "order_completed"},
    ]
    (found,) = compare(("journeys.purchase.steps", steps))

    assert found.what == "goes cart → pay → buy (it was cart → buy)"
    assert [str(one) for one in found.affected] == ["journey:purchase, owner growth", "kpi:conversion, owner growth"]


def test_every_kind_says_why_and_what_hurts_says_what_to_do() -> None:
    assert all(kind.why.endswith(".") for kind in KINDS.values())
    assert [name for name, kind in KINDS.items() if kind.level != "info" and not kind.remedy] == []


@pytest.mark.parametrize("changed", ["name", "wire_name"])
def test_a_rename_that_says_until_when_the_old_name_is_taken_warns_of_nothing_but_the_code(changed: str) -> None:
    prop = {"properties": {"a": {"type": "string"}}}
    base = {"name": {"sold": prop}, "wire_name": {"sold": {**prop, "wire_name": "Sold"}}}[changed]
    alias = [{"name": {"name": "sold", "wire_name": "Sold"}[changed], "until": "2027-01-01"}]
    new = {
        "name": {"bought": {**prop, "aliases": alias}},
        "wire_name": {"sold": {**prop, "wire_name": "Bought", "aliases": alias}},
    }[changed]

    changes = diff(plan_of({"plan": "p", "events": base}), plan_of({"plan": "p", "events": new}))

    assert {change.kind for change in changes if change.level != "info"} <= {"event_renamed"}
    (ends,) = [change for change in changes if change.kind == "old_name_ends"]
    assert "until 2027-01-01" in ends.what


def test_an_alias_that_ends_earlier_than_was_said_is_still_a_warning() -> None:
    def plan(until: str) -> Plan:
        alias = {"name": "bought", **({"until": until} if until else {})}
        return plan_of({"plan": "p", "events": {"sold": {"aliases": [alias]}}})

    assert [change.kind for change in diff(plan("2027-06-01"), plan("2027-01-01"))] == ["alias_shortened"]
    assert [change.kind for change in diff(plan(""), plan("2027-01-01"))] == ["alias_shortened"]


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


def test_a_property_of_a_page_that_goes_breaks_what_reads_it() -> None:
    prices: dict[str, Any] = {
        "plan": "p",
        "pages": {"page": {"properties": {"url": {"type": "string"}}}, "Prices": {"properties": {}}},
        "kpis": {"visits": {"measure": {"count": "page:Prices", "where": {"url": "/"}}}},
    }
    new = {**prices, "pages": {"Prices": {"description": "What it costs"}}, "kpis": {}}

    found = [one for one in diff(plan_of(prices), plan_of(new)) if one.path[0] == "pages"]

    assert [(one.kind, one.where) for one in found] == [
        ("property_removed", "pages.page.url"),
        ("event_described", "pages.Prices"),
    ]
    assert [(one.name, one.effect) for one in found[0].affected] == [("visits", "breaks")]
