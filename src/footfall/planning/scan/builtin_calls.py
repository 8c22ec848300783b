"""Built-in calls: what `dict(…)`, `str(…)`, `Decimal("…")`, `" ".join(…)` and their like give, as tables."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from footfall.planning.scan.dictionaries import concat, merged, plain
from footfall.planning.scan.values import (
    Arguments,
    Const,
    DictEntry,
    Dictionary,
    Items,
    Param,
    Unknown,
    Value,
    because,
    join_values,
    params_in,
)

__all__ = ["BUILTINS", "METHODS", "bound_call"]

Builtin = Callable[[Arguments, ast.Call], Value]

METHODS: Mapping[type[Any], frozenset[str]] = {
    Dictionary: frozenset(
        {"clear", "copy", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values", "__setitem__"}
    ),
    Param: frozenset({"copy"}),
    Unknown: frozenset({"copy"}),
    Items: frozenset({"append", "copy", "count", "extend", "index", "insert", "pop", "remove", "reverse", "sort"}),
}
"""The methods of built-in values that are known to the scan."""


def _dict(arguments: Arguments, node: ast.Call) -> Value:
    result = Dictionary({}, None, id(node))
    if arguments.positional:
        result = merged(result, arguments.positional[0])
    named = Dictionary({name: DictEntry(value) for name, value in arguments.named.items()}, arguments.named_rest)
    result = merged(result, named)
    return result if arguments.rest is None else Dictionary(result.entries, arguments.rest, id(node))


def _copy(arguments: Arguments, node: ast.Call) -> Value:
    value = arguments.positional[0] if arguments.positional else Unknown(because("is ", node))
    return Dictionary(value.entries, value.rest, id(node)) if isinstance(value, Dictionary) else value


def _typed(kind: str) -> Builtin:
    """A call whose result is known by its type alone."""
    return lambda arguments, node: Unknown(because("is ", node), params_in(*arguments.positional), type=kind)


def _text(arguments: Arguments, node: ast.Call) -> Value:
    text = concat(arguments.positional)
    is_known = isinstance(text, Const) and len(arguments.positional) == 1 and not arguments.named
    return text if is_known else _typed("string")(arguments, node)


def _listed(arguments: Arguments, node: ast.Call) -> Value:
    value = arguments.positional[0] if arguments.positional else Items(())
    return value if isinstance(value, Items) else Unknown(because("is ", node), params_in(value), type="array")


BUILTINS: Mapping[str, Builtin] = {
    "builtins.bool": _typed("boolean"),
    "builtins.dict": _dict,
    "builtins.float": _typed("number"),
    "builtins.int": _typed("integer"),
    "builtins.isinstance": _typed("boolean"),
    "builtins.len": lambda _arguments, node: Unknown(because("is ", node), type="integer"),
    "builtins.list": _listed,
    "builtins.repr": _typed("string"),
    "builtins.sorted": _typed("array"),
    "builtins.str": _text,
    "builtins.tuple": _listed,
    "collections.OrderedDict": _dict,
    "copy.copy": _copy,
    "copy.deepcopy": _copy,
    "types.MappingProxyType": _copy,
    "typing.cast": lambda arguments, node: (
        arguments.positional[1] if len(arguments.positional) == 2 else Unknown(because("is ", node))
    ),
}  # fmt: skip
"""How to get the result of a call, by the full name of what is called."""


def bound_call(receiver: Value, name: str, arguments: Arguments, node: ast.AST) -> Value:
    """What a method of a built-in value gives back; changes in place are made elsewhere."""
    if isinstance(receiver, Dictionary):
        return _dictionary_call(receiver, name, arguments, node)
    if isinstance(receiver, Items | Param | Unknown) and name == "copy":
        return receiver
    return Unknown(because("is ", node), params_in(*arguments.positional))


def _dictionary_call(receiver: Dictionary, name: str, arguments: Arguments, node: ast.AST) -> Value:
    first = plain(arguments.positional[0]) if arguments.positional else None
    if name in {"get", "pop", "setdefault"} and first is not None:
        default = arguments.positional[1] if len(arguments.positional) > 1 else Const(None)
        if isinstance(first, Const) and isinstance(first.value, str):
            entry = receiver.entries.get(first.value)
            if entry is not None:
                return entry.value if entry.certain else join_values((entry.value, default))
            return default if receiver.rest is None else Unknown(because("is ", node), params_in(receiver.rest))
        if receiver.rest is None:
            return join_values([*(entry.value for entry in receiver.entries.values()), default])
    certain = receiver.rest is None and all(entry.certain for entry in receiver.entries.values())
    if name == "items" and certain:
        pairs = (Items((Const(key), entry.value)) for key, entry in receiver.entries.items())
        return Items(tuple(pairs))
    if name == "keys" and certain:
        return Items(tuple(Const(key) for key in receiver.entries))
    if name == "values" and certain:
        return Items(tuple(entry.value for entry in receiver.entries.values()))
    return Unknown(because("is ", node), params_in(receiver.rest, *arguments.positional))
