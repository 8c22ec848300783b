"""Runs the tests of the integrations with the lowest, the last of each series and the latest version of each framework.

    python3 .ci/matrix.py                   every row
    python3 .ci/matrix.py --ends            the lowest of all, and the latest of all, as CI does
    python3 .ci/matrix.py django flask      these frameworks alone
    python3 .ci/matrix.py --folder DIR      keep the environments there, and use them again

A row that needs a newer Python than this one takes the oldest of this machine that is new enough, and is skipped, with
the reason, where there is none.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
TOOLS = ("pytest>=8.2", "hypothesis>=6.100")


class Framework(NamedTuple):
    """`versions` are pip's words for what is tried, from the lowest to the latest, each with the Python that it needs.

    More of pip's words may follow, for what does not go with that version in its own newest one. `beside` is installed
    with it, in the newest version that goes with it; `tests` are run.
    """

    versions: Sequence[tuple[str, ...]]
    beside: Sequence[str]
    tests: Sequence[str]


_STARLETTE = (
    "tests/integrations/test_asgi.py",
    "tests/integrations/test_starlette.py",
    "tests/integrations/test_starlette_routes.py",
)

MATRIX = {
    "django": Framework(
        versions=(
            ("Django==4.2", "3.11"),
            ("Django==4.2.*", "3.11"),
            ("Django==5.2.*", "3.11"),
            ("Django", "3.12"),
        ),
        beside=("djangorestframework", "django-allauth"),
        tests=("tests/integrations/django",),
    ),
    "flask": Framework(
        versions=(
            ("Flask==2.3.0", "3.11", "Werkzeug<3"),
            ("Flask==2.3.*", "3.11"),
            ("Flask==3.0.*", "3.11"),
            ("Flask", "3.11"),
        ),
        beside=("flask-login",),
        tests=("tests/integrations/test_flask.py", "tests/integrations/test_flask_unchanged.py"),
    ),
    "starlette": Framework(
        versions=(("starlette==0.27.0", "3.11", "httpx<0.28"), ("starlette==0.52.*", "3.11"), ("starlette", "3.11")),
        beside=(),
        tests=_STARLETTE,
    ),
    "fastapi": Framework(
        versions=(("fastapi==0.100.0", "3.11", "httpx<0.28"), ("fastapi==0.121.*", "3.11"), ("fastapi", "3.11")),
        beside=(),
        tests=_STARLETTE,
    ),
    "celery": Framework(
        versions=(("celery==5.3.0", "3.11"), ("celery==5.4.*", "3.11"), ("celery", "3.11")),
        beside=(),
        tests=("tests/integrations/test_celery.py",),
    ),
}


class Row(NamedTuple):
    """What is installed together, and the tests that run with it. `python` is the lowest version that it needs."""

    name: str
    python: tuple[int, ...]
    wanted: tuple[str, ...]
    tests: tuple[str, ...]


def rows(names: Sequence[str], ends: bool) -> Iterator[Row]:
    """Each version of each framework; of the ends alone, all that are the lowest together, and all the latest."""
    if not ends:
        for name in names:
            for version in MATRIX[name].versions:
                yield _row(re.sub(r"[^\w.]+", "-", f"{name}-{version[0]}").rstrip("-."), {name: version})
        return
    yield _row("lowest", {name: MATRIX[name].versions[0] for name in names})
    yield _row("latest", {name: MATRIX[name].versions[-1] for name in names})


def _row(name: str, versions: Mapping[str, tuple[str, ...]]) -> Row:
    frameworks = [MATRIX[framework] for framework in versions]
    pins = [word for version, _, *more in versions.values() for word in (version, *more)]
    return Row(
        name,
        max(tuple(map(int, python.split("."))) for _, python, *_ in versions.values()),
        (*pins, *(library for framework in frameworks for library in framework.beside)),
        tuple(dict.fromkeys(test for framework in frameworks for test in framework.tests)),
    )


def interpreters() -> dict[tuple[int, int], str]:
    """The Pythons of this machine that can make environments, by version; this one first."""
    known = {sys.version_info[:2]: sys.executable}
    pyenv = sorted((Path.home() / ".pyenv" / "versions").glob("3.*/bin/python3"))
    for candidate in [*(shutil.which(f"python3.{minor}") for minor in range(11, 20)), *map(str, pyenv)]:
        if candidate is None:
            continue
        code = "import sys, venv, ensurepip; print(*sys.version_info[:2])"
        done = subprocess.run([candidate, "-c", code], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            major, minor = map(int, done.stdout.split())
            known.setdefault((major, minor), candidate)
    return known


def run(row: Row, python: str, folder: Path) -> str:
    """Install and test one row: "passed", or what failed."""
    environment = folder / row.name
    inside = environment / "bin" / "python"
    subprocess.run([python, "-m", "venv", environment], check=True)
    install = [inside, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-e", f"{ROOT}[plan]"]
    if subprocess.run([*install, *row.wanted, *TOOLS], check=False).returncode:
        return "cannot be installed"
    # What an old framework does with the newest of its own libraries is no matter of ours.
    warnings = ("DeprecationWarning", "ResourceWarning", "pytest.PytestUnraisableExceptionWarning")
    quiet = [word for warning in warnings for word in ("-W", f"ignore::{warning}")]
    tests = [inside, "-m", "pytest", "-q", "-p", "no:cacheprovider", *quiet, *row.tests]
    return "passed" if subprocess.run(tests, cwd=ROOT, check=False).returncode == 0 else "failed"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("framework", nargs="*", default=list(MATRIX), metavar="FRAMEWORK", help=", ".join(MATRIX))
    parser.add_argument("--ends", action="store_true", help="the lowest of all together, and the latest of all")
    parser.add_argument("--folder", type=Path, help="where the environments stay")
    options = parser.parse_args()
    if unknown := [name for name in options.framework if name not in MATRIX]:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(MATRIX)}")
    pythons = interpreters()
    with tempfile.TemporaryDirectory() as scratch:
        results = []
        for row in rows(options.framework, options.ends):
            able = sorted(version for version in pythons if version >= row.python)
            own = sys.version_info[:2]
            python = pythons[own if own in able else able[0]] if able else None
            print(f"-- {row.name}", flush=True)
            result = (
                f"skipped: needs Python {'.'.join(map(str, row.python))}"
                if python is None
                else run(row, python, options.folder or Path(scratch))
            )
            results.append((row, result))
    for row, result in results:
        print(f"{row.name:24} {result}")
    sys.exit(any(result != "passed" and not result.startswith("skipped") for _, result in results))


if __name__ == "__main__":
    main()
