"""Writes a plan as a Python module: one frozen, keyword-only msgspec Struct per event, ready for `client.track(...)`.

A property that is not required is UNSET unless it is given, so that absent and null stay different; None is null where
the plan has it, and else nothing. Any sequence is taken for an array. A time without its zone is refused when the
object is made: it names no moment, and only the line that makes it can say which was meant. Fields that cannot have
their name on the wire are renamed there and back by the class itself.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence

from footfall.errors import PlanError, Problem
from footfall.plan.bundle import bundle_hash
from footfall.plan.model import Event, Plan, Property
from footfall.planning.codegen.names import IMPORTED, class_name, field_name
from footfall.planning.codegen.types import annotation, quoted
from footfall.planning.codegen.wording import event_facts, limits, notes
from footfall.planning.words import first_free

__all__ = ["python_module"]

_WIDTH = 116
_INDENT = "    "
# What msgspec does not take as the name of a field on the wire.
_UNFIT = re.compile(r'["\\\x00-\x1f\ud800-\udfff]')
_SOURCES = (
    ("import datetime as _dt", "_dt"),
    ("from collections.abc import {}", "Mapping", "Sequence"),
    ("from decimal import {}", "Decimal"),
    ("from typing import {}", "Annotated", "Any", "ClassVar", "Literal"),
    ("from uuid import {}", "UUID"),
    ("from msgspec import {}", "UNSET", "Meta", "Struct", "UnsetType"),
    ("from msgspec.structs import {}", "force_setattr"),
)
# What the classes of a module share; each part is written if a class needs it.
_SETTLE = '''\
def _settle(event: Struct, optional: Sequence[str]) -> None:
    """None for what is not required, and cannot be null, is nothing."""
    for name in optional:
        if getattr(event, name) is None:
            force_setattr(event, name, UNSET)'''
_KINDS = """\
_ARRAY: Any = Sequence
_MAP: Any = Mapping
_TEXT: Any = (str, bytes)"""
_SETTLE_ARRAYS = '''\
def _settle_arrays(event: Struct, arrays: Sequence[str]) -> None:
    """Any sequence is an array, but no text is."""
    for name in arrays:
        value: object = getattr(event, name)
        if isinstance(value, _TEXT):
            raise TypeError(f"{type(event).__name__}.{name} takes a sequence, not a text")
        force_setattr(event, name, _as_tuples(value))


def _as_tuples(value: Any) -> Any:
    if isinstance(value, _TEXT):
        return value
    if isinstance(value, _ARRAY):
        return tuple([_as_tuples(item) for item in value])
    if isinstance(value, _MAP):
        return {key: _as_tuples(item) for key, item in value.items()}
    return value'''
_CHECK_TIMES = '''\
def _check_times(event: Struct, times: Sequence[str]) -> None:
    """A time without its zone names no moment."""
    for name in times:
        for moment in _times_in(getattr(event, name)):
            if moment.utcoffset() is None:
                raise ValueError(
                    f"{type(event).__name__}.{name}: {moment!r} has no time zone, so it names no moment; "
                    "use datetime.now(UTC), or say the zone with tzinfo"
                )


def _times_in(value: Any) -> list[_dt.datetime]:
    if isinstance(value, _dt.datetime):
        return [value]
    if isinstance(value, _MAP):
        value = tuple(value.values())
    if isinstance(value, _TEXT) or not isinstance(value, _ARRAY):
        return []
    return [moment for item in value for moment in _times_in(item)]'''


def python_module(plan: Plan) -> str:
    """The text of the module: the same for the same plan.

    Raises PlanError when a name on the wire cannot be that of a field (quotes, backslashes, control characters).
    """
    classes = _Classes()
    for event in plan.events.values():
        classes.event(event)
    if classes.problems:
        raise PlanError(classes.problems)
    shared = [text for text in (_SETTLE, _SETTLE_ARRAYS, _CHECK_TIMES) if _called(text, classes.texts)]
    shared = [_KINDS, *shared] if any("_MAP" in text for text in shared) else shared
    body = "\n\n\n".join([*shared, *classes.texts])
    imports = [line for line in (_import(source, body) for source in _SOURCES) if line]
    standard = [line for line in imports if not line.startswith("from msgspec")]
    msgspec = ["\n".join(line for line in imports if line.startswith("from msgspec"))]
    head = (
        f'"""The events of the plan {_in_docstring(plan.id)}, made from it by `footfall plan codegen python`.\n\n'
        f'Not to be edited: change the plan, and make it anew.\nbundle: {bundle_hash(plan)}\n"""\n'
        "# fmt: off\n# ruff: noqa"
    )
    exported = "\n".join(f"{_INDENT}{quoted(name)}," for name in sorted(classes.names))
    names = f"__all__ = [\n{exported}\n]" if exported else "__all__: list[str] = []"
    return (
        "\n\n".join(part for part in (head, "\n".join(standard), *msgspec, names, f"\n{body}") if part.strip()) + "\n"
    )


def _import(source: Sequence[str], body: str) -> str:
    form, *names = source
    used = [name for name in names if re.search(rf"\b{name}\b", body)]
    return form.format(", ".join(used)) if used else ""


def _called(function: str, texts: Sequence[str]) -> bool:
    call = f"{function[4 : function.index('(')]}("
    return any(f"{_INDENT * 2}{call}" in text for text in texts)


