"""The register of codes that only a command can find: about what it makes from a plan, not about the plan."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["COMMAND_CODES"]

COMMAND_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "stale_code": "Code that was made from an older plan sends, and checks, what the plan no longer says.",
        "unfit_wire_name": "A generated class writes names on the wire into its source, which not every one allows.",
        "unformatted": "In files of one form a change of the plan shows nothing but what has changed.",
        "unformattable": "A file whose meaning or comments a new form could not keep is better left as it is.",
        "uncompilable": "A plan that was put together in code holds a pattern or rule that Python cannot compile.",
    }
)
"""Code -> why it is a finding."""
