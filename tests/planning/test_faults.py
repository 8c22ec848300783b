"""Every code that a fault can have, anywhere in footfall, is in the register."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from footfall.planning.faults import FAULTS

SOURCE = Path(__file__).parents[2] / "src" / "footfall"
# What makes a fault, and the position of its code among the arguments.
MAKERS = {"Fault": 1, "Constraint": 0, "_bound": 0, "self._lost": 1}


def codes() -> Iterator[str]:
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            if name in MAKERS and len(node.args) > MAKERS[name]:
                for inner in ast.walk(node.args[MAKERS[name]]):
                    if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                        yield inner.value


def test_every_code_of_a_fault_is_in_the_register_and_none_is_there_in_vain() -> None:
    used = set(codes())

    assert len(used) > 25
    assert used - FAULTS.keys() == set()
    assert FAULTS.keys() - used == set()


def test_every_fault_says_in_one_sentence_what_it_is() -> None:
    assert [code for code, why in FAULTS.items() if not why.endswith(".")] == []
