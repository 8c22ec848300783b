"""Statements: what each kind of Python statement does to the names of a body, as a table by kind of syntax."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from footfall.planning.scan.annotations import from_annotation
from footfall.planning.scan.dictionaries import changed, concat, join_names, merged, options_of
from footfall.planning.scan.frame import CodeFrame
from footfall.planning.scan.mutations import changed_by_function
from footfall.planning.scan.values import (
    Class,
    Const,
    Dictionary,
    External,
    Function,
    Import,
    Instance,
    Items,
    NameScope,
    Param,
    SdkClient,
    Unknown,
    Value,
    because,
)

__all__ = ["STATEMENTS"]

_MOST_ROUNDS = 16


def _assign(frame: CodeFrame, node: ast.Assign) -> None:
    value = frame.value(node.value)
    for target in node.targets:
        frame.assign(target, value)


def _ann_assign(frame: CodeFrame, node: ast.AnnAssign) -> None:
    promise = from_annotation(frame, node.annotation)
    if node.value is None:
        if promise is not None:
            frame.assign(node.target, promise)
        return
    value = frame.value(node.value)
    if promise is not None and (isinstance(value, Unknown | External | Param) or value == Const(None)):
        value = promise
    frame.assign(node.target, value)


def _aug_assign(frame: CodeFrame, node: ast.AugAssign) -> None:
    old, more = frame.value(node.target), frame.value(node.value)
    if isinstance(node.op, ast.BitOr) and isinstance(old, Dictionary):
        frame.rebind(old, merged(old, more))
    elif isinstance(node.op, ast.Add) and isinstance(old, Const) and isinstance(old.value, str):
        frame.assign(node.target, concat((old, more)))
    elif isinstance(node.op, ast.Add) and isinstance(old, Items):
        frame.rebind(old, Unknown(because("is changed by ", node), type="array"))
    else:
        frame.assign(node.target, Unknown(because("is changed by ", node)))


def _if(frame: CodeFrame, node: ast.If) -> bool:
    frame.value(node.test)
    decided = frame.decided(node.test)
    ways = {True: node.body, False: node.orelse}
    if decided is not None:
        return frame.body(ways[decided])
    return frame.ways([lambda: frame.body(node.body), lambda: frame.body(node.orelse)])


def _loop(frame: CodeFrame, node: ast.For | ast.AsyncFor | ast.While) -> bool:
    """Follow a loop: over a few constants round by round, else none or any one round."""
    items = None if isinstance(node, ast.While) else frame.value(node.iter)
    if isinstance(items, Items) and 0 < len(items.items) <= _MOST_ROUNDS:
        for item in items.items:
            frame.ways([partial(_round, frame, node, item)])
    else:
        frame.loosen(node)
        if isinstance(node, ast.While):
            frame.value(node.test)
        frame.ways([partial(_round, frame, node, None), lambda: False])
    frame.body(node.orelse)
    return False


def _round(frame: CodeFrame, node: ast.For | ast.AsyncFor | ast.While, item: Value | None) -> bool:
    """One round of a loop. Whatever ends it, the code after the loop is reached."""
    if not isinstance(node, ast.While):
        frame.assign(node.target, item or Unknown(because("comes from a loop over ", node.iter)))
    frame.body(node.body)
    return False


def _try(frame: CodeFrame, node: ast.Try | ast.TryStar) -> bool:
    before = dict(frame.scope.names)
    main_ended = frame.body(node.body) or frame.body(node.orelse)
    complete = frame.scope.names
    # The body may have come to any point before it failed.
    frame.scope.names = join_names(before, complete)

    def handler(caught: ast.ExceptHandler) -> bool:
        if caught.type is not None:
            frame.value(caught.type)
        return frame.body(caught.body)

    handlers: list[Callable[[], bool]] = [partial(handler, caught) for caught in node.handlers]
    ended = frame.ways(handlers) if handlers else True
    if not main_ended:
        frame.scope.names = complete if ended else join_names(complete, frame.scope.names)
    return frame.body(node.finalbody) or (ended and main_ended)


def _with(frame: CodeFrame, node: ast.With | ast.AsyncWith) -> bool:
    for item in node.items:
        value = frame.value(item.context_expr)
        if item.optional_vars is not None:
            keeps = isinstance(value, SdkClient | Instance)
            frame.assign(item.optional_vars, value if keeps else Unknown(because("comes from ", item.context_expr)))
    return frame.body(node.body)


def _match(frame: CodeFrame, node: ast.Match) -> bool:
    """Any of the cases, or none. What a pattern binds is not followed: it is unknown from here on."""
    frame.value(node.subject)
    frame.loosen(node)
    for part in ast.walk(node):
        name = getattr(part, "rest" if isinstance(part, ast.MatchMapping) else "name", None)
        if isinstance(part, ast.pattern) and isinstance(name, str):
            frame.scope.names[name] = Unknown("comes from a match")
    return frame.ways([*(partial(frame.body, case.body) for case in node.cases), lambda: False])


def _function(frame: CodeFrame, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    kinds = set()
    for decorator in node.decorator_list:
        frame.value(decorator)
        kinds.add(decorator.attr if isinstance(decorator, ast.Attribute) else getattr(decorator, "id", ""))
        if _is_bound_task(decorator):
            kinds.add("bound task")
    kind = next((_KINDS[name] for name in sorted(kinds & _KINDS.keys())), "")
    for default in (*node.args.defaults, *node.args.kw_defaults):
        frame.value(default)
    outer = frame.scope
    qualname = f"{outer.qualname}.{node.name}" if outer.qualname else node.name
    # A class's own names are not seen from inside its methods.
    home = outer.outer if outer.owner is not None and outer.outer is not None else outer
    is_stub = "abstractmethod" in kinds or _is_stub(node)
    function = Function(node, home, qualname, outer.owner, kind, is_stub)
    # A setter leaves the property what it is; it is kept among the methods, under a name that no code can ask for.
    is_setter = not kinds.isdisjoint({"setter", "deleter"})
    outer.names[f"{node.name} setter" if is_setter else node.name] = function
    frame.defined.append(function)
    if outer.outer is not None and outer.owner is None:
        frame.shared |= changed_by_function(node)


_KINDS = {
    "abstractproperty": "property", "bound task": "task", "cached_property": "property", "classmethod": "class",
    "property": "property", "staticmethod": "static",
}  # fmt: skip


def _is_bound_task(decorator: ast.expr) -> bool:
    """Whether a task queue gives the function itself as its first argument: `@shared_task(bind=True)`."""
    return isinstance(decorator, ast.Call) and any(
        keyword.arg == "bind" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        for keyword in decorator.keywords
    )


def _is_stub(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function's body says nothing: a docstring, `pass`, `…`, `raise NotImplementedError`."""
    for statement in node.body:
        if isinstance(statement, ast.Raise):
            raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
            return getattr(raised, "id", "") == "NotImplementedError"
        is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if not is_text and not isinstance(statement, ast.Pass):
            return False
    return True


