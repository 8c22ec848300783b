"""A corpus of labelled requests: bots are found, and people are not taken for bots."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from footfall.web.bots import BOT_REASONS, BotVerdict, judge, judged_headers

CORPUS = Path(__file__).parent / "data" / "corpus.jsonl"
README = CORPUS.with_name("README.md")


def requests(label: str) -> list[dict[str, Any]]:
    lines = CORPUS.read_text(encoding="utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row["label"] == label]


def verdict(row: dict[str, Any]) -> BotVerdict | None:
    return judge(row["agent"], judged_headers(row["headers"], scheme="https"))


def test_of_a_hundred_bots_ninety_eight_are_found() -> None:
    bots = requests("bot")

    missed = [row["agent"] for row in bots if verdict(row) is None]

    assert len(missed) <= 0.02 * len(bots), missed


def test_of_a_thousand_people_at_most_five_are_taken_for_bots() -> None:
    people = requests("person")

    mistaken = [(row["agent"], verdict(row)) for row in people if verdict(row) is not None]

    assert len(mistaken) <= 0.005 * len(people), mistaken


def test_people_are_people_too_where_a_proxy_took_headers_away() -> None:
    kept = {"via": "1.1 proxy", "accept": "*/*"}

    mistaken = [row["agent"] for row in requests("person") if judge(row["agent"], judged_headers(kept)) is not None]

    assert mistaken == []


def test_the_corpus_is_large_and_each_source_is_named_with_its_licence() -> None:
    rows = requests("bot") + requests("person")
    sources = {row["source"].partition(",")[0] for row in rows}

    assert len({row["agent"] for row in rows}) >= 300
    assert min(len(requests("bot")), len(requests("person"))) >= 150
    text = README.read_text(encoding="utf-8")
    assert [source for source in sources if f"`{source}`" not in text] == []


@pytest.mark.parametrize("reason", ["ai", "crawler", "headless", "library", "link_preview", "mail_proxy", "monitor"])
def test_each_common_kind_of_bot_is_in_the_corpus(reason: str) -> None:
    reasons = {judged.reason for row in requests("bot") if (judged := verdict(row)) is not None}

    assert reason in reasons <= BOT_REASONS.keys()
