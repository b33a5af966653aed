"""Webhooks: every event reaches an endpoint, in order, signed, whatever the endpoint does meanwhile. On an installation
of its own, because processes are killed and events deleted."""

import json
import os
import re
import signal
import ssl
import subprocess
import time

import pytest

import client
import stack as parts
from catalogue import new_category, new_location, unique, wrong
from receiver import Receiver

TIMEOUT_MS = 1500


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("webhooks")
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
def caller(place):
    def make(*options, scope=parts.SCOPES):
        client_id, secret = place.add_client(unique("client"), scope, *options)
        return client.Api(place.url, place.keep_secret(client.get_token(place.url, client_id, secret)))
    return make


@pytest.fixture(scope="module")
def api(caller):
    return caller()


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
    """Makes endpoints; they are deleted afterwards, so that they do not call whoever has their port next."""
    made = []

    def make(api=api, **fields):
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


def names(messages):
    return [m.event["data"]["name"] for m in messages]


def make_some(api, n):
    some = [unique("c") for _ in range(n)]
    for name in some:
        new_category(api, name=name)
    return some


def status(api, hook):
    return api.get(of(hook, "/status")).json()


def wait_names(receiver, wanted, seconds=20):
    parts.wait_for(f"{len(wanted)} events", lambda: len(receiver.taken) >= len(wanted), seconds)
    assert names(receiver.taken) == wanted


def wait_quiet(api, hook):
    parts.wait_for("the endpoint to be where the feed is", lambda: status(api, hook)["behind"] == 0, 15)


def hurry(owner):
    """No waiting for the next try."""
    with owner.cursor() as cursor:
        cursor.execute("UPDATE sink SET next_try_at = NULL")


# ---- what is sent ----

def test_events_are_sent_in_order_and_signed(api, hook, receiver):
    made = hook()
    wanted = make_some(api, 20)
    wait_names(receiver, wanted)
    assert len({m.id for m in receiver.taken}) == 20
    for message in receiver.taken:
        assert message.is_signed_by(made["secret"])
        assert abs(int(message.headers["webhook-timestamp"]) - time.time()) < 30
        assert message.headers["content-type"] == "application/json" and message.path == "/in"
        assert message.id == f"msg_{made['id']}_{message.event['id']}"


def test_a_message_is_the_event_as_the_feed_has_it(api, hook, receiver):
    hook()
    make_some(api, 1)
    parts.wait_for("the event", lambda: receiver.taken)
    sent = receiver.taken[0].event
    shown = api.get("/v1/events", params={"after": int(sent["id"]) - 1, "limit": 1}).json()["data"][0]
    assert sent == shown and sent["specversion"] == "1.0"


def test_an_event_is_sent_within_a_moment(api, hook, receiver):
    hook()
    make_some(api, 1)
    parts.wait_for("the first one", lambda: receiver.taken)
    begun = time.monotonic()
    make_some(api, 1)
    parts.wait_for("the second one", lambda: len(receiver.taken) == 2)
    assert time.monotonic() - begun < 1.5 * parts.PATIENCE


def test_only_the_types_that_are_wanted(api, hook, receiver):
    made = hook(types=["bincard.category.created.v1", "bincard.item.*"])
    category = new_category(api)
    api.patch(f"/v1/categories/{category['id']}", json={"name": unique("c")}, headers={"If-Match": "*"})
    item = api.post("/v1/items", json={"sku": unique("S"), "name": "x", "unit": "each"}).json()
    wait_quiet(api, made)
    assert [m.event["type"] for m in receiver.taken] == ["bincard.category.created.v1", "bincard.item.created.v1"]
    assert receiver.taken[1].event["data"]["sku"] == item["sku"]


def test_what_happened_before_an_endpoint_was_made_is_not_sent(api, hook, receiver):
    make_some(api, 1)
    parts.wait_for("the feed", lambda: api.get("/v1/events", params={"limit": 1000}).json()["data"])
    time.sleep(0.3)
    hook()
    wanted = make_some(api, 1)
    wait_names(receiver, wanted)


def test_an_endpoint_is_moved_past_what_is_not_for_it(api, hook, receiver):
    made = hook(types=["bincard.role.*"])
    make_some(api, 3)
    parts.wait_for("the feed", lambda: status(api, made)["behind"] >= 3)
    parts.wait_for("it to be passed", lambda: status(api, made)["behind"] == 0, 20)
    assert not receiver.tried and status(api, made)["last_delivered_at"] is None


