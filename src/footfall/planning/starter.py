"""The plan that `footfall plan init` writes: small, commented, clean, and meant to be changed."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["starter_files"]

_PLAN = """\
# A tracking plan: what the team wants to learn, and what its applications send for it.
# Check it with `footfall plan check`, judge it with `footfall plan lint`, format it with `footfall plan fmt`.
plan: my_shop  # the plan's id; person ids are computed from it, so choose it once
description: What we want to learn from the web shop
timezone: UTC  # the clock on which days and weeks are cut, such as Europe/Stockholm

naming:
  events: {style: snake_case, order: object_action, tense: past}
  properties: {style: snake_case}

# The metadata that `footfall plan check` asks for.
require:
  events: [description, owner, purpose]
  properties: [description]
  kpis: [owner, question]

# From low to high; a property says with `sensitivity` which it is.
sensitivity_levels: [public, internal, personal, special]

# What happens to an event that is not as planned, by place. Clients never raise in production.
enforcement:
  test: {unknown_event: raise, unknown_property: raise, invalid: raise}
  client: {unknown_event: warn, unknown_property: warn, invalid: flag}
  collector: {unknown_event: quarantine, unknown_property: keep, invalid: quarantine}

# Who can own something: replace it by your teams.
teams:
  growth: {contact: growth@example.com}

# Who sends, and where that code is.
sources:
  backend: {kind: server, language: python, paths: ["src/**"]}
"""

_EVENTS = """\
# What applications send. An event is what happened: an object and a verb in the past tense.
defaults: {owner: growth, status: active, sources: [backend], actor: [user, anonymous], sensitivity: internal}

# Types are defined once and used by name, so that a currency is the same everywhere.
types:
  currency: {type: string, enum: [EUR, USD], description: Which money}
  money: {type: decimal, min: 0, scale: 2, currency: currency, description: "An amount of money", examples: [129.90]}

events:
  product_viewed:
    description: A visitor looked at a product page
    purpose: [kpi:conversion, journey:purchase]
    properties:
      sku: {type: string, required: true, max_length: 40, description: Stock keeping unit as in the catalogue}
  order_completed:
    description: The payment went through and the order was stored
    purpose: [kpi:revenue, kpi:conversion, journey:purchase]
    properties:
      order_id: {type: string, required: true, max_length: 40, description: As on the receipt}
      total: {use: money, required: true, description: "What was paid, taxes included"}
      currency: {use: currency, required: true}
      coupon: {type: string, nullable: true, max_length: 40, description: "The code that was used, null when none"}
"""

_GOALS = """\
# What the team wants to learn: goals, the KPIs that show whether they are met, and the way that leads there.
defaults: {owner: growth}

goals:
  grow: {description: "More people find what they need, and buy it", kpis: [revenue, conversion]}

kpis:
  revenue:
    question: How much do customers pay, in each currency?
    measure: {sum: order_completed.total, by: [currency]}
    window: 28d
  conversion:
    question: Which share of those who see a product buy within a week?
    measure: {journey: purchase, from: view, to: buy}
    window: 28d
    target: {direction: up, value: 0.03}

journeys:
  purchase:
    description: From a product to an order
    within: 7d
    steps:
      - {id: view, event: product_viewed}
      - {id: buy, event: order_completed, expect: 0.03}
"""

_VALID = '{"order_id": "A-1001", "total": 129.90, "currency": "EUR", "coupon": null}\n'
_INVALID = """\
{"payload": {"order_id": "A-1001", "total": -1, "currency": "GBP"},
 "errors": [["total", "min"], ["currency", "enum"]]}
"""

# Path in the plan's folder -> text.
_FILES: Mapping[str, str] = {
    "plan.yaml": _PLAN,
    "events/shop.yaml": _EVENTS,
    "goals.yaml": _GOALS,
    "fixtures/order_completed/valid/euro.json": _VALID,
    "fixtures/order_completed/invalid/other_money.json": _INVALID,
}

_ID = "my_shop"


def starter_files(plan_id: str) -> dict[str, str]:
    """The files of a new plan called `plan_id`. Raises ValueError for what cannot be the id of a plan."""
    if not re.fullmatch(r"\w[\w.-]*", plan_id):
        raise ValueError(f"{plan_id!r} cannot be a plan's id: letters, digits, `_`, `-` and `.` only")
    # A word that YAML would read as something else, such as 2027 or true, goes in quotes.
    plain = re.fullmatch(r"[^\W\d]\w*", plan_id) and plan_id.lower() not in {"true", "false", "null"}
    literal = plan_id if plain else f'"{plan_id}"'
    return {**_FILES, "plan.yaml": _PLAN.replace(f"plan: {_ID} ", f"plan: {literal} ")}
