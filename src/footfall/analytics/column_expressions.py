"""Expressions over whole columns: sums, differences, products and comparisons of exact numbers.

What columns cannot decide exactly (a quotient, a text, a number of too many digits) is left to an evaluation by rows.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

import pyarrow
import pyarrow.compute as pc

__all__ = ["column_of"]

_WIDTH = 38  # digits of a decimal in Arrow
_ARITHMETIC: Final[Mapping[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: pc.add, ast.Sub: pc.subtract, ast.Mult: pc.multiply,
}  # fmt: skip
_ORDERS: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], Any]]] = {
    ast.Lt: pc.less, ast.LtE: pc.less_equal, ast.Gt: pc.greater, ast.GtE: pc.greater_equal,
}  # fmt: skip


class _NoColumnError(Exception):
    """Columns cannot give the value."""


def column_of(expression: str, columns: Mapping[str, Any]) -> Any:
    """The values of an expression over columns of decimals, as an Arrow array; None where columns cannot give them.

    Null is what cannot be decided, as in `footfall.plan.checking.rules`.
    """
    line = expression.replace("\n", " ").replace("\r", " ").replace("\t", " ").strip()
    try:
        return _value(ast.parse(line, mode="eval").body, columns)
    except (_NoColumnError, pyarrow.ArrowInvalid):
        return None


def _value(node: ast.expr, columns: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.BoolOp):
        combine = pc.or_kleene if isinstance(node.op, ast.Or) else pc.and_kleene
        first, *others = [_truth(part, columns) for part in node.values]
        for other in others:
            first = combine(first, other)
        return first
    return _truth(node, columns) if isinstance(node, ast.Compare) else _number(node, columns)


def _truth(node: ast.expr, columns: Mapping[str, Any]) -> Any:
    """A comparison, or several; any other value has a truth of its own kind."""
    if isinstance(node, ast.BoolOp):
        return _value(node, columns)
    if not isinstance(node, ast.Compare) or len(node.ops) != 1 or type(node.ops[0]) not in _ORDERS:
        raise _NoColumnError
    first, second = (_number(part, columns) for part in (node.left, node.comparators[0]))
    return _ORDERS[type(node.ops[0])](first, second)


def _number(node: ast.expr, columns: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Name) and node.id in columns:
        return columns[node.id]
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return _scalar(Decimal(repr(node.value)))
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        return _narrowed(_ARITHMETIC[type(node.op)](*(_number(part, columns) for part in (node.left, node.right))))
    raise _NoColumnError


def _scalar(value: Decimal) -> Any:
    exponent = int(value.as_tuple().exponent)
    if exponent > 0:
        raise _NoColumnError
    return pyarrow.scalar(value, pyarrow.decimal128(max(len(value.as_tuple().digits), -exponent, 1), -exponent))


def _narrowed(values: Any) -> Any:
    """The same numbers in no more digits than they need, so that the next operation has room."""
    if not isinstance(values, pyarrow.Array | pyarrow.ChunkedArray):
        return values
    ends = [abs(end) for end in pc.min_max(values).as_py().values() if end is not None]
    whole = max((end.adjusted() + 1 for end in ends if end), default=1)
    scale = values.type.scale
    return values.cast(pyarrow.decimal128(min(max(whole, 1) + scale, _WIDTH), scale))
