"""A rich console that shows control characters of data instead of obeying them."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from footfall.printable import printable_lines

__all__ = ["SafeConsole"]


class SafeConsole(Console):
    """rich's own styles and movements are control segments or styles, never text, so all text can be escaped."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            if segment.control or segment.text.isprintable():
                yield segment
            else:
                yield Segment(printable_lines(segment.text), segment.style)
