"""Modules: resolves names and imports, over all files."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable

import msgspec

from footfall.planning.scan.calls import Sent
from footfall.planning.scan.dictionaries import options_of
from footfall.planning.scan.library import Library, module_name
from footfall.planning.scan.mutations import Mutations, loosened
from footfall.planning.scan.sdks import MODULES, SDKS
from footfall.planning.scan.values import (
    Action,
    Choice,
    Class,
    Const,
    Dictionary,
    External,
    Function,
    Import,
    Items,
    ModuleValue,
    NameScope,
    Unknown,
    Value,
    join_values,
)

__all__ = ["Module", "Modules"]

_BUILTINS = frozenset(dir(builtins))


class Module:
    """A module of the tree: its names, what its top level sends, its functions (those of its classes too)."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.stars: list[Import] = []
        self.sent: list[Sent] = []
        self.functions: list[Function] = []
        self.classes: list[Class] = []
        self.is_whole = False
        self.scope = NameScope(self, {})


class Modules:
    """The modules of the tree. `follow` reads a new module's statements and fills it in."""

    def __init__(self, library: Library, changes: Mutations, follow: Callable[[Module, ast.Module], None]) -> None:
        self.library = library
        self._changes = changes
        self._follow = follow
        self._modules: dict[str, Module] = {}
        self._asked: set[str] = set()
        self._following = 0
        self._kinds: dict[tuple[str, str], frozenset[str]] = {}

    @property
    def is_following(self) -> bool:
        """Whether a module is being followed, and not all of its names are bound yet."""
        return self._following > 0

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
            self._follow(module, tree)
        finally:
            self._following -= 1
        module.is_whole = True
        return module

    def lookup(self, scope: NameScope, name: str) -> Value:
        """The value of a name: from here, the surrounding functions, the module, its star imports, or Python."""
        at: NameScope | None = scope
        while at is not None:
            value = at.names.get(name)
            if value is not None:
                options = options_of(value)
                if any(isinstance(option, Import) for option in options):
                    # Modules that import a name from each other in a circle come back here. There are several options
                    # in `try: from x import y`, and something else where there is no x.
                    at.names[name] = Unknown(f"is {name!r}, which is imported in a circle")
                    each = [
                        self._imported(at.module.path, option) if isinstance(option, Import) else option
                        for option in options
                    ]
                    value = at.names[name] = join_values(each, value)
                if at is at.module.scope and (scope is not at or at.module.is_whole):
                    return self._as_changed(at.module, name, value)
                return value
            at = at.outer
        value = self._starred(scope.module, name)
        if value is not None:
            return value
        if name in _BUILTINS:
            return External(f"builtins.{name}")
        return Unknown(f"is {name!r}, which is not bound where the scan can see it")

    def _as_changed(self, module: Module, name: str, value: Value) -> Value:
        """A name of a module, when functions or other files may have changed it since it was bound."""
        if not isinstance(value, Const | Dictionary | Items | Choice):
            return value
        if isinstance(value, Choice) and any(isinstance(option, Unknown | External) for option in value.options):
            # `try: from local import X`, and a default where there is none: the default of a setting.
            value = msgspec.structs.replace(value, loose=True)
        key = (module.path, name)
        if key not in self._kinds:
            last = module_name(module.path).rpartition(".")[2]
            self._kinds[key] = self._changes.of_module(module.path, last, name, self.library.tree(module.path))
        return loosened(value, self._kinds[key], ast.Name(name)) if self._kinds[key] else value

    def _starred(self, module: Module, name: str) -> Value | None:
        """A name that `from … import *` brings. Modules that take in each other whole are asked once."""
        if module.path in self._asked:
            return None
        self._asked.add(module.path)
        try:
            for star in module.stars:
                path = self._path_of(module.path, star)
                value = self.of_module(path, name) if path is not None else None
                if value is not None:
                    return value
        finally:
            self._asked.discard(module.path)
        return None

    def _imported(self, importer: str, target: Import) -> Value:
        path = self._path_of(importer, target)
        if not target.name:
            module = self.module(path) if path is not None else None
            return ModuleValue(module) if module is not None else External(target.module)
        if path is not None:
            value = self.of_module(path, target.name)
            if value is not None:
                return value
            if target.level:
                return Unknown(f"is {target.name!r}, which {path} does not bind")
        within = Import(".".join(part for part in (target.module, target.name) if part), target.level)
        path = self._path_of(importer, within)
        module = self.module(path) if path is not None else None
        if module is not None:
            return ModuleValue(module)
        if target.level:
            return Unknown(f"is {target.name!r}, imported from a module that was not scanned")
        return self.of_library(importer, target.module, target.name)

    def _path_of(self, importer: str, target: Import) -> str | None:
        if target.level:
            return self.library.relative(importer, target.level, target.module)
        return self.library.absolute(importer, target.module)

    def of_module(self, path: str, name: str) -> Value | None:
        """A name of a module: what it binds, or a module inside it."""
        module = self.module(path)
        if module is None:
            return None
        value: Value | None = None
        if name in module.scope.names:
            value = self.lookup(module.scope, name)
        elif module.stars:
            value = self._starred(module, name)
        if value is not None and not isinstance(value, Unknown):
            return value
        submodule = self.library.submodule(path, name)
        below = self.module(submodule) if submodule is not None else None
        return ModuleValue(below) if below is not None else value

    def of_library(self, importer: str, owner: str, name: str) -> Value:
        """A name of a library: a method of an SDK, or something that is only known by its full name."""
        sdk = MODULES.get(owner)
        if sdk is not None and name in SDKS[sdk].methods:
            return Action(sdk, name)
        full = f"{owner}.{name}"
        path = self.library.absolute(importer, full)
        module = self.module(path) if path is not None else None
        return ModuleValue(module) if module is not None else External(full)
