"""Any Python value as JSON text, fast where it is plain and with care where it is not; nothing makes it raise.

`encoding_foreign` has the form of each type that JSON does not know. It is loaded when the first such value is met.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import orjson

from footfall.encoding_plain import OPTIONS, direct, is_plain
from footfall.events import Fault

__all__ = ["encode", "fields_of", "lazy_text"]


def encode(value: object) -> tuple[bytes | None, tuple[Fault, ...]]:
    """The JSON text of `value`, and what had to be changed for it, each with its path inside `value`.

    The text is None when there is none; the faults say why. Never raises, and changes nothing in `value`.
    """
    try:
        if is_plain(value):
            return orjson.dumps(value, direct, OPTIONS), ()
    except Exception:  # noqa: BLE001, S110 - whatever the value's own code raised, the careful way deals with it
        pass
    try:
        encoded: tuple[bytes | None, tuple[Fault, ...]] = _foreign().encode_foreign(value)
    except Exception as error:  # noqa: BLE001 - no value may reach the caller as an exception
        return None, (Fault("", "unencodable", "a JSON value", type(error).__name__),)
    return encoded


def lazy_text(value: object) -> str | None:
    """The text of an object that makes it when it is asked (Django's gettext_lazy); None for any other.

    Never raises.
    """
    try:
        text: str | None = _foreign().lazy_text(value)
    except Exception:  # noqa: BLE001 - the value's own code raised
        return None
    return text


def fields_of(value: object) -> dict[str, Any] | None:
    """The fields of a mapping, a Struct, a dataclass, or an object of attrs or pydantic; None for any other value.

    Never raises.
    """
    try:
        fields: dict[str, Any] | None = (
            dict(value) if isinstance(value, Mapping) else _foreign().fields_of_object(value)
        )
    except Exception:  # noqa: BLE001 - the value's own code raised
        return None
    return fields


@functools.cache
def _foreign() -> Any:
    from footfall.forks import uncut, whole

    # A child that is forked while another thread loads it would wait for it for ever.
    with uncut():
        from footfall import encoding_foreign

        return whole(encoding_foreign)
