"""Finds the comments of a YAML text and attaches each to the entry that it is about.

A comment alone on its line belongs to the entry below it; one that is indented deeper than that entry belongs to the
end of what is above. A comment behind something belongs to the entry on its line.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from footfall.planning.fmt.tree import Collection, Scalar, TreeEntry, UnformattableError, Value, entries_of

__all__ = ["attach_comments"]

_COMMENT = re.compile(r"(?:^|(?<=[ \t\n]))#[^\n]*", re.MULTILINE)


class _Comment(NamedTuple):
    text: str
    start: int
    line: int
    column: int
    alone: bool


def attach_comments(text: str, tree: Value) -> tuple[list[str], list[str]]:
    """Attach the comments and empty lines of `text` to the entries of its tree.

    Returns the lines at the head and at the foot of the file, which belong to no entry. Raises UnformattableError for
    a comment inside empty brackets.
    """
    return _Attacher(text, tree).attach()


def _scalars(tree: Value) -> Iterator[Scalar]:
    if isinstance(tree, Scalar):
        yield tree
        return
    for entry in tree.entries:
        if entry.key is not None:
            yield entry.key
        yield from _scalars(entry.value)


def _comments(text: str, tree: Value) -> Iterator[_Comment]:
    """Every comment: a `#` at the start of a line or behind a space that is not part of a value."""
    lines = [0, *(match.end() for match in re.finditer("\n", text))]
    spans = sorted((scalar.start, scalar.end) for scalar in _scalars(tree) if scalar.end > scalar.start)
    gaps = zip([0, *(end for _, end in spans)], [*(start for start, _ in spans), len(text)], strict=True)
    for match in (match for gap in gaps for match in _COMMENT.finditer(text, *gap)):
        line = bisect_right(lines, match.start()) - 1
        above = text[lines[line] : match.start()]
        yield _Comment(match.group().rstrip(), match.start(), line, len(above), not above.strip())


class _Attacher:
    def __init__(self, text: str, tree: Value) -> None:
        self._lines = text.splitlines()
        self._tree = tree
        self._comments = list(_comments(text, tree))
        self._entries = list(entries_of(tree))
        self._starts = [entry.start for entry in self._entries]
        self._flows = [value for value in self._collections() if value.flow]
        self._flow_starts = [flow.start for flow in self._flows]

    def _collections(self) -> Iterator[Collection]:
        if isinstance(self._tree, Collection):
            yield self._tree
        for entry in self._entries:
            if isinstance(entry.value, Collection):
                yield entry.value

    def attach(self) -> tuple[list[str], list[str]]:
        head: list[str] = []
        foot: list[str] = []
        above: dict[int, list[_Comment]] = {}
        for comment in self._comments:
            flow = self._flow_around(comment)
            if not comment.alone:
                owner = self._on_line(comment, flow)
                (head if owner is None else owner.trailing).append(comment.text)
                continue
            following, before = self._below(comment, flow), None
            if following is None or (flow is None and comment.column > following.column):
                before = self._above(comment, flow)
            if before is not None:
                self._add(before.after, comment)
            elif following is None:
                self._add(foot, comment)
            else:
                above.setdefault(id(following), []).append(comment)
        for entry in self._entries:
            self._lead(entry, above.get(id(entry), []))
        if self._entries:
            head += self._entries[0].leading
            self._entries[0].leading = []
        return head, foot

    def _flow_around(self, comment: _Comment) -> Collection | None:
        """The innermost brackets around a comment: the last to open before it, or those around them."""
        index = bisect_left(self._flow_starts, comment.start) - 1
        flow = self._flows[index] if index >= 0 else None
        while flow is not None and flow.end <= comment.start:
            outer = flow.owner.parent if flow.owner is not None else None
            flow = outer if outer is not None and outer.flow else None
        if flow is not None and not flow.entries:
            raise UnformattableError(f"line {comment.line + 1} has a comment inside empty brackets")
        return flow

    def _below(self, comment: _Comment, flow: Collection | None) -> TreeEntry | None:
        candidates = self._entries if flow is None else flow.entries
        starts = self._starts if flow is None else [entry.start for entry in candidates]
        index = bisect_left(starts, comment.start)
        return candidates[index] if index < len(candidates) else None

    def _above(self, comment: _Comment, flow: Collection | None) -> TreeEntry | None:
        if flow is not None:
            return flow.entries[-1]
        index = bisect_right(self._starts, comment.start) - 1
        entry = self._entries[index] if index >= 0 else None
        while entry is not None and (entry.parent.flow or entry.column > comment.column):
            entry = entry.parent.owner
        # At the left edge it is the file's own, below everything.
        return None if entry is None or comment.column == 0 else entry

    def _on_line(self, comment: _Comment, flow: Collection | None) -> TreeEntry | None:
        for index in range(bisect_right(self._starts, comment.start) - 1, -1, -1):
            parent = self._entries[index].parent
            if parent is flow or (flow is None and not parent.flow):
                return self._entries[index]
        # Behind an opening bracket.
        return None if flow is None else flow.owner

    def _add(self, lines: list[str], comment: _Comment) -> None:
        if self._is_empty(comment.line - 1):
            lines.append("")
        lines.append(comment.text)

    def _lead(self, entry: TreeEntry, comments: list[_Comment]) -> None:
        for comment in comments:
            self._add(entry.leading, comment)
        first_of_owner = entry.parent.owner is not None and entry.parent.owner.start == entry.start
        if not first_of_owner and self._is_empty(entry.line - 1):
            entry.leading.append("")

    def _is_empty(self, line: int) -> bool:
        return 0 <= line < len(self._lines) and not self._lines[line].strip()
