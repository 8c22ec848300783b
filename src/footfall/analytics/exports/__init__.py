"""Exports: stored messages with the person of each and why, one row a message, in files for other tools."""

from __future__ import annotations

from footfall.analytics.exports.columns import COLUMNS
from footfall.analytics.exports.days import DayFiles, write_days
from footfall.analytics.exports.formats import (
    FORMATS,
    Writer,
    csv_cell,
    write_csv,
    write_excel_csv,
    write_jsonl,
    write_parquet,
)
from footfall.analytics.exports.rows import body_parts
from footfall.analytics.exports.selection import Selection
from footfall.analytics.exports.stream import MessageStream

__all__ = [
    "COLUMNS",
    "FORMATS",
    "DayFiles",
    "MessageStream",
    "Selection",
    "Writer",
    "body_parts",
    "csv_cell",
    "write_csv",
    "write_days",
    "write_excel_csv",
    "write_jsonl",
    "write_parquet",
]
