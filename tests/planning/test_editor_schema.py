"""The schema for editors takes every plan that is right, and knows every key and no other, at every place."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from footfall.plan.problems import Problems
from footfall.plan.reading.schema import FILE
from footfall.plan.reading.yaml_source import parse_yaml
from footfall.planning.codegen.json_schema import schema_text
from footfall.planning.editor_schema import editor_schema

ROOT = Path(__file__).parents[2]
PLANS = (ROOT / "tracking_plans", ROOT / "tests" / "plan" / "data" / "acme")
FILES = [file for folder in PLANS for file in sorted(folder.rglob("*.yaml"))]
SCHEMA: dict[str, Any] = json.loads(schema_text(editor_schema()))
VALIDATOR = jsonschema_rs.Draft202012Validator(SCHEMA)

# A file in which every record of the format stands once.
WHOLE = """
plan: bakery
naming: {events: {style: snake_case}, reserved: [id]}
require: {events: [owner]}
identity: {device: oven}
lint: {missing_purpose: off}
enforcement: {client: {invalid: raise}}
consent: {rule: opt_in, default: none, purposes: {statistics: {refused: none}}}
web: {query: [q]}
staff: {signed_link: true, traits: {role: admin}}
teams: {counter: {contact: c}}
sources: {till: {kind: server}}
types: {money: {type: object, properties: {amount: {type: decimal}}}}
property_groups: {shop: {properties: {shop_id: {type: string}}}}
traits: {user: {email: {type: string}}, account: {size: {type: array, items: {type: integer}}}}
defaults: {owner: counter}
pages: {Pricing: {description: Prices, properties: {scroll: {type: integer}}}}
goals: {grow: {kpis: [sales]}}
kpis:
  sales: {measure: {sum: bread_bought.price, where: {price: {gt: 1}}}, target: {direction: up, value: 3}}
  share: {measure: {ratio: {of: {count: bread_bought}, to: {count: bread_viewed}}}}
  rate: {measure: {journey: buying, from: see, to: buy}}
signals: {call: {event: bread_bought, where: {price: 1}, answer: Call}}
boards: {day: {questions: [trend bread_bought]}}
experiments:
  tray:
    hypothesis: Trays sell more
    started: 2026-05-01
    exposure: {event: bread_viewed, variant: look, where: {look: a}}
    variants: {a: 1, b: 1}
    outcome: {event: bread_bought}
    within: 1d
    stop: {minimum: 50}
journeys:
  buying:
    steps: [{id: see, event: bread_viewed}]
    branches: [{id: b, after: see, steps: [see]}]
    never: [{event: bread_burnt, between: [see, buy], as: sad}]
derived_events: {rye_bought: {from: bread_bought, when: "True"}}
silences: {night: {from: 2026-11-01T22:00, until: 2026-11-02T06:00, every: day}}
campaigns: {rye: {utm: {name: [rye]}, budget: {amount: 5, currency: EUR}}}
segments:
  loyal:
    who:
      all:
        - {did: bread_bought, where: {price: 1}, at_least: 3}
        - any:
            - {first: bread_bought, before: 90d}
            - {last: bread_bought, after: 2026-01-01}
            - {days_with: bread_bought, at_least: 1, within: 7d}
            - {share_of_days_with: bread_bought, at_most: 0.5, within: 7d}
        - not: {traits: {email: a@bakery.example}}
        - {sessions: {at_least: 3, where: {duration: {gte: 10m}, entry: [bread_viewed]}}}
        - {time_spent: {at_least: 10m}}
        - {segment: login_often}
cohorts: {spring: {segment: loyal, as_of: 2026-05-01}}
events:
  bread_bought:
    aliases: [{name: loaf_bought}]
    deprecated: {since: 2026-01-01}
    rules: [{id: r, check: price > 0}]
    expect: {volume: {per: day}}
    enforcement: {collector: {invalid: drop}}
    properties: {price: {type: map, values: {type: number}}}
"""


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return float(value) if isinstance(value, Decimal) else value


def read(text: bytes) -> Any:
    findings = Problems()
    root = parse_yaml(text, "plan.yaml", findings)
    assert root is not None, findings.sorted()
    return plain(root.plain())


def mappings(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        yield path
        for key, inner in value.items():
            yield from mappings(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from mappings(inner, (*path, index))


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


# Mappings whose keys are names of the plan's author.
SECTIONS = {
    "teams",
    "sources",
    "types",
    "property_groups",
    "events",
    "goals",
    "kpis",
    "experiments",
    "boards",
    "signals",
    "variants",
    "journeys",
    "segments",
    "cohorts",
    "properties",
    "traits",
    "where",
}


def takes_any_name(path: tuple[str | int, ...]) -> bool:
    return (
        bool(path)
        and (path[-1] in SECTIONS or path in {("traits", "user"), ("traits", "account"), ("staff", "traits")})
        and path != ("require",)
    )


PLACES = [
    path
    for path in mappings(read(WHOLE.encode()))
    if not takes_any_name(path) or path[:1] in {("naming",), ("require",)}
]


def test_the_schema_is_a_schema() -> None:
    jsonschema_rs.meta.validate(SCHEMA)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_file_of_the_example_plans_passes(file: Path) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(read(file.read_bytes()))] == []


def test_the_whole_format_passes() -> None:
    assert [error.message for error in VALIDATOR.iter_errors(read(WHOLE.encode()))] == []


@pytest.mark.parametrize("path", PLACES, ids=lambda path: ".".join(map(str, path)) or "file")
def test_an_unknown_key_fails_at_every_place(path: tuple[str | int, ...]) -> None:
    plan = copy.deepcopy(read(WHOLE.encode()))
    at(plan, path)["unheard_of"] = "x"

    assert not VALIDATOR.is_valid(plan)


def test_the_places_are_all_records_of_the_format() -> None:
    assert len(PLACES) >= 44
    assert {path[0] for path in PLACES if path} == FILE.keys.keys() - {
        "plan", "format", "description", "timezone", "week_starts", "sensitivity_levels",
    }  # fmt: skip


def test_a_key_of_the_authors_own_passes() -> None:
    plan = read(WHOLE.encode())
    plan["x_wiki"] = plan["events"]["bread_bought"]["x_wiki"] = [1, {"a": None}]

    assert VALIDATOR.is_valid(plan)


WRONG = (
    "plan: [a]",
    "plan: a b",
    "format: -1",
    "events: {a.b: {}}",
    "events: {a: {status: live}}",
    "events: {a: {since: yesterday}}",
    "events: {a: {properties: {p: {type: text}}}}",
    "events: {a: {properties: {p: {type: [string]}}}}",
    "events: {a: {properties: {p: {required: 1}}}}",
    "journeys: {j: {within: 7}}",
    "journeys: {j: {within: 7d}}",
    "types: {t: {required: true}}",
    "types: {t: {type: array, items: {type: string, wire_name: x}}}",
    "traits: {dog: {}}",
    "kpis: {k: {measure: {sum: a.b, count: a}}}",
    "kpis: {k: {measure: {}}}",
    "kpis: {k: {measure: {ratio: {of: {count: a}}}}}",
    "kpis: {k: {measure: {count: a, where: {p: {gt: x}}}}}",
    "kpis: {k: {measure: {count: a}, window: soon}}",
)


@pytest.mark.parametrize("text", WRONG)
def test_what_cannot_be_read_fails(text: str) -> None:
    assert not VALIDATOR.is_valid(read(text.encode()))
