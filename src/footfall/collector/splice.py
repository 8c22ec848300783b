"""Changes values inside a JSON text and leaves every other byte as it is, also in a text that is not quite JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from footfall.collector.json_split import NamedValues, element_spans, members
from footfall.events import Fault
from footfall.plan.checking.transform import Changer
from footfall.plan.checking.transform_parts import Edit
from footfall.plan.model import Transform
from footfall.plan.wording import join_key

__all__ = ["Spliced", "splice", "splice_names"]

_NULL = b"null"
_LOOKS = 4  # how many times a byte of a broken text may be looked at, on average


class Spliced(NamedTuple):
    """A text after its changes, and what had to be left out of it other than as planned."""

    text: bytes
    warnings: tuple[Fault, ...]


class _Edit(NamedTuple):
    start: int
    end: int
    text: bytes


def splice(text: bytes, part: Edit, changer: Changer, *, spares_hashes: bool = False) -> Spliced:
    """Change what `part` says in an object. Paths of warnings are those inside the plan's properties or traits.

    `spares_hashes` is for a text that may have been through this before.
    Raises ValueError when the text cannot be cut into its members, at any place where the part looks inside.
    """
    walk = _Walk(changer, spares_hashes)
    walk.value(part, text, 0, "")
    return Spliced(_edited(text, walk.edits), tuple(walk.warnings))


def splice_names(text: bytes, parts: Mapping[str, Edit], changer: Changer) -> Spliced:
    """Change the value after each of these names, wherever it is: for a text that cannot be cut into its members.

    What should be left out becomes null.
    """
    walk = _Walk(changer)
    values = NamedValues(text, parts)
    position, allowance = 0, _LOOKS * len(text)
    while (named := values.next(position)) is not None:
        name, start, position = named
        before = len(walk.edits)
        try:
            is_kept = walk.value(parts[name], text[start:position], start, name)
        except (ValueError, RecursionError):
            # It cannot be looked into as a whole, so its inside is searched for names; a text cannot ask this for ever.
            allowance -= position - start
            is_kept = allowance > 0 and _is_all_named(parts[name])
            del walk.edits[before:]
            position = start + 1 if is_kept else position
        if not is_kept:
            del walk.edits[before:]
            walk.edits.append(_Edit(start, position, _NULL))
    return Spliced(_edited(text, walk.edits), tuple(walk.warnings))


def _is_all_named(part: Edit) -> bool:
    """Whether every value that is changed inside has a planned name before it: what is in maps and arrays has none."""
    return part.in_map is None and part.in_array is None and all(map(_is_all_named, part.keys.values()))


class _Walk:
    def __init__(self, changer: Changer, spares_hashes: bool = False) -> None:
        self._changer = changer
        self._spares_hashes = spares_hashes
        self.edits: list[_Edit] = []
        self.warnings: list[Fault] = []

    def value(self, part: Edit, text: bytes, at: int, path: str) -> bool:
        """Note the edits of a value that starts at `at` in the whole; False when it has to be left out."""
        if part.change is not None:
            changed = self._change(part, part.change, text, path)
            if changed is not None and changed != text:
                self.edits.append(_Edit(at, at + len(text), changed))
            return changed is not None
        first = text[:1]
        if first == b"{" and (part.keys or part.in_map):
            self._object(part, text, at, path)
        elif first == b"[" and part.in_array is not None:
            self._array(part.in_array, text, at, path)
        elif text != _NULL and not part.is_ours:
            # A secret may be where the plan has an object or array around it.
            self.warnings.append(
                Fault(path, "untransformable", "an object or array to look into", "another type, not kept")
            )
            return False
        return True

    def _object(self, part: Edit, text: bytes, at: int, path: str) -> None:
        spans = members(text)
        left_out = []
        for number, member in enumerate(spans):
            part_inside = part.inside(member.key)
            if part_inside is None:
                continue
            # A key of a map came with the data, and may itself be what must not be seen.
            shown = join_key(path, member.key if member.key in part.keys else "*")
            inside = "" if part.is_ours else shown
            if not self.value(part_inside, text[member.value : member.end], at + member.value, inside):
                left_out.append(number)
        self._leave_out([(member.start, member.end) for member in spans], left_out, at)

    def _array(self, part: Edit, text: bytes, at: int, path: str) -> None:
        spans = element_spans(text)
        left_out = [
            number
            for number, (start, end) in enumerate(spans)
            if not self.value(part, text[start:end], at + start, f"{path}[{number}]")
        ]
        self._leave_out(spans, left_out, at)

    def _change(self, part: Edit, change: Transform, text: bytes, path: str) -> bytes | None:
        try:
            changed = self._changer.change(change, text, equal_as=part.equal_as, spares_hashes=self._spares_hashes)
        except (ValueError, RecursionError):
            self.warnings.append(Fault(path, "untransformable", "a JSON value", "another text, not kept"))
            return None
        if changed is None and change != "drop":
            self.warnings.append(Fault(path, "no_transform_key", "a key to hash with", "none, so it is not kept"))
        return changed

    def _leave_out(self, spans: list[tuple[int, int]], numbers: list[int], at: int) -> None:
        """Take members or elements out, each with the comma after it, and the last ones with the comma before them."""
        kept_until = len(spans)
        while kept_until and kept_until - 1 in numbers:
            kept_until -= 1
        for number in numbers:
            if number < kept_until:
                self.edits.append(_Edit(at + spans[number][0], at + spans[number + 1][0], b""))
        if kept_until < len(spans):
            start = spans[kept_until - 1][1] if kept_until else spans[0][0]
            self.edits.append(_Edit(at + start, at + spans[-1][1], b""))


def _edited(text: bytes, edits: list[_Edit]) -> bytes:
    if not edits:
        return text
    pieces: list[bytes] = []
    position = 0
    for edit in sorted(edits):
        if edit.end <= position:
            continue  # inside of what was taken out
        pieces += (text[position : max(position, edit.start)], edit.text)
        position = edit.end
    return b"".join((*pieces, text[position:]))
