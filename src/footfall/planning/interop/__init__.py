"""Plans in and out of other tools' formats, each way with a report of what the other side cannot say.

An import reads parsed documents into a plan. An export writes documents, reads them back, and reports every difference:
so whatever is not in its report is still there after a round trip.
"""

from __future__ import annotations

from footfall.planning.interop.formats import FORMATS, Exported, Format, export_plan, import_plan
from footfall.planning.interop.losses import LOSS_CODES, Loss
from footfall.planning.interop.plan_builder import Imported

__all__ = ["FORMATS", "LOSS_CODES", "Exported", "Format", "Imported", "Loss", "export_plan", "import_plan"]
