"""Commands reach a running collector from its own user, get an answer whatever is sent, and cost little."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from footfall.clock import SystemClock
from footfall.collector.commands import SOCKET, CommandAnswer, CommandServer, Handler, ask
from footfall.errors import JobError, UsageError


def echo(options: Mapping[str, Any], progress: Callable[[str], None]) -> object:
    for number in range(options.get("lines", 0)):
        progress(f"line {number}\nof it")
    return options


def fail(options: Mapping[str, Any], progress: Callable[[str], None]) -> object:
    raise {"job": JobError, "usage": UsageError, "odd": ZeroDivisionError}[options["kind"]](options["text"])


HANDLERS: Mapping[str, Handler] = {"echo": echo, "fail": fail, "odd": lambda *_: object()}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with CommandServer(tmp_path, HANDLERS):
        yield tmp_path


def say(folder: Path, content: bytes, *, ends: bool = True) -> list[dict[str, Any]]:
    """What the collector answers to these bytes."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(folder / SOCKET))
        try:
            client.sendall(content)
            if ends:
                client.shutdown(socket.SHUT_WR)
        except OSError:  # refused before all was sent
            pass
        answers: list[dict[str, Any]] = []
        # A collector that left some of it unread ends the connection by a reset, after its answer.
        with client.makefile("rb") as lines, suppress(ConnectionResetError):
            answers.extend(json.loads(line) for line in lines)
        return answers


def test_a_command_gets_its_progress_and_its_result(folder: Path) -> None:
    lines: list[str] = []

    answer = ask(folder, "echo", {"lines": 2, "name": "é"}, lines.append)

    assert answer == CommandAnswer({"lines": 2, "name": "é"})
    assert lines == ["line 0\nof it", "line 1\nof it"]


@pytest.mark.parametrize(("kind", "error"), [("job", JobError), ("usage", UsageError)])
def test_an_error_comes_as_what_it_is(folder: Path, kind: str, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"^it cannot: \\x1b$"):
        ask(folder, "fail", {"kind": kind, "text": "it cannot: \x1b"})


def test_a_path_that_is_no_unicode_travels_in_an_error(tmp_path: Path) -> None:
    def fail_there(options: Mapping[str, Any], progress: Callable[[str], None]) -> object:
        raise JobError("/data\udc80: it cannot be read")

    with (
        CommandServer(tmp_path, {"fail": fail_there}),
        pytest.raises(JobError, match=r"^/data\\udc80: it cannot be read$"),
    ):
        ask(tmp_path, "fail", {})


@pytest.mark.parametrize(("command", "options"), [("fail", {"kind": "odd", "text": "by zero"}), ("odd", {})])
def test_a_mistake_of_ours_is_an_answer_and_its_place_is_in_the_log(
    folder: Path, command: str, options: Mapping[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(JobError, match="the collector made a mistake; its log says which"):
        ask(folder, command, options)

    assert [record.exc_info is not None for record in caplog.records] == [True]


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (b"\n", None),
        (b"", None),
        (b"hello\n", "this is no command"),
        (b"\xff\x00\x80\n", "this is no command"),
        (b"[" * 60_000 + b"\n", "this is no command"),
        (b'{"command": 5}\n', "this is no command"),
        (b'{"command": "echo", "options": []}\n', "this is no command"),
        (b'{"command": "ech\\u001bo"}\n', r"has no command 'ech\\x1bo'; it has: echo, fail, odd"),
        (b'{"command": "' + b"x" * 70_000, "a command has at most 65,536 bytes in one line"),
        (b"x" * 1_000_000, "a command has at most 65,536 bytes in one line"),
        (b'{"command": "echo"}', ""),
        (b'{"command": "echo"}\nand more', ""),
    ],
)
def test_whatever_is_sent_gets_one_clear_answer(folder: Path, content: bytes, answer: str | None) -> None:
    lines = say(folder, content)

    if answer is None:
        assert lines == []
    elif answer:
        assert len(lines) == 1
        assert answer in lines[0]["error"]
    else:
        assert lines == [{"taken": True}, {"result": {}}]


