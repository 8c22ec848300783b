"""The user of a Django request is known where they are, and no query and no `Vary` shows that anybody looked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from tests.integrations.browsers import CHROME

from footfall.testing import Recorder

django = pytest.importorskip("django", reason="Django is not installed")


def of_type(recorder: Recorder, kind: str) -> list[Mapping[str, Any]]:
    return [message for message in recorder.messages if message["type"] == kind]


def queries() -> Any:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    return CaptureQueriesContext(connection)


@pytest.mark.parametrize("path", ["/", "/tracked/", "/async/"])
def test_an_anonymous_page_costs_no_query_and_no_vary(path: str, browser: Any, recorder: Recorder) -> None:
    with queries() as asked:
        response = browser.get(path)

    assert len(asked) == 0
    assert "Cookie" not in response.get("Vary", "")
    assert len(of_type(recorder, "page")) == 1


def test_a_signed_in_user_is_identified_once_and_is_on_each_page(browser: Any, kari: Any, recorder: Recorder) -> None:
    browser.force_login(kari)

    for _ in range(3):
        browser.get("/who/")

    [identify] = of_type(recorder, "identify")
    assert identify["userId"] == str(kari.pk)
    assert [page["userId"] for page in of_type(recorder, "page")] == [str(kari.pk)] * 3


@pytest.mark.parametrize("path", ["/", "/tracked/"])
def test_a_user_whom_the_page_does_not_ask_for_is_known_and_the_page_stays_cacheable(
    path: str, browser: Any, kari: Any, recorder: Recorder
) -> None:
    browser.force_login(kari)

    response = browser.get(path)

    assert {message["userId"] for message in recorder.messages} == {str(kari.pk)}
    assert "Cookie" not in response.get("Vary", "")


def test_a_page_that_reads_the_user_costs_no_query_more(browser: Any, kari: Any, recorder: Recorder) -> None:
    from django.conf import settings
    from django.test import override_settings

    browser.force_login(kari)
    with queries() as with_ours:
        browser.get("/who/")
    with override_settings(MIDDLEWARE=settings.MIDDLEWARE[1:]):
        browser.handler._middleware_chain = None
        with queries() as without:
            browser.get("/who/")

    assert len(with_ours) == len(without)
    assert of_type(recorder, "page")[0]["userId"] == str(kari.pk)


def test_signing_in_is_known_from_the_next_page_on_and_signing_out_is_a_reset(
    browser: Any, kari: Any, recorder: Recorder
) -> None:
    for path in ("/", "/sign-in/?name=kari", "/", "/sign-out/", "/"):
        browser.get(path)

    kinds = [(message["type"], message.get("userId")) for message in recorder.messages]
    pk = str(kari.pk)
    assert kinds == [
        ("page", None),
        ("identify", pk),
        ("page", pk),
        ("page", pk),
        ("reset", None),
        ("page", None),
        ("page", None),
    ]
    assert len({message["anonymousId"] for message in recorder.messages}) == 1


def test_what_a_view_tracks_after_it_signs_somebody_in_or_out_is_theirs_or_nobodys(
    browser: Any, kari: Any, recorder: Recorder
) -> None:
    browser.get("/in-and-out/?name=kari")

    assert [event.get("userId") for event in of_type(recorder, "track")] == [None, str(kari.pk), None]


def test_a_session_that_has_ended_is_nobodys_and_its_cookie_is_treated_as_ever(
    browser: Any, kari: Any, recorder: Recorder
) -> None:
    from django.contrib.sessions.models import Session

    browser.force_login(kari)
    Session.objects.all().delete()

    response = browser.get("/tracked/")

    assert {message.get("userId") for message in recorder.messages} == {None}
    assert "sessionid" not in response.cookies  # Django deletes it where the page itself reads the session


def test_a_user_model_that_raises_costs_no_page(browser: Any, recorder: Recorder) -> None:
    response = browser.get("/broken-user/")

    from footfall.integrations.django.settings import current_site

    assert response.status_code == 200
    assert len(of_type(recorder, "page")) == 1
    assert current_site().client.stats().uncounted["internal"] >= 1


def test_the_setting_user_says_who_it_is(recorder: Recorder) -> None:
    from django.conf import settings
    from django.test import Client, override_settings

    with override_settings(FOOTFALL={**settings.FOOTFALL, "user": lambda request: request.headers.get("X-Member")}):
        Client(headers={**CHROME, "X-Member": "m-7"}).get("/")

    assert of_type(recorder, "page")[0]["userId"] == "m-7"


@pytest.mark.parametrize("path", ["/", "/who-async/", "/who/", "/async/"])
def test_a_user_is_known_in_an_event_loop_too(path: str, kari: Any, recorder: Recorder) -> None:
    from django.test import AsyncClient

    async def ask() -> int:
        client = AsyncClient()
        await client.aforce_login(kari) if hasattr(client, "aforce_login") else None
        return int((await client.get(path, headers=CHROME)).status_code)

    if not hasattr(AsyncClient, "aforce_login"):
        pytest.skip("this Django signs nobody in from an event loop")
    assert asyncio.run(ask()) == 200

    assert of_type(recorder, "page")[0]["userId"] == str(kari.pk)
    assert of_type(recorder, "identify")[0]["userId"] == str(kari.pk)


@pytest.mark.parametrize("path", ["/footfall/consent?statistics=1", "/footfall/redirect/"])
def test_a_path_of_our_own_does_not_sign_the_user_out(path: str, browser: Any, kari: Any, recorder: Recorder) -> None:
    from footfall.integrations.django.settings import current_site

    browser.force_login(kari)
    browser.get("/who/")
    if path.endswith("redirect/"):
        browser.get(current_site().links.redirect("https://partner.example/", "clicked"))
    else:
        assert browser.post(path, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303
    browser.get("/who/")

    assert len(of_type(recorder, "identify")) == 1
    assert of_type(recorder, "reset") == []


def test_a_middleware_that_is_there_twice_counts_once(browser: Any, recorder: Recorder) -> None:
    from django.conf import settings
    from django.test import override_settings

    with override_settings(MIDDLEWARE=[settings.MIDDLEWARE[0], *settings.MIDDLEWARE]):
        browser.get("/")

    assert len(of_type(recorder, "page")) == 1
