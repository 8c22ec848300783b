"""Expressions: what each kind of Python expression is worth to the scan, as a table by kind of syntax."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from footfall.planning.scan.calling import call
from footfall.planning.scan.dictionaries import concat, is_scalar, merged, options_of, plain, truth, with_key
from footfall.planning.scan.frame import CodeFrame
from footfall.planning.scan.mutations import EITHER, bound_names, changed_by_function, loosened
from footfall.planning.scan.values import (
    Choice,
    Class,
    Const,
    Dictionary,
    EnumMember,
    Items,
    Param,
    Unknown,
    Value,
    because,
    join_values,
    params_in,
)

__all__ = ["EXPRESSIONS"]


def _constant(_walker: CodeFrame, node: ast.Constant) -> Value:
    if isinstance(node.value, bytes | complex) or node.value is Ellipsis:
        return Unknown(because("is ", node))
    return Const(node.value)


def _name(frame: CodeFrame, node: ast.Name) -> Value:
    value = frame.engine.clients.given(node.id, frame.lookup(node.id))
    return loosened(value, EITHER, node) if node.id in frame.shared else value


def _attribute(frame: CodeFrame, node: ast.Attribute) -> Value:
    owner = frame.value(node.value)
    # `client = None` until it is set up: an attribute is only ever taken of what is not None.
    options = [option for option in options_of(owner) if option != Const(None)] or [owner]
    value = join_values((frame.engine.attribute(frame, option, node.attr, node) for option in options), owner)
    return frame.engine.clients.given(node.attr, value)


def _dict(frame: CodeFrame, node: ast.Dict) -> Value:
    result = Dictionary({}, None, id(node))
    for key, content in zip(node.keys, node.values, strict=True):
        value = frame.value(content)
        result = merged(result, value) if key is None else with_key(result, frame.value(key), value)
    return result


def _sequence(frame: CodeFrame, node: ast.List | ast.Tuple) -> Value:
    parts = [(part, frame.value(part)) for part in node.elts]
    items: list[Value] = []
    for part, value in parts:
        if isinstance(part, ast.Starred) and not isinstance(value, Items):
            return Unknown(because("holds ", part), params_in(value), type="array")
        items += value.items if isinstance(part, ast.Starred) and isinstance(value, Items) else (value,)
    return Items(tuple(items))


def _conditional(frame: CodeFrame, node: ast.IfExp) -> Value:
    frame.value(node.test)
    decided = frame.decided(node.test)
    if decided is not None:
        return frame.value(node.body if decided else node.orelse)
    return join_values((frame.value(node.body), frame.value(node.orelse)))


def _bool_op(frame: CodeFrame, node: ast.BoolOp) -> Value:
    """`a or b`: the first that is true, each that may be; the other way round for `and`."""
    ends = isinstance(node.op, ast.Or)
    options: list[Value] = []
    values = [frame.value(part) for part in node.values]
    for value in values[:-1]:
        for option in options_of(value):
            decided = truth(option)
            if decided is ends:
                return join_values([*options, option], *values, loose=True)
            if decided is None:
                options.append(option)
    # The last value is taken only when none before it is: the default of a setting.
    return join_values([*options, values[-1]], *values, loose=True)


def _part(frame: CodeFrame, node: ast.expr) -> Value:
    if not isinstance(node, ast.FormattedValue):
        return frame.value(node)
    value = frame.value(node.value)
    if node.format_spec is not None:
        frame.value(node.format_spec)
    if node.format_spec is not None or node.conversion not in (-1, ord("s")):
        return Unknown(because("is ", node.value, " in some form"), params_in(value), type="string")
    return _text_of(value, node.value)


def _text_of(value: Value, node: ast.AST) -> Value:
    """What a value is as text inside other text."""
    options: list[Value] = []
    for option in options_of(value):
        simple = plain(option)
        if isinstance(option, EnumMember) and not option.prints:
            options.append(Unknown(because("is an enum's member as text: ", node), type="string"))
        elif isinstance(simple, Const) and is_scalar(simple.value):
            options.append(Const(str(simple.value)))
        elif isinstance(simple, Unknown):
            prefix = simple.prefix if simple.type == "string" else ""
            options.append(Unknown(simple.reason, simple.params, prefix, "string"))
        else:
            why = because(simple) if isinstance(simple, Param) else because("is ", node)
            options.append(Unknown(why, params_in(simple), type="string"))
    return join_values(options, value)


def _bin_op(frame: CodeFrame, node: ast.BinOp) -> Value:
    first, second = frame.value(node.left), frame.value(node.right)
    if isinstance(node.op, ast.BitOr) and isinstance(first, Dictionary):
        return merged(first, second)
    results = [_combined(node, plain(a), plain(b)) for a in options_of(first) for b in options_of(second)]
    return join_values(results, first, second)


def _combined(node: ast.BinOp, first: Value, second: Value) -> Value:
    if isinstance(node.op, ast.Add) and (_is_text(first) or _is_text(second)):
        return concat((first, second))
    return Unknown(because("is ", node), params_in(first, second))


def _is_text(value: Value) -> bool:
    if isinstance(value, Const):
        return isinstance(value.value, str)
    return isinstance(value, Unknown) and value.type == "string"


def _unary(frame: CodeFrame, node: ast.UnaryOp) -> Value:
    value = frame.value(node.operand)
    if isinstance(node.op, ast.Not):
        decided = truth(value)
        return (
            Unknown(because("is ", node), params_in(value), type="boolean") if decided is None else Const(not decided)
        )
    if isinstance(value, Const) and type(value.value) in (int, float):
        signs = {ast.USub: -1, ast.UAdd: 1}
        if type(node.op) in signs:
            return Const(signs[type(node.op)] * value.value)
    return Unknown(because("is ", node), params_in(value))


def _compare(frame: CodeFrame, node: ast.Compare) -> Value:
    for part in (node.left, *node.comparators):
        frame.value(part)
    return Unknown(because("is ", node), type="boolean")


def _subscript(frame: CodeFrame, node: ast.Subscript) -> Value:
    owner, index = frame.value(node.value), frame.value(node.slice)
    key = plain(index)
    if isinstance(owner, Class) and isinstance(key, Const) and isinstance(key.value, str):
        return frame.engine.attribute(frame, owner, key.value, node)  # Events["ORDER"]
    items: list[Value] = []
    for option in options_of(owner):
        items.extend(_item(option, item, node) for item in options_of(key))
    return join_values(items, owner, index)


def _item(owner: Value, key: Value, node: ast.AST) -> Value:
    key = plain(key)
    if isinstance(owner, Dictionary) and isinstance(key, Const) and isinstance(key.value, str):
        entry = owner.entries.get(key.value)
        if entry is not None and entry.certain:
            return entry.value
    if isinstance(owner, Dictionary) and owner.rest is None and isinstance(key, Unknown | Param):
        # Any of the values: exactly what a table of events by some key means.
        return (
            join_values([entry.value for entry in owner.entries.values()], Choice((), params_in(key), True))
            if owner.entries
            else Unknown(because("is ", node), params_in(key))
        )
    at = key.value if isinstance(key, Const) and type(key.value) is int else None
    if isinstance(owner, Items) and at is not None and -len(owner.items) <= at < len(owner.items):
        return owner.items[at]
    return Unknown(because("is ", node), params_in(owner, key))


def _walrus(frame: CodeFrame, node: ast.NamedExpr) -> Value:
    value = frame.value(node.value)
    frame.assign(node.target, value)
    return value


def _lambda(frame: CodeFrame, node: ast.Lambda) -> Value:
    """Not followed as a function: its body is followed once, at the end of the surrounding body."""
    for default in (*node.args.defaults, *node.args.kw_defaults):
        frame.value(default)
    if frame.scope.outer is not None:
        frame.shared |= changed_by_function(node)
    frame.later.append((node, dict(frame.scope.names)))
    return Unknown(because("is ", node))


def _comprehension(frame: CodeFrame, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Value:
    """Followed once for what it sends, as a loop is: its own names are unknown, and so is what it changes."""
    generators = [part for part in ast.walk(node) if isinstance(part, ast.comprehension)]
    own = {name for generator in generators for name in bound_names(generator.target)}
    frame.loosen(node, own)
    before = frame.scope.names
    frame.scope.names = before | {name: Unknown(because("comes from a loop in ", node)) for name in own}
    for generator in node.generators:
        for part in (generator.iter, *generator.ifs):
            frame.value(part)
    for part in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
        frame.value(part)
    frame.scope.names = before
    if isinstance(node, ast.DictComp):
        return Dictionary({}, Unknown("are made in a comprehension"), id(node))
    return Unknown(because("is ", node), type="array" if isinstance(node, ast.ListComp) else "")


EXPRESSIONS: Mapping[type[ast.expr], Callable[[CodeFrame, Any], Value]] = {
    ast.Attribute: _attribute,
    ast.Await: lambda frame, node: frame.value(node.value),
    ast.BinOp: _bin_op,
    ast.BoolOp: _bool_op,
    ast.Call: call,
    ast.Compare: _compare,
    ast.Constant: _constant,
    ast.Dict: _dict,
    ast.DictComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.IfExp: _conditional,
    ast.JoinedStr: lambda frame, node: concat([_part(frame, part) for part in node.values]),
    ast.Lambda: _lambda,
    ast.List: _sequence,
    ast.ListComp: _comprehension,
    ast.Name: _name,
    ast.NamedExpr: _walrus,
    ast.SetComp: _comprehension,
    ast.Starred: lambda frame, node: frame.value(node.value),
    ast.Subscript: _subscript,
    ast.Tuple: _sequence,
    ast.UnaryOp: _unary,
}
