from __future__ import annotations

from typing import get_type_hints

from footfall.storage.columns import COLUMNS
from footfall.storage.journal import Row


def test_a_row_has_the_columns_in_their_order_with_what_they_hold() -> None:
    fields = {
        column.name: column.contents.python if column.is_required else column.contents.python | None
        for column in COLUMNS
    }

    hints = get_type_hints(Row)
    assert list(hints) == ["kind", *fields]
    assert {name: hint for name, hint in hints.items() if name != "kind"} == fields
