"""What the loss report does not name is the same after a round trip, in every format, for any plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from tests.planning.interop.plans import plans, properties

from footfall.cli.plan.exchange_files import document_text, read_documents
from footfall.errors import UsageError
from footfall.plan import Plan, read
from footfall.plan.checking.validate import Validator
from footfall.plan.model import Event, Property
from footfall.planning.interop import FORMATS, Loss, export_plan, import_plan

SHOP = Path(__file__).parents[3] / "tracking_plans" / "shop_and_gateway"


def statements(plan: Plan) -> dict[tuple[str, ...], Any]:
    """Everything that a plan says, by path; events and properties stand under their names on the wire."""
    told: dict[tuple[str, ...], Any] = {}
    for field in Plan.__struct_fields__:
        if field not in ("events", "traits", "enforcement"):
            told |= dict(_flat((field,), msgspec.to_builtins(getattr(plan, field), str_keys=True)))
    for place in ("test", "client", "collector"):
        validator = Validator(plan, stage=place)
        told["enforcement", place] = validator.policy(None)
        for event in plan.events.values():
            told[f"event {event.wire_name}", "enforcement", place] = validator.policy(event)
    for event in plan.events.values():
        told |= dict(_event((f"event {event.wire_name}",), event))
    for kind, traits in plan.traits.items():
        for trait in traits:
            told |= dict(_property((f"traits {kind}", trait.wire_name), trait))
    return told


def _event(path: tuple[str, ...], event: Event) -> Iterator[tuple[tuple[str, ...], Any]]:
    for field in Event.__struct_fields__:
        if field not in ("properties", "enforcement"):
            yield from _flat((*path, field), msgspec.to_builtins(getattr(event, field)))
    for prop in event.properties:
        yield from _property((*path, prop.wire_name), prop)


def _property(path: tuple[str, ...], prop: Property) -> Iterator[tuple[tuple[str, ...], Any]]:
    for field in Property.__struct_fields__:
        value = getattr(prop, field)
        if field == "properties":
            for inner in value:
                yield from _property((*path, inner.wire_name), inner)
        elif isinstance(value, Property):
            yield from _property((*path, f"<{field}>"), value)
        else:
            yield from _flat((*path, f"={field}"), msgspec.to_builtins(value))


def _flat(path: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    if path[-1].strip("=") == "additional" and value is False:  # not the same as nothing
        yield path, value
        return
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _flat((*path, str(key)), inner)
    elif value not in (None, "", [], {}, False):
        yield path, value


def named(path: tuple[str, ...], plan: Plan, losses: tuple[Loss, ...]) -> bool:
    """Whether some loss is about this path: about its property or event and its key, or about the whole of it."""
    return any(_about(path, plan, loss) for loss in losses)


def _about(path: tuple[str, ...], plan: Plan, loss: Loss) -> bool:
    section, *inner = path
    if path[-1].strip("=") == "additional" and loss.where == "plan":
        return loss.lost.startswith("enforcement.unknown_property")
    said = {loss.lost.split(" ")[0], loss.instead.split(" ")[0], *loss.lost.split(" ")[1:2]}
    if not section.startswith(("event ", "traits ")):
        key = section.removesuffix("s")
        place = "plan" if len(path) < 2 or loss.where == "plan" else f"{key}:{inner[0]}"
        words = {section, *inner} | {f"enforcement.{each}" for each in inner}
        return loss.where == place and bool(said & {"the", *words})
    if inner[0] == "enforcement" and loss.where == "plan":  # an event does as the plan does, unless it says otherwise
        return f"enforcement.{inner[1]}" in said
    steps = inner if section.startswith("traits ") else [section.removeprefix("event "), *inner]
    keys = {part.strip("<=>") for part in steps} | {"the", "a", "an"} | {f"enforcement.{each}" for each in inner}
    return bool(said & keys) and _holds(loss.where, section, steps, plan)


def _holds(place: str, section: str, steps: list[str], plan: Plan) -> bool:
    """Whether a loss's place is one that the path goes through, in the plan's own names."""
    if section.startswith("traits "):
        return place.startswith(section.replace(" ", "."))
    event = next((each for each in plan.events.values() if each.wire_name == steps[0]), None)
    here = [event.name if event is not None else steps[0]]
    known: tuple[Property, ...] = event.properties if event is not None else ()
    places = {here[0]}
    for step in steps[1:]:
        if step.startswith("="):
            break
        inner = {"<items>": "[]", "<values>": "{}"}.get(step)
        prop = next((each for each in known if each.wire_name == step), None)
        here.append(inner or (f".{prop.name}" if prop is not None else f".{step}"))
        known = _members_of(prop, known, inner)
        places.add("".join(here))
    return place in places


def _members_of(prop: Property | None, known: tuple[Property, ...], inner: str | None) -> tuple[Property, ...]:
    if inner is None:
        if prop is None:
            return ()
        held = prop.items or prop.values
        while held is not None and not held.properties and (held.items or held.values):
            held = held.items or held.values
        return held.properties if held is not None else prop.properties
    return known


@pytest.mark.parametrize("form", sorted(FORMATS))
@given(plan=plans())
@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_every_difference_after_a_round_trip_is_named_in_the_loss_report(form: str, plan: Plan) -> None:
    exported = export_plan(plan, form)

    after = import_plan(exported.files, form, name=plan.id).plan

    before_told, after_told = statements(plan), statements(after)
    paths = {path for path in before_told.keys() | after_told.keys() if before_told.get(path) != after_told.get(path)}
    silent = [path for path in sorted(paths) if not named(path, plan, exported.losses)]
    assert silent == [], [(path, before_told.get(path), after_told.get(path)) for path in silent]


@pytest.mark.parametrize("form", sorted(FORMATS))
@given(plan=plans())
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_a_second_round_trip_loses_nothing_more(form: str, plan: Plan) -> None:
    once = import_plan(export_plan(plan, form).files, form, name=plan.id).plan

    again = export_plan(once, form)

    assert [loss for loss in again.losses if loss.lost.startswith("type ")] == []
    assert import_plan(again.files, form, name=once.id).plan.events.keys() == once.events.keys()


HARD: Mapping[str, Callable[[dict[str, Any]], object]] = {
    "open enum": lambda prop: prop.get("open"),
    "nullable union": lambda prop: isinstance(prop["type"], list) and prop.get("nullable"),
    "array of parts": lambda prop: prop.get("items", {}).get("type") in ("object", "map", "array"),
    "decimal with scale": lambda prop: prop.get("scale"),
    "object that says whether it is closed": lambda prop: "additional" in prop,
    "pattern of Python's own": lambda prop: "(?" in prop.get("pattern", ""),
    "format of our own": lambda prop: prop.get("format") == "country",
    "kept aside": lambda prop: "x_json_schema" in prop,
    "empty object": lambda prop: prop["type"] == "object" and "properties" not in prop,
    "wire name of its own": lambda prop: any("wire_name" in each for each in prop.get("properties", {}).values()),
}


@pytest.mark.parametrize("name", HARD)
@pytest.mark.slow
def test_the_properties_that_are_drawn_hold_each_hard_case(name: str) -> None:
    find(
        properties,
        lambda drawn: bool(HARD[name](drawn)),
        settings=settings(phases=[Phase.generate], max_examples=5_000),
    )


@pytest.mark.parametrize("form", sorted(FORMATS))
@given(plan=plans())
@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_files_on_disk_say_what_the_documents_say(
    form: str, plan: Plan, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("files")
    files = export_plan(plan, form).files
    for name, document in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(document_text(name, document))

    read = read_documents(folder).files

    assert import_plan(read, form, name=plan.id).plan == import_plan(files, form, name=plan.id).plan


def test_what_each_format_cannot_say_of_the_shop() -> None:
    plan = read(SHOP).require()

    lost = {form: {(loss.where, loss.lost) for loss in export_plan(plan, form).losses} for form in FORMATS}

    everywhere = set.intersection(*lost.values())
    assert ("kpi:revenue", "the kpi") in everywhere
    assert ("order_completed.shipping_email", 'transform "hash"') in everywhere
    assert all(("traits.user.email", "retention 400d") in lost[form] for form in FORMATS if form != "snowplow")
    assert ("traits.user.email", "the property") in lost["snowplow"]  # Snowplow knows no traits
    assert not any(what.startswith("owner ") for _, what in lost["segment"] | lost["snowplow"])
    assert any(what.startswith("owner ") for _, what in lost["jsonschema"] & lost["rudderstack"])
    assert ("product_viewed.category", "open true") in lost["rudderstack"] - lost["segment"] - lost["jsonschema"]


def test_an_unknown_format_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UsageError, match="jsonschema, rudderstack, segment, snowplow"):
        import_plan({}, "mixpanel")


@given(text=st.text(max_size=20))
@settings(max_examples=40)
def test_no_text_of_a_description_changes_a_plan_that_is_written_and_read(text: str) -> None:
    schema = {"type": "object", "description": f"a{text}", "properties": {f"k{text}": {"type": "string"}}}

    imported = import_plan({"made.json": schema}, "jsonschema")

    assert imported.plan.events["made"].description == f"a{text}"
    assert imported.plan.events["made"].properties[0].wire_name == f"k{text}"
