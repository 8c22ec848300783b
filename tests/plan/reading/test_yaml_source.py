"""YAML is read by the 1.2 core schema, exactly, with the place of every key and value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from footfall.plan.problems import Problems
from footfall.plan.reading.yaml_source import YamlNode, parse_yaml


def read(text: str) -> YamlNode:
    findings = Problems()
    node = parse_yaml(text.encode(), "plan.yaml", findings)
    assert findings.sorted() == []
    assert node is not None
    return node


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *((word, word) for word in ("NO", "no", "Yes", "on", "OFF", "y", "n", "nULL", "TrUe")),
        *((word, word) for word in ("2026-03-01", "12:30:45", "1_000", "0b1", "1.2.3", "+", ".", "0x", "0o8", "1e")),
        *((word, True) for word in ("true", "True", "TRUE")),
        *((word, False) for word in ("false", "False", "FALSE")),
        *((word, None) for word in ("~", "null", "Null", "NULL", "")),
        ("12", 12),
        ("-7", -7),
        ("+7", 7),
        ("010", 10),
        ("0o17", 15),
        ("0xfF", 255),
        ("0.10", Decimal("0.10")),
        (".5", Decimal("0.5")),
        ("-1.", Decimal(-1)),
        ("1e3", Decimal("1e3")),
        (".inf", float("inf")),
        ("-.Inf", float("-inf")),
        ("'12'", "12"),
        ('"true"', "true"),
        ("!!str 12", "12"),
        ("! null", "null"),
        ("|-\n  12", "12"),
    ],
)
def test_a_scalar_is_what_yaml_1_2_says(written: str, value: object) -> None:
    node = read(f"a: {written}\n").value["a"]

    assert (type(node.value), node.value) == (type(value), value)
    assert str(node.value) == str(value)


def test_not_a_number_is_read_as_such() -> None:
    assert str(read("a: .NaN").value["a"].value) == "nan"


def test_keys_and_values_know_their_line_and_column() -> None:
    root = read("a:\n  - b\n  - {c:   d, é: f, g: h}\n")

    inner = root.value["a"].value[1]
    assert str(inner) == "plan.yaml:3"
    assert [(inner.key(key).column, inner.value[key].column) for key in "cég"] == [(6, 11), (14, 17), (20, 23)]


def test_an_alias_is_the_value_of_its_anchor() -> None:
    root = read("a: &list [1, 2]\nb: *list\nc: &text key\nd: {*text : 3}\n")

    assert root.plain() == {"a": [1, 2], "b": [1, 2], "c": "key", "d": {"key": 3}}
    assert root.value["b"] is root.value["a"]


def test_words_after_a_comma_in_braces_are_the_rest_of_the_text() -> None:
    root = read("a: {text: Rank in it, null when opened directly, or at once, type: integer}")

    assert root.plain() == {"a": {"text": "Rank in it, null when opened directly, or at once", "type": "integer"}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{a: one, b}", {"a": "one", "b": None}),
        ("{a: 1, b c}", {"a": 1, "b c": None}),
        ("{a: 'one', b c}", {"a": "one", "b c": None}),
        ("{a: one, 'b c'}", {"a": "one", "b c": None}),
        ("{a: one, b c: }", {"a": "one", "b c": None}),
        ("{a: one, b c: ''}", {"a": "one", "b c": ""}),
        ("{a: one, b: [two, c d]}", {"a": "one", "b": ["two", "c d"]}),
        ("{a b}", {"a b": None}),
        ("{a: one, d: 'two', b c}", {"a": "one", "d": "two", "b c": None}),
        ("{a: one, d: [two], b c}", {"a": "one", "d": ["two"], "b c": None}),
        ("{a: one, d: {e: two}, b c}", {"a": "one", "d": {"e": "two"}, "b c": None}),
        ("[&t one, {a: *t, b c}]", ["one", {"a": "one", "b c": None}]),
        ("{a: &t one, b c, d: *t}", {"a": "one", "b c": None, "d": "one"}),
        ("{a: one, b c, d e, b c}", {"a": "one, b c, d e, b c"}),
    ],
)
def test_only_unquoted_words_after_unquoted_text_are_joined_to_it(text: str, value: object) -> None:
    assert read(text).plain() == value


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    assert read("\ufeffplan: p").plain() == {"plan": "p"}


scalars = st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.text()
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


def quoted(text: str) -> str:
    """A double-quoted scalar; what YAML does not take as it stands is escaped."""
    raw = json.dumps(text, ensure_ascii=False)
    return re.sub("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]", lambda found: f"\\u{ord(found[0]):04x}", raw)


def as_yaml(value: Any) -> str:
    """JSON is YAML; decimals are written with their own digits."""
    if isinstance(value, Decimal):
        return str(value) if "." in str(value) or "E" in str(value) else f"{value}.0"
    if isinstance(value, list):
        return f"[{', '.join(map(as_yaml, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{quoted(key)}: {as_yaml(inner)}' for key, inner in value.items())}}}"
    return quoted(value) if isinstance(value, str) else json.dumps(value)


@given(st.dictionaries(st.text(), values, min_size=1))
@pytest.mark.slow
def test_any_value_is_read_as_it_was_written(value: dict[str, Any]) -> None:
    assert read(as_yaml(value)).plain() == value


HARD: dict[str, Callable[[Any], bool]] = {
    "a decimal with trailing zeros": lambda value: isinstance(value, Decimal) and str(value).endswith("00"),
    "a character outside the basic plane": lambda value: isinstance(value, str) and any(c > "\uffff" for c in value),
    "a control character": lambda value: isinstance(value, str) and any(c < " " for c in value),
    "an integer over 64 bits": lambda value: isinstance(value, int) and abs(value) > 2**64,
}


@pytest.mark.parametrize("hard", HARD)
@pytest.mark.slow
def test_the_hard_values_are_drawn(hard: str) -> None:
    find(scalars, HARD[hard])
