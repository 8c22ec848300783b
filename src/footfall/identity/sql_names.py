"""Names of persons, and the ids made of them, as DuckDB SQL."""

from __future__ import annotations

from uuid import UUID

__all__ = ["json_array_sql", "uuid5_sql"]

_SHORT = {8: "b", 9: "t", 10: "n", 12: "f", 13: "r"}
# The backslash comes first, for the others bring one. Escapes are in lower case, which DuckDB's own JSON is not.
_ESCAPES = (
    ("'\\'", "\\\\"),
    ("'\"'", '\\"'),
    *((f"chr({code})", f"\\{_SHORT[code]}" if code in _SHORT else f"\\u{code:04x}") for code in range(0x20)),
)


def json_array_sql(*expressions: str) -> str:
    """The compact JSON of an array of texts: UTF-8, escaped only where it must be."""
    return "'[' || " + " || ',' || ".join(map(_json_sql, expressions)) + " || ']'"


def _json_sql(expression: str) -> str:
    escaped = expression
    for character, escape in _ESCAPES:
        escaped = f"replace({escaped}, {character}, '{escape}')"
    # Next to no text needs an escape, and each replacement would read it once more.
    is_plain = f"NOT regexp_matches({expression}, '[\\x00-\\x1f\\\\\"]')"
    return f"""'"' || CASE WHEN {is_plain} THEN {expression} ELSE {escaped} END || '"'"""


def uuid5_sql(ns: UUID, expression: str) -> str:
    """`str(uuid.uuid5(ns, expression))` as DuckDB text (RFC 9562, section 5.5: SHA-1, then version and variant)."""
    blob = "".join(f"\\x{byte:02X}" for byte in ns.bytes)
    digest = f"sha1('{blob}'::BLOB || encode({expression}))"
    # Of the hex digit that carries the variant only the two lower bits are the digest's; DuckDB hashes once for all.
    variant = f"translate(substr({digest}, 17, 1), '0123456789abcdef', '89ab89ab89ab89ab')"
    return (
        f"concat(substr({digest}, 1, 8), '-', substr({digest}, 9, 4), '-5', substr({digest}, 14, 3), '-', {variant},"
        f" substr({digest}, 18, 3), '-', substr({digest}, 21, 12))"
    )
