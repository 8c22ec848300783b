"""Reads YAML into nodes that remember their location, through the event stream of PyYAML's C parser.

Scalars follow the YAML 1.2 core schema (https://yaml.org/spec/1.2.2/#103-core-schema), with two differences: fractions
become Decimal, so that `min: 0.10` stays exact, and a quoted scalar is always text. An alias shares the node of its
anchor, so that reading takes time in proportion to the file.

In `{description: Rank in the list, null when opened directly}` YAML ends the text at the comma and reads the rest as a
key without a colon. No such key means anything in a plan, so words with a space between them are joined to the text.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import msgspec

from footfall.errors import MissingExtraError
from footfall.plan.problems import Location, Problems

__all__ = ["YamlNode", "YamlValue", "kind_of", "node_of", "parse_yaml"]

YamlValue = Any  # None | bool | int | Decimal | float (not finite) | str | list[Node] | dict[str, Node]

_MAX_DEPTH = 64
_MAX_NODES = 2_000_000
_MAX_DIGITS = 400

_WORDS: dict[str, YamlValue] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **{sign + word: float("inf") for sign in ("", "+") for word in (".inf", ".Inf", ".INF")},
    **{"-" + word: float("-inf") for word in (".inf", ".Inf", ".INF")},
}
_NUMBER_STARTS = frozenset("+-.0123456789")
_INTEGER = re.compile(r"[-+]?[0-9]+", re.ASCII)
_OCTAL = re.compile(r"0o[0-7]+", re.ASCII)
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+", re.ASCII)
_FRACTION = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)

_CORE = "tag:yaml.org,2002:"
_TEXT_TAGS = frozenset({"!", f"{_CORE}str"})
_PLAIN_TAGS = frozenset(f"{_CORE}{name}" for name in ("null", "bool", "int", "float", "map", "seq"))


class YamlNode(Location, eq=False):
    """A value with its location. `marks` gives, for a mapping, the (line, column) of each key; `size` counts nodes."""

    value: YamlValue
    marks: dict[str, tuple[int, int]] = msgspec.field(default_factory=dict)
    size: int = 1

    def key(self, name: str) -> Location:
        """The location of a key of this mapping."""
        return Location(self.file, *self.marks[name])

    def get(self, name: str) -> YamlNode | None:
        """The value of a key, when this is a mapping that has it."""
        return self.value.get(name) if isinstance(self.value, dict) else None

    def plain(self) -> Any:
        """The value without places, all the way down."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "true or false"),
    (str, "text"),
    (int, "a whole number"),
    ((Decimal, float), "a number"),
    (list, "a list"),
    (dict, "a mapping"),
)


def kind_of(value: YamlValue) -> str:
    """What a value is, in words: `text`, `a list`, `nothing`."""
    return next((name for types, name in _KINDS if isinstance(value, types)), "nothing")


def is_writable(number: int | Decimal) -> bool:
    """Whether a plan can contain a number: one with too many digits, or out of range, is refused."""
    return abs(Decimal(number).adjusted()) < _MAX_DIGITS and len(str(number)) <= _MAX_DIGITS


def node_of(value: Any, file: str) -> YamlNode:
    """The node of plain values that were in no text; `file` is their file in problems."""
    node = YamlNode(file, 0, 0, value)
    if isinstance(value, dict):
        node.value = {key: node_of(part, file) for key, part in value.items()}
        node.marks = dict.fromkeys(value, (0, 0))
    elif isinstance(value, list | tuple):
        node.value = [node_of(part, file) for part in value]
    return node


class _RefusedError(Exception):
    """A scalar that no plan can use; the text says why."""


class _StopError(Exception):
    """Reading this file cannot go on; the problem is already added."""


def _number(text: str) -> YamlValue:
    if len(text) > _MAX_DIGITS and (_FRACTION.fullmatch(text) or _HEXADECIMAL.fullmatch(text)):
        raise _RefusedError(f"has more than {_MAX_DIGITS} digits")
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FRACTION.fullmatch(text):
        number = Decimal(text)
        if abs(number.adjusted()) > _MAX_DIGITS:
            raise _RefusedError("is out of range")
        return number
    return int(text, 0) if _OCTAL.fullmatch(text) or _HEXADECIMAL.fullmatch(text) else text


