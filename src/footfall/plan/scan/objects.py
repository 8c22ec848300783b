"""Objects: what names, imports and attributes stand for: modules, classes, their instances, enums, clients."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, cast

from footfall.plan.scan.builtin_calls import METHODS
from footfall.plan.scan.calls import EVENT_OF_CLASS, Sent, class_value
from footfall.plan.scan.expressions import from_annotation
from footfall.plan.scan.library import Library, module_name
from footfall.plan.scan.shapes import CLASSES, MODULES, SDKS
from footfall.plan.scan.values import (
    Action,
    Arguments,
    Because,
    Bound,
    Class,
    Client,
    Const,
    External,
    Frame,
    Function,
    Import,
    Instance,
    Made,
    Member,
    Method,
    ModuleValue,
    Param,
    Unknown,
    Value,
    because,
    join_values,
    params_in,
)
from footfall.plan.scan.walker import Walker

if TYPE_CHECKING:
    from footfall.plan.scan.engine import Engine

__all__ = ["Module", "Objects"]

_ENUMS = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.Flag", "enum.IntFlag"})
_BUILTINS = frozenset(dir(builtins))
_MOST_BUSY = 8
_OUT_OF = ", a part of what "


class Module:
    """A followed module: its names, what its top level sends, its functions (those of its classes too)."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.stars: list[Import] = []
        self.sent: list[Sent] = []
        self.functions: list[Function] = []
        self.frame = Frame(self, {})


