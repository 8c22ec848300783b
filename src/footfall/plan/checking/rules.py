"""Rules over several properties of one event: a small expression language, parsed once, never evaluated as Python.

An expression has names of properties, `None`, `True`, `False`, numbers, strings, lists, comparisons (`== != < <= > >=
in`, `not in`, `is None`), `and`, `or`, `not`, `+ - * /`, parentheses and `len()`. A property that is missing is None.

What cannot be decided is *unknown*, as in the CHECK of SQL (ISO 9075-2): None or a mismatched type in an ordering or in
arithmetic, the length of None, a division by zero, the comparison of whole objects. `unknown and False` is false,
`unknown or True` is true, and a rule is broken only if it is certainly false. Numbers are computed as decimals, so
`0.1 + 0.2 == 0.3` is true.
"""

from __future__ import annotations

import ast
import difflib
import math
import operator
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from decimal import Context, Decimal, DecimalException, DivisionByZero, InvalidOperation, Overflow
from typing import Any

__all__ = ["CompiledRule", "compile_rule"]

_Evaluate = Callable[[Mapping[str, object]], Any]
_UNKNOWN: Any = NotImplemented
_LENGTH_LIMIT = 1_000
# Enough digits that +, - and * of any two accepted decimals are exact.
_CONTEXT = Context(prec=400, traps=[DivisionByZero, InvalidOperation, Overflow])
_NUMBERS = (int, float, Decimal)
_EXACT = frozenset({int, Decimal})


class CompiledRule:
    """A rule ready to be asked. `names` are the properties that it reads; `divides` says whether it has a quotient."""

    __slots__ = ("_evaluate", "divides", "names", "text")

    def __init__(self, text: str, names: frozenset[str], evaluate: _Evaluate, *, divides: bool) -> None:
        self.text = text
        self.names = names
        self.divides = divides
        self._evaluate = evaluate

    def value(self, values: Mapping[str, object]) -> Any:
        """What the expression gives of these values; None too for what cannot be decided."""
        value = self._evaluate(values)
        return None if value is _UNKNOWN else value

    def __call__(self, values: Mapping[str, object]) -> bool:
        """Whether these values, by property name, do not break the rule; it never raises for a value."""
        return _truth(self._evaluate(values)) is not False


