"""Journeys are read with their steps, limits, branches and guards."""

from __future__ import annotations

from pathlib import Path

from footfall.plan import read
from footfall.plan.model import Branch, Guard, Journey, Step, Where


def test_a_journey_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text("""
plan: p
events:
  seen: {}
  chosen: {properties: {count: {type: integer}}}
  bought: {}
  failed: {properties: {reason: {type: string}}}
journeys:
  buy:
    owner: growth
    description: To the order
    by: device
    within: 7d
    steps:
      - {id: see, event: seen}
      - {id: choose, event: chosen, where: {count: {gt: 1}}, expect: 0.25}
      - {id: pay, event: bought, within: 15m, expect: 1}
    branches: [{id: direct, after: see, steps: [pay], note: One click}]
    never: [{event: failed, between: [choose, pay], as: trouble, where: {reason: fraud}}]
    no_lint: [length]
    x_map: here
""")

    assert read(file).require().journeys["buy"] == Journey(
        name="buy",
        owner="growth",
        description="To the order",
        by="device",
        within=7 * 86_400,
        steps=(
            Step(id="see", event="seen"),
            Step(id="choose", event="chosen", where=(Where(property="count", op="gt", values=(1,)),), expect=0.25),
            Step(id="pay", event="bought", within=900, expect=1.0),
        ),
        branches=(Branch(id="direct", after="see", steps=("pay",), note="One click"),),
        never=(
            Guard(
                event="failed",
                start="choose",
                end="pay",
                name="trouble",
                where=(Where(property="reason", op="in", values=("fraud",)),),
            ),
        ),
        no_lint=("length",),
        x={"x_map": "here"},
    )


def test_a_journey_is_walked_by_persons_without_a_limit_unless_it_says_otherwise(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text("plan: p\nevents: {seen: {}}\njourneys: {j: {steps: [{id: s, event: seen}]}}")

    journey = read(file).require().journeys["j"]

    assert (journey.by, journey.within, journey.branches, journey.never) == ("user", None, (), ())
