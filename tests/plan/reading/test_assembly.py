"""`load` hands out one frozen plan: files merged, `use`, `include` and `defaults` resolved."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from footfall.errors import PlanError
from footfall.plan import Plan, read
from footfall.plan.model import (
    Alias,
    Deprecation,
    Enforcement,
    IdentityKeys,
    Property,
    Rule,
    Source,
    Team,
    VolumeExpectation,
)

ACME = Path(__file__).parents[1] / "data" / "acme"


def loaded(tmp_path: Path, text: str) -> Plan:
    file = tmp_path / "plan.yaml"
    file.write_text(f"plan: p\n{text}")
    return read(file).require()


def only(plan: Plan, event: str = "sold") -> Property:
    (prop,) = plan.events[event].properties
    return prop


def test_the_header_is_read(tmp_path: Path) -> None:
    plan = loaded(
        tmp_path,
        """
description: All of it
timezone: Europe/Oslo
teams: {growth: {contact: g@p.example, slack: "#g", codeowners: "@p/g", x_floor: 3}}
sources: {agent: {kind: device, language: python, paths: [a/**], min_version: 2.3.0}, web: {}}
sensitivity_levels: [open, closed]
naming: {events: {style: snake_case, level: warning, x_note: 1}, reserved: [id, NO]}
require: {kpis: [owner]}
x_anything: {min: 0.10, list: [1, null]}
""",
    )

    assert (plan.id, plan.format, plan.description, plan.timezone) == ("p", 1, "All of it", "Europe/Oslo")
    assert plan.teams == {
        "growth": Team(name="growth", contact="g@p.example", slack="#g", codeowners="@p/g", x={"x_floor": 3})
    }
    assert plan.sources == {
        "agent": Source(name="agent", kind="device", language="python", paths=("a/**",), min_version="2.3.0"),
        "web": Source(name="web"),
    }
    assert plan.sensitivity_levels == ("open", "closed")
    assert plan.naming == {
        "events": {"style": "snake_case", "level": "warning", "x_note": 1},
        "reserved": ["id", "NO"],
    }
    assert plan.require == {"kpis": ("owner",)}
    assert plan.x == {"x_anything": {"min": Decimal("0.10"), "list": [1, None]}}


def test_a_plan_without_a_header_has_the_documented_defaults(tmp_path: Path) -> None:
    assert loaded(tmp_path, "") == Plan(id="p")


def test_an_event_is_read_whole(tmp_path: Path) -> None:
    plan = loaded(
        tmp_path,
        """
events:
  sold:
    wire_name: Sold It
    aliases: [{name: bought, until: 2027-03-01}, {name: paid}]
    description: It was sold
    owner: growth
    status: deprecated
    purpose: [goal:g]
    sources: [web]
    actor: [user, anonymous]
    since: 2026-03-01
    expires: 2027-01-01
    links: ["https://p.example"]
    deprecated: {since: 2026-06-01, reason: Old, replaced_by: null, remove_after: 2026-12-31}
    rules: [{id: positive, check: total > 0, message: More than nothing}]
    expect: {volume: {per: day, min: 1, max: 5}}
    no_lint: [naming]
    x_ticket: 7
    properties: {total: {type: decimal}}
goals: {g: {}}
sources: {web: {}}
""",
    )
    event = plan.events["sold"]

    assert (event.name, event.wire_name) == ("sold", "Sold It")
    assert event.aliases == (Alias(name="bought", until="2027-03-01"), Alias(name="paid"))
    assert (event.description, event.owner, event.status) == ("It was sold", "growth", "deprecated")
    assert (event.purpose, event.sources, event.actor) == (("goal:g",), ("web",), ("user", "anonymous"))
    assert (event.since, event.expires, event.links) == ("2026-03-01", "2027-01-01", ("https://p.example",))
    assert event.deprecated == Deprecation(since="2026-06-01", reason="Old", remove_after="2026-12-31")
    assert event.rules == (Rule(id="positive", check="total > 0", message="More than nothing"),)
    assert event.volume == VolumeExpectation(per="day", min=1, max=5)
    assert (event.no_lint, event.x) == (("naming",), {"x_ticket": 7})


def test_a_property_is_read_whole_and_its_bounds_are_exact(tmp_path: Path) -> None:
    plan = loaded(
        tmp_path,
        """
events:
  sold:
    properties:
      total:
        type: decimal
        wire_name: Total
        description: What was paid
        required: true
        nullable: true
        min: 0.10
        max: 1e3
        scale: 2
        unit: EUR
        examples: [1.50, "2.25"]
        sensitivity: personal
        transform: hash
        retention: 400d
        no_lint: [unit]
        x_column: TOTAL
""",
    )

    assert only(plan) == Property(
        name="total",
        wire_name="Total",
        type="decimal",
        description="What was paid",
        required=True,
        nullable=True,
        min=Decimal("0.10"),
        max=Decimal("1e3"),
        scale=2,
        unit="EUR",
        examples=(Decimal("1.50"), "2.25"),
        sensitivity="personal",
        transform="hash",
        retention=400 * 86_400,
        no_lint=("unit",),
        x={"x_column": "TOTAL"},
    )
    assert str(only(plan).min) == "0.10"


def test_types_build_on_types_and_each_use_may_narrow_them(tmp_path: Path) -> None:
    plan = loaded(
        tmp_path,
        """
types:
  paid: {use: money, min: 0.01, x_b: 2}
  money: {type: decimal, min: 0, scale: 2, description: Amount, x_a: 1}
events:
  sold: {properties: {total: {use: paid, required: true, max: 9, x_c: 3}}}
""",
    )

    assert only(plan) == Property(
        name="total",
        wire_name="total",
        type="decimal",
        required=True,
        description="Amount",
        scale=2,
        min=Decimal("0.01"),
        max=Decimal(9),
        x={"x_a": 1, "x_b": 2, "x_c": 3},
    )


def test_types_may_be_used_inside_objects_arrays_and_maps(tmp_path: Path) -> None:
    plan = loaded(
        tmp_path,
        """
types:
  sku: {type: string}
  line: {type: object, properties: {sku: {use: sku, required: true}, tags: {type: map, values: {use: sku}}}}
events:
  sold: {properties: {lines: {type: array, items: {use: line}}}}
""",
    )
    items = only(plan).items

    assert items is not None
    assert items.properties == (
        Property(name="sku", wire_name="sku", type="string", required=True),
        Property(name="tags", wire_name="tags", type="map", values=Property(type="string")),
    )


def test_an_event_takes_in_groups_before_its_own_properties(tmp_path: Path) -> None:
    plan = loaded(
        tmp_path,
        """
property_groups:
  where: {properties: {country: {type: string}}}
  money: {properties: {currency: {type: string}, country: {type: string}}}
events:
  sold: {include: [money, where], properties: {total: {type: decimal}, currency: {type: string}}}
""",
    )

    assert [prop.name for prop in plan.events["sold"].properties] == ["currency", "country", "total"]


def test_the_defaults_of_a_file_hold_for_what_it_defines_and_does_not_say(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("""
plan: p
defaults: {owner: one, sources: [web], actor: [user], sensitivity: internal, include: [ctx], status: draft}
events:
  said: {owner: two, sources: [], status: active, include: [], properties: {a: {type: string, sensitivity: public}}}
  unsaid: {properties: {a: {use: t}}}
kpis: {k: {measure: {count: said}}}
goals: {g: {kpis: [k]}}
journeys: {j: {owner: two, steps: [{id: s, event: said}]}}
property_groups: {ctx: {properties: {c: {type: string}}}}
types: {t: {type: string}}
sources: {web: {}}
""")
    (tmp_path / "b.yaml").write_text("events: {elsewhere: {include: [ctx]}}")
    plan = read(tmp_path).require()
    said, unsaid, elsewhere = (plan.events[name] for name in ("said", "unsaid", "elsewhere"))

    assert (said.owner, said.sources, said.status, said.actor) == ("two", (), "active", ("user",))
    assert [(prop.name, prop.sensitivity) for prop in said.properties] == [("a", "public")]
    assert (unsaid.owner, unsaid.sources, unsaid.status, unsaid.actor) == ("one", ("web",), "draft", ("user",))
    assert [(prop.name, prop.sensitivity) for prop in unsaid.properties] == [("c", "internal"), ("a", "internal")]
    assert (elsewhere.owner, elsewhere.status, elsewhere.properties[0].sensitivity) == ("", "active", None)
    assert (plan.kpis["k"].owner, plan.goals["g"].owner, plan.journeys["j"].owner) == ("one", "one", "two")


def test_what_is_inside_a_property_is_as_sensitive_as_the_property(tmp_path: Path) -> None:
    plan = loaded(
        tmp_path,
        """
types: {name: {type: object, properties: {first: {type: string}, title: {type: string, sensitivity: public}}}}
events:
  sold: {properties: {people: {type: array, sensitivity: personal, items: {use: name}}}}
""",
    )
    items = only(plan).items

    assert items is not None
    assert [(prop.name, prop.sensitivity) for prop in (items, *items.properties)] == [
        ("", "personal"),
        ("first", "personal"),
        ("title", "public"),
    ]


def test_policies_that_are_left_out_come_from_the_plan_and_then_from_the_defaults(tmp_path: Path) -> None:
    plan = loaded(
        tmp_path,
        """
enforcement: {client: {unknown_property: drop}}
events: {sold: {enforcement: {client: {invalid: raise}, collector: {invalid: keep}}}}
""",
    )

    assert plan.enforcement == {"client": Enforcement(unknown_event="warn", unknown_property="drop", invalid="flag")}
    assert plan.events["sold"].enforcement == {
        "client": Enforcement(unknown_event="warn", unknown_property="drop", invalid="raise"),
        "collector": Enforcement(unknown_event="quarantine", unknown_property="keep", invalid="keep"),
    }


def test_traits_keep_the_order_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("plan: p\ntraits: {user: {b: {type: string}, a: {type: integer}}}")
    (tmp_path / "b.yaml").write_text("traits: {user: {c: {type: date}}, account: {seats: {type: integer, min: 1}}}")

    traits = read(tmp_path).require().traits

    assert {kind: [prop.name for prop in props] for kind, props in traits.items()} == {
        "user": ["b", "a", "c"],
        "account": ["seats"],
    }


def test_only_the_yaml_files_of_a_folder_are_read(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "fixtures" / "sold").mkdir(parents=True)
    (tmp_path / ".cache").mkdir()
    (tmp_path / "plan.yaml").write_text("plan: p")
    (tmp_path / "deep" / "er" / "events.yml").write_text("events: {sold: {}}")
    (tmp_path / "fixtures" / "sold" / "no.yaml").write_text("not: a plan")
    (tmp_path / ".cache" / "no.yaml").write_text("not: a plan")
    (tmp_path / "README.md").write_text("not: a plan")
    (tmp_path / "round").symlink_to(tmp_path)

    assert list(read(tmp_path).require().events) == ["sold"]


def test_identity_names_properties(tmp_path: Path) -> None:
    plan = loaded(tmp_path, "identity: {device: serial}\nevents: {seen: {properties: {serial: {type: string}}}}")

    assert plan.identity == IdentityKeys(device="serial")


def test_a_plan_with_faults_is_refused_with_all_of_them(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="2 problems") as caught:
        loaded(tmp_path, "evnts: {}\ntimezone: 5")

    assert [problem.code for problem in caught.value.problems] == ["unknown_key", "wrong_type"]


def test_the_acme_plan_is_whole() -> None:
    plan = read(ACME).require()
    order = plan.events["order_completed"]

    assert (len(plan.events), len(plan.kpis), len(plan.journeys), len(plan.goals)) == (8, 6, 2, 1)
    assert [prop.name for prop in order.properties] == [
        "currency", "country", "order_id", "total", "coupon", "lines", "shipping_email",
    ]  # fmt: skip
    assert order.properties[0].enum == ("EUR", "USD", "GBP", "SEK", "NOK")
    assert order.properties[1].examples == ("SE", "NO")


def test_types_in_one_another_that_multiply_without_end_are_a_fault_and_no_wait(tmp_path: Path) -> None:
    uses = ", ".join(f"k{number}: {{use: t%d}}" for number in range(10))
    lines = [f"  t{level}: {{type: object, properties: {{{uses % ((level - 1,) * 10)}}}}}" for level in range(1, 12)]
    file = tmp_path / "plan.yaml"
    file.write_text("\n".join(["plan: p", "types:", "  t0: {type: string}", *lines]))

    codes = [problem.code for problem in read(file).problems]

    assert codes == ["too_large"]
