"""Relays: every event reaches a broker, in order, whatever the broker or the sender do meanwhile. On an installation of
its own, because processes are killed and configurations changed."""

import os
import signal
import socket
import threading
import time

import pytest

import brokers
import client
import stack as parts
from catalogue import new_category, unique

KINDS = [brokers.Redis, brokers.RabbitMQ, brokers.Kafka]


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """Gives the broker of a kind, which is started when somebody wants it, because that takes seconds."""
    running = {}

    def get(kind):
        if kind not in running:
            running[kind] = kind(tmp_path_factory.mktemp(kind.kind))
        return running[kind]

    yield get
    for it in running.values():
        it.end()


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.kind)
def broker(request, started):
    return started(request.param)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("relays")
    (folder / "db").mkdir()
    own = parts.Stack(folder, parts.Database(folder / "db"), workers=2, request_timeout_ms=30000)
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
    client_id, secret = place.add_client(unique("client"))
    return client.Api(place.url, place.keep_secret(client.get_token(place.url, client_id, secret)))


@pytest.fixture
def owner(place):
    with place.database.owner() as db:
        yield db


def ask(owner, text, *values):
    with owner.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall()


def state(owner, name):
    """(state, paused_for, seq, tries, last_error)"""
    rows = ask(owner, "SELECT state, paused_for, seq, tries, last_error FROM sink WHERE name = %s", name)
    return rows[0] if rows else None


def set_relays(place, *sections):
    """These are the relays from now on."""
    place.more = "\n".join(sections)
    place.write_conf()
    place.reload()


@pytest.fixture
def relay(place, broker, owner):
    """The name of a relay that is at work."""
    name = unique("relay").lower()
    broker.prepare(name)
    place.keep_secret(broker.password)
    set_relays(place, broker.section(name))
    parts.wait_for("the relay to begin", lambda: state(owner, name), 20)
    yield name
    set_relays(place)


def make(api, n):
    return [new_category(api, name=unique("c"))["id"] for _ in range(n)]


def events(api, after=0):
    """All that GET /v1/events has, from then on."""
    found, more = [], True
    while more:
        page = api.get("/v1/events", params={"after": after, "limit": 1000}).json()
        found += page["data"]
        after, more = page["next_after"], page["has_more"]
    return found


def first_of_each(messages):
    """Without repeats."""
    found = {}
    for id_, event in messages:
        found.setdefault(id_, event)
    return list(found.items())


def head(owner):
    return ask(owner, "SELECT seq FROM feed_state")[0][0]


def wait_all(owner, name, seconds=30):
    """Until the relay is where the feed is."""
    def done():
        return not ask(owner, "SELECT 1 FROM outbox LIMIT 1") and state(owner, name)[2] >= head(owner)
    parts.wait_for("the relay to be where the feed is", done, seconds)


def check_all(api, broker, owner, name, after):
    """What has arrived is what GET /v1/events has after this number, in its order, but for repeats. The relay may have
    been a step further when the number was read."""
    wait_all(owner, name)
    got = first_of_each(broker.read(name))
    wanted = [(event["id"], event) for event in events(api, min(after, int(got[0][0]) - 1))]
    assert [id_ for id_, _ in got] == [id_ for id_, _ in wanted]
    assert got == wanted
    return broker.read(name)


def sender(place):
    """The process that sends, when there is one."""
    (pid,) = parts.wait_for("a sender", lambda: place.children("sender"), 20)
    return pid


def hurry(owner):
    """No waiting for the next try."""
    ask(owner, "UPDATE sink SET next_try_at = NULL")


# ---- each broker ----

def test_every_event_arrives_in_order_and_as_the_list_shows_it(api, owner, broker, relay):
    begun = state(owner, relay)[2]
    make(api, 60)
    arrived = check_all(api, broker, owner, relay, begun)
    assert len(arrived) == len(first_of_each(arrived)) >= 60  # and nothing twice


def test_a_broker_that_was_away_gets_everything_in_order(api, owner, broker, relay):
    begun = state(owner, relay)[2]
    make(api, 10)
    wait_all(owner, relay)
    broker.stop()
    make(api, 30)
    parts.wait_for("a failure", lambda: state(owner, relay)[3] >= 1, 20)
    assert state(owner, relay)[4]
    broker.start()
    hurry(owner)
    check_all(api, broker, owner, relay, begun)
    assert state(owner, relay)[0] == "active" and state(owner, relay)[3:] == (0, None)


