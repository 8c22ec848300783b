"""The extension counts the pages of Flask applications, and changes nothing that they answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.integrations.browsers import CHROME

from footfall.errors import UsageError
from footfall.testing import Recorder

flask = pytest.importorskip("flask", reason="Flask is not installed")

PLAN = Path(__file__).parent / "plan.yaml"
KEY = "a key of the tests that is long enough"
PAGE = "<html><head><title>Home</title></head><body><h1>Home</h1></body></html>"


def application(recorder: Recorder, **settings: Any) -> Any:
    """A site with a page of each kind."""
    from footfall.integrations.flask import Footfall

    app = flask.Flask("site")
    app.secret_key = KEY
    add_pages(app)
    Footfall(app, client=recorder, plan=PLAN, cookie_keys=[KEY], **settings)
    return app


def add_pages(app: Any) -> None:
    shop = flask.Blueprint("shop", "shop", url_prefix="/shop")

    @shop.get("/orders/<int:number>")
    @app.get("/orders/<int:number>")
    def order(number: int) -> str:
        return f"<h1>Order {number}</h1>"

    app.register_blueprint(shop)

    @app.get("/")
    def home() -> str:
        return PAGE

    @app.get("/tracked")
    def tracked() -> str:
        flask.g.footfall.track("product_viewed", {"sku": "A"})
        return PAGE

    @app.get("/stream")
    def stream() -> Any:
        def chunks() -> Iterator[str]:
            for part in ("one", "two"):
                flask.g.footfall.track("chunk_sent", {"part": flask.request.args.get("name", part)})
                yield part

        return flask.Response(flask.stream_with_context(chunks()), mimetype="text/html")

    @app.get("/file")
    def file() -> Any:
        return flask.send_file(PLAN, as_attachment=True)

    @app.get("/boom")
    def boom() -> str:
        raise RuntimeError("the view's own")

    @app.get("/moved")
    def moved() -> Any:
        return flask.redirect("/")

    @app.get("/data")
    def data() -> Any:
        return {"a": 1}

    @app.get("/sign-in/<name>")
    def sign_in(name: str) -> str:
        flask.session["member"] = name
        return PAGE

    @app.get("/sign-out")
    def sign_out() -> str:
        flask.session.clear()
        return PAGE


def of_type(recorder: Recorder, kind: str) -> list[Mapping[str, Any]]:
    return [message for message in recorder.messages if message["type"] == kind]


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def app(recorder: Recorder) -> Any:
    return application(recorder)


@pytest.fixture
def browser(app: Any) -> Any:
    return Browser(app)


class Browser:
    """Flask's test client with the headers of a browser, over TLS."""

    def __init__(self, app: Any, headers: Mapping[str, str] = CHROME) -> None:
        self.client = app.test_client()
        self.headers = headers

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers={**self.headers, **headers}, base_url="https://shop.example")


def test_a_page_is_counted_under_its_route_with_a_new_visitor(browser: Browser, recorder: Recorder) -> None:
    response = browser.get("/orders/12")

    [page] = recorder.messages
    assert (page["type"], page["name"]) == ("page", "/orders/<int:number>")
    assert page["anonymousId"] in response.headers["Set-Cookie"]


def test_a_route_of_a_blueprint_is_whole(browser: Browser, recorder: Recorder) -> None:
    browser.get("/shop/orders/12")

    assert of_type(recorder, "page")[0]["name"] == "/shop/orders/<int:number>"


def test_a_second_page_is_of_the_same_visitor_and_sets_no_cookie(browser: Browser, recorder: Recorder) -> None:
    browser.get("/")
    second = browser.get("/")

    assert "Set-Cookie" not in second.headers
    assert len({page["anonymousId"] for page in of_type(recorder, "page")}) == 1


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        ("/nowhere", 404, "not_found"),
        ("/moved", 302, "redirect"),
        ("/data", 200, "not_html"),
        ("/boom", 500, "server_error"),
    ],
)
def test_what_is_no_page_is_counted_by_its_reason(
    path: str, status: int, reason: str, app: Any, browser: Browser, recorder: Recorder
) -> None:
    response = browser.get(path)

    assert response.status_code == status
    assert recorder.messages == []
    assert app.extensions["footfall"].client.stats().uncounted == {reason: 1}


