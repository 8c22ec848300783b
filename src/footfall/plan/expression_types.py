"""Of which type and currency the value of an expression is, by the properties in it; pure.

Expressions are those of `footfall.plan.checking.rules`. What can never be decided (text less a number) is an error.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any, Final

from footfall.plan.checking.rules import compile_rule
from footfall.plan.model import NUMERIC, Property, ScalarType
from footfall.plan.property_text import wire_type

__all__ = ["expression_currency", "expression_type"]

_SCALARS: Final = frozenset({"string", "integer", "number", "decimal", "boolean", "datetime", "date", "uuid"})
_TEXTS: Final = frozenset({"string", "datetime", "date", "uuid"})
_ORDERS: Final = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def expression_type(
    text: str, properties: Mapping[str, Property | None], *, is_whole: bool = True
) -> ScalarType | None:
    """The type of an expression; None where it has none, as `None` and a list have.

    A property that could not be read is None, and has any type, as have all others where not `is_whole`. Raises
    ValueError, which names the part that is wrong.
    """
    compile_rule(text, properties.keys() if is_whole else None)
    type_: ScalarType | None = _Typing(properties).of(_parsed(text))
    return type_


def expression_currency(text: str, properties: Mapping[str, Property | None]) -> str | None:
    """What the amounts in an expression that has a type name as their currency; None for a value that is no amount.

    A sum or difference with an amount is one, and so is an amount times or divided by a number. Raises ValueError for
    amounts of several currencies in one sum, and for an amount times an amount.
    """
    return _currency(_parsed(text), properties)


def _parsed(text: str) -> ast.expr:
    line = text.replace("\n", " ").replace("\r", " ").replace("\t", " ").strip()
    return ast.parse(line, mode="eval").body


def _currency(node: ast.expr, properties: Mapping[str, Property | None]) -> str | None:
    if isinstance(node, ast.Name):
        item = properties.get(node.id)
        return item.currency if item else None
    if isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.Not):
        return _currency(node.operand, properties)
    if not isinstance(node, ast.BinOp):
        return None
    first, second = _currency(node.left, properties), _currency(node.right, properties)
    if isinstance(node.op, ast.Add | ast.Sub):
        if first and second and first != second:
            raise ValueError(f"{ast.unparse(node)!r} has amounts in the currencies {first} and {second}")
        return first or second
    if isinstance(node.op, ast.Mult):
        if first and second:
            raise ValueError(f"{ast.unparse(node)!r} is an amount times an amount, which is in no currency")
        return first or second
    return None if second else first


class _Typing:
    """Types of the parts of one expression; None is a part that may be of any type."""

    def __init__(self, properties: Mapping[str, Property | None]) -> None:
        self._properties = properties

    def of(self, node: ast.expr) -> Any:
        return _TYPES[type(node)](self, node)

    def name(self, node: ast.Name) -> str | None:
        item = self._properties.get(node.id)
        if item is None:
            return None
        if wire_type(item) not in _SCALARS:
            raise ValueError(f"{node.id!r} is of type {item.type}, not a single value")
        return wire_type(item)

    def constant(self, node: ast.Constant) -> str | None:
        kinds = {bool: "boolean", int: "integer", float: "decimal", str: "string"}
        return kinds.get(type(node.value))

    def sequence(self, node: ast.List | ast.Tuple | ast.Set) -> None:
        for part in node.elts:
            self.of(part)

    def sign(self, node: ast.UnaryOp) -> str | None:
        type_ = self.of(node.operand)
        return "boolean" if isinstance(node.op, ast.Not) else self._number(node.operand, type_)

    def logic(self, node: ast.BoolOp) -> str:
        for part in node.values:
            self.of(part)
        return "boolean"

    def arithmetic(self, node: ast.BinOp) -> str:
        types = [self._number(part, self.of(part)) for part in (node.left, node.right)]
        return "integer" if types == ["integer", "integer"] and not isinstance(node.op, ast.Div) else "decimal"

    def comparison(self, node: ast.Compare) -> str:
        types = [self.of(part) for part in (node.left, *node.comparators)]
        for op, first, second in zip(node.ops, types, types[1:], strict=False):
            is_ordered = isinstance(op, _ORDERS) and None not in (first, second)
            if is_ordered and not any({first, second} <= kinds for kinds in (NUMERIC, _TEXTS)):
                raise ValueError(f"{ast.unparse(node)!r} compares {first} with {second}, which have no order")
        return "boolean"

    def length(self, node: ast.Call) -> str:
        type_ = self.of(node.args[0])
        if type_ not in {None, *_TEXTS}:
            raise ValueError(f"{ast.unparse(node)!r} is the length of a value of type {type_}")
        return "integer"

    def _number(self, node: ast.expr, type_: str | None) -> str | None:
        if type_ is not None and type_ not in NUMERIC:
            raise ValueError(f"{ast.unparse(node)!r} is of type {type_}, not a number")
        return type_


_TYPES: Final[Mapping[type[ast.expr], Callable[[_Typing, Any], Any]]] = {
    ast.Name: _Typing.name,
    ast.Constant: _Typing.constant,
    ast.List: _Typing.sequence,
    ast.Tuple: _Typing.sequence,
    ast.Set: _Typing.sequence,
    ast.UnaryOp: _Typing.sign,
    ast.BoolOp: _Typing.logic,
    ast.BinOp: _Typing.arithmetic,
    ast.Compare: _Typing.comparison,
    ast.Call: _Typing.length,
}
