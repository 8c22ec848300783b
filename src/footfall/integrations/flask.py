"""Flask: page views, visitors and users of Flask applications.

Footfall(app, plan="tracking_plans", cookie_keys=[app.secret_key])

@app.post("/orders")
def order():
    g.footfall.track("order_completed", {…})
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from msgspec import UNSET

from footfall.errors import UsageError
from footfall.extras import needs
from footfall.integrations.hit import Hit
from footfall.integrations.settings import read_settings
from footfall.integrations.templates import Templates
from footfall.integrations.wsgi import HIT, WsgiMiddleware

with needs("footfall.integrations.flask", "flask"):
    from flask import Flask, g, request
    from flask.globals import request_ctx
    from flask.signals import request_finished
    from werkzeug.utils import import_string

__all__ = ["Footfall"]

_FindUser = Callable[[Any], object]


class Footfall:
    """The extension. Its settings are keyword arguments, or the dict `app.config["FOOTFALL"]`, or both.

    They are those of the integrations' README: `collector`, `write_key`, `plan` (or a `client`), `cookie_keys` and so
    on. `user` is a function from Flask's request to the user's id; without it flask-login says who it is, if the
    application has it. One Footfall serves several applications; each has a site.

    Raises UsageError, with all that is wrong, where an application is given or `init_app` is called.
    """

    def __init__(self, app: Flask | None = None, **settings: Any) -> None:
        self._settings = settings
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask, **settings: Any) -> None:
        """Count the pages of `app`. Settings given here come before those of `app.config` and of the constructor."""
        if "footfall" in app.extensions:
            raise UsageError("init_app was called twice for one application: each page would be counted twice")
        merged = {**self._settings, **app.config.get("FOOTFALL", {}), **settings}
        defaults = {"debug": app.debug, "secure": not app.debug}
        middleware = WsgiMiddleware(app.wsgi_app, *read_settings(merged, defaults, import_string))
        app.wsgi_app = middleware  # type: ignore[method-assign]  # Flask's own way to put something around it
        app.extensions["footfall"] = middleware.site
        app.jinja_env.globals["footfall"] = Templates(lambda: middleware.site)
        # Before those of the application, which may refuse a request: its error handlers find the hit too.
        app.url_value_preprocessors[None].insert(0, partial(_begin, app, middleware.site.options.user))
        if middleware.site.options.user is not None:
            request_finished.connect(_ask_again, app)


def _begin(app: Flask, find_user: _FindUser | None, _endpoint: str | None, _values: object) -> None:
    """The request has a route, and a context in which views find the hit."""
    current = request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - a proxy's, asked once
    hit: Hit | None = current.environ.get(HIT)
    if hit is None:
        return
    g.footfall = hit
    if (rule := current.url_rule) is not None:
        hit.route = rule.rule
    if find_user is not None:
        _ask_again(app)
    elif hasattr(app, "login_manager"):
        _follow_flask_login(app)
        _ask_again(app)
    else:
        hit.user(_nobody)


def _nobody() -> None:
    """The user of an application that has none."""


def _follow_flask_login(app: Flask) -> None:
    """From the first request on, for its manager may be made after us; to connect twice is to connect once."""
    from flask_login.signals import user_logged_in, user_logged_out

    for signal in (request_finished, user_logged_in, user_logged_out):
        signal.connect(_ask_again, app)


def _ask_again(app: Flask, **_: Any) -> None:
    """Somebody has signed in or out, or may have: what is sent from now on is theirs, or nobody's."""
    context: Any = request_ctx._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - of a proxy
    hit: Hit | None = context.request.environ.get(HIT)
    if hit is not None:
        hit.user(partial(_user, app, context, app.extensions["footfall"].options.user))


def _user(app: Flask, context: Any, find_user: _FindUser | None) -> object:
    """The user's id, None where nobody is signed in; the session is as if nobody had asked.

    A session that was accessed has Flask add `Vary: Cookie`, and caches keep that page no more.
    """
    session = vars(context).get("_session", vars(context).get("session"))
    accessed = getattr(session, "accessed", None)
    try:
        return _of_flask_login(app, session) if find_user is None else find_user(context.request)
    finally:
        if accessed is not None:
            session.accessed = accessed


def _of_flask_login(app: Flask, session: Mapping[str, Any] | None) -> object:
    """The user that flask-login has loaded, or that the session names: to have it load one could be a query."""
    user = g.get("_login_user")
    if user is not None:
        return user.get_id() if user.is_authenticated else None
    if session is None:
        return UNSET
    user_id = session.get("_user_id")
    cookie = app.config.get("REMEMBER_COOKIE_NAME", "remember_token")
    return UNSET if user_id is None and cookie in request.cookies else user_id
