"""Writes the tree of a YAML text in the canonical form: two spaces a level, one space after `:` and `,`.

Brackets on one line stay. Brackets over several lines are joined into one line if that fits into 120 columns and no
comment is inside; otherwise the brackets go and each entry has its own line.

Keys have one order wherever their order means nothing. Names that the plan's author gave (events, properties,
conditions) keep theirs, as tables and reports show it, and so does everything under `naming`, `require` and
`enforcement`, which a bundle keeps as it is written.
"""

from __future__ import annotations

from collections.abc import Mapping

from footfall.plan.reading.field_types import FieldType, ListOf, MapOf, Record, ScalarOr
from footfall.plan.reading.schema import EVENT, FILE, HEADER, PROPERTY, SECTIONS, TYPE
from footfall.planning.fmt.tree import Collection, Scalar, TreeEntry, UnformattableError, Value
from footfall.planning.grammar import Forms, Named, kind_at

__all__ = ["inside", "key_order", "record_of", "render"]

_WIDTH = 120
_STEP = "  "
_PROPERTY_ORDER = (
    "use", "type", "required", "nullable", "wire_name", "enum", "open", "pattern", "format", "min", "max", "min_length",
    "max_length", "min_items", "max_items", "scale", "unit", "currency", "description", "examples", "sensitivity",
    "transform", "retention", "no_lint", "items", "values", "additional", "properties",
)  # fmt: skip
_SECTION_ORDER = tuple(key for name in SECTIONS for key in ((name, "traits") if name == "property_groups" else (name,)))
_ORDERS: Mapping[Record, tuple[str, ...]] = {
    FILE: (*HEADER, "defaults", *_SECTION_ORDER),
    PROPERTY: _PROPERTY_ORDER,
    TYPE: tuple(key for key in _PROPERTY_ORDER if key in TYPE.keys),
}
_AS_WRITTEN = frozenset({(FILE, "naming"), (FILE, "require"), (FILE, "enforcement"), (EVENT, "enforcement")})


def record_of(kind: FieldType | None, keys: Mapping[str, object]) -> Record | None:
    """The record that a mapping with these keys is, where its order means nothing."""
    if isinstance(kind, Forms):
        records = [record for form, record in kind.records.items() if form in keys]
        return records[0] if len(records) == 1 else None
    if isinstance(kind, ScalarOr):
        return kind.record
    return kind if isinstance(kind, Record) else None


def key_order(record: Record) -> tuple[str, ...]:
    """The keys of a record in their canonical order; all other keys come after them, as they were."""
    return _ORDERS.get(record) or tuple(record.keys)


def inside(kind: FieldType | None, key: str | None, keys: Mapping[str, object]) -> FieldType | None:
    """The kind of a value under `key` of a mapping of this kind, or of an item of a list (None for the key)."""
    if isinstance(kind, ListOf | MapOf) and (key is None) is isinstance(kind, ListOf):
        return kind.kind
    if isinstance(kind, Named):
        return kind.values
    record = record_of(kind, keys)
    if record is None or key is None or key not in record.keys or (record, key) in _AS_WRITTEN:
        return None
    return kind_at(record, key)


def render(tree: Value, kind: FieldType | None, *, sort: bool) -> list[str]:
    """The lines of a whole file. With `sort`, the keys of records come in canonical order."""
    return _Writer(sort).lines(tree, kind, 0)