def test_a_broker_that_restarts_between_events_is_no_failure(api, owner, broker, relay, place):
    begun = state(owner, relay)[2]
    make(api, 5)
    wait_all(owner, relay)
    broker.stop()
    broker.start()
    told = len(place.lines())
    make(api, 5)
    check_all(api, broker, owner, relay, begun)
    assert not [line for line in place.lines()[told:] if "fails" in line["message"]]


def test_a_sender_that_is_killed_loses_nothing_and_keeps_the_order(api, owner, broker, relay, place):
    begun = state(owner, relay)[2]
    for _ in range(3):
        make(api, 40)
        killed = sender(place)
        os.kill(killed, signal.SIGKILL)
        parts.wait_for("another sender", lambda: place.children("sender") - {killed}, 20)
    make(api, 20)
    assert len(check_all(api, broker, owner, relay, begun)) >= 140


def test_a_wrong_password_is_shown_without_it(api, owner, broker, place, tmp_path):
    if broker.kind == "kafka":
        pytest.skip("the mock cluster knows no accounts")
    name, wrong = unique("relay").lower(), place.keep_secret("wrong-" + "x7Qz" * 5)
    (tmp_path / "wrong").write_text(wrong + "\n")
    broker.prepare(name)
    set_relays(place, broker.section(name, password_file=tmp_path / "wrong"))
    parts.wait_for("the relay to begin", lambda: state(owner, name), 20)
    make(api, 1)
    parts.wait_for("a failure", lambda: state(owner, name)[3] >= 1, 30)
    error = state(owner, name)[4]
    assert error and wrong not in error and state(owner, name)[0] == "active"
    set_relays(place)


def test_a_broker_that_hangs_delays_no_other(api, owner, broker, relay, place):
    """The other one's address takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hung = unique("relay").lower()
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        set_relays(place, broker.section(relay), broker.section(hung, address=address, timeout_ms=60000))
        parts.wait_for("the relay to begin", lambda: state(owner, hung), 20)
        begun, seq = time.monotonic(), state(owner, relay)[2]
        make(api, 5)
        wait_all(owner, relay)
        assert state(owner, relay)[2] > seq and time.monotonic() - begun < 8 * parts.PATIENCE
        assert state(owner, hung)[2] < head(owner)
        set_relays(place, broker.section(relay))


def test_a_broker_that_stops_in_the_middle_gets_the_rest_later(api, owner, broker, relay, place):
    if broker.kind == "kafka":
        pytest.skip("the mock cluster stops with its consumer")
    begun = state(owner, relay)[2]
    make(api, 5)
    wait_all(owner, relay)
    broker.signal(signal.SIGSTOP)
    try:
        make(api, 30)
        parts.wait_for("a failure", lambda: state(owner, relay)[3] >= 1, 40)
    finally:
        broker.signal(signal.SIGCONT)
    hurry(owner)
    check_all(api, broker, owner, relay, begun)


# ---- what each has for itself ----

def test_redis_that_repeats_the_password_does_not_bring_it_into_the_state(api, owner, place, tmp_path):
    """As one does whose AUTH has another name."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        def answer():
            while True:
                try:
                    peer, _ = server.accept()
                except OSError:
                    return
                with peer:
                    said = peer.recv(4096).split(b"\r\n")
                    peer.sendall(b"-ERR unknown command 'AUTH', with args beginning with: " +
                                 b"x" * 150 + b" '" + said[-2] + b"'\r\n")
        threading.Thread(target=answer, daemon=True).start()
        secret = place.keep_secret("telltale-" + "9" * 60)
        (tmp_path / "password").write_text(secret + "\n")
        name = unique("relay").lower()
        begin(place, owner, f"[relay {name}]\ntype = redis\naddress = 127.0.0.1:{server.getsockname()[1]}\n"
                            f"password_file = {tmp_path}/password\n", name)
        make(api, 1)
        parts.wait_for("a failure", lambda: state(owner, name)[3] >= 1, 20)
        assert "Signing in failed" in state(owner, name)[4] and "telltale" not in state(owner, name)[4]
        set_relays(place)


def begin(place, owner, section, name):
    set_relays(place, section)
    parts.wait_for("the relay to begin", lambda: state(owner, name), 20)
    return state(owner, name)[2]


def test_rabbitmq_that_refuses_gets_everything_when_there_is_room(api, owner, started, place):
    name, rabbit = unique("relay").lower(), started(brokers.RabbitMQ)
    rabbit.prepare(name, **{"x-max-length": 5, "x-overflow": "reject-publish"})
    begin(place, owner, rabbit.section(name), name)
    make(api, 30)
    parts.wait_for("a refusal", lambda: state(owner, name)[3] >= 1, 20)
    assert "refused" in state(owner, name)[4]

    def drained():
        rabbit.read(name)
        hurry(owner)
        return not ask(owner, "SELECT 1 FROM outbox LIMIT 1") and state(owner, name)[2] >= head(owner)
    parts.wait_for("the rest", drained, 40)
    wanted = [event["id"] for event in events(api, int(rabbit.read(name)[0][0]) - 1)]
    assert sorted((id_ for id_, _ in first_of_each(rabbit.read(name))), key=int) == wanted
    set_relays(place)


