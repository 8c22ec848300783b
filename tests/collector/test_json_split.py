"""JSON is cut into parts without being decoded, and what is no JSON stays in its own part."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import orjson
import pytest
from hypothesis import event, example, find, given, settings
from hypothesis import strategies as st

from footfall.collector.json_split import (
    NamedValues,
    TooManyError,
    array_at,
    cut_member,
    depth_and_keys,
    element_spans,
    members,
    repeats_keys,
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)
STYLES = st.sampled_from([{}, {"indent": 2}, {"separators": (",", ":")}, {"ensure_ascii": False}])


def elements(text: bytes) -> list[bytes]:
    return [text[start:end] for start, end in element_spans(text)]


@given(value=st.lists(VALUES, max_size=5), style=STYLES)
@settings(max_examples=80)
def test_the_elements_of_any_array_are_its_elements(value: list[object], style: dict[str, object]) -> None:
    text = json.dumps(value, **style).encode()  # type: ignore[arg-type]  # json.dumps takes each of the styles

    assert [json.loads(part) for part in elements(text)] == value


@given(value=st.dictionaries(st.text(max_size=4), VALUES, max_size=5), style=STYLES)
@settings(max_examples=80)
def test_the_members_of_any_object_are_its_members(value: dict[str, object], style: dict[str, object]) -> None:
    text = json.dumps(value, **style).encode()  # type: ignore[arg-type]  # json.dumps takes each of the styles

    found = members(text)

    assert {part.key: json.loads(text[part.value : part.end]) for part in found} == value
    for key in value:
        rest = {name: inner for name, inner in value.items() if name != key}
        assert json.loads(cut_member(text, key)) == rest


@pytest.mark.parametrize("bad", ["NaN", "[1,,2]", '{"a" 1}', '"\\ud800"', "01", "-", '{"a":"}]\\""}'])
def test_what_is_no_json_stays_in_its_own_element(bad: str) -> None:
    text = f'[{{"a":1}}, {bad} ,"]"]'.encode()

    assert elements(text) == [b'{"a":1}', bad.encode(), b'"]"']


@pytest.mark.parametrize("text", [b"", b"{}", b"[", b"]", b"[1", b"[1 2]", b"[,]", b"[1,]", b'["a]', b"[[1]", b"[{]"])
def test_what_is_not_one_array_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"at byte|not an|no end|unexpected|UTF-8"):
        elements(text)


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{", b"}", b'{"a"}', b'{"a":}', b'{"a":1', b'{"a":1,}', b"{a:1}", b'{"a":1}x', b'{"\xff":1}']
)
def test_what_is_not_one_object_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"at byte|not an|no end|unexpected|UTF-8"):
        members(text)


ANY_BYTES = (
    st.binary(max_size=60)
    | st.text(alphabet='{}[]",:\\ 1a', max_size=40).map(str.encode)
    | VALUES.map(lambda value: json.dumps(value).encode())
)


@given(data=ANY_BYTES)
@settings(max_examples=100)
def test_any_bytes_are_cut_or_refused_and_no_json_is_refused(data: bytes) -> None:
    cuts: list[tuple[Callable[[bytes], object], type]] = [(members, dict), (elements, list)]
    for cut, kind in cuts:
        try:
            cut(data)
        except ValueError:
            assert not holds_a(kind, data)


@pytest.mark.parametrize("kind", [dict, list])
def test_the_drawn_bytes_are_objects_and_arrays_too(kind: type) -> None:
    data = find(ANY_BYTES, lambda data: holds_a(kind, data), settings=settings(max_examples=1000))

    assert holds_a(kind, data)


def holds_a(kind: type, data: bytes) -> bool:
    try:
        return type(json.loads(data.decode())) is kind
    except ValueError:
        return False


@pytest.mark.parametrize(
    ("text", "repeated"),
    [
        ('{"a":1,"a":2}', True),
        ('{"a":[{"b":1},{"b":{"c":1,"c":1}}]}', True),
        ('{"a":1,"\\u0061":2}', True),
        ('{"a":{"a":{"a":"a"}},"b":{"a":1}}', False),
        ("[]", False),
        ('{"n":' + "9" * 300 + "}", False),
        ('{"a":"\\u003a","a":"::"}', True),
        ('{"a":"\\u003A\\\\u003a\\\\\\u003a","b":":"}', False),
        ('{"a":"\\\\u003a","a":1}', True),
        ("[" * 300 + '{"a":1,"a":2}' + "]" * 300, True),
        ("[" * 300 + '{"a":1,"b":2}' + "]" * 300, False),
    ],
)
def test_a_key_that_stands_twice_in_one_object_is_noticed(text: str, repeated: bool) -> None:
    assert repeats_keys(text.encode(), orjson.loads(text), max_depth=1000) is repeated


ESCAPED = st.dictionaries(
    st.text(alphabet=':\\u03aA"', max_size=6), st.text(alphabet=':\\u03aA"', max_size=6), max_size=4
)


@given(value=ESCAPED, escaped=st.booleans(), repeat=st.booleans())
def test_no_way_to_write_a_colon_hides_or_feigns_a_repeated_key(
    value: dict[str, str], escaped: bool, repeat: bool
) -> None:
    pairs = [
        tuple(json.dumps(text).replace(":", "\\u003a" if escaped else ":") for text in pair) for pair in value.items()
    ]
    pairs += [('"twice"', "1")] * (1 + repeat)
    text = b"{%s}" % b",".join(f"{key}:{inner}".encode() for key, inner in pairs)

    assert repeats_keys(text, orjson.loads(text), max_depth=9) is repeat


def test_what_is_nested_too_deep_to_matter_is_not_looked_at() -> None:
    text = b"[" * 300 + b'{"a":1,"a":2}' + b"]" * 300

    assert not repeats_keys(text, orjson.loads(text), max_depth=64)


LONG = st.builds(
    lambda unit, before, times, after: before * times + unit * times + after,
    st.sampled_from(["[],", "{},", '{"":[]},', '"]",', '[[["[",[]]]],', "[{", '{"":', "}],"]),
    st.sampled_from(["", "[", '{"a":']),
    st.sampled_from([0, 1, 20, 300, 3000]),
    st.sampled_from(["", "1", "]", "}", '"', '"]}"']),
)


def end_of_brackets(text: str) -> int:
    """Where the brackets of a text are all closed, by looking at each character; -1 when they never are."""
    depth, position = 0, 0
    while position < len(text):
        if text[position] == '"':
            position = text.find('"', position + 1)
            if position < 0:
                return -1
        depth += (text[position] in "[{") - (text[position] in "]}")
        position += 1
        if depth == 0:
            return position
    return -1


@given(text=LONG)
@settings(max_examples=300)
def test_a_value_of_any_length_ends_where_its_brackets_are_closed(text: str) -> None:
    end = end_of_brackets(f"[{text}]")
    event("it ends" if end > 0 else "it does not end")

    if end > 0:
        assert array_at(f"[{f'[{text}]'[:end]},0]".encode(), 0) == ([(1, 1 + end), (2 + end, 3 + end)], 4 + end)
    else:
        with pytest.raises(ValueError, match="no end"):
            array_at(f"[[{text}]".encode(), 0)


@pytest.mark.slow
def test_the_long_values_that_are_drawn_end_and_do_not_end() -> None:
    for is_whole in (True, False):
        assert find(LONG, lambda text: len(text) > 5000 and (end_of_brackets(f"[{text}]") > 0) is is_whole)  # noqa: B023


def test_no_more_is_cut_than_was_asked_for() -> None:
    assert array_at(b"[1,2]", 0, most=2) == ([(1, 2), (3, 4)], 5)
    with pytest.raises(TooManyError):
        array_at(b"[1,2,what follows is not even looked at", 0, most=2)
    with pytest.raises(TooManyError):
        members(b'{"a":1,"b":2,"c', most=1)


@pytest.mark.parametrize(
    ("value", "depth", "keys"),
    [
        (1, 0, 0),
        ({}, 1, 0),
        ({"a": 1}, 1, 1),
        ([[[]]], 3, 0),
        ({"a": [{"b": 1}], "c": 2}, 3, 3),
        ([[], [[[[{"a": [[]]}]]]], []], 8, 1),
        ([[[[[[[[[[[]]]]]]]]]]], 10, 0),
    ],
)
def test_depth_and_keys_are_counted(value: object, depth: int, keys: int) -> None:
    assert depth_and_keys(json.dumps(value).encode(), most_depth=9) == (depth, keys)


def walked(value: object) -> tuple[int, int]:
    """The same, found by walking."""
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else None
    if inner is None:
        return 0, 0
    parts = [walked(part) for part in inner]
    keys = len(value) if isinstance(value, dict) else 0
    return 1 + max((depth for depth, _ in parts), default=0), keys + sum(part for _, part in parts)


BRACKETED = st.recursive(
    st.sampled_from([1, ":", '"', "[", "]}", "\\", '\\"[', "{\\"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", ":", '"{']), inner, max_size=3),
    max_leaves=15,
)


@given(value=BRACKETED, around=st.integers(0, 8), style=STYLES, most=st.integers(1, 14))
def test_depth_and_keys_of_any_value_are_those_of_a_walk(
    value: object, around: int, style: dict[str, object], most: int
) -> None:
    for _ in range(around):
        value = [value]
    text = json.dumps(value, **style).encode()  # type: ignore[arg-type]  # json.dumps takes each of the styles

    depth, keys = walked(value)

    assert depth_and_keys(text, most_depth=most) == (min(depth, most + 1), keys)


# The words of a text one by one, with no memory of the quotes that have no fellow.
WORDS = re.compile(
    rb'"(?:[^"\\]|\\.)*"' + rb"|'(?:[^'\\]|\\.)*'|[^ \t\r\n,:=\[\]{}\"']+",
    re.DOTALL,
)


def names_by_definition(text: bytes) -> list[tuple[str, int]]:
    """Each word `a`, and where its value begins."""
    named = []
    for word in WORDS.finditer(text):
        rest = text[word.end() :].lstrip(b" \t\r\n:=")
        if word[0] in (b"a", b'"a"', b"'a'") and rest[:1] not in (b"", b",", b"]", b"}"):
            named.append(("a", len(text) - len(rest)))
    return named


@settings(max_examples=400)
@given(st.lists(st.sampled_from([*"\"'\\a:, {}=", '"a"', "'a'", '\\"', "a:"]), max_size=24).map("".join))
@example('"\\"a":a:1,\'a\':"x')
@example("it's a:1")
def test_names_are_those_that_a_search_word_by_word_comes_upon(text: str) -> None:
    content = text.encode()
    values, position, named = NamedValues(content, {"a"}), 0, []
    while (value := values.next(position)) is not None:
        named.append(value[:2])
        # On behind the name, as one whose value was not looked into.
        position = value[1]

    # What the definition reads on from a name is read on from its value here.
    assert named == names_by_definition(content)


@pytest.mark.parametrize(
    "text", [b'"' + b'\\"' * 500_000, b"'\\" * 500_000, b'["' + b'\\"a:1,' * 200_000, b'"a' * 500_000]
)
def test_quotes_without_fellows_cost_no_square_of_the_length(text: bytes) -> None:
    values, position = NamedValues(text, {"b"}), 0

    # A search from each such quote to the end would take hours.
    assert values.next(position) is None
