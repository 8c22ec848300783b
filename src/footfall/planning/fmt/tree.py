"""Reads YAML into a tree that keeps how it is written: the text of each scalar, the brackets, the places.

Comments are not part of YAML's tree; `footfall.planning.fmt.comments` attaches them to this one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from footfall.errors import MissingExtraError
from footfall.plan.reading.yaml_source import YamlNode

__all__ = ["Collection", "Scalar", "TreeEntry", "UnformattableError", "entries_of", "read_tree"]


class UnformattableError(Exception):
    """The file is written in a way that cannot be kept; the text says which."""


class Scalar:
    """A single value or an alias. `text` is how it is written, `value` what it says, `style` its quotes, `|` or `>`."""

    __slots__ = ("end", "indent", "start", "style", "text", "value")

    def __init__(self, text: str, value: str, style: str, start: int, end: int) -> None:
        self.text = text
        self.value = value
        self.style = style
        self.start = start
        self.end = end
        self.indent = 0  # of the container, for a block scalar


class TreeEntry:
    """A key with its value, or an item of a list (no key), and the comments that go with it.

    `leading` are the lines above it (a comment, or "" for an empty line), `trailing` the comments on its line, `after`
    the lines below it that are still its own. `column` is where it begins.
    """

    __slots__ = ("after", "column", "key", "leading", "line", "parent", "start", "trailing", "value")

    def __init__(self, parent: Collection, key: Scalar | None, value: Value, place: tuple[int, int, int]) -> None:
        self.parent = parent
        self.key = key
        self.value = value
        self.start, self.line, self.column = place
        self.leading: list[str] = []
        self.trailing: list[str] = []
        self.after: list[str] = []


class Collection:
    """A mapping or a list, in brackets or not. `owner` is the entry whose value it is."""

    __slots__ = ("anchor", "end", "entries", "flow", "is_map", "lines", "owner", "start")

    def __init__(self, event: Any, is_map: bool) -> None:
        self.is_map = is_map
        self.flow = bool(event.flow_style)
        self.anchor: str | None = event.anchor
        self.start: int = event.start_mark.index
        self.end = self.start
        self.lines = (event.start_mark.line, event.start_mark.line)
        self.entries: list[TreeEntry] = []
        self.owner: TreeEntry | None = None


Value = Scalar | Collection


def read_tree(text: str, node: YamlNode) -> Value:
    """The tree of a YAML text whose plan node is `node`, which tells where words belong together (see `yaml_source`).

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
                return self._value(next(self._events), 0)
        raise UnformattableError("it is empty")

    def _value(self, event: Any, indent: int) -> Value:
        if isinstance(event, self._yaml.ScalarEvent | self._yaml.AliasEvent):
            return self._scalar(event, indent)
        collection = Collection(event, isinstance(event, self._yaml.MappingStartEvent))
        if event.tag is not None:
            raise UnformattableError(f"line {event.start_mark.line + 1} has a tag on a mapping or list")
        column: int = event.start_mark.column
        for inner in self._events:
            if isinstance(inner, self._yaml.CollectionEndEvent):
                collection.end = inner.end_mark.index
                collection.lines = (collection.lines[0], inner.end_mark.line)
                break
            # An item of a list begins at its dash, which is where the list began.
            begins = inner.start_mark.column if collection.is_map or collection.flow else column
            place = (inner.start_mark.index, inner.start_mark.line, begins)
            key = self._scalar(inner, column) if collection.is_map else None
            value = self._value(next(self._events) if collection.is_map else inner, column)
            entry = TreeEntry(collection, key, value, place)
            if isinstance(value, Collection):
                value.owner = entry
            collection.entries.append(entry)
        return collection

    def _scalar(self, event: Any, indent: int) -> Scalar:
        start, end = event.start_mark.index, event.end_mark.index
        if isinstance(event, self._yaml.AliasEvent):
            return Scalar(f"*{event.anchor}", f"*{event.anchor}", "*", start, end)
        if not isinstance(event, self._yaml.ScalarEvent):
            raise UnformattableError(f"line {event.start_mark.line + 1} has a key that is no text")
        text = self._text[start:end]
        if not event.style:
            text = text.rstrip()  # the C parser lets a plain text reach to what follows it
        scalar = Scalar(text, event.value, event.style or "", start, start + len(text))
        scalar.indent = indent
        return scalar


def _join(tree: Value, node: YamlNode) -> Value:
    """Put words that the plan reads as the rest of a text back into that text, in quotes."""
    if isinstance(tree, Scalar):
        return tree
    if not tree.is_map:
        for entry, inner in zip(tree.entries, node.value, strict=True):
            entry.value = _join(entry.value, inner)
        return tree
    kept: list[TreeEntry] = []
    for entry in tree.entries:
        assert entry.key is not None
        inner = node.value.get(entry.key.value)
        if inner is not None:
            entry.value = _join(entry.value, inner)
            kept.append(entry)
            continue
        before = kept[-1].value
        assert isinstance(before, Scalar)
        before.value += f", {entry.key.value}"
        quoted = before.value.replace("\\", "\\\\").replace('"', '\\"')
        before.text, before.style, before.end = f'"{quoted}"', '"', entry.key.end
    tree.entries = kept
    return tree


def entries_of(tree: Value) -> Iterator[TreeEntry]:
    """Every entry at any depth, in the order of the text; an outer one before what is inside of it."""
    if isinstance(tree, Collection):
        for entry in tree.entries:
            yield entry
            yield from entries_of(entry.value)
