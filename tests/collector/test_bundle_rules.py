"""What one plan says of a message: who may send it, which key names its device, what is done about a fault."""

from __future__ import annotations

import msgspec

from footfall.collector.bundle_rules import BundleRules
from footfall.events import Fault
from footfall.plan.checking.validate import Validator
from footfall.plan.model import Plan


def rules_of(plan: Plan) -> BundleRules:
    return BundleRules(plan, "digest", Validator(plan, stage="collector"))


def test_default_is_checked_only_where_the_plan_declares_it(plan: Plan) -> None:
    event = plan.events["order_completed"]
    declared = msgspec.structs.replace(plan, sources={**plan.sources, "default": plan.sources["shop"]})

    plain, strict = rules_of(plan), rules_of(declared)

    assert [plain.allows(event, source) for source in ("shop", "gateway", "default")] == [True, False, True]
    assert [strict.allows(event, source) for source in ("shop", "gateway", "default")] == [True, False, False]


def test_the_property_that_names_a_device_is_looked_up_under_its_name_on_the_wire(plan: Plan) -> None:
    rules = rules_of(plan)
    reading, order = plan.events["reading_reported"], plan.events["order_completed"]

    assert rules.device_key(reading, "gateway") == "gw"
    assert rules.device_key(order, "gateway") == "gateway_id"
    assert rules.device_key(None, "gateway") == "gateway_id"
    assert rules.device_key(reading, "shop") is None


def test_an_unknown_property_has_its_own_policy(plan: Plan) -> None:
    rules, event = rules_of(plan), plan.events["clicks_counted"]

    assert rules.policy(event, Fault("n", "type")) == "drop"
    assert rules.policy(event, Fault("m", "unknown_property")) == "warn"


def test_without_a_validator_for_clear_values_there_is_one_for_all(plan: Plan) -> None:
    rules = rules_of(plan)

    assert rules.clear is rules.validator
    assert rules.door is None
