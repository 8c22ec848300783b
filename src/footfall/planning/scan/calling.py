"""Calling: what a call gives back, and what it sends, by what is called: a client, a function, a class, a built-in."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from footfall.planning.scan.builtin_calls import BUILTINS, bound_call
from footfall.planning.scan.calls import likely, send
from footfall.planning.scan.classes import class_value, is_enum
from footfall.planning.scan.dictionaries import (
    LIST_MUTATORS,
    MUTATORS,
    SAFE,
    changed,
    merged,
    opened,
    options_of,
    truth,
)
from footfall.planning.scan.frame import CodeFrame
from footfall.planning.scan.mutations import changed_in_place
from footfall.planning.scan.sdks import CARRIERS, METHOD_NAMES, SDKS
from footfall.planning.scan.values import (
    Action,
    Arguments,
    BuiltinMethod,
    Class,
    Const,
    DictEntry,
    Dictionary,
    External,
    Function,
    Instance,
    Items,
    LibraryCall,
    Method,
    Param,
    SdkClient,
    Subclass,
    TaskMethod,
    Unknown,
    Value,
    because,
    join_values,
    params_in,
    reason_of,
)

__all__ = ["call"]

# Functions that call a function later, with the arguments after it: the position of that function.
_HANDS_ON: Mapping[str, int] = {
    "add_task": 0, "apply_async": 0, "call_later": 1, "call_soon": 0, "call_soon_threadsafe": 0, "enqueue": 0,
    "on_commit": 0, "partial": 0, "run_in_executor": 1, "run_in_threadpool": 0, "run_sync": 0, "submit": 0,
    "to_thread": 0,
}  # fmt: skip
# The same with all arguments by name: a thread, a task of another queue.
_TARGETS: Mapping[str, str] = {"Thread": "target", "Process": "target", "Timer": "function"}
_LATER = frozenset(
    {"apply", "apply_async", "send_with_options", "signature", "subtask"}
)  # these take the arguments as a list and a dictionary
_SENDS = frozenset({"track", "capture"})


def call(frame: CodeFrame, node: ast.Call) -> Value:
    """Follow a call. Returns what it gives back."""
    callee = frame.value(node.func)
    arguments = _arguments(frame, node)
    if not _leaves_unchanged(callee, node):
        _escape(frame, node, callee)
    options = options_of(callee)
    if any(_is_sender(frame, option) for option in options):
        # A client that is made when it is first asked for is nothing before, and not called then.
        options = tuple(option for option in options if not isinstance(option, Unknown | Const | External))
    return join_values([_apply(frame, node, option, arguments) for option in options], callee)


def _is_sender(frame: CodeFrame, callee: Value) -> bool:
    """Whether it is known that a call of this sends."""
    function = callee.function if isinstance(callee, Method) else callee
    return isinstance(callee, Action) or (isinstance(function, Function) and frame.engine.may_send(function))


def _arguments(frame: CodeFrame, node: ast.Call) -> Arguments:
    positional: list[Value] = []
    rest: Unknown | Param | None = None
    for part in node.args:
        value = frame.value(part)
        if not isinstance(part, ast.Starred):
            if rest is None:
                positional.append(value)
        elif isinstance(value, Items):
            positional.extend(value.items)
        elif rest is None:
            rest = (
                value if isinstance(value, Param) else Unknown(f"comes from {ast.unparse(part)[:40]}", params_in(value))
            )
    named = Dictionary({})
    for keyword in node.keywords:
        value = frame.value(keyword.value)
        if keyword.arg is not None:
            named = merged(named, Dictionary({keyword.arg: DictEntry(value)}))
        elif isinstance(value, Dictionary | Param):
            named = merged(named, value)
        else:
            named = opened(named, Unknown(f"comes from **{ast.unparse(keyword.value)[:40]}", params_in(value)))
    return Arguments(tuple(positional), {name: entry.value for name, entry in named.entries.items()}, rest, named.rest)


def _leaves_unchanged(callee: Value, node: ast.Call) -> bool:
    """Whether a call surely leaves the dictionaries that it is given as they are."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if isinstance(callee, Action | BuiltinMethod | Class) or name in SAFE:
        return True
    return isinstance(callee, External) and (callee.name in BUILTINS or callee.name in CARRIERS)


