"""Write keys as people write them, `KEY` or `KEY=SOURCE:ENVIRONMENT`, and whether the plan has the sources. Pure.

No problem that is named here ever has a key in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from footfall.collector.key_text import can_be_sent, is_mistyped
from footfall.collector.keys import DEFAULT_SOURCE, is_source
from footfall.plan.model import Plan
from footfall.plan.problems import did_you_mean
from footfall.storage.environments import ENVIRONMENTS, KEPT_AS, PRODUCTION, Sender

__all__ = ["KeyLine", "lines_of_file", "read_key_lines", "unknown_sources"]

_FORM = (
    "write KEY, KEY=SOURCE or KEY=SOURCE:ENVIRONMENT without commas;"
    " a key has up to 1,000 letters, no space and no colon"
)


class KeyLine(NamedTuple):
    """One text, and where it is from: `--write-key 2`, `keys.txt:7`."""

    place: str
    text: str

    @property
    def key(self) -> str:
        """The key in it."""
        return self.text.partition("=")[0]

    def __repr__(self) -> str:
        return f"KeyLine({self.place!r}, '…')"


def lines_of_file(name: str, content: bytes) -> Iterator[KeyLine]:
    """The keys of a file, a line each; empty lines and those that begin with `#` say nothing."""
    for number, line in enumerate(content.decode("utf-8-sig", "replace").splitlines(), 1):
        text = line.strip()
        if text and not text.startswith("#"):
            yield KeyLine(f"{name}:{number}", text)


def read_key_lines(lines: Iterable[KeyLine]) -> tuple[dict[str, Sender], list[str]]:
    """Whose messages each key sends, and every problem with its place."""
    keys: dict[str, Sender] = {}
    places: dict[str, str] = {}
    problems = []
    for place, text in lines:
        key, separator, rest = text.partition("=")
        source, _, environment = rest.rpartition(":") if ":" in rest else (rest, "", PRODUCTION)
        source = source if separator else DEFAULT_SOURCE
        # A comma is where two of them were put together.
        sender = Sender(source, KEPT_AS.get(environment))
        if not can_be_sent(key) or not is_source(source) or "," in text or "\ufffd" in text:
            problems.append(f"{place}: {_FORM}")
        elif environment not in ENVIRONMENTS:
            problems.append(
                f"{place}: there is no environment {environment!r}, {did_you_mean(environment, ENVIRONMENTS)}"
            )
        elif is_mistyped(key):
            problems.append(f"{place}: the key has a typing error, or was cut; copy it again")
        elif key.startswith(("ff_view_", "ff_analyst_", "ff_admin_")):
            problems.append(f"{place}: a key of the role {key.split('_')[1]} may not send; give one of the role write")
        elif keys.setdefault(key, sender) != sender:
            problems.append(f"{place}: the key is given twice, for two sources or environments (also {places[key]})")
        places.setdefault(key, place)
    return keys, problems


def unknown_sources(plan: Plan, sources: Iterable[str]) -> Sequence[str]:
    """A problem for each source that a plan with sources does not name: a typing error would cost every event of it.

    A key without a source belongs to nobody in the plan, and that is right.
    """
    if not plan.sources:
        return []
    unknown = [source for source in dict.fromkeys(sources) if source != DEFAULT_SOURCE and source not in plan.sources]
    return [f"the plan has no source {source!r}, {did_you_mean(source, plan.sources)}" for source in unknown]
