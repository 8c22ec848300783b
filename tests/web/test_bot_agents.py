"""What a user agent says of itself, by its form and by words."""

from __future__ import annotations

import pytest

from footfall.web.bot_agents import AGENT_WORDS, LONGEST_AGENT, agent_traits, reason_of_form, reason_of_words

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "reason"),
    [
        ("", "empty_agent"),
        (" \t", "empty_agent"),
        ("a" * (LONGEST_AGENT + 1), "long_agent"),
        ("a" * LONGEST_AGENT, None),
        ("Mozilla/5.0 (\x00)", "odd_agent"),
        ("Mozilla/5.0 (ø)", "odd_agent"),
        ("Mozilla/5.0", "mail_proxy"),
        (CHROME, None),
    ],
)
def test_a_form_that_no_browser_has_is_a_reason(agent: str, reason: str | None) -> None:
    assert reason_of_form(agent) == reason


def test_each_word_makes_an_agent_a_bots() -> None:
    reasons = {}
    for number, (word, reason) in enumerate(AGENT_WORDS):
        shorter = [other_reason for other, other_reason in AGENT_WORDS[:number] if other in word]  # a part of it
        reasons[word] = shorter[0] if shorter else reason

    verdicts = {word: reason_of_words(f"{CHROME} ({word.title()}) ") for word, _ in AGENT_WORDS}

    assert {word: verdict and verdict[0] for word, verdict in verdicts.items()} == reasons


def test_no_word_is_written_twice_or_hidden_by_an_earlier_one_of_the_same_reason() -> None:
    words = [word for word, _ in AGENT_WORDS]

    hidden = [
        (earlier, word)
        for number, (word, reason) in enumerate(AGENT_WORDS)
        for earlier, earlier_reason in AGENT_WORDS[:number]
        if earlier in word and earlier_reason == reason
    ]
    assert len(set(words)) == len(words)
    assert hidden == []
    assert all(word == word.lower() for word in words)


@pytest.mark.parametrize(
    ("agent", "verdict"),
    [
        (CHROME, None),
        ("Mozilla/5.0 (compatible; Examplebot/1.0)", ("crawler", "Examplebot")),
        ("Mozilla/5.0 (Linux; Android 9; CUBOT_P30) AppleWebKit/537.36 Chrome/80.0.3987.99 Safari/537.36", None),
        (CHROME + " (Ecosia android@150.0.0.0)", None),
        (CHROME + " (+https://example.com/why)", ("crawler", None)),
        (CHROME + " reports@example.org", ("crawler", None)),
        (CHROME + " example.io/1.2", ("crawler", None)),
        ("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; .NET CLR 3.5.30729; .NET4.0C)", None),
        ("Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; Embedded Web Browser from: http://bsalsa.com/)", None),
        ("Mozilla/5.0 (compatible; Konqueror/4.5; Linux) KHTML/4.5.4 (like Gecko)", None),
        ("Mozilla/5.0 (compatible; Example)", ("crawler", "Example")),
        ("Opera/9.80 (Windows NT 6.1; U; en) Presto/2.8.131 Version/11.11", None),
        ("Nokia201/2.0 (11.21) Profile/MIDP-2.1 Configuration/CLDC-1.1 UCBrowser8.3/70/355/UCWEB Mobile", None),
        ("J2ME/UCWEB7.0.3.45/139/7682", None),
        ("Lynx/2.8.9rel.1 libwww-FM/2.14 SSL-MM/1.4.1 OpenSSL/1.1.1d", None),
        ("Mozilla/5.0 (Linux; Android 13; SO-51C) Chrome/124.0.0.0 YJApp-ANDROID jp.co.yahoo.android.yjtop/3.1", None),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/21F90 [Pinterest/iOS]", None),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148 [FBAN/FBIOS;FBAV/470.1.0]", None),
        (CHROME + " GNews Android/2022138166", None),
        ("python-requests/2.32", ("library", "python-requests")),
        ("okhttp/4.12.0", ("library", "okhttp")),
        ("Mozilla/5.0 (X11)", ("short_agent", None)),
    ],
)
def test_an_agent_is_a_bots_by_what_only_bots_write(agent: str, verdict: tuple[str, str | None] | None) -> None:
    assert reason_of_words(agent) == verdict


def test_the_versions_of_an_agent_are_read() -> None:
    chromium, firefox = agent_traits(CHROME.replace("142.0.0.0", "142.0.7444.59")), agent_traits("Firefox/145.0")

    assert (chromium.chromium, chromium.chromium_build, chromium.firefox) == (142, 7444, 0)
    assert (firefox.chromium, firefox.firefox, firefox.is_ios) == (0, 145, False)
    assert agent_traits("Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X)").is_ios