# ---- receivers that do not behave ----

def test_what_an_endpoint_missed_while_it_was_down_comes_later_in_order(api, hook, receiver, owner):
    made = hook()
    first = make_some(api, 3)
    wait_names(receiver, first)
    receiver.down()
    rest = make_some(api, 25)
    parts.wait_for("failures", lambda: status(api, made)["tries"] >= 2)
    assert status(api, made)["last_error"] and status(api, made)["next_try_at"]
    receiver.up()
    hurry(owner)
    wait_names(receiver, first + rest)
    wait_quiet(api, made)
    assert status(api, made)["tries"] == 0 and status(api, made)["failing_since"] is None


@pytest.mark.parametrize("way", [500, 404, 302, "hang", "half"])
def test_a_receiver_that_fails_gets_every_event_later_once_and_in_order(api, hook, receiver, owner, way):
    made = hook()
    receiver.way = way
    wanted = make_some(api, 10)
    parts.wait_for("two tries", lambda: (hurry(owner), status(api, made)["tries"] >= 2)[1], 20)
    assert {m.id for m in receiver.tried} == {receiver.tried[0].id}, "others wait for the first"
    receiver.way = 200
    receiver.released.set()
    hurry(owner)
    wait_names(receiver, wanted)
    assert len({m.id for m in receiver.taken}) == 10
    assert not receiver.fetched, "no redirect is followed"
    tries = api.get(of(made, "/deliveries"), params={"state": "failed"}).json()["data"]
    assert len(tries) >= 2 and all(t["error"] for t in tries)
    assert {t["status"] for t in tries} == ({None} if way in ("hang", "half") else {way})


def test_a_receiver_that_hangs_delays_nobody_else(api, hook, receiver):
    hook()
    receiver.way = "hang"
    with Receiver() as other:
        hook(url=other.url)
        begun = time.monotonic()
        wanted = make_some(api, 10)
        wait_names(other, wanted)
        assert time.monotonic() - begun < 10 * parts.PATIENCE
        assert not receiver.taken


def test_a_crowd_that_hangs_leaves_room_for_others(api, hook, receiver, owner):
    """More of them than are called at once; those that have failed before take a part of the places."""
    crowd = [hook() for _ in range(105)]
    receiver.way = "hang"
    make_some(api, 1)

    def failing():
        with owner.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM sink WHERE state = 'active' AND tries > 0")
            return cursor.fetchone()[0]

    parts.wait_for("all to fail", lambda: failing() == len(crowd), 30)
    for _ in range(2):  # so that all begin anew together
        with owner.cursor() as cursor:
            cursor.execute("UPDATE sink SET next_try_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR WHERE tries > 0")
        time.sleep(1.5 * TIMEOUT_MS / 1000)
    before = len(receiver.tried)
    with Receiver() as other:
        hook(url=other.url)
        wanted = make_some(api, 5)
        hurry(owner)
        wait_names(other, wanted)
    calls = parts.wait_for("the crowd to be called", lambda: receiver.tried[before:], 10)
    time.sleep(TIMEOUT_MS / 1000)
    calls = receiver.tried[before:]
    at_once = [m for m in calls if m.at < calls[0].at + 0.9 * TIMEOUT_MS / 1000]
    assert 30 < len(at_once) <= 60


def test_many_endpoints_get_everything(api, hook, receiver):
    hooks = [hook(url=f"{receiver.url}/{i}") for i in range(30)]
    wanted = make_some(api, 5)
    parts.wait_for("all", lambda: len(receiver.taken) >= 150, 30)
    for i in range(30):
        assert names(m for m in receiver.taken if m.path == f"/{i}") == wanted
    assert len(hooks) == 30 and len(receiver.taken) == 150


def test_a_sender_that_is_killed_loses_nothing(api, place, hook, receiver):
    hook()
    first = make_some(api, 5)
    wait_names(receiver, first)
    pid, = place.children("sender")
    os.kill(pid, signal.SIGKILL)
    rest = make_some(api, 15)
    parts.wait_for("all", lambda: len(set(names(receiver.taken))) >= 20, 30)
    assert list(dict.fromkeys(names(receiver.taken))) == first + rest


def test_of_two_hosts_one_sends(api, place, hook, receiver, tmp_path_factory):
    other = parts.Stack(tmp_path_factory.mktemp("other"), place.database, workers=1)
    other.start_serve()
    try:
        hook()
        wanted = make_some(api, 30)
        wait_names(receiver, wanted)
        time.sleep(0.5)
        assert names(receiver.taken) == wanted
    finally:
        other.stop()