def test_rabbitmq_with_mandatory_waits_until_a_queue_takes_an_event(api, owner, started, place):
    name, rabbit = unique("relay").lower(), started(brokers.RabbitMQ)
    rabbit.prepare(name)
    begin(place, owner, rabbit.section(name, mandatory="true", routing_key="nowhere"), name)
    make(api, 3)
    parts.wait_for("a failure", lambda: state(owner, name)[3] >= 1, 20)
    assert "NO_ROUTE" in state(owner, name)[4] and not rabbit.read(name)
    set_relays(place)


def test_an_exchange_that_is_not_there_is_said(api, owner, started, place):
    name, rabbit = unique("relay").lower(), started(brokers.RabbitMQ)
    begin(place, owner, rabbit.section(name), name)
    make(api, 1)
    parts.wait_for("a failure", lambda: state(owner, name)[3] >= 1, 20)
    assert "no exchange" in state(owner, name)[4]
    set_relays(place)


@pytest.mark.parametrize("trusted", [True, False])
def test_rabbitmq_with_tls_is_checked(api, owner, started, place, tmp_path, trusted):
    name, rabbit = unique("relay").lower(), started(brokers.RabbitMQ)
    rabbit.prepare(name)
    other = brokers.certificate(tmp_path)
    begun = begin(place, owner, rabbit.section(name, address=f"localhost:{rabbit.tls_port}", tls="true",
                                               ca_file=rabbit.certificate if trusted else other), name)
    make(api, 3)
    if trusted:
        check_all(api, rabbit, owner, name, begun)
    else:
        parts.wait_for("a failure", lambda: state(owner, name)[3] >= 1, 20)
        assert not rabbit.read(name)
    set_relays(place)


def test_kafka_keeps_the_order_of_each_subject_over_partitions_and_refusals(api, owner, started, place):
    name, kafka = unique("relay").lower(), started(brokers.Kafka)
    kafka.prepare(name, 3)
    begin(place, owner, kafka.section(name), name)
    kafka.tell("refuse", 3)
    for id_ in make(api, 20):
        for _ in range(2):
            api.patch(f"/v1/categories/{id_}", json={"name": unique("c")}, headers={"If-Match": "*"})
    wait_all(owner, name)
    got = [int(id_) for id_, _ in first_of_each(kafka.read(name, 3))]
    assert sorted(got) == [int(event["id"]) for event in events(api, min(got) - 1)]
    order = {}
    for id_, event in first_of_each(kafka.read(name, 3)):
        order.setdefault(event["subject"], []).append(int(id_))
    assert all(ids == sorted(ids) for ids in order.values()) and len(order) >= 20
    set_relays(place)


# ---- the configuration ----

@pytest.fixture
def one(started):
    """A broker for what is the same with all."""
    return started(brokers.Redis)


def test_only_the_types_that_are_wanted(api, owner, one, place):
    name = unique("relay").lower()
    set_relays(place, one.section(name, types="bincard.item.* bincard.category.updated.v1"))
    parts.wait_for("the relay to begin", lambda: state(owner, name), 20)
    (id_,) = make(api, 1)
    api.patch(f"/v1/categories/{id_}", json={"name": unique("c")}, headers={"If-Match": "*"})
    api.post("/v1/items", json={"sku": unique("S"), "name": "x", "unit": "each"})
    parts.wait_for("two events", lambda: len(one.read(name)) >= 2, 20)
    assert [e["type"] for _, e in one.read(name)] == ["bincard.category.updated.v1", "bincard.item.created.v1"]
    set_relays(place)


def test_a_relay_may_begin_with_the_oldest_event(api, owner, one, place):
    make(api, 3)
    name = unique("relay").lower()
    set_relays(place, one.section(name, **{"from": "oldest"}))
    parts.wait_for("the relay to begin", lambda: state(owner, name), 20)
    check_all(api, one, owner, name, 0)
    set_relays(place)


