"""Makes the fixtures of a release with that release's own footfall: `python make.py PYTHON FOLDER`.

PYTHON is the interpreter of an environment where the release is installed, FOLDER where the fixtures go. Everything
that can go over the command line or HTTP does, so that this works with any release.
"""

from __future__ import annotations

import http.client
import io
import json
import lzma
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PLAN = HERE.parents[2] / "tracking_plans" / "shop_and_gateway"
COMMAND = ("-P", "-c", "from footfall.cli import main; main()")
IDS = ["u-1", "u-7", "visitor-3", "visitor-30", "shared-tablet", str(uuid.UUID(int=2, version=4)), "guest", "old-5"]
# What a client sends, run by the release's own interpreter. The fifth call breaks the plan, the sixth is not in it.
CLIENT = """
import datetime, decimal, sys
from footfall import Client
at = datetime.datetime.fromisoformat(sys.argv[3])
with Client(sys.argv[1], write_key=sys.argv[2], plan=sys.argv[4]) as client:
    of = {"anonymous_id": "visitor-client", "timestamp": at}
    client.page("Home", category="shop", properties={"path": "/"}, **of)
    client.track("product_viewed", {"sku": "GW-100", "price": decimal.Decimal("129.90"), "currency": "EUR"}, **of)
    client.track("signed_up", {"method": "google", "newsletter": True}, user_id="u-client", **of)
    client.identify("u-client", {"name": "Åse Ødegård", "plan": "gold"}, **of)
    client.track("signed_in", {"method": 7}, user_id="u-client", **of)  # a fault
    client.track("never_planned", {"items": 3}, user_id="u-client", **of)
    client.alias("u-client-old", user_id="u-client", timestamp=at)
    client.group("household-1", {"members": 2}, user_id="u-client", timestamp=at)
    client.screen("Settings", user_id="u-client", timestamp=at)
    client.track("reading_reported", {
        "sensor_kind": "power", "value": decimal.Decimal("1.000"), "unit": "W", "measured_at": at,
        "gateway_id": "018f2f70-1111-7a44-9a51-0d6c4f1f0c11", "firmware": "1.4.2",
    }, context={"device": {"id": "gw-client"}}, timestamp=at)
    client.reset(**of)
"""


class Release:
    """A footfall that is installed elsewhere."""

    def __init__(self, python: str) -> None:
        self.python = python

    def run(self, *arguments: str, given: str | None = None) -> str:
        process = subprocess.run(
            [self.python, *arguments], input=given, capture_output=True, text=True, check=False, env=_environment()
        )
        if process.returncode:
            raise SystemExit(f"{arguments}: {process.stderr}")
        return process.stdout

    def footfall(self, *arguments: str) -> str:
        return self.run(*COMMAND, *arguments)

    @contextmanager
    def collector(self, data: Path, plan: Path, end: signal.Signals, *, keys: str = "") -> Iterator[int]:
        """The port of a collector, which ends by a signal. `keys` are those beside its folder's."""
        arguments = ["serve", "--data", str(data), "--plan", str(plan), "--port", "0", "--config", os.devnull]
        process = subprocess.Popen(
            [self.python, *COMMAND, *arguments], stdout=subprocess.PIPE, text=True,
            env={**_environment(), "FOOTFALL_WRITE_KEYS": keys},
        )  # fmt: skip
        assert process.stdout is not None
        yield int(process.stdout.readline().rpartition(":")[2])
        process.send_signal(end)
        process.communicate()


def _environment() -> Mapping[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("FOOTFALL_")}


def write_plans(folder: Path) -> tuple[Path, Path]:
    """The shop's plan, and one that also takes what the first one quarantines."""
    first, second = folder / "first", folder / "second"
    shutil.copytree(PLAN, first)
    shutil.copytree(PLAN, second)
    account = second / "events" / "account.yaml"
    text = account.read_text("utf-8").replace("[password, google, vipps]", "[password, google, vipps, apple]")
    account.write_text(
        text + "  wishlist_shared:\n"
        "    {description: A customer shared a list, status: active, purpose: [], actor: [user], properties: {}}\n",
        "utf-8",
    )
    return first, second


