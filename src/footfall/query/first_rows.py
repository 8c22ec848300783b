"""How many rows of a view a query needs that asks for some of the first ones, whichever they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["first_rows"]

# What says more than which rows and columns of one table, by its name in a parsed SELECT.
_MORE = ("where_clause", "group_expressions", "group_sets", "having", "sample", "qualify")


def first_rows(select: Mapping[str, Any]) -> int | None:
    """So many rows of its view are enough for a SELECT, as DuckDB parsed it; None where all may be needed.

    It takes columns of one view as they are, with a LIMIT and nothing else: such a query has any of the rows.
    """
    table, modifiers = select.get("from_table") or {}, list(select.get("modifiers") or ())
    if select.get("type") != "SELECT_NODE" or table.get("type") != "BASE_TABLE" or len(modifiers) != 1:
        return None
    if select["aggregate_handling"] != "STANDARD_HANDLING":  # GROUP BY ALL
        return None
    if table["sample"] or any(select[name] for name in _MORE) or not all(map(_is_plain, select["select_list"])):
        return None
    (limit,) = modifiers
    if limit["type"] != "LIMIT_MODIFIER" or limit["limit_type"] != "ROW_COUNT":
        return None
    numbers = [_number(limit["limit"]), 0 if limit["offset"] is None else _number(limit["offset"])]
    return None if None in numbers else sum(number for number in numbers if number is not None)


def _is_plain(item: Mapping[str, Any]) -> bool:
    """Whether it is columns as they are, or a value: no function, which might count rows."""
    if item["class"] == "STAR":
        return not (item["columns"] or item["expr"] or item["replace_list"])
    return item["class"] in ("COLUMN_REF", "CONSTANT")


def _number(expression: Mapping[str, Any] | None) -> int | None:
    literal = (expression or {}).get("literal") or {}
    return int(literal["text"]) if literal.get("kind") == "INTEGER" else None