def test_a_relay_without_its_section_is_retired_and_goes_on_where_it_was(api, owner, one, place):
    name = unique("relay").lower()
    set_relays(place, one.section(name))
    parts.wait_for("the relay to begin", lambda: state(owner, name), 20)
    begun = state(owner, name)[2]
    make(api, 2)
    wait_all(owner, name)
    set_relays(place)
    parts.wait_for("its end", lambda: state(owner, name)[1] == "retired", 20)
    make(api, 3)
    set_relays(place, one.section(name))
    parts.wait_for("its return", lambda: state(owner, name)[0] == "active", 20)
    check_all(api, one, owner, name, begun)
    actions = ask(owner, "SELECT action, actor FROM audit_log WHERE resource = 'relay' AND resource_id ="
                  " (SELECT id FROM sink WHERE name = %s) ORDER BY id", name)
    assert actions == (("created", "system"), ("retired", "system"), ("returned", "system"))
    set_relays(place)


def test_a_stream_is_kept_about_as_long_as_it_may_be(api, owner, one, place):
    name = unique("relay").lower()
    set_relays(place, one.section(name, stream_max=100))
    parts.wait_for("the relay to begin", lambda: state(owner, name), 20)
    make(api, 400)
    wait_all(owner, name, 60)
    assert 100 <= len(one.read(name)) < 300
    set_relays(place)


def test_redis_that_is_full_gets_none_without_those_before_it(api, owner, one, place):
    name = unique("relay").lower()
    set_relays(place, one.section(name))
    parts.wait_for("the relay to begin", lambda: state(owner, name), 20)
    begun = state(owner, name)[2]
    redis = one.connect()
    redis.config_set("maxmemory", "1")
    make(api, 5)
    parts.wait_for("a failure", lambda: state(owner, name)[3] >= 1, 20)
    assert "memory" in state(owner, name)[4] and not one.read(name)
    redis.config_set("maxmemory", "0")
    hurry(owner)
    check_all(api, one, owner, name, begun)
    set_relays(place)


@pytest.mark.parametrize("keys, said", [
    ({"type": "pigeon"}, "none of rabbitmq, kafka, redis"),
    ({"address": "nowhere"}, "is not host:port"),
    ({"password_file": None}, "is needed beside user"),
    ({"types": "bincard.ghost.*"}, "is no type of events"),
    ({"from": "yesterday"}, "neither now nor oldest"),
    ({"topic": "t"}, "is nothing that redis has"),
])
def test_a_section_that_is_wrong_is_refused_in_words(place, one, keys, said):
    kept = place.conf.read_text()
    try:
        place.conf.write_text(kept + one.section("wrong", **keys))
        done = place.run("config", "check")
        assert done.returncode and said in done.stderr and "[relay wrong]" in done.stderr
    finally:
        place.conf.write_text(kept)


def test_the_password_is_not_shown(place, one):
    kept = place.conf.read_text()
    try:
        place.conf.write_text(kept + one.section("shown"))
        done = place.run("config", "show")
        assert "[relay shown]" in done.stdout and one.password not in done.stdout + done.stderr
    finally:
        place.conf.write_text(kept)


# ---- the API and the page ----

@pytest.fixture
def at_work(place, one, owner, api):
    """A relay to the broker that is the same for all, as the API shows it."""
    name = unique("relay").lower()
    place.keep_secret(one.password)
    set_relays(place, one.section(name))
    parts.wait_for("the relay to begin", lambda: state(owner, name), 20)
    yield shown(api, name)
    set_relays(place)


def shown(api, name):
    return {relay["name"]: relay for relay in api.get("/v1/relays", params={"limit": 200}).json()["data"]}[name]


def test_the_list_says_how_each_is(api, owner, one, at_work):
    assert at_work["type"] == "redis" and at_work["configured"] and at_work["status"] == "active"
    assert at_work["target"] == f"{one.address}, stream {at_work['name']}" and at_work["types"] == []
    make(api, 3)
    wait_all(owner, at_work["name"])
    now = api.get(f"/v1/relays/{at_work['id']}").json()
    assert now["behind"] == 0 and now["after"] == head(owner) and now["last_delivered_at"] and not now["last_error"]
    assert one.password not in api.get("/v1/relays").text


def test_a_paused_relay_sends_nothing_and_goes_on_where_it_was(api, owner, one, at_work):
    name, path = at_work["name"], f"/v1/relays/{at_work['id']}"
    make(api, 2)
    wait_all(owner, name)
    paused = api.post(path + "/pause").json()
    assert paused["status"] == "paused" and paused["paused_for"] == "by_hand"
    before = len(one.read(name))
    make(api, 3)
    time.sleep(1)
    assert len(one.read(name)) == before
    stale = api.post(path + "/resume", json={}, headers={"If-Match": f'"{at_work["version"]}-x"'})
    assert stale.status_code == 412
    assert api.post(path + "/resume", json={}).json()["status"] == "active"
    check_all(api, one, owner, name, at_work["after"])
    noted = api.get("/v1/audit-log", params={"resource": "relay", "resource_id": str(at_work["id"])}).json()["data"]
    assert [entry["action"] for entry in noted] == ["resumed", "paused", "created"]


