"""What was seen against what is planned: every code of a finding, where it points, and the chain of each event."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from footfall.errors import Problem
from footfall.plan import Plan, read
from footfall.plan.reading.source_map import SourceMap
from footfall.planning.profiling import DriftMonitor, compare, lifecycles, read_line
from footfall.planning.profiling.compare import CODES

HEAD = "plan: p\nsources: {web: {}, till: {}}\nevents:\n"


@pytest.fixture
def plan_of(tmp_path: Path) -> Any:
    def make(text: str) -> Plan:
        path = tmp_path / "plan.yaml"
        path.write_text(HEAD + text)
        return read(path).require()

    return make


def track(event: str, properties: dict[str, Any] | None = None, *, day: int = 1, source: str = "") -> bytes:
    message = {"type": "track", "event": event, "properties": properties or {}}
    at = f"2026-11-{day:02}T12:00:00Z"
    if source:
        return msgspec.json.encode({"source": source, "occurred_at": at, "message": message})
    return msgspec.json.encode({**message, "timestamp": at})


def watched(plan: Plan, *lines: bytes) -> DriftMonitor:
    return DriftMonitor(plan, (seen for line in lines for seen in read_line(line)))


def found(plan: Plan, *lines: bytes) -> list[Problem]:
    return compare(watched(plan, *lines), source_map=SourceMap("plan.yaml"))


PROPERTY_CASES = [
    ("{type: string, enum: [a, b]}", "c", "drift_value", "error"),
    ("{type: string, enum: [a, b], open: true}", "c", "drift_value", "warning"),
    ("{type: integer}", None, "drift_null", "error"),
    ("{type: integer}", "1", "drift_type", "error"),
    ("{type: string, pattern: '^a'}", "b", "drift_form", "error"),
    ("{type: string, format: email}", "b", "drift_form", "error"),
    ("{type: integer, max: 3}", 4, "drift_range", "error"),
    ("{type: decimal, scale: 2}", 1.234, "drift_range", "error"),
    ("{type: array, items: {type: integer}, max_items: 1}", [1, 2], "drift_range", "error"),
]


@pytest.mark.parametrize(("definition", "value", "code", "level"), PROPERTY_CASES)
def test_a_value_that_drifted_is_told(plan_of: Any, definition: str, value: Any, code: str, level: str) -> None:
    plan = plan_of(f"  seen: {{properties: {{x: {definition}}}}}\n")

    (problem,) = found(plan, track("seen", {"x": value}))

    assert (problem.code, problem.level, problem.where) == (code, level, "seen.x")
    assert problem.remedy.startswith("in 1 of 1 message; ")


@pytest.mark.parametrize(
    ("text", "lines", "code", "where"),
    [
        ("  seen: {}\n", [track("sen")], "seen_unplanned", "sen"),
        ("  seen: {}\n", [], "never_seen", "seen"),
        ("  seen: {status: draft}\n", [track("seen")], "seen_draft", "seen"),
        ("  seen: {status: deprecated}\n", [track("seen")], "seen_deprecated", "seen"),
        ("  seen: {aliases: [{name: old}]}\n", [track("old")], "seen_by_alias", "seen"),
        ("  seen: {sources: [web]}\n", [track("seen", source="till")], "seen_source", "seen"),
        ("  seen: {properties: {x: {type: any, required: true}}}\n", [track("seen")], "drift_missing", "seen.x"),
        ("  seen: {}\n", [track("seen", {"x": 1})], "drift_unknown", "seen.x"),
        ("  seen: {}\n", [track("seen", {"": 1})], "drift_unknown", "seen"),
        ("  seen: {properties: {x: {type: integer}}}\n", [track("seen")] * 20, "property_never_seen", "seen.x"),
        (
            "  seen: {properties: {x: {type: integer}, y: {type: integer}}, rules: [{id: order, check: x < y}]}\n",
            [track("seen", {"x": 2, "y": 1})],
            "drift_rule",
            "seen.order",
        ),
        (
            "  seen: {expect: {volume: {per: day, min: 2}}}\n",
            [track("seen", day=day) for day in (1, 3, 3, 4)],
            "volume_low",
            "seen",
        ),
        (
            "  seen: {expect: {volume: {per: day, max: 1}}}\n",
            [track("seen", day=day) for day in (1, 2, 2, 4)],
            "volume_high",
            "seen",
        ),
    ],
)
def test_what_differs_from_the_plan_is_told(plan_of: Any, text: str, lines: list[bytes], code: str, where: str) -> None:
    problems = found(plan_of(text), *lines)

    assert [(problem.code, problem.where) for problem in problems if problem.code != "never_seen" or not lines] == [
        (code, where)
    ]


def test_every_code_has_a_case() -> None:
    marks = test_what_differs_from_the_plan_is_told.pytestmark
    cases = {case[2] for mark in marks for case in mark.args[1]} | {case[2] for case in PROPERTY_CASES}

    assert cases == set(CODES)


def test_the_message_of_a_finding_stays_the_same_when_more_is_seen(plan_of: Any) -> None:
    plan = plan_of("  seen: {properties: {x: {type: string, enum: [a]}}}\n")
    lines = [track("seen", {"x": "c"}), track("seen", {"x": "b"}), track("other")]

    once, often = found(plan, *lines), found(plan, *lines, *lines[1:] * 9)

    assert [problem.message for problem in once] == [problem.message for problem in often]
    assert '"b" or "c"' in once[0].message


def test_a_plan_that_is_kept_has_no_finding(plan_of: Any) -> None:
    plan = plan_of("  seen: {sources: [web], properties: {x: {type: integer, required: true}}}\n")

    assert found(plan, track("seen", {"x": 1}, source="web"), track("seen", {"x": 2}, source="default")) == []


def test_a_finding_points_to_its_place_in_the_plan(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(
        "plan: p\nevents:\n  seen:\n    properties:\n      lines:\n        type: array\n"
        "        items:\n          type: object\n          properties:\n"
        "            unit_price: {type: integer, wire_name: unitPrice}\n"
    )
    reading = read(path)
    plan = reading.require()

    (problem,) = compare(
        watched(plan, track("seen", {"lines": [{}, {"unitPrice": "1"}]})), source_map=reading.source_map
    )

    assert (problem.where, problem.line) == ("seen.lines[].unit_price", 10)


def test_differences_in_arrays_and_maps_are_one_finding_each(plan_of: Any) -> None:
    plan = plan_of(
        "  seen: {properties: {raw: {type: map, values: {type: number}}, "
        "lines: {type: array, items: {type: object, properties: {by: {type: map, values: {type: integer}}}}}}}\n"
    )
    lines = [{"by": {"a.b": "x", "c": 1}}, {"by": {"d": "y"}}]

    problems = found(plan, track("seen", {"raw": {"ch1": "a", "ch2": "b"}, "lines": lines}))

    assert [problem.where for problem in problems] == ["seen.raw.{}", "seen.lines[].by.{}"]
    assert '"a" or "b"' in problems[0].message


def test_a_secret_value_is_not_shown(plan_of: Any) -> None:
    plan = plan_of("  seen: {properties: {mail: {type: string, format: email, sensitivity: personal}}}\n")

    (problem,) = found(plan, track("seen", {"mail": "ann@home"}))

    assert "ann" not in problem.message


def test_a_volume_counts_full_periods_only(plan_of: Any) -> None:
    plan = plan_of("  seen: {expect: {volume: {per: day, min: 1}}}\n")

    half_days = found(plan, track("seen", day=1), track("seen", day=2))

    assert half_days == []


def test_the_chain_follows_an_event_from_the_plan_to_its_use(plan_of: Any) -> None:
    plan = plan_of("  seen: {}\n  bought: {}\nkpis: {orders: {measure: {count: bought}, window: 7d}}\n")
    watch = watched(plan, track("bought", day=1), track("bought", day=9), track("other"))

    seen, bought, other = lifecycles(watch, coded={"bought": 2}, tested={"seen": 1})

    assert (seen.coded, seen.tested, seen.messages, seen.first, seen.used) == (0, 1, 0, None, ())
    assert (bought.coded, bought.tested, bought.messages, bought.used) == (2, 0, 2, ("kpi:orders",))
    assert (bought.first, bought.last) == ("2026-11-01T12:00:00.000000Z", "2026-11-09T12:00:00.000000Z")
    assert (other.planned, other.coded, other.messages) == ("", None, 1)


def test_every_code_is_told_where_the_command_is_documented() -> None:
    commands = (Path(__file__).parents[3] / "tracking_plans" / "COMMANDS.md").read_text()

    assert [code for code, why in CODES.items() if f"| `{code}` |" not in commands or why not in commands] == []


@pytest.mark.parametrize("wrong", ["1970-01-01T00:00:00Z", "2150-01-01T00:00:00Z"])
def test_a_clock_that_was_wrong_once_makes_no_empty_days(plan_of: Any, wrong: str) -> None:
    plan = plan_of("  e: {description: d, expect: {volume: {per: day, min: 1}}}\n")
    times = [(wrong, 1), *((f"2026-11-0{day}T12:00:00Z", day) for day in (2, 3, 4))]
    message = {"type": "track", "event": "e"}
    lines = [
        {"source": "web", "occurred_at": at, "received_at": f"2026-11-0{day}T12:00:00Z", "message": message}
        for at, day in times
    ]

    assert found(plan, *map(msgspec.json.encode, lines)) == []


@pytest.mark.parametrize(("sensitivity", "codes"), [("internal", []), ("public", ["property_never_seen"])])
def test_what_is_not_public_is_not_expected_of_messages_that_are_only_counted(
    plan_of: Any, sensitivity: str, codes: list[str]
) -> None:
    plan = plan_of(f"  seen: {{properties: {{x: {{type: integer, sensitivity: {sensitivity}}}}}}}\n")
    counted = b'{"consent":"count_only","type":"track","event":"seen","properties":{}}'

    assert [problem.code for problem in found(plan, *[counted] * 20)] == codes
