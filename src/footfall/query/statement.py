"""Reads SQL before it runs: one SELECT, which names views alone. DuckDB's own parser says what is in it.

What is not on the lists here is refused, so that a new kind of statement or function of a newer DuckDB is too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from footfall.errors import UsageError
from footfall.query.failures import clear_error
from footfall.query.first_rows import first_rows
from footfall.query.sql_text import nearest, place_of
from footfall.query.views import SqlView, fold

if TYPE_CHECKING:
    import duckdb

__all__ = ["Statement", "read_statement"]

_NODES = {"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"}
_TABLES = {"BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EMPTY", "EXPRESSION_LIST", "PIVOT", "COLUMN_DATA"}
_PARTS = {
    "ORDER_MODIFIER", "LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER", "DISTINCT_MODIFIER",
    "ORDER_DEFAULT", "ASCENDING", "DESCENDING",
}  # fmt: skip
_WORDS = {
    "INSERT_QUERY_NODE": "INSERT", "UPDATE_QUERY_NODE": "UPDATE", "DELETE_QUERY_NODE": "DELETE",
    "MERGE_QUERY_NODE": "MERGE", "SHOW_REF": "SHOW, DESCRIBE or SUMMARIZE",
}  # fmt: skip
_TABLE_FUNCTIONS = {"range", "generate_series", "unnest", "json_each", "json_tree", "repeat"}
# They reach the settings, the log, the clock of the process, or what an earlier query left.
_OTHER_FUNCTIONS = {
    "current_setting", "currval", "getenv", "getvariable", "nextval", "pg_sleep", "set_config", "setseed", "setval",
    "sleep_ms", "write_log",
}  # fmt: skip
_NOWHERE = 2**63  # DuckDB's place of what has none lies above it


class Statement(msgspec.Struct, frozen=True):
    """A SELECT as DuckDB understands it.

    `views` are those that it names, `words` every name in it, folded. `takes_all` says that it may use columns that it
    does not name. `places` has the first place of each name of a column. So many of the first `rows` of its view are
    enough; None for all.
    """

    sql: str
    views: tuple[SqlView, ...]
    words: frozenset[str]
    takes_all: bool
    places: Mapping[str, str]
    rows: int | None = None


def read_statement(connection: duckdb.DuckDBPyConnection, sql: str, views: Mapping[str, SqlView]) -> Statement:
    """What one SELECT reads. Raises UsageError for all other SQL, and for a table that is no view, with its place."""
    if not isinstance(sql, str):
        raise UsageError(f"a query is the text of one SELECT, and this is {type(sql).__name__}")
    kind = _kind(connection, sql)
    (text,) = connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchall()[0]
    tree = msgspec.json.decode(text)
    if kind != "SELECT" or tree["error"] or len(tree["statements"]) != 1:
        raise UsageError(f"only SELECT reads the data, and this is {_name(kind)}; write one SELECT")
    nodes = list(_walk(tree["statements"]))
    for node in nodes:
        _check(node, sql)
    rows = first_rows(tree["statements"][0]["node"])
    return msgspec.structs.replace(_statement(sql, nodes, views), rows=rows)


def _kind(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    import duckdb  # loaded with the engine

    try:
        sql.encode()
        statements = connection.extract_statements(sql)
    except UnicodeEncodeError:
        raise UsageError("the query is no text in UTF-8; write it in UTF-8") from None
    except duckdb.Error as error:
        raise clear_error(error) from error
    if not statements:
        raise UsageError("the query is empty; write one SELECT, such as: select count(*) from messages")
    if len(statements) > 1:
        raise UsageError(f"there are {len(statements)} statements; write one SELECT at a time")
    return statements[0].type.name


def _name(kind: str) -> str:
    return "PIVOT or the like" if kind in {"SELECT", "MULTI"} else kind.replace("_", " ")


def _remedy(type_: str) -> str:
    return f"write one SELECT{'; footfall sql without a query lists the views' if type_ == 'SHOW_REF' else ''}"


def _walk(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object of a tree, without recursion: DuckDB's own limit on nesting is higher than Python's."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            yield item
            waiting += reversed(item.values())
        elif isinstance(item, list):
            waiting += reversed(item)


def _check(node: Mapping[str, Any], sql: str) -> None:
    """Raise UsageError for a part of a tree that does more than read the views."""
    type_ = node.get("type")
    if isinstance(type_, str) and "class" not in node and type_ not in _NODES | _TABLES | _PARTS:
        if type_.endswith(("_TYPE_INFO", "_JOIN")):
            return
        what = _WORDS.get(type_, type_.replace("_", " "))
        raise UsageError(f"{_at(node, sql)}only SELECT reads the data, and this is {what}; {_remedy(type_)}")
    function = node.get("function")
    if type_ == "TABLE_FUNCTION" and isinstance(function, dict):
        name = str(function.get("function_name"))
        if fold(name) not in _TABLE_FUNCTIONS:
            raise UsageError(
                f"{_at(node, sql)}{name}() is no view and reads outside of the data; of functions FROM takes "
                f"{', '.join(sorted(_TABLE_FUNCTIONS))}"
            )
    if node.get("class") in {"FUNCTION", "WINDOW"} and fold(str(node.get("function_name"))) in _OTHER_FUNCTIONS:
        raise UsageError(f"{_at(node, sql)}{node['function_name']}() does more than read the data; leave it out")


def _statement(sql: str, nodes: list[Mapping[str, Any]], views: Mapping[str, SqlView]) -> Statement:
    own = {fold(item["key"]) for node in nodes for item in _common_tables(node)}
    named: dict[str, SqlView] = {}
    rows: set[str] = set()  # names by which a whole row can be asked for
    alone: set[str] = set()
    takes_all = False
    words: set[str] = set()
    places: dict[str, str] = {}
    by_all = {id(node["expression"]) for node in nodes if "null_order" in node and _is_all(node["expression"])}
    for node in nodes:
        words.update(fold(value) for value in _texts(node))
        if node.get("type") == "BASE_TABLE":
            rows |= {fold(node["table_name"]), fold(node.get("alias") or "")}
            name = fold(node["table_name"])
            if name in views and _is_ours(node):
                named[name] = views[name]
            elif name not in own or not _is_ours(node):
                raise UsageError(_no_table(node, sql, views))
        takes_all = takes_all or (_takes_all(node) and id(node) not in by_all)
        if node.get("class") == "COLUMN_REF":
            names = [fold(part) for part in node["column_names"]]
            for name in names:
                places.setdefault(name, _at(node, sql))
            alone.update(names if len(names) == 1 else ())
    takes_all = takes_all or not rows.isdisjoint(alone)
    return Statement(sql, tuple(named.values()), frozenset(words), takes_all, places)


def _takes_all(node: Mapping[str, Any]) -> bool:
    """Whether a part of a tree uses columns by something other than their names."""
    return (
        node.get("class") in {"STAR", "POSITIONAL_REFERENCE"}
        or node.get("type") == "PIVOT"
        or node.get("ref_type") == "NATURAL"
        or bool(node.get("column_name_alias"))
    )


def _is_all(expression: Mapping[str, Any]) -> bool:
    """Whether it is the ALL of ORDER BY ALL, which is what is selected; COLUMNS(*) has a place in the query."""
    return expression["class"] == "STAR" and expression["expr"] is None and expression["query_location"] > _NOWHERE


def _common_tables(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    tables = node.get("cte_map")
    names = tables["map"] if isinstance(tables, dict) else []
    return [*names, {"key": node["cte_name"]}] if isinstance(node.get("cte_name"), str) else names


def _texts(node: Mapping[str, Any]) -> Iterator[str]:
    for value in node.values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from (item for item in value if isinstance(item, str))


def _is_ours(node: Mapping[str, Any]) -> bool:
    return not node.get("catalog_name") and fold(node.get("schema_name") or "main") == "main"


def _no_table(node: Mapping[str, Any], sql: str, views: Mapping[str, SqlView]) -> str:
    name = ".".join(part for part in (node.get("catalog_name"), node.get("schema_name"), node["table_name"]) if part)
    return f"{_at(node, sql)}there is no view {name!r}; {nearest(name, [view.name for view in views.values()])}"


def _at(node: Mapping[str, Any], sql: str) -> str:
    offset = node.get("query_location")
    return place_of(sql, offset) if isinstance(offset, int) and offset < _NOWHERE else ""
