"""The step that writes from which country and region a message came, and cuts its address, before anything is written.

With a geo file, `context.ip` of a message or of its batch is looked up whole, and then kept without its last part:

| `context.ip`                | what is kept                                                                        |
|-----------------------------|-------------------------------------------------------------------------------------|
| an address                  | its /24 (IPv4) or /48 (IPv6), and beside it `location`: country and region          |
| one beside a `location`     | the same, with the sender's location                                                |
| one of the plan's own staff | the same, with `staff: true`: of a cut address a small network could not be known   |
| anything else               | null                                                                                |

In a message that cannot be read, and in one over the size limit, whatever is named `ip` becomes null, also in JSON that
is a text inside of it. A message that is only counted has no context. Every other byte stays as it came.
"""

from __future__ import annotations

from footfall.collector.message_ids import content_id, given_id
from footfall.collector.message_state import MessageState, RequestContext
from footfall.collector.oversize import HEAD_BYTES

__all__ = ["locate"]


def locate(state: MessageState, request: RequestContext) -> bool:
    """Write where a message came from, and cut its address."""
    locator = request.locator
    if locator is None or state.is_counted:
        return True
    context = state.data.get("context")
    if state.is_oversize:
        state.body = locator.unread(state.body[:HEAD_BYTES])
    elif type(context) is not dict:
        if context is not None:
            state.body = locator.unread(state.body)
    elif context.get("ip") is not None:
        if given_id(state) is None:
            # Made of the cut address, for it must not confirm a guess at a whole one; and without the place, which
            # another geo file may not give to a repeat.
            state.message_id = content_id(state, request, locator.apply(state.body, context, is_located=False))
        state.body = locator.apply(state.body, context)
    return True
