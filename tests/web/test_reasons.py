"""Every reason that the code gives has its sentence, and every sentence a place that gives it."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.sources import nodes

from footfall.web.reasons import REASONS

SOURCE = Path(__file__).parents[2] / "src" / "footfall"


def texts() -> set[str]:
    """All texts in the code that decides about hits, but for the registry's."""
    paths = [*(SOURCE / "web").glob("*.py"), *(SOURCE / "integrations").glob("*.py")]
    return {
        node.value
        for path in paths
        if path.name != "reasons.py"
        for node in nodes(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_each_reason_is_given_somewhere() -> None:
    assert REASONS.keys() - texts() == set()


def test_the_reasons_are_in_order_and_each_is_a_sentence() -> None:
    assert list(REASONS) == sorted(REASONS)
    assert [name for name, sentence in REASONS.items() if not sentence.endswith(".")] == []


def test_each_reason_is_explained_to_users() -> None:
    page = (SOURCE / "web" / "README.md").read_text(encoding="utf-8").partition("## What is kept")[0]

    assert [name for name in REASONS if f"`{name}`" not in page] == []
