"""The pytest plugin as its users run it: a pytest process of its own in a project made from nothing."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

PLAN = """
plan: bakery
teams: {shop: {}, kitchen: {}}
sources: {till: {}, web: {}}
events:
  bread_viewed: {owner: shop, sources: [web], properties: {kind: {type: string, enum: [rye, wheat], required: true}}}
  bread_bought:
    wire_name: Bread Bought
    owner: shop
    sources: [web, till]
    properties:
      price: {type: decimal, min: 0.01, scale: 2, required: true}
      mail: {type: string, format: email, transform: hash}
  bread_baked: {owner: kitchen}
  bread_burnt: {owner: kitchen, status: draft}
journeys:
  buying: {within: 7d, steps: [{id: see, event: bread_viewed}, {id: buy, event: bread_bought}]}
"""
APP = """
import footfall
client = footfall.Client("http://localhost:9", write_key="key")

def view(kind="rye", **who):
    client.track("bread_viewed", {"kind": kind}, **(who or {"user_id": "ann"}))

def buy(price=3.2, **who):
    client.track("Bread Bought", {"price": price}, **(who or {"user_id": "ann"}))
"""

# Plugins of this environment that take longer to load than the rest of such a process takes.
WITHOUT = " ".join(f"-p no:{name}" for name in ("anyio", "hypothesispytest", "pytest_httpx", "respx", "time_machine"))


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    (pytester.path / "plan.yaml").write_text(PLAN)
    (pytester.path / "app.py").write_text(APP)
    pytester.makeini(f"[pytest]\npythonpath = .\naddopts = {WITHOUT}\n")
    return pytester


def run(project: pytest.Pytester, tests: str, *options: str) -> pytest.RunResult:
    (project.path / "test_app.py").write_text(f"import app, footfall, pytest\n{tests}")
    return project.runpytest_subprocess("--footfall-plan", "plan.yaml", "-p", "no:randomly", *options)


def test_a_test_that_sends_what_is_planned_passes_and_is_counted(project: pytest.Pytester) -> None:
    done = run(
        project,
        """
def test_sells(footfall_events):
    app.view(); app.buy(); app.buy(4)
    footfall_events.assert_sent("bread_bought", times=2)
    footfall_events.assert_sent("Bread Bought", price=4)
    footfall_events.assert_not_sent("bread_baked")
    footfall_events.assert_journey("buying", user_id="ann")
    assert footfall_events.events == ["bread_viewed", "Bread Bought", "Bread Bought"]
""",
    )

    done.assert_outcomes(passed=1)
    done.stdout.fnmatch_lines(["plan coverage: 2 of 3 events, never seen: bread_baked"])


def test_a_test_that_sends_what_the_plan_refuses_fails_with_every_fault(project: pytest.Pytester) -> None:
    done = run(
        project,
        """
def test_without_the_fixture():
    app.view("bun"); app.buy(-1.234); app.client.track("bread_bougth")

def test_after_it():
    app.view()
""",
    )

    done.assert_outcomes(passed=1, failed=1)
    done.stdout.fnmatch_lines(
        [
            "sent 4 faults against the tracking plan:",
            "  app.py:6: bread_viewed kind enum *",
            "  app.py:9: Bread Bought price min *",
            "  app.py:9: Bread Bought price scale *",
            "  test_app.py:4: bread_bougth unknown_event *",
        ]
    )


def test_a_message_is_there_in_the_next_line_also_from_an_event_loop(project: pytest.Pytester) -> None:
    done = run(
        project,
        """
import asyncio

def test_async(footfall_events):
    client = footfall.AsyncClient("http://localhost:9", write_key="key")
    async def go():
        client.track("bread_viewed", {"kind": "rye"}, user_id="ann")
        footfall_events.assert_sent("bread_viewed", kind="rye")
        await client.aclose()
    asyncio.run(go())
    footfall_events.assert_sent("bread_viewed", times=1)
