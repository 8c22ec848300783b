"""Trees: what a piece of syntax changes: names that are bound anew, lists and dictionaries changed in place."""

from __future__ import annotations

import ast

from footfall.plan.scan.dictionaries import LIST_MUTATORS, MUTATORS
from footfall.plan.scan.loosening import ALL, BOUND, IN_PLACE

__all__ = ["bound_names", "changed_attributes", "changed_by_function", "changed_by_functions", "changed_in_place"]


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
    inner = list(ast.walk(function))
    outside = {name for node in inner if isinstance(node, ast.Nonlocal) for name in node.names}
    own = {node.id for node in inner if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)} - outside
    own |= {node.arg for node in inner if isinstance(node, ast.arg)}
    changed = (changed_in_place(node) for node in inner)
    return outside | {node.id for node in changed if isinstance(node, ast.Name) and node.id not in own}


def bound_names(target: ast.expr) -> set[str]:
    """The names that stand on the left of an assignment or a loop."""
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
