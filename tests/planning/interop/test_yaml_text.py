"""What is written as YAML is read back the same, by this project and by readers of YAML 1.1."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.plan.problems import Problems
from footfall.plan.reading.yaml_source import parse_yaml
from footfall.planning.interop.yaml_text import yaml_text

_WORDS = st.sampled_from(
    ["NO", "y", "null", "~", "0o17", "1e3", "2026-01-01", "- a", "a: b", "#c", "", " a ", "[", "true"]
)
_TEXT = st.one_of(_WORDS, st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8))
_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), _TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_TEXT, inner, max_size=3)),
    max_leaves=8,
)


@given(value=st.dictionaries(_TEXT, _VALUES, min_size=1, max_size=4))
@settings(max_examples=100)
def test_plain_values_are_read_back_the_same(value: dict[str, Any]) -> None:
    text = yaml_text(value)

    findings = Problems()
    root = parse_yaml(text.encode(), "plan.yaml", findings)

    assert root is not None
    assert findings.sorted() == []
    assert root.plain() == value
    assert yaml.safe_load(text) == value
