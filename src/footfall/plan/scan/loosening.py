"""Loosening: what is left of a value that other code may have changed since."""

from __future__ import annotations

import ast
from typing import Final

from footfall.plan.scan.values import Dictionary, Entry, OneOf, Sequence, Unknown, Value, because, join_values

__all__ = ["ALL", "BOUND", "EITHER", "IN_PLACE", "loosened"]

BOUND: Final = "bound"
IN_PLACE: Final = "in place"
EITHER: Final = frozenset({BOUND, IN_PLACE})
"""How other code changes a value: it binds the name anew, it changes what the name holds, or both."""

ALL: Final = "*"
"""Stands for every name: an attribute is set by a name that is not written out."""


def loosened(value: Value, kinds: frozenset[str], what: ast.AST) -> Value:
    """The value, with what may have become of it where it is changed elsewhere."""
    if IN_PLACE in kinds:
        value = _in_place(value, what)
    if BOUND in kinds:
        value = join_values((value, Unknown(because("is ", what, ", which is set elsewhere"))), loose=True)
    return value


def _in_place(value: Value, what: ast.AST) -> Value:
    if isinstance(value, Dictionary):
        rest = Unknown(because("is ", what, ", which is changed elsewhere"))
        entries = {
            key: Entry(join_values((entry.value, Unknown("may be changed elsewhere")), loose=True), entry.certain)
            for key, entry in value.entries.items()
        }
        return Dictionary(entries, rest, value.origin)
    if isinstance(value, Sequence):
        return Unknown(because("is ", what, ", which is changed elsewhere"), type="array")
    if isinstance(value, OneOf):
        return join_values([_in_place(option, what) for option in value.options], value)
    return value
