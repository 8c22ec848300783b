"""The words of JSON Schema that a plan says too, as tables that both directions read.

JSON Schema: drafts 4 to 2020-12 (https://json-schema.org/specification). Where the drafts differ, the newer spelling is
written and both are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = [
    "ANNOTATIONS",
    "ASIDE",
    "FORMAT_ALIASES",
    "FORMAT_TYPES",
    "MAX_DEPTH",
    "NON_NULL",
    "TYPE_ALIASES",
    "TYPE_HINTS",
]

ASIDE: Final = "x_json_schema"
"""The key that keeps what the plan format cannot say."""

MAX_DEPTH: Final = 16
"""How many objects, arrays and maps may be inside one another; what is deeper is kept aside."""

NON_NULL: Final = ("string", "number", "boolean", "object", "array")
"""The types of every JSON value that is not null; integers are numbers."""

ANNOTATIONS: Final[Mapping[str, str]] = {
    "title": "x_title", "default": "x_default", "$comment": "x_comment", "$id": "x_id", "id": "x_schema_id",
    "deprecated": "x_deprecated", "readOnly": "x_read_only", "writeOnly": "x_write_only", "example": "x_example",
    "contentEncoding": "x_content_encoding", "contentMediaType": "x_content_media_type", "labels": "x_labels",
    "version": "x_version", "$anchor": "x_anchor",
}  # fmt: skip
"""Keyword that checks nothing -> the free key of the plan that keeps it."""

FORMAT_TYPES: Final[Mapping[str, str]] = {"date-time": "datetime", "date": "date", "uuid": "uuid"}
"""Format that a plan has a type for -> the type."""

FORMAT_ALIASES: Final[Mapping[str, str]] = {
    "datetime": "date-time", "timestamp": "date-time", "guid": "uuid", "host-name": "hostname", "ip-address": "ipv4",
}  # fmt: skip

TYPE_ALIASES: Final[Mapping[str, Mapping[str, Any]]] = {
    "bool": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "date-time": {"type": "string", "format": "date-time"},
    "double": {"type": "number"},
    "float": {"type": "number"},
    "int": {"type": "integer"},
    "list": {"type": "array"},
    "long": {"type": "integer"},
    "text": {"type": "string"},
    "timestamp": {"type": "string", "format": "date-time"},
    "uuid": {"type": "string", "format": "uuid"},
}
"""Words that are written as a `type` and are none -> what is meant."""

TYPE_HINTS: Final[Mapping[str, str]] = {
    "properties": "object", "additionalProperties": "object", "patternProperties": "object", "required": "object",
    "items": "array", "minItems": "array", "maxItems": "array", "uniqueItems": "array",
    "pattern": "string", "minLength": "string", "maxLength": "string", "format": "string",
    "minimum": "number", "maximum": "number", "exclusiveMinimum": "number", "exclusiveMaximum": "number",
    "multipleOf": "number",
}  # fmt: skip
"""Keyword -> the only type that it says something about, for schemas that leave the type out."""