""",
    )

    done.assert_outcomes(passed=1)


def test_nothing_reaches_the_network(project: pytest.Pytester) -> None:
    done = run(
        project,
        """
import http.server, threading

def test_network(footfall_events):
    asked = []
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.path)
    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        from footfall.delivery import HttpTransport
        url = f"http://127.0.0.1:{server.server_port}"
        for collector, more in ((url, {"write_key": "key"}), (HttpTransport(url, "key"), {})):
            with footfall.Client(collector, **more) as client:
                client.track("bread_baked", user_id="ann")
                delivery = client.flush()
            assert delivery.delivered == 1
        server.shutdown()
        thread.join()
    assert asked == []
    footfall_events.assert_sent("bread_baked", times=2)
""",
    )

    done.assert_outcomes(passed=1)


@pytest.mark.parametrize("options", [(), ("-n1",)])
@pytest.mark.slow
def test_a_client_that_a_conftest_makes_is_recorded_as_well(project: pytest.Pytester, options: tuple[str, ...]) -> None:
    project.makeconftest(f"import sys\nsys.path.insert(0, {str(project.path)!r})\nimport app\n")

    done = run(
        project,
        "def test_sells(footfall_events):\n    app.view()\n    footfall_events.assert_sent('bread_viewed', times=1)\n",
        *options,
    )

    done.assert_outcomes(passed=1)


def test_faults_can_be_allowed_and_looked_at(project: pytest.Pytester) -> None:
    done = run(
        project,
        """
def test_allowed(footfall_events):
    footfall_events.allow_faults()
    app.view("bun")
    assert [fault.code for fault in footfall_events.recorded[0].faults] == ["enum"]
""",
    )

    done.assert_outcomes(passed=1)


def test_what_was_only_sent_with_a_fault_is_not_covered(project: pytest.Pytester) -> None:
    tests = """
def test_wrong(footfall_events):
    footfall_events.allow_faults()
    app.view("bun"); app.buy(-1); app.buy(3)
"""
    done = run(project, tests, "--footfall-coverage-min", "60", "--footfall-coverage-file", "seen.json")

    done.stdout.fnmatch_lines(["plan coverage: 1 of 3 events, never seen: bread_viewed, bread_baked"])
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    events = json.loads((project.path / "seen.json").read_text())["events"]
    assert {name: event["count"] for name, event in events.items()} == {"bread_bought": 1}


@pytest.mark.slow
def test_what_a_client_refuses_is_a_fault_as_well(project: pytest.Pytester) -> None:
    done = run(
        project,
        """
def test_dropped():
    client = footfall.Client("http://localhost:9", write_key="key", plan="plan.yaml", on_invalid="drop")
    assert not client.track("bread_viewed", {"kind": "bun"}, user_id="ann")

def test_closed():
    client = footfall.Client("http://localhost:9", write_key="key")
    client.close()
    client.track("bread_viewed", {"kind": "rye"}, user_id="ann")
""",
    )

    done.assert_outcomes(failed=2)
    done.stdout.fnmatch_lines(
        ["  test_app.py:5: bread_viewed kind enum *", "  test_app.py:10: bread_viewed was not accepted: closed"]
    )


def test_a_value_that_the_client_hashed_is_no_fault(project: pytest.Pytester) -> None:
    done = run(
        project,
        """
@pytest.mark.parametrize("plan", [None, "plan.yaml"])
def test_hashed(footfall_events, plan):
    options = footfall.ClientOptions(transform_key=b"k" * 32)
    client = footfall.Client("http://localhost:9", write_key="key", plan=plan, options=options)
    client.track("bread_bought", {"price": 1, "mail": "ann@example.com"}, user_id="ann")
    assert footfall_events.problems() == []
    assert (footfall_events.messages[0]["properties"]["mail"] == "ann@example.com") == (plan is None)
""",
    )

    done.assert_outcomes(passed=2)


def test_a_failed_assertion_says_what_was_sent_instead(project: pytest.Pytester) -> None:
    done = run(
        project,
        """
