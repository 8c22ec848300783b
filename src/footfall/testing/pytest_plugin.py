"""The pytest plugin: checks what tests send by a tracking plan, and lets nothing of it leave the process.

Without a plan nothing leaves the process either, unless the ini option `footfall_network` says so; the plan's tools are
loaded only with one.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from footfall.testing.plan_session import PlanSession
    from footfall.testing.recording import Recording
    from footfall.testing.switch import Switch

__all__ = ["CollectorFixture"]

_SWITCH: pytest.StashKey[Switch] = pytest.StashKey()
_SESSION: pytest.StashKey[PlanSession] = pytest.StashKey()
_RECORDING: pytest.StashKey[Recording] = pytest.StashKey()
_UNJUDGED: pytest.StashKey[Recording] = pytest.StashKey()
_LOST = pytest.StashKey[list[str]]()
_MISSED = pytest.StashKey[list[str]]()
_OUTPUT = "footfall_coverage"


class CollectorFixture(NamedTuple):
    """A collector that runs: its `url`, a `write_key` for it, and its folder `data`."""

    url: str
    write_key: str
    data: Path


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("footfall", "footfall: tests against a tracking plan")
    group.addoption(
        "--footfall-plan", metavar="PATH", help="Check what tests send against this plan, and send nothing."
    )
    group.addoption(
        "--footfall-coverage-min",
        metavar="[SCOPE=]PERCENT",
        action="append",
        help="The share of the plan's active events that the tests must send: 80, TEAM=90, source:NAME=90, or owner=90 "
        "and source=90 for each. May be given several times.",
    )
    group.addoption("--footfall-coverage-file", metavar="PATH", help="Write what tests sent, as JSON.")
    parser.addini("footfall_plan", "The tracking plan, relative to the rootdir, as for --footfall-plan.", default="")
    parser.addini("footfall_coverage_min", "As for --footfall-coverage-min, one a line.", type="linelist", default=[])
    parser.addini(
        "footfall_network", "Without a plan, let clients that tests make reach their URL.", type="bool", default=False
    )
    parser.addini("footfall_coverage_file", "As for --footfall-coverage-file, relative to the rootdir.", default="")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """A conftest often imports the application, and that makes its client: replace the network before."""
    has_plan = early_config.known_args_namespace.footfall_plan or early_config.getini("footfall_plan")
    if has_plan or not early_config.getini("footfall_network"):
        from footfall.testing.switch import Switch

        early_config.stash[_SWITCH] = Switch()
        early_config.stash[_SWITCH].start()


def pytest_configure(config: pytest.Config) -> None:
    option, ini = config.getoption("--footfall-plan"), config.getini("footfall_plan")
    switch = config.stash.get(_SWITCH, None)
    if switch is None or not (option or ini):
        return
    from footfall.errors import FootfallError
    from footfall.testing.plan_coverage import read_gate
    from footfall.testing.plan_session import PlanSession

    path = config.invocation_params.dir / option if option else config.rootpath / ini
    gates = config.getoption("--footfall-coverage-min") or config.getini("footfall_coverage_min")
    try:
        read = [read_gate(gate) for gate in gates]
        session = PlanSession(path, switch, gates=read, file=_coverage_file(config))
    except FootfallError as error:
        raise pytest.UsageError(f"footfall: {error}") from None
    config.stash[_SESSION] = session
    config.stash[_LOST] = []
    config.stash[_MISSED] = []


def _coverage_file(config: pytest.Config) -> Path | None:
    option, ini = config.getoption("--footfall-coverage-file"), config.getini("footfall_coverage_file")
    if option:
        return config.invocation_params.dir / str(option)
    return config.rootpath / str(ini) if ini else None


def pytest_unconfigure(config: pytest.Config) -> None:
    switch = config.stash.get(_SWITCH, None)
    if switch is not None:
        switch.stop()


# What a test sends, from its first fixture to its last


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    session, switch = item.config.stash.get(_SESSION, None), item.config.stash.get(_SWITCH, None)
    if switch is None:
        return (yield)
    if session is None:
        from footfall.testing.recording import Recording

        with switch.recording_into(Recording()) as unjudged:
            item.stash[_UNJUDGED] = unjudged
            return (yield)
    with session.test(item.nodeid) as sent:
        item.stash[_RECORDING] = sent
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    sent = item.stash.get(_RECORDING, None)
    if sent is None:
        return (yield)
    try:
        result = yield
    except BaseException:
        _add_faults(item, sent)
        raise
    _check(sent)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, Any, Any]:
    sent = item.stash.get(_RECORDING, None)
    before = 0 if sent is None else len(sent.problems())
    result = yield
    if sent is not None and len(sent.problems()) > before:
        _check(sent)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """On CI pytest's summary repeats the whole text of a failure; of ours its first line is enough there."""
    report = yield
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None and (_RECORDING in item.stash or _UNJUDGED in item.stash):
        head = crash.message.partition("\n")[0]
        crash.message = head if head.endswith("against the tracking plan:") else crash.message
    return report


