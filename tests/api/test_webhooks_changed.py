"""Webhooks that somebody changes while a message is under way, receivers that do what no server should, and more
endpoints than are looked after at once. On an installation of its own."""

import socket
import threading
import time

import pytest

import client
import stack as parts
from catalogue import new_category, new_item, new_location, unique
from receiver import Receiver

TIMEOUT_MS = 2500


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("changed")
    (folder / "db").mkdir()
    own = parts.Stack(folder, parts.Database(folder / "db"), workers=4, request_timeout_ms=30000)
    own.webhooks["timeout_ms"] = TIMEOUT_MS
    own.write_conf()
    try:
        assert own.run("migrate").returncode == 0
        own.start_serve().start_web()
        yield own
        own.stop()
        assert own.serve.returncode == 0
        errors = own.check_logs()
        assert not errors, "\n".join(errors[:20])
    finally:
        own.stop()
        own.database.kill()


@pytest.fixture(scope="module")
def api(place):
    client_id, secret = place.add_client(unique("client"), parts.SCOPES)
    return client.Api(place.url, place.keep_secret(client.get_token(place.url, client_id, secret)))


@pytest.fixture
def owner(place):
    with place.database.owner() as db:
        yield db


@pytest.fixture
def receiver():
    with Receiver() as it:
        yield it


@pytest.fixture
def hook(api, place, receiver):
    made = []

    def make(**fields):
        body = {"name": unique("hook"), "url": receiver.url + "/in", "types": ["bincard.category.*"], **fields}
        answer = api.post("/v1/webhooks", json=body)
        assert answer.status_code == 201, answer.text
        made.append(answer.json()["id"])
        place.keep_secret(answer.json()["secret"])
        return answer.json()

    yield make
    for id_ in made:
        api.delete(f"/v1/webhooks/{id_}", headers={"If-Match": "*"})


def of(hook, what=""):
    return f"/v1/webhooks/{hook['id']}{what}"


def status(api, hook):
    return api.get(of(hook, "/status")).json()


class Slow:
    """Answers `text` once it is let go."""

    def __init__(self, text):
        self.text, self.let_go, self.asked = text, threading.Event(), threading.Event()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/"
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection:
            connection.recv(65536)
            self.asked.set()
            self.let_go.wait(20)
            try:
                if callable(self.text):
                    self.text(connection)
                else:
                    connection.sendall(self.text)
                    connection.shutdown(socket.SHUT_WR)
                    connection.recv(65536)
            except OSError:
                pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.let_go.set()
        self.socket.close()


def answer_of(status_line):
    return f"HTTP/1.1 {status_line}\r\nContent-Length: 0\r\n\r\n".encode()


# ---- changed while a message is under way ----

def test_410_of_the_address_before_does_not_pause(api, hook, receiver):
    with Slow(answer_of("410 Gone")) as old:
        made = hook(url=old.url)
        new_category(api)
        assert old.asked.wait(10)
        assert api.patch(of(made), json={"url": receiver.url}, headers={"If-Match": "*"}).status_code == 200
        old.let_go.set()
        parts.wait_for("the event at the new address", lambda: receiver.taken, 10)
        assert api.get(of(made)).json()["status"] == "active"


def test_who_tries_now_does_not_wait_for_what_failed_before(api, hook, receiver, owner):
    """The try that is under way was the tenth; it fails after somebody has given the right address and resumed."""
    with Slow(answer_of("500 No")) as old:
        made = hook(url=old.url)
        with owner.cursor() as cursor:
            cursor.execute("UPDATE sink SET tries = 10, failing_since = UTC_TIMESTAMP(6) WHERE id = %s", (made["id"],))
        new_category(api)
        assert old.asked.wait(10)
        assert api.patch(of(made), json={"url": receiver.url}, headers={"If-Match": "*"}).status_code == 200
        assert api.post(of(made, "/resume"), json={}).status_code == 200
        old.let_go.set()
        parts.wait_for("the event at the new address", lambda: receiver.taken, 10)


def test_who_resumes_is_not_paused_by_a_try_from_before(api, hook, receiver, owner):
    with Slow(answer_of("500 No")) as old:
        made = hook(url=old.url)
        with owner.cursor() as cursor:
            cursor.execute("UPDATE sink SET tries = 10, failing_since = UTC_TIMESTAMP(6) - INTERVAL 60 DAY WHERE id = %s",
                           (made["id"],))
        new_category(api)
        assert old.asked.wait(10)
        assert api.patch(of(made), json={"url": receiver.url}, headers={"If-Match": "*"}).status_code == 200
        assert api.post(of(made, "/resume"), json={}).status_code == 200
        old.let_go.set()
        parts.wait_for("the event at the new address", lambda: receiver.taken, 10)
        assert api.get(of(made)).json()["status"] == "active"


