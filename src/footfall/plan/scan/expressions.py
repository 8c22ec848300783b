"""Expressions: what each kind of Python expression is worth to the scan, as a table by kind of syntax."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from footfall.plan.scan.calling import call
from footfall.plan.scan.dictionaries import concat, is_scalar, merged, options_of, plain, truth, with_key
from footfall.plan.scan.loosening import EITHER, loosened
from footfall.plan.scan.trees import bound_names, changed_by_function
from footfall.plan.scan.values import (
    Class,
    Client,
    Const,
    Dictionary,
    Instance,
    Member,
    OneOf,
    Param,
    Sequence,
    Unknown,
    Value,
    because,
    join_values,
    params_in,
)

if TYPE_CHECKING:
    from footfall.plan.scan.walker import Walker

__all__ = ["EXPRESSIONS", "from_annotation", "promised"]

_MOST_DIGITS = 10**12


def _constant(_walker: Walker, node: ast.Constant) -> Value:
    if isinstance(node.value, bytes | complex) or node.value is Ellipsis:
        return Unknown(because("is ", node))
    return Const(node.value)


def _name(walker: Walker, node: ast.Name) -> Value:
    value = walker.engine.as_client(node.id, walker.lookup(node.id))
    return loosened(value, EITHER, node) if node.id in walker.shared else value


def _attribute(walker: Walker, node: ast.Attribute) -> Value:
    owner = walker.value(node.value)
    # `client = None` until it is set up: an attribute is only ever taken of what is not None.
    options = [option for option in options_of(owner) if option != Const(None)] or [owner]
    found = join_values((walker.engine.attribute(walker, option, node.attr, node) for option in options), owner)
    return walker.engine.as_client(node.attr, found)


def _dict(walker: Walker, node: ast.Dict) -> Value:
    made = Dictionary({}, None, id(node))
    for key, held in zip(node.keys, node.values, strict=True):
        value = walker.value(held)
        made = merged(made, value) if key is None else with_key(made, walker.value(key), value)
    return made


def _sequence(walker: Walker, node: ast.List | ast.Tuple) -> Value:
    items: list[Value] = []
    for part in node.elts:
        value = walker.value(part.value if isinstance(part, ast.Starred) else part)
        if not isinstance(part, ast.Starred):
            items.append(value)
        elif isinstance(value, Sequence):
            items.extend(value.items)
        else:
            return _rest_of(walker, node, part, Unknown(because("holds ", part), params_in(value), type="array"))
    return Sequence(tuple(items))


def _rest_of(walker: Walker, node: ast.List | ast.Tuple, after: ast.expr, value: Value) -> Value:
    """`value`, once the parts that stand after `after` have been followed for what they call."""
    for part in node.elts[node.elts.index(after) + 1 :]:
        walker.value(part.value if isinstance(part, ast.Starred) else part)
    return value


def _conditional(walker: Walker, node: ast.IfExp) -> Value:
    walker.value(node.test)
    decided = walker.decided(node.test)
    if decided is not None:
        return walker.value(node.body if decided else node.orelse)
    return join_values((walker.value(node.body), walker.value(node.orelse)))


def _bool_op(walker: Walker, node: ast.BoolOp) -> Value:
    """`a or b`: the first that is true, each that may be; the other way round for `and`."""
    wanted = isinstance(node.op, ast.Or)
    kept: list[Value] = []
    values = [walker.value(part) for part in node.values]
    for value in values[:-1]:
        for option in options_of(value):
            known = truth(option)
            if known is wanted:
                return join_values([*kept, option], *values, loose=True)
            if known is None:
                kept.append(option)
    # What stands last is taken only when nothing before it holds: the default of a setting.
    return join_values([*kept, values[-1]], *values, loose=True)


def _formatted(walker: Walker, node: ast.JoinedStr) -> Value:
    return concat([_part(walker, part) for part in node.values])


def _part(walker: Walker, node: ast.expr) -> Value:
    if not isinstance(node, ast.FormattedValue):
        return walker.value(node)
    value = walker.value(node.value)
    if node.format_spec is not None:
        walker.value(node.format_spec)
    if node.format_spec is not None or node.conversion not in (-1, ord("s")):
        return Unknown(because("is ", node.value, " in some form"), params_in(value), type="string")
    return _text_of(value, node.value)


def _text_of(value: Value, what: ast.AST) -> Value:
    """What a value is as text inside other text."""
    options: list[Value] = []
    for option in options_of(value):
        bare = plain(option)
        if isinstance(option, Member) and not option.prints:
            options.append(Unknown(because("is an enum's member as text: ", what), type="string"))
        elif isinstance(bare, Const) and is_scalar(bare.value):
            options.append(Const(str(bare.value)))
        elif isinstance(bare, Unknown):
            options.append(Unknown(bare.reason, bare.params, bare.prefix if bare.type == "string" else "", "string"))
        else:
            why = because(bare) if isinstance(bare, Param) else because("is ", what)
            options.append(Unknown(why, params_in(bare), type="string"))
    return join_values(options, value)


def _bin_op(walker: Walker, node: ast.BinOp) -> Value:
    left, right = walker.value(node.left), walker.value(node.right)
    if isinstance(node.op, ast.BitOr) and isinstance(left, Dictionary):
        return merged(left, right)
    results = [_combined(node, plain(one), plain(other)) for one in options_of(left) for other in options_of(right)]
    return join_values(results, left, right)


_OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.FloorDiv: lambda a, b: a // b,
}


def _combined(node: ast.BinOp, left: Value, right: Value) -> Value:
    if isinstance(node.op, ast.Add) and (_is_text(left) or _is_text(right)):
        return concat((left, right))
    if isinstance(node.op, ast.Add) and isinstance(left, Sequence) and isinstance(right, Sequence):
        return Sequence(left.items + right.items)
    operator = _OPERATORS.get(type(node.op))
    sides = [side.value for side in (left, right) if isinstance(side, Const) and type(side.value) in (int, float)]
    if operator is not None and len(sides) == 2 and all(abs(side) < _MOST_DIGITS for side in sides):
        try:
            return Const(operator(*sides))
        except ArithmeticError:
            pass
    return Unknown(because("is ", node), params_in(left, right))


def _is_text(value: Value) -> bool:
    if isinstance(value, Const):
        return isinstance(value.value, str)
    return isinstance(value, Unknown) and value.type == "string"


def _unary(walker: Walker, node: ast.UnaryOp) -> Value:
    value = walker.value(node.operand)
    if isinstance(node.op, ast.Not):
        known = truth(value)
        return Unknown(because("is ", node), params_in(value), type="boolean") if known is None else Const(not known)
    if isinstance(value, Const) and type(value.value) in (int, float):
        signs = {ast.USub: -1, ast.UAdd: 1}
        if type(node.op) in signs:
            return Const(signs[type(node.op)] * value.value)
    return Unknown(because("is ", node), params_in(value))


def _compare(walker: Walker, node: ast.Compare) -> Value:
    for part in (node.left, *node.comparators):
        walker.value(part)
    return Unknown(because("is ", node), type="boolean")


def _subscript(walker: Walker, node: ast.Subscript) -> Value:
    owner, asked = walker.value(node.value), walker.value(node.slice)
    key = plain(asked)
    if isinstance(owner, Class) and isinstance(key, Const) and isinstance(key.value, str):
        return walker.engine.attribute(walker, owner, key.value, node)  # Events["ORDER"]
    found: list[Value] = []
    for option in options_of(owner):
        found.extend(_item(option, one, node) for one in options_of(key))
    return join_values(found, owner, asked)


def _item(owner: Value, key: Value, what: ast.AST) -> Value:
    key = plain(key)
    if isinstance(owner, Dictionary) and isinstance(key, Const) and isinstance(key.value, str):
        entry = owner.entries.get(key.value)
        if entry is not None and entry.certain:
            return entry.value
    if isinstance(owner, Dictionary) and owner.rest is None and isinstance(key, Unknown | Param):
        # Any of the values: exactly what a table of events by some key means.
        return (
            join_values([entry.value for entry in owner.entries.values()], OneOf((), params_in(key), True))
            if owner.entries
            else Unknown(because("is ", what), params_in(key))
        )
    at = key.value if isinstance(key, Const) and type(key.value) is int else None
    if isinstance(owner, Sequence) and at is not None and -len(owner.items) <= at < len(owner.items):
        return owner.items[at]
    return Unknown(because("is ", what), params_in(owner, key))


def _call(walker: Walker, node: ast.Call) -> Value:
    return call(walker, node)


def _await(walker: Walker, node: ast.Await | ast.Starred) -> Value:
    return walker.value(node.value)


def _walrus(walker: Walker, node: ast.NamedExpr) -> Value:
    value = walker.value(node.value)
    walker.assign(node.target, value)
    return value


def _lambda(walker: Walker, node: ast.Lambda) -> Value:
    """Not followed as a function: its body is followed once, at the end of the body that it stands in."""
    for default in (*node.args.defaults, *node.args.kw_defaults):
        walker.value(default)
    if walker.frame.outer is not None:
        walker.shared |= changed_by_function(node)
    walker.later.append((node, walker.frame.names.copy()))
    return Unknown(because("is ", node))


def _comprehension(walker: Walker, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Value:
    """Followed once for what it sends, as a loop is: its own names are unknown, and so is what it changes."""
    generators = [part for part in ast.walk(node) if isinstance(part, ast.comprehension)]
    own = {name for generator in generators for name in bound_names(generator.target)}
    walker.loosen(node, own)
    before = walker.frame.names
    walker.frame.names = before | {name: Unknown(because("comes from a loop in ", node)) for name in own}
    for generator in node.generators:
        for part in (generator.iter, *generator.ifs):
            walker.value(part)
    for part in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
        walker.value(part)
    walker.frame.names = before
    if isinstance(node, ast.DictComp):
        return Dictionary({}, Unknown("are made in a comprehension"), id(node))
    return Unknown(because("is ", node), type="array" if isinstance(node, ast.ListComp) else "")


EXPRESSIONS: Mapping[type[ast.expr], Callable[[Walker, Any], Value]] = {
    ast.Attribute: _attribute,
    ast.Await: _await,
    ast.BinOp: _bin_op,
    ast.BoolOp: _bool_op,
    ast.Call: _call,
    ast.Compare: _compare,
    ast.Constant: _constant,
    ast.Dict: _dict,
    ast.DictComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.IfExp: _conditional,
    ast.JoinedStr: _formatted,
    ast.Lambda: _lambda,
    ast.List: _sequence,
    ast.ListComp: _comprehension,
    ast.Name: _name,
    ast.NamedExpr: _walrus,
    ast.SetComp: _comprehension,
    ast.Starred: _await,
    ast.Subscript: _subscript,
    ast.Tuple: _sequence,
    ast.UnaryOp: _unary,
}

_WRAPPED = frozenset({"Optional", "Union", "Annotated", "Final", "ClassVar"})


def from_annotation(walker: Walker, node: ast.expr | None) -> Value | None:
    """The client or object that an annotation promises; None for every other annotation."""
    if node is None:
        return None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            return from_annotation(walker, ast.parse(node.value, mode="eval").body)
        except (SyntaxError, ValueError, RecursionError):
            return None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _any_promised(walker, [node.left, node.right])
    if isinstance(node, ast.Subscript):
        name = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
        if name not in _WRAPPED:
            return None
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return _any_promised(walker, parts if name == "Union" else parts[:1])
    if not isinstance(node, ast.Name | ast.Attribute):
        return None
    value = walker.value(node)
    return promised(walker, value)


def _any_promised(walker: Walker, parts: list[ast.expr]) -> Value | None:
    """What one of several annotations promises: nothing unless all do, but for None; one client is enough."""
    asked = [part for part in parts if not (isinstance(part, ast.Constant) and part.value is None)]
    found = [from_annotation(walker, part) for part in asked]
    client = next((value for value in found if isinstance(value, Client)), None)
    known = [value for value in found if value is not None]
    return client or (join_values(known) if known and len(known) == len(found) else None)


def promised(walker: Walker, value: Value) -> Value | None:
    """An object of the class that an annotation names: a client, or an object whose methods may send."""
    if isinstance(value, OneOf):  # a class that is imported where it is there
        each = [promised(walker, option) for option in value.options]
        return next((one for one in each if isinstance(one, Client)), None)
    if isinstance(value, Client):
        return value
    client = walker.engine.client_of(value)
    if client is not None:
        return client
    if not isinstance(value, Class) or walker.engine.carries_event(value) or walker.engine.is_enum(value):
        return None
    return None if walker.engine.is_protocol(value) else Instance(value)
