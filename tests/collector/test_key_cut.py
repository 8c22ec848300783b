"""A write key is never among what is kept, however its name is written and whatever is around it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.collector.collector import Collector
from footfall.collector.dialects.segment import read_batch, read_single
from footfall.collector.key_cut import NAME, cut_from_object, cut_from_text, may_name_key
from footfall.collector.settings import CollectorSettings
from footfall.errors import RequestError
from footfall.storage import DataFolder, SqliteJournal

SECRET = b"wk_secret"
SETTINGS = CollectorSettings()

letters = [st.sampled_from([letter, f"\\u{ord(letter):04x}", f"\\u{ord(letter):04X}"]) for letter in NAME]
spellings = st.tuples(*letters).map("".join)
secrets = st.sampled_from(['"wk_secret"', '["wk_secret"]', '{"a":"wk_secret"}', '"\\"},wk_secret"', '"\\\\wk_secret"'])
pairs = st.builds('"{}":{}'.format, spellings, secrets)
leaves = st.sampled_from(["1", '"a"', "null", '"\\u0065"', '"writeKey"', '["writeKey"]', "{}"])
spaces = st.sampled_from(["", " ", "\n"])


def objects(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    member = st.one_of(pairs, st.builds('"{}":{}'.format, st.sampled_from(["a", "event", "x\\\\"]), inner))
    return st.builds(lambda gap, members: "{" + f",{gap}".join(members) + "}", spaces, st.lists(member, max_size=4))


values = st.recursive(
    leaves, lambda inner: st.one_of(objects(inner), st.lists(inner).map(lambda v: f"[{','.join(v)}]"))
)
documents = objects(values)


def names_key(value: Any) -> bool:
    if isinstance(value, dict):
        return any((key == NAME and inner is not None) or names_key(inner) for key, inner in value.items())
    return isinstance(value, list) and any(map(names_key, value))


def without(value: Any, *, is_top: bool = True) -> Any:
    if isinstance(value, dict):
        kept = {key: inner for key, inner in value.items() if key != NAME or not is_top}
        return {key: None if key == NAME else without(inner, is_top=False) for key, inner in kept.items()}
    return [without(inner, is_top=False) for inner in value] if isinstance(value, list) else value


@given(documents)
@example('{"event":"writeKey","a":{"writeK\\u0065y":"wk_secret","b":["writeKey","c"]}}')
@example('{"writeKey":"wk_secret","a":1,"\\u0077riteKey":"wk_secret"}')
def test_an_object_keeps_everything_but_its_keys(text: str) -> None:
    kept = cut_from_object(text.encode())

    assert json.loads(kept) == without(json.loads(text))
    assert SECRET not in kept
    assert may_name_key(text.encode()) or kept == text.encode()


@given(documents.map(json.dumps), st.sampled_from(["batch", "single"]), documents)
def test_no_piece_of_a_request_names_a_key(quoted: str, form: str, text: str) -> None:
    message = f'{{"m":{text},"n":{quoted.replace("wk_secret", "")},{text[1:]}'.replace(",}", "}").encode()
    if form == "batch":
        pieces = read_batch(b'{"batch":[%b],"context":%b}' % (message, text.encode()), SETTINGS)
    else:
        pieces = read_single(message, "track", SETTINGS)

    assert SECRET not in b"".join(piece.raw for piece in pieces.pieces) + (pieces.shared or b"")
    assert not any(names_key(piece.data) for piece in pieces.pieces)


breaks = st.sampled_from(["NaN", "'", '"', "{", "]", "\\", ",", ":", "writeKey", "\x00", "\ud800", "// x\n"])


@given(st.lists(st.one_of(documents, breaks, values), max_size=5), pairs, st.lists(st.one_of(documents, breaks)))
@example(['{"a": "no end, '], '"writeKey":"wk_secret"', ["}"])
@example(["{"], 'writeKey: "wk_secret"', [", NaN}"])
def test_a_text_that_is_no_json_loses_every_key_and_its_value(before: list[str], pair: str, after: list[str]) -> None:
    text = "".join([*before, pair, *after]).encode("utf-8", "surrogatepass")

    assert SECRET not in cut_from_text(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (b'{"writeKey":"wk_secret","a":NaN}', b'{"writeKey":null,"a":NaN}'),
        (b'{"write\\u004Bey" : "wk_secret","a":NaN}', b'{"write\\u004Bey" : null,"a":NaN}'),
        (b"{'writeKey': 'wk_secret', 'a': 1}", b"{'writeKey': null, 'a': 1}"),
        (b"{writeKey: wk_secret, a: 1}", b"{writeKey: null, a: 1}"),
        (b'{"writ\\x65Key"="wk_secret"}', b'{"writ\\x65Key"=null}'),
        (b'{"a":NaN,"writeKey" "wk_secret","b":1}', b'{"a":NaN,"writeKey" null,"b":1}'),
        (b'{"a":NaN,"writeKey":"wk_secr', b'{"a":NaN,"writeKey":null'),
        (b'{"a":NaN,"writeKey":["wk_secret"],"b":1}', b'{"a":NaN,"writeKey":null'),
        (b'{"a":NaN,"writeKey":/* of ours */"wk_secret","b":1}', b'{"a":NaN,"writeKey":null'),
        (b'{"a":"{\\"writeKey\\":\\"wk_secret\\"}","b":NaN}', b'{"a":"{\\"writeKey\\":null'),
        (b'{"event":"writeKey","b":NaN}', b'{"event":"writeKey","b":NaN}'),
    ],
)
def test_where_a_value_has_no_plain_end_the_rest_of_the_text_goes_too(text: bytes, kept: bytes) -> None:
    assert cut_from_text(text) == kept


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_of_a_body_in_another_encoding_nothing_is_kept(encoding: str) -> None:
    body = '{"batch":[{"writeKey":"wk_secret"}]}'.encode(encoding)

    with pytest.raises(RequestError):
        read_batch(body, SETTINGS)
    with pytest.raises(RequestError):
        read_single(body, "track", SETTINGS)


def test_the_head_of_a_message_over_the_limit_has_no_key_either(tmp_path: Any) -> None:
    pad = "x" * 40_000
    secret = f'"userId":"u","properties":{{"writeK\\u0065y":"wk_secret"}},"pad":"{pad}"'
    with Collector(tmp_path / "data") as collector:
        for odd in ("", ',"a":NaN', ',"a":1,"a":2'):
            collector.take(f'{{"batch":[{{"type":"track","event":"e",{secret}{odd}}}]}}'.encode())

    journal = SqliteJournal(DataFolder.read(tmp_path / "data").journal_path, readonly=True)
    bodies = [entry.row.body for chunk in journal.scan("quarantined") for entry in chunk]
    journal.close()
    assert len(bodies) == 3
    assert not [body for body in bodies if SECRET in body]
