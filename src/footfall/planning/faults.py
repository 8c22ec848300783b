"""The register of fault codes: every way in which a message can be wrong when it is checked, sent or taken in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["FAULTS"]

FAULTS: Final[Mapping[str, str]] = {
    # A value against its property
    "required": "A property that the plan requires, or an id that the kind of message needs, is not there.",
    "null": "The value is null, and the property is not `nullable`.",
    "type": "The value is of another type than the plan, or the message itself, asks for.",
    "enum": "The value is none of the property's `enum`; where the enum is `open`, this is only a warning.",
    "pattern": "The text has no match of the property's `pattern`.",
    "format": "The text is not written in the property's `format`.",
    "min": "The number is below the property's `min`.",
    "max": "The number is above the property's `max`.",
    "min_length": "The text has fewer characters than the property's `min_length`.",
    "max_length": "The text has more characters than the property's `max_length`.",
    "min_items": "The array or map has fewer items than the property's `min_items`.",
    "max_items": "The array or map has more items than the property's `max_items`.",
    "scale": "The decimal has more digits after its point than the property's `scale`.",
    "unknown_property": "The plan does not know a property of this name at this place.",
    "additional": "The object says `additional: false`, and the key is none of its properties.",
    "rule": "One of the event's `rules` is not true of its properties; the path is the rule's id.",
    "untransformable": "A value whose parts are to be transformed is of another type, so it is left out.",
    "no_transform_key": "A property is to be hashed and there is no key to hash it with, so it is left out.",
    # A message against the plan
    "unknown_event": "The plan has no event of this name, wire name or alias.",
    "source": "The event may only be sent by the `sources` that the plan names, and this is none of them.",
    "draft": "The event is a draft: it may be coded and tested, and is quarantined until its status is active.",
    "deprecated": "The event is deprecated; it is stored, and the warning names what replaces it.",
    # A value against JSON
    "unencodable": "The value has no JSON form, or its structure is too deep, too large or never ends.",
    "not_finite": (
        "NaN and infinity are not numbers in JSON, and 1e400 is beyond doubles: null or text was sent instead."
    ),
    "surrogate": "The text has half of a character (a lone surrogate), which UTF-8 cannot carry.",
    "duplicate_key": "Two values have one key after encoding, and only one could be kept.",
    "json": "The text is not JSON in UTF-8.",
    # A message against the wire
    "depth": "The message is nested more deeply than the collector takes.",
    "keys": "The message has more keys than the collector takes.",
    "too_large": (
        "The message is larger than the collector takes: its first 4 KB, length and SHA-256 are kept in quarantine."
    ),
    "misdated": (
        "The time is over 30 days before receipt or over a day after, and neither imported nor spooled; it is kept."
    ),
    "timestamp": "The time cannot be read, so the time of receipt is taken.",
    "junk_id": "The id is a placeholder that means no one (null, undefined, 0, guest), so it counts as absent.",
    "float_id": "The id is a number with a fraction of zero (12345.0); it counts as that whole number (12345).",
    "no_usable_id": "The message names neither a user, nor a browser or installation, nor a device.",
    "consent": "The person did not agree to the message being kept, so nothing of it is.",
    "reserved": "The key belongs to footfall's own part of `context`; what the application gave was left out.",
    "unjudged": "footfall itself failed on the message; it is kept whole, to be judged again after an upgrade.",
}
"""Fault code -> what it says of a message."""