class Hurried(SystemClock):
    """Each look at it is three seconds later."""

    def __init__(self) -> None:
        super().__init__()
        self._looks = 0

    def monotonic(self) -> float:
        self._looks += 1
        return 3.0 * self._looks


def test_who_sends_no_whole_line_is_answered_after_a_while(tmp_path: Path) -> None:
    with CommandServer(tmp_path, HANDLERS, clock=Hurried()):
        lines = say(tmp_path, b'{"comm', ends=False)

    assert [line["error"] for line in lines] == ["no whole line came within 5 seconds"]


def test_several_clients_are_served_at_once_and_too_many_are_refused(tmp_path: Path) -> None:
    meeting, end = threading.Barrier(17), threading.Event()

    def meet(options: Mapping[str, Any], progress: Callable[[str], None]) -> object:
        meeting.wait()
        end.wait()
        return "met"

    answers: list[object] = []
    with CommandServer(tmp_path, {"meet": meet}):
        threads = [threading.Thread(target=lambda: answers.append(ask(tmp_path, "meet", {}))) for _ in range(16)]
        for thread in threads:
            thread.start()
        meeting.wait()
        with pytest.raises(UsageError, match="16 commands run or wait already"):
            ask(tmp_path, "meet", {})
        end.set()
        for thread in threads:
            thread.join()

    assert answers == [CommandAnswer("met")] * 16


def test_a_collector_that_can_start_no_thread_says_so_and_serves_the_next_command(folder: Path) -> None:
    size = threading.stack_size(2**46)  # more than there is
    try:
        with pytest.raises(UsageError, match="can start no more threads"):
            ask(folder, "echo", {})
    finally:
        threading.stack_size(size)

    assert ask(folder, "echo", {}) == CommandAnswer({})


def test_a_client_that_goes_or_does_not_read_holds_up_no_command(tmp_path: Path) -> None:
    finished = threading.Event()

    def talk(options: Mapping[str, Any], progress: Callable[[str], None]) -> object:
        for _ in range(10_000):
            progress("x" * 1_000)
        finished.set()
        return None

    with CommandServer(tmp_path, {"talk": talk}):
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(tmp_path / SOCKET))
            client.sendall(b'{"command": "talk"}\n')
            client.recv(1)
        finished.wait()


def test_the_socket_is_its_owners_alone_whatever_the_umask_and_goes_with_the_collector(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with CommandServer(tmp_path, HANDLERS):
            status = (tmp_path / SOCKET).lstat()
    finally:
        os.umask(before)

    assert stat.S_ISSOCK(status.st_mode)
    assert stat.S_IMODE(status.st_mode) == 0o600
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel makes the file with the mode of the socket")
def test_the_file_of_a_socket_has_its_mode_from_the_first_moment(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            os.fchmod(listener.fileno(), 0o600)
            listener.bind(str(tmp_path / "socket"))
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "socket").lstat().st_mode) == 0o600


def test_a_folder_with_a_long_path_has_commands_too(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 40) / ("path" * 40)
    folder.mkdir(parents=True)
    with CommandServer(folder, HANDLERS):
        answer = ask(folder, "echo", {})

    assert answer == CommandAnswer({})
    assert list(folder.iterdir()) == []


def test_without_a_collector_there_is_no_answer(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with socket.socket(socket.AF_UNIX) as stale:  # as a killed collector leaves it
        (tmp_path / "killed").mkdir()
        stale.bind(str(tmp_path / "killed" / SOCKET))
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / SOCKET).write_text("no socket")

    folders = [tmp_path, tmp_path / "missing", tmp_path / "file", tmp_path / "killed", tmp_path / "odd"]
    assert [ask(folder, "echo", {}) for folder in folders] == [None] * 5


