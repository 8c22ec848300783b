"""Asks the service of known vulnerabilities about what is installed in a folder, by pip-audit: `audit.py FOLDER`.

Exit code 1 when something that is installed has a known vulnerability, and when pip-audit fails for any reason but one:
where its service cannot be reached nothing can be said, so that is said, and the exit code is 0.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

SECONDS = 300
COMMAND = (sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off", "--timeout", "15")
_UNREACHABLE = re.compile(
    r"connect|timed? ?out|max retries|name resolution|resolve|unreachable|ServiceError|HTTPError|ProxyError|SSLError",
    re.IGNORECASE,
)


class Ran(NamedTuple):
    """What a command left with: `code` is None when it was ended because it took too long."""

    code: int | None
    out: str
    err: str


def decide(ran: Ran) -> tuple[int, str]:
    """The exit code of the step, and what to print."""
    if ran.code is None:
        return 0, f"NOT AUDITED: no answer within {SECONDS} seconds"
    packages = _packages(ran.out)
    if packages is None:
        last = (ran.err.strip().splitlines() or ["no output"])[-1]
        if _UNREACHABLE.search(ran.err):
            return 0, f"NOT AUDITED: the service of known vulnerabilities cannot be reached ({last})"
        return 1, f"pip-audit failed with exit code {ran.code}: {last}"
    audited = [each for each in packages if "skip_reason" not in each]
    if findings := [line for each in audited for line in _lines(each)]:
        return 1, "\n".join(["known vulnerabilities:", *findings])
    if ran.code:
        return 1, f"pip-audit failed with exit code {ran.code}, and named nothing"
    if not audited:
        return 0, f"NOT AUDITED: the service knows none of the {len(packages)} packages, as a mirror may not"
    return (
        0,
        f"no known vulnerability in {len(audited)} packages ({len(packages) - len(audited)} unknown to the service)",
    )


def _packages(text: str) -> list[dict[str, Any]] | None:
    """What pip-audit says of each package; None when this is no answer of it."""
    try:
        packages: list[dict[str, Any]] = json.loads(text)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return None
    return packages


def _lines(package: dict[str, Any]) -> list[str]:
    return [
        f"  {package['name']} {package['version']}: {each['id']}"
        f" (mended in {', '.join(each.get('fix_versions', ())) or 'no version yet'})"
        for each in package.get("vulns", ())
    ]


def run(command: Sequence[str]) -> Ran:
    """Run a command to its end, or for so long."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return Ran(None, "", "")
    return Ran(done.returncode, done.stdout, done.stderr)


def main(folder: str, runner: Callable[[Sequence[str]], Ran] = run) -> int:
    """Audit, print what came of it, and give the exit code."""
    code, text = decide(runner((*COMMAND, "--path", folder)))
    print(text)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
