"""Write keys are read from headers and from the command line, and tell a guesser nothing."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from footfall.collector.keys import Keyring, header_key, parse_keys, read_transform_key
from footfall.errors import UsageError


def test_a_key_opens_its_own_source_and_no_other_opens_any() -> None:
    keys = Keyring({"one": "shop", "two": "app"})

    assert [keys.source(key) for key in ("one", "two", "on", "one ", "", "\ud800", "ONE")] == ["shop", "app"] + [
        None
    ] * 5


@pytest.mark.parametrize(
    ("header", "key"),
    [
        (b"Basic " + base64.b64encode(b"key:"), "key"),
        (b"basic  " + base64.b64encode(b"key:secret"), "key"),
        (b"Basic " + base64.b64encode(b"key"), "key"),
        (b"Basic", ""),
        (b"Bearer abc", "abc"),
        (b"bearer  abc ", "abc"),
        (b"Bearer", ""),
        (b"Bearer \xff", None),
        (b"Digest abc", None),
        (b"Basic !!!", None),
        (b"Basic " + base64.b64encode(b"\xff\xfe\x00:"), None),
        (b"", None),
    ],
)
def test_the_key_is_the_user_name_of_a_basic_header_or_a_bearer_token(header: bytes, key: str | None) -> None:
    assert header_key(header) == key


def test_keys_of_the_command_line_name_their_source_or_belong_to_default() -> None:
    assert parse_keys(["a", "b=shop", "c=x=y"]) == {"a": "default", "b": "shop", "c": "x=y"}


def test_every_key_that_cannot_be_used_is_listed_and_none_is_shown() -> None:
    with pytest.raises(UsageError) as caught:
        parse_keys(["secret-1 ", "secret-2=", "=shop", "ok", "ok=shop", "secret:3"])

    said = str(caught.value)
    assert [f"write key {number}:" in said for number in range(1, 7)] == [True, True, True, False, True, True]
    assert "secret" not in said
    assert "given twice" in said


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b'{"writeKey":"wk","batch":[]}', True),
        (b'{"batch":[],"writeKey" : "wk"}', True),
        (b'{"writeKey":"nope","batch":[{"writeKey":"w\\u006b"}]}', True),
        (b'{"writeKey":"nope"}', False),
        (b'{"writeKey":1}', False),
        (b"[" * 10_000, False),
    ],
)
def test_a_body_without_a_known_key_is_found_out_before_it_is_read(content: bytes, found: bool) -> None:
    assert Keyring({"wk": "shop"}).may_be_in(content) is found


def test_the_transform_key_is_the_bytes_of_its_file_without_the_line_end(tmp_path: Path) -> None:
    for text, key in ((b"k\n", b"k"), (b"k\r\n", b"k"), (b" k \n\n", b" k \n"), (b"\xff", b"\xff")):
        (tmp_path / "key").write_bytes(text)
        assert read_transform_key(tmp_path / "key") == key


def test_a_transform_key_that_cannot_be_read_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"\n")

    with pytest.raises(UsageError, match="missing cannot be read"):
        read_transform_key(tmp_path / "missing")
    with pytest.raises(UsageError, match="empty is empty"):
        read_transform_key(tmp_path / "empty")
