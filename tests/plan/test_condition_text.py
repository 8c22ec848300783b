"""Conditions in words."""

from __future__ import annotations

import pytest

from footfall.plan.condition_text import condition_text, value_text
from footfall.plan.model import Where


@pytest.mark.parametrize(
    ("where", "text"),
    [
        (Where(property="total", op="gte", values=(100,)), "total at least 100"),
        (Where(property="country", op="in", values=("NO", None)), "country NO or absent"),
        (Where(property="gift", op="not_in", values=(True,)), "gift not true"),
        (Where(property="traits.plan", op="in", values=("pro",)), "traits.plan (the person's latest) pro"),
        (
            Where(property="lines[]", op="any", where=(
                Where(property="sku", op="in", values=("A",)), Where(property="n", op="gt", values=(2,)),
            )),
            "any item of lines with sku A and n over 2",
        ),
        (
            Where(property="tags[]", op="any", where=(Where(property="", op="in", values=("vip",)),)),
            "any item of tags with the item itself vip",
        ),
    ],
)  # fmt: skip
def test_a_condition_reads_as_a_phrase(where: Where, text: str) -> None:
    assert condition_text(where) == text


def test_a_name_of_a_trait_says_that_it_is_the_latest_value() -> None:
    assert [value_text(name) for name in ("total", "traits.plan")] == ["total", "traits.plan (the person's latest)"]