class Sender:
    """Sends messages that a seed makes, all of them in the last ten days."""

    def __init__(self, seed: int, until: datetime) -> None:
        self.random = random.Random(seed)
        self.until = until

    def time(self, hours_ago: float) -> str:
        return (self.until - timedelta(hours=hours_ago)).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def message(self, type_: str, hours_ago: float, **fields: Any) -> dict[str, Any]:
        id_ = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        return {"type": type_, "messageId": id_, "timestamp": self.time(hours_ago), **fields}

    def track(self, event: str, hours_ago: float, properties: Mapping[str, Any], **ids: str) -> dict[str, Any]:
        return self.message("track", hours_ago, event=event, properties=properties, **ids)

    def visits(self, numbers: range) -> Iterator[dict[str, Any]]:
        """A visit each: some sign up, some order, some are only looking, some break the plan."""
        for number in numbers:
            start = self.random.uniform(2, 240)
            device = "shared-tablet" if number % 9 == 4 else f"visitor-{number}"
            browser = {"anonymousId": device}
            user = {"userId": f"u-{number}", **browser}
            yield self.message("page", start, name="Home", properties={"path": "/"}, **browser)
            price = {"sku": f"GW-{100 + number % 3}", "price": self.random.randrange(100, 99999) / 100}
            yield self.track("product_viewed", start - 0.1, {**price, "currency": "EUR", "ø": number}, **browser)
            if number % 5 == 3:
                continue
            method = "apple" if number % 8 == 0 else "google"  # the first plan does not know apple
            yield self.track("signed_up", start - 0.2, {"method": method}, **user)
            yield self.message("identify", start - 0.2, traits={"name": f"Åse {number}", "visits": number}, **user)
            if number % 4 == 1:
                yield self.track("Order Completed", start - 0.3, self.order(number), **user)
            if number % 7 == 2:
                yield self.track("wishlist_shared", start - 0.4, {}, **user)
            if number % 10 == 5:
                yield self.message("alias", start - 0.5, previousId=f"old-{number}", userId=f"u-{number}")
            if number % 6 == 0:
                yield self.message("group", start - 0.6, groupId=f"household-{number % 4}", **user)
                yield self.message("reset", start - 0.7, **browser)

    def order(self, number: int) -> Mapping[str, Any]:
        line = {"sku": "GW-100", "price": 129.9, "quantity": 1 + number % 3}
        return {"order_id": f"FH-{number:06}", "total": 129.9 * (1 + number % 3), "currency": "EUR", "lines": [line]}

    def readings(self, number: int) -> Iterator[dict[str, Any]]:
        for step in range(number):
            value = {"sensor_kind": "temperature", "value": 20 + step / 8, "unit": "C", "battery_pct": 90 - step % 50}
            at = 1 + step / 4
            gateway = str(uuid.UUID(int=step % 3, version=4))
            more = {"measured_at": self.time(at), "gateway_id": gateway, "firmware": "1.4.2"}
            yield self.track("reading_reported", at, {**value, **more})

    def oddities(self) -> list[Any]:
        """What is rejected, quarantined for good, misdated, or about nobody."""
        junk = {"userId": "guest", "anonymousId": "null"}
        return [
            "no object", 7, {"type": "track"}, {"type": "dance", "messageId": "odd-1", "userId": "u-1"},
            self.track("never_planned", 3, {"a": [1, {"b": "\u2028"}]}, userId="u-1"),
            self.track("signed_in", 3, {"method": 7}, userId="u-7"),
            self.track("signed_in", 3, {"method": "google"}, **junk),
            {"type": "page", "messageId": "odd-2", "timestamp": "2001-01-01T00:00:00Z", "anonymousId": "visitor-3"},
            {"type": "page", "messageId": "odd-3", "anonymousId": "visitor-3"},
            self.track("signed_in", 3, {"method": "x" * 40_000}, userId="u-1"),
        ]  # fmt: skip


def send(port: int, key: str, batch: Sequence[Any], **shared: Any) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    body = json.dumps({"batch": batch, **shared}, ensure_ascii=False).encode()
    connection.request("POST", "/v1/batch", body, {"Authorization": f"Bearer {key}"})
    answer = connection.getresponse()
    content = json.loads(answer.read())
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"{answer.status}: {content}")
    return content


