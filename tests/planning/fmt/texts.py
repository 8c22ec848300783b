"""Formats a text that can be formatted."""

from __future__ import annotations

from footfall.plan.problems import Problems
from footfall.plan.reading.yaml_source import parse_yaml
from footfall.planning.fmt import format_file
from footfall.planning.fmt.tree import Value, read_tree

__all__ = ["formatted", "tree_of"]


def formatted(text: str) -> str:
    """The canonical form of a plan's file."""
    result = format_file(text.encode(), "plan.yaml")
    assert isinstance(result, bytes), result
    return result.decode()


def tree_of(text: str) -> Value:
    """The tree of a YAML text, without its comments."""
    node = parse_yaml(text.encode(), "plan.yaml", Problems())
    assert node is not None
    return read_tree(text, node)
