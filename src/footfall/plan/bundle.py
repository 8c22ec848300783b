"""The bundle: a whole plan as canonical JSON, named by the SHA-256 of its bytes.

The bytes are the same whether the plan was read from YAML or from a bundle: keys stand in the order of the model,
names in the order of the plan, defaults are left out, decimals keep their digits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from footfall.errors import PlanError, Problem
from footfall.plan.model import Plan

__all__ = ["bundle_bytes", "bundle_hash", "from_bundle"]

_VERSION = 1


class _Bundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    bundle: int
    plan: Plan


class _Head(msgspec.Struct, frozen=True):
    bundle: int


_S = TypeVar("_S", bound=msgspec.Struct)


def bundle_bytes(plan: Plan) -> bytes:
    """The canonical JSON of a plan: two equal plans give equal bytes."""
    settled = msgspec.structs.replace(plan, sources=_all_settled(plan.sources), events=_all_settled(plan.events))
    return msgspec.json.Encoder(decimal_format="number").encode(_Bundle(_VERSION, _settled(settled)))


def _all_settled(parts: Mapping[str, _S]) -> dict[str, _S]:
    return {name: _settled(part) for name, part in parts.items()}


def _settled(part: _S) -> _S:
    """Put the default itself in the place of what equals it: msgspec leaves out a default only when it is identical."""
    same: dict[str, Any] = {}
    for field in msgspec.structs.fields(type(part)):
        value = getattr(part, field.name)
        if field.default is not msgspec.NODEFAULT and value is not field.default and value == field.default:
            same[field.name] = field.default
    return msgspec.structs.replace(part, **same) if same else part


def bundle_hash(plan: Plan) -> str:
    """The name of a bundle: SHA-256 of its canonical bytes, in hexadecimal."""
    return hashlib.sha256(bundle_bytes(plan)).hexdigest()


def from_bundle(data: bytes, *, name: str = "bundle") -> Plan:
    """The plan in a bundle; `name` stands for the file in what is told.

    Raises PlanError when the bundle is not whole, was changed by hand, or was made by a newer footfall.
    """
    try:
        head = msgspec.json.decode(data, type=_Head)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _refused(name, f"this is not a bundle: {error}") from None
    if head.bundle != _VERSION:
        raise _refused(name, f"bundle version {head.bundle} is not read by this footfall, which knows {_VERSION}")
    try:
        plan = msgspec.json.Decoder(_Bundle, float_hook=Decimal).decode(data).plan
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _refused(name, f"the bundle cannot be read: {error}") from None
    if bundle_bytes(plan) != data.strip():
        raise _refused(name, "the bundle was changed after it was made, or made by another footfall")
    return plan


def _refused(name: str, message: str) -> PlanError:
    return PlanError([Problem("bad_bundle", message, remedy="make it anew with `footfall plan bundle`", file=name)])