def _scalar(text: str, plain: bool, tag: str | None) -> YamlValue:
    if not plain or tag in _TEXT_TAGS:
        return text
    if text in _WORDS:
        return _WORDS[text]
    return _number(text) if text[0] in _NUMBER_STARTS else text


class _Frame(msgspec.Struct, eq=False):
    """A container that is still open: its node, its anchor, and the key that waits for its value."""

    node: YamlNode
    anchor: str | None
    is_flow: bool
    key: str | None = None
    key_end: int = -1  # where an unquoted key in braces ended
    text: YamlNode | None = None  # the value just before, if it is unquoted text


_SKIP = "\0skip"  # no YAML scalar has a NUL; it means that the next value has no usable key


class _Reader:
    def __init__(self, file: str, problems: Problems) -> None:
        self.file = file
        self.problems = problems
        self.root: YamlNode | None = None
        self.stack: list[_Frame] = []
        self.anchors: dict[str, YamlNode] = {}
        self.documents = 0
        self.expanded = 0

    def location(self, event: Any) -> Location:
        mark = event.start_mark
        return Location(self.file, mark.line + 1, mark.column + 1)

    def node(self, value: YamlValue, event: Any) -> YamlNode:
        mark = event.start_mark
        return YamlNode(self.file, mark.line + 1, mark.column + 1, value)

    def scalar(self, event: Any) -> None:
        tag = event.tag
        plain = not event.style
        self.check_tag(event)
        try:
            value = _scalar(event.value, plain, tag)
        except _RefusedError as refused:
            message, location = f"{event.value[:20]}… {refused}", self.location(event)
            self.problems.add("bad_number", message, at=location, remedy="put it in quotes if it is text")
            value = event.value
        node = self.node(value, event)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        elif plain and self.stack and self.continues(event):
            return
        self.put(node, event.value, is_text=plain and type(value) is str and event.anchor is None)

    def continues(self, event: Any) -> bool:
        """Whether a key without a colon was the rest of the text before it; if so, it is joined to that text."""
        frame = self.stack[-1]
        if frame.key is None:
            frame.key_end = event.end_mark.index if frame.is_flow else -1
            return False
        text, key = frame.text, frame.key
        if event.value or event.start_mark.index != frame.key_end or text is None or " " not in key:
            return False
        text.value += f", {key}"
        del frame.node.marks[key]
        frame.key = None
        return True

    def check_tag(self, event: Any) -> None:
        if event.tag is not None and event.tag not in _TEXT_TAGS and event.tag not in _PLAIN_TAGS:
            self.problems.add(
                "bad_tag",
                f"the tag {event.tag.replace(_CORE, '!!')} is not read",
                at=self.location(event),
                remedy="take the tag out",
            )

    def start_mapping(self, event: Any) -> None:
        self.open({}, event)

    def start_sequence(self, event: Any) -> None:
        self.open([], event)

    def open(self, value: YamlValue, event: Any) -> None:
        self.check_tag(event)
        if len(self.stack) >= _MAX_DEPTH:
            self.problems.add(
                "too_large", f"nested more than {_MAX_DEPTH} levels deep", at=self.location(event), remedy="flatten it"
            )
            raise _StopError
        self.stack.append(_Frame(self.node(value, event), event.anchor, bool(event.flow_style)))

    def end(self, _event: Any) -> None:
        frame = self.stack.pop()
        if frame.anchor is not None:
            self.anchors[frame.anchor] = frame.node
        self.put(frame.node, None)

    def alias(self, event: Any) -> None:
        node = self.anchors.get(event.anchor)
        if node is None:
            self.problems.add(
                "bad_alias",
                f"*{event.anchor} refers to an anchor that is not complete before it",
                at=self.location(event),
                remedy=f"put &{event.anchor} on an earlier value",
            )
            node = self.node(None, event)
        self.expanded += node.size
        if self.expanded > _MAX_NODES:
            self.problems.add(
                "too_large",
                f"aliases repeat more than {_MAX_NODES:,} values",
                at=self.location(event),
                remedy="name shared parts under `types` and `use` them",
            )
            raise _StopError
        self.put(node, node.value if isinstance(node.value, str) else None)

    def document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            self.problems.add(
                "several_documents",
                "a second document starts here",
                at=self.location(event),
                remedy="put it in another file",
            )
            raise _StopError

    def put(self, node: YamlNode, text: str | None, *, is_text: bool = False) -> None:
        """Give a finished node to the open container; `text` is how a scalar is written, `is_text` unquoted text."""
        if not self.stack:
            self.root = node
            return
        frame = self.stack[-1]
        container = frame.node
        if isinstance(container.value, list):
            container.value.append(node)
        elif frame.key is None:
            frame.key = self.as_key(container, node, text)
            return
        elif frame.key != _SKIP:
            container.value[frame.key] = node
        frame.key, frame.text = None, node if is_text else None
        container.size = min(container.size + node.size, _MAX_NODES + 1)

    def as_key(self, container: YamlNode, node: YamlNode, text: str | None) -> str:
        if text is None:
            self.problems.add(
                "key_not_text", f"a key cannot be {kind_of(node.value)}", at=node, remedy="use a name as the key"
            )
            return _SKIP
        if not isinstance(node.value, str):
            self.problems.add(
                "key_not_text",
                f"the key {text or '(nothing)'} is {kind_of(node.value)}, not text",
                at=node,
                remedy=f'put it in quotes: "{text}"',
            )
        if text in container.marks:
            first = container.marks[text][0]
            self.problems.add(
                "duplicate_key",
                f"the key {text!r} is here and at {self.file}:{first}",
                at=node,
                remedy="keep one of them",
            )
            return _SKIP
        container.marks[text] = (node.line, node.column)
        return text


