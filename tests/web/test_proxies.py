"""Only what a trusted proxy writes of the visitor counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.errors import UsageError
from footfall.web.proxies import TrustedProxies, cut_address
from footfall.web.request import WebRequest

VISITOR, PROXY, STRANGER = "203.0.113.9", "10.0.0.1", "198.51.100.7"


def request(peer: str, forwarded_for: str = "", **headers: str) -> WebRequest:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    if forwarded_for:
        names["x-forwarded-for"] = forwarded_for
    return WebRequest(method="GET", scheme="http", host="inner", path="/", headers=names, peer=peer)


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "visitor"),
    [
        (PROXY, VISITOR, VISITOR),
        (PROXY, f"{STRANGER}, {VISITOR}", VISITOR),
        (PROXY, f"{VISITOR}, 10.0.0.2", VISITOR),
        (PROXY, f"{STRANGER},{VISITOR},10.0.0.2,10.9.9.9", VISITOR),
        (PROXY, "", PROXY),
        (PROXY, "garbage", PROXY),
        (PROXY, f"{VISITOR}, garbage", PROXY),
        (PROXY, "10.0.0.2, 10.0.0.3", "10.0.0.2"),
        (PROXY, f"{VISITOR}:4711", VISITOR),
        (PROXY, '"[2001:db8::1]:4711"', "2001:db8::1"),
        (PROXY, f"::ffff:{VISITOR}", VISITOR),
        (f"::ffff:{PROXY}", VISITOR, VISITOR),
        (STRANGER, VISITOR, STRANGER),
        ("", VISITOR, ""),
        (PROXY, ", ".join([VISITOR] + ["10.0.0.2"] * 5_000), "10.0.0.2"),
    ],
)
def test_the_visitor_is_the_right_most_address_that_is_not_trusted(peer: str, forwarded_for: str, visitor: str) -> None:
    assert TrustedProxies(["10.0.0.0/8"]).resolve(request(peer, forwarded_for)).peer == visitor


def test_a_proxy_on_a_unix_socket_has_no_address_and_is_named_unix() -> None:
    assert TrustedProxies(["unix"]).resolve(request("", VISITOR)).peer == VISITOR
    assert TrustedProxies(["unix"]).resolve(request(STRANGER, VISITOR)).peer == STRANGER


def test_the_scheme_and_the_host_are_the_trusted_proxys_too() -> None:
    headers = {"x_forwarded_proto": "https", "x_forwarded_host": "shop.example"}

    behind = TrustedProxies(["10.0.0.0/8"]).resolve(request(PROXY, VISITOR, **headers))
    assert (behind.scheme, behind.host) == ("https", "shop.example")
    spoofed = TrustedProxies(["10.0.0.0/8"]).resolve(request(STRANGER, VISITOR, **headers))
    assert (spoofed.scheme, spoofed.host) == ("http", "inner")
    odd = TrustedProxies(["10.0.0.0/8"]).resolve(request(PROXY, x_forwarded_proto="javascript"))
    assert odd.scheme == "http"


@pytest.mark.parametrize("network", ["10.0.0.1/8", "*", "loadbalancer", ""])
def test_what_is_no_network_is_refused(network: str) -> None:
    with pytest.raises(UsageError, match="trusted_proxies"):
        TrustedProxies([network])


@given(st.text(), st.text())
def test_whatever_a_stranger_writes_the_address_is_theirs(forwarded_for: str, host: str) -> None:
    spoofed = request(STRANGER, forwarded_for, x_forwarded_host=host)

    assert TrustedProxies(["10.0.0.0/8"]).resolve(spoofed) is spoofed


@given(st.text())
def test_whatever_comes_through_a_proxy_nothing_raises(forwarded_for: str) -> None:
    assert TrustedProxies(["10.0.0.0/8"]).resolve(request(PROXY, forwarded_for)).peer


@pytest.mark.parametrize(
    ("address", "cut"),
    [
        (VISITOR, "203.0.113.0"),
        ("2001:db8:1:2:3::4", "2001:db8:1::"),
        (f"::ffff:{VISITOR}", "203.0.113.0"),
        ("fe80::1%eth0", "fe80::"),
        ("", None),
        ("unix:", None),
    ],
)
def test_an_address_is_cut_to_what_many_households_share(address: str, cut: str | None) -> None:
    assert cut_address(address) == cut
