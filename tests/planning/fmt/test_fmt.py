"""Formatting keeps the meaning and every comment, and has nothing to do the second time."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.planning.fmt.texts import formatted

from footfall.plan import bundle_hash, read
from footfall.plan.reading.schema import EVENT, FILE, PROPERTY, TYPE
from footfall.planning.fmt import format_file

ROOT = Path(__file__).parents[3]
FOLDERS = [ROOT / "tracking_plans" / "shop_and_gateway", ROOT / "tests" / "plan" / "data" / "acme"]


# A plan in which nearly everything stands once; the draws write it down in every style.
PLAN: dict[str, Any] = {
    "plan": "bakery",
    "description": "Bread, and what it is worth",
    "timezone": "Europe/Paris",
    "naming": {"events": {"tense": "past", "style": "snake_case"}, "reserved": ["id"]},
    "enforcement": {"collector": {"invalid": "drop"}, "client": {"unknown_event": "flag", "invalid": "raise"}},
    "x_wiki": {"b": 1, "a": [1, {"z": "no", "y": None}]},
    "x_again": "12",
    "teams": {"counter": {"slack": "#counter", "contact": "a: b # c"}},
    "defaults": {"owner": "counter", "actor": ["user", "anonymous"]},
    "types": {"money": {"description": "Amount", "type": "decimal", "examples": ["3.20", 4], "min": 0, "scale": 2}},
    "property_groups": {
        "shop": {"properties": {"shop_id": {"required": True, "type": "string"}}, "description": "Which"}
    },
    "traits": {"user": {"mail": {"type": "string", "format": "email"}}},
    "events": {
        "bread_viewed": {"properties": {}, "description": "true"},
        "bread_bought": {
            "properties": {
                "price": {"description": "Paid, or null when given away", "use": "money", "required": True},
                "code": {"pattern": "^[A-Z]{2}\\d$", "type": "string", "x_note": ["'", '"', "#"]},
                "lines": {"items": {"properties": {"kind": {"type": "string"}}, "type": "object"}, "type": "array"},
            },
            "include": ["shop"],
            "description": "Several\nlines\n\nof text\n",
            "rules": [{"check": "price > 0", "id": "positive"}, {"id": "coded", "check": "code != ''"}],
            "expect": {"volume": {"min": 3, "per": "day"}},
            "enforcement": {"test": {"invalid": "raise"}, "client": {"invalid": "warn"}},
            "aliases": [{"until": "2027-01-01", "name": "loaf_bought"}],
        },
    },
    "goals": {"grow": {"kpis": ["revenue"], "description": "Grow"}},
    "kpis": {
        "revenue": {
            "measure": {"where": {"price": {"gt": 1}, "code": "AB1"}, "sum": "bread_bought.price"},
            "window": "7d",
        },
        "share": {"measure": {"ratio": {"to": {"count": "bread_viewed"}, "of": {"count": "bread_bought"}}}},
    },
    "journeys": {
        "buying": {
            "steps": [{"event": "bread_viewed", "id": "see"}, {"id": "buy", "event": "bread_bought", "expect": 0.3}],
            "within": "7d",
            "never": [],
        }
    },
}
SHUFFLED = {
    "events",
    "plan",
    "steps",
    "properties",
    "where",
    "teams",
    "kpis",
    "naming",
    "enforcement",
    "x_wiki",
    "a",
    "user",
}


class Writer:
    """Writes a plan as YAML in styles drawn at random, and counts what it drew."""

    def __init__(self, random: Random, seen: Counter[str]) -> None:
        self.random = random
        self.seen = seen
        self.step = random.choice((1, 2, 4))

    def some(self, what: str, share: float) -> bool:
        drawn = self.random.random() < share
        self.seen[what] += drawn
        return drawn

    def comment(self) -> str:
        return self.random.choice(("# why", "#tight", "# a: b", "# {x, y]", "# 'quote", "# - dash", "#"))

    def trailing(self) -> str:
        return f"{self.random.choice((' ', '   '))}{self.comment()}" if self.some("trailing comment", 0.15) else ""

    def between(self, indent: int) -> list[str]:
        lines = []
        while self.random.random() < 0.3:
            deeper = indent + self.random.choice((0, 0, 0, 1, 2))
            lines.append("" if self.some("empty line", 0.5) else " " * deeper + self.comment())
        return lines

    def file(self, plan: dict[str, Any]) -> str:
        lines = self.block(plan, 0, FILE)
        return "\n".join([*self.between(0), *lines, *self.between(0)]) + "\n"

    def items(self, value: dict[str, Any], record: Any) -> list[tuple[str, Any]]:
        items = list(value.items())
        if record is not None:
            known = [item for item in items if not item[0].startswith("x_")]
            own = [item for item in items if item[0].startswith("x_")]
            self.random.shuffle(known)
            place = self.random.randint(0, len(known))
            items = known[:place] + own + known[place:]
            self.seen["shuffled keys"] += 1
        return items

    def record(self, key: str | None, around: Any) -> Any:
        """What a mapping is, as far as its keys may be written in any order."""
        if around is FILE:
            return None if key in {"naming", "enforcement", "x_wiki"} else key
        anything = dict.fromkeys(
            ("teams", "property_groups", "goals", "kpis", "journeys", "steps", "aliases", "rules"), True
        )
        return {**anything, "events": EVENT, "types": TYPE, "properties": PROPERTY}.get(around)

    def block(self, value: Any, indent: int, record: Any) -> list[str]:
        lines: list[str] = []
        pairs = self.items(value, record) if isinstance(value, dict) else [(None, item) for item in value]
        for key, inner in pairs:
            lines += self.between(indent)
            kind = self.record(key, record)
            head = " " * indent + ("-" if key is None else f"{key}:")
            lines += self.entry(head, key, inner, indent, kind)
        return lines

    def entry(self, head: str, key: str | None, value: Any, indent: int, kind: Any) -> list[str]:
        below = indent + self.step
        if isinstance(value, dict | list) and value and self.some("block", 0.5):
            if key is None and isinstance(value, dict):
                lines = self.block(value, indent + 2, kind)
                first = next(
                    number for number, line in enumerate(lines) if line.strip() and not line.strip().startswith("#")
                )
                lines[first] = head + " " + lines[first].strip()
                return lines
            return [head + self.trailing(), *self.block(value, below, kind)]
        if isinstance(value, dict | list) and value and self.some("brackets over lines", 0.3):
            return [*self.brackets(head, value, below)]
        if isinstance(value, str) and "\n" in value and self.some("block text", 0.7):
            return [
                f"{head} |{self.trailing()}",
                *(" " * below + line if line else "" for line in value.split("\n")[:-1]),
            ]
        if (
            isinstance(value, str)
            and " " in value
            and not {"\n", "'"} & set(value)
            and self.some("text over lines", 0.2)
        ):
            words = value.split(" ")
            return [
                f"{head} '{words[0]}",
                *(" " * below + word for word in words[1:-1]),
                " " * below + words[-1] + "'" + self.trailing(),
            ]
        return [f"{head}{self.random.choice((' ', '    '))}{self.flow(value)}{self.trailing()}"]

    def brackets(self, head: str, value: Any, below: int) -> list[str]:
        pairs = value.items() if isinstance(value, dict) else [(None, item) for item in value]
        lines = [f"{head} {'{' if isinstance(value, dict) else '['}{self.trailing()}"]
        for key, inner in pairs:
            if self.some("comment in brackets", 0.1):
                lines.append(" " * below + self.comment())
            lines.append(" " * below + ("" if key is None else f"{key}: ") + self.flow(inner) + "," + self.trailing())
        return [*lines, " " * (below - 1) + ("}" if isinstance(value, dict) else "]") + self.trailing()]

    def flow(self, value: Any) -> str:
        space = self.random.choice(("", " "))
        if isinstance(value, dict):
            return (
                "{"
                + space
                + f",{space or ' '}".join(f"{key}: {self.flow(inner)}" for key, inner in value.items())
                + space
                + "}"
            )
        if isinstance(value, list):
            return f"[{space}{', '.join(map(self.flow, value))}{space}]"
        return self.scalar(value)

    def scalar(self, value: Any) -> str:
        if value is None or isinstance(value, bool):
            return {None: "null", True: "true", False: "false"}[value]
        if not isinstance(value, str):
            return str(value)
        plain = re.fullmatch(r"[A-Za-z][\w.]*( \w+)*", value) and value != "true"
        words_with_comma = re.fullmatch(r"[A-Z]\w*, \w+( \w+)+", value)
        if plain and self.random.random() < 0.7:
            return value
        if words_with_comma and self.some("comma in a text", 0.5):
            return value
        if "\\" not in value and "\n" not in value and self.random.random() < 0.5:
            return "'" + value.replace("'", "''") + "'"
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def comments(text: str) -> Counter[str]:
    known = ("# why", "#tight", "# a: b", "# {x, y]", "# 'quote", "# - dash")
    return Counter({comment: text.count(comment) for comment in known})


@pytest.mark.slow
def test_any_way_of_writing_a_plan_comes_out_the_same_with_all_its_comments(tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    file = tmp_path / "plan.yaml"

    for seed in range(100):
        text = Writer(Random(seed), seen).file(PLAN)
        file.write_text(text, encoding="utf-8")
        before = bundle_hash(read(file).require())

        once = formatted(text)
        file.write_text(once, encoding="utf-8")

        assert bundle_hash(read(file).require()) == before
        assert formatted(once) == once
        assert comments(once) == comments(text)
        assert not re.search(r"[ \t]\n|\n\n\n|\t", once)
    assert {what for what in (
        "trailing comment", "empty line", "shuffled keys", "block", "brackets over lines", "comment in brackets",
        "block text", "text over lines", "comma in a text",
    ) if not seen[what]} == set()  # fmt: skip


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_example_plans_mean_the_same_when_they_are_formatted(folder: Path, tmp_path: Path) -> None:
    for file in sorted(folder.rglob("*.yaml")):
        made = tmp_path / file.relative_to(folder)
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text(formatted(file.read_text(encoding="utf-8")), encoding="utf-8")

    assert bundle_hash(read(tmp_path).require()) == bundle_hash(read(folder).require())


@pytest.mark.parametrize("folder", ["tracking_plans", "examples"])
def test_the_example_plans_are_in_form(folder: str) -> None:
    texts = {file: file.read_text(encoding="utf-8") for file in sorted((ROOT / folder).rglob("*.yaml"))}

    assert texts
    assert [str(file) for file, text in texts.items() if formatted(text) != text] == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("plan: [", "not_yaml"),
        ("", "empty_file"),
        ("plan: a\nplan: b\n", "duplicate_key"),
        ("x_a: |2\n  text\n", "unformattable"),
        ("x_a: |+\n  text\n\n", "unformattable"),
        ("x_a: !!map\n  b: 1\n", "unformattable"),
        ("x_a: {  # why\n}\n", "unformattable"),
    ],
)
def test_what_cannot_be_kept_is_left_and_told(text: str, code: str) -> None:
    problems = format_file(text.encode(), "plan.yaml")

    assert isinstance(problems, list)
    assert [problem.code for problem in problems] == [code]
    assert problems[0].file == "plan.yaml"


def test_windows_line_ends_and_a_byte_order_mark_go() -> None:
    assert (
        format_file(b"\xef\xbb\xbfplan: a\r\nx_t: |\r\n  one\r\n  two\r\n", "plan.yaml")
        == b"plan: a\nx_t: |\n  one\n  two\n"
    )
