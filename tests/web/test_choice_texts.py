"""The pages on which visitors choose are in a language that they read, of those that the site has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.errors import UsageError
from footfall.web.choice_texts import ENGLISH, ChoiceTexts

NORSK = {key: f"{key} på norsk" for key in ENGLISH}
SITE: Mapping[str, Mapping[str, str]] = {"nb": NORSK, "pt-BR": NORSK, "pt": NORSK, "zh-Hant": NORSK}


@pytest.mark.parametrize(
    ("accept_language", "language"),
    [
        ("nb-NO,nb;q=0.9,en;q=0.8", "nb"),
        ("sv;q=0.9, en;q=0.8, nb;q=0.7", "en"),
        ("en;q=0.7,NB;q=0.8", "nb"),
        ("pt-br", "pt-BR"),
        ("pt-PT", "pt"),
        ("zh-Hant-TW,en;q=0.9", "zh-Hant"),
        ("pt-BR-x-informal", "pt-BR"),
        ("zh-Hans-CN,-,en", "en"),
        ("en-GB", "en"),
        ("en;q=0,nb;q=0.1", "nb"),
        ("fr", "nb"),
        ("*", "nb"),
        ("", "nb"),
        ("en; q = 0.5 , pt", "pt"),
        (",;q=1,nb\x00,e", "nb"),
    ],
)
def test_the_language_that_is_asked_for_first_and_there_is_shown(accept_language: str, language: str) -> None:
    assert ChoiceTexts(SITE).read_by(accept_language)[0] == language


def test_a_site_without_texts_is_in_english() -> None:
    assert ChoiceTexts().read_by("nb") == ("en", ENGLISH)


def test_english_may_be_changed_in_part() -> None:
    assert ChoiceTexts({"en": {"agree": "Sure"}}).read_by("en")[1] == {**ENGLISH, "agree": "Sure"}


def test_a_purpose_may_have_a_text() -> None:
    texts = ChoiceTexts({"nb": {**NORSK, "statistics": "Vi teller."}}, ["statistics"]).read_by("nb")[1]

    assert texts["statistics"] == "Vi teller."


@pytest.mark.parametrize(
    ("languages", "problem"),
    [
        (
            {"nb": {**NORSK, "agre": "Ja"}},
            r"texts\['nb'\]\['agre'\]: there is no such key; they are agree, .*, statistics",
        ),
        ({"nb": {"agree": "Ja"}}, r"texts\['nb'\]\['choice'\] is missing; in English it is 'Your choice'"),
        ({"nb": {**NORSK, "agree": 1}}, r"texts\['nb'\]\['agree'\] must be text"),
        ({"nb": {**NORSK, "agree": ""}}, r"texts\['nb'\]\['agree'\] must be text"),
        ({"nb": "Ja"}, r"texts\['nb'\] must be a dict of texts"),
        ({"norsk bokmål": NORSK}, r"texts\['norsk bokmål'\]: is no language; write one as browsers do"),
        ({"": NORSK}, "is no language"),
    ],
)
def test_texts_that_cannot_be_used_are_refused(languages: Any, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        ChoiceTexts(languages, ["statistics"])


@given(
    st.text() | st.lists(st.sampled_from(["nb", "en", "q=", ";", ",", "1", "0.5", "*", " ", "x" * 600])).map("".join)
)
@example("nb;q=1." + "0" * 9)
@example(",".join(["nb;q=0.5"] * 20_000))
def test_no_header_breaks_the_choice(accept_language: str) -> None:
    assert ChoiceTexts(SITE).read_by(accept_language)[0] in ("en", "nb", "pt", "pt-BR")
