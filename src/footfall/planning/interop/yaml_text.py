"""Writes plain values as the YAML that a plan is read from: blocks, one key a line, and no word read as another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from footfall.planning.profiling.inferred_plan import quoted

__all__ = ["yaml_text"]

# Other tools may still read YAML 1.1 (https://yaml.org/type/bool.html), in which these are no text.
_FLAGS_OF_YAML_1_1 = frozenset(("n", "no", "off", "on", "y", "yes"))
_WORDS: Mapping[Any, str] = {None: "null", True: "true", False: "false"}


def yaml_text(value: Mapping[str, Any]) -> str:
    """A map of plain values (maps, lists, text, numbers, Decimal, true, false, null) as a YAML document."""
    return "".join(f"{line}\n" for line in _map(value, ""))


def _text(text: str) -> str:
    return f'"{text}"' if text.lower() in _FLAGS_OF_YAML_1_1 else quoted(text)


def _map(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, inner in value.items():
        yield from _entry(f"{indent}{_text(str(key))}:", inner, f"{indent}  ")


def _entry(head: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        yield head
        yield from _map(value, indent)
    elif isinstance(value, list | tuple) and value:
        if all(not isinstance(each, Mapping | list | tuple) for each in value):
            yield f"{head} [{', '.join(_scalar(each) for each in value)}]"
            return
        yield head
        for each in value:
            yield from _item(each, indent)
    else:
        yield f"{head} {_scalar(value)}"


def _item(value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        first, *rest = _map(value, f"{indent}  ")
        yield f"{indent}- {first.lstrip(' ')}"
        yield from rest
    else:
        yield from _entry(f"{indent}-", value, f"{indent}  ")


def _scalar(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return "{}"
    return "[]" if isinstance(value, list | tuple) else _text(str(value))
