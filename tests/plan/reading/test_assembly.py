"""`load` hands out one frozen plan: files merged, `use`, `include` and `defaults` resolved."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.plan.reading.loading import loaded

from footfall.plan import Plan, read
from footfall.plan.model import (
    IdentityKeys,
    Source,
    Team,
)

ACME = Path(__file__).parents[1] / "data" / "acme"


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


def test_traits_keep_the_order_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("plan: p\ntraits: {user: {b: {type: string}, a: {type: integer}}}")
    (tmp_path / "b.yaml").write_text("traits: {user: {c: {type: date}}, account: {seats: {type: integer, min: 1}}}")

    traits = read(tmp_path).require().traits

    assert {kind: [prop.name for prop in props] for kind, props in traits.items()} == {
        "user": ["b", "a", "c"],
        "account": ["seats"],
    }


def test_identity_names_properties(tmp_path: Path) -> None:
    plan = loaded(tmp_path, "identity: {device: serial}\nevents: {seen: {properties: {serial: {type: string}}}}")

    assert plan.identity == IdentityKeys(device="serial")


def test_the_acme_plan_is_whole() -> None:
    plan = read(ACME).require()
    order = plan.events["order_completed"]

    assert (len(plan.events), len(plan.kpis), len(plan.journeys), len(plan.goals)) == (8, 6, 2, 1)
    assert [prop.name for prop in order.properties] == [
        "currency", "country", "order_id", "total", "coupon", "lines", "shipping_email",
    ]  # fmt: skip
    assert order.properties[0].enum == ("EUR", "USD", "GBP", "SEK", "NOK")
    assert order.properties[1].examples == ("SE", "NO")