def make_folder(release: Release, data: Path, plans: tuple[Path, Path], until: datetime) -> None:
    """A folder in which everything has happened that can, by a collector that was killed at last."""

    def key(source: str) -> str:
        text = release.footfall("keys", "create", "--data", str(data), "--source", source)
        return next(word for word in text.split() if word.startswith("ff_write_"))

    shop, gateway, lost = key("shop_backend"), key("gateway_agent"), key("shop_backend")
    release.footfall("keys", "revoke", lost.split("_")[2], "--data", str(data))
    sender = Sender(1, until)
    early, late, readings = (
        list(part) for part in (sender.visits(range(40)), sender.visits(range(40, 60)), sender.readings(60))
    )
    wrong = sender.track("signed_in", 5, {"method": "carrier pigeon"}, userId="u-9")
    with release.collector(data, plans[0], signal.SIGTERM) as port:
        context = {"library": {"name": "by-hand", "version": "1"}, "traits": {"city": "Tromsø"}}
        send(port, shop, early[:80], context=context)
        send(port, shop, early[80:])
        send(port, shop, [*early[:9], *sender.oddities(), wrong])
        send(port, gateway, readings[:40], sentAt=sender.time(0))
    release.footfall("quarantine", "replay", "--data", str(data), "--plan", str(plans[1]))
    if "seal" in release.footfall("--help").split():
        seal_some(release, data)
    with release.collector(data, plans[1], signal.SIGKILL) as port:
        right = {**wrong, "properties": {"method": "vipps"}}
        send(port, shop, [right, *late, *late[:3], *sender.oddities()])
        send(port, gateway, [*readings[35:], early[0]])


def seal_some(release: Release, data: Path) -> None:
    """Messages in several sealed files, some of which were merged, and some purged."""
    release.footfall("seal", "--rows", "40", "--data", str(data))
    release.footfall("jobs", "run", "compact", "--data", str(data))
    release.footfall("purge", "--yes", "--event", "wishlist_shared", "--data", str(data))
    shutil.rmtree(data / "cache", ignore_errors=True)


def record(release: Release, data: Path, plan: Path, at: datetime) -> tuple[bytes, bytes]:
    """The bytes of a client's request to a collector, and of the answer, by a relay between them."""
    with (
        release.collector(data, plan, signal.SIGTERM, keys="recorded-key=shop_backend") as port,
        socket.create_server(("127.0.0.1", 0)) as relay,
    ):
        sent, answered = io.BytesIO(), io.BytesIO()
        thread = threading.Thread(target=_relay, args=(relay, port, sent, answered))
        thread.start()
        url = f"http://127.0.0.1:{relay.getsockname()[1]}"
        release.run("-c", CLIENT, url, "recorded-key", at.isoformat(), str(plan))
        thread.join()
    return sent.getvalue(), answered.getvalue()


def _relay(relay: socket.socket, port: int, sent: io.BytesIO, answered: io.BytesIO) -> None:
    client = relay.accept()[0]
    collector = socket.create_connection(("127.0.0.1", port))

    def forward(source: socket.socket, target: socket.socket, log: io.BytesIO) -> None:
        while part := source.recv(65536):
            log.write(part)
            target.sendall(part)
        target.shutdown(socket.SHUT_WR)

    back = threading.Thread(target=forward, args=(collector, client, answered))
    back.start()
    forward(client, collector, sent)
    back.join()


def cases() -> list[tuple[str, str]]:
    """The plan's own fixtures: the name of an event, and its properties as JSON."""
    events = []
    for path in sorted(PLAN.glob("fixtures/*/*/*.json")):
        content = json.loads(path.read_bytes())
        properties = content["payload"] if path.parent.name == "invalid" else content
        events.append((path.parents[1].name, json.dumps(properties, ensure_ascii=False)))
    return events


def pack(folder: Path, path: Path) -> None:
    """The files of a folder, as they are."""
    with tarfile.open(path, "w:xz") as archive:
        for file in sorted(folder.iterdir()):
            archive.add(file, file.name)


def write_json(path: Path, value: Any) -> None:
    path.write_bytes(lzma.compress(json.dumps(value, ensure_ascii=False, sort_keys=True).encode()))


def main(python: str, target: Path) -> None:
    release, until = Release(python), datetime.now(UTC)  # noqa: TID251 - this is no part of footfall
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plans = write_plans(folder)
        bundle = target / "bundle.json"
        release.footfall("plan", "bundle", str(plans[1]), "-o", str(bundle))
        events = cases()
        answers = str(HERE / "answers.py")
        judged = release.run(answers, given=json.dumps({"bundle": str(bundle), "events": events}))
        write_json(target / "judgements.json.xz", {"events": events, "judgements": json.loads(judged)})
        request, answer = record(release, folder / "recorded", bundle, until)
        (target / "request.http").write_bytes(request)
        (target / "answer.http").write_bytes(answer)
        data = folder / "data"
        make_folder(release, data, plans, until)
        pack(data, target / "folder.tar.xz")
        asked = {"now": until.isoformat(), "ids": IDS}
        kept = release.run(answers, given=json.dumps({"folder": str(data), **asked}))
        write_json(target / "answers.json.xz", {**asked, "answers": json.loads(kept)})


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