def parse_yaml(data: bytes, file: str, problems: Problems) -> YamlNode | None:
    """The one document of a YAML file, or None (and at least one problem) when there is nothing that can be used.

    Raises MissingExtraError when PyYAML is not installed.
    """
    start = Location(file, 1, 1)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        before = data[data.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8")
        location = Location(file, line, len(before) + 1)
        problems.add("not_utf8", f"byte {error.start} is not UTF-8", at=location, remedy="save the file as UTF-8")
        problems.incomplete = True
        return None
    reader = _Reader(file, problems)
    try:
        _read(text, reader)
    except _StopError:
        problems.incomplete = True
        return None
    if reader.root is None or reader.root.value is None:
        problems.add("empty_file", "the file is empty", at=start, remedy="write a section into it, or remove it")
        return None
    return reader.root


def _read(text: str, reader: _Reader) -> None:
    try:
        import yaml  # loaded late: a client that is given a bundle runs without PyYAML
    except ImportError:
        raise MissingExtraError("reading a tracking plan in YAML", "plan") from None

    takes = {
        yaml.ScalarEvent: reader.scalar,
        yaml.MappingStartEvent: reader.start_mapping,
        yaml.SequenceStartEvent: reader.start_sequence,
        yaml.MappingEndEvent: reader.end,
        yaml.SequenceEndEvent: reader.end,
        yaml.AliasEvent: reader.alias,
        yaml.DocumentStartEvent: reader.document,
    }
    try:
        # The C parser is about ten times as fast; a PyYAML that was built without libyaml has only the other one.
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            take = takes.get(type(event))
            if take is not None:
                take(event)
    except yaml.MarkedYAMLError as error:
        mark, context_mark = error.problem_mark or error.context_mark, error.context_mark
        location = Location(reader.file, mark.line + 1, mark.column + 1) if mark else Location(reader.file, 1, 1)
        since = f"that begins on line {context_mark.line + 1}" if error.context and context_mark else ""
        _not_yaml(" ".join(part for part in (error.problem, error.context, since) if part), location, reader)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else 1
        _not_yaml(str(error.reason), Location(reader.file, line, 1), reader)
    except yaml.YAMLError as error:
        _not_yaml(str(error).partition("\n")[0], Location(reader.file, 1, 1), reader)


def _not_yaml(what: str, location: Location, reader: _Reader) -> None:
    reader.problems.add("not_yaml", f"not YAML: {what}", at=location, remedy="mend the syntax at this place")
    raise _StopError from None
