"""Each format takes what its standard takes, and only the whole string; none needs more than linear time."""

from __future__ import annotations

import ipaddress
import re
import uuid

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.plan.checking.formats import FORMATS

SAMPLES = {
    "country": (["SE", "NO"], ["se", "SWE", "S1", "ＳＥ"]),
    "currency": (["EUR"], ["eur", "EURO"]),
    "date": (["2026-03-01", "2024-02-29"], ["2026-02-30", "1900-02-29", "0000-01-01", "20260301", "2026-3-1"]),
    "date-time": (
        ["2026-03-01T10:00:00Z", "2026-03-01t10:00:00.123456789z", "2026-03-01T10:00:00-05:30"],
        ["2026-03-01T10:00:00", "2026-03-01T24:00:01Z", "2026-03-01T10:00:61Z", "9999-12-31T24:00:00Z"],
    ),
    "duration": (["P1D", "PT1H30M", "P1Y2M3DT4H5M6.5S", "P2W", "PT0S"], ["P", "PT", "1D", "P1H", "P1DT", "P1W2D"]),
    "email": (
        ["ada@shop.example", "a.b+c@x-y.shop.example", "a@b.c"],
        [
            "ada@",
            "@b.c",
            "ada@shop",
            "ada b@c.d",
            "a..b@c.d",
            ".a@c.d",
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
    "ipv6": (["::1", "2001:db8::8a2e:370:7334", "::ffff:10.0.0.1"], ["::g", "10.0.0.1", "1::2::3", "", "fe80::1%eth0"]),
    "language": (["en", "sv-SE", "zh-Hant-TW", "es-419", "de-CH-1901"], ["e", "en_US", "english", "en-"]),
    "mac": (["00:1A:2b:3c:4d:5e", "00-1a-2b-3c-4d-5e"], ["00:1a:2b:3c:4d", "001a2b3c4d5e"]),
    "phone": (["+46701234567"], ["0701234567", "+0701234567", "+46 70", "+123456"]),
    "semver": (["1.0.0", "2.3.0-rc.1+build.5"], ["1.0", "01.0.0", "1.0.0-", "v1.0.0"]),
    "sha256": (["0123456789abcdef" * 4], ["0" * 63, "0" * 65, "A" * 64]),
    "time": (["10:00:00", "23:59:59.123Z", "10:00:00+05:30"], ["24:00:00", "10:00", "10:00:00+5"]),
    "uri": (
        ["urn:isbn:1", "https://a.example/%20?q=1#f", "mailto:a@b.c"],
        ["a b:c", ":x", "https://a/%2", "https:", "x", "http://a:port/", "http://a[b", "a:b#c#d", "http://a/[x]"],
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


# Texts of which JSON Schema's formats (draft 2020-12, as jsonschema-rs reads them) think otherwise, and why.
DIFFERENCES: dict[str, dict[str, list[str]]] = {
    "a dot in the domain: mail over the internet needs it": {"email": ["ada@localhost", "ada@shop"]},
    "no quoted name": {"email": ['"a b"@c.d']},
    "no address in the place of a domain": {"email": ["a@[127.0.0.1]"]},
    "a scheme alone names nothing": {"uri": ["http:", "https:"]},
    "the shape of a host name, not whether it is well encoded": {"hostname": ["xn--a"]},
    "as RFC 1123 has it, without the reserved names of RFC 5891": {"hostname": ["ab--cd"]},
    "no year 0, which Python's days do not have": {"date": ["0000-01-01"], "date-time": ["0000-01-01T00:00:00Z"]},
    "no leap second, which Python's times do not have": {"time": ["23:59:60Z"]},
    "also the forms of ISO 8601 that senders use": {
        "date-time": [
            "2026-03-01 10:00:00Z",
            "2026-03-01T10:00:00+0530",
            "2026-03-01T10:00:00-03",
            "2026-03-01T24:00:00Z",
            "2026-03-01T10:00:60Z",
        ],
    },
    "also a time without an offset": {"time": ["10:00:00"]},
    "also a fraction of the last part, as ISO 8601 has it": {"duration": ["PT0.5S", "P1Y2M3DT4H5M6.5S"]},
    "also with a part left out in the middle, as ISO 8601 has it": {"duration": ["P1Y3D"]},
}
SAME = {
    "date": ["2026-3-01", "2000-02-29", "1900-02-29", "9999-12-31", "+2026-03-01", "2026-W01-1", "\u0662026-03-01"],
    "date-time": ["2026-03-01t10:00:00z", "2016-12-31T23:59:60Z", "2026-03-01T10:00Z", "2026-03-01T10:00:00+24:00",
                  "2026-03-01T10:00:00-00:00", "2026-03-01T10:00:00,5Z",
                  "2026-03-01T10:00:00.1234567890123Z", "2026-03-01T10:00:00.Z"],
    "duration": ["P1Y2M3DT4H5M6S", "PT36H", "P4W", "P", "PT", "P1W2D", "P1S", "PT1D", "P0D", "P1YT", "P-1D", "p1d"],
    "email": ["a..b@c.d", ".a@c.d", "a@b_c.d", "a@-b.c", "A@B.C", "a+b@c.d", "a@c.d.", "a" * 64 + "@b.c"],
    "hostname": ["-a", "a-", "a_b", "a..b", "a.", "1.2.3.4", "a" * 63, "a" * 64, "", "a b", ".".join(["a" * 49] * 5)],
    "ipv4": ["010.0.0.1", "1.2.3", "1.2.3.4.5", "\uff11.2.3.4", "0x1.2.3.4", "00.0.0.0", "1.2.3.4/8"],
    "ipv6": ["::", "1::", "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:8:9", "12345::", "::ffff:1.2.3.4", "::1.2.3.400", "1::2::3",
             "fe80::1%eth0", ":::", "::1/64", "[::1]", "ABCD::ef", "::01.2.3.4"],
    "time": ["10:00:00z", "24:00:00Z", "10:00Z", "10:00:00.5Z", "1:00:00Z", "10:00:00+01:00"],
    "uri": ["//a.b", "/a", "a.b", "http://\u00e4.b", "https://a.b/%zz", "1http://a", "http://[::1]/", "http://a:port/",
            "https://a.b/{x}", "http://a[b", "tel:+1-2", "a:b:c#d#e", "http://a/[x]", "urn:x:y", "a:?", "file:///a"],
    "uuid": ["0785ee10d5da46d980f436a000000000", "urn:uuid:0785ee10-d5da-46d9-80f4-36a000000000",
             "00000000-0000-0000-0000-000000000000", "0785EE10-D5DA-46D9-80F4-36A000000000"],
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_formats_are_those_of_json_schema_up_to_the_differences_that_are_named(name: str) -> None:
    validator = jsonschema_rs.Draft202012Validator({"type": "string", "format": name}, validate_formats=True)
    differing = {text for named in DIFFERENCES.values() for text in named.get(name, [])}
    texts = {*differing, *SAME[name], *(text for samples in SAMPLES[name] for text in samples)}

    assert {text for text in texts if bool(FORMATS[name](text)) is not validator.is_valid(text)} == differing
