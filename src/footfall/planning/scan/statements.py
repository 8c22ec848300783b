"""Statements: what each kind of Python statement does to the names of a body, as a table by kind of syntax."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from footfall.planning.scan.annotations import from_annotation
from footfall.planning.scan.dictionaries import (
    changed,
    concat,
    join_names,
    merged,
    options_of,
)
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
from footfall.planning.scan.walker import Walker

__all__ = ["STATEMENTS"]

_MOST_ROUNDS = 16


def _assign(walker: Walker, node: ast.Assign) -> None:
    value = walker.value(node.value)
    for target in node.targets:
        walker.assign(target, value)


def _ann_assign(walker: Walker, node: ast.AnnAssign) -> None:
    said = from_annotation(walker, node.annotation)
    if node.value is None:
        if said is not None:
            walker.assign(node.target, said)
        return
    value = walker.value(node.value)
    if said is not None and (isinstance(value, Unknown | External | Param) or value == Const(None)):
        value = said
    walker.assign(node.target, value)


def _aug_assign(walker: Walker, node: ast.AugAssign) -> None:
    old, more = walker.value(node.target), walker.value(node.value)
    if isinstance(node.op, ast.BitOr) and isinstance(old, Dictionary):
        walker.rebind(old, merged(old, more))
    elif isinstance(node.op, ast.Add) and isinstance(old, Const) and isinstance(old.value, str):
        walker.assign(node.target, concat((old, more)))
    elif isinstance(node.op, ast.Add) and isinstance(old, Items):
        items = old.items + more.items if isinstance(more, Items) else None
        why = Unknown(because("is changed by ", node), type="array")
        walker.rebind(old, why if items is None else Items(items))
    else:
        walker.assign(node.target, Unknown(because("is changed by ", node)))


def _if(walker: Walker, node: ast.If) -> bool:
    walker.value(node.test)
    decided = walker.decided(node.test)
    ways = {True: node.body, False: node.orelse}
    if decided is not None:
        return walker.body(ways[decided])
    return walker.ways([lambda: walker.body(node.body), lambda: walker.body(node.orelse)])


def _for(walker: Walker, node: ast.For | ast.AsyncFor) -> bool:
    items = walker.value(node.iter)
    if isinstance(items, Items) and 0 < len(items.items) <= _MOST_ROUNDS:
        for item in items.items:
            walker.assign(node.target, item)
            if walker.ways([lambda: _round(walker, node.body)]):
                break
        walker.body(node.orelse)
        return False
    walker.loosen(node)
    walker.ways([lambda: _entered(walker, node), lambda: False])
    walker.body(node.orelse)
    return False


def _entered(walker: Walker, node: ast.For | ast.AsyncFor) -> bool:
    walker.assign(node.target, Unknown(because("comes from a loop over ", node.iter)))
    return _round(walker, node.body)


def _round(walker: Walker, body: list[ast.stmt]) -> bool:
    """One round of a loop. Whatever ends it, the code after the loop is reached."""
    walker.body(body)
    return False


def _while(walker: Walker, node: ast.While) -> bool:
    walker.loosen(node)
    walker.value(node.test)
    walker.ways([lambda: _round(walker, node.body), lambda: False])
    walker.body(node.orelse)
    return False


def _try(walker: Walker, node: ast.Try | ast.TryStar) -> bool:
    before = dict(walker.scope.names)
    main_ended = walker.body(node.body) or walker.body(node.orelse)
    done = walker.scope.names
    # The body may have come to any point before it failed.
    walker.scope.names = join_names(before, done)

    def handler(caught: ast.ExceptHandler) -> bool:
        if caught.type is not None:
            walker.value(caught.type)
        return walker.body(caught.body)

    handlers: list[Callable[[], bool]] = [partial(handler, caught) for caught in node.handlers]
    ended = walker.ways(handlers) if handlers else True
    if not main_ended:
        walker.scope.names = done if ended else join_names(done, walker.scope.names)
    return walker.body(node.finalbody) or (ended and main_ended)


def _with(walker: Walker, node: ast.With | ast.AsyncWith) -> bool:
    for item in node.items:
        value = walker.value(item.context_expr)
        if item.optional_vars is not None:
            keeps = isinstance(value, SdkClient | Instance)
            walker.assign(item.optional_vars, value if keeps else Unknown(because("comes from ", item.context_expr)))
    return walker.body(node.body)


def _match(walker: Walker, node: ast.Match) -> bool:
    """Any of the cases, or none. What a pattern binds is not followed: it is unknown from here on."""
    walker.value(node.subject)
    walker.loosen(node)
    for part in ast.walk(node):
        name = getattr(part, "rest" if isinstance(part, ast.MatchMapping) else "name", None)
        if isinstance(part, ast.pattern) and isinstance(name, str):
            walker.scope.names[name] = Unknown("comes from a match")
    return walker.ways([*(partial(walker.body, case.body) for case in node.cases), lambda: False])


def _function(walker: Walker, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    kinds = set()
    for decorator in node.decorator_list:
        walker.value(decorator)
        kinds.add(decorator.attr if isinstance(decorator, ast.Attribute) else getattr(decorator, "id", ""))
        if _is_bound_task(decorator):
            kinds.add("bound task")
    kind = next((_KINDS[name] for name in sorted(kinds & _KINDS.keys())), "")
    for default in (*node.args.defaults, *node.args.kw_defaults):
        walker.value(default)
    outer = walker.scope
    qualname = f"{outer.qualname}.{node.name}" if outer.qualname else node.name
    # A class's own names are not seen from inside its methods.
    home = outer.outer if outer.owner is not None and outer.outer is not None else outer
    is_stub = "abstractmethod" in kinds or _is_stub(node)
    function = Function(node, home, qualname, outer.owner, kind, is_stub)
    # A setter leaves the property what it is; it is kept among the methods, under a name that no code can ask for.
    is_setter = not kinds.isdisjoint({"setter", "deleter"})
    outer.names[f"{node.name} setter" if is_setter else node.name] = function
    walker.defined.append(function)
    if outer.outer is not None and outer.owner is None:
        walker.shared |= changed_by_function(node)


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


def _class(walker: Walker, node: ast.ClassDef) -> None:
    # `Base[int]` is Base to the scan.
    bases = tuple(walker.value(base.value if isinstance(base, ast.Subscript) else base) for base in node.bases)
    for keyword in node.keywords:
        walker.value(keyword.value)
    for decorator in node.decorator_list:
        walker.value(decorator)
    outer = walker.scope
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
    walker.scope.module.classes.append(cls)
    inner = NameScope(outer.module, names, home, qualname, cls)
    walker.scope = inner
    try:
        walker.body(node.body)
    finally:
        walker.scope = outer
    names.update(inner.names)  # several ways through the body make a new table
    outer.names[node.name] = cls


def _import(walker: Walker, node: ast.Import) -> None:
    for alias in node.names:
        if alias.asname is not None:
            walker.scope.names[alias.asname] = Import(alias.name)
        else:
            walker.scope.names[alias.name.split(".")[0]] = Import(alias.name.split(".")[0])


def _import_from(walker: Walker, node: ast.ImportFrom) -> None:
    for alias in node.names:
        if alias.name == "*":
            walker.scope.module.stars.append(Import(node.module or "", node.level))
        else:
            walker.scope.names[alias.asname or alias.name] = Import(node.module or "", node.level, alias.name)
            walker.engine.note_import(alias.name, alias.asname)


def _return(walker: Walker, node: ast.Return) -> bool:
    walker.returns.append(walker.value(node.value))
    return True


def _delete(walker: Walker, node: ast.Delete) -> None:
    for target in node.targets:
        if isinstance(target, ast.Name):
            walker.scope.names.pop(target.id, None)
        elif isinstance(target, ast.Subscript):
            container, key = walker.value(target.value), walker.value(target.slice)
            for option in options_of(container):
                if isinstance(option, Dictionary):
                    walker.rebind(option, changed(option, "__delitem__", (key,), Dictionary({})))


def _global(walker: Walker, node: ast.Global) -> None:
    walker.globals.update(node.names)


STATEMENTS: Mapping[type[ast.stmt], Callable[[Walker, Any], bool | None]] = {
    ast.AnnAssign: _ann_assign,
    ast.Assign: _assign,
    ast.AsyncFor: _for,
    ast.AsyncFunctionDef: _function,
    ast.AsyncWith: _with,
    ast.AugAssign: _aug_assign,
    ast.ClassDef: _class,
    ast.Delete: _delete,
    ast.For: _for,
    ast.FunctionDef: _function,
    ast.Global: _global,
    ast.If: _if,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Match: _match,
    ast.Return: _return,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.While: _while,
    ast.With: _with,
}
