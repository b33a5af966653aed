"""What a request does when somebody else holds the rows that it needs."""

import contextlib
import os
import threading
import time

import pytest

import catalogue
import client
import stack as parts

LOCK_WAIT_S = 1


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """An installation that waits for a lock for a second, not for five."""
    folder = tmp_path_factory.mktemp("locks")
    (folder / "db").mkdir()
    place = parts.Stack(folder, parts.Database(folder / "db"), workers=4, request_timeout_ms=30000)
    place.conf.write_text(place.conf.read_text().replace(
        "connect_timeout_ms", f"lock_wait_s = {LOCK_WAIT_S}\nconnect_timeout_ms"))
    try:
        assert place.run("migrate").returncode == 0
        place.client_id, place.client_secret = place.add_client("locks")
        place.start_serve().start_web()
        yield place
        place.stop()
        assert not place.check_logs()
    finally:
        place.stop()
        place.database.kill()


@pytest.fixture
def api(place):
    return client.Api(place.url, place.keep_secret(
        client.get_token(place.url, place.client_id, place.client_secret)))


@pytest.fixture
def stock(api):
    item, location = catalogue.new_item(api), catalogue.new_location(api)
    catalogue.receive(api, item, location, "5")
    return item, location


@contextlib.contextmanager
def held(place, statement, *values):
    """The rows of `statement` are locked by another transaction."""
    connection = place.database.connect("root", "", "bincard")
    try:
        connection.begin()
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
        yield connection
    finally:
        connection.rollback()
        connection.close()


def balance_held(place, item, location):
    return held(place, "SELECT 1 FROM stock_level WHERE item_id = %s AND location_id = %s FOR UPDATE",
                item["id"], location["id"])


def take(api, item, location, **headers):
    return api.post("/v1/movements", headers=headers, json={"type": "issue", "lines": [
        {"sku": item["sku"], "from": location["code"], "to": "@customer", "quantity": "1"}]})


def test_a_posting_is_run_again_when_it_waited_for_a_lock_in_vain(place, api, stock):
    with balance_held(place, *stock) as other:
        threading.Timer(1.6 * LOCK_WAIT_S, other.rollback).start()
        begun = time.monotonic()
        answer = take(api, *stock)
    assert answer.status_code == 201, answer.text
    assert time.monotonic() - begun > LOCK_WAIT_S


def test_a_lock_that_stays_is_a_503_and_changes_nothing(place, api, stock):
    workers = place.children()
    with balance_held(place, *stock):
        answer = take(api, *stock)
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0, answer.text
    assert place.children() == workers
    assert take(api, *stock).status_code == 201
    assert len(catalogue.walk(api, "/v1/movements", sku=stock[0]["sku"], type="issue")) == 1


@pytest.mark.parametrize("path,json", [("/v1/items", {"sku": "IN-FLIGHT", "name": "Thing"}), ("/v1/movements", None)])
def test_a_key_whose_first_request_still_runs_is_a_409(place, api, stock, path, json):
    key = catalogue.unique("key")
    with held(place, "INSERT INTO idempotency_key (principal, idem_key, fingerprint, status, body, created_at)"
                     " SELECT CONCAT('client:', id), %s, REPEAT('x', 32), 201, '', NOW(6) FROM api_client", key):
        answer = take(api, *stock, **{"Idempotency-Key": key}) if json is None else api.post(
            path, json=json, headers={"Idempotency-Key": key})
    assert answer.status_code == 409 and answer.headers["Retry-After"] == "1", answer.text
    assert answer.json()["type"] == "/problems/request-in-flight"
    assert catalogue.walk(api, "/v1/movements", sku=stock[0]["sku"], type="issue") == []


@contextlib.contextmanager
def commits_end(place, how):
    """Statements go through, commits wait, and each that waits is ended with `how`."""
    over = threading.Event()

    def end_them():
        with contextlib.closing(place.database.connect("root", "")) as root, root.cursor() as cursor:
            while not over.wait(0.02):
                cursor.execute("SELECT id FROM information_schema.processlist WHERE info = 'COMMIT'")
                for row in cursor.fetchall():
                    cursor.execute(f"{how} {row[0]}")

    thread = threading.Thread(target=end_them)
    with contextlib.closing(place.database.connect("root", "")) as holder, holder.cursor() as cursor:
        for stage in ("START", "FLUSH", "BLOCK_DDL", "BLOCK_COMMIT"):
            cursor.execute(f"BACKUP STAGE {stage}")
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


ENDS = ["KILL CONNECTION", "KILL QUERY"]


@pytest.mark.parametrize("how", ENDS)
def test_a_commit_that_fails_is_a_503_and_no_worker_dies(place, api, stock, how):
    workers = place.children()
    with commits_end(place, how):
        for answer in (take(api, *stock), api.post("/v1/items", json={"sku": "NO-COMMIT", "name": "Thing"})):
            assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0, answer.text
            assert answer.headers["Content-Type"] == "application/problem+json"
    assert place.children() == workers
    assert api.get("/v1/items", params={"sku": "NO-COMMIT"}).json()["data"] == []
    assert take(api, *stock).status_code == 201
    assert len(catalogue.walk(api, "/v1/movements", sku=stock[0]["sku"], type="issue")) == 1


@pytest.mark.parametrize("how", ENDS)
@pytest.mark.parametrize("command", [("flag", "set", "api_docs", "on"), ("audit", "prune")])
def test_a_command_whose_commit_fails_says_so(place, command, how):
    with contextlib.closing(place.database.owner()) as owner, owner.cursor() as cursor:
        cursor.execute("INSERT INTO audit_log (at, actor, actor_name, resource, resource_id, action, address,"
                       " request_id, changes) VALUES (UTC_TIMESTAMP(6) - INTERVAL 90 DAY, 'system', '', 'x', '1',"
                       " 'created', '', '', '{}')")
    with commits_end(place, how):
        done = place.run(*command, env={**os.environ, "BINCARD_AUDIT_KEEP_DAYS": "30"})
    assert done.returncode > 0 and "database" in done.stderr, (done.returncode, done.stderr)
    assert place.run(*command, env={**os.environ, "BINCARD_AUDIT_KEEP_DAYS": "30"}).returncode == 0


def test_a_posting_that_was_refused_is_not_carried_out_later(tmp_path_factory):
    """The request's time is over before the lock's: what the client was refused stays undone, so that it may
    send it again without a key."""
    folder = tmp_path_factory.mktemp("time")
    (folder / "db").mkdir()
    place = parts.Stack(folder, parts.Database(folder / "db"), workers=2, request_timeout_ms=2000)
    try:
        assert place.run("migrate").returncode == 0
        place.client_id, place.client_secret = place.add_client("time")
        place.start_serve().start_web()
        api = client.Api(place.url, place.keep_secret(
            client.get_token(place.url, place.client_id, place.client_secret)))
        item, location = catalogue.new_item(api), catalogue.new_location(api)
        catalogue.receive(api, item, location, "5")
        with balance_held(place, item, location):
            answer = take(api, item, location)
            assert answer.status_code == 503 and "Retry-After" in answer.headers
        time.sleep(1)
        levels = api.get("/v1/stock-levels", params={"sku": item["sku"]}).json()["data"]
        assert [row["on_hand"] for row in levels] == ["5"]
        assert take(api, item, location).status_code == 201
        place.stop()
        assert not place.check_logs()
    finally:
        place.stop()
        place.database.kill()
