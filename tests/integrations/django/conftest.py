"""A Django site in this process, with a database in memory, whose footfall sends to a recorder."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from tests.integrations.browsers import CHROME

from footfall.testing import Recorder

django = pytest.importorskip("django", reason="Django is not installed")

PLAN = Path(__file__).parents[1] / "plan.yaml"
KEY = "a key of the tests that is long enough"
MIDDLEWARE = [
    "footfall.integrations.django.FootfallMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]


@pytest.fixture(scope="session", autouse=True)
def django_project() -> Iterator[None]:
    """The project, set up once in a process, and its empty database."""
    from django.conf import settings
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases, teardown_test_environment

    apps = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"]
    apps += [app for app in ("rest_framework", "rest_framework.authtoken") if find_spec("rest_framework")]
    settings.configure(
        SECRET_KEY=KEY,
        ALLOWED_HOSTS=["*"],
        INSTALLED_APPS=[*apps, "footfall.integrations.django"],
        MIDDLEWARE=MIDDLEWARE,
        ROOT_URLCONF="tests.integrations.django.urls",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        FOOTFALL={"client": Recorder(), "plan": PLAN, "cookie_keys": [KEY]},
        USE_TZ=True,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    )
    django.setup()
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    yield
    teardown_databases(databases, verbosity=0)
    teardown_test_environment()


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """What the site of this test sends; its settings are as good as new."""
    from django.test.utils import override_settings

    recorder = Recorder()
    with override_settings(FOOTFALL={"client": recorder, "plan": PLAN, "cookie_keys": [KEY]}):
        yield recorder


@pytest.fixture
def browser(recorder: Recorder) -> Any:
    """Django's test client with the headers of a browser."""
    from django.test import Client

    return Client(raise_request_exception=False, headers=CHROME)


@pytest.fixture
def kari() -> Iterator[Any]:
    """A user of the site."""
    from django.contrib.auth import get_user_model

    user = get_user_model().objects.create_user("kari", password="secret")
    yield user
    user.delete()
