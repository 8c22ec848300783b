"""Reads a page of the site as a browser would."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

from footfall.plan import read
from footfall.plan.model import Plan

__all__ = ["FOLDERS", "Page", "shop"]

ROOT = Path(__file__).parents[3]
FOLDERS = [ROOT / "tracking_plans" / "shop_and_gateway", ROOT / "tests" / "plan" / "data" / "acme"]


def shop() -> Plan:
    """The example plan."""
    return read(FOLDERS[0]).require()


class Page(HTMLParser):
    """What a browser would make of a page: its elements, links and text; it fails where one is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag != "meta":
            self._open.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
