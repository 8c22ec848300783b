"""Names of a plan become names of Python: legal, not taken, and the same each time."""

from __future__ import annotations

import keyword

from hypothesis import example, given
from hypothesis import strategies as st

from footfall.planning.codegen.names import IMPORTED, class_name, field_name

IDENTIFIERS = st.text(min_size=1, max_size=8).filter(str.isidentifier)


def test_names_are_made_the_same_each_time() -> None:
    assert [class_name(name) for name in ("order_completed", "orderCompleted", "_x__y", "_", "1")] == [
        "OrderCompleted", "OrderCompleted", "XY", "Event", "x1",
    ]  # fmt: skip
    assert [field_name(name) for name in ("total", "class", "_1st", "__")] == ["total", "class_", "x1st", "field"]


@given(name=IDENTIFIERS)
@example(name="class")
@example(name="_1")
@example(name="ﬁeld")
@example(name="__")
@example(name="Decimal")
def test_any_name_of_a_plan_becomes_a_legal_name_that_the_module_does_not_use(name: str) -> None:
    for made in (class_name(name), field_name(name)):
        assert made.isidentifier()
        assert not keyword.iskeyword(made)
        assert made not in IMPORTED
    assert not field_name(name).startswith("_")
