"""The formats that a string property can name in the plan, each a predicate over the whole string.

Every expression here is linear in the length of the string: none has a repetition inside a repetition that could match
the same text in two ways. A format is a check of shape, not of existence: no look-up is made.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

__all__ = ["FORMATS", "UUID"]

# RFC 9562, section 4: the canonical text of a UUID; it is to be read in either case.
UUID = re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}")

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOSTNAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
# The HTML standard's "valid e-mail address", with a dot in the domain: what mail over the internet needs.
_EMAIL = re.compile(rf"(?=.{{3,254}}\Z)[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+")
# RFC 3986: a scheme, then only characters that a URI may hold, in one run.
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")
_URL = re.compile(r"https?://(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")
_TIME = re.compile(
    r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?"
)
# ISO 8601: at least one part, and one after a T.
_DURATION = re.compile(
    r"P(?=[0-9T])(?:[0-9]{1,9}W|(?:[0-9]{1,9}Y)?(?:[0-9]{1,9}M)?(?:[0-9]{1,9}D)?"
    r"(?:T(?=[0-9])(?:[0-9]{1,9}H)?(?:[0-9]{1,9}M)?(?:[0-9]{1,9}(?:\.[0-9]{1,9})?S)?)?)"
)
# RFC 5646 as it is used: language, script, region, variants.
_LANGUAGE = re.compile(
    r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"
)
_SEMVER = re.compile(
    r"(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
    r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)


def _ipv4(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return text.isascii()


def _ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def _ip(text: str) -> bool:
    return _ipv4(text) or _ipv6(text)


FORMATS: Mapping[str, Callable[[str], object]] = MappingProxyType(
    {
        "country": re.compile(r"[A-Z]{2}").fullmatch,  # ISO 3166-1 alpha-2
        "currency": re.compile(r"[A-Z]{3}").fullmatch,  # ISO 4217
        "duration": _DURATION.fullmatch,
        "email": _EMAIL.fullmatch,
        "hostname": _HOSTNAME.fullmatch,
        "ip": _ip,
        "ipv4": _ipv4,
        "ipv6": _ipv6,
        "language": _LANGUAGE.fullmatch,
        "mac": re.compile(r"[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}").fullmatch,
        "phone": re.compile(r"\+[1-9][0-9]{6,14}").fullmatch,  # ITU-T E.164
        "semver": _SEMVER.fullmatch,
        "sha256": re.compile(r"[0-9a-f]{64}").fullmatch,
        "time": _TIME.fullmatch,  # RFC 3339 full-time, the offset optional
        "uri": _URI.fullmatch,
        "url": _URL.fullmatch,
        "uuid": UUID.fullmatch,
    }
)
"""Name in the plan -> predicate; what it returns is true if and only if the whole string has the format."""
