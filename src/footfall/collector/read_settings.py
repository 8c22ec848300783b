"""Reads settings from flags, then the environment, then `footfall.toml`, each problem with its place. Pure."""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, get_args

import msgspec
from msgspec import inspect

from footfall.collector.serve_settings import OTHER_VARIABLES, PARTS, SETTINGS, ServeSettings, Setting
from footfall.errors import UsageError
from footfall.secret import SecretText

__all__ = ["SettingsFile", "SettingsReading", "read_settings"]

_WORDS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
_PREFIX = "FOOTFALL_"
_SHOWN = 60  # of a wrong value, so many letters
_MOST_UNKNOWN = 20  # names that are no setting: more of them make another kind of file
_PLAIN_FORMS: Mapping[type[inspect.Type], str] = {
    inspect.IntType: "a whole number",
    inspect.FloatType: "a number",
    inspect.BoolType: "true or false",
    inspect.StrType: "a text",
    inspect.CustomType: "a path",
}
_LISTS = (inspect.ListType, inspect.VarTupleType, inspect.SetType, inspect.FrozenSetType)


class SettingsFile(NamedTuple):
    """A `footfall.toml` that was read. Relative paths in it start from its folder."""

    path: Path
    content: bytes


class SettingsReading(NamedTuple):
    """What was read. `settings` are for use only where there are no problems.

    `places` says where each setting that is no default is from: `--port`, `FOOTFALL_PORT`, `footfall.toml:3`. Warnings
    are about what has no effect, and problems about what cannot be.
    """

    settings: ServeSettings
    places: Mapping[str, str]
    problems: list[str]
    warnings: list[str]

    def label(self, name: str) -> str:
        """Where a setting is from, as a problem with its value begins: `footfall.toml:3 plan: `; "" for a flag.

        Who gave a flag has just written it, and sees it.
        """
        place = self.places.get(name, SETTINGS[name].flag)
        if place == SETTINGS[name].flag:
            return ""
        return f"{place}: " if place == SETTINGS[name].variable else f"{place} {name}: "


class _Given(NamedTuple):
    """A value as it was given. `is_text` says that numbers and lists are still to be read from it."""

    setting: Setting
    place: str
    value: object
    is_text: bool
    name: str = ""  # where the place alone does not say it

    def __str__(self) -> str:
        return f"{self.place} {self.name}".rstrip()


def read_settings(
    flags: Mapping[str, object], environment: Mapping[str, str], file: SettingsFile | None
) -> SettingsReading:
    """The settings, each from the first place that gives it: a flag, the environment, the file, its default.

    `flags` are by the settings' names; None, and an empty list, say nothing, and neither does an empty variable. Every
    place is checked, also where another one comes before it.
    """
    problems: list[str] = []
    values: dict[str, object] = {}
    places: dict[str, str] = {}
    for given in (*_of_flags(flags), *_of_environment(environment), *_of_file(file, problems)):
        try:
            value = _converted(given)
            if given.setting.part:
                PARTS[given.setting.part](**{given.setting.name: value})
        except (ValueError, UsageError) as error:
            problems.append(f"{given}: {_without_name(str(error), given)}")
        else:
            if given.setting.name not in values:
                values[given.setting.name], places[given.setting.name] = value, given.place
    parts: dict[str, object] = {}
    for part, struct in PARTS.items():
        of_part = {name: value for name, value in values.items() if SETTINGS[name].part == part}
        try:
            parts[part] = struct(**of_part)  # type: ignore[arg-type]  # converted to the fields' types
        except UsageError as error:  # each is right alone, and they do not go together
            parts[part] = struct()
            problems.append(str(error))
    of_serve = {name: value for name, value in values.items() if not SETTINGS[name].part}
    settings = ServeSettings(**of_serve, **parts)  # type: ignore[arg-type]  # as above
    return SettingsReading(settings, places, problems, _unknown_variables(environment))


def _without_name(problem: str, given: _Given) -> str:
    # Its place says it, but for a variable.
    return problem.removeprefix(f"{given.setting.name} ") if given.place != given.setting.variable else problem


def _of_flags(flags: Mapping[str, object]) -> Iterator[_Given]:
    for name, value in flags.items():
        if value is not None and value != ():
            yield _Given(SETTINGS[name], SETTINGS[name].flag, value, is_text=isinstance(value, str | Path))


def _of_environment(environment: Mapping[str, str]) -> Iterator[_Given]:
    for setting in SETTINGS.values():
        if text := environment.get(setting.variable):
            yield _Given(setting, setting.variable, text, is_text=True)


