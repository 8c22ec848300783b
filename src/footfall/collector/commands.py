"""The command socket: a running collector takes commands, from its own user alone, by a Unix socket in its data folder.

One line of JSON goes in, `{"command": "jobs", "options": {}}`; lines of JSON come out: that it was taken, how far it
is, and last its result or its error. `CommandServer` is the collector's side, `ask` that of a command.
"""

from __future__ import annotations

import logging
import os
import select
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, Self

import msgspec

from footfall.clock import Clock, SystemClock
from footfall.errors import FootfallError, JobError, UsageError
from footfall.printable import printable, printable_lines

__all__ = ["SOCKET", "CommandAnswer", "CommandLine", "CommandRequest", "CommandServer", "Handler", "ask"]

SOCKET = "commands.sock"
"""The name of the socket in the data folder."""

Handler = Callable[[Mapping[str, Any], Callable[[str], None]], Any]
"""Carries out a command: takes its options and where to say how far it is, in lines; its result becomes JSON."""

_log = logging.getLogger("footfall")
_DRAFT = f".{SOCKET}.draft"
# Bytes of a path that every system takes for a socket; a longer folder is reached through its descriptor.
_LONGEST_PATH = 103
_LONGEST_REQUEST = 65_536
_LONGEST_LINE = 1 << 24
_MOST_CLIENTS = 16
# Seconds: for a client to send its line, for it to read a line, and for a collector to take a command.
_REQUEST_WITHIN, _LINE_WITHIN, _TAKEN_WITHIN = 5.0, 5.0, 10.0
_ENDS_WITHIN = 5.0
_PAUSE_MS = 100
_CREDENTIALS = struct.Struct("3i")  # process, user, group

_NO_COMMAND = 'this is no command; a line of JSON is expected: {"command": "jobs"}'
_TOO_LONG = f"a command has at most {_LONGEST_REQUEST:,} bytes in one line"
_TOO_SLOW = f"no whole line came within {_REQUEST_WITHIN:.0f} seconds"
_NO_THREAD = "this collector can start no more threads; try again later, or raise the limit on its tasks"
_TOO_MANY = f"{_MOST_CLIENTS} commands run or wait already; run it again when one has ended"
_MISTAKE = "the collector made a mistake; its log says which"
_NOT_YOURS = "{folder}: its collector runs as {user}; run this command as that user"
_NO_END = "the collector ended before it answered; see its log, and run the command again"
_SILENT = "{folder}: its collector does not answer; see whether it hangs"
_BUSY = "{folder}: too many commands wait for its collector; run it again when one has ended"
_STRANGE = "{folder}: what answers there is no collector of this version; start the collector anew"


class CommandRequest(msgspec.Struct):
    """What comes in."""

    command: str
    options: dict[str, Any] = msgspec.field(default_factory=dict)


class CommandLine(msgspec.Struct, omit_defaults=True):
    """A line that goes out: the command was taken, how far it is, its result, or its error.

    `is_usage` says of an error that the command was impossible as it was given.
    """

    taken: bool = False
    progress: str | None = None
    result: Any = msgspec.UNSET
    error: str | None = None
    is_usage: bool = False


class CommandAnswer(NamedTuple):
    """The result of a command, as it came through JSON."""

    result: Any