def test_price(footfall_events):
    app.buy(4)
    footfall_events.assert_sent("bread_bought", price=5)

def test_journey(footfall_events):
    app.view(user_id="bob")
    footfall_events.assert_journey("buying", user_id="bob")

def test_name(footfall_events):
    footfall_events.assert_sent("bread_sold")
""",
    )

    done.assert_outcomes(failed=3)
    done.stdout.fnmatch_lines(
        [
            "*expected 'bread_bought' with price=5 at least once, and it was never sent",
            "*bread_bought: price was 4, not 5",
            "*sent: Bread Bought",
            "*user_id 'bob' got through 1 of 2 steps of the journey 'buying':",
            "*  reached  see: bread_viewed",
            "*  MISSING  buy: bread_bought was not sent",
            "*UsageError: the plan has no event 'bread_sold'; it has bread_viewed, *",
        ]
    )


def test_faults_stand_beside_another_failure(project: pytest.Pytester) -> None:
    done = run(project, "def test_two():\n    app.view('bun')\n    assert False, 'something else'\n")

    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(
        ["*something else*", "*against the tracking plan:*", "app.py:6: bread_viewed kind enum *"]
    )


def test_what_a_fixture_sends_at_its_end_fails_the_test_as_well(project: pytest.Pytester) -> None:
    done = run(
        project,
        "@pytest.fixture\ndef shop():\n    yield\n    app.view('bun')\n\ndef test_shop(shop):\n    pass\n",
    )

    done.assert_outcomes(passed=1, errors=1)


@pytest.mark.parametrize(
    ("gate", "words"),
    [
        ("60", None),
        ("70", "plan coverage is 67 % (2 of 3 events), less than 70 %: send bread_baked"),
        ("shop=100", None),
        ("owner:kitchen=50", "plan coverage of owner kitchen is 0 % (0 of 1 event), less than 50 %: send bread_baked"),
        ("owner=100", "plan coverage of owner kitchen is 0 % *"),
        ("source=100", None),
        ("source:till=100", None),
    ],
)
@pytest.mark.slow
def test_a_share_of_the_plan_must_be_covered(project: pytest.Pytester, gate: str, words: str | None) -> None:
    done = run(project, "def test_sells():\n    app.view(); app.buy()\n", "--footfall-coverage-min", gate)

    assert done.ret == (1 if words else 0)
    if words:
        done.stdout.fnmatch_lines([words])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--footfall-coverage-min", "a lot"), "*'a lot' is no coverage: write 80, TEAM=90*"),
        (("--footfall-coverage-min", "101"), "*'101' is no coverage*"),
        (("--footfall-coverage-min", "nobody=1"), "*no owner 'nobody' to cover; it has kitchen, shop"),
        (("--footfall-plan", "no.yaml"), "*no.yaml*no such file or folder*"),
    ],
)
@pytest.mark.slow
def test_what_cannot_be_is_told_before_any_test_runs(
    project: pytest.Pytester, options: tuple[str, ...], words: str
) -> None:
    done = run(project, "def test_never():\n    raise SystemExit\n", *options)

    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines([words])


@pytest.mark.slow
def test_the_workers_of_xdist_hand_in_what_they_saw(project: pytest.Pytester) -> None:
    done = run(
        project,
        """
@pytest.mark.parametrize("number", range(6))
def test_sells(footfall_events, number):
    app.view() if number % 2 else app.buy()
    footfall_events.assert_sent("bread_viewed" if number % 2 else "bread_bought", times=1)

def test_bad():
    app.view("bun")
