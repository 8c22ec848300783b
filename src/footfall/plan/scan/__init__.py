"""Scan: reads what Python code sends, without running it, and holds it against the plan.

Sources become syntax trees (`library`), trees are followed to values (`walker`, `expressions`, `calling`, `engine`),
values that other code may change are loosened (`survey`, `changes`, `members`),
calls of clients become messages by the table of SDKs (`shapes`, `calls`), and messages are judged (`judge`, `report`).
Only `sources` reads files.
"""

from __future__ import annotations

from footfall.plan.scan.coverage import Coverage, Implementation
from footfall.plan.scan.judge import SCAN_CODES, Verdict
from footfall.plan.scan.library import Library
from footfall.plan.scan.report import Gates, Scan, scan
from footfall.plan.scan.resolved import resolved_properties
from footfall.plan.scan.shapes import MOST_PLACES, SDKS, Naming, Shape, ordered
from footfall.plan.scan.sources import find_python, open_library

__all__ = [
    "MOST_PLACES", "SCAN_CODES", "SDKS", "Coverage", "Gates", "Implementation", "Library", "Naming", "Scan", "Shape",
    "Verdict", "find_python", "open_library", "ordered", "resolved_properties", "scan",
]  # fmt: skip
