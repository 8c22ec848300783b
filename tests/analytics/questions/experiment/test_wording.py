"""An experiment is laid out as a table with its verdict, and as flat rows."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from tests.analytics.questions.experiment.trials import DAY, START, Doing, entries_of, plan_with, result_of

from footfall.analytics.questions.experiment import ExperimentResult
from footfall.analytics.questions.experiment.decision import Decision
from footfall.analytics.questions.experiment.wording import sections, table
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]


def two_persons(entry: MakeEntry) -> ExperimentResult:
    """Ann sees A and buys, Bob sees both."""
    log = [
        Doing("ann", "shown", START, "a"),
        Doing("ann", "bought", START + DAY),
        Doing("bob", "shown", START, "a"),
        Doing("bob", "shown", START, "b"),
        Doing("cem", "shown", START, "z"),
    ]
    return result_of(entries_of(entry, log), plan_with(guardrails=("returns",)))


def test_its_section_has_the_verdict_and_who_is_left_out(entry: MakeEntry) -> None:
    (section,) = sections(two_persons(entry))
    lines = ["".join(str(value) for phrase in remark for value in phrase.values) for remark in section.remarks]

    assert section.title == "Experiment trial: B sells more"
    assert lines == [
        "too few: b has 0 persons with a closed window, of 1",
        "1 person saw two variants: left out",
        "variants that the plan does not name, whose persons are left out: z (1)",
    ]


def test_its_table_has_a_row_for_each_variant_and_guardrail(entry: MakeEntry) -> None:
    (section,) = sections(two_persons(entry))

    assert section.table is not None
    assert [row.cells[0][0].values[0] for row in section.table.rows] == ["a", "b", "returns, a", "returns, b"]


def test_its_rows_have_one_for_each_variant_and_figure(entry: MakeEntry) -> None:
    flat = table(two_persons(entry))
    rows = [dict(zip(flat.columns, row, strict=True)) for row in flat.rows]

    assert [(row["variant"], row["figure"], row["closed"], row["mean"]) for row in rows] == [
        ("a", "bought", 1, 1), ("a", "returns", 1, 0), ("b", "bought", 0, None), ("b", "returns", 0, None),
    ]  # fmt: skip
    assert [row["verdict"] for row in rows] == [None, None, "too_few", None]


def test_a_verdict_is_beside_the_variant_that_it_is_about(entry: MakeEntry) -> None:
    whole = two_persons(entry)
    third = msgspec.structs.replace(whole.variants[1], name="c")
    decision = Decision("better", "c is better than the control", "c")
    result = msgspec.structs.replace(whole, variants=(*whole.variants, third), decision=decision)
    flat = table(result)
    rows = [dict(zip(flat.columns, row, strict=True)) for row in flat.rows]

    assert [(row["variant"], row["verdict"]) for row in rows if row["figure"] == "bought"] == [
        ("a", None), ("b", None), ("c", "better"),
    ]  # fmt: skip
