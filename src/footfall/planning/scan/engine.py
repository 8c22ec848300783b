"""Engine: follows the functions of the tree, each by itself and again for each caller that decides what it sends."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy

import msgspec

from footfall.planning.scan.annotations import from_annotation
from footfall.planning.scan.calls import Cause, CodeLocation, Sent, bind
from footfall.planning.scan.classes import class_value, methods_of
from footfall.planning.scan.clients import Clients
from footfall.planning.scan.dictionaries import options_of
from footfall.planning.scan.expressions import EXPRESSIONS
from footfall.planning.scan.frame import CodeFrame
from footfall.planning.scan.library import Library
from footfall.planning.scan.members import Members
from footfall.planning.scan.modules import Module, Modules
from footfall.planning.scan.mutations import Mutations
from footfall.planning.scan.sdks import METHOD_NAMES, Naming
from footfall.planning.scan.statements import STATEMENTS
from footfall.planning.scan.survey import Survey
from footfall.planning.scan.values import (
    Action,
    Arguments,
    Choice,
    Class,
    Const,
    Dictionary,
    Function,
    Instance,
    NameScope,
    Param,
    Subclass,
    Unknown,
    Value,
    join_values,
    params_in,
)

__all__ = ["Engine", "Marks", "Outcome"]

_MOST_WRAPPERS = 5  # functions of the tree between a call and the SDK
# Methods that are called without their name: by the call of an object, or of a task that is a class.
_BY_CLASS = frozenset({"__call__", "run"})
_MOST_STEPS = 20_000
_MOST_NESTED = 40
_SHORT = 20


class _TooInvolvedError(Exception):
    """A function takes more steps to follow than the scan spends on one. Caught by the engine."""


class Marks(msgspec.Struct, frozen=True, eq=False):
    """What the text of a function says: the names in it, whether it binds names of its module, whether it yields."""

    node: ast.AST
    names: frozenset[str]
    binds: bool
    yields: bool


class Outcome(msgspec.Struct, frozen=True, eq=False):
    """What following a function showed: what it sends and what it returns."""

    sent: tuple[Sent, ...]
    returns: Value


_TOO_DEEP = Unknown(f"passes through more than {_MOST_WRAPPERS} functions")
_NOTHING = Outcome((), Unknown("could not be followed"))


class Engine:
    """Follows functions. `active` are the files that may send; in others only short functions are followed.

    So it is with functions that name neither a method of an SDK nor one of `names`, the wrappers known already.
    `marks` keeps from one engine to the next what the functions' texts say.
    `clients` are the names given with --client, each with the SDK that it is called like.
    """

    def __init__(
        self,
        library: Library,
        active: Iterable[str],
        clients: Mapping[str, Naming],
        survey: Survey,
        names: Iterable[str] = (),
        marks: dict[int, Marks] | None = None,
    ) -> None:
        changes = Mutations(survey)
        self.modules = Modules(library, changes, self._follow_module)
        self.clients = Clients(clients)
        self.members = Members(self, survey, changes)
        self.attribute = self.members.attribute
        self.note_attribute, self.note_change = self.members.note_attribute, self.members.note_change
        self.active = frozenset(active)
        self.names = set(METHOD_NAMES) | {name.rpartition(".")[2] for name in clients} | set(names)
        self._marks = {} if marks is None else marks
        self._sends: dict[int, bool] = {}
        self.resolved: set[CodeLocation] = set()  # the calls of which it is known that no SDK is called
        self.called: set[int] = set()  # the functions that something in the tree calls, by their syntax tree
        self.wrappers: set[str] = set()  # names by which another file may reach what depends on its caller
        self.involved: list[CodeLocation] = []
        self._steps = 0
        self._nested = 0
        self._summaries: dict[int, tuple[Function, Outcome | None]] = {}

    expressions = EXPRESSIONS
    statements = STATEMENTS

    def step(self) -> None:
        """Count one step. Raises _TooInvolvedError when a function takes too many."""
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise _TooInvolvedError

    def file(self, path: str) -> list[Sent]:
        """Everything that one file sends: at its top level, and in each of its functions and methods."""
        module = self.modules.module(path)
        if module is None:
            return []
        sent = list(module.sent)
        for function in module.functions:
            outcome = self.summary(function) if self.may_send(function) else None
            sent += outcome.sent if outcome is not None else ()
            if outcome is not None:
                self._note_wrapper(function, outcome)
        return sent

    def may_send(self, function: Function) -> bool:
        """Whether a function names anything that sends."""
        key = id(function.node)
        if key not in self._sends:
            self._sends[key] = not self._marks_of(function).names.isdisjoint(self.names)
        return self._sends[key]

    def _marks_of(self, function: Function) -> Marks:
        key = id(function.node)
        if key not in self._marks:
            names, kinds = set(), set()
            for node in ast.walk(function.node):
                kind = type(node)
                if kind is ast.Attribute:
                    names.add(node.attr)  # type: ignore[attr-defined]  # its kind says so
                elif kind is ast.Name:
                    names.add(node.id)  # type: ignore[attr-defined]  # as above
                else:
                    kinds.add(kind)
            yields = not kinds.isdisjoint((ast.Yield, ast.YieldFrom))
            self._marks[key] = Marks(function.node, frozenset(names), ast.Global in kinds, yields)
        return self._marks[key]

    def note_name(self, name: str, value: Value) -> None:
        """A name is bound to something that sends when it is called, so whoever calls the name sends."""
        called = class_value(value.cls, "__call__") if isinstance(value, Instance) else None
        if isinstance(value, Action) or (isinstance(called, Function) and self.may_send(called)):
            self.wrappers.add(name)

    def note_import(self, name: str, other: str | None) -> None:
        """A wrapper, or an SDK's function, is imported under another name."""
        if other is not None and name in self.names:
            self.names.add(other)

    def _note_wrapper(self, function: Function, outcome: Outcome) -> None:
        own = id(function.node)
        for sent in outcome.sent:
            params = sent.all_params()
            if any(param.function == own for param in params):
                name = function.qualname.rpartition(".")[2]
                self.wrappers |= {name, function.owner.name} if name in _BY_CLASS and function.owner else {name}
            if any(param.function != own for param in params) and function.owner is not None:
                self.wrappers.add(function.owner.name)
        self.wrappers.discard("__init__")

    def _follow_module(self, module: Module, tree: ast.Module) -> None:
        frame = CodeFrame(self, module.scope, 0, sends=True)
        with self._budget(CodeLocation(module.path, 1, 1)):
            frame.body(tree.body)
            frame.finish()
        module.sent = frame.sent
        module.functions = frame.defined
        for function in module.functions:
            # `global client; client = …`: what a function binds for the module is known before others are read.
            if self._marks_of(function).binds:
                self.summary(function)

    @contextmanager
    def _budget(self, where: CodeLocation) -> Iterator[None]:
        """Follow something with as many steps as the scan spends on one; what takes more is noted."""
        before, self._steps = self._steps, 0
        try:
            yield
        except (_TooInvolvedError, RecursionError):
            self.involved.append(where)
        finally:
            self._steps = before

    def summary(self, function: Function) -> Outcome | None:
        """What a function does whoever calls it; None while it is being followed already."""
        key = id(function.node)
        cached = self._summaries.get(key)
        if cached is not None and cached[0].scope is function.scope:
            return cached[1]
        if self._nested >= _MOST_NESTED:
            return _NOTHING
        self._summaries[key] = (function, None)
        outcome = _NOTHING
        self._nested += 1
        with self._budget(CodeLocation(function.scope.module.path, function.node.lineno, function.node.col_offset + 1)):
            outcome = self.run(function, None, 0)
        self._nested -= 1
        self._summaries[key] = (function, outcome)
        return outcome

    def run(
        self,
        function: Function,
        arguments: Arguments | None,
        depth: int,
        receiver: Value | None = None,
        *,
        sends: bool = False,
    ) -> Outcome:
        """Follow a function with what a caller gives, or, without arguments, whoever calls it.

        With `sends` what it returns is wanted for a message.
        """
        node = function.node
        marks = self._marks_of(function)
        frame = CodeFrame(self, self._scope_of(function), depth)
        names, own_self = self._parameters(function, receiver)
        unbound = {arg.arg: self._unbound_value(frame, function, arg) for arg in _all_params(names)}
        given: frozenset[str] = frozenset()
        if arguments is None:
            bound = {**unbound}
            of = function.qualname
            if names.vararg is not None:
                bound[names.vararg.arg] = Param(id(node), names.vararg.arg, of, "*")
            if names.kwarg is not None:
                bound[names.kwarg.arg] = Dictionary({}, Param(id(node), names.kwarg.arg, of, "**"))
        else:
            bound = bind(names, arguments, self._defaults(function), unbound)
            bound |= {name: _as_promised(bound[name], promise) for name, promise in unbound.items()}
            given = frozenset(name for name in bound if not isinstance(bound[name], Param | Instance))
        frame = CodeFrame(self, self._scope_of(function), depth, given, sends=sends or self.may_send(function))
        frame.scope.names.update(own_self | bound)
        ended = frame.body(node.body)
        frame.finish()
        if function.is_stub or marks.yields or (ended and not frame.returns):
            # Nothing that it gives is known: a subclass has the real one, or each round of a loop gives another.
            frame.returns = [Unknown(f"is what {function.qualname}() gives")]
        sent = [*frame.sent, *self._sent_by_nested(frame)]
        returns = join_values(frame.returns) if frame.returns else Const(None)
        return Outcome(tuple(sent), self._as_annotated(function, returns))

    def _as_annotated(self, function: Function, returns: Value) -> Value:
        """What a function returns, or what it says that it returns where that says more."""
        annotation = function.node.returns
        if annotation is None or not any(isinstance(option, Unknown) for option in options_of(returns)):
            return returns
        promise = from_annotation(CodeFrame(self, self._scope_of(function), _MOST_WRAPPERS), annotation)
        if promise is None:
            return returns
        return join_values(
            [promise if isinstance(option, Unknown) else option for option in options_of(returns)], returns
        )

    def _sent_by_nested(self, frame: CodeFrame) -> Iterable[Sent]:
        """What the functions that were defined on the way send, each followed by itself."""
        for function in frame.defined:
            if self._nested < _MOST_NESTED:
                self._nested += 1
                try:
                    yield from self.run(function, None, frame.depth).sent
                finally:
                    self._nested -= 1

    def _scope_of(self, function: Function) -> NameScope:
        return NameScope(function.scope.module, {}, function.scope, function.qualname)

    def _parameters(self, function: Function, receiver: Value | None) -> tuple[ast.arguments, dict[str, Value]]:
        """The parameters that a caller gives, and the value of `self` or `cls`."""
        names = function.node.args
        first = [*names.posonlyargs, *names.args][:1]
        is_method = function.owner is not None and function.kind != "static"
        if not first or not (is_method or function.kind == "task"):
            return names, {}
        if function.owner is None or function.kind == "task":
            receiver = Unknown("is the task")
        elif receiver is None:
            own = Param(id(function.node), first[0].arg, function.qualname, "self")
            receiver = Subclass(function.owner) if function.kind == "class" else Instance(function.owner, None, own)
        trimmed = copy(names)
        trimmed.posonlyargs, trimmed.args = names.posonlyargs[1:], names.args[0 if names.posonlyargs else 1 :]
        return trimmed, {first[0].arg: receiver}

    def _unbound_value(self, frame: CodeFrame, function: Function, arg: ast.arg) -> Value:
        param = Param(id(function.node), arg.arg, function.qualname)
        promise = from_annotation(frame, arg.annotation)
        return param if promise is None else _promise_for(promise, param)

    def _defaults(self, function: Function) -> dict[str, Value]:
        names = function.node.args
        positional = [*names.posonlyargs, *names.args]
        frame = CodeFrame(self, NameScope(function.scope.module, {}, function.scope), _MOST_WRAPPERS)
        pairs = [
            *zip(positional[len(positional) - len(names.defaults) :], names.defaults, strict=True),
            *zip(names.kwonlyargs, names.kw_defaults, strict=True),
        ]
        return {arg.arg: frame.value(default) for arg, default in pairs if default is not None}

    # Calls of functions of the tree.

    def follow(
        self, frame: CodeFrame, function: Function, arguments: Arguments, node: ast.AST, receiver: Value | None = None
    ) -> Value:
        """Follow a call: what it returns; what it sends because of its arguments goes to the caller."""
        self.called.add(id(function.node))
        location = frame.location(node)
        if not self.may_send(function) and function.scope.module.path not in self.active and _length(function) > _SHORT:
            return Unknown(f"is what {function.qualname}() returns")
        base = self.summary(function)
        if base is None:
            return Unknown(f"is what {function.qualname}() returns, which calls itself")
        # What depends on the object alone is no different for another object of which no more is known.
        plain_self = not isinstance(receiver, Instance) or receiver.arguments is None
        ignored = "self" if plain_self and (receiver is None or _is_own(function, receiver)) else ""
        depends = [message for message in base.sent if _own_params(message.all_params(), ignored)]
        if not depends:
            if not _own_params(params_in(base.returns, inside=True), ignored):
                return base.returns
            if not frame.sends:
                # Only what is sent has to be known better; whoever sends what this gives follows it again from there.
                given = [
                    *arguments.positional,
                    *arguments.named.values(),
                    arguments.rest,
                    arguments.named_rest,
                    receiver,
                ]
                return Unknown(f"is what {function.qualname}() returns", params_in(*given, inside=True))
        if frame.depth >= _MOST_WRAPPERS:
            for message in depends:
                if _own_params(message.whole_params(), "self"):
                    frame.sent.append(
                        msgspec.structs.replace(message, event=_TOO_DEEP, location=location, properties=None)
                    )
            return Unknown(f"is what {function.qualname}() returns")
        outcome = self.run(function, arguments, frame.depth + 1, receiver, sends=frame.sends)
        frame.sent.extend(_sent_for_caller(depends, outcome.sent, location, function.qualname))
        return outcome.returns

    def construct(self, frame: CodeFrame, cls: Class, arguments: Arguments, node: ast.AST) -> Value:
        """Make an object. What its methods send because of the constructor's arguments is sent here."""
        instance, location = Instance(cls, arguments), frame.location(node)
        init = class_value(cls, "__init__")
        if not isinstance(init, Function):
            return instance
        self.follow(frame, init, arguments, node, instance)
        if frame.depth >= _MOST_WRAPPERS:
            return instance
        for function in methods_of(cls):
            if function is init or not self.may_send(function):
                continue
            base = self.summary(function)
            depends = [s for s in base.sent if any(p.function == id(init.node) for p in s.all_params())] if base else []
            if depends:
                outcome = self.run(function, None, frame.depth + 1, instance)
                frame.sent.extend(_sent_for_caller(depends, outcome.sent, location, cls.qualname))
        return instance