def _escape(frame: CodeFrame, node: ast.Call, callee: Value) -> None:
    """Whoever is handed a dictionary may change it; a function of the tree only if its text says so."""
    parts = [*enumerate(node.args), *((keyword.arg, keyword.value) for keyword in node.keywords)]
    for position, part in parts:
        value = frame.lookup(part.id) if isinstance(part, ast.Name) else None
        if isinstance(value, Dictionary | Items) and _may_change(callee, position):
            why = f"was handed to {ast.unparse(node.func)[:40]}() before"
            after = opened(value, Unknown(why)) if isinstance(value, Dictionary) else Unknown(why, type="array")
            frame.rebind(value, after)


def _may_change(callee: Value, position: int | str | None) -> bool:
    function = callee.function if isinstance(callee, Method) else callee
    if not isinstance(function, Function) or position is None:
        return True
    names = [arg.arg for arg in (*function.node.args.posonlyargs, *function.node.args.args)]
    if isinstance(callee, Method):
        names = names[1:]
    name = position if isinstance(position, str) else names[position] if position < len(names) else None
    if name is None:
        return True
    changed = (changed_in_place(node) for node in ast.walk(function.node))
    return any(isinstance(part, ast.Name) and part.id == name for part in changed)


def _apply(frame: CodeFrame, node: ast.Call, callee: Value, arguments: Arguments) -> Value:
    handler = _CALLEES.get(type(callee))
    if not isinstance(callee, Action | SdkClient | Unknown | Param):
        frame.engine.resolved.add(frame.location(node))
    if handler is not None:
        return handler(frame, node, callee, arguments)
    return _unknown_call(frame, node, callee, arguments)


def _action(frame: CodeFrame, node: ast.Call, callee: Action, arguments: Arguments) -> Value:
    frame.sent.extend(send(callee, arguments, frame.location(node)))
    return Unknown(because("is ", node))


def _external(frame: CodeFrame, node: ast.Call, callee: External, arguments: Arguments) -> Value:
    client = frame.engine.clients.made_by(callee)
    if client is not None:
        return client
    if callee.name in CARRIERS:
        return LibraryCall(callee.name, arguments)
    builtin = BUILTINS.get(callee.name)
    if builtin is not None:
        return builtin(arguments, node)
    return _unknown_call(frame, node, callee, arguments)


def _bound(frame: CodeFrame, node: ast.Call, callee: BuiltinMethod, arguments: Arguments) -> Value:
    receiver = callee.receiver
    func = node.func
    if isinstance(receiver, Dictionary) and callee.name in MUTATORS and isinstance(func, ast.Attribute):
        named = Dictionary({name: DictEntry(value) for name, value in arguments.named.items()}, arguments.named_rest)
        after = changed(receiver, callee.name, arguments.positional, named)
        frame.rebind(receiver, after)
    if isinstance(receiver, Items) and callee.name in LIST_MUTATORS | {"pop"}:
        is_longer = callee.name == "append" and len(arguments.positional) == 1
        after_call = Items((*receiver.items, *arguments.positional)) if is_longer else None
        frame.rebind(receiver, after_call or Unknown(f"is changed by {callee.name}()", type="array"))
    if isinstance(receiver, Dictionary) and callee.name == "copy":
        # Another dictionary with the same keys: what is done to one is not done to the other.
        return msgspec.structs.replace(receiver, origin=id(node))
    return bound_call(receiver, callee.name, arguments, node)


def _task(frame: CodeFrame, node: ast.Call, callee: TaskMethod, arguments: Arguments) -> Value:
    """A call of a task: its queue passes these arguments on."""
    if callee.method in _LATER:
        positional, named = _argument(arguments, 0, "args"), _argument(arguments, 1, "kwargs")
        arguments = _spread(positional, named)
    _apply(frame, node, callee.callee, arguments)
    return Unknown(because("is ", node))


def _argument(arguments: Arguments, position: int, name: str) -> Value | None:
    positional = arguments.positional
    return arguments.named.get(name) or (positional[position] if position < len(positional) else None)


def _spread(positional: Value | None, named: Value | None) -> Arguments:
    """Arguments that are given as a list and a dictionary."""
    items, rest = positional.items if isinstance(positional, Items) else (), None
    if positional is not None and not isinstance(positional, Items) and truth(positional) is not False:
        rest = positional if isinstance(positional, Param) else Unknown(reason_of(positional), params_in(positional))
    keywords = merged(Dictionary({}), named) if named is not None else Dictionary({})
    return Arguments(items, {name: entry.value for name, entry in keywords.entries.items()}, rest, keywords.rest)


