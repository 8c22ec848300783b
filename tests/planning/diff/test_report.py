"""A finding keeps the change that it is about, and a report lists errors before warnings before faults."""

from __future__ import annotations

import pytest
from tests.planning.diff.plans import plan_of, replace

from footfall.errors import Problem
from footfall.plan.problems import Location
from footfall.plan.reading.source_map import SourceMap
from footfall.planning.diff import Change, diff
from footfall.planning.diff.report import ChangeFinding, DiffReport, findings_of, is_comparable, located

MILD = Change(kind="event_added", path=("sold",), what="adds sold", level="info")
WARNING = Change(kind="kpi_redefined", path=("kpis", "k"), what="measures a", level="warning", hurts=("meaning",))
ERROR = Change(
    kind="event_removed", path=("gone",), what="removes gone", level="error", hurts=("senders", "storage"),
    sources=("shop",), in_base=True, location=Location("old.yaml", 3, 5),
)  # fmt: skip
FAULT = Problem("bad_rule", "is wrong", where="sold.rules[0]")


def test_a_finding_keeps_its_change_and_stands_at_its_line() -> None:
    (finding,) = findings_of([ERROR])

    assert finding.change is ERROR
    assert (finding.code, finding.where, finding.level) == ("event_removed", "gone", "error")
    assert (finding.file, finding.line, finding.column) == ("old.yaml", 3, 5)
    assert finding.message == "removes gone; hurts senders (shop), storage; the line is that of the base"


def test_a_change_that_hurts_nobody_is_no_finding() -> None:
    assert [finding.change for finding in findings_of([MILD, WARNING, ERROR])] == [WARNING, ERROR]


def test_a_report_lists_errors_then_warnings_then_faults() -> None:
    report = DiffReport(
        path="p", base="b", changes=[MILD, WARNING, ERROR], findings=[*findings_of([WARNING, ERROR]), FAULT]
    )

    assert [problem.code for problem in report.problems] == ["event_removed", "kpi_redefined", "bad_rule"]
    assert (report.hurting, report.harmless, report.faults) == ([WARNING, ERROR], [MILD], [FAULT])


def test_of_two_changes_of_one_kind_in_one_place_a_baseline_can_leave_out_either() -> None:
    other = replace(WARNING, what="looks back over 7d")
    first, second = findings_of([WARNING, other])
    report = DiffReport(path="p", base="b", changes=[WARNING, other], findings=[first, second])

    assert replace(report, findings=[second]).hurting == [other]
    assert replace(report, findings=[first]).hurting == [WARNING]


def test_what_is_gone_is_located_in_the_base_and_the_rest_in_the_new_plan() -> None:
    base, new = (plan_of({"plan": "p", "events": {name: {}, "kept": {}}}) for name in ("old", "new"))

    changes = located(diff(base, new), base=SourceMap("base.yaml"), new=SourceMap("new.yaml"))

    assert [(change.kind, change.location.file) for change in changes] == [
        ("event_removed", "base.yaml"), ("event_added", "new.yaml"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "where", "comparable"),
    [
        ("bad_rule", "sold.rules[0]", True),
        ("unknown_reference", "kpis.k.measure", True),
        ("unknown_reference", "types.money", False),
        ("unknown_reference", "defaults.event", False),
        ("not_yaml", "", False),
    ],
)
def test_a_plan_is_comparable_unless_a_fault_hides_what_else_it_has(code: str, where: str, comparable: bool) -> None:
    assert is_comparable([FAULT, Problem(code, "is wrong", where=where)]) is comparable


def test_a_finding_is_a_problem_for_every_form() -> None:
    assert isinstance(ChangeFinding.of(WARNING), Problem)
