"""Whatever is killed while much is posted: every reader of the feed ends with every event, in order, and what it has
been told rebuilds every balance. BINCARD_CHAOS_MOVEMENTS says how many movements are posted."""

import collections
import decimal
import http.client
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

import pytest

import client
import feed
import stack as parts
from catalogue import new_item, new_location, unique

MOVEMENTS = int(os.environ.get("BINCARD_CHAOS_MOVEMENTS", "20000"))
WRITERS = 8
STREAMS, LISTS = 200, 20
ASK_AGAIN = (500, 502, 503, 504)


@pytest.fixture(scope="module")
def place():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bincard-chaos-"))
    place = None
    try:
        (folder / "db").mkdir()
        place = parts.Stack(folder, parts.Database(folder / "db"), workers=4, request_timeout_ms=30000)
        place.write_conf()
        place.conf.write_text(place.conf.read_text() + "\n[feed]\nstreams_per_caller_max = 1000\n")
        assert place.run("migrate").returncode == 0
        place.names = place.add_client("chaos")
        place.start_serve().start_web()
        yield place
    finally:
        if place:
            place.stop()
            place.database.kill()
            parts.remove(folder)


class Writer(threading.Thread):
    """Posts until there are enough; asks again with the same key until it has an answer."""

    def __init__(self, place, token, items, spots, left, seed):
        super().__init__()
        self.wire = client.Bare(place.url, token)
        self.items, self.spots, self.left, self.dice = items, spots, left, random.Random(seed)
        self.failure, self.posted = None, 0

    def body(self):
        item, spot = self.dice.choice(self.items), self.dice.choice(self.spots)
        if self.dice.random() < 0.3:
            a, b = self.dice.sample(self.spots, 2)
            return {"type": "transfer", "lines": [{"sku": item, "from": a, "to": b, "quantity": "1"}]}
        return {"type": "receipt", "lines": [{"sku": item, "from": "@supplier", "to": spot, "quantity": "3"}]}

    def run(self):
        try:
            while self.left.acquire(blocking=False):
                body, key = self.body(), unique("key")
                while not self.post(body, key):
                    time.sleep(0.05)
                self.posted += 1
        except Exception as error:  # of a thread: told by the test
            self.failure = error

    def post(self, body, key):
        try:
            answer = self.wire.ask("POST", "/v1/movements", body, 30, Idempotency_Key=key)
        except (OSError, http.client.HTTPException):
            return False
        if answer.status_code in (*ASK_AGAIN, 409) and "insufficient" not in answer.text:
            return False
        assert answer.status_code == 201 or "insufficient" in answer.text, answer.text
        return True


class Killer(threading.Thread):
    """Ends workers and feed processes."""

    def __init__(self, place, done):
        super().__init__()
        self.place, self.done, self.dice = place, done, random.Random(7)
        self.killed = collections.Counter()

    def kill(self, kind):
        victims = sorted(self.place.children(kind))
        if victims:
            try:
                os.kill(self.dice.choice(victims), signal.SIGKILL)
                self.killed[kind] += 1
            except ProcessLookupError:
                pass

    def run(self):
        rounds = 0
        while not self.done.wait(1.5):
            rounds += 1
            self.kill("worker")
            if rounds % 3 == 0:
                self.kill("feed")


def start_readers(kind, wheres, n, token, seed):
    process = subprocess.Popen(
        [sys.executable, str(parts.ROOT / "tests" / "support" / "many_readers.py"), kind, *map(str, wheres), str(n), str(seed)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process.stdin.write(token + "\n")
    process.stdin.flush()
    return process


def finish(process, last, seconds):
    try:
        out, _ = process.communicate(f"end {last}\n", timeout=seconds * parts.PATIENCE)
    finally:
        process.kill()
    return json.loads(out)


def rebuilt(api):
    """Balances by the events of balances, each of which must go on from what the last one left."""
    balances = collections.defaultdict(decimal.Decimal)
    for event in feed.walk(api, limit=1000, type="bincard.stock_level.changed.v1"):
        data = event["data"]
        place = data["sku"], data["location"]
        assert balances[place] == decimal.Decimal(data["previous"]["on_hand"]), event
        balances[place] = decimal.Decimal(data["on_hand"])
    return {place: on_hand for place, on_hand in balances.items() if on_hand}


def test_every_reader_gets_every_event_whatever_is_killed(place):
    token = client.get_token(place.url, *place.names)
    api = client.Api(place.url, token, check=False)
    items = [new_item(api)["sku"] for _ in range(50)]
    spots = [new_location(api)["code"] for _ in range(10)]
    readers = {
        "stream": start_readers("stream", [place.events, place.url], STREAMS, token, 1),
        "list": start_readers("list", [place.url], LISTS, token, 2),
    }
    left, done = threading.Semaphore(MOVEMENTS), threading.Event()
    writers = [Writer(place, token, items, spots, left, seed) for seed in range(WRITERS)]
    killer = Killer(place, done)
    began = time.monotonic()
    try:
        for thread in (*writers, killer):
            thread.start()
        parts.wait_for("a third", lambda: sum(w.posted for w in writers) > MOVEMENTS // 3, 300)
        place.database.kill()
        time.sleep(1)
        place.database.start()  # by this thread: it ends with whoever has begun it
        for thread in writers:
            thread.join()
        took = time.monotonic() - began
        done.set()
        killer.join()
        assert not [w.failure for w in writers if w.failure]
        assert all(killer.killed[kind] for kind in ("worker", "feed")), killer.killed
        parts.wait_for("the servers", lambda: place.get("/readyz").status_code == 200, 30)
        feed.settle(place)
        with place.database.owner() as db, db.cursor() as cursor:
            cursor.execute("SELECT seq FROM feed_state")
            last = cursor.fetchone()[0]
            cursor.execute("SELECT i.sku, l.code, s.on_hand FROM stock_level s JOIN item i ON i.id = s.item_id"
                           " JOIN location l ON l.id = s.location_id WHERE s.on_hand > 0")
            balances = {(sku, code): on_hand for sku, code, on_hand in cursor.fetchall()}
        said = {kind: finish(process, last, 240) for kind, process in readers.items()}
    finally:
        done.set()
        for process in readers.values():
            process.kill()
    print(f"{MOVEMENTS} movements in {took:.0f} s, {last} events, killed {dict(killer.killed)}, readers: {said}")
    for kind, n in (("stream", STREAMS), ("list", LISTS)):
        assert said[kind]["readers"] == n and said[kind]["gaps"] == []
        assert said[kind]["least"] == said[kind]["last"] == last
        assert said[kind]["begun"] > 2 * n  # they did come and go
    api = client.Api(place.url, client.get_token(place.url, *place.names), check=False)
    assert rebuilt(api) == balances
    assert place.run("verify").returncode == 0