def _post_init(fields: Mapping[str, Property]) -> list[str]:
    """The lines of `__post_init__`, none where nothing is to be done."""
    rows: tuple[tuple[str, Callable[[Property], bool]], ...] = (
        ("_settle", lambda prop: not prop.required and not prop.nullable),
        ("_settle_arrays", lambda prop: _has_values_of(prop, "array")),
        ("_check_times", lambda prop: _has_values_of(prop, "datetime")),
    )
    calls = []
    for function, applies in rows:
        names = [quoted(field) for field, prop in fields.items() if applies(prop)]
        if names:
            calls.append(f"{_INDENT * 2}{function}(self, ({', '.join(names)},))")
    return ["", f"{_INDENT}def __post_init__(self) -> None:", *calls] if calls else []


def _has_values_of(prop: Property, kind: str) -> bool:
    """Whether a field has values of a type, other than inside an object, which has its own class."""
    inside = [part for part in (prop.items, prop.values) if part is not None]
    return kind in (prop.type, *prop.types) or any(_has_values_of(part, kind) for part in inside)


class _Classes:
    """The classes of a module in order: what an event needs comes before it."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.names: set[str] = set()
        self.problems: list[Problem] = []

    def _name(self, name: str) -> str:
        name = first_free(name, self.names | IMPORTED, "")
        self.names.add(name)
        return name

    def event(self, event: Event) -> None:
        name = self._name(class_name(event.name))
        facts = (f"{label}: {text}" for label, text in event_facts(event))
        rules = (
            f"Rule {rule.id}: {rule.check}" + (f" ({rule.message})" if rule.message else "") for rule in event.rules
        )
        about = [event.description or f"The event {event.name}.", "", *facts, *rules]
        event_line = f"__footfall_event__: ClassVar[str] = {quoted(event.wire_name)}"
        whole = Property(type="object", properties=event.properties, additional=event.additional)
        self._struct(name, about, whole, event.name, first=event_line)

    def _object(self, prop: Property, hint: str, where: str) -> str:
        name = self._name(hint)
        self._struct(name, [prop.description or f"A value of `{where}`."], prop, where)
        return name

    def _struct(self, name: str, about: Sequence[str], whole: Property, where: str, *, first: str = "") -> None:
        renamed: dict[str, str] = {}
        fields: list[str] = []
        properties: dict[str, Property] = {}
        for prop in whole.properties:
            inside = f"{where}.{prop.name}"
            field = first_free(field_name(prop.name), properties, "")
            properties[field] = prop
            wire_name = prop.wire_name or prop.name
            if wire_name != field:
                renamed[field] = wire_name
            if _UNFIT.search(wire_name):
                self.problems.append(_unfit(wire_name, inside))
            fields += self._field(field, prop, f"{name}{class_name(prop.name)}", inside)
        options = "frozen=True, kw_only=True" + ("" if whole.additional is True else ", forbid_unknown_fields=True")
        lines = [f"class {name}(Struct, {options}{_rename(renamed)}):", *_docstring(about)]
        lines += ["", f"{_INDENT}{first}"] if first else []
        self.texts.append("\n".join([*lines, *fields, *_post_init(properties)]))

    def _field(self, field: str, prop: Property, hint: str, where: str) -> Iterator[str]:
        kind = annotation(prop, lambda inner: self._object(inner, _inner_hint(prop, inner, hint), where))
        if not prop.required:
            kind = f"{kind.removesuffix(' | None')} | UnsetType{'' if kind == 'Any' else ' | None'} = UNSET"
        yield ""
        yield f"{_INDENT}{field}: {kind}"
        more = "; ".join((*limits(prop), *notes(prop)))
        paragraphs = [part for part in (prop.description, more[:1].upper() + more[1:]) if part]
        if paragraphs:
            yield from _docstring(["\n\n".join(paragraphs)])


def _inner_hint(outer: Property, inner: Property, hint: str) -> str:
    """The class of an item of an array, or of a value of a map: by itself it would have the container's name."""
    if outer is inner:
        return hint
    return f"{hint}Value" if outer.type == "map" else f"{hint}Item"


def _rename(renamed: dict[str, str]) -> str:
    if not renamed:
        return ""
    return ", rename={" + ", ".join(f"{quoted(field)}: {quoted(name)}" for field, name in renamed.items()) + "}"


def _unfit(wire_name: str, where: str) -> Problem:
    message = f"the wire name {wire_name!r} cannot be the name of a field"
    return Problem("unfit_wire_name", message, where=where, remedy="no quotes, backslashes or control characters")


def _docstring(paragraphs: Sequence[str]) -> list[str]:
    lines: list[str] = []
    for paragraph in paragraphs:
        for line in _in_docstring(paragraph).splitlines() or [""]:
            lines += textwrap.wrap(line, _WIDTH - len(_INDENT), break_long_words=False, break_on_hyphens=False) or [""]
    while lines and not lines[-1]:
        lines.pop()
    if len(lines) == 1 and len(lines[0]) < _WIDTH - 10 and not lines[0].endswith('"'):
        return [f'{_INDENT}"""{lines[0]}"""']
    return [f'{_INDENT}"""{lines[0]}', *(f"{_INDENT}{line}" if line else "" for line in lines[1:]), f'{_INDENT}"""']


def _in_docstring(text: str) -> str:
    """A text that means itself between triple quotes: nothing ends them, nothing is an escape, all can be seen."""
    safe = (
        text.replace("\\", "\\\\").replace('"', '\\"')
        if '"""' in text or text.endswith('"')
        else text.replace("\\", "\\\\")
    )
    return "".join(
        character if character == "\n" or character.isprintable() else repr(character)[1:-1] for character in safe
    )
