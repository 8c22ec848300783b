"""The lines of the README, pasted into the project that a framework's tutorial makes, count its first page."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.integrations.browsers import CHROME

from footfall.collector import Collector
from footfall.integrations.settings import KEYS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "src" / "footfall" / "integrations" / "README.md").read_text(encoding="utf-8")

DJANGO_PAGE = """

from django.http import HttpResponse
from django.urls import path
from footfall.testing import Recorder

ROOT_URLCONF = __name__
urlpatterns = [path("hello/<slug:name>/", lambda request, name: HttpResponse("<title>Hello</title>"))]
RECORDER = FOOTFALL["client"] = Recorder()
"""
DJANGO_VISIT = """
import django, os
os.environ["DJANGO_SETTINGS_MODULE"] = "mysite.settings"
django.setup()
from django.test import Client
from mysite.settings import RECORDER
response = Client(headers={headers}).get("/hello/kari/", secure=True, headers={{"Host": "localhost"}})
print(response.status_code, [message["name"] for message in RECORDER.messages if message["type"] == "page"])
"""
FLASK = """
from flask import Flask
from footfall.testing import Recorder

app = Flask(__name__)
app.secret_key = "a secret that is long enough"
RECORDER = Recorder()

@app.get("/hello/<name>")
def hello(name):
    return "<title>Hello</title>"

{block}
response = app.test_client().get("/hello/kari", headers={headers}, base_url="https://127.0.0.1")
print(response.status_code, [message["name"] for message in RECORDER.messages if message["type"] == "page"])
"""
STARLETTE = """
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from footfall.testing import Recorder

SECRET_KEY = "a secret that is long enough"
RECORDER = Recorder()
app = Starlette(routes=[Route("/hello/{{name}}", lambda request: HTMLResponse("<title>Hello</title>"))])

{block}
with TestClient(app, base_url="https://127.0.0.1") as browser:
    response = browser.get("/hello/kari", headers={headers})
print(response.status_code, [message["name"] for message in RECORDER.messages if message["type"] == "page"])
"""
WSGI = """
import json
from wsgiref.util import setup_testing_defaults

{block}
environ = {{"HTTP_" + name.replace("-", "_").upper(): value for name, value in {headers}.items()}}
setup_testing_defaults(environ)
for _chunk in application(environ, lambda status, headers: print(status, end=" ")):
    pass
print([json.loads(message)["name"] for message in client.waiting()], flush=True)
import os
os._exit(0)  # no collector runs here, and a client waits for it
"""
CELERY = """
from celery import Celery
from footfall.testing import Recorder

RECORDER = Recorder()
app = Celery("shop")
app.conf.task_always_eager = True

{block}

@app.task
def ship():
    client.track("product_viewed", {{"sku": "A"}})

with client.scope(user_id="kari", context={{"consent": {{"categoryPreferences": {{"statistics": True}}}}}}):
    ship.delay()
print([message["userId"] for message in RECORDER.messages])
"""


def block(mark: str) -> str:
    match = re.search(rf"<!-- {mark} -->\n```(?:python|yaml)\n(.*?)```", PAGE, re.DOTALL)
    assert match is not None
    return match[1]


def python(folder: Path, *arguments: str) -> str:
    variables = {**os.environ, "FOOTFALL_WRITE_KEY": "key"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def add_plan(folder: Path) -> None:
    """What `footfall plan init` writes, with the README's consent."""
    python(folder, "-c", "from footfall.cli import main; main()", "plan", "init")
    match = re.search(r"```yaml\n(consent:.*?)```", PAGE, re.DOTALL)
    assert match is not None
    plan = folder / "tracking_plans" / "plan.yaml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text if re.search("^consent:", text, re.MULTILINE) else text + "\n" + match[1], encoding="utf-8")


@pytest.mark.slow
def test_a_new_django_project_counts_its_first_page(tmp_path: Path) -> None:
    pytest.importorskip("django", reason="Django is not installed")
    python(tmp_path, "-m", "django", "startproject", "mysite", ".")
    add_plan(tmp_path)
    settings = tmp_path / "mysite" / "settings.py"
    settings.write_text(settings.read_text() + block("django"))

    assert "no issues" in python(tmp_path, "manage.py", "check")
    settings.write_text(settings.read_text() + DJANGO_PAGE)
    output = python(tmp_path, "-c", DJANGO_VISIT.format(headers=dict(CHROME)))
    assert output == "200 ['/hello/<slug:name>/']\n"


