"""The types of values that a plan's keys take: each reads one node, and reports what does not fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol, get_args

import msgspec

from footfall.plan.durations import parse_duration
from footfall.plan.patterns import check_pattern
from footfall.plan.problems import MISSING, Path, Problems, did_you_mean
from footfall.plan.reading.yaml_source import YamlNode, kind_of

__all__ = [
    "ANYTHING",
    "COUNT",
    "DATE",
    "DURATION",
    "FLAG",
    "LOCAL_TIME",
    "MOMENT",
    "NAME",
    "NAMES",
    "NODE",
    "NUMBER",
    "PATTERN",
    "SCALARS",
    "TEXT",
    "TEXTS",
    "WINDOW",
    "WORD",
    "FieldType",
    "Key",
    "ListOf",
    "MapOf",
    "OneOf",
    "OneOrSeveral",
    "Record",
    "ScalarOr",
    "TextOrTexts",
    "check_name",
]  # fmt: skip


class FieldType(Protocol):
    """What a key's value may be."""

    def read(self, node: YamlNode, path: Path, problems: Problems) -> Any:
        """The value; MISSING, with a problem, when the node has none of this type."""
        ...


class _MisfitError(Exception):
    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.code = code
        self.remedy = remedy


class _Scalar:
    """A kind that is decided from the value alone."""

    def __init__(self, take: Callable[[Any], Any]) -> None:
        self._take = take

    def read(self, node: YamlNode, path: Path, problems: Problems) -> Any:
        try:
            return self._take(node.value)
        except _MisfitError as misfit:
            problems.add(misfit.code, str(misfit), at=node, path=path, remedy=misfit.remedy)
            return MISSING


def _wrong(value: Any, wanted: str, remedy: str = "") -> _MisfitError:
    return _MisfitError("wrong_type", f"takes {wanted}, not {kind_of(value)}", remedy or f"write {wanted}")


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    raise _wrong(value, "text", "" if isinstance(value, list | dict) else "put it in quotes")


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise _wrong(value, "true or false", "YAML 1.2 knows only true and false" if isinstance(value, str) else "")


def _count(value: Any) -> int:
    if type(value) is not int:
        raise _wrong(value, "a whole number")
    if not 0 <= value < 2**53:
        raise _MisfitError("bad_number", f"{value} is out of range", "0 or more, and less than 2^53")
    return value


def _number(value: Any) -> Decimal:
    if type(value) is int or isinstance(value, Decimal):
        return Decimal(value)
    if isinstance(value, float):
        raise _MisfitError("bad_number", f"{value} is not finite", "leave the key out when there is no bound")
    raise _wrong(value, "a number", "take the quotes away" if isinstance(value, str) else "")


def _date(value: Any) -> str:
    text = _text(value)
    try:
        if date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise _MisfitError("bad_date", f"{text!r} is not a day", "write it as 2027-03-01")


_YEARS = range(1900, 2200)  # no message is of any other


def _local_time(value: Any) -> str:
    text = _text(value)
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=None)
        if text in {moment.date().isoformat(), moment.isoformat(timespec="minutes")} and moment.year in _YEARS:
            return text
    except ValueError:
        pass
    message = f"{text!r} is neither a day nor a time of the plan's clock"
    raise _MisfitError("bad_date", message, "write it as 2027-03-01, or 2027-03-01T18:00")


def _duration(value: Any) -> int:
    try:
        return parse_duration(_text(value))
    except ValueError as error:
        raise _MisfitError("bad_duration", str(error), "a whole number and s, m, h, d or w, such as 7d") from None


def _moment(value: Any) -> str | int:
    """A day as text, or how many seconds ago."""
    text = _text(value)
    is_day = text[4:5] == "-"
    return _date(text) if is_day else _duration(text)


def _window(value: Any) -> int | None:
    return None if value == "all" else _duration(value)


def _pattern(value: Any) -> str:
    text = _text(value)
    try:
        check_pattern(text)
    except ValueError as error:
        raise _MisfitError("bad_regex", str(error), "mend the pattern") from None
    return text


_WORD_FORM = re.compile(r"[\w][\w.-]*")


def _word(value: Any) -> str:
    text = _text(value)
    if not _WORD_FORM.fullmatch(text):
        raise _MisfitError("bad_name", f"{text!r} is not a word", "letters, digits, `_`, `-` and `.` only")
    return text


