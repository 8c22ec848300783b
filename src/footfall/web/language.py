"""Language: the first language that a visitor's browser asks for."""

from __future__ import annotations

import re

__all__ = ["locale_of"]

_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")


def locale_of(accept_language: str) -> str | None:
    """The first language of an `Accept-Language` header, as `nb-NO`; None where it has none, or is something else."""
    match = _TAG.match(accept_language.lstrip())
    return match[0] if match is not None else None
