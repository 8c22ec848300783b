"""Every lint rule has a name, a reason, a fix, an example that it finds and one that it passes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.planning.lint.corpus import FOLDER, cases

from footfall.plan import read
from footfall.plan.problems import CODES
from footfall.planning.lint import RULES, lint

CASES = [case for file in sorted(FOLDER.glob("*.txt")) for case in cases(file.stem)]


def test_every_rule_has_a_bad_and_a_good_example() -> None:
    bad = {case.rule for case in CASES if case.where}
    good = {case.rule for case in CASES if not case.where}

    assert bad == {rule.name for rule in RULES}
    assert good == {rule.name for rule in RULES}


def test_every_rule_has_an_unshared_name_a_reason_and_a_fix() -> None:
    names = [rule.name for rule in RULES]

    assert len(names) == len(set(names)) > 40
    assert not set(names) & set(CODES)
    assert [rule.name for rule in RULES if not rule.reason[0].isupper() or not rule.reason.endswith(".")] == []
    assert [rule.name for rule in RULES if not rule.fix or rule.fix[0].isupper() or rule.fix.endswith(".")] == []


def test_the_shop_has_nothing_to_object_to_on_any_day_until_its_draft_expires() -> None:
    reading = read(Path(__file__).parents[3] / "tracking_plans" / "shop_and_gateway")
    plan = reading.require()

    assert lint(plan, source_map=reading.source_map, today=date(2026, 11, 22)) == []
    late = lint(plan, source_map=reading.source_map, today=date(2027, 7, 1))
    assert {(problem.code, problem.where) for problem in late} == {
        ("expired_event", "sensor_replaced"),
        ("overdue_removal", "gift_wrap_offered"),
    }
