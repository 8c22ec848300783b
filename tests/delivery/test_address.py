"""Which URLs and write keys a client takes, and that an error about one never repeats a secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.delivery import HttpTransport
from footfall.delivery.address import batch_url, check_proxy, check_write_key
from footfall.errors import UsageError


@pytest.mark.parametrize(
    ("url", "posted_to"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/batch"),
        ("HTTPS://Collect.Example", "https://Collect.Example/v1/batch"),
        ("https://example.org/footfall/", "https://example.org/footfall/v1/batch"),
        ("https://example.org/v1/batch", "https://example.org/v1/batch"),
        ("https://example.org/målt", "https://example.org/m%C3%A5lt/v1/batch"),
        ("http://[::1]:8080", "http://[::1]:8080/v1/batch"),
        ("http://[2001:db8::7]", "http://[2001:db8::7]/v1/batch"),
        ("http://footfall_collector:65535", "http://footfall_collector:65535/v1/batch"),
        ("http://collect.example.", "http://collect.example./v1/batch"),
        ("https://bücher.example", "https://bücher.example/v1/batch"),
        (f"http://{'a' * 63}.example", f"http://{'a' * 63}.example/v1/batch"),
    ],
)
def test_the_path_is_added_where_it_is_missing(url: str, posted_to: str) -> None:
    assert batch_url(url) == posted_to


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("", "scheme"),
        ("collect.example", "scheme"),
        ("collect.example:8080", "scheme"),
        ("//collect.example", "scheme"),
        ("http:/collect.example", "scheme"),
        ("http:\\\\collect.example", "scheme"),
        ("ftp://collect.example", "scheme"),
        ("htps://collect.example", "scheme"),
        ("https://", "host"),
        ("https:///v1/batch", "host"),
        ("https://:8080", "host"),
        ("http://a..example", "host"),
        ("http://.example", "host"),
        ("http://a.example..", "host"),
        (f"http://{'a' * 64}.example", "host"),
        (f"http://{'a.' * 127}example", "host"),
        ("http://-a.example", "host"),
        ("http://${HOST}", "host"),
        ("http://a%20b", "host"),
        ("http://a\\b", "host"),
        ("http://bü..example", "host"),
        (f"http://{'ü' * 64}.example", "host"),
        ("http://256.1.1.1", "IPv4"),
        ("http://10.0.0", "IPv4"),
        ("http://1.2.3.4.5", "IPv4"),
        ("http://[::1", "brackets"),
        ("http://::1:8080", "brackets"),
        ("http://[::1]x:80", "brackets"),
        ("http://[1.2.3.4]", "IPv6"),
        ("http://[::g]", "IPv6"),
        ("http://a:b:80", "brackets"),
        ("http://a:0", "port"),
        ("http://a:65536", "port"),
        ("http://a:-1", "port"),
        ("http://a:", "port"),
        ("http://a:８０", "port"),
        ("http://a:eighty", "port"),
        ("http://a:" + "1" * 5000, "port"),
        ("http://collect.example ", "space"),
        (" http://collect.example", "space"),
        ("http://coll ect.example", "space"),
        ("http://collect.example/ in", "space"),
        ("http://collect.example\n", "space"),
        ("http://collect\t.example", "space"),
        ("http://collect.example/\x00", "space"),
        ("http://collect.example\u200b", "space"),
        ("http://collect.example\ufeff", "space"),
        ("\ufeffhttp://collect.example", "space"),
        ("http://collect\u00a0.example", "space"),
        ("http://collect.example/\ud800", "half a character"),
        ("http://a/" + "a" * 9000, "longer"),
        ("https://a?b", "query"),
        ("https://a#b", "fragment"),
    ],
)
def test_a_url_to_which_nothing_can_go_is_refused_with_the_part_that_is_wrong(url: str, part: str) -> None:
    with pytest.raises(UsageError, match=part):
        HttpTransport(url, "key")


@pytest.mark.parametrize("url", [None, b"http://a", 7])
def test_what_is_no_text_is_no_url(url: str) -> None:
    with pytest.raises(UsageError, match="URL"):
        HttpTransport(url, "key")


SECRET = "hunter2"


@pytest.mark.parametrize(
    "url",
    [
        f"kari:{SECRET}@collect.example",
        f"https://kari:{SECRET}@collect.example:0",
        f"https://kari:a?{SECRET}@collect.example",
        f"https://kari:{SECRET} @collect.example",
        f"https://kari:{SECRET}@[::1",
        f"ftp://kari:{SECRET}@collect.example",
        f"https://collect.example?key={SECRET}",
        f"https://collect.example#{SECRET}",
        f"https://collect.example/?mail=a@b.example&key={SECRET}",
        # Without its @, or with one that is written in another way.
        f"https://kari:{SECRET}",
        f"https://kari:{SECRET}%40collect.example",
        f"https://kari:{SECRET}\uff20collect.example",
        f"kari:{SECRET}",
        f"https:/kari:{SECRET}/",
    ],
)
def test_an_error_never_repeats_what_may_be_a_secret(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        HttpTransport(url, "key")
    with pytest.raises(UsageError) as caught_proxy:
        HttpTransport("http://a", "key", proxy=f"{url}/x")

    errors = [str(caught.value), str(caught_proxy.value)]
    assert [error for error in errors if SECRET in error or "kari" in error] == []


@pytest.mark.parametrize("user", [f"kari:{SECRET}", SECRET, f"{SECRET}:", f"a@b:{SECRET}"])
def test_a_user_and_a_password_in_a_url_are_not_sent_and_the_log_says_so_without_them(
    user: str, caplog: pytest.LogCaptureFixture
) -> None:
    transport = HttpTransport(f"https://{user}@collect.example:80/in", "key")

    assert batch_url(f"https://{user}@collect.example:80/in") == "https://collect.example:80/in/v1/batch"
    assert SECRET not in repr(vars(transport))
    assert "are not sent, the write key is" in caplog.text
    assert SECRET not in caplog.text


def test_an_error_repeats_a_url_that_can_hold_no_secret() -> None:
    with pytest.raises(UsageError, match=r"'ftp://collect\.example:80/in' is not a collector's URL"):
        HttpTransport("ftp://collect.example:80/in", "key")


@given(st.text())
def test_any_text_is_a_url_that_can_be_sent_to_or_is_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"http://a/{text}"):
        try:
            posted_to = batch_url(url)
        except UsageError:
            continue
        assert posted_to.startswith(("http://", "https://"))
        assert posted_to.endswith("/v1/batch")
        assert " " not in posted_to


@pytest.mark.parametrize("key", ["", None, "a:b", "key\n", " key", "k ey", "key\u200b", "key\x00"])
def test_a_write_key_that_cannot_be_sent_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(UsageError, match="key") as caught:
        check_write_key(key)

    assert repr(key) not in str(caught.value)


@pytest.mark.parametrize("proxy", ["http://proxy:3128", "https://kari:hunter2@proxy:3128/"])
def test_a_proxy_may_have_a_user(proxy: str) -> None:
    check_proxy(proxy)


@pytest.mark.parametrize("proxy", ["proxy:3128", "ftp://proxy", "http://proxy:0", "http://kari:hunter2@proxy/x", ""])
def test_a_proxy_to_which_nothing_can_connect_is_refused_at_once(proxy: str) -> None:
    with pytest.raises(UsageError, match="proxy") as caught:
        HttpTransport("https://collect.example", "key", proxy=proxy)

    assert "hunter2" not in str(caught.value)
