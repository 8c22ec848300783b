"""The bundle: a whole plan as canonical JSON, named by the SHA-256 of its bytes.

The bytes are the same whether the plan was read from YAML or from a bundle: keys are in the order of the model,
names in the order of the plan, defaults are left out, decimals keep their digits. A digest of the plan comes before it
and proves that a bundle is whole without reading its events; each is read when it is first used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from footfall.disk import Disk, SystemDisk, read_text_file
from footfall.errors import PlanError, Problem
from footfall.plan.lazy_events import LazyEvents, settled, to_json
from footfall.plan.model import Plan
from footfall.versions import BUNDLE, OLDEST_BUNDLE

__all__ = [
    "BUNDLE_SUFFIX",
    "bundle_bytes",
    "bundle_hash",
    "bundle_name",
    "from_bundle",
    "may_transform",
    "read_bundle",
    "read_plan_file",
]

BUNDLE_SUFFIX = ".json"


class _Head(msgspec.Struct, frozen=True):
    bundle: int


class _Bundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    bundle: int
    sha256: str
    plan: msgspec.Raw


_FIELDS = msgspec.structs.fields(Plan)
_NOTHING = Plan(id="")
# A plan whose events are still text.
_Packed: Any = msgspec.defstruct(
    "_Packed",
    [
        (field.name, Mapping[str, msgspec.Raw] if field.name == "events" else field.type, getattr(_NOTHING, field.name))
        for field in _FIELDS
    ],
    frozen=True,
    kw_only=True,
)
_read_packed = msgspec.json.Decoder(_Packed, float_hook=Decimal).decode
_S = TypeVar("_S", bound=msgspec.Struct)


def bundle_bytes(plan: Plan) -> bytes:
    """The canonical JSON of a plan: two equal plans give equal bytes."""
    text = _plan_bytes(plan)
    return to_json(_Bundle(BUNDLE, hashlib.sha256(text).hexdigest(), msgspec.Raw(text)))


def _plan_bytes(plan: Plan) -> bytes:
    events: Mapping[str, Any] = plan.events.texts if isinstance(plan.events, LazyEvents) else _all_settled(plan.events)
    consent = plan.consent
    if consent is not None:
        consent = msgspec.structs.replace(consent, purposes=_all_settled(consent.purposes))
    sources = _all_settled(plan.sources)
    return to_json(msgspec.structs.replace(settled(plan), sources=sources, consent=consent, events=events))


def _all_settled(parts: Mapping[str, _S]) -> dict[str, _S]:
    return {name: settled(part) for name, part in parts.items()}


def bundle_hash(plan: Plan) -> str:
    """The name of a plan's bundle."""
    return bundle_name(bundle_bytes(plan))


def bundle_name(bundle: bytes) -> str:
    """The name of a bundle: SHA-256 of its canonical bytes, in hexadecimal."""
    return hashlib.sha256(bundle).hexdigest()


def may_transform(bundle: bytes) -> bool:
    """Whether anything in a bundle has a `transform`, without reading it. Now and then it says so of one without."""
    return b'"transform":' in bundle


def read_plan_file(path: Path, disk: Disk) -> bytes:
    """The bytes of a file of a plan. Raises PlanError when it is missing or cannot be read."""
    try:
        return read_text_file(disk, path)
    except FileNotFoundError:
        problem = Problem("missing_file", "no such file or folder", remedy="check the path", file=str(path))
        raise PlanError([problem]) from None
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        problem = Problem("unreadable_file", message, remedy="check its permissions", file=str(path))
        raise PlanError([problem]) from error


def read_bundle(path: Path, disk: Disk | None = None) -> Plan:
    """The plan in a bundle's file; see `from_bundle`. Raises PlanError, also when the file cannot be read."""
    return from_bundle(read_plan_file(path, disk or SystemDisk()), name=str(path))


def from_bundle(data: bytes, *, name: str = "bundle") -> Plan:
    """The plan in a bundle; `name` is its file in problems.

    Raises PlanError when the bundle is not whole, was changed by hand, or was made by a newer footfall. An event is
    read when it is first asked for.
    """
    try:
        head = msgspec.json.decode(data, type=_Head)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _refused(name, f"this is not a bundle: {error}") from None
    if not OLDEST_BUNDLE <= head.bundle <= BUNDLE:
        raise _refused(name, f"bundle version {head.bundle} is not read by this footfall, which knows {BUNDLE}")
    try:
        bundle = msgspec.json.decode(data, type=_Bundle)
        text = bytes(bundle.plan)
        if hashlib.sha256(text).hexdigest() != bundle.sha256:
            raise _refused(name, "the bundle was changed after it was made")
        packed = _read_packed(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _refused(name, f"the bundle cannot be read: {error}") from None
    fields = {field.name: getattr(packed, field.name) for field in _FIELDS}
    plan = Plan(**{**fields, "events": LazyEvents(packed.events, bundle=name)})
    if _plan_bytes(plan) != text or to_json(bundle) != data.strip():
        raise _refused(name, "the bundle was changed after it was made, or made by another footfall")
    return plan


def _refused(name: str, message: str) -> PlanError:
    return PlanError([Problem("bad_bundle", message, remedy="make it anew with `footfall plan bundle`", file=name)])
