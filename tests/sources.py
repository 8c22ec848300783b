"""The syntax trees of our modules, each made once for all the tests that read the code."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

__all__ = ["nodes", "parsed"]


@functools.cache
def parsed(path: Path) -> ast.Module:
    """The tree of a file. Nobody may change it."""
    return ast.parse(path.read_text(encoding="utf-8"))


@functools.cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a file's tree, walked once."""
    return tuple(ast.walk(parsed(path)))
