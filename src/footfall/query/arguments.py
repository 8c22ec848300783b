"""The arguments of a question in Python: checked by their types before anything reads them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import cache, wraps
from types import UnionType
from typing import Any, Final, Literal, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from footfall.errors import UsageError
from footfall.plan.durations import format_duration

__all__ = ["checks_arguments", "read_argument"]

P = ParamSpec("P")
R = TypeVar("R")

_LISTS: Final = {Sequence, Collection, tuple, list, set, frozenset}
_UNIONS: Final = {Union, UnionType}
_PYTHON: Final = {"`": "", "null": "None", "array": "list", "Expected": "expected"}
_WORDS: Final = re.compile("`|\\bnull\\b|\\barray\\b|Expected")
_TIMES: Final = {"since", "until", "now"}
"""What `footfall.plan.written_times` reads and checks."""


def checks_arguments(options: Callable[..., Any] | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Check each argument of a method by its annotation, and its `**options` by those of the function that reads them.

    See `read_argument`. Raises UsageError in one line.
    """

    def checking(method: Callable[P, R]) -> Callable[P, R]:
        @wraps(method)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            bound = inspect.signature(method).bind(*args, **kwargs)
            types = {**({} if options is None else _types(options)), **_types(method)}
            for values in (bound.arguments, bound.arguments.get("options", {})):
                for name in values:
                    if name in types and name not in _TIMES:
                        values[name] = read_argument(name, values[name], types[name])
            return method(*bound.args, **bound.kwargs)

        return call

    return checking


def read_argument(name: str, value: Any, type_: Any) -> Any:
    """The value as an argument of this type: one text is a list of one, a timedelta the text of a duration.

    Raises UsageError for a value that the type does not have.
    """
    kinds = (type_, *get_args(type_)) if get_origin(type_) in _UNIONS else (type_,)
    origins = {get_origin(kind) for kind in kinds}
    if origins & _LISTS and value is not None:
        if isinstance(value, str | msgspec.Struct):
            value = (value,)
        elif isinstance(value, Iterable) and not isinstance(value, Mapping | list | tuple):
            value = tuple(value)
    elif Mapping in origins and isinstance(value, Mapping):
        value = {key: _as_text(name, each) for key, each in value.items()}
    elif str in kinds:
        value = _as_text(name, value)
    try:
        msgspec.convert(value, type_)
    except msgspec.ValidationError as error:
        choices = [repr(choice) for kind in kinds if get_origin(kind) is Literal for choice in get_args(kind)]
        remedy = f"it is {' or '.join(choices)}" if choices else _WORDS.sub(lambda word: _PYTHON[word[0]], str(error))
        raise UsageError(f"{name} cannot be {value!r}: {remedy}") from None
    return value


def _as_text(name: str, value: Any) -> Any:
    if not isinstance(value, timedelta):
        return value
    if value % timedelta(seconds=1) or value <= timedelta():
        raise UsageError(f"{name} is {value!r}; a duration is one or more whole seconds")
    return format_duration(value // timedelta(seconds=1))


@cache
def _types(function: Callable[..., Any]) -> Mapping[str, Any]:
    """The types of the arguments by name; where it takes any others, those are of the options that it returns."""
    types = get_type_hints(function)
    result = types.pop("return", None)
    rest = {} if isinstance(function, type) else inspect.signature(function).parameters
    if any(each.kind is inspect.Parameter.VAR_KEYWORD for each in rest.values()):
        types.pop("options", None)
        if isinstance(result, type) and issubclass(result, msgspec.Struct):
            types = {**get_type_hints(result), **types}
    return {name: type_ for name, type_ in types.items() if name != "plan" and _is_checkable(type_)}


def _is_checkable(type_: Any) -> bool:
    try:
        msgspec.convert(None, type_)
    except msgspec.ValidationError:
        pass
    except TypeError:  # a type of which msgspec has no values
        return False
    return type_ not in (Any, object)
