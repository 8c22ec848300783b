"""A bundle is the whole plan as canonical bytes: the same from YAML and from a bundle, refused when it was touched."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.errors import PlanError
from footfall.plan import Plan, bundle_bytes, bundle_hash, from_bundle, read
from footfall.plan.bundle import bundle_name
from footfall.plan.model import Event, IdentityKeys, Property, Source

ROOT = Path(__file__).parents[2]


def packed(plan: bytes) -> bytes:
    """A bundle around the text of a plan, whatever it says."""
    return b'{"bundle":4,"sha256":"%b","plan":%b}' % (hashlib.sha256(plan).hexdigest().encode(), plan)


PLANS = [Path(__file__).parent / "data" / "acme", ROOT / "tracking_plans" / "shop_and_gateway"]


@pytest.mark.parametrize("folder", PLANS, ids=lambda path: path.name)
def test_a_plan_and_its_bundle_are_the_same_plan(folder: Path, tmp_path: Path) -> None:
    plan = read(folder).require()
    file = tmp_path / "plan.json"
    file.write_bytes(bundle_bytes(plan))
    again = read(file).require()

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

    assert bundle_bytes(read(said).require()) == bundle_bytes(read(unsaid).require())


def test_the_order_in_which_files_name_things_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text("plan: p\nevents: {b: {}, a: {}}")

    assert list(from_bundle(bundle_bytes(read(file).require())).events) == ["b", "a"]


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
        (b'{"bundle":4', "not a bundle"),
        (b'{"bundle":1,"plan":{"id":"p"}}', "version 1"),
        (b'{"bundle":9,"plan":{"id":"p"}}', "version 9"),
        (b'{"bundle":4,"plan":{"id":"p"}}', "sha256"),
        (packed(b'{"id":"p"}').replace(b'"p"', b'"q"'), "was changed"),
        (packed(b'{"id":5}'), "cannot be read"),
        (packed(b'{"id":"\xff"}'), "bundle"),
        (packed(b'{"id":"p"}')[:-1] + b',"more":1}', "cannot be read"),
        (packed(b'{"id":"p","evnts":{}}'), "another footfall"),
        (packed(b'{"id":"p"}').replace(b":4", b": 4"), "was changed"),
        (packed(b'{"id": "p"}'), "another footfall"),
        (packed(b'{"id":"p","timezone":"UTC"}'), "another footfall"),
    ],
)
def test_what_is_no_whole_bundle_is_refused(data: bytes, words: str, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(data)

    with pytest.raises(PlanError, match=words) as caught:
        read(file).require()

    (problem,) = read(file).problems
    assert (problem.code, problem.file) == ("bad_bundle", str(file))
    assert str(problem) == str(caught.value.problems[0])
    assert "footfall plan bundle" in problem.remedy


def test_a_final_line_break_does_not_change_a_bundle() -> None:
    assert from_bundle(packed(b'{"id":"p"}') + b"\n") == Plan(id="p")


@pytest.mark.parametrize(
    "event",
    [
        b'{"name":"a","wire_name":"a","newer":1}',
        b'{"name":"a","wire_name":"a","status":"active"}',
        b'{"name":"a","wire_name":5}',
    ],
)
def test_an_event_that_this_footfall_would_not_write_is_refused_when_it_is_used_and_by_check(
    event: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(packed(b'{"id":"p","events":{"a":%b,"b":{"name":"b","wire_name":"b"}}}' % event))
    plan = read(file).require()

    with pytest.raises(PlanError, match="event 'a' in the bundle"):
        plan.events["a"]
    assert plan.events["b"] == Event(name="b", wire_name="b")
    assert [(problem.code, problem.file) for problem in read(file).problems] == [("bad_bundle", str(file))]


def test_a_bundle_of_the_version_before_is_read_and_goes_by_its_own_name(tmp_path: Path) -> None:
    older = packed(b'{"id":"p","timezone":"Europe/Paris"}').replace(b'"bundle":4', b'"bundle":3')
    (tmp_path / "plan.json").write_bytes(older)

    plan = read(tmp_path / "plan.json").require()

    assert (plan.timezone, plan.consent) == ("Europe/Paris", None)
    assert bundle_hash(plan) != bundle_name(older)
