"""Sections: how a question lays out its answer, as values that `reporting` writes as text, Markdown or a page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

from footfall.analytics.window import Window

__all__ = [
    "Amount",
    "Bar",
    "Bounds",
    "Cell",
    "Command",
    "Elapsed",
    "FigureDefinition",
    "Period",
    "Phrase",
    "Rest",
    "Section",
    "Table",
    "TableRow",
    "TargetMet",
    "Tone",
    "Value",
    "WindowLength",
    "alarm",
    "plain",
    "quiet",
    "strong",
]  # fmt: skip

Tone = Literal["plain", "strong", "quiet", "alarm", "notice"]


class Amount(msgspec.Struct, frozen=True):
    """A figure. `rounded` says that `value` is only its first digits; `is_share` that it reads best in percent."""

    value: Decimal | None
    is_share: bool = False
    rounded: bool = False
    unit: str = ""


class Bounds(msgspec.Struct, frozen=True):
    """What a figure should be: at least, at most, or both; `unit` has its words, such as `EUR` or `per day`."""

    least: Decimal | int | None
    most: Decimal | int | None = None
    is_share: bool = False
    unit: str = ""


class TargetMet(msgspec.Struct, frozen=True):
    """Whether a target is met; None where nobody can say."""

    met: bool | None


class Bar(msgspec.Struct, frozen=True):
    """How much of the whole a part is, to be seen at a glance."""

    part: int
    whole: int


class Elapsed(msgspec.Struct, frozen=True):
    """How long something took, in seconds."""

    seconds: Decimal | None


class Period(msgspec.Struct, frozen=True):
    """An hour, a day, a week or a month, by its first moment."""

    start: datetime
    per: Literal["hour", "day", "week", "month"]


class WindowLength(msgspec.Struct, frozen=True):
    """How long a window is."""

    window: Window
    now: datetime


class Command(msgspec.Struct, frozen=True):
    """What to run; `{data}` in it is the reader's name for the data."""

    text: str


class Rest(msgspec.Struct, frozen=True):
    """How many rows a table leaves out; `noun` is what one of them is called."""

    count: int
    noun: str


Value = str | int | datetime | Amount | Bounds | TargetMet | Bar | Elapsed | Period | WindowLength | Command | Rest


class Phrase(msgspec.Struct, frozen=True):
    """Values one after another, in one tone. Texts may have line breaks."""

    values: tuple[Value, ...]
    tone: Tone = "plain"


Cell = Sequence[Phrase]


class FigureDefinition(msgspec.Struct, frozen=True):
    """What was counted, when, whose, and what was left out; `name` is of what it is the definition."""

    name: str
    text: str


class TableRow(msgspec.Struct, frozen=True):
    """A row of a table, which may have fewer cells than there are columns. `is_whole`: its first cell is one line."""

    cells: Sequence[Cell]
    definition: FigureDefinition | None = None
    is_whole: bool = False


class Table(msgspec.Struct, frozen=True):
    """Rows under the names of their columns. The first column names what a row is about; without names, no head."""

    columns: Sequence[str]
    rows: Sequence[TableRow]


class Section(msgspec.Struct, frozen=True):
    """A heading with a few words beside and below it, a table, and remarks.

    `tone` is that of the heading. A definition of the whole section is here, that of one row is in the row.
    """

    title: str
    beside: Cell = ()
    about: str = ""
    table: Table | None = None
    remarks: Sequence[Cell] = ()
    definition: FigureDefinition | None = None
    tone: Tone = "strong"


def plain(*values: Value) -> Phrase:
    """Values as any other text."""
    return Phrase(values)


def strong(*values: Value) -> Phrase:
    """The name of a row, or its main figure."""
    return Phrase(values, "strong")


def quiet(*values: Value) -> Phrase:
    """What explains a figure."""
    return Phrase(values, "quiet")


def alarm(*values: Value) -> Phrase:
    """What somebody should look into."""
    return Phrase(values, "alarm")
