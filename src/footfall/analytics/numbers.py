"""Columns of exact numbers: one type for the values of many parts, whatever types those have them in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Context, Decimal
from typing import Any, NamedTuple

import pyarrow
import pyarrow.compute as pc

__all__ = ["Numbers", "joined_numbers", "narrowest", "shortest"]

_WIDTH = 38
_FIRST = 16  # values that are looked at one by one
"""The most digits of a DECIMAL, in DuckDB as in Arrow."""

_EXACT = Context(prec=2_000)


class Numbers(NamedTuple):
    """The numbers of some rows: a column of int64, of decimals of any scale or of nulls, and those that do not fit it.

    `others` are by row, and the column is null there.
    """

    values: Any
    others: Mapping[int, Decimal]


def joined_numbers(pieces: Sequence[Numbers], least_scale: int) -> tuple[Any, bool, int]:
    """The column of several pieces, one after the other, whether it is one of decimals, and their scale.

    The scale is what the values need, `least_scale` at least, so that it does not follow from how they were kept. Where
    they need more than 38 digits, the column has their shortest exact texts, and the scale is 0.
    """
    of_type: dict[Any, list[Any]] = {}
    for piece in pieces:
        of_type.setdefault(piece.values.type, []).extend(piece.values.chunks)
    sizes = [_size_of(pyarrow.chunked_array(chunks, type_), least_scale) for type_, chunks in of_type.items()]
    sizes += [_size(value, least_scale) for piece in pieces for value in piece.others.values()]
    whole, scale = max((size[0] for size in sizes), default=0), max((size[1] for size in sizes), default=least_scale)
    fits = whole + scale <= _WIDTH
    type_ = pyarrow.decimal128(_WIDTH, scale) if fits else pyarrow.string()
    chunks = []
    for piece in pieces:
        column = piece.values.cast(type_) if fits else _texts(piece.values)
        if piece.others:
            column = _with_others(column, piece.others, scale if fits else None)
        chunks += column.chunks
    return pyarrow.chunked_array(chunks, type_), fits, scale if fits else 0


def narrowest(values: Any) -> Any:
    """A column of int64, of decimals or of nulls as decimals of no more digits than its values need."""
    whole, scale = _size_of(values, 0)
    exact = values.cast(pyarrow.decimal128(_WIDTH, 0)) if pyarrow.types.is_integer(values.type) else values
    return exact.cast(pyarrow.decimal128(min(max(whole, 1) + scale, _WIDTH), scale))


def shortest(value: Decimal) -> str:
    """The same text for the same number, however it was written."""
    sign, digits, exponent = value.as_tuple()
    text, power = "".join(map(str, digits)).lstrip("0"), int(exponent)
    if not text:
        return "0"
    stripped = text.rstrip("0")
    return f"{'-' if sign else ''}{stripped}E{power + len(text) - len(stripped)}"


def _size_of(values: Any, least_scale: int) -> tuple[int, int]:
    """How many digits the values need before the point, and after it."""
    if values.null_count == len(values):
        return 0, least_scale
    scale = least_scale
    if pyarrow.types.is_decimal(values.type):
        # A cast that fails takes long: most often the first values show that it would.
        few = values.slice(0, _FIRST).drop_null().to_pylist()
        scale = max((_size(value, least_scale)[1] for value in few), default=least_scale)
        while scale < values.type.scale:
            try:
                values.cast(pyarrow.decimal128(_WIDTH, scale))
                break
            except pyarrow.ArrowInvalid:
                scale += 1  # a value needs more
    ends = pc.min_max(values).as_py().values()
    return max(_size(Decimal(end), 0)[0] for end in ends), scale


def _size(value: Decimal, least_scale: int) -> tuple[int, int]:
    if not value:
        return 0, least_scale
    exponent = int(value.normalize(_EXACT).as_tuple().exponent)
    return max(value.adjusted() + 1, 0), max(-exponent, least_scale)


def _texts(values: Any) -> Any:
    texts = [None if value is None else shortest(Decimal(value)) for value in values.to_pylist()]
    return pyarrow.chunked_array([pyarrow.array(texts, pyarrow.string())])


def _with_others(column: Any, others: Mapping[int, Decimal], scale: int | None) -> Any:
    values = column.combine_chunks()
    rows = pyarrow.array(list(others), pyarrow.int64())
    texts = [shortest(value) if scale is None else value.quantize(Decimal(1).scaleb(-scale), context=_EXACT)
             for value in others.values()]  # fmt: skip
    is_other = pc.fill_null(pc.scatter(pyarrow.repeat(True, len(rows)), rows, max_index=len(values) - 1), False)
    return pyarrow.chunked_array([pc.replace_with_mask(values, is_other, pyarrow.array(texts, values.type))])
