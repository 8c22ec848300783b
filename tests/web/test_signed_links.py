"""A signed link is read as it was made, by each of the keys, and by nothing else."""

from __future__ import annotations

import base64

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.errors import UsageError
from footfall.web.signed_links import SignedLink, SignedLinks

KEYS = ["the newest of two keys", "the older of two keys"]
LINK = SignedLink("7", "clicked", 1_800_000_000, "https://x.example/", msgspec.Raw(b'{"place":3}'), "kari")


def test_a_link_is_read_as_it_was_made() -> None:
    links = SignedLinks(KEYS, "redirect")

    read = links.read(links.text(LINK))

    assert read is not None
    assert bytes(read.properties) == b'{"place":3}'
    assert msgspec.structs.replace(read, properties=LINK.properties) == LINK


def test_an_older_key_reads_too_and_the_newest_signs() -> None:
    links = SignedLinks(KEYS, "redirect")

    assert links.read(SignedLinks(KEYS[1:], "redirect").text(LINK)) is not None
    assert links.text(LINK) == SignedLinks(KEYS[:1], "redirect").text(LINK)


def test_what_was_signed_for_another_use_or_with_another_key_is_none() -> None:
    text = SignedLinks(KEYS, "redirect").text(LINK)

    assert SignedLinks(KEYS, "pixel").read(text) is None
    assert SignedLinks(["another key of 16 bytes"], "redirect").read(text) is None


@given(st.data())
def test_one_changed_letter_makes_it_none(data: st.DataObject) -> None:
    links = SignedLinks(KEYS, "redirect")
    text = links.text(LINK)
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters().filter(lambda letter: letter != text[place]))

    assert links.read(text[:place] + letter + text[place + 1 :]) is None


@given(st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode() + "." + "a" * 22))
def test_no_text_fails(text: str) -> None:
    assert SignedLinks(KEYS, "redirect").read(text) is None


def test_a_link_longer_than_any_path_is_none() -> None:
    links = SignedLinks(KEYS, "pixel")

    assert links.read(links.text(SignedLink("7", "e", 1, target="x" * 9_000))) is None


def test_a_short_key_is_refused() -> None:
    with pytest.raises(UsageError, match="link_keys needs 16 bytes"):
        SignedLinks(["short"], "redirect")