class _Writer:
    def __init__(self, sort: bool) -> None:
        self._sort = sort

    def lines(self, value: Value, kind: FieldType | None, column: int) -> list[str]:
        """A value in lines without indentation, as it is below its key or as the whole file."""
        if isinstance(value, Scalar):
            return _scalar_lines(value)
        written: list[str] = []
        for number, entry in enumerate(self._ordered(value, kind)):
            entry_kind = inside(kind, _key(entry), _keys(value))
            lines = self._pair(entry, entry_kind, column) if value.is_map else self._item(entry, entry_kind, column)
            above = entry.leading if number else _without_empty_start(entry.leading)
            written += [*above, *lines, *entry.after]
        return written

    def _ordered(self, collection: Collection, kind: FieldType | None) -> list[TreeEntry]:
        record = record_of(kind, _keys(collection)) if collection.is_map and self._sort else None
        if record is None:
            return collection.entries
        rank = {key: number for number, key in enumerate(key_order(record))}
        return sorted(collection.entries, key=lambda entry: rank.get(_key(entry) or "", len(rank)))

    def _pair(self, entry: TreeEntry, kind: FieldType | None, column: int) -> list[str]:
        assert entry.key is not None
        key = _one_line(entry.key, in_flow=False)
        if key is None:
            raise UnformattableError(f"line {entry.line + 1} has a key over several lines")
        return self._behind(f"{key}:", entry, kind, column)

    def _item(self, entry: TreeEntry, kind: FieldType | None, column: int) -> list[str]:
        value = entry.value
        text = self._in_one_line(entry, kind, column + 2)
        if isinstance(value, Scalar) or text is not None or value.anchor:
            return self._behind("-", entry, kind, column)
        lines = self.lines(value, kind, column + 2)
        start = next(number for number, line in enumerate(lines) if line and not line.startswith("#"))
        below = [_indent(line) for line in lines[start + 1 :]]
        # Behind a dash alone there is no room for a comment.
        return [*entry.trailing, *_without_empty_start(lines[:start]), f"- {lines[start]}", *below]

    def _behind(self, head: str, entry: TreeEntry, kind: FieldType | None, column: int) -> list[str]:
        """An entry whose value begins behind `head`, or below it."""
        value = entry.value
        note = "".join(f"  {text}" for text in entry.trailing)
        text = self._in_one_line(entry, kind, column + len(head) + 1)
        if text is not None:
            return [f"{head} {text}".rstrip() + note]
        if isinstance(value, Scalar):
            first, *rest = _scalar_lines(value)
            below = [_indent(line) for line in rest]
            if value.style in {"|", ">"} or not below:
                return [f"{head} {first}{note}", *below]
            return [f"{head} {first}", *below[:-1], below[-1] + note]
        anchor = f" &{value.anchor}" if value.anchor else ""
        return [f"{head}{anchor}{note}", *(_indent(line) for line in self.lines(value, kind, column + len(_STEP)))]

    def _in_one_line(self, entry: TreeEntry, kind: FieldType | None, column: int) -> str | None:
        value = entry.value
        if isinstance(value, Scalar):
            return _one_line(value, in_flow=False)
        if value.entries and (not value.flow or _has_comment(value)):
            return None
        text = self._flow(value, kind)
        if text is None or (value.first_line != value.last_line and column + len(text) > _WIDTH):
            return None
        return text

    def _flow(self, value: Value, kind: FieldType | None) -> str | None:
        """A value as it is inside brackets; None when it needs more than one line."""
        if isinstance(value, Scalar):
            return _one_line(value, in_flow=True)
        parts: list[str] = []
        for entry in self._ordered(value, kind):
            text = self._flow(entry.value, inside(kind, _key(entry), _keys(value)))
            key = None if entry.key is None else _one_line(entry.key, in_flow=True)
            if text is None or (entry.key is not None and key is None):
                return None
            parts.append(text if key is None else f"{key}: {text or 'null'}")
        open_, close = "{}" if value.is_map else "[]"
        anchor = f"&{value.anchor} " if value.anchor else ""
        return f"{anchor}{open_}{', '.join(parts)}{close}"


def _key(entry: TreeEntry) -> str | None:
    return None if entry.key is None else entry.key.value


def _keys(collection: Collection) -> dict[str, object]:
    return {entry.key.value: entry for entry in collection.entries if entry.key is not None}


def _has_comment(value: Value) -> bool:
    if isinstance(value, Scalar):
        return False
    return any(
        entry.trailing or entry.after or any(entry.leading) or _has_comment(entry.value) for entry in value.entries
    )


def _indent(line: str) -> str:
    return _STEP + line if line else line


def _without_empty_start(lines: list[str]) -> list[str]:
    start = next((number for number, line in enumerate(lines) if line), len(lines))
    return lines[start:]


def _one_line(scalar: Scalar, *, in_flow: bool) -> str | None:
    """A scalar's text on one line; None when it has to keep its lines."""
    if scalar.style in {"|", ">"}:
        return None
    lines = [line.strip() for line in scalar.text.splitlines()]
    if len(lines) > 1 and (not in_flow or "" in lines or any(line.endswith("\\") for line in lines)):
        return None
    return " ".join(lines)


def _scalar_lines(scalar: Scalar) -> list[str]:
    """The lines of a scalar, those below the first without their indentation."""
    lines = scalar.text.splitlines() or [""]
    if scalar.style not in {"|", ">"}:
        return [line.strip() for line in lines]
    head, *body = (line.rstrip("\r") for line in lines)
    if any(character.isdigit() or character == "+" for character in head.partition("#")[0]):
        raise UnformattableError("a block of text says how far it is indented, or keeps its last empty lines")
    while body and not body[-1].strip():
        body.pop()  # they are the space below, which the next entry knows of
    filled = [len(line) - len(line.lstrip(" ")) for line in body if line.strip()]
    shift = min(filled, default=0)
    return [head.rstrip(), *(line[shift:] if line.strip() else line[shift:].rstrip("\n") for line in body)]
