"""A small shop: its plan in YAML, and a folder that a collector filled with its messages."""

from __future__ import annotations

import json
from pathlib import Path

from footfall.collector import Collector

__all__ = ["DAYS", "PLAN", "fill", "write_plan"]

PLAN = """
plan: shop
timezone: Europe/Stockholm
events:
  viewed: {description: seen, expect: {volume: {per: day, min: 1}}}
  bought: {description: sold, properties: {total: {type: decimal}, currency: {type: string}}}
goals:
  grow: {description: Sell more é, kpis: [revenue, conversion]}
kpis:
  revenue:
    question: Do we sell?
    measure: {sum: bought.total, by: [currency]}
    window: all
    target: {direction: up, value: 10, unit: EUR}
  conversion: {measure: {journey: purchase, from: view, to: buy}, window: 28d, guardrails: [revenue]}
journeys:
  purchase: {steps: [{id: view, event: viewed}, {id: buy, event: bought, expect: 0.5}]}
"""
DAYS = [f"2026-11-{day:02}T09:00:00Z" for day in range(1, 11)]
HUGE = "12345678901234567.12"


def write_plan(folder: Path, text: str = PLAN) -> Path:
    """The plan in a file."""
    path = folder / "shop.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def fill(folder: Path, plan: Path) -> Path:
    """A data folder with ten views and two sales, one of them of more digits than a double has."""
    messages = [
        {"type": "track", "messageId": f"v{n}", "timestamp": day, "event": "viewed", "userId": f"u{n}"}
        for n, day in enumerate(DAYS)
    ]
    sold = (
        '{"type":"track","messageId":"%s","timestamp":"2026-11-10T10:00:00Z","event":"bought","userId":"%s",'
        '"properties":{"total":%s,"currency":"%s"}}'
    )
    texts = [json.dumps(message) for message in messages]
    texts += [sold % ("b1", "u1", "10.10", "EUR"), sold % ("b2", "u2", HUGE, "SEK")]
    with Collector(folder, plan=plan) as collector:
        collector.take(f'{{"batch": [{",".join(texts)}]}}'.encode())
    return folder