def _sent_for_caller(depends: list[Sent], sent: Iterable[Sent], location: CodeLocation, wrapper: str) -> Iterable[Sent]:
    """Of what a function sent for one caller, that which depends on the caller, put where it is to be mended.

    `depends` is the part of what it sends whoever calls it that depends on the caller.
    """
    by_origin = {message.origin: message for message in depends}
    for message in sent:
        base = by_origin.get(message.origin)
        if base is None:
            continue
        theirs = bool(_own_params(base.all_params() - params_in(base.receiver), "self"))
        yield msgspec.structs.replace(
            message,
            location=location if theirs else message.location,
            via=(wrapper, *message.via) if theirs else message.via,
            causes=_causes(base, message, Cause(location, (wrapper, *message.via))) if theirs else message.causes,
        )


def _causes(base: Sent, message: Sent, here: Cause) -> Mapping[str, Cause]:
    """Where the parts of a message come from, once a call has given those that depend on parameters in `base`."""
    causes = dict(message.causes)
    if _own_params(base.depends | params_in(base.event), "self") and message.event is not _TOO_DEEP:
        causes[""] = here
    options = options_of(base.properties) if base.properties is not None else ()
    entries = {
        key: entry for option in options if isinstance(option, Dictionary) for key, entry in option.entries.items()
    }
    if _own_params(params_in(base.properties), "self"):
        causes = {key: cause for key, cause in causes.items() if not key or key in entries}
        causes |= {key: message.cause(key) for key in entries}
        causes["*"] = here
    return causes | {
        key: here for key, entry in entries.items() if _own_params(params_in(entry.value, inside=True), "self")
    }


def _own_params(params: Iterable[Param], ignored: str) -> list[Param]:
    """The parameters without those of a kind."""
    return [param for param in params if not ignored or param.rest != ignored]


def _is_own(function: Function, receiver: Value) -> bool:
    cls = receiver.cls if isinstance(receiver, Instance | Subclass) else receiver
    return cls is function.owner


def _as_promised(value: Value, promise: Value) -> Value:
    """What a caller gives, or what the annotation promises where that says more."""
    if not isinstance(promise, Instance | Choice) or not isinstance(value, Unknown | Param):
        return value
    return _promise_for(promise, value if isinstance(value, Param) else None)


def _promise_for(promise: Value, param: Param | None) -> Value:
    """What an annotation promises of a parameter, each object as one that a caller may make more exact."""
    return join_values(
        msgspec.structs.replace(option, param=param) if isinstance(option, Instance) else option
        for option in options_of(promise)
    )


def _all_params(names: ast.arguments) -> list[ast.arg]:
    return [*names.posonlyargs, *names.args, *names.kwonlyargs]


def _length(function: Function) -> int:
    last = getattr(function.node, "end_lineno", None) or function.node.lineno
    return int(last) - function.node.lineno
