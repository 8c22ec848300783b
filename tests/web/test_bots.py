"""Whether a request is a bot's, and why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.web.bot_agents import AGENT_WORDS, LONGEST_AGENT
from footfall.web.bots import BOT_REASONS, BotVerdict, judge, judged_headers, list_version

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
HEADERS = {
    "accept": "text/html,application/xhtml+xml",
    "accept-encoding": "gzip, deflate, br, zstd",
    "accept-language": "en-GB,en;q=0.9",
    "sec-ch-ua": '"Chromium";v="142", "Not_A Brand";v="24"',
    "sec-fetch-dest": "document",
    "sec-fetch-mode": "navigate",
    "sec-fetch-site": "none",
    "sec-fetch-user": "?1",
}


def test_a_browser_with_a_browsers_headers_is_a_person() -> None:
    assert judge(CHROME, judged_headers(HEADERS, scheme="https")) is None


def test_without_headers_the_agent_alone_is_judged() -> None:
    assert judge(CHROME) is None
    assert judge(CHROME, {}) is None


@pytest.mark.parametrize(
    ("agent", "reason", "name"),
    [
        (None, "empty_agent", None),
        ("", "empty_agent", None),
        ("curl/8.14.1", "library", "curl"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "crawler", "Googlebot"),
        ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "link_preview", "Slackbot-LinkExpanding"),
        ("Mozilla/5.0", "mail_proxy", None),
        (CHROME.replace("Chrome/", "HeadlessChrome/"), "headless", "HeadlessChrome"),
        (CHROME.replace("142.0.0.0", "49.0.7421.11"), "versions", None),
    ],
)
def test_a_bot_is_named_with_its_reason(agent: str | None, reason: str, name: str | None) -> None:
    assert judge(agent) == BotVerdict(reason, name)


def test_an_odd_header_gives_a_browser_away() -> None:
    kept = judged_headers({**HEADERS, "from": "robot@example.com"}, scheme="https")

    assert judge(CHROME, kept) == BotVerdict("crawler")


@given(st.text(max_size=64), st.dictionaries(st.text(max_size=16), st.text(max_size=32), max_size=4))
def test_every_agent_and_every_header_has_an_answer_with_a_reason_of_the_table(
    agent: str, http: dict[str, str]
) -> None:
    verdict = judge(agent, http)

    assert verdict is None or verdict.reason in BOT_REASONS


def test_an_agent_of_64_kilobytes_is_judged_by_its_length_alone() -> None:
    assert judge("Mozilla/5.0 (" + "bot;" * 16_384) == BotVerdict("long_agent")
    assert judge("a" * LONGEST_AGENT) == BotVerdict("library", "a" * 60)


def test_every_reason_of_the_words_has_its_sentence() -> None:
    assert {reason for _, reason in AGENT_WORDS} <= BOT_REASONS.keys()


def test_the_version_of_the_list_names_ours_and_that_of_the_library() -> None:
    assert list_version().startswith("1+is-crawler-")
