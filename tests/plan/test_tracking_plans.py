"""The plans that ship are clean, say what their fixtures show, and use every form of the format."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from footfall.identity.attribution import Observation, Reason, attribute, namespace
from footfall.plan import Plan, read
from footfall.plan.checking.validate import Validator
from footfall.plan.model import Aggregate, Conversion, Count, Ratio, Unique
from footfall.plan.problems import CODES
from footfall.plan.reading.field_types import Record
from footfall.plan.reading.schema import FILE

SHIPPED = Path(__file__).parents[2] / "tracking_plans"
SHOP = SHIPPED / "shop_and_gateway"
ACME = Path(__file__).parent / "data" / "acme"


def fixtures(kind: str) -> Iterator[Any]:
    for folder in (SHOP, ACME):
        for file in sorted((folder / "fixtures").glob(f"*/{kind}/*.json")):
            yield pytest.param(folder, file, id=f"{folder.name}-{file.parent.parent.name}-{file.stem}")


@pytest.mark.parametrize("folder", [SHOP, ACME], ids=lambda path: path.name)
def test_the_plan_is_clean(folder: Path) -> None:
    assert read(folder).problems == []


@pytest.mark.parametrize(("folder", "file"), list(fixtures("valid")))
def test_a_valid_fixture_has_no_fault(folder: Path, file: Path) -> None:
    plan = read(folder).require()

    assert Validator(plan, stage="client").check(plan.events[file.parent.parent.name], file.read_bytes()).faults == ()


@pytest.mark.parametrize(("folder", "file"), list(fixtures("invalid")))
def test_an_invalid_fixture_has_the_faults_that_it_names(folder: Path, file: Path) -> None:
    plan = read(folder).require()
    fixture = msgspec.json.decode(file.read_bytes(), type=dict[str, msgspec.Raw])

    checked = Validator(plan, stage="client").check(plan.events[file.parent.parent.name], fixture["payload"])

    assert sorted([fault.path, fault.code] for fault in checked.faults) == sorted(json.loads(bytes(fixture["errors"])))


def test_every_accepted_event_of_the_shop_has_fixtures_of_both_kinds() -> None:
    events = {name: event for name, event in read(SHOP).require().events.items() if event.status == "active"}

    lacking = [
        (name, kind)
        for name, event in events.items()
        for kind in ("valid", "invalid")
        if not any((SHOP / "fixtures" / name / kind).glob("*.json")) and (event.properties or kind == "valid")
    ]
    assert lacking == []


def forms(plan: Plan) -> Iterator[str]:
    for kpi in plan.kpis.values():
        measure = kpi.measure
        parts: tuple[object, ...] = (measure.of, measure.to) if isinstance(measure, Ratio) else (measure,)
        yield type(measure).__name__
        for part in parts:
            if isinstance(part, Aggregate):
                yield part.function
            if isinstance(part, Unique):
                yield "unique actor" if part.property == "actor" else "unique property"
            if isinstance(part, Count | Aggregate | Unique):
                yield from ("by" for _ in part.by)
                yield from (condition.op for condition in part.where)
            if isinstance(part, Conversion):
                yield "journey"
        yield "all" if kpi.window is None else "window"


def test_the_shop_uses_every_form_of_a_kpi() -> None:
    assert set(forms(read(SHOP).require())) == {
        *("Count", "Aggregate", "Unique", "Ratio", "Conversion", "unique actor", "unique property", "journey"),
        *("sum", "average", "minimum", "maximum", "median", "by", "all", "window"),
        *("in", "not_in", "gt", "gte", "lt", "lte"),
    }


def test_the_shop_has_journeys_with_all_their_parts() -> None:
    journeys = read(SHOP).require().journeys.values()

    assert {journey.by for journey in journeys} == {"user", "device"}
    assert any(journey.branches for journey in journeys)
    assert any(journey.never for journey in journeys)
    assert any(step.within for journey in journeys for step in journey.steps)
    assert any(step.expect for journey in journeys for step in journey.steps)
    assert any(step.where for journey in journeys for step in journey.steps)


def keys(record: object, visited: set[int]) -> Iterator[str]:
    """Every key that the tables of the format know, at any depth."""
    if id(record) in visited:
        return
    visited.add(id(record))
    for name, key in record.keys.items() if isinstance(record, Record) else ():
        yield name
        yield from keys(key.kind, visited)
    inner = getattr(record, "_kind", None)
    if inner is not None:
        yield from keys(inner, visited)


def documented() -> str:
    return (SHIPPED / "README.md").read_text()


def test_every_key_of_the_format_is_documented() -> None:
    import footfall.plan.reading.measures as measures
    import footfall.plan.reading.schema as schema
    import footfall.plan.reading.segments as segments

    records = [FILE, *(getattr(schema, name) for name in schema.__all__), *measures.MEASURES.values()]
    records += [*segments.RULES.values(), segments.SESSIONS, segments.TIME_SPENT]
    records += [kind for _, kind in schema.SECTIONS.values()]
    names = {name for record in records for name in keys(record, set())}
    words = set(re.findall(r"`([a-z_]+):?`", documented()))

    assert len(names) > 80
    assert names - words == set()


def test_every_code_of_a_finding_is_documented() -> None:
    words = set(re.findall(r"`([a-z_0-9]+)`", documented()))

    assert set(CODES) - words == set()


def test_every_example_in_the_documentation_is_a_clean_plan(tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", documented(), re.DOTALL)
    file = tmp_path / "plan.yaml"
    problems = []
    for block in blocks:
        file.write_text(block)
        problems += read(file).problems

    assert len(blocks) >= 3
    assert [str(problem) for problem in problems] == []


def test_the_three_lines_of_the_documentation_compute_the_id_of_a_person() -> None:
    (block,) = re.findall(r"```python\n(.*?)```", documented(), re.DOTALL)
    computed: dict[str, object] = {}
    exec(block, computed)
    whose = attribute([Observation("web", "m1", "identify", 0, " kari")], namespace("my_shop"))

    assert len([line for line in block.splitlines() if line]) == 3
    assert str(computed["person_id"]) == whose["web", "m1"].person_id


def test_every_reason_of_an_attribution_is_documented() -> None:
    reasons = re.findall(r"^\| `(\w+)` \|", documented().partition("## Persons and sessions")[2], re.MULTILINE)

    assert set(get_args(Reason)) <= set(reasons)