def _class(frame: CodeFrame, node: ast.ClassDef) -> None:
    # `Base[int]` is Base to the scan.
    bases = tuple(frame.value(base.value if isinstance(base, ast.Subscript) else base) for base in node.bases)
    for keyword in node.keywords:
        frame.value(keyword.value)
    for decorator in node.decorator_list:
        frame.value(decorator)
    outer = frame.scope
    names: dict[str, Value] = {}
    fields = {
        part.target.id: part.annotation
        for part in node.body
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
    }
    qualname = f"{outer.qualname}.{node.name}" if outer.qualname else node.name
    home = outer.outer if outer.owner is not None and outer.outer is not None else outer
    # A decorator, or a base that is not scanned, may make a constructor that takes the fields.
    takes_fields = bool(node.decorator_list) or not all(isinstance(base, Class) for base in bases)
    cls = Class(node.name, qualname, bases, names, fields, home, takes_fields)
    frame.scope.module.classes.append(cls)
    scope = NameScope(outer.module, names, home, qualname, cls)
    frame.scope = scope
    try:
        frame.body(node.body)
    finally:
        frame.scope = outer
    names.update(scope.names)  # several ways through the body make a new table
    outer.names[node.name] = cls


def _import(frame: CodeFrame, node: ast.Import) -> None:
    for alias in node.names:
        if alias.asname is not None:
            frame.scope.names[alias.asname] = Import(alias.name)
        else:
            frame.scope.names[alias.name.split(".")[0]] = Import(alias.name.split(".")[0])


def _import_from(frame: CodeFrame, node: ast.ImportFrom) -> None:
    for alias in node.names:
        if alias.name == "*":
            frame.scope.module.stars.append(Import(node.module or "", node.level))
        else:
            frame.scope.names[alias.asname or alias.name] = Import(node.module or "", node.level, alias.name)
            frame.engine.note_import(alias.name, alias.asname)


def _return(frame: CodeFrame, node: ast.Return) -> bool:
    frame.returns.append(frame.value(node.value))
    return True


def _delete(frame: CodeFrame, node: ast.Delete) -> None:
    for target in node.targets:
        if isinstance(target, ast.Name):
            frame.scope.names.pop(target.id, None)
        elif isinstance(target, ast.Subscript):
            container, key = frame.value(target.value), frame.value(target.slice)
            for option in options_of(container):
                if isinstance(option, Dictionary):
                    frame.rebind(option, changed(option, "__delitem__", (key,), Dictionary({})))


def _global(frame: CodeFrame, node: ast.Global) -> None:
    frame.globals.update(node.names)


STATEMENTS: Mapping[type[ast.stmt], Callable[[CodeFrame, Any], bool | None]] = {
    ast.AnnAssign: _ann_assign,
    ast.Assign: _assign,
    ast.AsyncFor: _loop,
    ast.AsyncFunctionDef: _function,
    ast.AsyncWith: _with,
    ast.AugAssign: _aug_assign,
    ast.ClassDef: _class,
    ast.Delete: _delete,
    ast.For: _loop,
    ast.FunctionDef: _function,
    ast.Global: _global,
    ast.If: _if,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Match: _match,
    ast.Return: _return,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.While: _loop,
    ast.With: _with,
}
