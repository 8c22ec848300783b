"""Brings the files of a plan into one form: the order of keys, the spacing; comments stay with what they speak of.

A library that keeps comments (ruamel.yaml 0.19) was tried first: when a key moves, it leaves the comment above that key
behind with the key before, and it cannot keep a text with a comma in braces whole. So this writes the text anew from
the places that the parser tells, and compares what both texts say before it hands one out.
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
    """The canonical form of one YAML file of a plan, or what is in the way of it; `name` stands for the file.

    The result means the same, and formatting it again changes nothing. Raises MissingExtraError without PyYAML.
    """
    findings = Problems()
    node = parse_yaml(data, name, findings)
    if node is None or len(findings):
        return findings.sorted()
    text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    try:
        tree = read_tree(text, node)
        head, foot = attach_comments(text, tree)
        # An alias must stay below its anchor, so that nothing moves where there are any.
        lines = [*head, *render(tree, FILE, sort="&" not in text or not _has_anchor(text)), *foot]
    except UnformattableError as error:
        return [_left(name, str(error))]
    made = ("\n".join(_tidied(lines)) + "\n").encode()
    again = parse_yaml(made, name, findings)
    if again is None or len(findings) or not _same(again.plain(), node.plain()):
        return [_left(name, "it is written in a way that cannot be kept")]
    return made


def in_form(text: str, name: str) -> str:
    """A text that footfall itself has written for the file `name`, in canonical form."""
    made = format_file(text.encode(), name)
    return made.decode() if isinstance(made, bytes) else text


def _left(name: str, why: str) -> Problem:
    return Problem("unformattable", f"left as it is: {why}", file=name, remedy="write this part in a simpler way")


def _has_anchor(text: str) -> bool:
    import yaml  # loaded late, as everywhere

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return any(getattr(event, "anchor", None) for event in yaml.parse(text, Loader=loader))


def _tidied(lines: list[str]) -> list[str]:
    """No empty line at the start, none at the end."""
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    end = len(lines)
    while end > start and not lines[end - 1].strip():
        end -= 1
    return lines[start:end]


def _same(one: Any, other: Any) -> bool:
    """Equality that tells 1 from 1.0 and from true."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and str(one) == str(other)
