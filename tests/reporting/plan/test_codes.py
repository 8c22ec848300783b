"""Every register of codes can be read, and every code of it says why it is a finding."""

from __future__ import annotations

from footfall.reporting.plan.codes import COMMAND_CODES, LINT, REGISTERS, explanations


def test_every_register_is_read_and_the_rules_of_lint_too() -> None:
    kinds = {code.kind for code in explanations()}

    assert kinds == {LINT, *(kind for kind, _ in REGISTERS)}


def test_every_code_says_why_in_a_sentence() -> None:
    assert [code.code for code in explanations() if not code.why.endswith(".")] == []


def test_no_register_has_a_code_twice() -> None:
    codes = [(code.kind, code.code) for code in explanations()]

    assert len(codes) == len(set(codes))


def test_a_row_brings_its_remedy_and_level_and_a_sentence_only_why() -> None:
    rows = {code.code: code for code in explanations()}

    assert (rows["kpi_redefined"].level, rows["kpi_redefined"].remedy[:4]) == ("warning", "have")
    assert rows["stale_code"][2:] == (COMMAND_CODES["stale_code"], "", "")
