"""A redirect leads to an absolute address of the web that no reader takes for another, and nowhere else."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.web.targets import why_no_target


@pytest.mark.parametrize(
    "url",
    [
        "https://partner.example",
        "https://partner.example/",
        "http://127.0.0.1:8000/a?b=c&d=%20e#f",
        "HTTPS://Partner.Example:443/a@b",
        "https://[2001:db8::1]:8443/",
        "https://xn--kari-5qa.example./path%2Fpart",
        "https://a_b.example/?next=https://x.example/",
    ],
)
def test_an_address_of_the_web_is_a_target(url: str) -> None:
    assert why_no_target(url) is None


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("//evil.example/", "https://"),
        ("/path", "https://"),
        ("evil.example", "https://"),
        ("javascript:alert(1)", "https://"),
        ("data:text/html,x", "https://"),
        ("ftp://x.example/", "https://"),
        ("https:/x.example", "https://"),
        ("https:\\\\x.example", "backslash"),
        ("https://good.example\\@evil.example/", "backslash"),
        ("https://good.example@evil.example/", "user"),
        ("https://user:password@x.example/", "user"),
        ("https://x.example/\r\nSet-Cookie: a=b", "control"),
        ("https://x.example/\x00", "control"),
        (" https://x.example/", "space"),
        ("https://x.example/%0d%0aSet-Cookie:%20a=b", "line end"),
        ("https://x.example/%0A", "line end"),
        ("https://x.example/%250d%250a", "twice"),
        ("https://x.example/%252F", "twice"),
        ("https://", "no host"),
        ("https:///path", "no host"),
        ("https://?a", "no host"),
        ("https://:80/", "no host"),
        ("https://a..b/", "no host"),
        ("https://a:b:c/", "no host"),
        ("https://x.example:99999999/", "no host"),
        ("https://kåre.example/", "ASCII"),
        ("https://x.example/\u2028", "ASCII"),
        ("https://x.example/" + "a" * 2_000, "2,000"),
        (None, "text"),
    ],
)
def test_another_is_none_and_it_is_said_why(url: object, why: str) -> None:
    said = why_no_target(url)

    assert said is not None
    assert why in said


@given(
    st.text() | st.text().map(lambda text: f"https://{text}") | st.from_regex(r"https?://[!-~]{1,30}", fullmatch=True)
)
@example("https://a.example:/")
def test_the_standard_reader_of_addresses_names_the_same_host(url: str) -> None:
    if why_no_target(url) is None:
        parts = urlsplit(url)
        assert parts.hostname
        assert parts.username is None
        assert parts.scheme in ("http", "https")
