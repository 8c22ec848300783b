"""Reads YAML into a tree that keeps how it is written: the text of each scalar, the brackets, the places.

Comments are not part of YAML's tree; `footfall.planning.fmt.comments` attaches them to this one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from footfall.errors import MissingExtraError
from footfall.plan.reading.yaml_source import YamlNode

__all__ = ["Collection", "Scalar", "TreeEntry", "UnformattableError", "entries_of", "read_tree"]


class UnformattableError(Exception):
    """The file is written in a way that cannot be kept; the text says which."""


class Scalar(msgspec.Struct):
    """A single value or an alias. `text` is how it is written, `value` what it says, `style` its quotes, `|` or `>`."""

    text: str
    value: str
    style: str
    start: int
    end: int


class TreeEntry(msgspec.Struct, eq=False):
    """A key with its value, or an item of a list (no key), and the comments that go with it.

    `leading` are the lines above it (a comment, or "" for an empty line), `trailing` the comments on its line, `after`
    the lines below it that are part of it. It begins at `start`, in `line` and `column`.
    """

    parent: Collection
    key: Scalar | None
    value: Value
    start: int
    line: int
    column: int
    leading: list[str] = []
    trailing: list[str] = []
    after: list[str] = []


class Collection(msgspec.Struct, eq=False):
    """A mapping or a list, in brackets (`flow`) or not. `owner` is the entry whose value it is.

    It reaches from `start` to `end`, from `first_line` to `last_line`.
    """

    is_map: bool
    flow: bool
    anchor: str | None
    start: int
    first_line: int
    end: int = 0
    last_line: int = 0
    entries: list[TreeEntry] = []
    owner: TreeEntry | None = None


Value = Scalar | Collection


def read_tree(text: str, node: YamlNode) -> Value:
    """The tree of a YAML text whose plan node is `node`, which knows what words belong together (see `yaml_source`).

    Raises UnformattableError for what this tree has no place for, and MissingExtraError without PyYAML.
    """
    try:
        import yaml  # loaded late, as everywhere
    except ImportError:
        raise MissingExtraError("formatting a tracking plan", "plan") from None

    return _join(_Reader(text, yaml).read(), node)


class _Reader:
    def __init__(self, text: str, yaml: Any) -> None:
        self._text = text
        self._yaml = yaml
        self._events: Iterator[Any] = iter(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))

    def read(self) -> Value:
        for event in self._events:
            if isinstance(event, self._yaml.DocumentStartEvent):
                return self._value(next(self._events))
        raise UnformattableError("it is empty")

    def _value(self, first: Any) -> Value:
        if isinstance(first, self._yaml.ScalarEvent | self._yaml.AliasEvent):
            return self._scalar(first)
        is_map = isinstance(first, self._yaml.MappingStartEvent)
        start = first.start_mark
        collection = Collection(is_map, bool(first.flow_style), first.anchor, start.index, start.line)
        if first.tag is not None:
            raise UnformattableError(f"line {start.line + 1} has a tag on a mapping or list")
        for event in self._events:
            mark = event.start_mark
            if isinstance(event, self._yaml.CollectionEndEvent):
                collection.end, collection.last_line = event.end_mark.index, event.end_mark.line
                break
            # An item of a list begins at its dash, which is where the list began.
            column = mark.column if is_map or collection.flow else start.column
            key = self._scalar(event) if is_map else None
            value = self._value(next(self._events) if is_map else event)
            entry = TreeEntry(collection, key, value, mark.index, mark.line, column)
            if isinstance(value, Collection):
                value.owner = entry
            collection.entries.append(entry)
        return collection

    def _scalar(self, event: Any) -> Scalar:
        start, end = event.start_mark.index, event.end_mark.index
        if isinstance(event, self._yaml.AliasEvent):
            return Scalar(f"*{event.anchor}", f"*{event.anchor}", "*", start, end)
        if not isinstance(event, self._yaml.ScalarEvent):
            raise UnformattableError(f"line {event.start_mark.line + 1} has a key that is no text")
        text = self._text[start:end]
        if not event.style:
            text = text.rstrip()  # the C parser lets a plain text reach to what follows it
        return Scalar(text, event.value, event.style or "", start, start + len(text))


def _join(tree: Value, node: YamlNode) -> Value:
    """Put words that the plan reads as the rest of a text back into that text, in quotes."""
    if isinstance(tree, Scalar):
        return tree
    if not tree.is_map:
        for entry, item in zip(tree.entries, node.value, strict=True):
            entry.value = _join(entry.value, item)
        return tree
    entries: list[TreeEntry] = []
    for entry in tree.entries:
        assert entry.key is not None
        value = node.value.get(entry.key.value)
        if value is not None:
            entry.value = _join(entry.value, value)
            entries.append(entry)
            continue
        before = entries[-1].value
        assert isinstance(before, Scalar)
        before.value += f", {entry.key.value}"
        quoted = before.value.replace("\\", "\\\\").replace('"', '\\"')
        before.text, before.style, before.end = f'"{quoted}"', '"', entry.key.end
    tree.entries = entries
    return tree


def entries_of(tree: Value) -> Iterator[TreeEntry]:
    """Every entry at any depth, in the order of the text; an outer one before what is inside of it."""
    if isinstance(tree, Collection):
        for entry in tree.entries:
            yield entry
            yield from entries_of(entry.value)
