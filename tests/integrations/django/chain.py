"""Middleware of one kind alone, so that Django changes between threads and the event loop around ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.decorators import async_only_middleware, sync_only_middleware


@sync_only_middleware
def sync_only(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return get_response


@async_only_middleware
def async_only(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    async def answer(request: Any) -> Any:
        return await get_response(request)

    return answer


class Untracked:
    """What a view has where footfall is not there."""

    def track(self, *args: object, **options: object) -> None:
        """Do nothing."""


def without_footfall(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def answer(request: Any) -> Any:
        request.footfall = Untracked()
        return get_response(request)

    return answer