def _name(value: Any) -> str:
    text = _text(value)
    if not text.isidentifier():
        raise _MisfitError("bad_name", f"{text!r} is not a name", "letters, digits and `_`, not starting with a digit")
    return text


class _Anything:
    def read(self, node: YamlNode, path: Path, problems: Problems) -> Any:
        _refuse_infinite(node, path, problems)
        return node.plain()


def _refuse_infinite(node: YamlNode, path: Path, problems: Problems) -> None:
    if isinstance(node.value, float):
        problems.add("bad_number", f"{node.value} is not finite", at=node, path=path, remedy="JSON has no such number")
    elif isinstance(node.value, dict):
        for key, part in node.value.items():
            _refuse_infinite(part, (*path, key), problems)
    elif isinstance(node.value, list):
        for index, part in enumerate(node.value):
            _refuse_infinite(part, (*path, f"[{index}]"), problems)


class _Scalars:
    """One text, whole number or flag, or a list of them, which are one tuple either way."""

    def read(self, node: YamlNode, path: Path, problems: Problems) -> Any:
        parts = node.value if isinstance(node.value, list) else [node]
        for part in parts:
            if type(part.value) not in (str, int, bool):
                message = f"takes a text, a whole number or a flag, or a list of them, not {kind_of(part.value)}"
                problems.add("wrong_type", message, at=part, path=path, remedy="write the value, or [value, value]")
                return MISSING
        return tuple(part.value for part in parts)


class _AsIs:
    """Hands the node on: whoever asked for it reads it with more knowledge."""

    def read(self, node: YamlNode, path: Path, problems: Problems) -> Any:  # noqa: ARG002 - the shape of a Kind
        return node


class OneOf:
    """One of a few words."""

    def __init__(self, choices: Iterable[str] | object) -> None:
        self.choices: tuple[str, ...] = get_args(choices) or tuple(choices)  # type: ignore[arg-type]  # a Literal, or words

    def read(self, node: YamlNode, path: Path, problems: Problems) -> Any:
        value = TEXT.read(node, path, problems)
        if value is MISSING or value in self.choices:
            return value
        remedy = did_you_mean(value, self.choices)
        problems.add("unknown_value", f"{value!r} is not known here", at=node, path=path, remedy=remedy)
        return MISSING


class OneOrSeveral(OneOf):
    """One of a few words, or a list of two or more of the `several` that go together."""

    def __init__(self, choices: Iterable[str] | object, several: Iterable[str] | object) -> None:
        super().__init__(choices)
        self.several = OneOf(several).choices
        self._list = ListOf(OneOf(several))

    def read(self, node: YamlNode, path: Path, problems: Problems) -> Any:
        if not isinstance(node.value, list):
            return super().read(node, path, problems)
        values = self._list.read(node, path, problems)
        if len(node.value) < 2 or len(set(values)) < len(values):
            message = "takes one word, or a list of two or more different ones"
            problems.add("unknown_value", message, at=node, path=path, remedy="write the word without brackets")
            return MISSING
        return values if len(values) == len(node.value) else MISSING


class TextOrTexts:
    """A text, or a list of texts, which are one tuple either way."""

    def read(self, node: YamlNode, path: Path, problems: Problems) -> Any:
        if isinstance(node.value, list):
            return TEXTS.read(node, path, problems)
        text = TEXT.read(node, path, problems)
        return MISSING if text is MISSING else (text,)


class ListOf(msgspec.Struct, eq=False):
    """A list; items that do not fit are left out, with a problem.

    `begins` are what its texts must begin with, so that the problem can show how one is written; else any text may do.
    """

    kind: FieldType
    begins: tuple[str, ...] = ("",)

    def read(self, node: YamlNode, path: Path, problems: Problems) -> Any:
        if not isinstance(node.value, list):
            if isinstance(node.value, str) and node.value.startswith(self.begins):
                remedy = f"write [{node.value}]"
            else:
                remedy = f"write [{', '.join(f'{begin}NAME' if begin else '…' for begin in self.begins)}]"
            problems.add("wrong_type", f"takes a list, not {kind_of(node.value)}", at=node, path=path, remedy=remedy)
            return MISSING
        values = (self.kind.read(item, (*path, f"[{index}]"), problems) for index, item in enumerate(node.value))
        return tuple(value for value in values if value is not MISSING)


