"""Writes HTML from nested values: every text is escaped here, and nowhere is markup put together from text."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

__all__ = ["Markup", "Part", "element", "joined", "link", "table"]


class Markup(str):
    """Text that is already markup. Only this module makes it from what a plan says."""

    __slots__ = ()


Part = str | Iterable["Part"]


def joined(*parts: Part) -> Markup:
    """Parts one after the other: text is escaped, markup stays, lists are opened."""
    return Markup("".join(map(_markup, parts)))


def _markup(part: Part) -> str:
    if isinstance(part, Markup):
        return part
    return escape(part) if isinstance(part, str) else joined(*part)


def element(tag: str, *parts: Part, **attributes: str) -> Markup:
    """An element. Attributes are named as in Python: `class_` is `class`, `data_x` is `data-x`."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"' for name, value in attributes.items() if value
    )
    return Markup(f"<{tag}{written}>{joined(*parts)}</{tag}>")


def link(target: str, *parts: Part) -> Markup:
    """A link to a page of the same site, or elsewhere."""
    return element("a", *parts, href=target)


def table(head: Iterable[str], rows: Iterable[Iterable[Part]]) -> Markup:
    """A table, each cell of which knows the title of its column, for narrow screens; "" without rows."""
    titles = list(head)
    body = [
        element("tr", *(element("td", cell, data_label=title) for title, cell in zip(titles, row, strict=True)))
        for row in rows
    ]
    if not body:
        return Markup("")
    top = element("thead", element("tr", *(element("th", title, scope="col") for title in titles)))
    return element("div", element("table", top, element("tbody", *body)), class_="scroll")
