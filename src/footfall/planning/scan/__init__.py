"""Scan: reads the tracking calls in Python code, without running it, and compares them with the plan.

What each module does, from the bottom to the top (imports run downwards):

- `sdks`: how each SDK is called, as a table. `values`: what can be known of an expression.
- `library`: finds and parses files. `sources`: lists and reads them, alone. `survey`: what all texts say of names.
- `dictionaries`, `classes`, `clients`, `calls`: rules about such values. `mutations`: what other code may change.
- `modules`: what names mean. `frame`: follows one body, and declares what it asks of the engine.
- `annotations`, `builtin_calls`, `calling`, `expressions`, `statements`: what each kind of syntax means.
- `members`: what attributes mean. `engine`: follows functions for their callers. `follow`: follows a whole tree.
- `call_checker`: compares a call with the plan. `coverage`, `resolved`, `report`: the result for all calls.
"""

from __future__ import annotations

from footfall.planning.scan.call_checker import SCAN_CODES, CallVerdict
from footfall.planning.scan.coverage import CodeCoverage, Implementation
from footfall.planning.scan.library import Library
from footfall.planning.scan.report import Gates, Scan, scan
from footfall.planning.scan.resolved import resolved_properties
from footfall.planning.scan.sdks import MOST_PLACES, SDKS, Naming, Signature, ordered
from footfall.planning.scan.sources import find_python, open_library

__all__ = [
    "MOST_PLACES", "SCAN_CODES", "SDKS", "CallVerdict", "CodeCoverage", "Gates", "Implementation", "Library",
    "Naming", "Scan", "Signature", "find_python", "open_library", "ordered", "resolved_properties", "scan",
]  # fmt: skip
