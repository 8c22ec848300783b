"""A document of another tool may have anything anywhere."""

from __future__ import annotations

from typing import Any

import pytest

from footfall.planning.interop.untrusted import as_list, as_map, as_text

VALUES: list[Any] = [None, True, 3, "a", " ", [], [1], {}, {"a": 1}]


@pytest.mark.parametrize("value", VALUES)
def test_a_value_of_the_kind_is_itself_and_any_other_is_empty(value: Any) -> None:
    assert as_map(value) == (value if isinstance(value, dict) else {})
    assert as_list(value) == (value if isinstance(value, list) else [])
    assert as_text(value) == ("a" if value == "a" else "")