class CommandServer:
    """Takes commands for the length of a `with` block, each in a thread. The caller owns the folder.

    A folder in which no socket can be made is logged; the collector then works without commands.
    """

    def __init__(self, folder: Path, handlers: Mapping[str, Handler], *, clock: Clock | None = None) -> None:
        self._folder = folder
        self._handlers = handlers
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._clients: dict[socket.socket, threading.Thread] = {}
        self._listener: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        try:
            self._listener = _listen(self._folder)
        except OSError as error:
            _log.warning("commands do not reach this collector: no %s can be made: %s", SOCKET, error.strerror or error)
            return self
        self._wake, self._waking = socket.socketpair()
        self._thread = threading.Thread(
            target=self._accept, args=(self._listener,), name="footfall-commands", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread is None or self._listener is None:
            return
        self._waking.close()
        self._thread.join()
        with suppress(OSError):
            (self._folder / SOCKET).unlink()
        self._listener.close()
        self._wake.close()
        with self._lock:
            clients = dict(self._clients)
        for client, thread in clients.items():
            with suppress(OSError):
                client.shutdown(socket.SHUT_RD)  # who has not sent a command will get no answer
            thread.join(_ENDS_WITHIN)

    def _accept(self, listener: socket.socket) -> None:
        poll = select.poll()
        poll.register(self._wake, select.POLLIN)
        poll.register(listener, select.POLLIN)
        while self._wake.fileno() not in {descriptor for descriptor, _ in poll.poll()}:
            try:
                client, _ = listener.accept()
                client.setblocking(True)
            except OSError:  # the process has no descriptor free
                poll.unregister(listener)
                poll.poll(_PAUSE_MS)
                poll.register(listener, select.POLLIN)
                continue
            self._begin(client)

    def _begin(self, client: socket.socket) -> None:
        thread = threading.Thread(target=self._serve, args=(client,), name="footfall-command", daemon=True)
        with self._lock:
            self._clients[client] = thread
        try:
            thread.start()
        except RuntimeError:  # the process may have no more threads now; the next client is served again
            with client, self._lock:
                del self._clients[client]
                _Connection(client, self._clock).send(_refusal(_NO_THREAD))

    def _serve(self, client: socket.socket) -> None:
        try:
            with client:
                connection = _Connection(client, self._clock)
                answer = self._answer(connection)
                if answer is not None:
                    connection.send(answer)
        finally:
            with self._lock:
                del self._clients[client]

    def _answer(self, connection: _Connection) -> CommandLine | None:
        """The last line for a client; None where it went without a word."""
        user = connection.user()
        if user != os.geteuid():
            return _refusal(_NOT_YOURS.format(folder=self._folder, user=f"user {os.geteuid()}"))
        if len(self._clients) > _MOST_CLIENTS:
            return _refusal(_TOO_MANY)
        try:
            line = connection.read()
            if not line:
                return None
            request = msgspec.json.decode(line, type=CommandRequest)
        except UsageError as error:
            return _refusal(str(error))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return _refusal(_NO_COMMAND)
        handler = self._handlers.get(request.command)
        if handler is None:
            names = ", ".join(sorted(self._handlers))
            return _refusal(f"this collector has no command {printable(request.command[:60])!r}; it has: {names}")
        connection.send(CommandLine(taken=True))
        try:
            result = handler(request.options, lambda text: connection.send(CommandLine(progress=printable_lines(text))))
            return CommandLine(result=msgspec.to_builtins(result))
        except FootfallError as error:
            return CommandLine(error=printable_lines(str(error)), is_usage=isinstance(error, UsageError))
        except Exception:  # noqa: BLE001 - whatever it was, the client gets an answer
            _log.exception("the command %s failed by a mistake of ours", request.command)
            return CommandLine(error=_MISTAKE)


def _refusal(text: str) -> CommandLine:
    return CommandLine(error=text, is_usage=True)


class _Connection:
    """The collector's end of a connection. Who does not read, or has gone, misses what it is sent."""

    def __init__(self, client: socket.socket, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._is_gone = False

    def user(self) -> int:
        return _user_of(self._client)

    def read(self) -> bytes:
        """The line that comes in, or what came before the end. Raises UsageError for too long a line or wait."""
        line = b""
        until = self._clock.monotonic() + _REQUEST_WITHIN
        while b"\n" not in line:
            rest = until - self._clock.monotonic()
            if rest <= 0:
                raise UsageError(_TOO_SLOW)
            self._client.settimeout(rest)
            try:
                piece = self._client.recv(_LONGEST_REQUEST)
            except TimeoutError:
                continue
            except OSError:
                return b""
            line += piece
            if len(line) > _LONGEST_REQUEST:
                raise UsageError(_TOO_LONG)
            if not piece:
                break
        return line.partition(b"\n")[0]

    def send(self, line: CommandLine) -> None:
        with self._lock:
            if not self._is_gone:
                try:
                    self._client.settimeout(_LINE_WITHIN)
                    self._client.sendall(msgspec.json.encode(line) + b"\n")
                except OSError:
                    self._is_gone = True


def ask(
    folder: Path, command: str, options: Mapping[str, Any], progress: Callable[[str], None] = lambda _: None
) -> CommandAnswer | None:
    """Have the collector that owns `folder` carry out a command; None where none runs there.

    Raises UsageError where the collector is another user's or the command is impossible, and JobError where it failed
    or got no answer.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_TAKEN_WITHIN)
        try:
            with _short_path(folder, SOCKET) as path:
                connection.connect(path)
        except PermissionError:
            raise UsageError(_NOT_YOURS.format(folder=folder, user="another user")) from None
        except TimeoutError:
            raise JobError(_SILENT.format(folder=folder)) from None
        except BlockingIOError:
            raise JobError(_BUSY.format(folder=folder)) from None
        except OSError:
            return None  # no socket, or one that a killed collector left
        user = _user_of(connection)
        if user != os.geteuid():
            raise UsageError(_NOT_YOURS.format(folder=folder, user=f"user {user}"))
        return _converse(connection, folder, CommandRequest(command, dict(options)), progress)


def _converse(
    connection: socket.socket, folder: Path, request: CommandRequest, progress: Callable[[str], None]
) -> CommandAnswer:
    with connection.makefile("rb") as lines:
        try:
            # A collector that refuses us may be gone before it has read all.
            with suppress(ConnectionError):
                connection.sendall(msgspec.json.encode(request) + b"\n")
            while text := lines.readline(_LONGEST_LINE):
                line = msgspec.json.decode(text, type=CommandLine)
                if line.error is not None:
                    raise (UsageError if line.is_usage else JobError)(line.error)
                if line.result is not msgspec.UNSET:
                    return CommandAnswer(line.result)
                if line.progress is not None:
                    progress(line.progress)
                connection.settimeout(None)  # it was taken; a command may take hours
        except TimeoutError:
            raise JobError(_SILENT.format(folder=folder)) from None
        except ConnectionError:
            pass
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise JobError(_STRANGE.format(folder=folder)) from None
    raise JobError(_NO_END)


def _listen(folder: Path) -> socket.socket:
    """A listening socket in the folder, in place of what a killed collector left. Raises OSError."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    draft = folder / _DRAFT
    try:
        # Linux makes the file with the mode of the socket, so nobody else can connect at any moment; the umask, which
        # is the whole process's, is left alone.
        with suppress(OSError):
            os.fchmod(listener.fileno(), 0o600)
        draft.unlink(missing_ok=True)
        with _short_path(folder, _DRAFT) as path:
            listener.bind(path)
        draft.chmod(0o600)
        listener.listen(_MOST_CLIENTS)
        listener.setblocking(False)
        draft.replace(folder / SOCKET)
    except BaseException:
        listener.close()
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    return listener


@contextmanager
def _short_path(folder: Path, name: str) -> Iterator[str]:
    """A path of a socket in a folder that is short enough for the system. Raises OSError."""
    path = str(folder / name)
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        yield path
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{name}"
    finally:
        os.close(descriptor)


def _user_of(connection: socket.socket) -> int:
    """Who is at the other end. Where the system does not say, the mode of the socket's file has to do."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return os.geteuid()
    user: int = _CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, option, _CREDENTIALS.size))[1]
    return user
