"""Personal data is told by the last words of a name, and every row of the table says whose word that is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.planning.personal_names import FORMATS, NAMES, personal_kind
from footfall.planning.words import STYLES

ROWS = [(name, row.kind) for row in NAMES for name in row.names if not row.contexts]


def test_every_name_of_the_table_is_known_by_itself_and_at_the_end() -> None:
    rows = [(whole, kind) for name, kind in ROWS for whole in (name, f"backup_{name}")]

    assert [name for name, kind in rows if (row := personal_kind(name)) is None or row.kind != kind] == []


@pytest.mark.parametrize("row", [row for row in NAMES if row.contexts], ids=lambda row: row.names[0])
def test_a_name_that_is_harmless_by_itself_needs_a_word_before_it(row: object) -> None:
    for known in (each for each in NAMES if each is row):
        for name in known.names:
            assert personal_kind(name) is None
            assert personal_kind(f"gadget_{name}") is None
            for context in known.contexts:
                assert personal_kind(f"{context}_{name}") is not None


@pytest.mark.parametrize(
    "name",
    ["email_sent", "email_template", "phone_model", "ip_version", "product_name", "city", "tooltip", "chip", "zip_file",
     "image_description", "page", "stage", "usage", "emailed", "address_count", "name", "", "_", "42"],
)  # fmt: skip
def test_what_only_sounds_like_it_is_no_personal_data(name: str) -> None:
    assert personal_kind(name) is None


@pytest.mark.parametrize(
    "name", ["userEmail", "User Email", "user-email", "email_address", "email_1", "EMAIL", "clientIPAddress"]
)
def test_the_style_of_a_name_and_a_word_for_the_value_do_not_matter(name: str) -> None:
    assert personal_kind(name) is not None


@given(
    words=st.lists(st.sampled_from(["shop", "user", "old"]), max_size=3),
    name=st.sampled_from([name for name, _ in ROWS if "_" in name]),
    style=st.sampled_from(["snake_case", "kebab-case", "Title Case"]),
)
def test_a_name_is_known_in_every_style_that_keeps_its_words_apart(words: list[str], name: str, style: str) -> None:
    written = STYLES[style].spell([*words, *name.split("_")])

    assert personal_kind(written) == personal_kind("_".join([*words, name]))
    assert personal_kind(written) is not None


def test_every_row_names_its_source_and_every_format_is_in_the_table() -> None:
    known = ("GDPR", "NIST", "HIPAA", "Breyer", "PCI", "CWE")

    assert [row.kind for row in NAMES if not row.source.startswith(known)] == []
    assert {word: row.kind for word, row in FORMATS.items()} == {
        "email": "an e-mail address",
        "phone": "a telephone number",
        **dict.fromkeys(("ip", "ipv4", "ipv6", "mac"), "a network address"),
    }
