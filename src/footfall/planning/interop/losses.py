"""What one format says and the other cannot: each loss with its location and what there is instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import msgspec

__all__ = ["LOSS_CODES", "Loss", "LossCode", "LossReport", "shown"]


class LossCode(NamedTuple):
    """Why there is a loss of this kind, and what to do about it. A loss makes no plan wrong: all are warnings."""

    why: str
    remedy: str
    level: str = "warning"


LOSS_CODES: Final[Mapping[str, LossCode]] = {
    "loss_not_said": LossCode(
        "The other format has no word for this, so it is gone there, or replaced by something near it.",
        "the plan stays the place to read it",
    ),
    "loss_kept_aside": LossCode(
        "The plan format cannot say this, so it is not checked; it is kept under `x_json_schema` or another `x_` key.",
        "an export writes it back",
    ),
    "loss_left_out": LossCode("The plan has no place for this, and it is not kept.", "note it elsewhere if it matters"),
    "loss_skipped": LossCode(
        "This could not be read at all, so it is not in the plan; everything else was read.",
        "mend it there, and import again",
    ),
    "loss_read_as": LossCode(
        "What the file says has no exact counterpart, or is not in its format's words; the loss says how it was read.",
        "see that this is what was meant",
    ),
}
"""The kinds of losses, by their codes."""

_LONGEST = 80
_encoder = msgspec.json.Encoder(enc_hook=str, decimal_format="number")


class Loss(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that did not survive: `lost`, in whose place is `instead`. `where` is a dotted name, or a file."""

    code: str
    where: str
    lost: str
    instead: str


class LossReport:
    """Gathers losses in the order in which they are met."""

    def __init__(self) -> None:
        self._losses: dict[Loss, None] = {}

    def add(self, code: str, where: str, lost: str, instead: str) -> None:
        """Note one loss, once. `code` is a key of LOSS_CODES."""
        if code not in LOSS_CODES:
            raise KeyError(code)
        self._losses[Loss(code=code, where=where, lost=lost, instead=instead)] = None

    def aside(self, where: str, keyword: str, value: Any, *, reason: str = "") -> None:
        """Note that a part of a schema is kept under `x_json_schema`, and why if that is not obvious."""
        lost = f"{keyword} {shown(value)}" + (f" ({reason})" if reason else "")
        self.add("loss_kept_aside", where, lost, "kept under x_json_schema, and not checked")

    def all(self) -> tuple[Loss, ...]:
        """Every loss so far."""
        return tuple(self._losses)


def shown(value: Any) -> str:
    """A value in one short line, as JSON."""
    text = _encoder.encode(_without_halves(value)).decode()
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _without_halves(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, Mapping):
        return {_without_halves(key): _without_halves(part) for key, part in value.items()}
    return [_without_halves(part) for part in value] if isinstance(value, list | tuple) else value