def test_a_handler_of_an_error_finds_the_hit_whatever_refused_the_request(recorder: Recorder) -> None:
    from footfall.integrations.flask import Footfall

    app = flask.Flask("site")

    @app.url_value_preprocessor
    def refuse(_endpoint: str | None, _values: Any) -> None:
        flask.abort(404)

    @app.get("/<language>/prices")
    def prices(language: str) -> str:
        return language

    @app.errorhandler(404)
    def nowhere(_error: Exception) -> Any:
        flask.g.footfall.track("product_viewed", {"sku": "A"})
        return PAGE, 404

    Footfall(app, client=recorder, plan=PLAN, cookie_keys=[KEY])

    assert Browser(app).get("/xx/prices").status_code == 404
    assert len(of_type(recorder, "track")) == 1


def test_an_error_that_a_test_is_to_see_is_raised_and_counted(app: Any, browser: Browser, recorder: Recorder) -> None:
    app.testing = True

    with pytest.raises(RuntimeError, match="the view's own"):
        browser.get("/boom")

    assert app.extensions["footfall"].client.stats().uncounted == {"server_error": 1}


def test_a_view_tracks_with_the_ids_of_the_visitor_and_no_word_about_them(browser: Browser, recorder: Recorder) -> None:
    browser.get("/tracked")

    [event], [page] = of_type(recorder, "track"), of_type(recorder, "page")
    assert event["anonymousId"] == page["anonymousId"]


def test_a_stream_is_read_part_by_part_and_each_tracks_for_the_visitor(browser: Browser, recorder: Recorder) -> None:
    chunks = browser.get("/stream?name=x").iter_encoded()

    assert next(chunks) == b"one"
    assert b"".join(chunks) == b"two"
    assert [event["properties"]["part"] for event in of_type(recorder, "track")] == ["x", "x"]
    assert len({message["anonymousId"] for message in recorder.messages}) == 1


def test_a_file_is_handed_to_the_server_as_it_was(app: Any) -> None:
    environ = app.test_request_context("/file", headers=CHROME).request.environ
    environ["wsgi.file_wrapper"] = Wrapped
    body = app(environ, lambda status, headers: None)

    assert type(body) is Wrapped
    assert b"".join(body) == PLAN.read_bytes()
    body.close()


class Wrapped:
    """As a server's own wrapper, which it recognises by its type."""

    def __init__(self, file: Any, size: int = 8192) -> None:
        self._file = file
        self.close = file.close

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self._file.read(8192), b"")


def test_two_applications_under_one_server_have_each_a_site(recorder: Recorder) -> None:
    from werkzeug.middleware.dispatcher import DispatcherMiddleware
    from werkzeug.test import Client

    other = Recorder()
    outer, inner = application(recorder), application(other)
    both = DispatcherMiddleware(outer, {"/inner": inner})

    for path in ("/orders/1", "/inner/orders/2"):
        Client(both).get(path, headers=CHROME, base_url="https://shop.example")

    assert [page["name"] for page in of_type(recorder, "page")] == ["/orders/<int:number>"]
    assert [page["name"] for page in of_type(other, "page")] == ["/orders/<int:number>"]


def test_one_extension_serves_several_applications(recorder: Recorder) -> None:
    from footfall.integrations.flask import Footfall

    extension = Footfall(client=recorder, plan=PLAN, cookie_keys=[KEY])
    for name in ("first", "second"):
        app = flask.Flask(name)
        add_pages(app)
        extension.init_app(app)
        Browser(app).get("/")

    assert len(of_type(recorder, "page")) == 2


