"""Starlette, and so FastAPI: page views are named by their routes, and the user is the one who is authenticated.

    app.add_middleware(FootfallMiddleware, client=client, cookie_keys=[…])

`request.state.footfall` is the hit in an endpoint, `Depends(tracker)` in FastAPI.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import UNSET

from footfall.client import AsyncClient, Client
from footfall.errors import UsageError
from footfall.extras import needs
from footfall.integrations.asgi import HIT, App, AsgiMiddleware, Receive, Scope, Send
from footfall.integrations.hit import Hit
from footfall.integrations.options import SiteOptions
from footfall.integrations.starlette_routes import StarletteRoutes
from footfall.plan.problems import did_you_mean

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
        raise UsageError("the application has no FootfallMiddleware: app.add_middleware(FootfallMiddleware, client=…)")
    return hit


class FootfallMiddleware(AsgiMiddleware):
    """The middleware of ASGI, with what Starlette knows of a request.

    `settings` are those of SiteOptions. It may be above or below other middleware. The user is who
    AuthenticationMiddleware has authenticated (`identity`, else `id` or `username`), or what the setting `user` makes
    of the connection. A setting that cannot be used keeps the application from starting.
    """

    def __init__(self, app: App, /, client: Client | AsyncClient, **settings: Any) -> None:
        self._routes = StarletteRoutes()
        self._error: UsageError | None = None
        try:
            super().__init__(app, client, _options(settings))
        except UsageError as error:
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


def _options(settings: Mapping[str, Any]) -> SiteOptions:
    names = SiteOptions.__struct_fields__
    for name in settings:
        if name not in names:
            every = f"the settings are {', '.join(names)}"
            raise UsageError(f"there is no setting {name!r}; {did_you_mean(name, names, every)}")
    return SiteOptions(**settings)


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
