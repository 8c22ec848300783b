"""Walker: follows the statements of one function, class body or module in order, on every way through them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from footfall.plan.scan.calls import Place, Sent
from footfall.plan.scan.dictionaries import (
    changed,
    concat,
    join_names,
    merged,
    opened,
    options_of,
    replaced,
    truth,
    with_item,
)
from footfall.plan.scan.expressions import EXPRESSIONS, from_annotation
from footfall.plan.scan.trees import changed_by_function, changed_in_place
from footfall.plan.scan.values import (
    Class,
    Client,
    Const,
    Dictionary,
    External,
    Frame,
    Function,
    Import,
    Instance,
    Param,
    Sequence,
    Subclass,
    Unknown,
    Value,
    because,
    join_values,
)

if TYPE_CHECKING:
    from footfall.plan.scan.engine import Engine

__all__ = ["Walker"]

_MOST_ROUNDS = 16
_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


class Walker:
    """Follows one body. `sent` gathers what it sends, `returns` what it returns; `depth` counts the calls above it.

    `sends` says that something is sent here, or that what this returns is sent by a caller.
    """

    def __init__(
        self, engine: Engine, frame: Frame, depth: int, given: frozenset[str] = frozenset(), *, sends: bool = False
    ) -> None:
        self.engine = engine
        self.sends = sends
        self.frame = frame
        self.depth = depth
        self.sent: list[Sent] = []
        self.returns: list[Value] = []
        self._given = given  # parameters that a caller has bound, so that tests of them can be decided
        self.defined: list[Function] = []
        self.globals: set[str] = set()
        self.shared: set[str] = set()  # the names that functions inside this one change
        self.later: list[tuple[ast.Lambda, dict[str, Value]]] = []  # each with the names where it stands

    # What expressions ask for.

    def value(self, node: ast.expr | None) -> Value:
        """What an expression is; whatever it calls on the way is followed."""
        if node is None:
            return Const(None)
        self.engine.step()
        handler = EXPRESSIONS.get(type(node))
        if handler is not None:
            return handler(self, node)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child)
        return Unknown(because("is ", node))

    def lookup(self, name: str) -> Value:
        """What a name stands for here."""
        return self.engine.lookup(self.frame, name)

    def place(self, node: ast.AST) -> Place:
        line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", -1) + 1
        return Place(self.frame.module.path, line, column)

    def rebind(self, old: Value, new: Value) -> None:
        """Put `new` for `old`, which was changed in place, wherever a name of this body stands for it or holds it."""
        for name, value in self.frame.names.items():
            self.frame.names[name] = replaced(value, old, new)
        self.engine.note_change(old, new)

    # Statements.

    def body(self, statements: Iterable[ast.stmt]) -> bool:
        """Follow statements; True when no way leads past the last one."""
        for statement in statements:
            handler = _STATEMENTS.get(type(statement))
            if handler is not None:
                if handler(self, statement):
                    return True
            else:
                for child in ast.iter_child_nodes(statement):
                    if isinstance(child, ast.expr):
                        self.value(child)
                if isinstance(statement, _ENDS):
                    return True
        return False

    def finish(self) -> None:
        """Follow the lambdas of this body, with the names where each stands or as they are at the end."""
        for node, names in self.later:
            own = [part.arg for part in ast.walk(node.args) if isinstance(part, ast.arg)]
            given = Unknown("is what a lambda is called with")
            ends = ((name, value, self.frame.names.get(name, value)) for name, value in names.items())
            either = {name: join_values((value, end), loose=True) for name, value, end in ends if end is not value}
            self.frame.names |= either | dict.fromkeys(own, given)
            self.value(node.body)

    def assign(self, target: ast.expr, value: Value) -> None:
        """Bind what stands left of `=`."""
        if isinstance(target, ast.Name):
            self.frame.names[target.id] = value
            self.engine.note_name(target.id, value)
            if target.id in self.globals:
                self.engine.note_global(self.frame.module, target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            starred = any(isinstance(part, ast.Starred) for part in target.elts)
            items = value.items if isinstance(value, Sequence) and len(value.items) == len(target.elts) else None
            for index, part in enumerate(target.elts):
                known = items[index] if items is not None and not starred else Unknown("is a part of something unknown")
                self.assign(part.value if isinstance(part, ast.Starred) else part, known)
        elif isinstance(target, ast.Subscript):
            held, key = self.value(target.value), self.value(target.slice)
            for option in options_of(held):
                after = with_item(option, key, value)
                if after is not None:
                    self.rebind(option, after)
        elif isinstance(target, ast.Attribute):
            owner = self.value(target.value)
            if isinstance(owner, Instance):
                self.engine.note_attribute(owner.cls, target.attr, value)
            elif isinstance(owner, Class | Subclass):
                self.engine.note_of_class(owner.cls if isinstance(owner, Subclass) else owner, target.attr, value)

    def ways(self, bodies: Iterable[Callable[[], bool]]) -> bool:
        """Follow several ways from here, each with the names as they are now, and join those that come through."""
        before, after = self.frame.names, None
        for follow in bodies:
            self.frame.names = dict(before)
            ended = follow()
            if not ended:
                after = self.frame.names if after is None else join_names(after, self.frame.names)
        self.frame.names = before if after is None else after
        return after is None

    def loosen(self, root: ast.AST, own: Iterable[str] = ()) -> None:
        """Forget what a round of a loop, or of its like, may change for the next. `own` names are not the body's."""
        names, rest = self.frame.names, Unknown("is changed in a loop")
        for node in ast.walk(root):
            self.engine.step()
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in names.keys() - own:
                names[node.id] = join_values((names[node.id], rest), loose=True)
            changes = changed_in_place(node)
            while isinstance(changes, ast.Subscript | ast.Attribute):
                changes = changes.value
            content = names.get(changes.id) if isinstance(changes, ast.Name) else None
            for option in options_of(content) if content is not None else ():
                if isinstance(option, Dictionary):
                    self.rebind(option, opened(option, rest))
                elif isinstance(option, Sequence):
                    self.rebind(option, Unknown("is changed in a loop", type="array"))

    def decided(self, test: ast.expr) -> bool | None:
        """Whether a test of a parameter that the caller gave holds; None for every other test."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            inner = self.decided(test.operand)
            return None if inner is None else not inner
        if isinstance(test, ast.Name) and test.id in self._given:
            return truth(self.lookup(test.id))
        if isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id in self._given:
            value, other = self.lookup(test.left.id), test.comparators[0]
            if len(test.ops) == 1 and isinstance(other, ast.Constant) and isinstance(test.ops[0], ast.Is | ast.IsNot):
                known = None if isinstance(value, Unknown | Param) or not _is_single(value) else _is_none(value)
                return known if known is None or isinstance(test.ops[0], ast.Is) else not known
        return None


def _is_single(value: Value) -> bool:
    from_many = getattr(value, "options", None)
    return from_many is None


def _is_none(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None


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
    if said is not None and (isinstance(value, Unknown | External | Param) or _is_none(value)):
        value = said
    walker.assign(node.target, value)


def _aug_assign(walker: Walker, node: ast.AugAssign) -> None:
    old, more = walker.value(node.target), walker.value(node.value)
    if isinstance(node.op, ast.BitOr) and isinstance(old, Dictionary):
        walker.rebind(old, merged(old, more))
    elif isinstance(node.op, ast.Add) and isinstance(old, Const) and isinstance(old.value, str):
        walker.assign(node.target, concat((old, more)))
    elif isinstance(node.op, ast.Add) and isinstance(old, Sequence):
        items = old.items + more.items if isinstance(more, Sequence) else None
        why = Unknown(because("is changed by ", node), type="array")
        walker.rebind(old, why if items is None else Sequence(items))
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
    if isinstance(items, Sequence) and 0 < len(items.items) <= _MOST_ROUNDS:
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
    before = dict(walker.frame.names)
    main_ended = walker.body(node.body) or walker.body(node.orelse)
    done = walker.frame.names
    # The body may have come to any point before it failed.
    walker.frame.names = join_names(before, done)

    def handler(caught: ast.ExceptHandler) -> bool:
        if caught.type is not None:
            walker.value(caught.type)
        return walker.body(caught.body)

    handlers: list[Callable[[], bool]] = [partial(handler, caught) for caught in node.handlers]
    ended = walker.ways(handlers) if handlers else True
    if not main_ended:
        walker.frame.names = done if ended else join_names(done, walker.frame.names)
    return walker.body(node.finalbody) or (ended and main_ended)


def _with(walker: Walker, node: ast.With | ast.AsyncWith) -> bool:
    for item in node.items:
        value = walker.value(item.context_expr)
        if item.optional_vars is not None:
            keeps = isinstance(value, Client | Instance)
            walker.assign(item.optional_vars, value if keeps else Unknown(because("comes from ", item.context_expr)))
    return walker.body(node.body)


def _match(walker: Walker, node: ast.Match) -> bool:
    """Any of the cases, or none. What a pattern binds is not followed: it is unknown from here on."""
    walker.value(node.subject)
    walker.loosen(node)
    for part in ast.walk(node):
        name = getattr(part, "rest" if isinstance(part, ast.MatchMapping) else "name", None)
        if isinstance(part, ast.pattern) and isinstance(name, str):
            walker.frame.names[name] = Unknown("comes from a match")
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
    outer = walker.frame
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
    outer = walker.frame
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
    walker.frame.module.classes.append(cls)
    inner = Frame(outer.module, names, home, qualname, cls)
    walker.frame = inner
    try:
        walker.body(node.body)
    finally:
        walker.frame = outer
    names.update(inner.names)  # several ways through the body make a new table
    outer.names[node.name] = cls


def _import(walker: Walker, node: ast.Import) -> None:
    for alias in node.names:
        if alias.asname is not None:
            walker.frame.names[alias.asname] = Import(alias.name)
        else:
            walker.frame.names[alias.name.split(".")[0]] = Import(alias.name.split(".")[0])


def _import_from(walker: Walker, node: ast.ImportFrom) -> None:
    for alias in node.names:
        if alias.name == "*":
            walker.frame.module.stars.append(Import(node.module or "", node.level))
        else:
            walker.frame.names[alias.asname or alias.name] = Import(node.module or "", node.level, alias.name)
            walker.engine.note_import(alias.name, alias.asname)


def _return(walker: Walker, node: ast.Return) -> bool:
    walker.returns.append(walker.value(node.value))
    return True


def _delete(walker: Walker, node: ast.Delete) -> None:
    for target in node.targets:
        if isinstance(target, ast.Name):
            walker.frame.names.pop(target.id, None)
        elif isinstance(target, ast.Subscript):
            held, key = walker.value(target.value), walker.value(target.slice)
            for option in options_of(held):
                if isinstance(option, Dictionary):
                    walker.rebind(option, changed(option, "__delitem__", (key,), Dictionary({})))


def _global(walker: Walker, node: ast.Global) -> None:
    walker.globals.update(node.names)


_STATEMENTS: Mapping[type[ast.stmt], Callable[[Walker, Any], bool | None]] = {
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
