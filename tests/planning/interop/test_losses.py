"""Losses are noted once, in order, each with a code that is explained."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from footfall.planning.interop.losses import LOSS_CODES, LossReport, shown


def test_a_loss_is_noted_once_in_the_order_of_the_first() -> None:
    report = LossReport()
    for where in ("b", "a", "b"):
        report.add("loss_left_out", where, "it", "nothing")

    assert [loss.where for loss in report.all()] == ["b", "a"]


def test_a_code_that_nobody_explains_is_refused() -> None:
    with pytest.raises(KeyError, match="loss_unheard_of"):
        LossReport().add("loss_unheard_of", "a", "it", "nothing")


def test_what_is_kept_aside_is_shown_with_the_reason() -> None:
    report = LossReport()
    report.aside("a.b", "pattern", "^\\p{L}$", reason="Python has none")

    (loss,) = report.all()
    assert (loss.code, loss.where) == ("loss_kept_aside", "a.b")
    assert loss.lost == 'pattern "^\\\\p{L}$" (Python has none)'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1, Decimal("1.50")]}, '{"a":[1,1.50]}'),
        ("half \ud83d", '"half \\\\ud83d"'),
        ({"\ud83d": None}, '{"\\\\ud83d":null}'),
        ("x" * 100, '"' + "x" * 78 + "…"),
    ],
)
def test_any_value_is_shown_in_one_short_line(value: Any, text: str) -> None:
    assert shown(value) == text


def test_every_code_has_a_reason_and_a_remedy() -> None:
    assert [code for code, row in LOSS_CODES.items() if not row.why.endswith(".") or row.remedy.endswith(".")] == []
