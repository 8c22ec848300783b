"""Brings the files of a plan into one form: the order of keys, the spacing; comments stay with what they are about.

A library that keeps comments (ruamel.yaml 0.19) was tried first: when a key moves, it leaves the comment above that key
behind with the key before, and it cannot keep a text with a comma in braces whole. So this writes the text anew from
the positions that the parser gives, and compares the meaning of both texts before it returns one.
"""

from __future__ import annotations

from typing import Any

from footfall.errors import Problem
from footfall.plan.problems import Problems
from footfall.plan.reading.schema import FILE
from footfall.plan.reading.yaml_source import parse_yaml
from footfall.planning.fmt.comments import attach_comments
from footfall.planning.fmt.render import render
from footfall.planning.fmt.tree import UnformattableError, read_tree

__all__ = ["format_file", "in_form"]


def format_file(data: bytes, name: str) -> bytes | list[Problem]:
    """The canonical form of one YAML file of a plan, or what prevents it; `name` is how problems name the file.

    The result means the same, and formatting it again changes nothing. Raises MissingExtraError without PyYAML.
    """
    problems = Problems()
    node = parse_yaml(data, name, problems)
    if node is None or len(problems):
        return problems.sorted()
    text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    try:
        tree = read_tree(text, node)
        head, foot = attach_comments(text, tree)
        # An alias must stay below its anchor, so that nothing moves where there are any.
        lines = [*head, *render(tree, FILE, sort="&" not in text or not _has_anchor(text)), *foot]
    except UnformattableError as error:
        return [_unformattable(name, str(error))]
    formatted = ("\n".join(lines).strip("\n") + "\n").encode()
    again = parse_yaml(formatted, name, problems)
    if again is None or len(problems) or not _same(again.plain(), node.plain()):
        return [_unformattable(name, "it is written in a way that cannot be kept")]
    return formatted


def in_form(text: str, name: str) -> str:
    """A text that footfall wrote for the file `name`, in canonical form."""
    formatted = format_file(text.encode(), name)
    return formatted.decode() if isinstance(formatted, bytes) else text


def _unformattable(name: str, why: str) -> Problem:
    return Problem("unformattable", f"left as it is: {why}", file=name, remedy="write this part in a simpler way")


def _has_anchor(text: str) -> bool:
    import yaml  # loaded late, as everywhere

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return any(getattr(event, "anchor", None) for event in yaml.parse(text, Loader=loader))


def _same(first: Any, second: Any) -> bool:
    """Equality by which 1, 1.0 and true differ."""
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(_same(first[key], second[key]) for key in first)
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(_same, first, second))
    return type(first) is type(second) and str(first) == str(second)
