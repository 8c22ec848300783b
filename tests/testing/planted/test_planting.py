"""Planted people are what they claim to be, before any server is involved."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from footfall import plan as plans
from footfall.errors import UsageError
from footfall.identity.attribution import Observation, attribute, namespace
from footfall.plan.model import Plan
from footfall.testing.planted import Planted, PlantedMessage, plant

PLAN = Path(__file__).parents[3] / "tracking_plans" / "shop_and_gateway"


@pytest.fixture(scope="module")
def shop() -> Plan:
    return plans.read(PLAN).require()


def observations(planted: Planted) -> list[Observation]:
    return [
        Observation(
            message.source,
            message.message_id,
            message.type,
            message.at * 1_000_000,
            message.user_id,
            message.anonymous_id,
            message.device_id,
            message.previous_id,
        )
        for message in planted.messages
        if message.person_id is not None and message.environment is None
    ]


@pytest.mark.parametrize("seed", range(5))
def test_the_identity_rules_find_every_planted_person(shop: Plan, seed: int) -> None:
    planted = plant(shop, seed=seed)

    found = attribute(observations(planted), namespace(shop.id))

    assert {key[1]: (who.person_id, who.reason) for key, who in found.items()} == planted.persons


def test_every_reason_and_every_hard_case_is_planted(shop: Plan) -> None:
    planted = plant(shop, people=70)

    reasons = Counter(reason for _, reason in planted.persons.values())
    times = Counter((message.anonymous_id, message.at) for message in set_of_messages(planted))

    assert set(reasons) == {"explicit", "sole_owner", "same_session", "contested", "anonymous", "blocked", "device"}
    assert sum(count > 1 for (anonymous_id, _), count in times.items() if anonymous_id) > 5
    assert {message.type for message in planted.messages} == {"track", "identify", "alias", "reset"}
    assert planted.duplicate > 0
    assert planted.quarantined > 0
    assert {message.audience for message in planted.messages} == {"people", "bot", "staff"}
    ids = [{m.message_id for m in planted.messages if m.environment == each} for each in (None, "staging")]
    assert ids[1] < ids[0]


def set_of_messages(planted: Planted) -> list[PlantedMessage]:
    return list({message.message_id: message for message in planted.messages}.values())


def test_a_seed_decides_everything(shop: Plan) -> None:
    assert plant(shop, seed=3) == plant(shop, seed=3)
    assert plant(shop, seed=3).messages != plant(shop, seed=4).messages


def test_a_funnel_narrows_and_its_kpi_follows_from_it(shop: Plan) -> None:
    planted = plant(shop, people=100)
    purchase = planted.journeys["purchase"]

    assert purchase.steps[0] >= 100
    assert list(purchase.steps) == sorted(purchase.steps, reverse=True)
    assert purchase.branches["reorder"] > 0
    assert purchase.guards["payment_trouble"] > 0
    bought = purchase.steps[-1] + sum(purchase.branches.values())
    assert planted.kpis["conversion"] == pytest.approx(bought / purchase.steps[0])


def test_a_plan_without_a_journey_of_persons_is_refused() -> None:
    with pytest.raises(UsageError, match="by: user"):
        plant(Plan(id="empty"))


NESTED = {
    "plan": "nested",
    "events": {
        "seen": {},
        "sold": {
            "properties": {
                "address": {"type": "object", "required": True, "properties": {"city": {"type": "string"}}},
                "code": {"type": "string", "enum": ["EUR", "SEK"], "required": True},
                "lines": {
                    "type": "array",
                    "required": True,
                    "min_items": 1,
                    "items": {
                        "type": "object",
                        "properties": {
                            "sku": {"type": "string", "required": True, "enum": ["A", "B"]},
                            "n": {"type": "integer", "required": True, "min": 0, "max": 9},
                            "price": {"type": "decimal", "scale": 2, "currency": "code", "min": 0, "max": 99},
                        },
                    },
                },
            }
        },
    },
    "journeys": {
        "buy": {
            "steps": [
                {"id": "see", "event": "seen"},
                {
                    "id": "pay",
                    "event": "sold",
                    "where": {"address.city": "Oslo", "lines[]": {"sku": "B", "n": {"gte": 2}}},
                },
            ]
        }
    },
    "kpis": {
        "items": {"measure": {"count": "sold.lines[]"}},
        "prices": {"measure": {"sum": "sold.lines[].price"}},
        "orders": {"measure": {"count": "sold"}},
        "many": {"measure": {"percentile": "sold.lines[].n", "at": 90}},
        "net": {"measure": {"difference": {"of": {"count": "sold.lines[]"}, "less": {"count": "sold"}}}},
    },
}  # fmt: skip


def test_steps_with_conditions_on_values_in_objects_and_items_are_met_and_their_figures_known() -> None:
    planted = plant(plans.read(NESTED).require(), people=12, seed=3)
    sold = [message.properties for message in planted.messages if message.event == "sold" and message.properties]
    lines = [line for each in sold for line in each["lines"]]

    assert any(each["address"].get("city") == "Oslo" for each in sold)
    assert any(line["sku"] == "B" and line["n"] >= 2 for line in lines)
    kpis = planted.kpis
    items, orders = (Fraction(kpis[name] or 0) for name in ("items", "orders"))
    assert kpis["net"] == items - orders
    assert 0 < (kpis["items"] or 0) <= len(lines)  # some messages are of bots, or of other environments
    assert 0 <= (kpis["many"] or 0) <= max(line["n"] for line in lines)
    assert planted.currencies["prices"].keys() <= {each["code"] for each in sold}
