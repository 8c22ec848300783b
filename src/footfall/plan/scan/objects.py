"""Objects: what names and imports stand for, over all files: modules, classes, enums, clients."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

import msgspec

from footfall.plan.scan.calls import EVENT_OF_CLASS, Sent, class_value
from footfall.plan.scan.changes import Changes
from footfall.plan.scan.library import Library, module_name
from footfall.plan.scan.loosening import loosened
from footfall.plan.scan.shapes import CLASSES, MODULES, ORDERED, SDKS, Naming
from footfall.plan.scan.survey import Survey
from footfall.plan.scan.values import (
    Action,
    Class,
    Client,
    Const,
    Dictionary,
    External,
    Frame,
    Function,
    Import,
    ModuleValue,
    OneOf,
    Unknown,
    Value,
    join_values,
)
from footfall.plan.scan.values import Sequence as Items

if TYPE_CHECKING:
    from footfall.plan.scan.engine import Engine

__all__ = ["Module", "Objects"]

_ENUMS = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.Flag", "enum.IntFlag"})
_BUILTINS = frozenset(dir(builtins))


class Module:
    """A followed module: its names, what its top level sends, its functions (those of its classes too)."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.stars: list[Import] = []
        self.sent: list[Sent] = []
        self.functions: list[Function] = []
        self.classes: list[Class] = []
        self.is_whole = False
        self.frame = Frame(self, {})


class Objects:
    """What names stand for, over all files of the tree."""

    def __init__(self, library: Library, clients: Mapping[str, Naming], survey: Survey) -> None:
        self.library = library
        self.clients = dict(clients)
        self.survey = survey
        self.changes = Changes(survey)
        self._modules: dict[str, Module] = {}
        self._asked: set[str] = set()
        self._following = 0
        self._kinds: dict[tuple[str, str], frozenset[str]] = {}

    @property
    def is_following(self) -> bool:
        """Whether a module is being followed, so that not all of its names are bound yet."""
        return self._following > 0

    # Modules and names.

    def module(self, path: str) -> Module | None:
        """A module of the tree, followed when first asked for; one that is being followed is given as it is."""
        if path in self._modules:
            return self._modules[path]
        tree = self.library.tree(path)
        if tree is None:
            return None
        module = self._modules[path] = Module(path)
        self._following += 1
        try:
            walker = cast("Engine", self).walk(module.frame, tree.body)
        finally:
            self._following -= 1
        module.sent = walker.sent
        module.functions = walker.defined
        for function in module.functions:
            # `global client; client = Client(…)`: what a function binds for the module is known before others are read.
            if cast("Engine", self).binds_globals(function):
                cast("Engine", self).summary(function)
        module.is_whole = True
        return module

    def note_global(self, module: Module, name: str, value: Value) -> None:
        """A function binds a name of its module."""
        known = module.frame.names.get(name)
        module.frame.names[name] = value if known is None else join_values((known, value), loose=True)

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
                elif isinstance(value, OneOf) and any(isinstance(option, Import) for option in value.options):
                    # `try: from x import y`, and something else where there is no x.
                    at.names[name] = Unknown(f"is {name!r}, which is imported in a circle")
                    path = at.module.path
                    each = [self._imported(path, one) if isinstance(one, Import) else one for one in value.options]
                    value = at.names[name] = join_values(each, value)
                if at is at.module.frame and (frame is not at or at.module.is_whole):
                    return self._as_changed(at.module, name, value)
                return value
            at = at.outer
        found = self._starred(frame.module, name)
        if found is not None:
            return found
        if name in _BUILTINS:
            return External(f"builtins.{name}")
        return Unknown(f"is {name!r}, which is not bound where the scan can see it")

    def _as_changed(self, module: Module, name: str, value: Value) -> Value:
        """A name of a module, when functions or other files may have changed it since it was bound."""
        if not isinstance(value, Const | Dictionary | Items | OneOf):
            return value
        if isinstance(value, OneOf) and any(isinstance(option, Unknown | External) for option in value.options):
            # `try: from local import X`, and a default where there is none: the default of a setting.
            value = msgspec.structs.replace(value, loose=True)
        key = (module.path, name)
        if key not in self._kinds:
            last = module_name(module.path).rpartition(".")[2]
            self._kinds[key] = self.changes.of_module(module.path, last, name, self.library.tree(module.path))
        return loosened(value, self._kinds[key], ast.Name(name)) if self._kinds[key] else value

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
            if wanted.level:
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
            return Client(self.clients[name].sdk, self.clients[name].shape)
        if isinstance(value, External) and value.name in self.clients:
            return Client(self.clients[value.name].sdk, self.clients[value.name].shape)
        if isinstance(value, Function) and value.owner is None:
            naming = self.clients.get(f"{module_name(value.frame.module.path)}.{value.qualname}")
            return value if naming is None else Client(naming.sdk, naming.shape)
        return value

    def of_client(self, client: Client, name: str) -> Action | None:
        """A method of a client; None for what is no method of it."""
        if client.shape is not None and name in ORDERED:
            return Action(client.sdk, name, client.shape)
        return Action(client.sdk, name) if name in SDKS[client.sdk].methods else None

    def client_of(self, value: Value) -> Client | None:
        """The client that an object of a class is; None for anything else."""
        sdk = self.sdk_of(value)
        if sdk is None:
            return None
        names = [value.name] if isinstance(value, External | Class) else []
        if isinstance(value, Class):
            names.append(f"{module_name(value.frame.module.path)}.{value.qualname}")
        return Client(sdk, next((self.clients[name].shape for name in names if name in self.clients), None))

    def sdk_of(self, value: Value) -> str | None:
        """The SDK whose client a class is, its own or inherited; None for anything else."""
        if isinstance(value, External):
            return CLASSES.get(value.name) or self._named(value.name)
        if isinstance(value, Class):
            full = f"{module_name(value.frame.module.path)}.{value.qualname}"
            known = CLASSES.get(full) or self._named(full) or self._named(value.name)
            if known is not None:
                return known
            return next((sdk for base in value.bases if base is not value and (sdk := self.sdk_of(base))), None)
        return None

    def _named(self, name: str) -> str | None:
        return self.clients[name].sdk if name in self.clients else None

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

    def is_protocol(self, cls: Class) -> bool:
        """Whether a class only says what an object must have, so that an object need not be of a subclass."""
        return any(isinstance(base, External) and base.name.endswith(".Protocol") for base in cls.bases)

    def carries_event(self, cls: Class) -> bool:
        """Whether a class was generated from an event of a plan, or is the base of those."""
        return class_value(cls, EVENT_OF_CLASS) is not None or EVENT_OF_CLASS in cls.fields
