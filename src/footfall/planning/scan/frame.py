"""CodeFrame: follows the statements of one function, class body or module in order, on every way through them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from footfall.planning.scan.calls import CodeLocation, Sent
from footfall.planning.scan.clients import Clients
from footfall.planning.scan.dictionaries import join_names, opened, options_of, replaced, truth, with_item
from footfall.planning.scan.modules import Modules
from footfall.planning.scan.mutations import changed_in_place
from footfall.planning.scan.values import (
    Arguments,
    Choice,
    Class,
    Const,
    Dictionary,
    Function,
    Instance,
    Items,
    NameScope,
    Param,
    Subclass,
    Unknown,
    Value,
    because,
    join_values,
)

__all__ = ["CodeFrame", "Interpreter"]

_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


class Interpreter(Protocol):
    """What those who follow one body ask of the engine, which knows all of them."""

    modules: Modules
    clients: Clients
    expressions: Mapping[type[ast.expr], Callable[[CodeFrame, Any], Value]]
    statements: Mapping[type[ast.stmt], Callable[[CodeFrame, Any], bool | None]]
    resolved: set[CodeLocation]
    names: set[str]  # of methods of SDKs and of wrappers: whoever names one may send

    def step(self) -> None:
        """Count one step of the following."""

    def attribute(self, frame: CodeFrame, owner: Value, name: str, what: ast.AST) -> Value:
        """What `owner.name` is."""

    def may_send(self, function: Function) -> bool:
        """Whether a function names anything that sends."""

    def follow(
        self, frame: CodeFrame, function: Function, arguments: Arguments, node: ast.AST, receiver: Value | None = None
    ) -> Value:
        """What a call of a function returns."""

    def construct(self, frame: CodeFrame, cls: Class, arguments: Arguments, node: ast.AST) -> Value:
        """What a call of a class makes."""

    def run(self, function: Function, arguments: Arguments | None, depth: int, receiver: Value | None = None) -> object:
        """Follow a function with what a caller gives, for what it binds."""

    def note_name(self, name: str, value: Value) -> None:
        """A name is bound."""

    def note_import(self, name: str, other: str | None) -> None:
        """A name is imported, perhaps under another."""

    def note_attribute(self, cls: Class, name: str, value: Value) -> None:
        """An attribute of an object is bound."""

    def note_change(self, old: Value, new: Value) -> None:
        """A value is changed in place."""


class CodeFrame:
    """Follows one body. `sent` gathers what it sends, `returns` what it returns; `depth` counts the calls above it.

    `sends` says that something is sent here, or that what this returns is sent by a caller.
    """

    def __init__(
        self,
        engine: Interpreter,
        scope: NameScope,
        depth: int,
        given: frozenset[str] = frozenset(),
        *,
        sends: bool = False,
    ) -> None:
        self.engine = engine
        self.sends = sends
        self.scope = scope
        self.depth = depth
        self.sent: list[Sent] = []
        self.returns: list[Value] = []
        self._given = given  # parameters that a caller has bound, so that tests of them can be decided
        self.defined: list[Function] = []
        self.globals: set[str] = set()
        self.shared: set[str] = set()  # the names that functions inside this one change
        self.later: list[tuple[ast.Lambda, dict[str, Value]]] = []  # each with the names as they are at its place

    # What expressions ask for.

    def value(self, node: ast.expr | None) -> Value:
        """What an expression is; whatever it calls on the way is followed."""
        if node is None:
            return Const(None)
        self.engine.step()
        handler = self.engine.expressions.get(type(node))
        if handler is not None:
            return handler(self, node)
        self._parts(node)
        return Unknown(because("is ", node))

    def _parts(self, node: ast.AST) -> None:
        """Follow the expressions inside syntax that the scan does not follow itself."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child)

    def lookup(self, name: str) -> Value:
        """The value of a name here."""
        return self.engine.modules.lookup(self.scope, name)

    def location(self, node: ast.AST) -> CodeLocation:
        line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", -1) + 1
        return CodeLocation(self.scope.module.path, line, column)

    def rebind(self, old: Value, new: Value) -> None:
        """Replace `old`, which was changed in place, by `new` in all names of this body."""
        for name, value in self.scope.names.items():
            self.scope.names[name] = replaced(value, old, new)
        self.engine.note_change(old, new)

    # Statements.

    def body(self, statements: Iterable[ast.stmt]) -> bool:
        """Follow statements; True when no way leads past the last one."""
        for statement in statements:
            handler = self.engine.statements.get(type(statement))
            if handler is None:
                self._parts(statement)
            elif handler(self, statement):
                return True
            if isinstance(statement, _ENDS):
                return True
        return False

    def finish(self) -> None:
        """Follow the lambdas of this body, with the names at its place, or as they are bound later."""
        for node, names in self.later:
            own = [part.arg for part in ast.walk(node.args) if isinstance(part, ast.arg)]
            argument = Unknown("is what a lambda is called with")
            ends = {name: self.scope.names.get(name, value) for name, value in names.items()}
            either = {name: join_values((value, ends[name]), loose=True) for name, value in names.items()}
            self.scope.names = {**self.scope.names, **either, **dict.fromkeys(own, argument)}
            self.value(node.body)

    def assign(self, target: ast.expr, value: Value) -> None:
        """Bind a target of an assignment."""
        if isinstance(target, ast.Name):
            self.scope.names[target.id] = value
            self.engine.note_name(target.id, value)
            if target.id in self.globals:
                _join_into(self.scope.module.scope.names, target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            starred = any(isinstance(part, ast.Starred) for part in target.elts)
            items = value.items if isinstance(value, Items) and len(value.items) == len(target.elts) else None
            for index, part in enumerate(target.elts):
                part_value = (
                    items[index] if items is not None and not starred else Unknown("is a part of something unknown")
                )
                self.assign(part.value if isinstance(part, ast.Starred) else part, part_value)
        elif isinstance(target, ast.Subscript):
            container, key = self.value(target.value), self.value(target.slice)
            for option in options_of(container):
                after = with_item(option, key, value)
                if after is not None:
                    self.rebind(option, after)
        elif isinstance(target, ast.Attribute):
            owner = self.value(target.value)
            if isinstance(owner, Instance):
                self.engine.note_attribute(owner.cls, target.attr, value)
            elif isinstance(owner, Class | Subclass):
                cls = owner.cls if isinstance(owner, Subclass) else owner
                _join_into(cls.names, target.attr, value)

    def ways(self, bodies: Iterable[Callable[[], bool]]) -> bool:
        """Follow several ways from here, each with the names as they are now, and join those that come through."""
        before, after = self.scope.names, None
        for follow in bodies:
            self.scope.names = dict(before)
            ended = follow()
            if not ended:
                after = self.scope.names if after is None else join_names(after, self.scope.names)
        self.scope.names = before if after is None else after
        return after is None

    def loosen(self, root: ast.AST, own: Iterable[str] = ()) -> None:
        """Forget what a round of a loop, or of its like, may change for the next. `own` names are not the body's."""
        names, rest = self.scope.names, Unknown("is changed in a loop")
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
                elif isinstance(option, Items):
                    self.rebind(option, Unknown("is changed in a loop", type="array"))

    def decided(self, test: ast.expr) -> bool | None:
        """Whether a test of a parameter that the caller gave is true; None for every other test."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            negated = self.decided(test.operand)
            return None if negated is None else not negated
        if isinstance(test, ast.Name) and test.id in self._given:
            return truth(self.lookup(test.id))
        if isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id in self._given:
            value, other, sign = self.lookup(test.left.id), test.comparators[-1], test.ops[-1]
            is_with_none = len(test.ops) == 1 and isinstance(other, ast.Constant) and other.value is None
            if (
                is_with_none
                and isinstance(sign, ast.Is | ast.IsNot)
                and not isinstance(value, Unknown | Param | Choice)
            ):
                return (value == Const(None)) is isinstance(sign, ast.Is)
        return None


def _join_into(names: dict[str, Value], name: str, value: Value) -> None:
    """Bind a name of a module or class from inside a function, which may or may not have run."""
    before = names.get(name)
    names[name] = value if before is None else join_values((before, value), loose=True)
