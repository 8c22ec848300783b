"""What web capture writes of a bot or of an origin is what is kept of it where a message is only counted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from footfall.plan.checking.counted import CountedForm
from footfall.web.bots import list_version
from footfall.web_words import BOT_REASONS, ORIGINS

FORM = CountedForm(None)


def kept(context: dict[str, Any]) -> Any:
    text = json.dumps({"type": "page", "context": context}).encode()
    return json.loads(FORM.of(text, None)).get("context")


@pytest.mark.parametrize("reason", BOT_REASONS)
def test_each_reason_is_kept_with_the_version_of_the_list(reason: str) -> None:
    bot = {"list": list_version(), "reason": reason}

    assert kept({"bot": bot}) == {"bot": bot}


def test_the_words_are_in_order_and_each_has_a_sentence() -> None:
    for words in (BOT_REASONS, ORIGINS):
        assert list(words) == sorted(words)
        assert [word for word, sentence in words.items() if not sentence.endswith(".")] == []
