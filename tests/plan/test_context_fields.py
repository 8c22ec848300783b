"""The table of context fields: names that can be written, types that can be read, one tree."""

from __future__ import annotations

from pathlib import Path

from footfall.plan.context_fields import CONTEXT, CONTEXT_FIELDS
from footfall.plan.model import Event
from footfall.plan.value_names import ValueName, value_of
from footfall.web.campaign import UTM_KEYS


def test_every_field_can_be_named_with_its_type() -> None:
    event = Event(name="e", wire_name="e")
    values = {name: value_of(event, f"context.{name}") for name in CONTEXT_FIELDS}

    assert {name: isinstance(value, ValueName) and value.property.type for name, value in values.items()} == {
        name: type_ for name, (type_, _) in CONTEXT_FIELDS.items()
    }
    assert [prop.name for prop in CONTEXT.properties][:3] == ["page", "campaign", "origin"]


def test_the_documentation_has_the_same_table() -> None:
    text = (Path(__file__).parents[2] / "tracking_plans" / "README.md").read_text()
    rows = [f"| `context.{name}` | {type_} | {about} |" for name, (type_, about) in CONTEXT_FIELDS.items()]

    assert "\n".join(rows) in text


def test_what_the_web_integrations_say_of_a_campaign_can_be_named() -> None:
    assert {f"campaign.{field}" for field in UTM_KEYS.values()} <= CONTEXT_FIELDS.keys()
