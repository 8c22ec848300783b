"""Ids as they are given: by a caller in any type, or in JSON; made plain text before anything compares them.

No value of a caller's is asked whether it equals another, is true or has a hash: the answer may be an error (as of
pandas' NA), an array (numpy) or a lie.
"""

from __future__ import annotations

import math
import operator
from decimal import Decimal
from numbers import Real
from uuid import UUID

__all__ = ["digits_of", "id_text", "plain_text", "whole_number"]

_MOST_DIGITS = 400  # as many as the largest double has, and some more


def plain_text(value: object) -> str | None:
    """Text as exactly a `str`, whatever class it is of; None for what is no text."""
    if type(value) is str:
        return value
    try:
        if isinstance(value, str):
            # What only says that it is text, as a lazy object does, becomes text by `str()`.
            text = str.__str__(value) if issubclass(type(value), str) else str(value)
            return text if type(text) is str else None
    except Exception:  # noqa: BLE001, S110 - whatever the value's own code raised: it is no text
        pass
    return None


def id_text(value: object) -> str | None:
    """An id as text: text, a UUID, or a whole number of any type (`operator.index`); None for what is no id.

    So a member of an int Enum is its number, and so is numpy's int64. True and False are no ids.
    """
    if type(value) is str:
        return value
    try:
        if isinstance(value, bool):
            return None
        if isinstance(value, UUID):
            return plain_text(str(value))
        return plain_text(value) if isinstance(value, str) else str(_index(value))
    except Exception:  # noqa: BLE001 - whatever the value's own code raised: it is no id
        return None


def _index(value: object) -> int:
    if isinstance(value, int) and not issubclass(type(value), int):
        return int(str(value))  # a lazy object that only says that it is a number
    return operator.index(value)  # type: ignore[arg-type]  # what has no index raises


def whole_number(value: object) -> str | None:
    """The digits of a float or a Decimal without a fraction, as pandas makes of whole numbers; None for all else.

    Ask `id_text` first, which knows integers.
    """
    try:
        if isinstance(value, bool):
            return None
        if isinstance(value, Decimal):
            return digits_of(str(Decimal(value)))
        number = float(value) if isinstance(value, Real) else math.nan
        return str(int(number)) if number.is_integer() else None
    except Exception:  # noqa: BLE001 - whatever the value's own code raised: it is no number
        return None


def digits_of(number: str) -> str | None:
    """The digits of a number without a fraction that is written in any way that JSON has; None for all other text."""
    try:
        exact = Decimal(number)
    except ArithmeticError:
        return None
    if not exact.is_finite() or exact.adjusted() > _MOST_DIGITS or exact != exact.to_integral_value():
        return None
    return str(int(exact))