""",
        "-n2",
        "--footfall-coverage-min=100",
        "--footfall-coverage-file=covered.json",
    )

    done.assert_outcomes(passed=6, failed=1)
    done.stdout.fnmatch_lines(
        [
            "plan coverage: 2 of 3 events, never seen: bread_baked",
            "plan coverage is 67 % (2 of 3 events), less than 100 %: send bread_baked",
        ]
    )
    covered = json.loads((project.path / "covered.json").read_text())
    assert {name: event["count"] for name, event in covered["events"].items()} == {"bread_bought": 3, "bread_viewed": 3}


@pytest.mark.slow
def test_a_worker_that_dies_is_told(project: pytest.Pytester) -> None:
    done = run(
        project,
        "import os\ndef test_dies():\n    os._exit(3)\n",
        "-n1",
        "--max-worker-restart=0",
    )

    assert done.ret == 1
    done.stdout.fnmatch_lines(["plan coverage lacks what gw0 saw*"])


def test_the_coverage_file_names_counts_properties_and_tests(project: pytest.Pytester) -> None:
    run(project, "def test_sells():\n    app.buy(); app.buy()\n", "--footfall-coverage-file", "out/covered.json")

    covered = json.loads((project.path / "out" / "covered.json").read_text())
    assert (covered["footfall_coverage"], covered["plan"]) == (1, "bakery")
    assert covered["events"] == {
        "bread_bought": {"count": 2, "properties": ["price"], "tests": ["test_app.py::test_sells"]}
    }


def test_the_ini_file_can_say_it_all(project: pytest.Pytester) -> None:
    project.makeini(
        "[pytest]\npythonpath = .\nfootfall_plan = plan.yaml\nfootfall_coverage_min =\n    50\n    kitchen=100\n"
        "footfall_coverage_file = covered.json\n"
    )
    (project.path / "test_app.py").write_text("import app\ndef test_sells():\n    app.view(); app.buy()\n")

    done = project.runpytest_subprocess()

    assert done.ret == 1
    done.stdout.fnmatch_lines(["plan coverage of owner kitchen is 0 % *"])
    assert (project.path / "covered.json").exists()


def test_without_a_plan_its_tools_are_not_loaded_and_nothing_is_said(project: pytest.Pytester) -> None:
    (project.path / "test_app.py").write_text(
        "import sys\ndef test_light():\n    assert 'footfall.testing.plan_session' not in sys.modules\n"
        "    assert 'footfall.plan.reading.assembly' not in sys.modules\n"
    )

    done = project.runpytest_subprocess()

    done.assert_outcomes(passed=1)
    assert "footfall" not in "".join(line for line in done.outlines if "plugins:" not in line and "rootdir" not in line)


ASKED = """
import http.server, threading
import footfall

asked = []
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        asked.append(self.path)
        self.send_error(503)
    def log_message(self, *arguments):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = footfall.Client(f"http://127.0.0.1:{server.server_port}", write_key="key")