def _of_file(file: SettingsFile | None, problems: list[str]) -> Iterator[_Given]:
    if file is None:
        return
    try:
        text = file.content.decode("utf-8-sig")
        table = tomllib.loads(text)
    except UnicodeDecodeError:
        problems.append(f"{file.path}: is not UTF-8; save it as UTF-8")
        return
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = re.search(r"\(at line (\d+)", str(error))
        problems.append(f"{file.path}{f':{line[1]}' if line else ''}: not TOML: {error}")
        return
    allowed = [setting.name for setting in SETTINGS.values() if not setting.is_secret]
    unknown = [name for name in table if name not in SETTINGS]
    if len(unknown) > _MOST_UNKNOWN:  # to find the line of each would take the square of their number
        problems.append(f"{file.path}: {len(unknown):,} of its names are no settings; give another file")
        return
    for name, value in table.items():
        place = f"{file.path}:{_line_of(name, text)}"
        if name in allowed:
            if isinstance(value, str) and _is_path(SETTINGS[name]) and value:
                value = str(file.path.parent / value)  # noqa: PLW2901 - as it is from here
            yield _Given(SETTINGS[name], place, value, is_text=False, name=name)
        elif name in SETTINGS:
            problems.append(f"{place} {name}: no secret belongs in this file; use write_key_file, or keep the keys in"
                            " the data folder (footfall keys create)")  # fmt: skip
        else:
            problems.append(f"{place} {name}: there is no such setting{_nearest(name, allowed)}")


def _line_of(name: str, text: str) -> int:
    """The line of a key of the topmost table. A text or list over several lines may have others that look like it."""
    sign = re.compile(rf"\s*\[*\s*[\"']?{re.escape(name)}[\"']?\s*[].=]")
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if sign.match(line) and _is_whole("".join(lines[:number])):
            return number + 1
    return 1


def _is_whole(text: str) -> bool:
    try:
        tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return False
    return True


def _converted(given: _Given) -> Any:
    """The value in the setting's type. Raises ValueError, which says what it must be; a secret is not in it."""
    type_ = _without_none(given.setting.type)
    form = inspect.type_info(type_)
    value = given.value
    try:
        if given.is_text:
            value = _read_text(str(value), form)
        converted = msgspec.convert(value, type_, strict=not given.is_text, dec_hook=_path)
        is_right = not isinstance(converted, float) or math.isfinite(converted)
    except (ValueError, OverflowError):
        is_right = False
    if not is_right:
        shown = "" if given.setting.is_secret else f", not {str(given.value)[:_SHOWN]!r}"
        raise ValueError(f"must be {_form(form)}{shown}")
    return tuple(map(SecretText, converted)) if given.setting.is_secret else converted


def _read_text(text: str, form: inspect.Type) -> object:
    if isinstance(form, _LISTS):
        return [part for part in re.split(r"[\s,]+", text) if part]
    if isinstance(form, inspect.BoolType):
        return _WORDS.get(text.strip().lower(), text)
    if isinstance(form, inspect.IntType | inspect.FloatType):
        return text.strip().replace("_", "")  # 20_000_000, as TOML has it
    return text


def _path(type_: type, value: object) -> object:
    if type_ is Path and isinstance(value, str) and value and "\0" not in value:
        return Path(value)
    raise ValueError


def _is_path(setting: Setting) -> bool:
    return _without_none(setting.type) is Path


def _without_none(type_: Any) -> Any:
    """The type of a setting that is set: `Path` for `Path | None`."""
    if type(None) in get_args(type_):
        return next(part for part in get_args(type_) if part is not type(None))
    return type_


def _form(form: inspect.Type) -> str:
    """What a value must be, in words."""
    if isinstance(form, inspect.LiteralType):
        return " or ".join(map(str, form.values))
    if isinstance(form, _LISTS):
        return "a list of texts"
    words = _PLAIN_FORMS.get(type(form), "another value")
    if isinstance(form, inspect.IntType) and form.ge is not None and form.le is not None:
        return f"{words} from {form.ge} to {form.le}"
    return words


def _unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """A typing error in a variable would change nothing, and nobody would notice."""
    variables = [*(setting.variable for setting in SETTINGS.values()), *OTHER_VARIABLES]
    unknown = sorted(name for name in environment if name.startswith(_PREFIX) and name not in variables)
    return [
        f"{name}: there is no such variable, and it has no effect{_nearest_variable(name, variables)}"
        for name in unknown
    ]


def _nearest_variable(name: str, variables: Sequence[str]) -> str:
    # Compared without what all of them begin with, which would make any two alike.
    return _nearest(name.removeprefix(_PREFIX), [v.removeprefix(_PREFIX) for v in variables], _PREFIX)


def _nearest(word: str, names: Sequence[str], prefix: str = "") -> str:
    near = difflib.get_close_matches(word, names, n=1)
    return f" (did you mean {prefix}{near[0]}?)" if near else " (`footfall serve --print-settings` shows every setting)"
