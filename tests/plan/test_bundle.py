"""A bundle is the whole plan as canonical bytes: the same from YAML and from a bundle, refused when it was touched."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.errors import PlanError
from footfall.plan import Plan, bundle_bytes, bundle_hash, check, from_bundle, load
from footfall.plan.model import Event, IdentityKeys, Property, Source

ROOT = Path(__file__).parents[2]
PLANS = [Path(__file__).parent / "data" / "acme", ROOT / "tracking_plans" / "shop_and_gateway"]


@pytest.mark.parametrize("folder", PLANS, ids=lambda path: path.name)
def test_a_plan_and_its_bundle_are_the_same_plan(folder: Path, tmp_path: Path) -> None:
    plan = load(folder)
    file = tmp_path / "plan.json"
    file.write_bytes(bundle_bytes(plan))
    again = load(file)

    assert again == plan
    assert bundle_bytes(again) == bundle_bytes(plan)
    assert bundle_hash(again) == bundle_hash(plan) == hashlib.sha256(file.read_bytes()).hexdigest()


def test_what_is_said_as_the_default_is_the_same_as_not_said(tmp_path: Path) -> None:
    said, unsaid = tmp_path / "said.yaml", tmp_path / "unsaid.yaml"
    said.write_text("""
plan: p
format: 1
timezone: UTC
description: ""
sensitivity_levels: [public, internal, personal, special]
identity: {}
sources: {web: {kind: server, paths: []}}
events: {sold: {wire_name: sold, status: active, properties: {a: {type: string, required: false, nullable: false}}}}
""")
    unsaid.write_text("plan: p\nsources: {web: {}}\nevents: {sold: {properties: {a: {type: string}}}}")

    assert bundle_bytes(load(said)) == bundle_bytes(load(unsaid))


def test_the_order_in_which_files_name_things_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text("plan: p\nevents: {b: {}, a: {}}")

    assert list(from_bundle(bundle_bytes(load(file))).events) == ["b", "a"]


def test_digits_are_kept() -> None:
    prop = Property(name="a", wire_name="a", type="decimal", min=Decimal("0.10"), examples=(Decimal("1.50"), 10**30))
    plan = Plan(id="p", events={"sold": Event(name="sold", wire_name="sold", properties=(prop,))})
    again = from_bundle(bundle_bytes(plan)).events["sold"].properties[0]

    assert b'"min":0.10,"examples":[1.50,1000000000000000000000000000000]' in bundle_bytes(plan)
    assert str(again.min) == "0.10"
    assert again.examples == prop.examples


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False, places=2)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text().map("x_{}".format), plain), st.sampled_from(["UTC", "Europe/Oslo"]))
def test_any_equal_plans_have_equal_bytes(notes: dict[str, Any], timezone: str) -> None:
    plan = Plan(id="p", x=notes, timezone=timezone, identity=IdentityKeys(), sources={"a": Source(name="a")})
    again = from_bundle(bundle_bytes(plan))

    assert again == plan
    assert bundle_bytes(again) == bundle_bytes(plan)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not a bundle"),
        (b"[]", "not a bundle"),
        (b"{}", "not a bundle"),
        (b'{"bundle":1', "not a bundle"),
        (b'{"bundle":1,"plan":{"id":"\xff"}}', "bundle"),
        (b'{"bundle":2,"plan":{"id":"p"}}', "version 2"),
        (b'{"bundle":1,"plan":{"id":5}}', "cannot be read"),
        (b'{"bundle":1,"plan":{"id":"p"},"more":1}', "cannot be read"),
        (b'{"bundle":1,"plan":{"id":"p","evnts":{}}}', "was changed"),
        (b'{"bundle": 1, "plan": {"id": "p"}}', "was changed"),
        (b'{"bundle":1,"plan":{"id":"p","timezone":"UTC"}}', "was changed"),
    ],
)
def test_what_is_no_whole_bundle_is_refused(data: bytes, words: str, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(data)

    with pytest.raises(PlanError, match=words) as caught:
        load(file)

    (problem,) = check(file)
    assert (problem.code, problem.file) == ("bad_bundle", str(file))
    assert str(problem) == str(caught.value.problems[0])
    assert "footfall plan bundle" in problem.remedy


def test_a_final_line_break_does_not_change_a_bundle() -> None:
    assert from_bundle(b'{"bundle":1,"plan":{"id":"p"}}\n') == Plan(id="p")


def test_only_plans_sources_and_events_have_defaults_that_are_not_one_object() -> None:
    """msgspec leaves out a default by identity; the bundle sees to the parts whose defaults may have equal copies."""
    import footfall.plan.model as model

    singletons = (None, False, "", ())
    kinds = [kind for kind in vars(model).values() if isinstance(kind, type) and issubclass(kind, msgspec.Struct)]
    copies = {
        kind.__name__
        for kind in kinds
        for field in msgspec.structs.fields(kind)
        if field.default is not msgspec.NODEFAULT and not any(field.default is one for one in singletons)
    }

    assert copies == {"Event", "Plan", "Source"}