class MapOf(msgspec.Struct, eq=False):
    """A mapping from names to values of one type; values that do not fit are left out, with a problem."""

    kind: FieldType
    names: tuple[str, ...] = ()

    def read(self, node: YamlNode, path: Path, problems: Problems) -> Any:
        if not isinstance(node.value, dict):
            message = f"takes a mapping, not {kind_of(node.value)}"
            problems.add("wrong_type", message, at=node, path=path, remedy="write KEY: value under it, or {…}")
            return MISSING
        values = {}
        for name, part in node.value.items():
            if self.names and name not in self.names:
                remedy = did_you_mean(name, self.names)
                message = f"unknown key {name!r}"
                problems.add("unknown_key", message, at=node.key(name), path=path, remedy=remedy)
                continue
            value = self.kind.read(part, (*path, name), problems)
            if value is not MISSING:
                values[name] = value
        return values


class ScalarOr(msgspec.Struct, eq=False):
    """One scalar, or a mapping in its place."""

    scalar: FieldType
    record: Record

    def read(self, node: YamlNode, path: Path, problems: Problems) -> Any:
        return (self.record if isinstance(node.value, dict) else self.scalar).read(node, path, problems)


class Key(msgspec.Struct, eq=False):
    """One key of a record: its type, whether it must be there, and whether `null` means the same as leaving it out."""

    kind: FieldType
    required: bool = False
    nullable: bool = False


class Record:
    """A mapping with known keys. Reads into a dict; its `x_*` keys are gathered, as written, under `x`."""

    def __init__(self, keys: Mapping[str, Key]) -> None:
        self.keys = keys
        self._required = tuple(name for name, key in keys.items() if key.required)

    def read(self, node: YamlNode, path: Path, problems: Problems) -> Any:
        if not isinstance(node.value, dict):
            message = f"takes a mapping, not {kind_of(node.value)}"
            problems.add("wrong_type", message, at=node, path=path, remedy="write KEY: value under it, or {…}")
            return MISSING
        values: dict[str, Any] = {}
        for name, part in node.value.items():
            key = self.keys.get(name)
            if key is None:
                self._unknown(name, node, path, problems, values)
            elif not (key.nullable and part.value is None):
                value = key.kind.read(part, (*path, name), problems)
                if value is not MISSING:
                    values[name] = value
        for name in self._required:
            if name not in node.value:
                message = f"{name!r} is missing"
                kind = self.keys[name].kind
                choice = " or ".join(kind.choices) if isinstance(kind, OneOf) else "…"
                problems.add("missing_key", message, at=node, path=path, remedy=f"add {name}: {choice}")
        return values

    def _unknown(self, name: str, node: YamlNode, path: Path, problems: Problems, values: dict[str, Any]) -> None:
        if name.startswith("x_"):
            values.setdefault("x", {})[name] = ANYTHING.read(node.value[name], (*path, name), problems)
            return
        remedy = did_you_mean(name, self.keys) or "leave it out, or name it x_… to keep it as a note"
        if name == "<<":
            remedy = "YAML 1.2 has no merge key; use `use`, `include` or `defaults`"
        problems.add("unknown_key", f"unknown key {name!r}", at=node.key(name), path=path, remedy=remedy)


TEXT: FieldType = _Scalar(_text)
FLAG: FieldType = _Scalar(_flag)
LOCAL_TIME: FieldType = _Scalar(_local_time)
COUNT: FieldType = _Scalar(_count)
NUMBER: FieldType = _Scalar(_number)
DATE: FieldType = _Scalar(_date)
DURATION: FieldType = _Scalar(_duration)
MOMENT: FieldType = _Scalar(_moment)
WINDOW: FieldType = _Scalar(_window)
PATTERN: FieldType = _Scalar(_pattern)
WORD: FieldType = _Scalar(_word)
NAME: FieldType = _Scalar(_name)
TEXTS: FieldType = ListOf(TEXT)
SCALARS: FieldType = _Scalars()
NAMES: FieldType = ListOf(NAME)
ANYTHING: FieldType = _Anything()
NODE: FieldType = _AsIs()


def check_name(name: str, kind: FieldType, *, node: YamlNode, path: Path, problems: Problems) -> None:
    """Tell when the key `name` of the mapping `node` is not a name of this kind (NAME or WORD)."""
    location = node.key(name)
    kind.read(YamlNode(location.file, location.line, location.column, name), path, problems)
