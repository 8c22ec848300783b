"""Text of others inside Markdown: it is shown as it is, and marks up, links to and notifies nothing.

A comment on a pull request is read by people and by the service that shows it: GitHub and GitLab turn `@name` into a
notification, `#12` into a reference, and a bare address into a link, also behind a backslash. An empty HTML comment in
the middle keeps them from it, and shows nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = ["code_span", "markdown_table", "markdown_text"]

# A backslash keeps each of these from being markup; HTML is out of reach without `<` and `&`.
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&!$])")
_NOTIFIES = re.compile(r"(@|\\#|:(?=//)|\b[wW]{3}(?=\.)|\b(?i:mailto|xmpp)(?=:))")
_APART = "<!-- -->"
_FENCES = re.compile("`+")


def markdown_text(text: str) -> str:
    """The text in one line, for a paragraph or a cell of a table."""
    return _NOTIFIES.sub(rf"\1{_APART}", _MARKUP.sub(r"\\\1", " ".join(text.split())))


def code_span(text: str) -> str:
    """The text in one line as code, for a paragraph or a cell of a table; "" for none."""
    line = " ".join(text.split()).replace("|", "\\|")
    fence = "`" * (1 + max(map(len, _FENCES.findall(line)), default=0))
    if not line:
        return ""
    return f"{fence} {line} {fence}" if "`" in line else f"{fence}{line}{fence}"


def markdown_table(heads: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    """The table, "" without rows. The cells are Markdown already."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *lines]) if lines else ""
