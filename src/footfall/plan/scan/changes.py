"""Changes: whether code elsewhere binds a name anew, or changes in place what it holds."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from footfall.plan.scan.loosening import ALL, BOUND, IN_PLACE
from footfall.plan.scan.survey import Survey
from footfall.plan.scan.trees import changed_attributes, changed_by_functions
from footfall.plan.scan.values import Class, Function

__all__ = ["CONSTRUCTORS", "Changes"]

CONSTRUCTORS = frozenset({"__init__", "__new__"})


class Changes:
    """Answers by the survey of all texts, and by the syntax trees of the methods and modules that are asked about."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._objects: dict[tuple[int, str], tuple[Class, frozenset[str]]] = {}
        self._in_functions: dict[int, tuple[Function, dict[str, set[str]]]] = {}
        self._in_modules: dict[str, dict[str, set[str]]] = {}
        self._outside: dict[tuple[str, str, str], frozenset[str]] = {}

    def of_object(self, cls: Class, name: str, classes: Sequence[Class], subclasses: Sequence[Class]) -> frozenset[str]:
        """How an attribute of an object is changed, other than by the methods that bind it anew: from outside, or in
        place by a method that is not its constructor."""
        key = (id(cls), name)
        if key not in self._objects:
            kinds = self._from_outside(cls, name, [item.name for item in (*classes, *subclasses)], frozenset())
            for item in (*classes, *subclasses):
                for function, method in item.names.items():
                    changed = self._by_function(method) if isinstance(method, Function) else {}
                    is_in_place = function not in CONSTRUCTORS and IN_PLACE in changed.get(name, ())
                    kinds |= ({IN_PLACE} if is_in_place else set()) | ({BOUND} if ALL in changed else set())
            self._objects[key] = (cls, kinds)
        return self._objects[key][1]

    def of_class(self, cls: Class, name: str, names: Sequence[str]) -> frozenset[str]:
        """How an attribute of a class itself is changed: `Class.name = …`."""
        return self._from_outside(cls, name, names, frozenset(names))

    def of_module(self, path: str, module: str, name: str, tree: ast.Module | None) -> frozenset[str]:
        """How a name of a module is changed by functions and by other files. `module` is the last part of its name."""
        kinds: set[str] = set()
        for file, receivers in self._survey.storing(name).items():
            if file != path and (module in receivers or self._survey.renames(file, module, receivers)):
                kinds.add(BOUND)
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

    def _from_outside(self, cls: Class, name: str, names: Iterable[str], receivers: frozenset[str]) -> frozenset[str]:
        key = (cls.frame.module.path, cls.qualname, name if not receivers else f"{name} of the class")
        if key not in self._outside:
            kinds = set()
            for file, owners in self._survey.storing(name).items():
                if receivers and receivers.isdisjoint(owners):
                    continue
                if file == cls.frame.module.path or self._survey.mentions(file, names):
                    kinds.add(BOUND)
            self._outside[key] = frozenset(kinds)
        return self._outside[key]

    def _by_function(self, function: Function) -> dict[str, set[str]]:
        key = id(function.node)
        if key not in self._in_functions:
            self._in_functions[key] = (function, changed_attributes(function.node))
        return self._in_functions[key][1]
