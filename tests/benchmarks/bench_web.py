"""What a web integration adds to a request: CPU of the process, over the bare application in the same run.

    python -m tests.benchmarks.bench_web [--rounds N] [--quick] [FRAMEWORK …]

Each application answers at once, so that what is left of the difference is the integration's: reading the request,
deciding, the page view with its plan, and the thread that takes it out of the queue (to a transport that keeps
nothing). All variants of a row take turns, ten requests each of fifty visitors with four browsers; of each the round
counts that other processes disturbed least. sentry-sdk changes the frameworks themselves, so it runs in a process of
its own. Django's asynchronous row has no other middleware: by a new project's, which is not asynchronous, a request
changes threads several times, and takes 1.3 ms.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import cache, partial
from importlib.util import find_spec
from multiprocessing import get_context
from typing import Any

from tests.benchmarks.web_apps import APPS, VISITORS, Run, client, requests

TURNS = 10
KINDS = {  # of request: what a row calls it, and the budget in µs
    "data": ("data for a script", 30),
    "other": ("a page that is no HTML", 30),
    "page": ("a page, known visitor", 70),
    "new": ("a page, new visitor", 70),
}
PEERS = {"posthog": ("django", "django, async"), "sentry": tuple(APPS)}  # who has an integration for what


@cache
def _server(framework: str, variant: str, kind: str) -> tuple[Run, Sequence[dict[str, Any]]]:
    prepare, run = _app(framework, variant)
    return run, [prepare(request) for request in requests(kind)]


@cache
def _app(framework: str, variant: str) -> Any:
    return APPS[framework](variant)


@cache
def _begin_sentry() -> None:
    import sentry_sdk
    from sentry_sdk.transport import Transport

    class Dropping(Transport):  # type: ignore[misc, unused-ignore]
        def capture_envelope(self, envelope: object) -> None:
            """Nothing is kept."""

    sentry_sdk.init(dsn="http://key@127.0.0.1:9/1", transport=Dropping, traces_sample_rate=1.0)


def cpu(framework: str, variant: str, kind: str) -> float:
    """CPU of this process per request, in µs."""
    if variant == "sentry":
        _begin_sentry()
    run, prepared = _server(framework, variant, kind)
    begin = time.process_time_ns()
    for _ in range(TURNS):
        run(prepared)
    if variant == "footfall":
        client().flush(10)
    return (time.process_time_ns() - begin) / (TURNS * VISITORS) / 1_000


def _here(_apart: Executor, framework: str, variant: str, kind: str) -> float:
    return cpu(framework, variant, kind)


def _apart(apart: Executor, framework: str, variant: str, kind: str) -> float:
    return apart.submit(cpu, framework, variant, kind).result()


def least(measures: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """The least that each took in some rounds, in which they take turns; the first, which loads things, is left out."""
    times = [{name: measure() for name, measure in measures.items()} for _ in range(rounds + 1)]
    return {name: min(row[name] for row in times[1:]) for name in measures}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("frameworks", nargs="*", metavar="FRAMEWORK", help=f"of {', '.join(APPS)}; else all")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    peers = {peer: of for peer, of in PEERS.items() if find_spec(peer if peer == "posthog" else "sentry_sdk")}
    for peer in PEERS.keys() - peers.keys():
        print(f"{peer}: skipped, it is not installed")
    with client(), ProcessPoolExecutor(1, get_context("spawn")) as apart:
        for framework in arguments.frameworks or APPS:
            for kind, (name, budget) in KINDS.items():
                variants = ["bare", "footfall", *(peer for peer, of in peers.items() if framework in of)]
                measures = {
                    each: partial(_apart if each == "sentry" else _here, apart, framework, each, kind)
                    for each in variants
                }
                spent = least(measures, 12 if arguments.quick else arguments.rounds)
                bare = spent.pop("bare")
                ours = spent.pop("footfall") - bare
                beside = "".join(f", {peer} adds {theirs - bare:.0f}" for peer, theirs in spent.items())
                verdict = "within" if ours <= budget else "OVER"
                print(f"{framework:14} {name:22} bare {bare:6.1f}, adds {ours:5.1f} ({verdict} {budget}){beside}")


if __name__ == "__main__":
    main()
