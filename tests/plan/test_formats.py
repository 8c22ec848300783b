"""Each format takes what its standard takes, and only the whole string; none needs more than linear time."""

from __future__ import annotations

import ipaddress
import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.plan.formats import FORMATS

SAMPLES = {
    "country": (["SE", "NO"], ["se", "SWE", "S1", "ＳＥ"]),
    "currency": (["EUR"], ["eur", "EURO"]),
    "duration": (["P1D", "PT1H30M", "P1Y2M3DT4H5M6.5S", "P2W", "PT0S"], ["P", "PT", "1D", "P1H", "P1DT", "P1W2D"]),
    "email": (
        ["ada@shop.example", "a.b+c@x-y.shop.example", "a@b.c"],
        [
            "ada@",
            "@b.c",
            "ada@shop",
            "ada b@c.d",
            "a@-b.c",
            "a@b..c",
            "a" * 65 + "@b.c",
            "a@" + "b." * 130 + "c",
            "ö@b.c",
        ],
    ),
    "hostname": (["shop.example", "a", "x-1.y"], ["", "-a", "a-", "a..b", "a" * 64, "a_b"]),
    "ip": (["10.0.0.1", "::1"], ["10.0.0", "x"]),
    "ipv4": (["10.0.0.1", "255.255.255.255"], ["10.0.0.256", "010.0.0.1", "1.2.3", "::1", "١.1.1.1", "1.1.1.1/8"]),
    "ipv6": (["::1", "2001:db8::8a2e:370:7334", "::ffff:10.0.0.1"], ["::g", "10.0.0.1", "1::2::3", ""]),
    "language": (["en", "sv-SE", "zh-Hant-TW", "es-419", "de-CH-1901"], ["e", "en_US", "english", "en-"]),
    "mac": (["00:1A:2b:3c:4d:5e", "00-1a-2b-3c-4d-5e"], ["00:1a:2b:3c:4d", "001a2b3c4d5e"]),
    "phone": (["+46701234567"], ["0701234567", "+0701234567", "+46 70", "+123456"]),
    "semver": (["1.0.0", "2.3.0-rc.1+build.5"], ["1.0", "01.0.0", "1.0.0-", "v1.0.0"]),
    "sha256": (["0123456789abcdef" * 4], ["0" * 63, "0" * 65, "A" * 64]),
    "time": (["10:00:00", "23:59:59.123Z", "10:00:00+05:30"], ["24:00:00", "10:00", "10:00:00+5"]),
    "uri": (
        ["urn:isbn:1", "https://a.example/%20?q=1#f", "mailto:a@b.c"],
        ["a b:c", ":x", "https://a/%2", "https:", "x"],
    ),
    "url": (["https://a.example/?b=c", "http://localhost:8000"], ["ftp://a", "a.example", "https://", "https://a b"]),
    "uuid": (
        ["0785ee10-d5da-46d9-80f4-36a000000000", "0785EE10-D5DA-46D9-80F4-36A000000000"],
        ["0785ee10d5da46d980f436a000000000", "{0785ee10-d5da-46d9-80f4-36a000000000}", "urn:uuid:0785ee10"],
    ),
}


def test_every_format_has_samples() -> None:
    assert SAMPLES.keys() == FORMATS.keys()


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_takes_the_good_and_not_the_bad_nor_the_good_with_more_around_it(name: str) -> None:
    good, bad = SAMPLES[name]

    assert [text for text in good if not FORMATS[name](text)] == []
    assert [text for text in (*bad, "") if FORMATS[name](text)] == []
    around = [text for sample in good for text in (f" {sample}", f"{sample}\n", f"{sample} ", f"\x00{sample}")]
    assert [text for text in around if FORMATS[name](text)] == []


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_answers_for_any_long_text(name: str) -> None:
    # The size of a whole message of one repeated part, with an end that fits nothing: a quadratic expression would
    # need minutes for all of them.
    for part in ("a", "1", "a.", "a-", "1-", "%41", "a@", ":", "1.", "P1"):
        assert not FORMATS[name](part * (32_768 // len(part)) + "\n")


@given(st.uuids(), st.ip_addresses(v=4), st.ip_addresses(v=6), st.emails(domains=st.just("shop.example")))
def test_formats_take_what_the_standard_library_writes(
    some_uuid: uuid.UUID, four: ipaddress.IPv4Address, six: ipaddress.IPv6Address, email: str
) -> None:
    assert FORMATS["uuid"](str(some_uuid))
    assert FORMATS["ipv4"](str(four))
    assert FORMATS["ipv6"](str(six))
    assert bool(FORMATS["email"](email)) is bool(re.fullmatch(r".{1,64}@.*", email))
