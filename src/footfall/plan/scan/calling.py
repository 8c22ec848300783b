"""Calling: what a call gives back, and what it sends, by what is called: a client, a function, a class, a built-in."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from footfall.plan.scan.builtin_calls import BUILTINS, bound_call
from footfall.plan.scan.calls import send
from footfall.plan.scan.dictionaries import MUTATORS, SAFE, changed, merged, opened, options_of
from footfall.plan.scan.shapes import CARRIERS, FACTORIES, SDKS
from footfall.plan.scan.values import (
    Action,
    Arguments,
    Bound,
    Class,
    Client,
    Dictionary,
    Entry,
    External,
    Function,
    Made,
    Method,
    Param,
    Partial,
    Sequence,
    Unknown,
    Value,
    because,
    join_values,
    params_in,
)

if TYPE_CHECKING:
    from footfall.plan.scan.walker import Walker

__all__ = ["call"]

# What calls the function that it is given later, with the arguments that follow: where that function stands.
_HANDS_ON: Mapping[str, int] = {
    "add_task": 0, "apply_async": 0, "call_later": 1, "call_soon": 0, "call_soon_threadsafe": 0, "on_commit": 0,
    "run_in_executor": 1, "run_in_threadpool": 0, "run_sync": 0, "submit": 0, "to_thread": 0,
}  # fmt: skip
_SENDS = frozenset({"track", "capture"})


class _Call:
    """One call while it is followed: the node, what it is given."""

    def __init__(self, walker: Walker, node: ast.Call) -> None:
        self.walker = walker
        self.node = node
        self.arguments = Arguments()


def call(walker: Walker, node: ast.Call) -> Value:
    """Follow a call and tell what it gives back."""
    one = _Call(walker, node)
    callee = walker.value(node.func)
    one.arguments = _arguments(walker, node)
    if not _keeps(callee, node):
        _escape(one, callee)
    return join_values(_called(one, option, one.arguments) for option in options_of(callee))


def _arguments(walker: Walker, node: ast.Call) -> Arguments:
    positional: list[Value] = []
    rest: Unknown | Param | None = None
    for part in node.args:
        value = walker.value(part)
        if not isinstance(part, ast.Starred):
            if rest is None:
                positional.append(value)
        elif isinstance(value, Sequence):
            positional.extend(value.items)
        elif rest is None:
            rest = (
                value if isinstance(value, Param) else Unknown(f"comes from {ast.unparse(part)[:40]}", params_in(value))
            )
    named = Dictionary({})
    for keyword in node.keywords:
        value = walker.value(keyword.value)
        if keyword.arg is not None:
            named = merged(named, Dictionary({keyword.arg: Entry(value)}))
        elif isinstance(value, Dictionary | Param):
            named = merged(named, value)
        else:
            named = opened(named, Unknown(f"comes from **{ast.unparse(keyword.value)[:40]}", params_in(value)))
    return Arguments(tuple(positional), {name: entry.value for name, entry in named.entries.items()}, rest, named.rest)


def _keeps(callee: Value, node: ast.Call) -> bool:
    """Whether a call surely leaves the dictionaries that it is given as they are."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if isinstance(callee, Action | Bound | Class | Partial) or name in SAFE:
        return True
    return isinstance(callee, External) and (callee.name in BUILTINS or callee.name in CARRIERS)


def _escape(one: _Call, callee: Value) -> None:
    """Whoever is handed a dictionary may change it; a function of the tree only if its text says so."""
    parts = [*enumerate(one.node.args), *((keyword.arg, keyword.value) for keyword in one.node.keywords)]
    for position, part in parts:
        value = one.walker.lookup(part.id) if isinstance(part, ast.Name) else None
        if isinstance(value, Dictionary) and isinstance(part, ast.Name) and _changes(callee, position):
            name = ast.unparse(one.node.func)[:40]
            one.walker.rebind(part, value, opened(value, Unknown(f"was handed to {name}() before")))


def _changes(callee: Value, position: int | str | None) -> bool:
    function = callee.function if isinstance(callee, Method) else callee
    if not isinstance(function, Function) or position is None:
        return True
    names = [arg.arg for arg in (*function.node.args.posonlyargs, *function.node.args.args)]
    if isinstance(callee, Method):
        names = names[1:]
    name = position if isinstance(position, str) else names[position] if position < len(names) else None
    if name is None:
        return True
    for inner in ast.walk(function.node):
        if isinstance(inner, ast.Subscript) and isinstance(inner.ctx, ast.Store | ast.Del):
            held: ast.expr | None = inner.value
        elif isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.func.attr in MUTATORS:
            held = inner.func.value
        elif isinstance(inner, ast.AugAssign):
            held = inner.target
        else:
            continue
        if isinstance(held, ast.Name) and held.id == name:
            return True
    return False


def _called(one: _Call, callee: Value, arguments: Arguments) -> Value:
    handler = _CALLEES.get(type(callee))
    if handler is not None:
        return handler(one, callee, arguments)
    return _unknown_call(one, callee, arguments)