@pytest.mark.parametrize("kind", ["socket", "file", "link"])
def test_what_is_in_the_place_of_the_socket_is_replaced_and_nothing_behind_a_link_is_touched(
    tmp_path: Path, kind: str
) -> None:
    behind = tmp_path / "behind"
    behind.write_text("of somebody")
    for name in (SOCKET, f".{SOCKET}.draft"):
        path = tmp_path / name
        if kind == "socket":
            with socket.socket(socket.AF_UNIX) as stale:
                stale.bind(str(path))
        elif kind == "file":
            path.write_text("old")
        else:
            path.symlink_to(behind)

    with CommandServer(tmp_path, HANDLERS):
        assert ask(tmp_path, "echo", {}) == CommandAnswer({})
    assert behind.read_text() == "of somebody"


def test_where_no_socket_can_be_made_the_log_says_so_and_the_collector_works(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / SOCKET).mkdir()
    with CommandServer(tmp_path, HANDLERS):
        pass

    assert "commands do not reach this collector: no commands.sock can be made" in caplog.text
    assert [path.name for path in tmp_path.iterdir()] == [SOCKET]


def test_a_collector_that_ends_while_a_command_runs_is_said(tmp_path: Path) -> None:
    end = threading.Event()

    def work(options: Mapping[str, Any], progress: Callable[[str], None]) -> object:
        progress("begins")
        end.wait()
        raise JobError("the collector stops")

    errors: list[str] = []

    def call() -> None:
        try:
            ask(tmp_path, "work", {}, lambda _: begun.set())
        except JobError as error:
            errors.append(str(error))

    begun = threading.Event()
    caller = threading.Thread(target=call)
    with CommandServer(tmp_path, {"work": work}):
        caller.start()
        begun.wait()
        end.set()
    caller.join()

    assert errors == ["the collector stops"]


SERVER = """
import sys, threading
from pathlib import Path
from footfall.collector.commands import CommandServer

def work(options, progress):
    progress("begins")
    threading.Event().wait()

with CommandServer(Path(sys.argv[1]), {"work": work}):
    print("ready", flush=True)
    threading.Event().wait()
"""


def test_a_collector_that_is_killed_while_a_command_runs_is_said_and_its_socket_is_replaced(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", SERVER, str(tmp_path)], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        server.stdout.readline()
        with pytest.raises(JobError, match="the collector ended before it answered"):
            ask(tmp_path, "work", {}, lambda _: server.send_signal(signal.SIGKILL))
    was_there = (tmp_path / SOCKET).exists()

    with CommandServer(tmp_path, HANDLERS):
        answer = ask(tmp_path, "echo", {})

    assert was_there
    assert answer == CommandAnswer({})


ASK = """
import os, socket, sys
from pathlib import Path
from footfall.collector.commands import ask
from footfall.errors import UsageError

folder = Path(sys.argv[1])
os.setuid(65534)
try:
    ask(folder, "echo", {})
except UsageError as error:
    print(error)
with socket.socket(socket.AF_UNIX) as client:
    client.connect(str(folder / "commands.sock"))
    print(client.recv(1000).decode())
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_is_refused_by_the_mode_of_the_socket_and_without_it_by_both_sides() -> None:
    with tempfile.TemporaryDirectory() as name, CommandServer(Path(name), HANDLERS):
        Path(name).chmod(0o755)
        outputs = []
        for mode in (0o600, 0o666):
            (Path(name) / SOCKET).chmod(mode)
            done = subprocess.run([sys.executable, "-c", ASK, name], check=False, capture_output=True, text=True)
            outputs.append(done.stdout.splitlines() + done.stderr.splitlines()[-1:])

    assert outputs[0] == [
        f"{name}: its collector runs as another user; run this command as that user",
        "PermissionError: [Errno 13] Permission denied",
    ]
    error = f"{name}: its collector runs as user 0; run this command as that user"
    assert outputs[1][0] == error
    assert json.loads(outputs[1][1]) == {"error": error, "is_usage": True}
