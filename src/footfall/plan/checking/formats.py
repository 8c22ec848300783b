"""The formats that a string property can name in the plan, each a predicate over the whole string.

Every expression here is linear in the length of the string: none has a repetition inside a repetition that could match
the same text in two ways. A format is a check of shape, not of existence: no look-up is made.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from footfall.timestamps import DATETIME

__all__ = ["FORMATS", "UUID"]

# RFC 9562, section 4: the canonical text of a UUID; it is to be read in either case.
UUID = re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}")

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOSTNAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
# RFC 5321 without quoted names and addresses in brackets, with a dot in the domain: what mail over the internet needs.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_EMAIL = re.compile(rf"(?=.{{3,254}}\Z)(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")
# RFC 3986, appendix A; a host in brackets is an IPv6 address in shape only. What follows the scheme is not empty.
_NAME = r"[A-Za-z0-9._~!$&'()*+,;=-]"
_CODE = r"%[0-9A-Fa-f]{2}"
_AUTHORITY = rf"(?:(?:{_NAME}|:|{_CODE})*@)?(?:\[[0-9A-Fa-f:.]+\]|(?:{_NAME}|{_CODE})*)(?::[0-9]*)?"
_PATH = rf"(?:{_NAME}|[:@/]|{_CODE})"
_TAIL = rf"(?:\?(?:{_NAME}|[:@/?]|{_CODE})*)?(?:#(?:{_NAME}|[:@/?]|{_CODE})*)?"
_URI = re.compile(rf"[A-Za-z][A-Za-z0-9+.-]*:(?=.)(?://{_AUTHORITY}(?:/{_PATH}*)?|(?!//){_PATH}*){_TAIL}")
_URL = re.compile(rf"https?://(?=[^:/?#]){_AUTHORITY}(?:/{_PATH}*)?{_TAIL}")
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
_OFFSET = r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
_TIME = re.compile(rf"{_CLOCK}{_OFFSET}?")
# RFC 3339, section 5.6. Days as Python has them: from the year 1; no leap seconds.
_LEAP = r"(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_DAY = (
    r"(?!0000)(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|"
    rf"02-(?:0[1-9]|1[0-9]|2[0-8]))|{_LEAP}-02-29)"
)
_DATE = re.compile(_DAY)
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
    return "%" not in text  # a zone (RFC 4007) means something on one machine only


def _ip(text: str) -> bool:
    return _ipv4(text) or _ipv6(text)


FORMATS: Mapping[str, Callable[[str], object]] = MappingProxyType(
    {
        "country": re.compile(r"[A-Z]{2}").fullmatch,  # ISO 3166-1 alpha-2
        "currency": re.compile(r"[A-Z]{3}").fullmatch,  # ISO 4217
        "date": _DATE.fullmatch,
        "date-time": re.compile(DATETIME).fullmatch,
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
