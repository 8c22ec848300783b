"""Users: who is signed in to a Django request, without a query where nobody is, and without touching the session.

Whoever asks `request.session` or `request.user` has Django add `Vary: Cookie`, and caches keep that page no more.
So a user is read where the application has read it already, else from a session of our own of the same key.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.utils.functional import LazyObject, empty

__all__ = ["user_of"]


def user_of(request: Any) -> object:
    """The id of the user who is signed in, None where nobody is.

    Raises what Django raises: SynchronousOnlyOperation where the session is to be read in an event loop.
    """
    user = getattr(request, "user", None)
    # To ask it would be a query, and to ask it whether it was asked its own code.
    if isinstance(user, LazyObject) and object.__getattribute__(user, "_wrapped") is empty:
        user = getattr(request, "_acached_user", None)
        if user is None:
            return _of_session(request)
    return user.pk if user is not None and user.is_authenticated else None


def _of_session(request: Any) -> object:
    session = getattr(request, "session", None)
    if session is None:
        return None
    content = getattr(session, "_session_cache", None)
    if content is None:
        if session.session_key is None:
            return None
        content = type(session)(session.session_key)
    return content.get(SESSION_KEY)
