"""Annotations: the client or object that an annotation promises."""

from __future__ import annotations

import ast

from footfall.planning.scan.classes import carries_event, is_enum, is_protocol
from footfall.planning.scan.frame import CodeFrame
from footfall.planning.scan.values import Choice, Class, Instance, SdkClient, Value, join_values

__all__ = ["from_annotation"]

_WRAPPED = frozenset({"Optional", "Union", "Annotated", "Final", "ClassVar"})


def from_annotation(frame: CodeFrame, node: ast.expr | None) -> Value | None:
    """The client or object that an annotation promises; None for every other annotation."""
    if node is None:
        return None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            return from_annotation(frame, ast.parse(node.value, mode="eval").body)
        except (SyntaxError, ValueError, RecursionError):
            return None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _one_of(frame, [node.left, node.right])
    if isinstance(node, ast.Subscript):
        name = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
        if name not in _WRAPPED:
            return None
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return _one_of(frame, parts if name == "Union" else parts[:1])
    if not isinstance(node, ast.Name | ast.Attribute):
        return None
    value = frame.value(node)
    return _instance_of(frame, value)


def _one_of(frame: CodeFrame, parts: list[ast.expr]) -> Value | None:
    """What one of several annotations promises: nothing unless all do, but for None; one client is enough."""
    nodes = [part for part in parts if not (isinstance(part, ast.Constant) and part.value is None)]
    promises = [from_annotation(frame, part) for part in nodes]
    client = next((value for value in promises if isinstance(value, SdkClient)), None)
    values = [value for value in promises if value is not None]
    return client or (join_values(values) if values and len(values) == len(promises) else None)


def _instance_of(frame: CodeFrame, value: Value) -> Value | None:
    """An object of the class that an annotation names: a client, or an object whose methods may send."""
    if isinstance(value, Choice):  # a class that is imported where it is there
        each = [_instance_of(frame, option) for option in value.options]
        return next((promise for promise in each if isinstance(promise, SdkClient)), None)
    if isinstance(value, SdkClient):
        return value
    client = frame.engine.clients.made_by(value)
    if client is not None:
        return client
    if not isinstance(value, Class) or carries_event(value) or is_enum(value):
        return None
    return None if is_protocol(value) else Instance(value)