def _check(sent: Recording) -> None:
    failure = ""
    try:
        sent.check()
    except AssertionError as error:
        failure = str(error)
    if failure:  # outside of the handler, or pytest would print the text of both errors
        pytest.fail(failure, pytrace=False)


def _add_faults(item: pytest.Item, sent: Recording) -> None:
    """Beside another failure, the faults may be its cause."""
    problems = sent.problems()
    if problems and not sent.faults_allowed:
        item.add_report_section("call", "footfall", "\n".join(["against the tracking plan:", *problems]))


# The end of the session; under xdist the workers hand in what they saw


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    plan = session.config.stash.get(_SESSION, None)
    if plan is None:
        return
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_OUTPUT] = plan.coverage.plain()
        return
    if session.config.option.collectonly:
        return
    from footfall.errors import UsageError

    try:
        missed = plan.finish()
    except UsageError as error:
        missed = [str(error)]
    session.config.stash[_MISSED].extend([*session.config.stash[_LOST], *missed])
    if session.config.stash[_MISSED] and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """One of xdist's workers has ended."""
    plan = node.config.stash.get(_SESSION, None)
    if plan is None:
        return
    output = getattr(node, "workeroutput", None)
    if output is not None and _OUTPUT in output:
        plan.coverage.add(output[_OUTPUT])
    elif error is not None:
        node.config.stash[_LOST].append(f"plan coverage lacks what {node.gateway.id} saw: it ended without a word")


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    plan, switch = config.stash.get(_SESSION, None), config.stash.get(_SWITCH, None)
    if config.option.collectonly or (plan is None and (switch is None or not switch.kept)):
        return
    terminalreporter.section("footfall")
    if plan is None:
        terminalreporter.line("what tests sent was recorded, and nothing left the process (ini: footfall_network)")
        return
    terminalreporter.line(plan.coverage.summary())
    for line in config.stash[_MISSED]:
        terminalreporter.line(line, red=True)


# Fixtures


@pytest.fixture
def footfall_events(request: pytest.FixtureRequest) -> Iterator[Recording]:
    """What this test sent through footfall, with assertions about it; nothing of it left the process."""
    sent = request.node.stash.get(_RECORDING, None)
    if sent is not None:
        yield sent  # the session checks it when the test has ended
        return
    unjudged = request.node.stash.get(_UNJUDGED, None)
    if unjudged is not None:
        yield unjudged
        _check(unjudged)
        return
    from footfall.testing.recording import recording

    with recording() as own:
        yield own


@pytest.fixture
def footfall_collector(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CollectorFixture]:
    """A real collector in a process, on the loopback, with the plan if there is one.

    Clients that are made from its URL really send to it. Needs the `server` extra.
    """
    from footfall.testing.process import CollectorProcess

    session, switch = request.config.stash.get(_SESSION, None), request.config.stash.get(_SWITCH, None)
    data, key = tmp_path / "footfall-data", "test-key"
    with CollectorProcess(data, write_keys=(key,), plan=None if session is None else session.path) as process:
        if switch is not None:
            switch.let_through(process.url)
        yield CollectorFixture(process.url, key, data)
