"""Snowplow's schemas: versions, vendors, owners and sources."""

from __future__ import annotations

from typing import Any

import pytest
from tests.planning.interop.documents import documents

from footfall.plan import read
from footfall.planning.interop import export_plan, import_plan

BODY: dict[str, Any] = {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False}


def schema(name: str, version: str = "1-0-0", vendor: str = "com.acme", **keywords: Any) -> dict[str, Any]:
    own = {"vendor": vendor, "name": name, "format": "jsonschema", "version": version}
    return {"self": own, **BODY, **keywords}


def test_a_data_product_tells_sources_and_a_data_structure_the_owner() -> None:
    plan = import_plan(documents("snowplow"), "snowplow").plan

    assert plan.id == "acme"
    assert list(plan.sources) == ["shop-web"]
    assert plan.events["order_completed"].sources == ("shop-web",)
    assert plan.events["order_completed"].owner == "team-shop"


def test_a_whole_registry_is_one_plan_with_old_versions_deprecated() -> None:
    iglu = documents("iglu-central")
    imported = import_plan(iglu, "snowplow")

    identity, old = imported.plan.events["identity"], imported.plan.events["identity_1_0_0"]
    assert identity.x["x_iglu"] == {"version": "2-0-0"}
    assert old.status == "deprecated"
    assert old.deprecated is not None
    assert old.deprecated.replaced_by == "identity"
    assert len(imported.plan.events) + len(imported.document["types"]) == len(iglu)


def test_the_newest_version_has_the_name_and_the_older_are_deprecated() -> None:
    files = {f"{number}.json": schema("paid", version) for number, version in enumerate(("1-0-0", "1-0-10", "1-0-9"))}

    events = import_plan(files, "snowplow").plan.events

    assert {name: event.status for name, event in events.items()} == {
        "paid": "active", "paid_1_0_9": "deprecated", "paid_1_0_0": "deprecated",
    }  # fmt: skip
    assert events["paid"].x["x_iglu"] == {"version": "1-0-10"}


def test_most_schemas_name_the_vendor_of_the_plan() -> None:
    files = {"a.json": schema("a"), "b.json": schema("b"), "c.json": schema("c", vendor="org.other")}

    plan = import_plan(files, "snowplow").plan

    assert plan.id == "acme"
    assert [event.x for event in plan.events.values()] == [{}, {}, {"x_iglu": {"vendor": "org.other"}}]


def test_an_entity_is_a_type_and_a_second_schema_of_a_version_is_noted() -> None:
    entity = {
        "resourceType": "data-structure", "meta": {"schemaType": "entity"}, "data": schema("user_context"),
    }  # fmt: skip
    files = {"a.yaml": entity, "b.json": schema("a"), "c.json": schema("a", description="other")}

    imported = import_plan(files, "snowplow")

    assert list(imported.document["types"]) == ["user_context"]
    assert ("loss_left_out", "a", "a second, other 1-0-0") in [
        (loss.code, loss.where, loss.lost) for loss in imported.losses
    ]


@pytest.mark.parametrize("version", ["", "one", "1.0.0"])
def test_a_version_that_is_none_is_the_first(version: str) -> None:
    assert import_plan({"a.json": schema("a", version)}, "snowplow").plan.events["a"].x == {}


def test_an_event_is_written_into_a_registry_and_as_a_data_structure() -> None:
    events = {"paid": {"owner": "shop", "x_iglu": {"vendor": "org.other", "name": "order_paid", "version": "2-0-0"}}}
    document = {"plan": "acme", "teams": {"shop": {"contact": "a"}}, "sources": {"till": {}}, "events": events}

    files = export_plan(read(document).require(), "snowplow").files

    assert list(files) == [
        "schemas/org.other/order_paid/jsonschema/2-0-0",
        "data-structures/org.other/order_paid.yaml",
        "source-apps/till.yaml",
    ]
    assert files["data-structures/org.other/order_paid.yaml"]["meta"]["customData"] == {"owner": "shop"}
    assert files["schemas/org.other/order_paid/jsonschema/2-0-0"]["self"]["version"] == "2-0-0"
