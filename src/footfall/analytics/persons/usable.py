"""Which ids link messages, over columns: the rules of `footfall.identity.ids` and `footfall.identity.junk`."""

from __future__ import annotations

from typing import Any

import pyarrow
import pyarrow.compute as pc

from footfall.identity.ids import comparable
from footfall.identity.junk import JUNK_PATTERN, is_junk

__all__ = ["usable"]

# Nearly every id is ASCII with a visible character at both ends, which is already as it is compared.
_PLAIN = r"^[!-~](?:[\x00-\x7f]*[!-~])?$"
_JUNK = f"^(?:{JUNK_PATTERN})$"


def usable(ids: Any) -> Any:
    """Each id of a string array without nulls as it is compared; null for a placeholder, which links nothing."""
    is_same = pc.and_not(pc.match_substring_regex(ids, _PLAIN), pc.match_substring_regex(ids, _JUNK))
    if is_same.true_count == len(ids):
        return ids
    others = pc.invert(is_same)
    values = [None if is_junk(id_) else comparable(id_) for id_ in ids.filter(others).to_pylist()]
    return pc.replace_with_mask(ids, others, pyarrow.array(values, pyarrow.string()))
