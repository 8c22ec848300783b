"""Engine: follows the functions of the tree, each by itself and again for each caller that decides what it sends."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

import msgspec

from footfall.plan.scan.calls import Place, Sent, bind, class_value
from footfall.plan.scan.dictionaries import options_of
from footfall.plan.scan.expressions import from_annotation
from footfall.plan.scan.library import Library
from footfall.plan.scan.objects import Objects
from footfall.plan.scan.shapes import METHOD_NAMES
from footfall.plan.scan.values import (
    Action,
    Arguments,
    Class,
    Const,
    Dictionary,
    Frame,
    Function,
    Instance,
    Param,
    Partial,
    Unknown,
    Value,
    join_values,
    params_in,
)
from footfall.plan.scan.walker import Walker

__all__ = ["MOST_WRAPPERS", "Engine", "Outcome", "TooInvolvedError"]

MOST_WRAPPERS = 5
"""How many functions of the tree may stand between a call and the SDK."""

_MOST_STEPS = 20_000
_MOST_NESTED = 40
_SHORT = 20


class TooInvolvedError(Exception):
    """A function takes more steps to follow than the scan spends on one. Caught by the engine."""


class Outcome(msgspec.Struct, frozen=True, eq=False):
    """What following a function showed: what it sends and what it returns."""

    sent: tuple[Sent, ...]
    returns: Value


_NOTHING = Outcome((), Unknown("could not be followed"))


class Engine(Objects):
    """Follows functions. `active` are the files that may send; in others only short functions are followed.

    So it is with functions that name neither a method of an SDK nor one of `names`, the wrappers known already.
    `clients` are the names given with --client, each with the SDK that it is called like.
    """

    def __init__(
        self, library: Library, active: Iterable[str], clients: Mapping[str, str], names: Iterable[str] = ()
    ) -> None:
        super().__init__(library, clients)
        self.active = frozenset(active)
        self._names = set(METHOD_NAMES) | {name.rpartition(".")[2] for name in clients} | set(names)
        self._marks: dict[int, tuple[Function, bool, bool]] = {}
        self.called: set[int] = set()  # the functions that something in the tree calls, by their syntax tree
        self.wrappers: set[str] = set()  # names by which another file may reach what depends on its caller
        self.involved: list[Place] = []
        self._steps = 0
        self._nested = 0
        self._summaries: dict[int, tuple[Function, Outcome | None]] = {}

    def step(self) -> None:
        """Count one step. Raises TooInvolvedError when a function takes too many."""
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise TooInvolvedError

    def file(self, path: str) -> list[Sent]:
        """Everything that one file sends: at its top level, and in each of its functions and methods."""
        module = self.module(path)
        if module is None:
            return []
        found = list(module.sent)
        for function in module.functions:
            outcome = self.summary(function) if self.may_send(function) else None
            found += outcome.sent if outcome is not None else ()
            if outcome is not None:
                self._note_wrapper(function, outcome)
        return found

    def may_send(self, function: Function) -> bool:
        """Whether a function names anything that sends."""
        return self._marked(function)[1]

    def binds_globals(self, function: Function) -> bool:
        """Whether a function binds names of its module."""
        return self._marked(function)[2]

    def _marked(self, function: Function) -> tuple[Function, bool, bool]:
        key = id(function.node)
        if key not in self._marks:
            sends = binds = False
            for node in ast.walk(function.node):
                name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
                sends = sends or name in self._names
                binds = binds or isinstance(node, ast.Global)
            self._marks[key] = (function, sends, binds)
        return self._marks[key]

    def note_name(self, name: str, value: Value) -> None:
        """A name is bound to something that sends when it is called, so whoever calls the name sends."""
        if isinstance(value, Action | Partial):
            self.wrappers.add(name)

    def note_import(self, name: str, other: str | None) -> None:
        """A wrapper, or an SDK's function, is imported under another name."""
        if other is not None and name in self._names:
            self._names.add(other)

    def _note_wrapper(self, function: Function, outcome: Outcome) -> None:
        own = id(function.node)
        for sent in outcome.sent:
            params = sent.all_params()
            if any(param.function == own for param in params):
                self.wrappers.add(function.qualname.rpartition(".")[2])
            if any(param.function != own for param in params) and function.owner is not None:
                self.wrappers.add(function.owner.name)
        self.wrappers.discard("__init__")

    def walk(self, frame: Frame, body: Iterable[ast.stmt]) -> Walker:
        """Follow a module's statements."""
        walker = Walker(self, frame, 0)
        with_budget = self._steps
        self._steps = 0
        try:
            walker.body(body)
        except (TooInvolvedError, RecursionError):
            self.involved.append(Place(frame.module.path, 1, 1))
        self._steps = with_budget
        return walker

    def summary(self, function: Function) -> Outcome | None:
        """What a function does whoever calls it; None while it is being followed already."""
        key = id(function.node)
        known = self._summaries.get(key)
        if known is not None and known[0].frame is function.frame:
            return known[1]
        if self._nested >= _MOST_NESTED:
            return _NOTHING
        self._summaries[key] = (function, None)
        before, self._steps = self._steps, 0
        self._nested += 1
        try:
            outcome = self.run(function, None, 0)
        except (TooInvolvedError, RecursionError):
            self.involved.append(Place(function.frame.module.path, function.node.lineno, function.node.col_offset + 1))
            outcome = _NOTHING
        finally:
            self._nested -= 1
            self._steps = before
        self._summaries[key] = (function, outcome)
        return outcome

    def run(
        self, function: Function, arguments: Arguments | None, depth: int, receiver: Value | None = None
    ) -> Outcome:
        """Follow a function with what a caller gives, or with parameters that stand for themselves."""
        node = function.node
        walker = Walker(self, self._frame(function), depth)
        names, own_self = self._parameters(function, receiver)
        unbound = {arg.arg: self._stands_for(walker, function, arg) for arg in _all_params(names)}
        given: frozenset[str] = frozenset()
        if arguments is None:
            bound = {**unbound}
            for rest in (names.vararg, names.kwarg):
                if rest is not None:
                    stars = "*" if rest is names.vararg else "**"
                    bound[rest.arg] = Param(id(node), rest.arg, function.qualname or "a lambda", stars)
        else:
            bound = bind(names, arguments, self._defaults(function), unbound)
            given = frozenset(name for name in bound if not isinstance(bound[name], Param))
        walker = Walker(self, self._frame(function), depth, given)
        walker.frame.names.update(own_self | bound)
        if isinstance(node, ast.Lambda):
            walker.returns.append(walker.value(node.body))
        else:
            walker.body(node.body)
        sent = [*walker.sent, *self._inner(walker)]
        return Outcome(tuple(sent), join_values(walker.returns) if walker.returns else Const(None))

    def _inner(self, walker: Walker) -> Iterable[Sent]:
        """What the functions that were defined on the way send, each followed by itself."""
        for function in walker.defined:
            if self._nested < _MOST_NESTED:
                self._nested += 1
                try:
                    yield from self.run(function, None, walker.depth).sent
                finally:
                    self._nested -= 1

    def _frame(self, function: Function) -> Frame:
        names: dict[str, Value] = {} if function.owner is None else {"__class__": function.owner}
        return Frame(function.frame.module, names, function.frame, function.qualname)

    def _parameters(self, function: Function, receiver: Value | None) -> tuple[ast.arguments, dict[str, Value]]:
        """The parameters that a caller gives, and what `self` or `cls` stands for."""
        names = function.node.args
        first = [*names.posonlyargs, *names.args][:1]
        if function.owner is None or function.kind == "static" or not first:
            return names, {}
        if receiver is None:
            receiver = function.owner if function.kind == "class" else Instance(function.owner)
        trimmed = ast.arguments(
            posonlyargs=names.posonlyargs[1:],
            args=names.args if names.posonlyargs else names.args[1:],
            vararg=names.vararg,
            kwonlyargs=names.kwonlyargs,
            kw_defaults=names.kw_defaults,
            kwarg=names.kwarg,
            defaults=names.defaults,
        )
        return trimmed, {first[0].arg: receiver, " self": receiver}

    def _stands_for(self, walker: Walker, function: Function, arg: ast.arg) -> Value:
        said = from_annotation(walker, arg.annotation)
        return said or Param(id(function.node), arg.arg, function.qualname or "a lambda")

    def _defaults(self, function: Function) -> dict[str, Value]:
        names = function.node.args
        positional = [*names.posonlyargs, *names.args]
        walker = Walker(self, Frame(function.frame.module, {}, function.frame), MOST_WRAPPERS)
        pairs = [
            *zip(positional[len(positional) - len(names.defaults) :], names.defaults, strict=True),
            *zip(names.kwonlyargs, names.kw_defaults, strict=True),
        ]
        return {arg.arg: walker.value(default) for arg, default in pairs if default is not None}

    # Calls of functions of the tree.

    def follow(
        self, walker: Walker, function: Function, arguments: Arguments, place: Place, receiver: Value | None = None
    ) -> Value:
        """Follow a call: what it returns; what it sends because of its arguments goes to the caller."""
        self.called.add(id(function.node))
        if not self.may_send(function) and _length(function) > _SHORT:
            return Unknown(f"is what {function.qualname}() returns")
        base = self.summary(function)
        if base is None:
            return Unknown(f"is what {function.qualname}() returns, which calls itself")
        depends = [sent for sent in base.sent if sent.all_params()]
        if not depends and not _worth_again(base.returns):
            return base.returns
        if walker.depth >= MOST_WRAPPERS:
            why = Unknown(f"passes through more than {MOST_WRAPPERS} functions")
            for sent in depends:
                if sent.whole_params():
                    walker.sent.append(msgspec.structs.replace(sent, event=why, place=place, properties=None))
            return Unknown(f"is what {function.qualname}() returns")
        outcome = self.run(function, arguments, walker.depth + 1, receiver)
        walker.sent.extend(_brought(depends, outcome.sent, place, function.qualname, walker.frame.qualname))
        return outcome.returns

    def construct(self, walker: Walker, cls: Class, arguments: Arguments, place: Place) -> Value:
        """Make an object; its methods send what they send because of what it was made with."""
        instance = Instance(cls, arguments)
        init = class_value(cls, "__init__")
        if not isinstance(init, Function):
            return instance
        self.follow(walker, init, arguments, place, instance)
        if walker.depth >= MOST_WRAPPERS:
            return instance
        for name, function in list(cls.names.items()):
            if not isinstance(function, Function) or name == "__init__" or not self.may_send(function):
                continue
            base = self.summary(function)
            depends = [s for s in base.sent if any(p.function == id(init.node) for p in s.all_params())] if base else []
            if depends:
                outcome = self.run(function, None, walker.depth + 1, instance)
                walker.sent.extend(_brought(depends, outcome.sent, place, cls.qualname, walker.frame.qualname))
        return instance