def test_a_sender_that_slept_while_another_took_over_moves_nothing(api, place, hook, receiver, tmp_path_factory):
    other = parts.Stack(tmp_path_factory.mktemp("second"), place.database, workers=1)
    other.start_serve()
    try:
        hook()
        wait_names(receiver, first := make_some(api, 2))
        stopped = [pid for host in (place, other) for pid in host.children("sender")
                   if host.count("events are sent from here") and host.lines("events are sent from here")[-1]["pid"] == pid]
        holder = stopped[-1] if len(stopped) == 1 else place.children("sender").pop()
        os.kill(holder, signal.SIGSTOP)
        rest = make_some(api, 10)
        parts.wait_for("the other one", lambda: len(set(names(receiver.taken))) == 12, 30)
        os.kill(holder, signal.SIGCONT)
        more = make_some(api, 5)
        parts.wait_for("all", lambda: len(set(names(receiver.taken))) == 17, 30)
        time.sleep(1)
        assert list(dict.fromkeys(names(receiver.taken))) == first + rest + more
    finally:
        other.stop()


def test_a_database_that_goes_away_loses_nothing(api, place, hook, receiver):
    made = hook()
    first = make_some(api, 3)
    wait_names(receiver, first)
    receiver.way = 500
    rest = make_some(api, 10)
    parts.wait_for("a failure", lambda: status(api, made)["tries"])
    place.expect("the database cannot be opened")
    place.database.kill()
    receiver.way = 200
    time.sleep(1)
    place.database.start()
    parts.wait_for("all", lambda: len(set(names(receiver.taken))) == 13, 30)
    assert list(dict.fromkeys(names(receiver.taken))) == first + rest


def test_a_new_configuration_while_events_are_sent_loses_nothing(api, place, hook, receiver):
    hook()
    wanted = make_some(api, 15)
    place.reload()
    wanted += make_some(api, 15)
    parts.wait_for("all", lambda: len(set(names(receiver.taken))) == 30, 30)
    assert list(dict.fromkeys(names(receiver.taken))) == wanted


# ---- giving up ----

def test_410_pauses_at_once_and_tells_of_it(api, place, hook, receiver):
    made = hook()
    receiver.way = 410
    wanted = make_some(api, 2)
    parts.wait_for("the pause", lambda: status(api, made)["status"] == "paused")
    assert status(api, made)["paused_for"] == "refused" and len(receiver.tried) == 1
    about = {"subject": f"webhooks/{made['id']}", "limit": 1000}
    told = parts.wait_for("two events", lambda: len(d := api.get("/v1/events", params=about).json()["data"]) == 2 and d)
    assert told[-1]["type"] == "bincard.webhook.paused.v1" and told[-1]["actor"] == "system"
    noted = api.get("/v1/audit-log", params={"resource": "webhook", "resource_id": str(made["id"])}).json()["data"]
    assert noted[0]["action"] == "paused" and noted[0]["actor"] == "system"
    receiver.way = 200
    assert api.post(of(made, "/resume"), json={}).json()["status"] == "active"
    wait_names(receiver, wanted)


def test_an_endpoint_that_fails_for_days_is_paused(api, hook, receiver, owner):
    made = hook()
    receiver.way = 500
    make_some(api, 1)
    parts.wait_for("a failure", lambda: status(api, made)["tries"])
    with owner.cursor() as cursor:
        cursor.execute("UPDATE sink SET failing_since = failing_since - INTERVAL 5 DAY, next_try_at = NULL WHERE id = %s",
                       (made["id"],))
    parts.wait_for("the pause", lambda: status(api, made)["paused_for"] == "failing")


def test_a_place_that_is_not_kept_any_more_pauses(api, place, hook, receiver, owner):
    made = hook()
    api.post(of(made, "/pause"))
    make_some(api, 3)
    head = api.get("/v1/events", params={"limit": 1000}).json()["next_after"]
    parts.wait_for("the feed", lambda: status(api, made)["behind"] >= 3)
    with owner.cursor() as cursor:
        cursor.execute("DELETE FROM event WHERE seq <= (SELECT seq FROM feed_state) - 1")
        cursor.execute("UPDATE sink SET state = 'active', paused_for = NULL WHERE id = %s", (made["id"],))
    parts.wait_for("the pause", lambda: status(api, made)["paused_for"] == "gone")
    assert head and not receiver.taken
    answer = api.post(of(made, "/resume"), json={})
    assert answer.status_code == 409 and "oldest" in answer.json()["detail"]
    assert api.post(of(made, "/resume"), json={"from": "now"}).json()["status"] == "active"
    wait_names(receiver, make_some(api, 2))


