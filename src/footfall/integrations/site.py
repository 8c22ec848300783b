"""Site: one web application with its client; it decides about each hit by `footfall.web`, and sends what follows.

A shell, one for each framework, makes one Site, and for each request

    hit = site.begin(request)                     # never raises
    if (own := site.own_response(hit)) is not None: …  # answer with it: the application is not asked
    with hit.scope(): …                           # the application runs in it, and each chunk of its response
    headers = site.finish(hit, response)          # when the head of the response is known; add them to it

Nothing that goes wrong inside reaches the application: it is counted as `internal` in `client.stats().uncounted`, and
logged once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from msgspec import UNSET, UnsetType

from footfall.client.base import BaseClient
from footfall.client.guard import CaughtErrors
from footfall.client.message import SitePage
from footfall.errors import UsageError
from footfall.geo_file import GeoFile
from footfall.identity.given import plain_text
from footfall.integrations.engagement import Engagement, check_step
from footfall.integrations.hit import Hit
from footfall.integrations.links import Links
from footfall.integrations.options import SiteOptions
from footfall.integrations.own_response import OwnResponse
from footfall.integrations.own_routes import OWN_ROUTES
from footfall.plan.consent import RULES, ConsentRules
from footfall.plan.model import Staff
from footfall.timestamps import is_plausible
from footfall.web.bots import judge, list_version
from footfall.web.capture import GPC_PATH, Departure, WebCapture, debug_header
from footfall.web.choice_texts import ChoiceTexts
from footfall.web.geo import location_of
from footfall.web.proxies import TrustedProxies
from footfall.web.request import WebRequest, WebResponse
from footfall.web.rules import WebRules
from footfall.web.staff import StaffMarks
from footfall.web.title import title_of
from footfall.web.user_agent import describe
from footfall.web.visit import Visit
from footfall.web.visitor_cookie import VisitorCookie

__all__ = ["Site"]

_NO_KEY = "of a client that is disabled"
_R = TypeVar("_R")


class Site:
    """One web application and its client.

    Raises UsageError where it cannot start: the plan has no `consent:`, a key is missing or too short, an option is
    none. A client that is disabled makes a site that does nothing.
    """

    def __init__(self, client: BaseClient, options: SiteOptions | None = None) -> None:
        self.client = client
        self.options = SiteOptions() if options is None else options
        self._caught = CaughtErrors()
        self._proxies = TrustedProxies(self.options.trusted_proxies) if self.options.trusted_proxies else None
        self._capture = None if client.disabled else WebCapture(self._rules())
        # Without a key the client is disabled: the addresses of a template are made, and lead nowhere.
        self.links = Links(client, self.options.link_keys or [_NO_KEY], self.options.prefix)
        check_step(self.options.engagement_step)
        self.engagement = Engagement(self.links, is_on=self.options.engagement)
        for load in (judge, describe):  # they read their lists now, and not during a request
            load("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
        list_version()

    def _rules(self) -> WebRules:
        options, plan = self.options, self.client.plan
        consent = None if plan is None else ConsentRules.of(plan)
        if plan is None or consent is None:
            choices = "; ".join(f"{name}: {what}" for name, what in RULES.items())
            raise UsageError(
                "the plan says nowhere what may be kept of whom: give it a `consent:` with one of these "
                f"rules ({choices})"
            )
        asks = consent.consent.rule == "own_rule"
        if asks != callable(options.consent):
            raise UsageError(
                "a plan whose rule of consent is own_rule needs consent=, a function from a request to what its "
                "visitor stated, and no other rule takes one"
            )
        if not (asks or options.honours_gpc):
            raise UsageError("honours_gpc=False needs a plan whose rule of consent is own_rule")
        staff = plan.staff or Staff()
        return WebRules(
            consent=consent,
            purposes=tuple(consent.consent.purposes),
            own_rule=self._stated if asks else None,
            web=plan.web,
            cookie=VisitorCookie(options.cookie_name, options.cookie_keys),
            staff=StaffMarks(options.cookie_keys, staff.networks, has_link=staff.signed_link),
            prefix=options.prefix,
            exclude=tuple(options.exclude),
            client_hints=options.client_hints,
            locate=None if options.geo is None else GeoFile(options.geo, location_of).find,
            honours_gpc=options.honours_gpc,
            texts=ChoiceTexts(options.texts, tuple(consent.consent.purposes)),
            secure=options.secure,
            debug=options.debug,
        )

    def _stated(self, request: WebRequest) -> Mapping[str, bool | None]:
        """What the site's own rule says that the visitor stated; nothing where it fails."""
        try:
            return dict(self.options.consent(request)) if self.options.consent is not None else {}
        except Exception as error:  # noqa: BLE001 - a rule that raises costs no message
            self.failed("consent", error)
            return {}

    def begin(self, request: WebRequest) -> Hit:
        """A hit has come. Never raises."""
        return self.begin_from(_as_it_is, request)

    def begin_from(self, read: Callable[[_R], WebRequest], raw: _R) -> Hit:
        """A hit has come, and `read` makes a WebRequest of the framework's. Never raises."""
        hit = Hit(self)
        if self._capture is not None:
            try:
                request = read(raw) if self._proxies is None else self._proxies.resolve(read(raw))
                clock = self.client.clock
                hit.visit = self._capture.arrive(request, now_us=clock.now_us(), new_id=clock.new_id)
            except Exception as error:  # noqa: BLE001 - nothing of ours may reach the application
                self.failed("begin()", error)
        return hit

    def own_response(self, hit: Hit) -> OwnResponse | None:
        """The whole response to a hit on a path of our own; None where the application is to answer. Never raises."""
        if hit.visit is None or hit.visit.reason != "own":
            return None
        path = hit.visit.request.path
        name = path if path == GPC_PATH else path.removeprefix(self.options.prefix.rstrip("/") + "/").partition("/")[0]
        try:
            route = OWN_ROUTES.get(name)
            own = None if route is None else route(self, hit)
            if own is None:
                return None
            self.client.leave_uncounted("own")
            return own.with_header(*debug_header(hit.visit, "own")) if self.options.debug else own
        except Exception as error:  # noqa: BLE001 - as above
            self.failed("own_response()", error)
            return None

    def staff_link(self) -> str | None:
        """The path that marks a browser as one of the team's, once it is opened; None where the plan allows none.

        Whoever has it can leave their browser out of the figures, and no more.
        """
        link = None if self._capture is None else self._capture.rules.staff.link
        return None if link is None else f"{self.options.prefix.rstrip('/')}/staff/{link}"

    def depart(self, hit: Hit, response: WebResponse) -> Sequence[tuple[str, str]]:
        """Decide what follows from a response, and return the headers to add to it; nothing is sent yet.

        It may be called again where another response takes the place of this one. Never raises.
        """
        return self.depart_from(hit, _as_it_is, response)

    def depart_from(self, hit: Hit, read: Callable[[_R], WebResponse], raw: _R) -> Sequence[tuple[str, str]]:
        """The same, where `read` makes a WebResponse of the framework's. Never raises."""
        if self._capture is None or hit.visit is None or hit.is_over:
            return ()
        try:
            response = read(raw)
            if response.route is None and hit.route is not None:
                response = WebResponse(
                    status=response.status, headers=response.headers, route=plain_text(hit.route), title=response.title
                )
            hit.departure = departure = self._capture.leave(
                hit.visit,
                response,
                now_us=self.client.clock.now_us(),
                user=hit.user_id if hit.visit.reason is None or hit.used else _unknown,
                used=hit.used,
            )
        except Exception as error:  # noqa: BLE001 - as above
            hit.departure = None
            self.failed("depart()", error)
            return ()
        return departure.headers

    def send(self, hit: Hit, body: bytes = b"") -> None:
        """Send what was decided at the last `depart`: the response is on its way, and this hit is over. Never raises.

        `body` is the beginning of the response, where it is at hand: the page's title is looked for in it.
        """
        departure, visit = hit.departure, hit.visit
        if departure is None or visit is None or hit.is_over:
            return
        hit.is_over = True
        try:
            if departure.reason is not None:
                self.client.leave_uncounted(departure.reason)
            for note in departure.notes:
                self.client.leave_uncounted(note)
            if departure.page is not None or departure.identify is not None or departure.is_reset:
                scopes = self.client.scopes
                scope = scopes.get()
                # What is sent here says all that the hit's scope would add.
                around = scope.without(hit.scope_now)
                if around is scope:
                    self._send_messages(hit, visit, departure, body)
                    return
                scopes.set(around)
                try:
                    self._send_messages(hit, visit, departure, body)
                finally:
                    scopes.set(scope)
        except Exception as error:  # noqa: BLE001 - as above
            self.failed("send()", error)

    def _send_messages(self, hit: Hit, visit: Visit, departure: Departure, body: bytes) -> None:
        anonymous_id = visit.anonymous_id
        if departure.is_reset:
            self.client.reset(anonymous_id=anonymous_id, context=visit.context)
        if departure.identify is not None:
            self.client.identify(departure.identify, anonymous_id=anonymous_id, context=visit.context)
        if (page := departure.page) is None:
            return
        properties = page.properties
        title = None if hit.title is None else plain_text(hit.title)
        if "title" not in properties and (title := title or title_of(body)) is not None:
            properties = {**properties, "title": title[:512]}
        view = SitePage(
            page.name,
            properties,
            visit,
            user_id=None if anonymous_id is None else hit.known_user(),
            anonymous_id=anonymous_id,
            # A page comes before what was tracked on it. Where nothing was, the time of sending will do.
            at_us=visit.arrived_us if hit.used and is_plausible(visit.arrived_us) else None,
            is_of_bot=visit.recognition.program.bot is not None,
            is_full=page.level == "full",
        )
        self.client.send_page(view)

    def finish(self, hit: Hit, response: WebResponse) -> Sequence[tuple[str, str]]:
        """`depart` and `send` in one, for a framework whose response is final when its head is known."""
        headers = self.depart(hit, response)
        self.send(hit)
        return headers

    def abandon(self, hit: Hit) -> None:
        """The hit ends without a response: the client left, or the request was cancelled. Never raises."""
        if hit.visit is not None and not hit.is_over:
            hit.is_over = True
            self.client.leave_uncounted("no_response")

    def choose(self, hit: Hit, choice: Mapping[str, bool]) -> None:
        """A visitor chose; see `Hit.consent`. Never raises."""
        if self._capture is not None and hit.visit is not None:
            try:
                hit.visit = hit.visit.chosen(choice, self.client.clock.new_id)
            except Exception as error:  # noqa: BLE001 - as above
                self.failed("consent()", error)

    def failed(self, place: str, error: BaseException) -> None:
        """Count and log what went wrong inside. Never raises."""
        self.client.leave_uncounted("internal")
        self._caught.log(place, error)


def _unknown() -> UnsetType:
    return UNSET


def _as_it_is(value: _R) -> _R:
    return value
