"""Reads a CSV file of campaign costs: every row, or every problem with its line; pure."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from footfall.plan.currencies import ISO_4217
from footfall.plan.problems import did_you_mean
from footfall.printable import printable
from footfall.storage.costs import CampaignCost

__all__ = ["CostFile", "read_costs"]

_NEEDED: Final = ("date", "campaign", "cost", "currency")
_OPTIONAL: Final = ("source", "clicks", "impressions")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_AMOUNT = re.compile(r"[0-9]{1,18}(\.[0-9]{1,9})?", re.ASCII)
_COUNT = re.compile(r"[0-9]{1,18}", re.ASCII)
_LONGEST = 200  # characters of a name
_DELIMITERS = ",;\t"


class CostFile(NamedTuple):
    """The costs of a file, or what is wrong with it, each with its line. `others` are columns that nothing reads."""

    costs: list[CampaignCost]
    problems: list[str]
    others: tuple[str, ...] = ()


class _BadValueError(ValueError):
    """A value that is none of its column; the message says why."""


def read_costs(content: bytes, name: str, now_us: int) -> CostFile:
    """Read a file: `date, campaign, cost, currency`, and where there are `source`, `clicks`, `impressions`.

    The first line names the columns, in any order and case; the values are parted by commas, semicolons or tabs.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return CostFile([], [f"{name}:{line}: it is not UTF-8; save it as CSV UTF-8"])
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader((f"{line}\n" for line in text.split("\n")), delimiter=delimiter, strict=True)
    try:
        header = [column.strip().lower() for column in next(reader, [])]
        problems = _header_problems(header)
        if problems:
            return CostFile([], [f"{name}:1: {problem}" for problem in problems])
        return _read_rows(header, reader, name, now_us)
    except csv.Error as error:
        return CostFile([], [f"{name}:{reader.line_num}: it is no CSV: {error}"])


def _header_problems(header: list[str]) -> list[str]:
    missing = [column for column in _NEEDED if column not in header]
    double = sorted({column for column in header if header.count(column) > 1 and column in (*_NEEDED, *_OPTIONAL)})
    nearest = [did_you_mean(column, [other for other in header if other], "") for column in missing]
    return [
        *(
            f"there is no column {column!r}{f' ({near})' if near else ''}; the columns are {', '.join(_NEEDED)}"
            for column, near in zip(missing, nearest, strict=True)
        ),
        *(f"there are two columns {column!r}" for column in double),
    ]


def _read_rows(header: list[str], reader: Iterator[list[str]], name: str, now_us: int) -> CostFile:
    costs: list[CampaignCost] = []
    problems: list[str] = []
    lines: dict[tuple[str, str, str, str], int] = {}
    others = tuple(column for column in header if column and column not in (*_NEEDED, *_OPTIONAL))
    line = 2
    for row in reader:
        here, line = line, reader.line_num + 1  # type: ignore[attr-defined]  # a reader of csv
        if not any(value.strip() for value in row):
            continue
        if len(row) != len(header):
            problems.append(f"{name}:{here}: it has {len(row)} values, and there are {len(header)} columns")
            continue
        values = dict(zip(header, (value.strip() for value in row), strict=True))
        cost, faults = _cost(values, name, now_us)
        problems += [f"{name}:{here} {fault}" for fault in faults]
        if cost is None:
            continue
        first = lines.setdefault(cost.key, here)
        if first != here:
            problems.append(
                f"{name}:{here}: line {first} has this day, campaign, source and currency too; add them up, or tell "
                "them apart by a column source"
            )
        costs.append(cost)
    return CostFile([] if problems else costs, problems, others)


def _cost(values: Mapping[str, str], name: str, now_us: int) -> tuple[CampaignCost | None, list[str]]:
    faults: list[str] = []
    read: dict[str, Any] = {}
    for column, reads in _READS.items():
        try:
            read[column] = reads(values.get(column, ""))
        except _BadValueError as error:
            faults.append(f"{column}: {error}")
    if faults:
        return None, faults
    day, campaign, source, currency, cost, clicks, impressions = read.values()
    return CampaignCost(day, campaign, source, currency, cost, clicks, impressions, name, now_us), []


def _day(text: str) -> str:
    message = f"{_shown(text)} is no day; write it as 2026-11-30"
    if not _DAY.fullmatch(text):
        raise _BadValueError(message)
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise _BadValueError(message) from None


def _name(text: str) -> str:
    if not text:
        raise _BadValueError("it is empty; name the campaign")
    return _source(text)


def _source(text: str) -> str:
    if len(text) > _LONGEST or not text.isprintable():
        raise _BadValueError(f"{_shown(text)} is no name; it has up to {_LONGEST} characters that can be printed")
    return text


def _currency(text: str) -> str:
    if text.upper() not in ISO_4217:
        remedy = did_you_mean(text.upper(), ISO_4217, "write a code such as EUR")
        raise _BadValueError(f"{_shown(text)} is no currency; {remedy}")
    return text.upper()


def _amount(text: str) -> Decimal:
    if not _AMOUNT.fullmatch(text):
        raise _BadValueError(f"{_shown(text)} is no amount from 0 on; write it as 1234.50, without a sign or a group")
    return Decimal(text)


def _count(text: str) -> int | None:
    if not text:
        return None
    if not _COUNT.fullmatch(text):
        raise _BadValueError(f"{_shown(text)} is no whole number from 0 on")
    return int(text)


def _shown(text: str) -> str:
    return repr(printable(text[:40])) if text else "nothing"


# In the order of CampaignCost.
_READS: Final = {
    "date": _day,
    "campaign": _name,
    "source": _source,
    "currency": _currency,
    "cost": _amount,
    "clicks": _count,
    "impressions": _count,
}