def test_a_paused_endpoint_gets_nothing_and_everything_after_it_is_resumed(api, hook, receiver):
    made = hook()
    wait_names(receiver, first := make_some(api, 1))
    assert api.post(of(made, "/pause")).json()["paused_for"] == "by_hand"
    time.sleep(0.5)
    rest = make_some(api, 3)
    time.sleep(1)
    assert names(receiver.taken) == first
    api.post(of(made, "/resume"), json={})
    wait_names(receiver, first + rest)


# ---- secrets ----

def test_both_secrets_sign_while_one_replaces_the_other(api, place, hook, receiver, owner):
    made = hook()
    answer = api.post(of(made, "/rotate-secret")).json()
    new = place.keep_secret(answer["secret"])
    assert new != made["secret"] and answer["old_secret_until"]
    make_some(api, 1)
    parts.wait_for("the event", lambda: receiver.taken)
    message = receiver.taken[0]
    assert message.is_signed_by(new) and message.is_signed_by(made["secret"])
    assert len(message.headers["webhook-signature"].split(" ")) == 2
    with owner.cursor() as cursor:
        cursor.execute("UPDATE webhook_endpoint SET old_until = NOW(6) - INTERVAL 1 DAY")
    make_some(api, 1)
    parts.wait_for("the next one", lambda: len(receiver.taken) == 2)
    assert receiver.taken[1].is_signed_by(new) and not receiver.taken[1].is_signed_by(made["secret"])


def test_the_library_of_others_verifies_what_is_sent(api, place, hook, receiver):
    """standardwebhooks from npm, also while one secret replaces another."""
    made = hook()
    make_some(api, 2)
    parts.wait_for("the events", lambda: len(receiver.taken) == 2)
    check_with_library([made["secret"]], receiver.taken)
    new = place.keep_secret(api.post(of(made, "/rotate-secret")).json()["secret"])
    new_category(api, name=unique("Ünïcode <&> \U0001f4e6 "))
    api.post(of(made, "/test"))
    parts.wait_for("more", lambda: len(receiver.taken) == 4)
    check_with_library([made["secret"], new], receiver.taken[2:])