def _instance(frame: CodeFrame, node: ast.Call, callee: Instance, arguments: Arguments) -> Value:
    function = class_value(callee.cls, "__call__")
    if isinstance(function, Function):
        return _method(frame, node, Method(function, callee), arguments)
    return _unknown_call(frame, node, callee, arguments)


def _subclass(frame: CodeFrame, node: ast.Call, callee: Subclass, arguments: Arguments) -> Value:
    instance = _class(frame, node, callee.cls, arguments)
    return Instance(callee.cls) if isinstance(instance, Instance) else instance


def _method(frame: CodeFrame, node: ast.Call, callee: Method, arguments: Arguments) -> Value:
    if callee.function.is_stub and callee.function.node.name in METHOD_NAMES:
        return _unknown_call(
            frame, node, Unknown(because("is ", node.func, ", which only says what it takes")), arguments
        )
    return frame.engine.follow(frame, callee.function, arguments, node, callee.receiver)


def _class(frame: CodeFrame, node: ast.Call, callee: Class, arguments: Arguments) -> Value:
    engine = frame.engine
    if is_enum(callee):
        return Unknown(because("is ", node), params_in(*arguments.positional))
    client = engine.clients.made_by(callee)
    if client is not None and not engine.clients.has_own_methods(callee):
        return client
    return engine.construct(frame, callee, arguments, node)


def _unknown_call(frame: CodeFrame, node: ast.Call, callee: Value, arguments: Arguments) -> Value:
    """Nothing is known of what is called: note what may be a client's method, and methods that are handed on."""
    func = node.func
    name = func.attr if isinstance(func, ast.Attribute) else ""
    if name in METHOD_NAMES and isinstance(callee, Unknown | Param | External):
        receiver = Unknown(callee.reason, callee.params) if isinstance(callee, Unknown) else callee
        action = likely(name, arguments, frame.engine.modules.library.sdks(frame.scope.module.path))
        if action is not None:
            frame.sent.extend(send(action, arguments, frame.location(node), receiver))
    elif name in frame.engine.names and _is_of_super(func):
        event = Unknown(because("is given by ", node, ", and what a base class does with it is not followed"))
        frame.sent.extend(send(Action("footfall", "track"), Arguments((event,)), frame.location(node)))
    full = callee.name if isinstance(callee, External) else name or getattr(func, "id", "")
    _call_later(frame, node, full.rpartition(".")[2], arguments)
    return Unknown(because("is ", node), params_in(callee))


def _is_of_super(func: ast.expr) -> bool:
    """Whether a method is taken of `super()`, which is not followed."""
    owner = func.value if isinstance(func, ast.Attribute) else None
    return isinstance(owner, ast.Call) and getattr(owner.func, "id", "") == "super"


def _call_later(frame: CodeFrame, node: ast.Call, name: str, arguments: Arguments) -> None:
    for position, value in enumerate((*arguments.positional, *arguments.named.values())):
        if not isinstance(value, Action | Function | Method):
            continue
        if _HANDS_ON.get(name) == position:
            more = Unknown("is given when it is called")
            given = Arguments(arguments.positional[position + 1 :], arguments.named)
            _apply(frame, node, value, Arguments((), {}, more, more) if name == "partial" else given)
        elif name in _TARGETS and arguments.named.get(_TARGETS[name]) is value:
            _apply(frame, node, value, _spread(arguments.named.get("args"), arguments.named.get("kwargs")))
        elif isinstance(value, Action) and value.method in _SENDS:
            why = Unknown(because(f"cannot be seen: {value.method} is handed to ", node, ", which calls it"))
            frame.sent.extend(send(value, Arguments((), {"event": why}), frame.location(node)))


_CALLEES: Mapping[type[Any], Callable[[CodeFrame, ast.Call, Any, Arguments], Value]] = {
    Action: _action,
    BuiltinMethod: _bound,
    Class: _class,
    # A client that is called itself: a function that was named with --client.
    SdkClient: lambda frame, node, callee, arguments: _action(
        frame, node, Action(callee.sdk, next(iter(SDKS[callee.sdk].methods)), callee.signature), arguments
    ),
    External: _external,
    Function: lambda frame, node, callee, arguments: frame.engine.follow(frame, callee, arguments, node),
    Instance: _instance,
    Method: _method,
    Subclass: _subclass,
    TaskMethod: _task,
}