@pytest.mark.slow
def test_an_application_of_wsgi_counts_its_first_page(tmp_path: Path) -> None:
    add_plan(tmp_path)

    output = python(tmp_path, "-c", WSGI.format(block=block("wsgi"), headers=dict(CHROME)))

    assert output == "200 OK ['/products/{sku}']\n"


@pytest.mark.slow
def test_a_new_flask_application_counts_its_first_page(tmp_path: Path) -> None:
    pytest.importorskip("flask", reason="Flask is not installed")
    add_plan(tmp_path)
    lines = block("flask").replace('collector="http://127.0.0.1:8190"', "client=RECORDER")

    output = python(tmp_path, "-c", FLASK.format(block=lines, headers=dict(CHROME)))

    assert output == "200 ['/hello/<name>']\n"


@pytest.mark.slow
def test_a_new_starlette_application_counts_its_first_page(tmp_path: Path) -> None:
    pytest.importorskip("starlette", reason="Starlette is not installed")
    add_plan(tmp_path)
    lines = block("starlette").replace('collector="http://127.0.0.1:8190"', "client=RECORDER")

    output = python(tmp_path, "-W", "ignore", "-c", STARLETTE.format(block=lines, headers=dict(CHROME)))

    assert output == "200 ['/hello/{name}']\n"


@pytest.mark.slow
def test_a_task_is_of_whoever_called_it(tmp_path: Path) -> None:
    pytest.importorskip("celery", reason="Celery is not installed")
    add_plan(tmp_path)
    lines = block("celery").replace('"http://127.0.0.1:8190"', "RECORDER")

    assert python(tmp_path, "-c", CELERY.format(block=lines)) == "['kari']\n"


@pytest.mark.slow
def test_a_test_as_the_page_writes_it_passes(tmp_path: Path) -> None:
    pytest.importorskip("flask", reason="Flask is not installed")
    add_plan(tmp_path)

    python(tmp_path, "-c", block("tests"))


@pytest.mark.parametrize("mark", ["django", "flask", "starlette", "celery"])
def test_five_lines_are_enough(mark: str) -> None:
    lines = [line for line in block(mark).splitlines() if line.strip(" {}()")]

    assert len(lines) <= 6


def test_every_setting_is_in_the_table() -> None:
    table = PAGE.partition("## Settings")[2].partition("## In tests")[0]

    assert set(re.findall(r"^\| (.*?) \|", table, re.MULTILINE)) >= {"setting"}
    named = {
        name for cell in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", cell)
    }
    assert named == KEYS


TRACKED: list[tuple[str, dict[str, object]]] = [
    ("partner_link_clicked", {"partner": "acme"}),
    ("newsletter_opened", {"issue": "2026-11"}),
    ("page_rendered", {"page": "offer"}),
    ("page_engaged", {"page": "offer", "seconds": 15}),
    ("prices_seen", {}),
    ("form_failed", {"form": "checkout", "fields": ["email", "name"]}),
]


def test_the_page_has_each_event_that_it_tracks_for_the_plan_and_their_forms_fit(tmp_path: Path) -> None:
    add_plan(tmp_path)
    plan = tmp_path / "tracking_plans"
    (plan / "events" / "web.yaml").write_text(block("events"), encoding="utf-8")

    output = python(tmp_path, "-c", "from footfall.cli import main; main()", "plan", "check", str(plan))
    advice = python(tmp_path, "-c", "from footfall.cli import main; main()", "plan", "lint", str(plan))
    messages = [{"type": "track", "event": event, "properties": value, "userId": "u"} for event, value in TRACKED]
    with Collector(tmp_path / "data", plan=plan) as collector:
        answer = collector.take(json.dumps({"batch": messages}).encode(), source="backend")

    assert "is clean" in output
    assert "web.yaml" not in advice
    assert answer.counts()["stored"] == len(TRACKED), answer
    assert re.findall(r"^  (\w+):$", block("events"), re.MULTILINE) == [event for event, _ in TRACKED]