"""


@pytest.mark.parametrize(("ini", "reached"), [("", "[]"), ("footfall_network = true\n", "['/v1/batch']")])
@pytest.mark.slow
def test_without_a_plan_a_client_of_a_module_never_reaches_its_url_unless_the_ini_lets_it(
    project: pytest.Pytester, ini: str, reached: str
) -> None:
    project.makeini(f"[pytest]\npythonpath = .\n{ini}")
    (project.path / "asked.py").write_text(ASKED)
    (project.path / "conftest.py").write_text("import asked\n")
    (project.path / "test_app.py").write_text(
        "import asked\ndef test_sends():\n    asked.client.track('anything', user_id='ann')\n"
        f"    asked.client.flush(1)\n    assert str(asked.asked[:1]) == {reached!r}\n"
    )

    done = project.runpytest_subprocess("-W", "ignore")

    done.assert_outcomes(passed=1)
    is_said = any("what tests sent was recorded" in line for line in done.outlines)
    assert is_said == (not ini)


def test_the_fixture_has_what_a_client_of_a_module_sent_without_a_plan(project: pytest.Pytester) -> None:
    (project.path / "test_app.py").write_text(
        "import app\ndef test_sells(footfall_events):\n    app.view()\n"
        "    footfall_events.assert_sent('bread_viewed', times=1, kind='rye')\n"
        "def test_next(footfall_events):\n    assert footfall_events.events == []\n"
    )

    project.runpytest_subprocess().assert_outcomes(passed=2)


@pytest.mark.parametrize("ci", ["", "true"])
def test_a_failure_tells_its_text_once_and_calls_of_one_line_together(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, ci: str
) -> None:
    monkeypatch.setenv("CI", ci)  # where it is set, pytest's summary has the whole text of a failure
    done = run(project, "def test_twice():\n    app.view('bun')\n    app.view('bun')\n")

    told = [line for line in done.outlines if "kind enum" in line]
    assert told == ['  app.py:6: bread_viewed kind enum (expected one of rye, wheat, got "bun") (2 times)']
    assert not any("During handling" in line for line in done.outlines)


def test_the_fixture_records_without_a_plan(project: pytest.Pytester) -> None:
    (project.path / "test_app.py").write_text(
        "import footfall\ndef test_records(footfall_events):\n"
        "    client = footfall.Client('http://localhost:9', write_key='key')\n"
        "    client.track('anything', {'x': 1}, user_id='ann')\n"
        "    footfall_events.client.track('other', user_id='ann')\n"
        "    footfall_events.assert_sent('anything', x=1)\n    assert footfall_events.events == ['anything', 'other']\n"
    )

    done = project.runpytest_subprocess()

    done.assert_outcomes(passed=1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a collector needs Linux or macOS")
def test_a_real_collector_takes_what_is_sent_to_it(project: pytest.Pytester) -> None:
    done = run(
        project,
        """
from footfall.storage import DataFolder, SqliteJournal

def test_collects(footfall_collector):
    with footfall.Client(footfall_collector.url, write_key=footfall_collector.write_key) as client:
        client.track("bread_viewed", {"kind": "rye"}, user_id="ann")
        client.track("bread_viewed", {"kind": "bun"}, user_id="ann")
        assert client.flush().delivered == 2
    journal = SqliteJournal(DataFolder.read(footfall_collector.data).journal_path, readonly=True)
    counts = {kind: sum(map(len, journal.scan(kind))) for kind in ("stored", "quarantined")}
    assert counts == {"stored": 1, "quarantined": 1}
    journal.close()
""",
    )

    done.assert_outcomes(passed=1)


def test_the_plugin_needs_nothing_but_the_plan_extra(project: pytest.Pytester) -> None:
    """A finder that refuses the libraries of the other extras stands in for an environment without them."""
    (project.path / "conftest.py").write_text(
        "import sys\nclass Refuse:\n    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in {'apsw', 'click', 'duckdb', 'pyarrow', 'rich', 'uvicorn'}:\n"
        "            raise ModuleNotFoundError(name)\nsys.meta_path.insert(0, Refuse())\n"
    )

    done = run(
        project,
        "def test_sells(footfall_events):\n    app.view(); app.buy()\n"
        "    footfall_events.assert_journey('buying', user_id='ann')\n",
    )

    done.assert_outcomes(passed=1)


def test_this_project_runs_under_the_plugin_itself() -> None:
    assert "footfall.testing.pytest_plugin" in sys.modules
    assert Path(sys.modules["footfall.testing.pytest_plugin"].__file__ or "").name == "pytest_plugin.py"


def test_every_option_and_fixture_is_documented(project: pytest.Pytester) -> None:
    commands = (Path(__file__).parents[2] / "tracking_plans" / "COMMANDS.md").read_text()
    told = project.runpytest_subprocess("--help").stdout.str() + project.runpytest_subprocess("--fixtures").stdout.str()
    words = set(re.findall(r"--footfall-[a-z-]+|\bfootfall_[a-z_]+", told))

    assert {"--footfall-plan", "footfall_events", "footfall_collector", "footfall_coverage_min"} <= words
    assert {word for word in words if f"`{word}" not in commands} == set()
