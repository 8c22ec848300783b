"""A plan of a few events and a scan of a few lines, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from footfall.plan.model import Event, Plan, Property
from footfall.planning.scan import Library, Naming, Scan, scan

ENV = Property(name="env", type="string", enum=("production", "sandbox"))
TOTAL = Property(name="total", type="integer", required=True)
ITEMS = Property(name="items", type="array", min_items=1, items=Property(name="", type="string"))
PLAN = Plan(
    id="small",
    events={
        "done": Event(name="done", wire_name="done", properties=(TOTAL, ENV, ITEMS)),
        "begun": Event(name="begun", wire_name="begun"),
        "named": Event(
            name="named", wire_name="named", properties=(Property(name="kind", type="string", enum=("a", "b")),)
        ),
    },
)
HEAD = "from footfall import Client\nclient = Client('https://x')\n"


def scanned(
    files: Mapping[str, str] | str, *, clients: Mapping[str, Naming] | None = None, roots: tuple[str, ...] = ()
) -> Scan:
    """What the scan says of a file `app.py`, which begins with a client, or of several files as they are."""
    texts = {"app.py": HEAD + dedent(files)} if isinstance(files, str) else {k: dedent(v) for k, v in files.items()}
    return scan(PLAN, Library(texts, lambda path: texts[path].encode(), roots=roots), clients=clients)


def calls(result: Scan) -> list[str]:
    """The events that calls send, sorted; `?` for a call whose event, or whose receiver, is not known."""
    tracked = [verdict for verdict in result.verdicts if verdict.sent.kind == "track"]
    return sorted(verdict.name if verdict.resolved else "?" for verdict in tracked)


def findings(result: Scan) -> list[str]:
    """The findings about calls, as `code where` or `code`."""
    return sorted(
        f"{problem.code} {problem.where}".strip() for problem in result.problems if problem.code != "never_sent"
    )


def claims(result: Scan) -> list[str]:
    """The findings that say that the code is wrong, not that it is not known."""
    return [finding for finding in findings(result) if not finding.startswith("unresolved_call")]