class Objects:
    """What names and attributes stand for, over all files of the tree."""

    def __init__(self, library: Library, clients: Mapping[str, str]) -> None:
        self.library = library
        self.clients = dict(clients)
        self._modules: dict[str, Module] = {}
        self._attributes: dict[int, tuple[Class | Instance, dict[str, Value]]] = {}
        self._noting: list[tuple[Class, dict[str, Value]]] = []
        self._busy: set[int] = set()
        self._asked: set[str] = set()

    # Modules and names.

    def module(self, path: str) -> Module | None:
        """A module of the tree, followed when first asked for; one that is being followed is given as it is."""
        if path in self._modules:
            return self._modules[path]
        tree = self.library.tree(path)
        if tree is None:
            return None
        module = self._modules[path] = Module(path)
        walker = cast("Engine", self).walk(module.frame, tree.body)
        module.sent = walker.sent
        module.functions = walker.defined
        for function in module.functions:
            # `global client; client = Client(…)`: what a function binds for the module is known before others are read.
            if cast("Engine", self).binds_globals(function):
                cast("Engine", self).summary(function)
        return module

    def note_global(self, module: Module, name: str, value: Value) -> None:
        """A function binds a name of its module."""
        known = module.frame.names.get(name)
        module.frame.names[name] = value if known is None else join_values((known, value))

    def lookup(self, frame: Frame, name: str) -> Value:
        """What a name stands for: here, in the functions around, the module, what it takes in whole, Python."""
        at: Frame | None = frame
        while at is not None:
            value = at.names.get(name)
            if value is not None:
                if isinstance(value, Import):
                    # Modules that import a name from each other in a circle come back here.
                    at.names[name] = Unknown(f"is {name!r}, which is imported in a circle")
                    value = at.names[name] = self._imported(at.module.path, value)
                return value
            at = at.outer
        found = self._starred(frame.module, name)
        if found is not None:
            return found
        if name in _BUILTINS:
            return External(f"builtins.{name}")
        return Unknown(f"is {name!r}, which is not bound where the scan can see it")

    def _starred(self, module: Module, name: str) -> Value | None:
        """A name that `from … import *` brings. Modules that take in each other whole are asked once."""
        if module.path in self._asked:
            return None
        self._asked.add(module.path)
        try:
            for star in module.stars:
                path = self._path_of(module.path, star)
                found = self._of_module(path, name) if path is not None else None
                if found is not None:
                    return found
        finally:
            self._asked.discard(module.path)
        return None

    def _imported(self, importer: str, wanted: Import) -> Value:
        path = self._path_of(importer, wanted)
        if not wanted.name:
            module = self.module(path) if path is not None else None
            return ModuleValue(module) if module is not None else External(wanted.module)
        if path is not None:
            found = self._of_module(path, wanted.name)
            if found is not None:
                return found
            return Unknown(f"is {wanted.name!r}, which {path} does not bind")
        within = Import(".".join(part for part in (wanted.module, wanted.name) if part), wanted.level)
        inner = self._path_of(importer, within)
        module = self.module(inner) if inner is not None else None
        if module is not None:
            return ModuleValue(module)
        if wanted.level:
            return Unknown(f"is {wanted.name!r}, imported from a module that was not scanned")
        return self._of_library(importer, wanted.module, wanted.name)

    def _path_of(self, importer: str, wanted: Import) -> str | None:
        if wanted.level:
            return self.library.relative(importer, wanted.level, wanted.module)
        return self.library.absolute(importer, wanted.module)

    def _of_module(self, path: str, name: str) -> Value | None:
        module = self.module(path)
        if module is None:
            return None
        found: Value | None = None
        if name in module.frame.names:
            found = self.lookup(module.frame, name)
        elif module.stars:
            found = self._starred(module, name)
        if found is not None and not isinstance(found, Unknown):
            return found
        inner = self.library.submodule(path, name)
        below = self.module(inner) if inner is not None else None
        return ModuleValue(below) if below is not None else found

    def _of_library(self, importer: str, owner: str, name: str) -> Value:
        sdk = MODULES.get(owner)
        if sdk is not None and name in SDKS[sdk].methods:
            return Action(sdk, name)
        full = f"{owner}.{name}"
        path = self.library.absolute(importer, full)
        module = self.module(path) if path is not None else None
        return ModuleValue(module) if module is not None else External(full)

    # Clients.

    def as_client(self, name: str, value: Value) -> Value:
        """The value, or a client when its name was given with --client."""
        if name in self.clients and not isinstance(value, Class | Client | Action):
            return Client(self.clients[name])
        if isinstance(value, External) and value.name in self.clients:
            return Client(self.clients[value.name])
        return value

    def sdk_of(self, value: Value) -> str | None:
        """The SDK whose client a class is, its own or inherited; None for anything else."""
        if isinstance(value, External):
            return CLASSES.get(value.name) or self.clients.get(value.name)
        if isinstance(value, Class):
            full = f"{module_name(value.frame.module.path)}.{value.qualname}"
            known = CLASSES.get(full) or self.clients.get(full) or self.clients.get(value.name)
            if known is not None:
                return known
            return next((sdk for base in value.bases if base is not value and (sdk := self.sdk_of(base))), None)
        return None

    def is_wrapper_class(self, cls: Class) -> bool:
        """Whether a class of the tree has methods of its own that must be followed, though it is a client."""
        full = f"{module_name(cls.frame.module.path)}.{cls.qualname}"
        named = {full, cls.name} & self.clients.keys() or full in CLASSES
        return not named and any(isinstance(value, Function) for value in cls.names.values())

    # Classes and their objects.

    def is_enum(self, cls: Class) -> bool:
        """Whether a class is an enum."""
        return any(
            base.name in _ENUMS if isinstance(base, External) else isinstance(base, Class) and self.is_enum(base)
            for base in cls.bases
            if base is not cls
        )

    def carries_event(self, cls: Class) -> bool:
        """Whether a class was generated from an event of a plan, or is the base of those."""
        return class_value(cls, EVENT_OF_CLASS) is not None or EVENT_OF_CLASS in cls.fields

    def note_attribute(self, cls: Class, name: str, value: Value) -> None:
        """A method binds an attribute of its object."""
        cast("Engine", self).note_name(name, value)
        for owner, names in self._noting[-1:]:
            if owner is cls:
                names[name] = join_values((names[name], value)) if name in names else value

    def attribute(self, walker: Walker, owner: Value, name: str, what: ast.AST) -> Value:
        """What `owner.name` is."""
        if isinstance(owner, Client):
            methods = SDKS[owner.sdk].methods
            return Action(owner.sdk, name) if name in methods else Unknown(because("is ", what))
        if isinstance(owner, External):
            return self._of_library(walker.frame.module.path, owner.name, name)
        if isinstance(owner, ModuleValue):
            return self._of_module(owner.module.path, name) or Unknown(because("is ", what))
        if isinstance(owner, Instance):
            return self._of_instance(walker, owner, name, what)
        if isinstance(owner, Class):
            return self._of_class(owner, name, what)
        if isinstance(owner, Member):
            known = {"value": owner.value, "name": Const(owner.name)}
            return known.get(name) or self.attribute(walker, owner.value, name, what)
        if isinstance(owner, Made) and owner.name == "builtins.super":
            return self._of_super(walker, name, what)
        if name in METHODS.get(type(owner), ()):
            return Bound(owner, name)
        if isinstance(owner, Unknown | Param):
            return Unknown(because("is ", what, _OUT_OF, _root(owner)), params_in(owner))
        return Unknown(because("is ", what))

    def _of_class(self, cls: Class, name: str, what: ast.AST) -> Value:
        value = class_value(cls, name)
        if value is None:
            return Unknown(because("is ", what, f", which {cls.qualname} does not bind"))
        if isinstance(value, Function):
            return Method(value, cls) if value.kind == "class" else value
        if not self.is_enum(cls) or isinstance(value, Method | Class):
            return value
        prints = any(isinstance(base, External) and base.name == "enum.StrEnum" for base in _ancestry(cls))
        if isinstance(value, External | Made | Unknown):
            # `auto()` of a StrEnum is the name in lower case (docs.python.org/3/library/enum.html).
            value = Const(name.lower()) if prints else Unknown(because("is ", what, ", whose value is not written out"))
        return Member(name, value, prints)

    def _of_super(self, walker: Walker, name: str, what: ast.AST) -> Value:
        cls, receiver = walker.lookup("__class__"), walker.frame.names.get(" self")
        if isinstance(cls, Class) and receiver is not None:
            for base in cls.bases:
                found = class_value(base, name) if isinstance(base, Class) else None
                if isinstance(found, Function):
                    return Method(found, receiver)
                sdk = self.sdk_of(base)
                if sdk is not None and name in SDKS[sdk].methods:
                    return Action(sdk, name)
        return Unknown(because("is ", what))

    def _of_instance(self, walker: Walker, instance: Instance, name: str, what: ast.AST) -> Value:
        cls = instance.cls
        value = class_value(cls, name)
        if isinstance(value, Function):
            if value.kind == "property":
                return cast("Engine", self).follow(walker, value, Arguments(), walker.place(value.node), instance)
            return value if value.kind == "static" else Method(value, cls if value.kind == "class" else instance)
        said = next((c.fields[name] for c in _ancestry(cls) if isinstance(c, Class) and name in c.fields), None)
        if said is not None and _may_change(value) and not _is_fixed(said):
            value = None  # the default of a field, not what the object holds
        noted = self._noted(walker, instance).get(name)
        given = self._given(instance, name)
        for known in (given, None if _may_change(noted) else noted, value):
            if known is not None and not isinstance(known, Unknown):
                return known
        typed = from_annotation(Walker(cast("Engine", self), cls.frame, walker.depth), said)
        if typed is not None:
            return typed
        sdk = self.sdk_of(cls)
        if sdk is not None and name in SDKS[sdk].methods:
            return Action(sdk, name)
        return given or noted or Unknown(because("is ", what))

    def _given(self, instance: Instance, name: str) -> Value | None:
        """A field of a dataclass or its like, from what the object was made with."""
        if instance.arguments is None or isinstance(class_value(instance.cls, "__init__"), Function):
            return None
        if name in instance.arguments.named:
            return instance.arguments.named[name]
        fields = list(instance.cls.fields)
        position = fields.index(name) if name in fields else len(instance.arguments.positional)
        return instance.arguments.positional[position] if position < len(instance.arguments.positional) else None

    def _noted(self, walker: Walker, instance: Instance) -> Mapping[str, Value]:
        """What the methods of an object bind on `self`; `__init__` with what it was made with, where that is known."""
        cls = instance.cls
        init = class_value(cls, "__init__")
        shared = self._noted_by(walker, cls, Instance(cls), None, partial(_binding_methods, cls))
        if instance.arguments is None or not isinstance(init, Function):
            return shared
        return {**shared, **self._noted_by(walker, instance, instance, instance.arguments, lambda: [init])}

    def _noted_by(
        self,
        walker: Walker,
        of: Class | Instance,
        instance: Instance,
        arguments: Arguments | None,
        methods: Callable[[], list[Function]],
    ) -> Mapping[str, Value]:
        known = self._attributes.get(id(of))
        if known is not None:
            return known[1]
        if id(of) in self._busy or len(self._busy) > _MOST_BUSY:
            return {}
        names: dict[str, Value] = {}
        self._busy.add(id(of))
        self._noting.append((instance.cls, names))
        try:
            for method in methods():
                cast("Engine", self).run(method, arguments, walker.depth, instance)
        finally:
            self._noting.pop()
            self._busy.discard(id(of))
        self._attributes[id(of)] = (of, names)
        return names


