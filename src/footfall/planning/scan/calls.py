"""Calls: from a method of an SDK and its arguments to what is sent, by the table of signatures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from footfall.planning.scan.classes import EVENT_OF_CLASS, class_value
from footfall.planning.scan.dictionaries import options_of, plain
from footfall.planning.scan.sdks import CARRIERS, ORDERED, SDKS, STRUCTURED, MessageKind, Signature
from footfall.planning.scan.values import (
    Action,
    Arguments,
    Choice,
    Class,
    Const,
    DictEntry,
    Dictionary,
    External,
    Instance,
    Items,
    LibraryCall,
    Param,
    Unknown,
    Value,
    params_in,
)

__all__ = ["Cause", "CodeLocation", "Sent", "bind", "likely", "send"]

_MAY_BE_TEXT = (Const, Unknown, Param, Choice, LibraryCall, Instance, External)


class CodeLocation(msgspec.Struct, frozen=True, order=True):
    """A location in the code: a file, a line and a column, both from 1."""

    file: str
    line: int
    column: int


class Cause(msgspec.Struct, frozen=True):
    """Where a part of a message is given, and through which functions it goes from there, the outermost first."""

    location: CodeLocation
    via: tuple[str, ...] = ()


class Sent(msgspec.Struct, frozen=True, eq=False):
    """One message that the code sends, as far as it is known.

    `location` is where it is reported: the call of the SDK (`origin`), or of the outermost wrapper that brings a part
    of it. `via` names the wrappers between, the outermost first. `by_name` says that keys are the plan's names, not
    those on the wire, `is_choice` that the event is one of several, which `depends` may decide, `is_loose` that it may
    be none of some of them. `receiver` is None for a client, else why it is not known to be one. `causes` are where the
    parts come from: the event (""), the properties as a whole ("*") and single keys; without one it is the call of the
    SDK.
    """

    sdk: str
    kind: MessageKind
    location: CodeLocation
    origin: CodeLocation
    event: Value
    properties: Value | None
    via: tuple[str, ...] = ()
    by_name: bool = False
    receiver: Value | None = None
    is_choice: bool = False
    depends: frozenset[Param] = frozenset()
    is_loose: bool = False
    causes: Mapping[str, Cause] = {}

    def cause(self, part: str) -> Cause:
        """Where a part of the message comes from, which is where to mend it."""
        whole = self.causes.get("*") if part else None
        return self.causes.get(part) or whole or Cause(self.origin)

    def whole_params(self) -> frozenset[Param]:
        """The parameters without which it is not known what is sent."""
        return self.depends | params_in(self.event, self.properties, self.receiver)

    def all_params(self) -> frozenset[Param]:
        """Those, and the parameters that are the value of a property."""
        return self.depends | params_in(self.event, self.properties, self.receiver, inside=True)


def send(action: Action, arguments: Arguments, location: CodeLocation, receiver: Value | None = None) -> Iterator[Sent]:
    """What a call of a client's method sends; several when the event is one of a few."""
    signatures = (action.signature,) if action.signature is not None else SDKS[action.sdk].methods[action.method]
    match = next(
        ((signature, taken) for signature in signatures if (taken := _by_parameter(signature, arguments)) is not None),
        None,
    )
    if match is None:
        unknown = Unknown(f"cannot be found: {action.method}() of {action.sdk} does not take these arguments")
        yield Sent(action.sdk, signatures[0].kind, location, location, unknown, None, receiver=receiver)
        return
    signature, taken = match
    properties = _structured(taken) if signature.properties == "*structured" else taken.get(signature.properties)
    event = taken.get(signature.event, Unknown("is not given")) if signature.event else Const("")
    if signature.properties and properties is None and (rest := arguments.rest or arguments.named_rest) is not None:
        properties = Dictionary({}, rest)
    # An event that is None here is given on another way through the code.
    options = tuple(option for option in options_of(event) if option != Const(None)) or options_of(event)
    unpacked = [
        (kind, name, own if own is not None else properties, by_name)
        for option in options
        for kind, whole, own, by_name in [_event_parts(option, signature.kind)]
        for name in options_of(whole)
    ]
    # Where one of the options comes from a caller, all go there together: which one it is is judged there.
    depends = params_in(event) if isinstance(event, Choice) else frozenset()
    for kind, name, content, by_name in unpacked:
        yield Sent(
            action.sdk, kind, location, location, name, content, (), by_name, receiver, len(unpacked) > 1, depends,
            isinstance(event, Choice) and event.loose,
        )  # fmt: skip


