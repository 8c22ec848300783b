"""A comparison is written for a terminal, for programs, and as a comment that names who must act."""

from __future__ import annotations

from footfall.errors import Problem
from footfall.plan.problems import Location
from footfall.planning.diff import Affected, Change
from footfall.planning.diff.report import DiffReport, findings_of
from footfall.reporting.plan.diff import diff_facts, diff_markdown, diff_summary, diff_text

ADDED = Change(kind="event_added", path=("seen",), what="adds seen", level="info", after="A look")
OWNER = Change(kind="owner_changed", path=("sold",), what="changes its owner from a to b", level="info")
BROKEN = Change(
    kind="property_removed", path=("sold", "total"), what="removes sold.total", level="error", before="decimal",
    hurts=("senders", "meaning"), owner="web", sources=("shop",), in_base=True, location=Location("old.yaml", 3, 5),
    affected=(Affected(kind="kpi", name="revenue", owner="growth", effect="breaks", how=("sum",)),),
)  # fmt: skip
SHIFTED = Change(
    kind="kpi_redefined", path=("kpis", "k"), what="measures b (it was a)", level="warning", hurts=("meaning",),
    before="a", after="b", location=Location("new.yaml", 7, 1),
)  # fmt: skip
FAULT = Problem("bad_rule", "is wrong", where="sold.rules[0]", remedy="mend it", file="new.yaml", line=9, column=2)


def report_of(*changes: Change, faults: tuple[Problem, ...] = (), **fields: object) -> DiffReport:
    return DiffReport(path="p", base="main", changes=changes, findings=[*findings_of(changes), *faults], **fields)  # type: ignore[arg-type]  # the tests' own fields


def test_a_terminal_shows_the_harmless_changes_the_note_and_the_counts() -> None:
    assert diff_text(report_of(ADDED, OWNER, SHIFTED, base_note="the plan was elsewhere")).splitlines() == [
        "",
        "These changes hurt nobody:",
        "  adds seen",
        "  sold: changes its owner from a to b",
        "",
        "the plan was elsewhere",
        "p against main: 1 warning, 2 changes that hurt nobody",
    ]


def test_without_a_change_the_summary_says_so() -> None:
    assert diff_text(report_of()) == diff_summary(report_of()) == "p against main: no change"


def test_the_facts_have_each_change_with_its_line() -> None:
    facts = diff_facts(report_of(ADDED, BROKEN))

    assert facts["summary"] == "p against main: 1 error, 1 change that hurts nobody"
    assert [(change["kind"], change["hurts"]) for change in facts["changes"]] == [
        ("event_added", ["none"]), ("property_removed", ["senders", "meaning"]),
    ]  # fmt: skip
    assert facts["changes"][1]["place"] == {"in": "base", "file": "old.yaml", "line": 3, "column": 5}
    assert facts["changes"][1]["message"] == (
        "removes sold.total: breaks kpi:revenue, owner growth; hurts senders (shop), meaning"
    )


def test_the_comment_says_first_whether_to_merge_and_what_breaks() -> None:
    title, verdict, *_ = diff_markdown(report_of(BROKEN, SHIFTED, ADDED)).split("\n\n")

    assert title == "### Tracking plan: p against main"
    assert verdict == (
        "**This should not be merged as it is.** It breaks the KPI **revenue** (growth). 1 change can make events "
        "faulty that are right today. 1 other change should be looked at. 1 change hurts nobody."
    )


def test_the_comment_names_who_must_act_at_which_line() -> None:
    comment = diff_markdown(report_of(BROKEN, SHIFTED))

    assert "| removes `sold.total` | `old.yaml:3` (base) | web, growth | senders (shop), meaning |" in comment
    assert "| kpi **revenue** | growth | **breaks**: removes `sold.total` (adds it up) |" in comment
    assert "#### Also worth a look" in comment
    assert "`new.yaml:7`" in comment


def test_faults_have_a_table_of_their_own() -> None:
    comment = diff_markdown(report_of(SHIFTED, faults=(FAULT,)))

    assert r"| `sold.rules[0]`<br>`new.yaml:9` | is wrong | mend it |" in comment
    assert "The plan has 1 fault." in comment


def test_a_plan_that_cannot_be_compared_is_to_be_mended_first() -> None:
    comment = diff_markdown(report_of(faults=(FAULT,), is_comparable=False))

    assert "**The plan has 1 fault**, so it cannot be compared yet. Mend them first." in comment


def test_harmless_and_missing_changes_have_their_own_verdicts() -> None:
    assert "**This hurts nobody.** 1 change hurts nobody." in diff_markdown(report_of(ADDED))
    assert "**Nothing has changed.**" in diff_markdown(report_of())
    assert "| `seen` adds seen | A look |" not in diff_markdown(report_of(ADDED))
    assert "| adds `seen` | A look |" in diff_markdown(report_of(ADDED))


def test_a_change_that_the_baseline_has_is_in_no_table() -> None:
    left_out = DiffReport(path="p", base="main", changes=[BROKEN], findings=[], baseline_note="1 known finding")

    assert diff_markdown(left_out).split("\n\n")[2:] == ["1 known finding"]