def compile_rule(text: str, names: Collection[str] | None = None) -> CompiledRule:
    """Compiles the expression of a rule; with `names`, only those properties may be read.

    Raises ValueError that starts with the column (from 1) and names the part that is wrong.
    """
    if len(text) > _LENGTH_LIMIT:
        raise ValueError(f"column {_LENGTH_LIMIT + 1}: a rule has at most {_LENGTH_LIMIT} characters")
    line = text.replace("\n", " ").replace("\r", " ").replace("\t", " ")
    start = len(line) - len(line.lstrip(" "))
    if "\\" in line:
        raise ValueError(f"column {line.index(chr(92)) + 1}: a backslash cannot be used")
    try:
        tree = ast.parse(line[start:].rstrip(), mode="eval")
    except SyntaxError as error:
        # Where Python names no place, the text ended too early.
        column = start + error.offset if error.offset else len(line.rstrip()) + 1
        raise ValueError(f"column {column}: not an expression: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"column 1: not an expression: {error}") from None
    compiler = _Compiler(line, start, names)
    try:
        evaluate = compiler.compile(tree.body)
    except RecursionError:
        raise ValueError("column 1: nested too deeply") from None
    return CompiledRule(text, frozenset(compiler.used), evaluate, divides=compiler.divides)


class _Compiler:
    """Turns a syntax tree into closures, and refuses every part that the language does not have."""

    def __init__(self, line: str, start: int, names: Collection[str] | None) -> None:
        self._source = line[start:].encode()
        self._start = start
        self._names = names
        self.used: set[str] = set()
        self.divides = False

    def compile(self, node: ast.expr) -> _Evaluate:
        handler = _HANDLERS.get(type(node))
        if handler is None:
            raise self._refusal(node, f"{self._text(node)} cannot be used in a rule")
        return handler(self, node)

    def _text(self, node: ast.expr) -> str:
        part = self._source[node.col_offset : node.end_col_offset].decode()
        return repr(part if len(part) <= 40 else part[:39] + "…")

    def _refusal(self, node: ast.expr, message: str) -> ValueError:
        column = self._start + len(self._source[: node.col_offset].decode()) + 1
        return ValueError(f"column {column}: {message}")

    def name(self, node: ast.Name) -> _Evaluate:
        name = node.id
        if self._names is not None and name not in self._names:
            near = difflib.get_close_matches(name, [str(each) for each in self._names], n=1)
            hint = f", did you mean {near[0]!r}?" if near else ""
            raise self._refusal(node, f"unknown property {name!r}{hint}")
        self.used.add(name)
        return lambda values: _plain(values.get(name))

    def constant(self, node: ast.Constant) -> _Evaluate:
        is_allowed = node.value is None or isinstance(node.value, bool | int | float | str)
        if not is_allowed or (isinstance(node.value, float) and not math.isfinite(node.value)):
            raise self._refusal(node, f"{self._text(node)} is no finite number, string, True, False or None")
        value = _plain(node.value)
        return lambda _values: value

    def sequence(self, node: ast.List | ast.Tuple | ast.Set) -> _Evaluate:
        parts = [self.compile(part) for part in node.elts]
        return lambda values: [part(values) for part in parts]

    def negation(self, node: ast.UnaryOp) -> _Evaluate:
        operand = self.compile(node.operand)
        if isinstance(node.op, ast.Not):
            return lambda values: _not(_truth(operand(values)))
        if isinstance(node.op, ast.Invert):
            raise self._refusal(node, "the operator ~ cannot be used in a rule")
        sign = -1 if isinstance(node.op, ast.USub) else 1
        return lambda values: _calculate(_CONTEXT.multiply, sign, operand(values))

    def logic(self, node: ast.BoolOp) -> _Evaluate:
        parts = [self.compile(part) for part in node.values]
        decisive = isinstance(node.op, ast.Or)

        def evaluate(values: Mapping[str, object]) -> Any:
            result: Any = not decisive
            for part in parts:
                truth = _truth(part(values))
                if truth is decisive:
                    return decisive
                if truth is _UNKNOWN:
                    result = _UNKNOWN
            return result

        return evaluate

    def arithmetic(self, node: ast.BinOp) -> _Evaluate:
        function = _ARITHMETIC.get(type(node.op))
        if function is None:
            raise self._refusal(node, f"only + - * / can be used, not the operator of {self._text(node)}")
        self.divides = self.divides or isinstance(node.op, ast.Div)
        first, second = self.compile(node.left), self.compile(node.right)
        return lambda values: _calculate(function, first(values), second(values))

    def comparison(self, node: ast.Compare) -> _Evaluate:
        operands = [self.compile(part) for part in (node.left, *node.comparators)]
        for op, operand in zip(node.ops, node.comparators, strict=True):
            is_fixed = isinstance(operand, ast.Constant) and (operand.value is None or isinstance(operand.value, bool))
            if isinstance(op, ast.Is | ast.IsNot) and not is_fixed:
                raise self._refusal(operand, f"`is` needs None, True or False, not {self._text(operand)}")
        compares = [_COMPARISONS[type(op)] for op in node.ops]
        if len(compares) == 1:
            (first, second), only = operands, compares[0]
            return lambda values: only(first(values), second(values))

        def evaluate(values: Mapping[str, object]) -> Any:
            result: Any = True
            first = operands[0](values)
            for compare, operand in zip(compares, operands[1:], strict=True):
                second = operand(values)
                truth = compare(first, second)
                if truth is False:
                    return False
                if truth is _UNKNOWN:
                    result = _UNKNOWN
                first = second
            return result

        return evaluate

    def call(self, node: ast.Call) -> _Evaluate:
        if not (isinstance(node.func, ast.Name) and node.func.id == "len"):
            raise self._refusal(node, f"{self._text(node.func)} cannot be called, only len() can")
        if len(node.args) != 1 or node.keywords:
            raise self._refusal(node, "len() takes one value")
        argument = self.compile(node.args[0])
        return lambda values: _length(argument(values))


def _plain(value: object) -> object:
    return Decimal(repr(value)) if isinstance(value, float) else value


def _is_number(value: object) -> bool:
    return isinstance(value, _NUMBERS) and not isinstance(value, bool)


def _truth(value: Any) -> Any:
    if value is True or value is False:
        return value
    return value if value is _UNKNOWN else bool(value)


def _not(truth: Any) -> Any:
    return truth if truth is _UNKNOWN else not truth


def _length(value: Any) -> Any:
    return len(value) if isinstance(value, str | list | tuple | dict) else _UNKNOWN


def _calculate(function: Callable[[Any, Any], Any], first: Any, second: Any) -> Any:
    if not _is_number(first) or not _is_number(second):
        return _UNKNOWN
    try:
        return function(first, second)
    except DecimalException:
        return _UNKNOWN


def _comparable(first: Any, second: Any) -> tuple[Any, Any] | None:
    """The two values in kinds that have an order between them; a string beside a time is read as ISO 8601."""
    if _is_number(first) and _is_number(second):
        return first, second
    if isinstance(first, str) and isinstance(second, date):
        first = _read_time(first, type(second))
    elif isinstance(first, date) and isinstance(second, str):
        second = _read_time(second, type(first))
    if type(first) is type(second) and isinstance(first, str | date):
        return first, second
    return None


def _read_time(text: str, kind: type[date]) -> date | None:
    try:
        moment = kind.fromisoformat(text)
    except ValueError:
        return None
    return None if isinstance(moment, datetime) and moment.tzinfo is None else moment


def _order(function: Callable[[Any, Any], bool]) -> Callable[[Any, Any], Any]:
    def compare(first: Any, second: Any) -> Any:
        if type(first) in _EXACT and type(second) in _EXACT:
            return function(first, second)
        pair = _comparable(first, second)
        return _UNKNOWN if pair is None else function(*pair)

    return compare


def _equal(first: Any, second: Any) -> Any:
    if first is _UNKNOWN or second is _UNKNOWN:
        return _UNKNOWN
    if first is None or second is None:
        return first is second
    if isinstance(first, bool) or isinstance(second, bool):
        return first is second
    pair = _comparable(first, second)
    if pair is not None:
        return bool(pair[0] == pair[1])
    scalars = (str, date, *_NUMBERS)
    return False if isinstance(first, scalars) and isinstance(second, scalars) else _UNKNOWN


def _member(first: Any, second: Any) -> Any:
    if first is _UNKNOWN:
        return _UNKNOWN
    if isinstance(second, str):
        return first in second if isinstance(first, str) else _UNKNOWN
    if isinstance(second, dict):
        return first in second if isinstance(first, str) else _UNKNOWN
    if not isinstance(second, list | tuple):
        return _UNKNOWN
    truths = [_equal(first, _plain(part)) for part in second]
    return True if True in truths else (_UNKNOWN if _UNKNOWN in truths else False)


def _same(first: Any, second: Any) -> Any:
    return _UNKNOWN if first is _UNKNOWN else first is second


_ARITHMETIC: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: _CONTEXT.add,
    ast.Sub: _CONTEXT.subtract,
    ast.Mult: _CONTEXT.multiply,
    ast.Div: _CONTEXT.divide,
}
_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: _equal,
    ast.NotEq: lambda first, second: _not(_equal(first, second)),
    ast.Lt: _order(operator.lt),
    ast.LtE: _order(operator.le),
    ast.Gt: _order(operator.gt),
    ast.GtE: _order(operator.ge),
    ast.In: _member,
    ast.NotIn: lambda first, second: _not(_member(first, second)),
    ast.Is: _same,
    ast.IsNot: lambda first, second: _not(_same(first, second)),
}
_HANDLERS: Mapping[type[ast.expr], Callable[[_Compiler, Any], _Evaluate]] = {
    ast.Name: _Compiler.name,
    ast.Constant: _Compiler.constant,
    ast.List: _Compiler.sequence,
    ast.Tuple: _Compiler.sequence,
    ast.Set: _Compiler.sequence,
    ast.UnaryOp: _Compiler.negation,
    ast.BoolOp: _Compiler.logic,
    ast.BinOp: _Compiler.arithmetic,
    ast.Compare: _Compiler.comparison,
    ast.Call: _Compiler.call,
}