def likely(method: str, arguments: Arguments, sdks: Iterable[str]) -> Action | None:
    """The method of an SDK that a call of something unknown may be, by its name and arguments.

    Those of `sdks`, the SDKs that the file imports, come first. None when the arguments fit none of them.
    """
    if method not in ORDERED and method not in SDKS["footfall"].methods:
        return None
    for sdk in dict.fromkeys((*sdks, "footfall", *SDKS)):
        for signature in SDKS[sdk].methods.get(method, ()):
            taken = _by_parameter(signature, arguments)
            event = Const("") if taken is None or not signature.event else taken.get(signature.event)
            if taken is not None and event is not None and isinstance(plain(event), _MAY_BE_TEXT):
                return Action(sdk, method)
    return None


def _by_parameter(signature: Signature, arguments: Arguments) -> dict[str, Value] | None:
    """The arguments by parameter; None when the signature does not take them."""
    most = len(signature.params) if signature.most is None else signature.most
    count = len(arguments.positional)
    if count > most or any(name in signature.params[:count] for name in arguments.named):
        return None
    taken = dict(zip(signature.params, arguments.positional, strict=False)) | dict(arguments.named)
    rest = arguments.rest or arguments.named_rest
    if signature.event and signature.event not in taken and rest is not None:
        taken[signature.event] = rest
    return taken


def _structured(taken: Mapping[str, Value]) -> Dictionary:
    return Dictionary({wire: DictEntry(taken[param]) for param, wire in STRUCTURED.items() if param in taken})


def _event_parts(event: Value, kind: MessageKind) -> tuple[MessageKind, Value, Value | None, bool]:
    """Kind, name and properties of what was given as the event: a text, or an object that carries all of them."""
    if isinstance(event, LibraryCall) and event.name in CARRIERS:
        carrier = CARRIERS[event.name]
        taken = _by_parameter(Signature(carrier.kind, carrier.params, carrier.event), event.arguments) or {}
        properties = taken.get(carrier.properties) if carrier.properties else None
        if carrier.fields:
            properties = _structured(taken)
        name = taken.get(carrier.event, Unknown("is not given"))
        inner_kind, name_inside, own, by_name = _event_parts(name, carrier.kind)
        return inner_kind, _schema_name(name_inside), own if own is not None else properties, by_name
    cls = event.cls if isinstance(event, Instance) else event if isinstance(event, Class) else None
    if cls is not None and isinstance(event, Instance):
        name = plain(class_value(cls, EVENT_OF_CLASS) or Unknown(f"is an object of {cls.qualname}"))
        return kind, name, _fields(cls, event.arguments), True
    return kind, plain(event), None, False


def _schema_name(name: Value) -> Value:
    """The event in an Iglu address: `iglu:com.acme/order_completed/jsonschema/1-0-0` names order_completed."""
    if isinstance(name, Const) and isinstance(name.value, str) and name.value.startswith("iglu:"):
        parts = name.value.split("/")
        return Const(parts[1]) if len(parts) == 4 else Unknown(f"is not an Iglu address: {name.value!r}")
    return name


def _fields(cls: Class, arguments: Arguments | None) -> Dictionary:
    """The properties of a generated class, from the arguments of its constructor."""
    if arguments is None:
        return Dictionary({}, Unknown("were set where the object was made"))
    names = [name for name in cls.fields if name != EVENT_OF_CLASS]
    entries = {name: DictEntry(value) for name, value in zip(names, arguments.positional, strict=False)}
    entries |= {name: DictEntry(value) for name, value in arguments.named.items()}
    return Dictionary(entries, arguments.rest or arguments.named_rest)


def bind(
    names: Any, arguments: Arguments, defaults: Mapping[str, Value], unbound: Mapping[str, Value]
) -> dict[str, Value]:
    """The values of a function's parameters in a call; `names` is its `ast.arguments` without a bound `self`."""
    positional = [arg.arg for arg in (*names.posonlyargs, *names.args)]
    bound = dict(zip(positional, arguments.positional, strict=False))
    keywords = {arg.arg for arg in (*names.args, *names.kwonlyargs)}
    extra: dict[str, DictEntry] = {}
    for name, value in arguments.named.items():
        if name in keywords:
            bound[name] = value
        else:
            extra[name] = DictEntry(value)
    rest = arguments.rest or arguments.named_rest
    for name in (*positional, *(arg.arg for arg in names.kwonlyargs)):
        if name not in bound:
            argument = rest if rest is not None else defaults.get(name)
            bound[name] = unbound[name] if argument is None else argument
    if names.vararg is not None:
        extra_positional = arguments.positional[len(positional) :]
        bound[names.vararg.arg] = Items(extra_positional) if arguments.rest is None else arguments.rest
    if names.kwarg is not None:
        bound[names.kwarg.arg] = Dictionary(extra, arguments.named_rest)
    return bound
