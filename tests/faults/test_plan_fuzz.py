"""Plans that were changed at random: every command ends with an answer, and none with a traceback."""

from __future__ import annotations

import random
import re
import shutil
import signal
from pathlib import Path
from types import FrameType

import pytest
from click.testing import CliRunner
from tests.faults.loops import loops

from footfall.cli.app import app
from footfall.errors import FootfallError

PLAN = Path(__file__).parents[2] / "tracking_plans" / "shop_and_gateway"
COMMANDS = (
    "plan check {plan}", "plan check {plan} --format json", "plan lint {plan}", "plan fmt --check {plan}",
    "plan bundle {plan} -o {out}.json", "plan json-schema {plan}", "plan docs {plan} -o {out}",
    "plan codegen python {plan} -o {out}.py", "plan codegen markdown {plan} -o {out}.md",
)  # fmt: skip
PIECES = (
    "{", "}", "[", "]", ":", "- ", "\t", "&a ", "*a", "<<: *a", '!!python/object/apply:os.system ["id"]', "!!binary x",
    "? ", "|", ">", "%YAML 1.3\n", "---\n", "\x00", "\ufeff", ".nan", "1e999", "0o777", "12:30:45", "2026-13-45", "~",
    "'", '"', "#", "9" * 5000, "-1", "\r", "\u2028", "(a+)+$", "[" * 200, "{a: " * 200, "\U0001f600", "\x1b[2J",
)  # fmt: skip
VALUES = (
    "null", "[]", "{}", "1", "-1", "1.5", "true", '""', "[1, a]", "{a: b}", ".nan", "2026-01-01", '"\\ud800"',
    "99999999999999999999999", "[[[]]]", "!!set {a}", "1e400", '"\\x00"', '"\\u202e"', "x" * 300,
)  # fmt: skip
SECONDS = 60  # no answer is so late but one that never comes


def changed(text: str, chance: random.Random) -> str:
    for _ in range(chance.choice([1, 1, 2, 4])):
        place, length = chance.randrange(len(text) + 1), chance.randrange(200)
        match chance.randrange(6):
            case 0:
                text = text[:place]
            case 1:
                text = text[:place] + chance.choice(PIECES) + text[place:]
            case 2:
                text = text[:place] + text[place + length :]
            case 3:
                other = chance.randrange(len(text) + 1)
                text = text[:other] + text[place : place + length] + text[other:]
            case _:
                values = list(re.finditer(r"(?m)(?<=: )[^\n]+$", text))
                if values:
                    start, end = chance.choice(values).span()
                    text = text[:start] + chance.choice(VALUES) + text[end:]
    return text


def stuck(_: int, __: FrameType | None) -> None:
    raise TimeoutError(f"no answer within {SECONDS} seconds")


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="needs an alarm to end what is stuck")
def test_a_command_answers_whatever_the_plan_holds(tmp_path: Path) -> None:
    chance = random.Random(7)
    before = signal.signal(signal.SIGALRM, stuck)
    try:
        for number in range(loops(2) * 20):
            folder = tmp_path / str(number)
            shutil.copytree(PLAN, folder)
            for file in chance.sample(sorted(folder.rglob("*.yaml")), 2):
                content = changed(file.read_text(encoding="utf-8"), chance)
                file.write_bytes(content.encode("utf-8", "surrogatepass"))
            command = COMMANDS[number % len(COMMANDS)].format(plan=folder, out=tmp_path / f"out{number}")
            signal.alarm(SECONDS)
            answer = CliRunner().invoke(app, command.split())
            signal.alarm(0)
            assert answer.exception is None or isinstance(answer.exception, (SystemExit, FootfallError)), command
            assert "\x1b" not in answer.output
            shutil.rmtree(folder)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
