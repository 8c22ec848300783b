"""The ruleset: what the persons of a set of messages depend on besides the messages, as one short text."""

from __future__ import annotations

import hashlib
from unicodedata import unidata_version

from footfall.identity.ids import AROUND
from footfall.identity.junk import JUNK_PATTERN
from footfall.identity.sessions import SESSION_GAP_US

__all__ = ["RULESET"]

_RULES = 1  # counts up with each change of a rule that none of the values below shows

RULESET = hashlib.sha256(
    "\0".join((str(_RULES), unidata_version, AROUND, JUNK_PATTERN, str(SESSION_GAP_US))).encode()
).hexdigest()[:16]
"""Another one where the rules of identity are others: what was worked out by those is worked out anew."""
