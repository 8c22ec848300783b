"""Values: what the scan can know of an expression without running it, from a whole constant down to nothing at all."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from footfall.planning.scan.sdks import Signature

__all__ = [
    "Action", "Arguments", "Because", "BuiltinMethod", "Choice", "Class", "Const", "DictEntry", "Dictionary",
    "EnumMember", "External", "Function", "Import", "Instance", "Items", "LibraryCall", "Method", "ModuleValue",
    "NameScope", "Param", "SdkClient", "Subclass", "TaskMethod", "Unknown", "Value", "because", "join_values",
    "params_in", "reason_of", "shown",
]  # fmt: skip

MOST_OPTIONS = 16


class Param(msgspec.Struct, frozen=True):
    """What a caller gives for a parameter; `function` is the identity of the function's syntax tree."""

    function: int
    name: str
    of: str
    rest: str = ""  # "*" or "**" for the parameter that takes what is left, "self" for the object of a method


class Const(msgspec.Struct, frozen=True):
    """A value that is wholly known: text, number, boolean, None, a date, a Decimal."""

    value: Any


class Because(msgspec.Struct, frozen=True, eq=False):
    """A reason that is put into words only when somebody reads it: texts, expressions, values with their reasons."""

    parts: tuple[Any, ...]

    def __str__(self) -> str:
        return "".join(
            part if isinstance(part, str) else shown(part) if isinstance(part, ast.AST) else reason_of(part)
            for part in self.parts
        )


class Unknown(msgspec.Struct, frozen=True):
    """A value that is not known, and why. `prefix` is how its text begins, `type` what it will be in JSON, if known.

    `is_part` says that it is the value or name of the one parameter in `params`: known when a caller gives an enum's
    member.
    """

    reason: str | Because
    params: frozenset[Param] = frozenset()
    prefix: str = ""
    type: str = ""
    is_part: bool = False


class DictEntry(msgspec.Struct, frozen=True):
    """One key of a dictionary; `certain` says that it is there on every way through the code."""

    value: Value
    certain: bool = True


class Dictionary(msgspec.Struct, frozen=True, eq=False):
    """A dictionary with its known keys; with `rest` it may have more, for the reason that `rest` gives."""

    entries: Mapping[str, DictEntry]
    rest: Unknown | Param | None = None
    origin: int = 0  # the identity of the expression that made it: what was changed since keeps it


class Items(msgspec.Struct, frozen=True, eq=False):
    """A list or tuple of known length."""

    items: tuple[Value, ...]


class Choice(msgspec.Struct, frozen=True, eq=False):
    """One of a few values: a conditional expression, or what several ways through the code leave behind.

    `params` decide which one it is, besides those in the options. `loose` says that an option may never come true: the
    default of a setting, the value of a base class, the value of an attribute before another method changed it.
    """

    options: tuple[Value, ...]
    params: frozenset[Param] = frozenset()
    loose: bool = False


class External(msgspec.Struct, frozen=True):
    """Something of a library, by its full dotted name."""

    name: str


class Arguments(msgspec.Struct, frozen=True, eq=False):
    """What a call gives. With `rest` there may be more, by position (`*args`) or by name (`**kwargs`)."""

    positional: tuple[Value, ...] = ()
    named: Mapping[str, Value] = {}
    rest: Unknown | Param | None = None
    named_rest: Unknown | Param | None = None


class Import(msgspec.Struct, frozen=True):
    """A name that an import binds, not yet followed: `name` of `module` ("" for the module itself)."""

    module: str
    level: int = 0
    name: str = ""


class LibraryCall(msgspec.Struct, frozen=True, eq=False):
    """What a library's class or function was called with."""

    name: str
    arguments: Arguments


class NameScope(msgspec.Struct, eq=False):
    """The names of a function, class body or module while it is followed; `outer` is where else names are looked up."""

    module: Any
    names: dict[str, Value]
    outer: NameScope | None = None
    qualname: str = ""
    owner: Class | None = None


class ModuleValue(msgspec.Struct, frozen=True, eq=False):
    """A module of the scanned tree."""

    module: Any


class Function(msgspec.Struct, frozen=True, eq=False):
    """A function of the scanned tree, with the scope that it was defined in."""

    node: ast.FunctionDef | ast.AsyncFunctionDef
    scope: NameScope
    qualname: str
    owner: Class | None = None
    kind: str = ""  # "static", "class", "property", "task" (the framework gives the first argument)
    is_stub: bool = False  # only says that there is such a function: a subclass has the real one


class Class(msgspec.Struct, frozen=True, eq=False):
    """A class of the scanned tree: its bases and what its body binds. `fields` are its annotated names, in order."""

    name: str
    qualname: str
    bases: tuple[Value, ...]
    names: dict[str, Value]
    fields: Mapping[str, ast.expr]
    scope: NameScope
    takes_fields: bool = False  # its constructor may take its fields, as a dataclass's does


