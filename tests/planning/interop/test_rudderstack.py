"""The files of rudder-cli are read in both versions of their form."""

from __future__ import annotations

from typing import Any

from footfall.planning.interop import Imported, import_plan


def files(**kinds: Any) -> dict[str, Any]:
    return {
        f"{kind}.yaml": {
            "version": "rudder/v0.1",
            "kind": kind.replace("_", "-"),
            "metadata": {"name": "api"},
            "spec": spec,
        }
        for kind, spec in kinds.items()
    }


def old_form(**more: Any) -> Imported:
    event = {"$ref": "#/events/api/called", "allow_unplanned": False}
    properties = [
        {"$ref": "#/properties/api/method", "required": True},
        {"$ref": "#/properties/api/codes"},
        {"$ref": "#/properties/api/mail"},
        {"$ref": "#/properties/api/info", "properties": [{"$ref": "#/properties/api/method"}]},
        {"$ref": "#/properties/api/note"},
    ]
    rule = {"type": "event_rule", "id": "r1", "event": event, "properties": properties, **more}
    return import_plan(
        files(
            tp={"id": "api_tp", "display_name": "API tracking", "rules": [rule]},
            events={
                "events": [
                    {"id": "called", "name": "API Called", "event_type": "track"},
                    {"id": "idle", "name": "Idle"},
                ]
            },
            custom_types={"types": [{"id": "mail", "name": "Mail", "type": "string", "config": {"minLength": 6}}]},
            properties={
                "properties": [
                    {"id": "method", "name": "API Method", "type": "string", "propConfig": {"enum": ["GET", "PUT"]}},
                    {"id": "codes", "name": "codes", "type": "array", "propConfig": {"itemTypes": ["integer"]}},
                    {"id": "mail", "name": "mail", "type": "#/custom-types/api/mail"},
                    {"id": "info", "name": "info", "type": "object"},
                    {"id": "note", "name": "note", "type": "string, null", "propConfig": {"maxLength": 9}},
                    {"id": "left", "name": "left", "type": "string"},
                ]
            },
        ),
        "rudderstack",
    )


def test_the_older_form_is_read_whole() -> None:
    plan = old_form().plan

    method, codes, mail, info, note = plan.events["called"].properties
    assert (plan.id, plan.x["x_title"], plan.events["called"].wire_name) == ("api_tp", "API tracking", "API Called")
    assert (method.name, method.wire_name, method.enum, method.required) == (
        "api_method", "API Method", ("GET", "PUT"), True,
    )  # fmt: skip
    assert (codes.type, codes.items and codes.items.type) == ("array", "integer")
    assert (mail.type, mail.min_length) == ("string", 6)
    assert [part.name for part in info.properties] == ["api_method"]
    assert (note.type, note.nullable, note.max_length) == ("string", True, 9)
    assert plan.enforcement == {}


def test_an_object_that_says_nothing_of_other_keys_agrees_with_its_rule() -> None:
    plan = old_form().plan

    called = plan.events["called"]
    assert (called.additional, next(prop for prop in called.properties if prop.properties).additional) == (False, False)


def test_what_no_rule_uses_and_what_no_plan_can_say_is_told() -> None:
    losses = old_form(variants=[{"type": "discriminator"}]).losses

    assert [(loss.code, loss.where) for loss in losses] == [
        ("loss_left_out", "called"),
        ("loss_read_as", "plan"),
        ("loss_read_as", "idle"),
        ("loss_left_out", "property left"),
    ]


def test_a_rule_whose_event_no_file_defines_is_told() -> None:
    tracking_plan = {"id": "p", "rules": [{"id": "r", "event": "#event:gone", "properties": []}]}

    imported = import_plan(files(tracking_plan=tracking_plan), "rudderstack")

    assert [loss.lost for loss in imported.losses] == ["the rule 'r': no file defines its event"]


def test_a_custom_type_inside_itself_ends() -> None:
    node = {"id": "node", "name": "Node", "type": "object", "properties": [{"property": "#property:child"}]}
    imported = import_plan(
        files(
            tracking_plan={
                "id": "p",
                "rules": [{"id": "r", "event": "#event:e", "properties": [{"property": "#property:child"}]}],
            },
            events={"events": [{"id": "e", "name": "e", "event_type": "track"}]},
            custom_types={"types": [node]},
            properties={"properties": [{"id": "child", "name": "child", "type": "#custom-type:node"}]},
        ),
        "rudderstack",
    )

    child = imported.plan.events["e"].properties[0]
    assert child.type == "object"
    assert child.properties[0].x["x_json_schema"] == {"$ref": "#/definitions/node"}
    assert "definitions" in imported.plan.events["e"].x["x_json_schema"]
