"""Keys are read from headers, open what they may, and tell a guesser nothing."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from footfall.collector.key_text import ENTROPY, digest_of, new_key
from footfall.collector.keys import Keyring, header_key, read_transform_key
from footfall.errors import RequestError, UsageError
from footfall.storage import KeyRecord
from footfall.storage.control import Role
from footfall.storage.environments import Sender

SHOP, APP = Sender("shop"), Sender("app")


def test_a_key_opens_its_own_source_and_no_other_opens_any() -> None:
    keys = Keyring({"one": "shop", "two": "app"})

    assert [keys.sender(key) for key in ("one", "two", "on", "one ", "", "\ud800", "ONE")] == [SHOP, APP] + [None] * 5


def stored(key: str, role: Role = "write", *, source: str | None = "shop", revoked_at: int | None = None) -> KeyRecord:
    return KeyRecord(key, digest_of(key), role, source, "", 1, revoked_at)


def test_stored_keys_open_beside_those_that_were_given_until_they_are_revoked() -> None:
    keys = Keyring({"given": "app"})

    keys.take_stored([stored("a"), stored("b", source=None), stored("c", revoked_at=2)])
    before = [keys.sender(key) for key in ("given", "a", "b", "c")]
    keys.take_stored([stored("a", revoked_at=3), stored("b")])

    assert before == [APP, SHOP, Sender("default"), None]
    assert [keys.sender(key) for key in ("given", "a", "b", "c")] == [APP, None, SHOP, None]


def test_a_revoked_key_is_no_key_wherever_else_it_is_given() -> None:
    keys = Keyring({"a": "app"})

    keys.take_stored([stored("a", revoked_at=2)])

    assert keys.sender("a") is None
    assert not keys.knows_one_of(["a"])


@pytest.mark.parametrize("role", ["view", "analyst", "admin"])
def test_a_key_of_another_role_does_not_send_and_its_holder_learns_why(role: Role) -> None:
    keys = Keyring({})
    keys.take_stored([stored("a", role, source=None)])

    with pytest.raises(RequestError, match=f"this key has the role {role}") as caught:
        keys.sender("a")
    assert (caught.value.status, caught.value.code) == (403, "role")


def test_a_typing_error_in_a_key_of_ours_is_named_and_the_key_is_not() -> None:
    key = new_key("write", bytes(ENTROPY)).text

    with pytest.raises(RequestError, match="typing error") as caught:
        Keyring({key: "shop"}).sender(key[:-1])
    assert (caught.value.status, caught.value.code) == (401, "mistyped_key")
    assert key[:-1] not in str(caught.value)


@pytest.mark.parametrize(
    "keys", [{"": "shop"}, {"the secret": "shop"}, {"secret:": "shop"}, {"secret\n": "shop"}, {"secret": ""}, "secret"]
)
def test_a_key_that_no_request_can_carry_is_refused_and_not_repeated(keys: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="keys: ") as caught:
        Keyring(keys)

    assert "secret" not in str(caught.value)


def test_a_keyring_keeps_no_key() -> None:
    keys = Keyring({"the-secret": "shop"})

    assert "the-secret" not in repr(vars(keys))


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


def test_only_the_first_few_keys_that_a_stranger_names_are_looked_up() -> None:
    keys = Keyring({"wk": "shop"})

    assert keys.knows_one_of(["nope", "wk"])
    assert not keys.knows_one_of(["nope"])
    assert not keys.knows_one_of([*map(str, range(16)), "wk"])


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