def _action(one: _Call, callee: Action, arguments: Arguments) -> Value:
    walker = one.walker
    walker.sent.extend(send(callee, arguments, walker.place(one.node), walker.frame.qualname))
    return Unknown(because("is ", one.node))


def _client(one: _Call, callee: Client, arguments: Arguments) -> Value:
    """A client that is called itself: a function that was named with --client."""
    return _action(one, Action(callee.sdk, next(iter(SDKS[callee.sdk].methods))), arguments)


def _partial(one: _Call, callee: Partial, arguments: Arguments) -> Value:
    first = callee.arguments
    together = Arguments(
        first.positional + arguments.positional,
        {**first.named, **arguments.named},
        first.rest or arguments.rest,
        first.named_rest or arguments.named_rest,
    )
    return _called(one, callee.callee, together)


def _external(one: _Call, callee: External, arguments: Arguments) -> Value:
    walker = one.walker
    sdk = walker.engine.sdk_of(callee) or FACTORIES.get(callee.name)
    if sdk is not None:
        return Client(sdk)
    if callee.name == "functools.partial" and arguments.positional:
        rest = msgspec.structs.replace(arguments, positional=arguments.positional[1:])
        return Partial(arguments.positional[0], rest)
    if callee.name in CARRIERS or callee.name == "builtins.super":
        return Made(callee.name, arguments)
    builtin = BUILTINS.get(callee.name)
    if builtin is not None:
        return builtin(arguments, one.node)
    return _unknown_call(one, callee, arguments)


def _bound(one: _Call, callee: Bound, arguments: Arguments) -> Value:
    receiver = callee.receiver
    func = one.node.func
    if isinstance(receiver, Dictionary) and callee.name in MUTATORS and isinstance(func, ast.Attribute):
        named = Dictionary({name: Entry(value) for name, value in arguments.named.items()}, arguments.named_rest)
        after = changed(receiver, callee.name, arguments.positional, named)
        one.walker.rebind(func.value, receiver, after)
    if isinstance(receiver, Dictionary) and callee.name == "copy":
        # Another dictionary with the same keys: what is done to one is not done to the other.
        return msgspec.structs.replace(receiver, origin=id(one.node))
    return bound_call(receiver, callee.name, arguments, one.node)


def _function(one: _Call, callee: Function, arguments: Arguments) -> Value:
    return one.walker.engine.follow(one.walker, callee, arguments, one.walker.place(one.node))


def _method(one: _Call, callee: Method, arguments: Arguments) -> Value:
    return one.walker.engine.follow(
        one.walker, callee.function, arguments, one.walker.place(one.node), receiver=callee.receiver
    )


def _class(one: _Call, callee: Class, arguments: Arguments) -> Value:
    engine = one.walker.engine
    if engine.is_enum(callee):
        return Unknown(because("is ", one.node), params_in(*arguments.positional))
    sdk = engine.sdk_of(callee)
    if sdk is not None and not engine.is_wrapper_class(callee):
        return Client(sdk)
    return engine.construct(one.walker, callee, arguments, one.walker.place(one.node))


def _unknown_call(one: _Call, callee: Value, arguments: Arguments) -> Value:
    """Nothing is known of what is called: note what may be a client's method, and methods that are handed on."""
    walker, func = one.walker, one.node.func
    name = func.attr if isinstance(func, ast.Attribute) else ""
    if name in SDKS["footfall"].methods and isinstance(func, ast.Attribute) and isinstance(callee, Unknown | Param):
        receiver = Unknown(callee.reason, callee.params) if isinstance(callee, Unknown) else callee
        action = Action("footfall", name)
        walker.sent.extend(send(action, arguments, walker.place(one.node), walker.frame.qualname, receiver))
    _handed_on(one, name or getattr(func, "id", ""), arguments)
    return Unknown(because("is ", one.node), params_in(callee))


def _handed_on(one: _Call, name: str, arguments: Arguments) -> None:
    walker = one.walker
    for position, value in enumerate((*arguments.positional, *arguments.named.values())):
        held = value.callee if isinstance(value, Partial) else value
        if not isinstance(held, Action):
            continue
        if _HANDS_ON.get(name) == position:
            _called(one, value, Arguments(arguments.positional[position + 1 :], arguments.named))
        elif held.method in _SENDS:
            why = Unknown(because(f"cannot be seen: {held.method} is handed to ", one.node, ", which calls it"))
            place = walker.place(one.node)
            walker.sent.extend(send(held, Arguments((), {"event": why}), place, walker.frame.qualname))


_CALLEES: Mapping[type[Any], Callable[[_Call, Any, Arguments], Value]] = {
    Action: _action,
    Bound: _bound,
    Class: _class,
    Client: _client,
    External: _external,
    Function: _function,
    Method: _method,
    Partial: _partial,
}
