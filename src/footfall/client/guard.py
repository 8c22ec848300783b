"""Guard: whatever goes wrong inside of a public call, the call returns; a lost message is counted, and said once.

What passes: InvalidEventError, which the application asked for, and what is no Exception (KeyboardInterrupt,
SystemExit, a cancelled task). The guard calls nothing before it has counted: at the limit of recursion a call raises.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

from footfall.errors import FootfallError, InvalidEventError
from footfall.forks import uncut
from footfall.printable import printable

if TYPE_CHECKING:
    from footfall.client.fault_log import EventFaultLog

__all__ = ["CaughtErrors", "Guarded", "error_text", "fault_log", "guarded"]

_log = logging.getLogger("footfall")
_SHOWN = 500  # characters of an error

_P = ParamSpec("_P")
_T = TypeVar("_T")


# How each call is written, for whoever writes it otherwise.
_FORMS = {
    "track": "track(event, {…}, user_id=…)",
    "identify": "identify(user_id, {…})",
    "page": "page(name, {…}, user_id=…)",
    "screen": "screen(name, {…}, user_id=…)",
    "group": "group(group_id, {…}, user_id=…)",
    "alias": "alias(previous_id, user_id)",
    "reset": "reset(anonymous_id=…)",
    "scope": "scope(user_id=…, anonymous_id=…)",
}


class CaughtErrors:
    """What was caught in one client; `lost` counts the calls that were to send a message."""

    def __init__(self) -> None:
        self.lost = 0
        self._logged: set[str] = set()

    def log(self, place: str, error: BaseException) -> None:
        """Log the error's class, once for each place: a call that always fails must not fill a disk. Never raises."""
        try:
            if _is_of_the_call(error):
                self.misused(place, str(error).rpartition("() ")[2])  # Python names the argument, and never its value
            else:
                self._say(f"{place} failed inside of footfall: {error_text(error)}")
        except Exception:  # noqa: BLE001, S110 - no stack or memory is left, or a handler of the application's raises
            pass

    def misused(self, place: str, reason: str) -> None:
        """Log that a call was written in a way that it does not take, with the right one, once for each."""
        self._say(f"{place} did nothing: {reason}; write client.{_FORMS.get(place.removesuffix('()'), place)}")

    def _say(self, text: str) -> None:
        if text not in self._logged:
            self._logged.add(text)
            _log.error("%s; this is logged once", text)


def error_text(error: BaseException) -> str:
    """Its class, and the text of one of ours: any other's, or an InvalidEventError's, may repeat a property's value."""
    is_ours = isinstance(error, FootfallError) and not isinstance(error, InvalidEventError)
    return f"{type(error).__name__}{f': {printable(str(error))[:_SHOWN]}' if is_ours else ''}"


def _is_of_the_call(error: BaseException) -> bool:
    """Whether Python refused the arguments of a guarded call before anything of it ran."""
    trace = error.__traceback__
    return type(error) is TypeError and trace is not None and trace.tb_next is None


@functools.cache
def fault_log() -> EventFaultLog:
    """The fault log of this process, which is loaded with the first fault."""
    with uncut():
        from footfall.client.fault_log import PROCESS

    return PROCESS


class Guarded(Protocol):
    """An object whose calls are guarded."""

    _caught: CaughtErrors


_Self = TypeVar("_Self", bound=Guarded)


def guarded(
    fallback: _T, *, sends: bool = False
) -> Callable[[Callable[Concatenate[_Self, _P], _T]], Callable[Concatenate[_Self, _P], _T]]:
    """Have a method return `fallback` where it would raise; where it `sends`, count the message as lost."""
    loss = int(sends)

    def guard(call: Callable[Concatenate[_Self, _P], _T]) -> Callable[Concatenate[_Self, _P], _T]:
        place = f"{call.__name__}()"

        @functools.wraps(call)
        def inside(self: _Self, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
            try:
                return call(self, *args, **kwargs)
            except InvalidEventError:
                raise
            except Exception as error:  # noqa: BLE001 - this is what the guard is for
                caught = self._caught
                caught.lost += loss
                try:  # noqa: SIM105 - `suppress` is one more call
                    caught.log(place, error)
                except RecursionError:
                    pass
                return fallback

        return inside

    return guard
