"""Mutations: which names other code binds again or changes in place, and what is then still known."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Final

from footfall.planning.scan.dictionaries import LIST_MUTATORS, MUTATORS
from footfall.planning.scan.survey import Survey
from footfall.planning.scan.values import (
    Choice,
    Class,
    DictEntry,
    Dictionary,
    Function,
    Items,
    Unknown,
    Value,
    because,
    join_values,
)

__all__ = ["CONSTRUCTORS", "EITHER", "Mutations", "bound_names", "changed_by_function", "changed_in_place", "loosened"]

CONSTRUCTORS = frozenset({"__init__", "__new__"})
BOUND: Final = "bound"
IN_PLACE: Final = "in place"
EITHER: Final = frozenset({BOUND, IN_PLACE})
"""How other code changes a value: it binds the name anew, it changes the value in place, or both."""

ALL: Final = "*"
"""Every name: an attribute is set by a name that is not written out."""


class Mutations:
    """Answers by the survey of all texts, and by the syntax trees of the methods and modules that are asked about."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._objects: dict[tuple[int, str], tuple[Class, frozenset[str]]] = {}
        self._in_functions: dict[int, tuple[Function, dict[str, set[str]]]] = {}
        self._in_modules: dict[str, dict[str, set[str]]] = {}
        self._outside: dict[tuple[str, str, str, tuple[str, ...]], frozenset[str]] = {}

    def of_object(self, cls: Class, name: str, classes: Sequence[Class], subclasses: Sequence[Class]) -> frozenset[str]:
        """How an attribute of an object is changed, other than by the methods that bind it anew: from outside, or in
        place by a method that is not its constructor."""
        key = (id(cls), name)
        if key not in self._objects:
            kinds = self.of_class(cls, name, [item.name for item in (*classes, *subclasses)])
            for item in (*classes, *subclasses):
                for function, method in item.names.items():
                    changed = self._by_function(method) if isinstance(method, Function) else {}
                    is_in_place = function not in CONSTRUCTORS and IN_PLACE in changed.get(name, ())
                    kinds |= ({IN_PLACE} if is_in_place else set()) | ({BOUND} if ALL in changed else set())
            self._objects[key] = (cls, kinds)
        return self._objects[key][1]

    def of_class(self, cls: Class, name: str, names: Sequence[str]) -> frozenset[str]:
        """How an attribute of a class is changed in files that have the class or mention one of its `names`."""
        key = (cls.scope.module.path, cls.qualname, name, tuple(names))
        if key not in self._outside:
            files = self._survey.storing(name)
            is_bound = any(file == key[0] or self._survey.mentions(file, names) for file in files)
            self._outside[key] = frozenset({BOUND} if is_bound else ())
        return self._outside[key]

    def of_module(self, path: str, module: str, name: str, tree: ast.Module | None) -> frozenset[str]:
        """How a name of a module is changed by functions and by other files. `module` is the last part of its name."""
        stores = self._survey.storing(name) - {path}
        kinds = {BOUND} if any(self._survey.mentions(file, [module]) for file in stores) else set()
        files = self._survey.changing(name)
        if path in files and tree is not None:
            if path not in self._in_modules:
                self._in_modules[path] = changed_by_functions(tree)
            kinds |= self._in_modules[path].get(name, set())
        if any(file != path and self._survey.mentions(file, [module]) for file in files):
            kinds.add(IN_PLACE)
        return frozenset(kinds)

    def binds(self, function: Function, name: str) -> bool:
        """Whether a method binds an attribute of this name on some object, or changes one in place."""
        changed = self._by_function(function)
        return name in changed or ALL in changed

    def _by_function(self, function: Function) -> dict[str, set[str]]:
        key = id(function.node)
        if key not in self._in_functions:
            self._in_functions[key] = (function, changed_attributes(function.node))
        return self._in_functions[key][1]


def loosened(value: Value, kinds: frozenset[str], node: ast.AST) -> Value:
    """The value, with what may have become of it where it is changed elsewhere."""
    if IN_PLACE in kinds:
        value = _changed_in_place(value, node)
    if BOUND in kinds:
        value = join_values((value, Unknown(because("is ", node, ", which is set elsewhere"))), loose=True)
    return value


def _changed_in_place(value: Value, node: ast.AST) -> Value:
    if isinstance(value, Dictionary):
        rest = Unknown(because("is ", node, ", which is changed elsewhere"))
        entries = {
            key: DictEntry(join_values((entry.value, Unknown("may be changed elsewhere")), loose=True), entry.certain)
            for key, entry in value.entries.items()
        }
        return Dictionary(entries, rest, value.origin)
    if isinstance(value, Items):
        return Unknown(because("is ", node, ", which is changed elsewhere"), type="array")
    if isinstance(value, Choice):
        return join_values([_changed_in_place(option, node) for option in value.options], value)
    return value


def changed_attributes(root: ast.AST) -> dict[str, set[str]]:
    """The attributes, by name, that a function binds or changes in place."""
    kinds: dict[str, set[str]] = {}
    for node in ast.walk(root):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            kinds.setdefault(node.attr, set()).add(BOUND)
        elif isinstance(changed := changed_in_place(node), ast.Attribute):
            # `self.__dict__.update(…)` binds any name.
            is_all = changed.attr == "__dict__"
            kinds.setdefault(ALL if is_all else changed.attr, set()).add(BOUND if is_all else IN_PLACE)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "setattr" and len(node.args) == 3:
            name = node.args[1]
            literal = name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else ALL
            kinds.setdefault(literal, set()).add(BOUND)
    return kinds


def changed_in_place(node: ast.AST) -> ast.expr | None:
    """What a piece of syntax changes in place: the name or attribute before `[…] =`, `.append(` or `["x"].append(`."""
    changed: ast.expr | None = None
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        changed = node.value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        changed = node.func.value if node.func.attr in MUTATORS | LIST_MUTATORS else None
    elif isinstance(node, ast.AugAssign):
        changed = node.target
    while isinstance(changed, ast.Subscript):
        changed = changed.value
    return changed


def changed_by_functions(tree: ast.Module) -> dict[str, set[str]]:
    """The names of a module that its functions change in place."""
    kinds: dict[str, set[str]] = {}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            for name in changed_by_function(function):
                kinds.setdefault(name, set()).add(IN_PLACE)
    return kinds


def changed_by_function(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    """The names from outside of a function that it changes in place, or binds anew as `nonlocal`."""
    nodes = list(ast.walk(function))
    outside = {name for node in nodes if isinstance(node, ast.Nonlocal) for name in node.names}
    own = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)} - outside
    own |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    changed = (changed_in_place(node) for node in nodes)
    return outside | {node.id for node in changed if isinstance(node, ast.Name) and node.id not in own}


def bound_names(target: ast.expr) -> set[str]:
    """The names that an assignment or a loop binds."""
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
