"""The plan sets the weight of every rule, exempts what it names, and is told each finding once, at its place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from tests.planning.lint.corpus import Case, assert_finds, cases, title

from footfall.errors import BrokenInputError, Problem
from footfall.plan import Plan, bundle_bytes, read
from footfall.planning.lint import RULES, Finding, LintRule, View, lint

TODAY = date(2027, 3, 1)
NAMES = {rule.name for rule in RULES}


def linted(text: str, folder: Path, *, more: tuple[LintRule, ...] = (), bundle: bool = False) -> list[Problem]:
    file = folder / "plan.yaml"
    file.write_text(text)
    reading = read(file)
    plan = reading.require()
    if bundle:
        file = folder / "plan.json"
        file.write_bytes(bundle_bytes(plan))
        reading = read(file)
        plan = reading.require()
    return lint(plan, source_map=reading.source_map, today=TODAY, rules=(*RULES, *more))


def only(rule: str, problems: list[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.code == rule]


@pytest.mark.parametrize("case", cases("engine"), ids=title)
def test_what_the_plan_says_of_rules_is_judged_too(case: Case, tmp_path: Path) -> None:
    assert_finds(case, tmp_path)


NOTE = "events: {sold: {properties: {note: {type: string}}}}"


@pytest.mark.parametrize(
    ("lint_section", "levels"),
    [("", ["warning"]), ("unbounded_string: error", ["error"]), ("unbounded_string: off", [])],
)
def test_the_plan_sets_the_weight_of_a_rule(lint_section: str, levels: list[str], tmp_path: Path) -> None:
    found = linted(f"plan: p\nlint: {{{lint_section}}}\n{NOTE}", tmp_path)

    assert [problem.level for problem in only("unbounded_string", found)] == levels


@pytest.mark.parametrize(("level", "levels"), [("warning", ["warning"]), ("error", ["error"]), ("off", [])])
def test_the_level_that_naming_states_holds_for_its_names(level: str, levels: list[str], tmp_path: Path) -> None:
    text = f"plan: p\nnaming: {{events: {{style: snake_case, level: {level}}}}}\nlint: {{name_style: error}}\n"

    found = linted(text + "events: {orderPaid: {}}", tmp_path)

    assert [problem.level for problem in only("name_style", found)] == levels


def test_a_finding_of_what_events_share_is_told_once(tmp_path: Path) -> None:
    text = (
        "plan: p\ntypes: {text: {type: string}}\n"
        "property_groups: {more: {properties: {note: {use: text}}}}\n"
        "events: {a: {include: [more]}, b: {include: [more]}, c: {properties: {note: {use: text}}}}"
    )

    found = only("unbounded_string", linted(text, tmp_path))

    assert [(problem.where, problem.line) for problem in found] == [("a.note", 2)]


def test_no_lint_holds_for_a_part_and_everything_inside_it(tmp_path: Path) -> None:
    text = (
        "plan: p\nevents:\n"
        "  a: {no_lint: [unbounded_string], properties: {note: {type: string}, box: {type: object, properties: "
        "{inner: {type: string}}}}}\n"
        "  b: {properties: {box: {type: object, no_lint: [unbounded_string], properties: {inner: {type: string}}}, "
        "note: {type: string}}}\n"
    )

    found = linted(text, tmp_path)

    assert [problem.where for problem in only("unbounded_string", found)] == ["b.note"]
    assert only("unused_no_lint", found) == []


def test_findings_come_by_file_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("events: {sold: {properties: {z: {type: string}, a: {type: string}}}}")
    (tmp_path / "a.yaml").write_text("plan: p\nevents:\n  kept: {}\n")
    reading = read(tmp_path)
    plan = reading.require()

    spots = [
        (problem.file, problem.line, problem.column)
        for problem in lint(plan, source_map=reading.source_map, today=TODAY)
    ]

    assert spots == sorted(spots)
    assert len({file for file, _, _ in spots}) == 2


def test_a_bundle_is_judged_alike_but_for_places(tmp_path: Path) -> None:
    text = (
        "plan: p\nproperty_groups: {more: {properties: {note: {type: string, no_lint: [missing_owner]}}}}\n"
        "events: {a: {include: [more], no_lint: [odd]}, b: {include: [more]}}"
    )
    from_yaml = linted(text, tmp_path)
    from_bundle = linted(text, tmp_path, bundle=True)

    def told(problems: list[Problem]) -> set[tuple[str, str]]:
        return {(problem.code, problem.message) for problem in problems}

    assert told(from_bundle) == told(from_yaml)
    assert ("unused_no_lint", "no_lint names 'missing_owner', which finds nothing here") in told(from_bundle)
    assert {(problem.file, problem.line) for problem in from_bundle} == {(str(tmp_path / "plan.json"), 0)}


def _december(view: View) -> Iterator[Finding]:
    for event in view.events("draft"):
        yield Finding(path=(event.name,), message=f"a draft on {view.today}", key="status", remedy="wait")


def _fails(view: View) -> Iterator[Finding]:
    raise ValueError(f"no such luck with {view.plan.id}")


def rule(name: str, judge: object) -> LintRule:
    return LintRule(name=name, level="warning", reason="Because.", fix="do it", judge=judge)  # type: ignore[arg-type]  # any callable


def test_a_teams_own_rule_is_run_weighed_exempted_and_placed_like_the_others(tmp_path: Path) -> None:
    text = (
        "plan: p\nlint: {team_draft: error}\nevents:\n  a: {status: draft}\n  b: {status: draft, no_lint: [team_draft]}"
    )

    found = only("team_draft", linted(text, tmp_path, more=(rule("team_draft", _december),)))

    assert [(problem.where, problem.line, problem.level, problem.remedy) for problem in found] == [
        ("a", 4, "error", "wait")
    ]
    assert found[0].message == "a draft on 2027-03-01"


def test_a_teams_own_rule_that_fails_is_named(tmp_path: Path) -> None:
    with pytest.raises(BrokenInputError, match="the lint rule team_odd: failed with ValueError: no such luck with p"):
        linted("plan: p", tmp_path, more=(rule("team_odd", _fails),))


def test_a_word_that_is_nearly_a_rule_is_corrected(tmp_path: Path) -> None:
    found = linted(f"plan: p\nlint: {{unbound_string: off}}\n{NOTE}", tmp_path)

    assert [problem.remedy for problem in only("unknown_lint_rule", found)] == ["did you mean 'unbounded_string'?"]


def test_an_empty_plan_has_nothing_to_object_to() -> None:
    from footfall.plan import SourceMap

    assert lint(Plan(id="p"), source_map=SourceMap("plan.yaml"), today=TODAY) == []


def test_judging_changes_nothing_and_says_the_same_again(tmp_path: Path) -> None:
    shop = Path(__file__).parents[3] / "tests" / "plan" / "data" / "acme"
    reading = read(shop)
    plan = reading.require()
    before = bundle_bytes(plan)

    first, second = (lint(plan, source_map=reading.source_map, today=TODAY) for _ in range(2))

    assert [str(problem) for problem in first] == [str(problem) for problem in second]
    assert first
    assert bundle_bytes(plan) == before


PROPOSALS = [
    ("buy_bread", "bread_bought"),
    ("page_view", "page_viewed"),
    ("userLogin", "user_logged_in"),
    ("completed_order", "order_completed"),
    ("clicks", "clicked"),
]


@pytest.mark.parametrize(("name", "better"), PROPOSALS)
def test_every_rule_about_a_name_proposes_the_same_better_one(name: str, better: str, tmp_path: Path) -> None:
    naming = "plan: p\nnaming: {events: {style: snake_case, order: object_action, tense: past}}\n"

    found = [problem for problem in linted(f"{naming}events: {{{name}: {{}}}}", tmp_path) if "name_" in problem.code]
    again = [problem for problem in linted(f"{naming}events: {{{better}: {{}}}}", tmp_path) if "name_" in problem.code]

    proposed = {problem.remedy.partition(";")[0] for problem in found if problem.code != "name_style"}
    assert proposed == {f"write {better}"}
    assert again == []