def check_with_library(secrets, messages):
    given = {"secrets": secrets, "messages": [{"headers": m.headers, "body": m.body.decode()} for m in messages]}
    done = subprocess.run(["node", str(parts.ROOT / "tests" / "npm" / "webhook.mjs")], input=json.dumps(given),
                          text=True, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_a_secret_is_shown_once_and_stands_nowhere(api, hook, owner):
    made = hook()
    secret = made.pop("secret")
    assert api.get(of(made)).json() == made
    assert secret not in api.get("/v1/webhooks").text
    with owner.cursor() as cursor:
        for table in ("audit_log", "outbox", "event", "idempotency_key", "webhook_delivery"):
            cursor.execute(f"SELECT * FROM {table}")
            assert secret not in str(cursor.fetchall())


# ---- by hand ----

def test_a_test_is_sent_also_to_one_that_is_paused(api, hook, receiver):
    made = hook()
    api.post(of(made, "/pause"))
    wish = api.post(of(made, "/test"))
    assert wish.status_code == 201 and wish.json()["state"] == "waiting"
    parts.wait_for("the test", lambda: receiver.taken)
    message = receiver.taken[0]
    assert message.event["type"] == "bincard.webhook.test.v1" and message.is_signed_by(made["secret"])
    at = wish.headers["Location"]
    done = parts.wait_for("its end", lambda: (d := api.get(at).json())["state"] == "delivered" and d)
    assert done["status"] == 200 and done["answer_body"] == "thanks" and done["message_id"] == message.id
    assert done["request_body"] == message.body.decode() and "webhook-id: " + message.id in done["request_header"]
    assert "v1,(not kept)" in done["request_header"] and "HTTP/1.1 200" in done["answer_header"]
    assert done["reason"] == "test" and done["actor"].startswith("client:") and done["event_id"] is None


def test_a_delivery_is_sent_again_by_hand_with_the_same_id(api, hook, receiver):
    made = hook()
    make_some(api, 1)
    parts.wait_for("the event", lambda: receiver.taken)
    wait_quiet(api, made)
    row, = api.get(of(made, "/deliveries")).json()["data"]
    assert row["state"] == "delivered" and row["event_id"] == receiver.taken[0].event["id"]
    again = api.post(f"/v1/webhook-deliveries/{row['id']}/redeliver")
    assert again.status_code == 201 and again.json()["reason"] == "again"
    parts.wait_for("it once more", lambda: len(receiver.taken) == 2)
    assert receiver.taken[0].id == receiver.taken[1].id and receiver.taken[0].event == receiver.taken[1].event


def test_what_is_not_kept_any_more_cannot_be_sent_again(api, hook, receiver, owner):
    made = hook()
    make_some(api, 1)
    parts.wait_for("the event", lambda: receiver.taken)
    wait_quiet(api, made)
    row, = api.get(of(made, "/deliveries")).json()["data"]
    with owner.cursor() as cursor:
        cursor.execute("DELETE FROM event WHERE seq <= %s", (row["event_id"],))
    at = api.post(f"/v1/webhook-deliveries/{row['id']}/redeliver").headers["Location"]
    done = parts.wait_for("its end", lambda: (d := api.get(at).json())["state"] == "failed" and d)
    assert "not kept" in done["error"] and len(receiver.taken) == 1


def test_too_many_wishes_are_refused(api, place, hook, receiver):
    made = hook()
    receiver.way = "hang"
    answers = [api.post(of(made, "/test")).status_code for _ in range(25)]
    assert answers[:20] == [201] * 20 and 409 in answers
    receiver.way = 200
    receiver.released.set()


# ---- the API ----

ALL = {"id", "name", "url", "types", "scope", "status", "paused_for", "old_secret_until", "version", "created_at",
       "updated_at", "secret"}


def test_an_endpoint_is_made_changed_and_deleted(api, hook, owner, receiver):
    made = hook(types=["bincard.item.*"])
    assert set(made) == ALL and made["scope"] == "items:read stock:read" and made["status"] == "active"
    assert api.patch(of(made), json={}).status_code == 428
    changed = api.patch(of(made), json={"name": (name := unique("h"))}, headers={"If-Match": '"1"'}).json()
    assert changed["name"] == name and changed["types"] == made["types"] and changed["version"] == 2
    assert api.patch(of(made), json={"name": "x"}, headers={"If-Match": '"1"'}).status_code == 412
    everything = api.patch(of(made), json={"types": []}, headers={"If-Match": "*"}).json()
    assert everything["types"] == [] and "users:read" in everything["scope"] and "write" not in everything["scope"]
    assert api.delete(of(made), headers={"If-Match": "*"}).status_code == 204
    assert api.get(of(made)).status_code == 404 and api.post(of(made, "/test")).status_code == 404
    noted = api.get("/v1/audit-log", params={"resource": "webhook", "resource_id": str(made["id"])}).json()["data"]
    assert [entry["action"] for entry in noted] == ["deleted", "updated", "updated", "created"]


@pytest.mark.parametrize("fields, mistakes", [
    ({"name": " "}, {"/name": "required"}),
    ({"url": 7}, {"/url": "wrong_type"}),
    ({"types": ["bincard.nothing.*"]}, {"/types/0": "unknown"}),
    ({"types": ["bincard.item.created.v1", "x,y"]}, {"/types/1": "unknown"}),
    ({"types": ["bincard.item"]}, {"/types/0": "unknown"}),
    ({"types": ["*"] * 17}, {"/types": "too_many"}),
])
def test_mistakes(api, fields, mistakes):
    body = {"name": unique("hook"), "url": "https://hooks.example/", **fields}
    assert wrong(api.post("/v1/webhooks", json=body), 422) == mistakes


def test_two_have_no_name_in_common(api, hook):
    made = hook()
    answer = api.post("/v1/webhooks", json={"name": made["name"], "url": "https://hooks.example/"})
    assert answer.status_code == 409 and wrong(answer, 409) == {"/name": "duplicate"}
    other = hook()
    assert api.patch(of(other), json={"name": made["name"]}, headers={"If-Match": "*"}).status_code == 409


def test_a_retry_makes_one_endpoint_and_does_not_show_the_secret_again(api, place, receiver):
    sent = {"json": {"name": unique("hook"), "url": receiver.url}, "headers": {"Idempotency-Key": unique("key")}}
    first, again = api.post("/v1/webhooks", **sent), api.post("/v1/webhooks", **sent)
    place.keep_secret(first.json()["secret"])
    assert again.headers["Idempotency-Replayed"] == "true" and again.json()["id"] == first.json()["id"]
    assert "secret" not in again.json() and first.headers["Cache-Control"] == "no-store"
    assert api.delete(of(first.json()), headers={"If-Match": "*"}).status_code == 204


def test_nobody_gives_an_endpoint_what_he_may_not_see(caller, api, hook, receiver):
    small = caller(scope="webhooks:read webhooks:write items:read")
    body = {"name": unique("hook"), "url": receiver.url}
    assert wrong(small.post("/v1/webhooks", json={**body, "types": ["bincard.user.*"]}), 422) == {"/types/0": "not_yours"}
    made = hook(api=small, types=[])
    assert made["scope"] == "items:read webhooks:read"
    api.post("/v1/users", json={"name": unique("kim").replace("/", ".")})
    item = small_item(api)
    wait_quiet(api, made)
    assert not any(m.event["type"].startswith("bincard.user.") for m in receiver.taken)
    sent, = (m.event for m in receiver.taken if m.event["subject"] == f"items/{item['id']}")
    assert "on_hand" not in sent["data"] or sent["data"]["on_hand"] is None


def small_item(api):
    return api.post("/v1/items", json={"sku": unique("S"), "name": "x", "unit": "each"}).json()


def test_nobody_redirects_what_is_meant_for_others(caller, api, hook, receiver):
    """Whoever may see less cannot have it sent elsewhere, nor read it in the history; he may stop it."""
    made = hook(types=["bincard.category.*", "bincard.user.*"])
    make_some(api, 1)
    parts.wait_for("the event", lambda: receiver.taken)
    small = caller(scope="webhooks:read webhooks:write items:read")
    match = {"If-Match": "*"}
    assert small.patch(of(made), json={"url": "https://evil.example/"}, headers=match).status_code == 403
    for what in ("/rotate-secret", "/test"):
        assert small.post(of(made, what)).status_code == 403
    assert small.post(of(made, "/resume"), json={"from": "oldest"}).status_code == 403
    row = parts.wait_for("the history", lambda: small.get(of(made, "/deliveries")).json()["data"])[0]
    assert small.post(f"/v1/webhook-deliveries/{row['id']}/redeliver").status_code == 403
    seen = small.get(f"/v1/webhook-deliveries/{row['id']}").json()
    assert seen["request_body"] is None and seen["answer_body"] is None and seen["status"] == 200
    assert api.get(f"/v1/webhook-deliveries/{row['id']}").json()["request_body"]
    assert small.post(of(made, "/pause")).status_code == 200
    assert small.delete(of(made), headers=match).status_code == 204


def test_who_is_limited_to_a_place_makes_no_endpoint(place, api, receiver):
    site, role, name = new_location(api), unique("hooks").replace("/", "-"), unique("u").replace("/", ".")
    assert api.post("/v1/roles", json={"name": role, "permissions": ["webhooks:read", "webhooks:write"]}).status_code == 201
    password = place.add_user(name, role, f"clerk@{site['code']}")
    person = client.Browser(place.url)
    person.sign_in(name, password, place.keep_secret)
    answer = person.post("/v1/webhooks", json={"name": unique("h"), "url": receiver.url},
                         headers={"X-CSRF-Token": person.csrf})
    assert answer.status_code == 403 and "limited to some locations" in answer.json()["detail"]


def test_a_reader_changes_nothing(caller, hook):
    made, reader = hook(), caller(scope="webhooks:read items:read")
    assert reader.get(of(made)).status_code == 200 and reader.get(of(made, "/status")).status_code == 200
    for what in ("/pause", "/test", "/rotate-secret"):
        assert reader.post(of(made, what)).status_code == 403


def test_the_history_is_a_list(api, hook, receiver):
    made = hook()
    wait_names(receiver, make_some(api, 7))
    wait_quiet(api, made)
    rows, cursor = [], None
    while True:
        said = api.get(of(made, "/deliveries"), params={"limit": 3, **({"cursor": cursor} if cursor else {})}).json()
        rows += said["data"]
        cursor = said["next_cursor"]
        if not said["has_more"]:
            break
    assert [row["message_id"] for row in rows] == [m.id for m in reversed(receiver.taken)]
    assert api.get(of(made, "/deliveries"), params={"state": "failed"}).json()["data"] == []
    assert api.get("/v1/webhooks/999999/deliveries").status_code == 404


def test_upkeep_takes_old_deliveries_away(api, place, hook, receiver, owner):
    made = hook()
    wait_names(receiver, make_some(api, 2))
    wait_quiet(api, made)
    with owner.cursor() as cursor:
        cursor.execute("UPDATE webhook_delivery SET created_at = created_at - INTERVAL 15 DAY WHERE sink_id = %s", (made["id"],))
    pid, = place.children("jobs")
    os.kill(pid, signal.SIGKILL)  # the next one begins with a round
    parts.wait_for("upkeep", lambda: not api.get(of(made, "/deliveries")).json()["data"], 30)


def test_the_history_of_a_deleted_endpoint_is_gone_and_upkeep_takes_it_away(api, place, hook, receiver, owner):
    made = hook()
    wait_names(receiver, make_some(api, 2))
    wait_quiet(api, made)
    row = api.get(of(made, "/deliveries")).json()["data"][0]
    assert api.delete(of(made), headers={"If-Match": "*"}).status_code == 204
    assert api.get(f"/v1/webhook-deliveries/{row['id']}").status_code == 404
    assert api.post(f"/v1/webhook-deliveries/{row['id']}/redeliver").status_code == 404

    def left():
        with owner.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM webhook_delivery WHERE sink_id = %s", (made["id"],))
            return cursor.fetchone()[0]

    assert left() == 2
    pid, = place.children("jobs")
    os.kill(pid, signal.SIGKILL)  # the next one begins with a round
    parts.wait_for("upkeep", lambda: not left(), 30)


def test_an_endpoint_that_is_deleted_while_it_is_called(api, hook, receiver):
    made = hook()
    receiver.way = "hang"
    make_some(api, 2)
    parts.wait_for("the call", lambda: receiver.tried)
    api.post(of(made, "/test"))
    assert api.delete(of(made), headers={"If-Match": "*"}).status_code == 204
    with Receiver() as other:
        hook(url=other.url)
        wait_names(other, make_some(api, 2))
    assert len({m.id for m in receiver.tried}) <= 2


def test_metrics_count_endpoints_and_those_in_trouble(caller, api, hook, receiver):
    reader = caller(scope="metrics:read")

    def figures():
        lines = reader.get("/metrics").text.splitlines()
        return {line.split("{")[0].removeprefix("bincard_sinks_"): int(line.split(" ")[-1]) for line in lines
                if line.startswith("bincard_sinks_") and 'kind="webhook"' in line}

    made = hook()
    before = figures()
    receiver.way = 500
    make_some(api, 2)
    parts.wait_for("a failure", lambda: figures()["failing"] == before["failing"] + 1)
    assert figures()["behind_events_max"] >= 2
    api.post(of(made, "/pause"))
    after = figures()
    assert after["active"] == before["active"] - 1 and after["paused"] == before["paused"] + 1
    assert after["given_up"] == before["given_up"] and after["failing"] == before["failing"]


# ---- pages ----

@pytest.fixture(scope="module")
def person(place):
    password = place.add_user("mara")
    browser = client.Browser(place.url)
    browser.sign_in("mara", password, place.keep_secret)
    return browser


def test_the_life_of_an_endpoint_on_pages(person, api, place, receiver):
    name = unique("hook")
    answer = person.submit("/webhooks", name=name, url="https://10.0.0.1/", types="bincard.category.*")
    assert answer.status_code == 422 and "not public" in answer.text and "bincard.category.*" in answer.text
    answer = person.submit("/webhooks", name=name, url=receiver.url, types="bincard.category.*\r\nbincard.item.*")
    assert answer.status_code == 200
    secret = place.keep_secret(re.search(r"whsec_[A-Za-z0-9+/=]+", answer.text.replace("&#43;", "+"))[0])
    made = api.get("/v1/webhooks", params={"q": name}).json()["data"][0]
    at = f"/webhooks/{made['id']}"
    assert made["types"] == ["bincard.category.*", "bincard.item.*"] and secret not in person.get(at).text
    assert name in person.get("/webhooks").text

    wanted = make_some(api, 2)
    wait_names(receiver, wanted)
    assert receiver.taken[0].is_signed_by(secret)
    shown = parts.wait_for("the history", lambda: (t := person.get(at).text).count("delivered</span>") == 2 and t)
    delivery = re.search(r"/webhooks/deliveries/\d+", shown)[0]
    assert wanted[1] in person.get(delivery).text and "thanks" in person.get(delivery).text
    again = person.submit(delivery + "/redeliver")
    assert again.status_code == 303 and "/webhooks/deliveries/" in again.headers["Location"]
    parts.wait_for("it once more", lambda: len(receiver.taken) == 3)

    assert person.submit(at + "/test").status_code == 303
    parts.wait_for("the test", lambda: len(receiver.taken) == 4)
    assert person.submit(at + "/pause", version=1).headers["Location"] == at + "?done=paused"
    assert "Somebody has paused it" in person.get(at).text
    assert person.submit(at + "/resume", version=2, **{"from": "now"}).status_code == 303
    new = person.submit(at + "/secret", version=3)
    place.keep_secret(re.search(r"whsec_[A-Za-z0-9+/=]+", new.text.replace("&#43;", "+"))[0])
    assert "Old secret signs until" in new.text
    form = person.get(at + "/edit").text
    assert "bincard.category.*\nbincard.item.*" in form
    answer = person.submit(at, name=name, url=receiver.url, types="", version=3)
    assert answer.status_code == 412
    assert person.submit(at, name=name, url=receiver.url, types="", version=4).status_code == 303
    assert "everything" in person.get(at).text
    assert person.submit(at + "/delete", version=5).headers["Location"] == "/webhooks?done=deleted"


def test_the_overview_tells_who_may_see_webhooks_of_those_in_trouble(person, api, place, hook, receiver):
    made = hook()
    receiver.way = 410
    make_some(api, 1)
    parts.wait_for("the pause", lambda: status(api, made)["status"] == "paused")
    assert "webhook" in person.get("/").text.split("Needs a look")[1]
    assert "it wants no more" in person.get(f"/webhooks/{made['id']}").text
    password = place.add_user("clerk7", "clerk")
    clerk = client.Browser(place.url)
    clerk.sign_in("clerk7", password, place.keep_secret)
    assert "webhook" not in clerk.get("/").text and clerk.get("/webhooks").status_code == 403


# ---- where to ----

@pytest.mark.parametrize("url", [
    "ftp://example.com/", "example.com", "https://user:pw@example.com/", "https://example.com/#x", "https://",
    "https://10.1.2.3/", "https://192.168.0.1/", "https://169.254.169.254/latest/meta-data/", "https://[::1]/",
    "https://[fe80::1]/", "https://[fc00::1]/", "https://0.0.0.0/", "https://100.64.0.1/", "https://224.0.0.1/",
    "https://[::ffff:10.0.0.1]/", "https://0x0a000001/", "https://167772161/", "https://012.0.0.1/",
    "https://[64:ff9b::a00:1]/", "https://[2002:a00:1::]/", "file:///etc/passwd", "gopher://example.com/"])
def test_an_address_that_leads_inside_is_refused(api, receiver, url):
    body = {"name": unique("hook"), "url": url}
    assert set(wrong(api.post("/v1/webhooks", json=body), 422)) == {"/url"}


def test_a_name_that_leads_inside_is_refused_when_it_is_resolved(place, hook, api, receiver, owner):
    """Whatever the check of the text has let pass. Names below .localhost need no name server."""
    made = hook()
    with owner.cursor() as cursor:
        cursor.execute("UPDATE webhook_endpoint SET url = %s WHERE sink_id = %s",
                       (f"http://hooks.localhost:{receiver.port}/", made["id"]))

    def test():
        at = api.post(of(made, "/test")).headers["Location"]
        return parts.wait_for("its end", lambda: (d := api.get(at).json())["state"] != "waiting" and d, 20)

    first = test()
    assert first["state"] == "delivered", first
    del receiver.tried[:]
    was = place.webhooks["allow_networks"]
    place.webhooks["allow_networks"] = "127.0.0.5 10.0.0.0/8"
    place.write_conf()
    place.reload()
    try:
        done = test()
        assert done["state"] == "failed" and done["status"] is None and not receiver.tried
        assert "which is not public" in done["error"] and ("127.0.0.1" in done["error"] or "::1" in done["error"])
    finally:
        place.webhooks["allow_networks"] = was
        place.write_conf()
        place.reload()


def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(api, hook, receiver, tmp_path):
    pem = tmp_path / "own.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(pem), "-out",
                    str(tmp_path / "cert.pem")], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", pem)
    receiver.server.socket = context.wrap_socket(receiver.server.socket, server_side=True)
    made = hook(url=receiver.url.replace("http:", "https:"))
    at = api.post(of(made, "/test")).headers["Location"]
    done = parts.wait_for("its end", lambda: (d := api.get(at).json())["state"] != "waiting" and d, 20)
    assert done["state"] == "failed" and "certificate" in done["error"] and not receiver.tried
