"""A key says what it is, names itself by a public id, and betrays a typing error and nothing else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.collector.key_text import ENTROPY, digest_of, id_of, is_mistyped, new_key
from footfall.storage.control import ROLES, Role

ENTROPIES = st.binary(min_size=ENTROPY, max_size=ENTROPY)
KEYS = st.builds(new_key, st.sampled_from(ROLES), ENTROPIES)


@given(role=st.sampled_from(ROLES), entropy=ENTROPIES)
def test_any_key_has_its_role_its_id_and_a_form_that_needs_no_quotes(role: Role, entropy: bytes) -> None:
    key = new_key(role, entropy)

    assert re.fullmatch(rf"ff_{role}_{key.id}_[0-9A-Za-z]{{39}}", key.text)
    assert id_of(key.text) == key.id
    assert not is_mistyped(key.text)


@given(first=ENTROPIES, second=ENTROPIES)
def test_every_random_bit_counts(first: bytes, second: bytes) -> None:
    assert (new_key("write", first).text == new_key("write", second).text) == (first == second)


@given(key=KEYS.map(lambda key: key.text), data=st.data())
def test_any_one_wrong_letter_of_the_secret_is_a_typing_error(key: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(key.rindex("_") + 1, len(key) - 1))
    letter = data.draw(st.sampled_from("09AZaz"))

    assert is_mistyped(key[:place] + letter + key[place + 1 :]) == (letter != key[place])


@given(key=KEYS.map(lambda key: key.text), length=st.integers(1, 38))
def test_a_key_that_was_cut_is_a_typing_error(key: str, length: int) -> None:
    assert is_mistyped(key[:-length])


@pytest.mark.parametrize("text", ["", "shop-key", "ff_prod", "ff_writer_1", "FF_WRITE_x", "\ud800"])
def test_what_does_not_begin_as_our_keys_is_no_typing_error(text: str) -> None:
    assert not is_mistyped(text)
    assert id_of(text) is None


@given(key=KEYS)
def test_what_is_kept_of_a_key_is_not_the_key_and_neither_is_what_is_shown_of_it(key: object) -> None:
    text = key.text  # type: ignore[attr-defined]  # a NewKey

    assert text.encode() not in digest_of(text)
    assert text not in repr(key)


def test_too_little_entropy_is_refused() -> None:
    with pytest.raises(ValueError, match="random bytes"):
        new_key("write", b"short")
