"""Starlette, and so FastAPI: page views are named by their routes, and the user is the one who is authenticated.

    app.add_middleware(FootfallMiddleware, plan="tracking_plans", cookie_keys=[…])

`request.state.footfall` is the hit in an endpoint, `Depends(tracker)` in FastAPI.
"""

from __future__ import annotations

from collections.abc import Callable
from pkgutil import resolve_name
from typing import Any

from msgspec import UNSET

from footfall.errors import FootfallError, UsageError
from footfall.extras import needs
from footfall.integrations.asgi import HIT, App, AsgiMiddleware, Receive, Scope, Send
from footfall.integrations.hit import Hit
from footfall.integrations.settings import read_settings
from footfall.integrations.starlette_routes import StarletteRoutes

with needs("footfall.integrations.starlette", "starlette"):
    from starlette.requests import HTTPConnection

__all__ = ["FootfallMiddleware", "tracker"]

_IDS = ("identity", "id", "username")  # of a user, the first that it has


def tracker(connection: HTTPConnection) -> Hit:
    """The hit of a request, as a dependency of FastAPI: `hit: Annotated[Hit, Depends(tracker)]`.

    Raises UsageError where the middleware is missing.
    """
    hit = connection.scope.get(HIT)
    if not isinstance(hit, Hit):
        raise UsageError("the application has no FootfallMiddleware: app.add_middleware(FootfallMiddleware, …)")
    return hit


class FootfallMiddleware(AsgiMiddleware):
    """The middleware of ASGI, with what Starlette knows of a request.

    `settings` are those of the integrations' README: `collector`, `write_key`, `plan` (or a `client`), `cookie_keys`
    and so on. The middleware may be above or below others. The user is who AuthenticationMiddleware has authenticated
    (`identity`, else `id` or `username`), or what the setting `user` makes of the connection. A setting that cannot be
    used keeps the application from starting.
    """

    def __init__(self, application: App | None = None, /, **settings: Any) -> None:
        application = settings.pop("app", application)  # Starlette gave it by its name at first
        assert application is not None
        self._routes = StarletteRoutes()
        self._error: FootfallError | None = None
        try:
            super().__init__(application, *read_settings(settings, {}, resolve_name))
        except FootfallError as error:
            self._error = error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._error is not None:
            if scope["type"] == "lifespan":
                # Starlette makes its middleware at its first call, and servers take what that raises for an
                # application without a lifespan, which they start all the same.
                await receive()
                await send({"type": "lifespan.startup.failed", "message": f"footfall: {self._error}"})
            raise self._error
        await super().__call__(scope, receive, send)

    def learn(self, hit: Hit, scope: Scope) -> Callable[[], str | None]:
        scope.setdefault("state", {})[HIT] = hit
        find_user = self.site.options.user
        hit.user(lambda: _authenticated(scope) if find_user is None else find_user(HTTPConnection(scope)))
        # Before a mount changes them.
        application, path = scope.get("app", self.app), scope["path"].removeprefix(scope.get("root_path", ""))
        return lambda: self._routes.template(scope, application, path)


def _authenticated(scope: Scope) -> Any:
    """The id of the authenticated user, None where nobody is, UNSET where that is not known."""
    user = scope.get("user")
    if user is not None and not user.is_authenticated:
        return None
    return next((value for name in _IDS if (value := _value(user, name)) is not None), UNSET)


def _value(user: Any, name: str) -> Any:
    try:
        return getattr(user, name, None)
    except NotImplementedError:  # Starlette's own kinds of users have no `identity`
        return None
