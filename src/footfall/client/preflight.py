"""Preflight: the faults in ids and times that a collector would report, so that the receipt has them already.

A collector quarantines a message without an id, ignores a placeholder in place of a user, and replaces a time that it
cannot read by the time of receipt. All of these are slips in the calling code, so the caller hears of them first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from footfall.encoding import encode, fields_of
from footfall.events import Fault
from footfall.identity.given import id_text, plain_text, whole_number
from footfall.identity.junk import is_junk

__all__ = ["id_fault", "kind_of", "misfit", "names_device"]


def id_fault(user_id: str | None, anonymous_id: str | None, context: Any) -> Fault | None:
    """The fault of a message that names nobody, or a placeholder in place of its user; None of any other.

    A connected product is named by `context.device.id`; what is of a bot (`context.bot`) needs no id.
    """
    if user_id and not _stands_for_no_one(user_id):
        return None
    got = "a placeholder" if user_id else ""
    if not anonymous_id and not names_device(context, "device", "id") and not _is_of_bot(context):
        return Fault("userId", "no_usable_id", "a user_id, an anonymous_id or a device", got)
    return Fault("userId", "junk_id", "the id of a user", got) if user_id else None


def _stands_for_no_one(user_id: str) -> bool:
    if not is_junk(user_id):
        return False
    # Half a character makes an id junk where it cannot be replaced; ours is sent with U+FFFD in its place.
    return is_junk(user_id.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def _is_of_bot(context: Any) -> bool:
    bot = fields_of(context) if context is not None else None
    return bot is not None and isinstance(bot.get("bot"), Mapping)


def names_device(value: Any, *path: str) -> bool:
    """Whether there is a usable id at this path of what the caller handed in."""
    if value is None:
        return False
    text, _ = encode(value)
    try:
        part = orjson.loads(text or b"null")
        for key in path:
            part = part[key]
    except (ValueError, KeyError, TypeError, IndexError):
        return False
    return bool(id_text(part) or whole_number(part))


def misfit(path: str, expected: str, value: object) -> Fault:
    """The fault of a value of a type that its place does not take."""
    return Fault(path, "type", expected, kind_of(value))


def kind_of(value: object) -> str:
    """What a value is, for a fault: its type, or that there is none."""
    return "nothing" if value is None else "empty text" if plain_text(value) == "" else type(value).__name__
