"""Infers what a property is meant to be from the profile of its values, all of which fit the result.

The type is what all values have. A few rules of thumb add to it: values that repeat are choices, a name or two digits
after the point mean money, a name or a form means personal data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from footfall.plan.model import PropertyType
from footfall.planning.personal_names import personal_kind
from footfall.planning.profiling.values import DEPTH, ValueProfile
from footfall.planning.words import words_of

__all__ = ["ENOUGH", "InferredProperty", "infer_property"]

ENOUGH: Final = 10
"""The fewest messages in which a property must be before it counts as required."""

_MOST_CHOICES = 20
_TIMES_EACH = 4
_LONGEST_CHOICE = 40
_MAP_KEYS = 24
_MONEY = frozenset(
    {"amount", "balance", "cost", "discount", "fee", "freight", "margin", "paid", "price", "refund", "revenue",
     "shipping", "subtotal", "tax", "tip", "total", "vat"}
)  # fmt: skip
_MONEY_DIGITS = 6
# Forms that much ordinary text has by chance count only where the name speaks of them too.
_NAMED: Mapping[str, frozenset[str]] = {
    "country": frozenset({"country", "nation"}),
    "currency": frozenset({"currency", "ccy"}),
    "hostname": frozenset({"domain", "host", "hostname"}),
    "language": frozenset({"lang", "language", "locale"}),
}
_TYPED: Mapping[str, PropertyType] = {"date": "date", "datetime": "datetime", "uuid": "uuid"}
_PERSONAL_FORMS = frozenset({"email", "ip", "ipv4", "ipv6", "mac", "phone"})
_KEY_OF_A_MAP = re.compile(r"[0-9]+|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[0-9a-f]{16,}")


class InferredProperty(msgspec.Struct, frozen=True):
    """What a property seems to be. `enum` are its choices if they are few; `mixed` says that no one type fits."""

    type: PropertyType
    format: str | None = None
    scale: int | None = None
    enum: tuple[str, ...] = ()
    nullable: bool = False
    personal: bool = False
    mixed: bool = False


def infer_property(name: str, profile: ValueProfile, depth: int = 0) -> InferredProperty:
    """What the property `name` seems to be. One that was only ever null can be anything."""
    words = words_of(name)
    kinds = {kind for kind, count in profile.kinds.items() if count and kind != "null"}
    nullable = profile.nulls > 0
    personal = _is_personal(name) or _has_personal_form(profile, kinds, words)
    type_, format_, scale = _type(profile, kinds, words, depth)
    may_choose = type_ == "string" and not personal and (format_ is None or format_ in _NAMED)
    choices = _choices(profile) if may_choose else ()
    if choices:
        format_ = None  # the values say more
    return InferredProperty(type_, format_, scale, choices, nullable, personal, type_ == "any" and len(kinds) > 1)


def _type(
    profile: ValueProfile, kinds: set[str], words: tuple[str, ...], depth: int
) -> tuple[PropertyType, str | None, int | None]:
    if kinds == {"boolean"}:
        return "boolean", None, None
    if kinds == {"integer"}:
        return "integer", None, None
    if kinds == {"string"} and not (profile.pointed_text and profile.numeric_text and _is_money(profile, words)):
        return _string(profile, words)
    if kinds and kinds <= {"integer", "number", "string"} and (profile.numeric_text or "string" not in kinds):
        return _amount(profile, kinds, words)
    if kinds == {"array"} and depth < DEPTH:
        return "array", None, None
    if kinds == {"object"} and depth < DEPTH:
        return ("map" if _is_map(profile) else "object"), None, None
    return "any", None, None


def _string(profile: ValueProfile, words: tuple[str, ...]) -> tuple[PropertyType, str | None, int | None]:
    for form in profile.forms:
        if form in _TYPED:
            return _TYPED[form], None, None
        if form not in _NAMED or _NAMED[form] & set(words):
            return "string", form, None
    return "string", None, None


def _is_money(profile: ValueProfile, words: tuple[str, ...]) -> bool:
    return profile.scale == 2 or (0 < profile.scale <= _MONEY_DIGITS and bool(_MONEY & set(words)))


def _amount(
    profile: ValueProfile, kinds: set[str], words: tuple[str, ...]
) -> tuple[PropertyType, str | None, int | None]:
    if profile.fits_decimal and ("string" in kinds or _is_money(profile, words)):
        return "decimal", None, profile.scale
    if profile.fits_number and "string" not in kinds:
        return "number", None, None
    return "any", None, None


def _is_map(profile: ValueProfile) -> bool:
    """Whether keys look like data: very many, or each an id or a number."""
    keys = profile.fields
    if profile.overflown is not None or not all(keys):
        return True
    return len(keys) > _MAP_KEYS or (len(keys) > 1 and all(map(_KEY_OF_A_MAP.fullmatch, keys)))


def _is_personal(name: str) -> bool:
    """Whether any part of a name means personal data: values are shown, so this doubts more than lint does."""
    words = words_of(name)
    return words == ("address",) or any(
        personal_kind("_".join(words[:end])) is not None for end in range(1, len(words) + 1)
    )


def _has_personal_form(profile: ValueProfile, kinds: set[str], words: tuple[str, ...]) -> bool:
    return kinds == {"string"} and _string(profile, words)[1] in _PERSONAL_FORMS


def _choices(profile: ValueProfile) -> tuple[str, ...]:
    """The few values that come again and again; one alone is no choice."""
    values = profile.distinct
    if values is None or not 1 < len(values) <= _MOST_CHOICES:
        return ()
    texts = sorted(value for value in values if isinstance(value, str) and 0 < len(value) <= _LONGEST_CHOICE)
    if len(texts) < len(values) or sum(values.values()) < _TIMES_EACH * len(values):
        return ()
    return tuple(texts)