class Instance(msgspec.Struct, frozen=True, eq=False):
    """An object of a class of the scanned tree.

    Without `arguments` nothing is known of how it was made, and its class may be any subclass of `cls`. `param` is the
    parameter that it is given for, when a caller may give a more exact one.
    """

    cls: Class
    arguments: Arguments | None = None
    param: Param | None = None


class Subclass(msgspec.Struct, frozen=True, eq=False):
    """A class of the scanned tree or any subclass of it: what `cls` is in a class method."""

    cls: Class


class Method(msgspec.Struct, frozen=True, eq=False):
    """A function that is bound to an object or class."""

    function: Function
    receiver: Value


class BuiltinMethod(msgspec.Struct, frozen=True, eq=False):
    """A method of a built-in value: text, dictionary, list."""

    receiver: Value
    name: str


class EnumMember(msgspec.Struct, frozen=True, eq=False):
    """A member of an enum; `prints` says that as text it is its value (StrEnum)."""

    name: str
    value: Value
    prints: bool = False


class SdkClient(msgspec.Struct, frozen=True):
    """What sends events, by the name of its SDK; `signature` is the order of arguments that --client gives it."""

    sdk: str
    signature: Signature | None = None


class Action(msgspec.Struct, frozen=True):
    """A method of a client: what sends, when it is called."""

    sdk: str
    method: str
    signature: Signature | None = None


class TaskMethod(msgspec.Struct, frozen=True, eq=False):
    """A method that a task queue adds to a function: `delay`, `apply_async` and their like."""

    callee: Value
    method: str


Value = (
    Const | Unknown | Param | Dictionary | Items | Choice | External | LibraryCall | ModuleValue | Function | Class
    | Instance | Import | Method | BuiltinMethod | EnumMember | SdkClient | Action | Subclass | TaskMethod
)  # fmt: skip


def because(*parts: Any) -> Because:
    """A reason out of texts, expressions and values, put into words later: most are never read."""
    return Because(parts)


def shown(node: ast.AST) -> str:
    """An expression for a message: on one line, cut."""
    try:
        text = " ".join(ast.unparse(node).split())
    except (ValueError, RecursionError):
        return "an expression"
    return text if len(text) <= 40 else f"{text[:39]}…"


def params_in(*values: Value | None, inside: bool = False) -> frozenset[Param]:
    """The parameters that values depend on as a whole; with `inside` also those that are values of a dictionary."""
    params: set[Param] = set()
    for value in values:
        if isinstance(value, Param):
            params.add(value)
        elif isinstance(value, Unknown):
            params |= value.params
        elif isinstance(value, Instance):
            params |= {value.param} if value.param is not None else set()
        elif isinstance(value, Choice):
            params |= value.params | params_in(*value.options, inside=inside)
        elif isinstance(value, Dictionary):
            params |= params_in(value.rest)
            if inside:
                direct = (entry.value for entry in value.entries.values())
                # Deeper parts are left out: few of them come to be known, and every caller would be followed for them.
                params |= params_in(*(value for value in direct if _is_shown_by_caller(value)), inside=True)
    return frozenset(params)


def _is_shown_by_caller(value: Value) -> bool:
    return isinstance(value, Param | Dictionary) or (isinstance(value, Unknown) and value.is_part)


def reason_of(value: Value | None) -> str:
    """Why a value is not known, in words that can follow "the event": a clause without a subject."""
    if isinstance(value, Param):
        return f"is the parameter {value.name!r} of {value.of}"
    if isinstance(value, Unknown):
        return str(value.reason)
    if isinstance(value, Choice):
        return next((reason_of(option) for option in value.options if isinstance(option, Param | Unknown)), "")
    if isinstance(value, External):
        return f"is {value.name}, which is not code that was scanned"
    if isinstance(value, Instance):
        return f"is an object of {value.cls.qualname}"
    return "is no text" if value is not None else "is not given"


def join_values(values: Iterable[Value], *of: Value, loose: bool = False) -> Value:
    """One value for several: the value itself, `Choice`, or `Unknown` when they are too many.

    `of` are the values that it was worked out from: what decides between their options decides here too.
    """
    options: list[Value] = []
    params: frozenset[Param] = frozenset()
    for source in of:
        if isinstance(source, Choice):
            params, loose = params | source.params, loose or source.loose
    for value in values:
        if isinstance(value, Choice):
            params, loose = params | value.params, loose or value.loose
        for option in value.options if isinstance(value, Choice) else (value,):
            if not any(_same(option, other) for other in options):
                options.append(option)
    if len(options) > MOST_OPTIONS:
        return Unknown(f"has more than {MOST_OPTIONS} possible values", params | params_in(*options))
    if not options:
        return Unknown("has no value", params)
    if len(options) == 1 and (not params or isinstance(options[0], Param)):
        return options[0]
    return Choice(tuple(options), params, loose and len(options) > 1)


def _same(value: Value, other: Value) -> bool:
    if isinstance(value, Const) and isinstance(other, Const):
        return type(value.value) is type(other.value) and bool(value.value == other.value)
    return value is other or (type(value) is type(other) and bool(value == other))
