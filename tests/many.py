"""How many examples the slow properties of figures draw: 100, or so many as the environment says.

A full run takes 10,000 of each: `FOOTFALL_EXAMPLES=10000 pytest -m slow tests/analytics tests/truth tests/query`.
"""

from __future__ import annotations

import os
from typing import Final

__all__ = ["MANY"]

MANY: Final = int(os.environ.get("FOOTFALL_EXAMPLES", "100"))