def _brought(depends: list[Sent], sent: Iterable[Sent], place: Place, wrapper: str, inside: str) -> Iterable[Sent]:
    """Of what a function sent for one caller, that which depends on the caller, put where it is to be mended."""
    origins = {(one.origin, one.place): one for one in depends}
    by_origin = {one.origin: one for one in depends}
    for one in sent:
        base = origins.get((one.origin, one.place)) or by_origin.get(one.origin)
        if base is None:
            continue
        theirs = bool(params_in(base.event, base.properties, inside=True))
        yield msgspec.structs.replace(
            one,
            place=place if theirs else one.place,
            inside=inside if theirs else one.inside,
            via=(wrapper, *one.via),
        )


def _worth_again(returns: Value) -> bool:
    """Whether a function returns what could be known better for one caller: a parameter, text or a dictionary."""
    return any(
        (isinstance(option, Param | Dictionary) and bool(params_in(option, inside=True)))
        or (isinstance(option, Unknown) and option.type == "string" and bool(option.params))
        for option in options_of(returns)
    )


def _all_params(names: ast.arguments) -> list[ast.arg]:
    return [*names.posonlyargs, *names.args, *names.kwonlyargs]


def _length(function: Function) -> int:
    last = getattr(function.node, "end_lineno", None) or function.node.lineno
    return int(last) - function.node.lineno
