"""kill -9 of workers, of the whole server and of the database under load. Clients that got no answer ask
again with the same key; in the end every movement they were told of is in the ledger, each exactly once."""

import http.client
import os
import pathlib
import random
import signal
import tempfile
import threading
import time

import pytest

import client
import stack as parts
from catalogue import new_item, new_location, unique
from feed import ANNOUNCED
from stack import wait_for

CLIENTS = 12
ROUNDS = 3
ASK_AGAIN = (500, 502, 503, 504)


@pytest.fixture(scope="module")
def place():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bincard-kill-"))
    place = None
    try:
        (folder / "db").mkdir()
        place = parts.Stack(folder, parts.Database(folder / "db"), workers=4)
        assert place.run("migrate").returncode == 0
        place.names = place.add_client("kills")
        place.start_serve().start_web()
        yield place
    finally:
        if place:
            place.stop()
            place.database.kill()
        parts.remove(folder)


class Poster(threading.Thread):
    """Posts receipts, and issues of what it has received; keeps (key, id) of each that was posted."""

    def __init__(self, place, token, item, location, seed, ending):
        super().__init__()
        self.connection = client.Bare(place.url, token)
        self.item, self.location, self.ending = item["sku"], location["code"], ending
        self.dice = random.Random(seed)
        self.posted, self.repeated, self.balance, self.failure = {}, 0, 0, None

    def body(self):
        if self.balance and self.dice.random() < 0.4:
            origin, to, quantity = self.location, "@customer", -self.dice.randint(1, min(3, self.balance))
        else:
            origin, to, quantity = "@supplier", self.location, self.dice.randint(1, 5)
        lines = [{"sku": self.item, "from": origin, "to": to, "quantity": "1"}] * abs(quantity)
        return quantity, {"type": "receipt" if quantity > 0 else "issue", "lines": lines}

    def ask(self, key, body):
        """The answer, asked for until there is one."""
        until = time.monotonic() + 60 * parts.PATIENCE
        while time.monotonic() < until:
            try:
                answer = self.connection.post("/v1/movements", body, Idempotency_Key=key)
                if answer.status_code not in ASK_AGAIN:
                    return answer
            except (OSError, http.client.HTTPException):
                pass
            self.repeated += 1
            time.sleep(0.02)
        raise AssertionError("no answer for a minute")

    def run(self):
        try:
            while not self.ending.is_set():
                key, (quantity, body) = unique("kill"), self.body()
                answer = self.ask(key, body)
                assert answer.status_code == 201, answer.text
                assert answer.json()["id"] not in self.posted
                self.posted[answer.json()["id"]] = key
                self.balance += quantity
        except BaseException as failure:  # given back to the test
            self.failure = failure


def kill_a_worker(place):
    os.kill(random.choice(sorted(place.children())), signal.SIGKILL)


def kill_all_workers(place):
    for pid in place.children():
        os.kill(pid, signal.SIGKILL)


def kill_the_server(place):
    """The supervisor and its workers; the next one takes over the socket."""
    workers = place.children()
    place.serve.kill()
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    place.serve.wait()
    place.start_serve()


def kill_the_supervisor(place):
    """Its workers finish what they have and leave: nobody need notice."""
    place.serve.kill()
    place.serve.wait()
    place.start_serve()


def kill_the_database(place):
    place.database.kill()
    place.database.start()


def kill_the_database_and_the_workers(place):
    place.database.kill()
    kill_all_workers(place)
    place.database.start()


@pytest.mark.parametrize("kill", [kill_a_worker, kill_all_workers, kill_the_supervisor, kill_the_server,
                                  kill_the_database, kill_the_database_and_the_workers])
def test_what_was_answered_is_there_once(place, kill):
    token = client.get_token(place.url, *place.names)
    api = client.Api(place.url, token)
    location, ending = new_location(api), threading.Event()
    posters = [Poster(place, token, new_item(api), location, seed, ending) for seed in range(CLIENTS)]
    for poster in posters:
        poster.start()
    try:
        for _ in range(ROUNDS):
            so_far = sum(len(poster.posted) for poster in posters)
            wait_for("postings", lambda n=so_far: any(p.failure for p in posters) or
                     sum(len(poster.posted) for poster in posters) > n + 50, 60)
            kill(place)
    finally:
        time.sleep(0.3)
        ending.set()
        for poster in posters:
            poster.join()
    for poster in posters:
        if poster.failure:
            raise poster.failure
    if kill not in (kill_a_worker, kill_the_supervisor):
        assert sum(poster.repeated for poster in posters), "nothing was under way at any kill"
    check(place, api, posters, location)


def check(place, api, posters, location):
    connection = place.database.owner()
    try:
        with connection.cursor() as cursor:
            for poster in posters:
                cursor.execute("SELECT DISTINCT l.movement_id FROM movement_line l JOIN item i ON i.id = l.item_id"
                               " WHERE i.sku = %s", (poster.item,))
                assert {row[0] for row in cursor.fetchall()} == set(poster.posted)
                cursor.execute("SELECT COUNT(*) FROM idempotency_key WHERE idem_key IN %s",
                               (list(poster.posted.values()),))
                assert cursor.fetchone()[0] == len(poster.posted)
                cursor.execute(f"SELECT COUNT(*) FROM {ANNOUNCED} WHERE type = 'bincard.movement.posted.v1'"
                               " AND subject IN %s", ([str(id_) for id_ in poster.posted],))
                assert cursor.fetchone()[0] == len(poster.posted)
    finally:
        connection.close()
    rows = api.get("/v1/stock-levels", params={"location": location["code"], "limit": 200}).json()["data"]
    assert {row["sku"]: row["on_hand"] for row in rows} == {p.item: str(p.balance) for p in posters}
    assert [line for line in place.lines("process ended") if line.get("signal", 9) != signal.SIGKILL] == []
    verified = api.get("/v1/ledger/verification").json()
    assert verified["ok"], verified
