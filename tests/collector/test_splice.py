"""Only the bytes of changed values differ from what came."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.collector.splice import splice, splice_names
from footfall.plan.checking.transform import Changer
from footfall.plan.checking.transform_parts import Edit
from footfall.plan.model import Transform

KEY = b"a key of the team"
CHANGER = Changer(KEY)


def hashed(text: str) -> bytes:
    return b'"%b"' % hmac.new(KEY, text.encode(), hashlib.sha256).hexdigest().encode()


def spliced(text: bytes, **keys: Edit) -> bytes:
    return splice(text, Edit(keys=keys), CHANGER).text


def test_a_value_is_changed_and_every_other_byte_stays() -> None:
    text = b'{ "n" : 1.10e0 ,"mail":  "b\\u00f6b" , "n":NaN,"mail" :null,  "m\\u0061il":5}'

    changed = spliced(text, mail=Edit("hash"))

    assert changed == (
        b'{ "n" : 1.10e0 ,"mail":  %b , "n":NaN,"mail" :null,  "m\\u0061il":%b}' % (hashed("böb"), hashed("5"))
    )


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (b'{"a":1}', b"{}"),
        (b'{ "a":1 }', b"{  }"),
        (b'{"a":1,"b":2}', b'{"b":2}'),
        (b'{"b":2 , "a":1}', b'{"b":2}'),
        (b'{"a":1, "b":2,"a":3 ,"c":4, "a":5,"a":6 }', b'{"b":2,"c":4 }'),
        (b'{"a":{"a":[1,2]},"a":null}', b"{}"),
    ],
)
def test_what_is_dropped_goes_with_one_comma(text: bytes, left: bytes) -> None:
    assert spliced(text, a=Edit("drop")) == left


def test_values_are_changed_inside_arrays_and_maps() -> None:
    lines = Edit(in_array=Edit(keys={"card": Edit("drop"), "name": Edit("mask")}))
    text = b'{"lines":[ {"card":1,"sku":2} , {"name":"kari"} ],"map":{"x" : "secret", "y":7 }}'

    assert spliced(text, lines=lines, map=Edit(in_map=Edit("truncate"))) == (
        b'{"lines":[ {"sku":2} , {"name":"k***i"} ],"map":{"x" : "sec", "y":"7" }}'
    )


@pytest.mark.parametrize("value", [b'"4111"', b"5", b"true", b"[1]", b"NaN", b"nul"])
def test_what_cannot_be_looked_into_is_left_out_and_named(value: bytes) -> None:
    changed = splice(
        b'{"lines":%b,"n":1}' % value,
        Edit(keys={"lines": Edit(in_map=Edit("hash"))}),
        CHANGER,
    )

    assert changed.text == b'{"n":1}'
    assert [(fault.path, fault.code) for fault in changed.warnings] == [("lines", "untransformable")]
    assert b"4111" not in str(changed.warnings).encode()


def test_what_should_be_hashed_without_a_key_is_left_out_and_named() -> None:
    part = Edit(keys={"properties": Edit(keys={"by": Edit(in_map=Edit("hash"))})}, is_ours=True)

    changed = splice(b'{"properties":{"by":{"bob@b.example":"bob","x":null}}}', part, Changer(None))

    assert changed.text == b'{"properties":{"by":{"x":null}}}'
    assert [(fault.path, fault.code) for fault in changed.warnings] == [("by.*", "no_transform_key")]


@pytest.mark.parametrize("value", [b'"\\ud800"', b'"\xff"', b'"\\x"', b"1e", b"{]"])
def test_a_value_that_is_no_json_is_left_out(value: bytes) -> None:
    assert spliced(b'{"a":%b,"b":1}' % value, a=Edit("hash")) == b'{"b":1}'


@pytest.mark.parametrize("text", [b'{"a" 1}', b'{"a":1', b'{"\\ud800":1}', b"{a:1}"])
def test_a_text_that_cannot_be_cut_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        spliced(text, a=Edit("hash"))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (b'{"mail" "bob",x}', b'{"mail" %b,x}' % hashed("bob")),
        (b'{"m\\u0061il"="bob","x" "mail":', b'{"m\\u0061il"=%b,"x" "mail":' % hashed("bob")),
        (b"{'mail': 'bob, b', 'n': 1}", b"{'mail': null, 'n': 1}"),
        (b"{mail: bob b, n: 1}", b"{mail: null, n: 1}"),
        (b"{mail='bob", b"{mail=null"),
        (b'{"mail":{"a":"bob"', b'{"mail":null'),
        (b'{"mail":bob"}', b'{"mail":null}'),
        (b'{"mail":["bob"', b'{"mail":null'),
        (b'{"x":"mail"} {"n":"mail","y":[mail]}', b'{"x":"mail"} {"n":"mail","y":[mail]}'),
    ],
)
def test_in_a_text_without_members_what_follows_a_name_is_changed(text: bytes, left: bytes) -> None:
    changed = splice_names(text, {"mail": Edit("hash")}, CHANGER).text

    assert changed == left


def test_in_a_text_without_members_values_are_looked_into_where_they_can_be() -> None:
    parts = {
        "lines": Edit(in_array=Edit(keys={"mail": Edit("drop")})),
        "mail": Edit("drop"),
    }
    text = b'{"lines" [{"mail":"bob"}, "bob"], "lines":"bob", "lines": [{"mail" "bob"}]}'

    changed = splice_names(text, parts, CHANGER).text

    assert changed == b'{"lines" [{}], "lines":null, "lines": null}'


@pytest.mark.parametrize(
    "part",
    [
        Edit(in_map=Edit("hash")),
        Edit(in_array=Edit("hash")),
        Edit(in_array=Edit(keys={"y": Edit("drop")})),
    ],
)
@pytest.mark.parametrize(
    "text", [b'{"a":{"x":"bob","y":', b'{"a":["bob", "x', b'{"a":[{"x" "bob"}]}', b'{"a":{"x" "bob"}}']
)
def test_values_without_a_name_are_left_out_with_what_they_are_in(part: Edit, text: bytes) -> None:
    assert b"bob" not in splice_names(text, {"a": part}, CHANGER).text


def test_a_text_that_asks_to_be_looked_into_for_ever_is_cut_short() -> None:
    parts = {"a": Edit(keys={"a": Edit(keys={"b": Edit("drop")})})}
    text = b'{"a" ' * 5000 + b'"bob"' + b"}" * 5000

    changed = splice_names(text, parts, CHANGER).text

    assert changed == b'{"a" ' * 5 + b"null" + b"}" * 5


class Drawn(NamedTuple):
    """A value in two texts: as it comes, and as it has to be kept, with the part that leads from one to the other."""

    before: str
    after: str
    part: Edit | None


SPACE = st.sampled_from(["", "", " ", "\n\t", "\r\n "])
SCALARS = st.sampled_from(["1", "1.10", "-0.0e5", "true", '"\\u00e9"', '"a\\"b"', '"{[,:"', '"åäö\U0001f600"', '""'])
CHANGES: tuple[Transform, ...] = ("hash", "mask", "truncate")


def scalar(text: str, change: Transform | None) -> Drawn:
    if change is None:
        return Drawn(text, text, None)
    value = json.loads(text)
    plain = value if isinstance(value, str) else text
    after = {
        "hash": hashed(plain).decode(),
        "mask": json.dumps(f"{plain[0]}***{plain[-1]}" if len(plain) > 2 else "***", ensure_ascii=False),
        "truncate": json.dumps(plain[:3], ensure_ascii=False),
    }[change]
    return Drawn(text, after, Edit(change))


def object_of(items: dict[str, Drawn], space: str) -> Drawn:
    def text(values: dict[str, str]) -> str:
        return "{" + ",".join(f'{space}"{key}"{space}:{space}{value}{space}' for key, value in values.items()) + "}"

    texts = [text({key: value.before for key, value in items.items()})]
    texts.append(text({key: value.after for key, value in items.items()}))
    keys = {key: value.part for key, value in items.items() if value.part is not None}
    return Drawn(texts[0], texts[1], Edit(keys=keys) if keys else None)


def array_of(item: Drawn, count: int, space: str) -> Drawn:
    texts = [f"[{space}{f'{space},'.join([text] * count)}{space}]" for text in (item.before, item.after)]
    return Drawn(texts[0], texts[1], None if item.part is None else Edit(in_array=item.part))


VALUES = st.recursive(
    st.builds(scalar, SCALARS, st.none() | st.sampled_from(CHANGES)),
    lambda inner: (
        st.builds(object_of, st.dictionaries(st.sampled_from(["a", "b", "ø", "mail"]), inner, max_size=4), SPACE)
        | st.builds(array_of, inner, st.integers(0, 3), SPACE)
    ),
    max_leaves=12,
)


@given(drawn=st.builds(object_of, st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES, min_size=1), SPACE))
@example(drawn=object_of({"a": scalar('"a\\"b"', "mask"), "b": array_of(scalar("1.10", "hash"), 2, "\n\t")}, " "))
def test_any_object_keeps_every_byte_that_no_transform_changes(drawn: Drawn) -> None:
    part = drawn.part or Edit(is_ours=True)

    changed = splice(drawn.before.encode(), part, CHANGER)

    assert changed.text.decode() == drawn.after
    assert changed.warnings == ()


TREES: Any = st.recursive(
    st.integers() | st.text(max_size=3) | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3),
    max_leaves=15,
)


def without(value: Any, part: Edit | None) -> Any:
    """What is left of a decoded value when everything that a part changes is dropped; Ellipsis for nothing."""
    if part is None or value is None:
        return ... if part is not None and part.change is not None else value
    if part.change is not None:
        return ...
    if isinstance(value, dict) and part.keys:
        return {key: left for key, item in value.items() if (left := without(item, part.keys.get(key))) is not ...}
    if isinstance(value, list) and part.in_array is not None:
        return [left for item in value if (left := without(item, part.in_array)) is not ...]
    return ...


DROPS = st.recursive(
    st.just(Edit("drop")),
    lambda inner: st.builds(
        lambda keys, in_array: Edit(None, keys, in_array),
        st.dictionaries(st.sampled_from(["a", "b"]), inner, min_size=1, max_size=2),
        st.none() | inner,
    ),
    max_leaves=5,
).filter(lambda part: part.change is None)


@given(value=st.dictionaries(st.sampled_from(["a", "b", "c"]), TREES, max_size=3), part=DROPS, indent=st.booleans())
@example(
    {"a": [{"a": 1}, 5, {"b": 2}]},
    Edit(keys={"a": Edit(in_array=Edit(keys={"a": Edit("drop")}))}),
    True,
)
def test_any_object_is_whole_after_its_drops(value: dict[str, Any], part: Edit, indent: bool) -> None:
    text = json.dumps(value, indent=2 if indent else None).encode()

    changed = splice(text, part, CHANGER).text

    assert json.loads(changed) == without(value, part)