def test_what_was_sent_before_stays_hidden_from_who_may_not_see_it(api, place, hook, receiver):
    """The endpoint got events of users; now it gets those of items alone, which the reader may see."""
    made = hook(types=["bincard.user.*"])
    api.post("/v1/users", json={"name": unique("kim").replace("/", ".")})
    parts.wait_for("the event", lambda: receiver.taken)
    row = parts.wait_for("the history", lambda: api.get(of(made, "/deliveries")).json()["data"])[0]
    changed = api.patch(of(made), json={"types": ["bincard.item.*"]}, headers={"If-Match": "*"}).json()
    assert changed["scope"] == "items:read stock:read"
    client_id, secret = place.add_client(unique("client"), "webhooks:read items:read stock:read")
    reader = client.Api(place.url, place.keep_secret(client.get_token(place.url, client_id, secret)))
    seen = reader.get(f"/v1/webhook-deliveries/{row['id']}").json()
    assert seen["request_body"] is None and seen["answer_body"] is None
    assert api.get(f"/v1/webhook-deliveries/{row['id']}").json()["request_body"]


# ---- what no server should answer ----

def flood(line, first=b"HTTP/1.1 100 Continue\r\n\r\n"):
    def send(connection):
        end = time.monotonic() + 15
        while time.monotonic() < end:
            connection.sendall((line or first) * 500)
    return send


