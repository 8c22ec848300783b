"""Boards are read as they are written; their faults are among those of tests/plan/data/faults.txt."""

from __future__ import annotations

from pathlib import Path

from tests.plan.reading.loading import loaded

from footfall.plan import bundle_bytes, from_bundle
from footfall.plan.model import Board


def test_a_board_has_its_questions_in_order_and_survives_a_bundle(tmp_path: Path) -> None:
    text = "defaults: {owner: sales}\nboards: {week: {title: The week, questions: [trend e, kpi k], x_wiki: w}}\n"
    plan = loaded(tmp_path, text)

    assert plan.boards == {
        "week": Board(name="week", title="The week", owner="sales", questions=("trend e", "kpi k"), x={"x_wiki": "w"})
    }
    assert from_bundle(bundle_bytes(plan)).boards == plan.boards