def _root(value: Value) -> Value:
    """What an unknown attribute is a part of, at the end of the chain."""
    while isinstance(value, Unknown) and isinstance(value.reason, Because) and _OUT_OF in value.reason.parts:
        value = value.reason.parts[-1]
    return value


def _may_change(value: Value | None) -> bool:
    """Whether an attribute's first value says little of what it holds later: a count, a flag, nothing yet.

    Texts are taken at their word: they are set once, as names and prefixes of events are.
    """
    return isinstance(value, Const) and not (isinstance(value.value, str) and value.value)


def _is_fixed(annotation: ast.expr) -> bool:
    held = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    name = held.attr if isinstance(held, ast.Attribute) else getattr(held, "id", "")
    return name in {"ClassVar", "Final"}


def _ancestry(cls: Value) -> Iterable[Value]:
    """A class and its bases, nearest first; a class that is its own ancestor is told once."""
    seen: list[Value] = []
    stack = [cls]
    while stack:
        one = stack.pop(0)
        if any(one is known for known in seen):
            continue
        seen.append(one)
        yield one
        if isinstance(one, Class):
            stack.extend(one.bases)


def _binding_methods(cls: Class) -> list[Function]:
    """The methods of a class and its bases that bind something on their object."""
    found: dict[str, Function] = {}
    for one in _ancestry(cls):
        for name, function in one.names.items() if isinstance(one, Class) else ():
            if isinstance(function, Function) and name not in found and _binds(function):
                found[name] = function
    return list(found.values())


def _binds(function: Function) -> bool:
    return any(isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) for node in ast.walk(function.node))