def header_flood(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    flood(b"X-A: " + b"a" * 200 + b"\r\n")(connection)


def body_flood(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    flood(b"1\r\nx\r\n")(connection)


def drip(connection):
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 900:
        connection.sendall(bytes([byte]))
        time.sleep(0.1)


def bomb(connection):
    import gzip
    body = gzip.compress(b"\0" * (50 << 20))
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


ODD = {
    "binary": b"HTTP/1.1 500 \xff\xfe\r\nX-\xc3\x28: \x80\xff<script>\r\nContent-Length: 9\r\n\r\n\x00\xff\xfe<b>\x00\x1b[",
    "binary 200": b"HTTP/1.1 200 OK\r\nX: \xff\xfe\r\nContent-Length: 4\r\n\r\n\x00\xff\xfe\xed",
    "status 000": b"HTTP/1.1 000 Nothing\r\nContent-Length: 0\r\n\r\n",
    "status 999": b"HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n",
    "status 2000": b"HTTP/1.1 2000 X\r\nContent-Length: 0\r\n\r\n",
    "status -1": b"HTTP/1.1 -1 X\r\nContent-Length: 0\r\n\r\n",
    "old": b"HTTP/0.9\r\n\r\nhello",
    "no http": b"SSH-2.0-OpenSSH_9.0\r\n",
    "only 1xx": b"HTTP/1.1 103 Early\r\n\r\n",
    "101": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 5\r\n\r\nhello",
    "negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
    "huge length": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nhello",
    "bad chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello",
    "huge chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\nhello",
    "nothing": b"",
    "nul header": b"HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 0\r\n\r\n",
    "long line": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200000 + b"\r\nContent-Length: 0\r\n\r\n",
    "1xx flood": flood(None),
    "header flood": header_flood,
    "body flood": body_flood,
    "drip": drip,
    "bomb": bomb,
}


@pytest.mark.parametrize("name", ODD)
def test_whatever_a_receiver_answers_others_are_served(api, place, hook, receiver, name):
    with Slow(ODD[name]) as odd:
        odd.let_go.set()
        made, other = hook(url=odd.url), hook()
        new_category(api)
        begun = time.monotonic()
        parts.wait_for("the other's event", lambda: receiver.taken, 10)
        took = time.monotonic() - begun
        row = parts.wait_for("the end of the try", lambda: api.get(of(made, "/deliveries")).json()["data"], 15)[0]
        print(name, f"{took:.3f}", row["state"], row["status"], row["error"], row["duration_ms"])
        whole = api.get(f"/v1/webhook-deliveries/{row['id']}")
        assert whole.status_code == 200 and row["duration_ms"] < TIMEOUT_MS + 1500
        assert row["state"] == "delivered" or row["error"]
        person = browser_of(place)
        for path in (f"/webhooks/{made['id']}", f"/webhooks/deliveries/{row['id']}"):
            page = person.get(path)
            assert page.status_code == 200 and "<b>" not in page.text and "<script>" not in page.text
            page.content.decode()
        assert status(api, other)["behind"] <= 2


def browser_of(place):
    if not hasattr(place, "looker"):
        name = unique("u").replace("/", ".")
        password = place.add_user(name)
        place.looker = client.Browser(place.url)
        place.looker.sign_in(name, password, place.keep_secret)
    return place.looker


# ---- many ----

def test_more_endpoints_than_are_looked_after_at_once_starve_nobody(api, hook, receiver, owner):
    """1,100 that have no use for what comes, and stand before it in the table."""
    with owner.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sink (kind, name, state, seq, types, permissions, created_at, updated_at)"
            " SELECT 'webhook', CONCAT('crowd-', q.seq), 'active', f.seq, 'bincard.foreign_principal.enabled.v1', 'users:read',"
            " UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) FROM feed_state f JOIN seq_1_to_1100 q WHERE f.id = 1")
        cursor.execute("INSERT INTO webhook_endpoint (sink_id, url, secret) SELECT id, 'http://127.0.0.1:9/', 'x' FROM sink"
                       " WHERE name LIKE 'crowd-%'")
    stop = threading.Event()

    def go_on():
        while not stop.wait(0.1):
            api.post("/v1/items", json={"sku": unique("S"), "name": "x", "unit": "each"})

    try:
        hook()
        thread = threading.Thread(target=go_on)
        thread.start()
        time.sleep(1)
        new_category(api)
        parts.wait_for("the event", lambda: receiver.taken, 20)
    finally:
        stop.set()
        thread.join()
        with owner.cursor() as cursor:
            cursor.execute("DELETE FROM sink WHERE name LIKE 'crowd-%'")


@pytest.mark.skipif(parts.SANITIZED, reason="the sanitizers take memory of their own")
def test_large_events_of_many_endpoints_take_little_memory(api, place, hook, receiver, owner):
    """What one endpoint has still to get is not all in memory: of these movements that would be 7 MiB for each."""
    receiver.way = "hang"
    for _ in range(40):
        hook(types=["bincard.movement.*"])
    item, there = new_item(api), new_location(api)
    for _ in range(25):
        line = {"sku": item["sku"], "from": "@supplier", "to": there["code"], "quantity": "1"}
        assert api.post("/v1/movements", json={"type": "receipt", "lines": [line] * 1000}).status_code == 201
    time.sleep(TIMEOUT_MS / 1000 + 1)
    receiver.way = 200
    receiver.released.set()
    with owner.cursor() as cursor:
        cursor.execute("UPDATE sink SET next_try_at = NULL")
    parts.wait_for("all events", lambda: len(receiver.taken) >= 1000, 60)
    (sender,) = place.children("sender")
    with open(f"/proc/{sender}/status") as status_file:
        most = int(status_file.read().split("VmHWM:")[1].split()[0])
    assert most < 120_000, f"{most} KiB"


def test_after_a_backup_was_restored_no_number_stands_for_two_events(api, place, hook, receiver, owner):
    """As docs/database.md has it: numbers that the lost part had are left out, for whoever has them already."""
    hook()
    new_category(api)
    parts.wait_for("the event", lambda: receiver.taken)
    with owner.cursor() as cursor:
        cursor.execute("SELECT seq FROM feed_state")
        (last,) = cursor.fetchone()
    place.serve.terminate()
    assert place.serve.wait(30) == 0
    with owner.cursor() as cursor:
        cursor.execute("UPDATE feed_state SET seq = seq + 1000000")
    place.start_serve()
    del receiver.taken[:]
    new_category(api)
    parts.wait_for("the next event", lambda: receiver.taken, 30)
    assert int(receiver.taken[0].event["id"]) > last + 1_000_000
    page = api.get("/v1/events", params={"after": last + 7, "type": "bincard.category.*", "limit": 1000})
    assert page.status_code == 200
    after, seen = last, []
    while True:
        page = api.get("/v1/events", params={"after": after, "type": "bincard.category.*", "limit": 1000}).json()
        seen, after = seen + page["data"], page["next_after"]
        if not page["has_more"]:
            break
    assert [e["id"] for e in seen] == [m.event["id"] for m in receiver.taken]
