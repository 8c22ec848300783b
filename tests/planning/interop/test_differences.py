"""Every difference between a plan and what came back is one loss with its location."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from tests.planning.interop.plans import plans

from footfall.plan import Plan, read
from footfall.planning.interop.differences import compare_plans
from footfall.planning.interop.losses import LossReport

DOCUMENT: dict[str, Any] = {
    "plan": "bakery",
    "teams": {"counter": {"contact": "c"}},
    "goals": {"grow": {"kpis": ["sales"]}},
    "kpis": {"sales": {"measure": {"count": "paid"}}},
    "traits": {"user": {"mail": {"type": "string"}}},
    "events": {
        "paid": {
            "wire_name": "Order Paid",
            "owner": "counter",
            "properties": {
                "total": {"type": "decimal", "required": True, "retention": "7d"},
                "lines": {"type": "array", "items": {"type": "object", "properties": {"sku": {"type": "string"}}}},
            },
        },
        "seen": {"additional": True},
    },
}


def differences(change: Callable[[dict[str, Any]], object]) -> list[tuple[str, str, str]]:
    document = copy.deepcopy(DOCUMENT)
    change(document)
    report = LossReport()
    compare_plans(read(DOCUMENT).require(), read(document).require(), report)
    return [(loss.where, loss.lost, loss.instead) for loss in report.all()]


def paid(document: dict[str, Any]) -> dict[str, Any]:
    event: dict[str, Any] = document["events"]["paid"]
    return event


CHANGES: list[tuple[Callable[[dict[str, Any]], object], tuple[str, str, str]]] = [
    (lambda d: d.update(description="Bread"), ("plan", "nothing", 'description "Bread"')),
    (lambda d: d.pop("goals"), ("goal:grow", "the goal", "nothing")),
    (
        lambda d: d["kpis"].update(more={"measure": {"count": "seen"}}),
        ("kpi:more", "nothing", "a kpi that was not there"),
    ),
    (lambda d: d["teams"]["counter"].update(contact="d"), ("team:counter", 'contact "c"', 'contact "d"')),
    (lambda d: d["events"].pop("seen"), ("seen", "the event", "nothing")),
    (lambda d: d["events"].update(more={}), ("more", "nothing", "an event that was not there")),
    (lambda d: paid(d).pop("owner"), ("paid", 'owner "counter"', "nothing")),
    (lambda d: d["events"]["seen"].update(additional=False), ("seen", "additional true", "additional false")),
    (
        lambda d: paid(d).update(additional=True),
        (
            "plan",
            "enforcement.unknown_property, where an object has no `additional`",
            "additional true or false, on each object",
        ),
    ),
    (lambda d: paid(d)["properties"]["total"].pop("retention"), ("paid.total", "retention 7d", "nothing")),
    (lambda d: paid(d)["properties"]["total"].pop("required"), ("paid.total", "required true", "no required")),
    (
        lambda d: paid(d)["properties"]["lines"]["items"]["properties"].pop("sku"),
        ("paid.lines[].sku", "the property", "nothing"),
    ),
    (
        lambda d: paid(d).update(properties=dict(reversed(paid(d)["properties"].items()))),
        ("paid", "the order of its properties", "lines, total"),
    ),
    (lambda d: d["traits"]["user"].pop("mail"), ("traits.user.mail", "the property", "nothing")),
    (
        lambda d: d.update(enforcement={"collector": {"unknown_property": "quarantine"}}),
        (
            "plan",
            'enforcement.collector {"unknown_event":"quarantine","unknown_property":"keep","invalid":"quarantine"}',
            'enforcement.collector {"unknown_event":"quarantine","unknown_property":"quarantine","invalid":"quarantin…',
        ),
    ),
]


@pytest.mark.parametrize(("change", "loss"), CHANGES)
def test_each_change_is_one_loss(change: Callable[[dict[str, Any]], object], loss: tuple[str, str, str]) -> None:
    (difference,) = differences(change)

    assert difference[0] == loss[0]
    assert [word.split("{")[0] for word in difference[1:]] == [word.split("{")[0] for word in loss[1:]]


def test_events_and_properties_are_matched_by_their_names_on_the_wire() -> None:
    def rename(document: dict[str, Any]) -> None:
        document["events"]["payment"] = document["events"].pop("paid")
        document["kpis"]["sales"]["measure"]["count"] = "payment"

    assert ("paid", 'name "paid"', 'name "payment"') in differences(rename)
    assert "the event" not in [lost for _, lost, _ in differences(rename)]


@given(plan=plans())
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_any_plan_has_no_difference_from_itself(plan: Plan) -> None:
    report = LossReport()
    compare_plans(plan, plan, report)

    assert report.all() == ()


def test_consent_is_lost_of_the_plan_and_of_each_event_that_has_its_own() -> None:
    purposes = {"statistics": {"description": "To see what is used", "refused": "count_only"}}

    def add_consent(document: dict[str, Any]) -> None:
        document["consent"] = {"rule": "opt_in", "default": "none", "purposes": purposes}
        paid(document)["consent"] = "full"

    said = [(where, instead.partition(" ")[0]) for where, _, instead in differences(add_consent)]

    assert said == [("plan", "consent"), ("paid", "consent")]