def test_an_application_cannot_be_counted_twice(app: Any) -> None:
    from footfall.integrations.flask import Footfall

    with pytest.raises(UsageError, match="twice"):
        Footfall(app, client=Recorder(), plan=PLAN, cookie_keys=[KEY])


def test_settings_may_be_in_the_config_and_a_wrong_one_is_named_with_the_right_one() -> None:
    from footfall.integrations.flask import Footfall

    app = flask.Flask("site")
    app.config["FOOTFALL"] = {"client": Recorder(), "plan": PLAN, "cookie_key": [KEY]}

    with pytest.raises(UsageError, match=r"'cookie_key'.*did you mean 'cookie_keys'"):
        Footfall(app)


def test_requests_at_once_do_not_mix(app: Any, recorder: Recorder) -> None:
    threads = [threading.Thread(target=Browser(app).get, args=("/tracked",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({page["anonymousId"] for page in of_type(recorder, "page")}) == 8
    assert len({event["anonymousId"] for event in of_type(recorder, "track")}) == 8


# Users


def test_a_page_without_a_user_leaves_the_session_alone(recorder: Recorder) -> None:
    app = application(recorder, user=lambda request: flask.session.get("member"))

    response = Browser(app).get("/tracked")

    assert "Vary" not in response.headers


def test_a_user_is_identified_once_and_reset_when_they_leave(recorder: Recorder) -> None:
    browser = Browser(application(recorder, user=lambda request: flask.session.get("member")))

    for path in ("/", "/sign-in/kari", "/", "/sign-out", "/"):
        browser.get(path)

    kinds = [(message["type"], message.get("userId")) for message in recorder.messages]
    assert kinds == [
        ("page", None),
        ("identify", "kari"),
        ("page", "kari"),
        ("page", "kari"),
        ("reset", None),
        ("page", None),
        ("page", None),
    ]


def test_a_user_function_that_raises_costs_no_page(recorder: Recorder) -> None:
    response = Browser(application(recorder, user=lambda request: 1 / 0)).get("/")

    assert response.status_code == 200
    assert len(of_type(recorder, "page")) == 1


def test_flask_login_says_who_it_is_without_loading_the_user(recorder: Recorder) -> None:
    flask_login = pytest.importorskip("flask_login", reason="flask-login is not installed")
    app = application(recorder)
    manager = flask_login.LoginManager(app)
    loaded: list[str] = []

    class Member:
        is_authenticated = is_active = True
        is_anonymous = False

        def get_id(self) -> str:
            return "kari"

    @manager.user_loader
    def load(user_id: str) -> Member:
        loaded.append(user_id)
        return Member()

    @app.get("/join")
    def join() -> str:
        flask_login.login_user(Member())
        flask.g.footfall.track("product_viewed", {"sku": "A"})
        return PAGE

    @app.get("/leave")
    def leave() -> str:
        flask_login.logout_user()
        return PAGE

    browser = Browser(app)
    for path in ("/", "/join", "/", "/leave", "/"):
        browser.get(path)

    assert loaded == ["kari"]  # logout_user() itself asks
    assert of_type(recorder, "track")[0]["userId"] == "kari"
    assert [page.get("userId") for page in of_type(recorder, "page")] == [None, "kari", "kari", None, None]
    assert len(of_type(recorder, "identify")) == len(of_type(recorder, "reset")) == 1


def test_a_template_makes_links_that_count(recorder: Recorder) -> None:
    app = application(recorder)
    with app.app_context():
        address = flask.render_template_string(
            "{{ footfall.link('https://partner.example/', 'product_viewed', sku='A') }}"
        )

    response = app.test_client().get(address, headers=CHROME)

    assert (response.status_code, response.location) == (303, "https://partner.example/")
    assert [message["event"] for message in recorder.messages] == ["product_viewed"]