def test_events_are_left_out_by_who_may_see_them_all(api, place, at_work):
    path = f"/v1/relays/{at_work['id']}"
    client_id, secret = place.add_client(unique("client"), "webhooks:read webhooks:write")
    few = client.Api(place.url, place.keep_secret(client.get_token(place.url, client_id, secret)))
    assert few.post(path + "/pause").status_code == 200
    for where in ("now", "oldest"):
        assert few.post(path + "/resume", json={"from": where}).status_code == 403
    assert few.post(path + "/resume", json={}).json()["status"] == "active"


def test_a_place_that_is_not_kept_any_more_pauses_until_somebody_chooses(api, owner, one, at_work):
    name, path = at_work["name"], f"/v1/relays/{at_work['id']}"
    wait_all(owner, name)  # the events of its own beginning
    api.post(path + "/pause")
    before = one.read(name)
    make(api, 3)
    parts.wait_for("the feed", lambda: not ask(owner, "SELECT 1 FROM outbox LIMIT 1"))
    ask(owner, "DELETE FROM event WHERE seq <= (SELECT seq FROM feed_state) - 1")
    ask(owner, "UPDATE sink SET state = 'active', paused_for = NULL WHERE id = %s", at_work["id"])
    parts.wait_for("the pause", lambda: state(owner, name)[1] == "gone", 20)
    assert one.read(name) == before
    answer = api.post(path + "/resume", json={})
    assert answer.status_code == 409 and "oldest" in answer.json()["detail"]
    assert api.post(path + "/resume", json={"from": "oldest"}).json()["status"] == "active"
    wait_all(owner, name)
    assert len(one.read(name)) > len(before)


def test_a_relay_is_turned_on_its_page_by_who_may(api, owner, place, one, at_work):
    password = place.add_user(unique("mara").lower())
    browser = client.Browser(place.url)
    browser.sign_in(next(row[0] for row in ask(owner, "SELECT name FROM user ORDER BY id DESC LIMIT 1")), password,
                    place.keep_secret)
    assert at_work["name"] in browser.get("/relays").text and one.password not in browser.get("/relays").text
    at = f"/relays/{at_work['id']}"
    assert browser.submit(at + "/pause", version=at_work["version"]).headers["Location"] == "/relays?done=paused"
    stale = browser.submit(at + "/resume", version=at_work["version"], **{"from": "here"})
    assert stale.status_code == 412 and at_work["name"] in stale.text
    version = shown(api, at_work["name"])["version"]
    assert browser.submit(at + "/resume", version=version, **{"from": "here"}).status_code == 303
    assert shown(api, at_work["name"])["status"] == "active"


def test_the_overview_tells_of_one_that_fails(api, owner, place, one, at_work):
    password = place.add_user("otto")
    browser = client.Browser(place.url)
    browser.sign_in("otto", password, place.keep_secret)
    parts.wait_for("others to be retired", lambda: "A relay fails" not in browser.get("/").text, 20)
    ask(owner, "UPDATE sink SET tries = 1, next_try_at = NOW(6) + INTERVAL 1 HOUR WHERE id = %s", at_work["id"])
    assert "A relay fails" in browser.get("/").text


def test_a_retired_relay_is_not_resumed(api, owner, place, one, at_work):
    set_relays(place)
    parts.wait_for("its end", lambda: state(owner, at_work["name"])[1] == "retired", 20)
    answer = api.post(f"/v1/relays/{at_work['id']}/resume", json={})
    assert answer.status_code == 409 and "configuration" in answer.json()["detail"]


def test_who_may_only_read_turns_none(place, at_work):
    client_id, secret = place.add_client(unique("client"), "webhooks:read")
    reader = client.Api(place.url, place.keep_secret(client.get_token(place.url, client_id, secret)))
    assert reader.get(f"/v1/relays/{at_work['id']}").status_code == 200
    assert reader.post(f"/v1/relays/{at_work['id']}/pause").status_code == 403
    client_id, secret = place.add_client(unique("client"), "items:read")
    other = client.Api(place.url, place.keep_secret(client.get_token(place.url, client_id, secret)))
    assert other.get("/v1/relays").status_code == 403
    seen = other.get("/v1/events", params={"type": "bincard.relay.*"}).json()["data"]
    assert not seen and reader.get("/v1/events", params={"type": "bincard.relay.*"}).json()["data"]
