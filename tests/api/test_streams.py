"""The feed as it happens: server-sent events, WebSockets, long polls. On an installation of its own, because readers
are cut off and servers reload."""

import contextlib
import json
import random
import signal
import socket
import threading
import time

import pytest
import requests
import websocket

import client
import stack as parts
from catalogue import new_category, new_item, new_location, unique, wrong
from feed import settle, walk
from streams import Stream, connection, quiet


websocket._abnf.VALID_CLOSE_STATUS = (*websocket._abnf.VALID_CLOSE_STATUS, 1012, 1013)  # newer than that client
HEADS = {}  # how far head() has looked


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("streams")
    (folder / "db").mkdir()
    own = parts.Stack(folder, parts.Database(folder / "db"), workers=2, request_timeout_ms=30000)
    try:
        assert own.run("migrate").returncode == 0
        own.user, own.password = "admin", own.add_user("admin")
        own.start_serve().start_web()
        yield own
        own.stop()
        errors = own.check_logs()
        assert not errors, "\n".join(errors[:20])
    finally:
        own.stop()
        own.database.kill()


@pytest.fixture(scope="module")
def caller(place):
    def make(*options, scope=parts.SCOPES):
        client_id, secret = place.add_client(unique("client"), scope, *options)
        api = client.Api(place.url, place.keep_secret(client.get_token(place.url, client_id, secret)))
        api.client_id = client_id
        return api
    return make


@pytest.fixture(scope="module")
def api(caller):
    return caller()


@pytest.fixture
def stream(place):
    """Opens streams, which end with the test."""
    with contextlib.ExitStack() as all_:
        def open_(api, where=None, headers=(), **params):
            return all_.enter_context(
                Stream(where or place.url, {"Authorization": api.headers["Authorization"], **dict(headers)}, **params))
        yield open_


@pytest.fixture
def ws(place):
    with contextlib.ExitStack() as all_:
        def open_(api, **options):
            options.setdefault("header", {"Authorization": api.headers["Authorization"]} if api else {})
            options.setdefault("suppress_origin", True)
            one = websocket.create_connection(place.url.replace("http", "ws") + "/v1/events/ws", timeout=20, **options)
            all_.callback(one.close)
            return one
        yield open_


def say(ws, **message):
    ws.send(json.dumps(message))


def hear(ws):
    return json.loads(ws.recv())


def head(api):
    """Where the feed has come to, when all that was committed before is in it."""
    made = new_category(api, name=unique("mark"))

    def there():
        answer = api.get("/v1/events", params={"after": HEADS.get(api, 0), "limit": 1000, "type": "bincard.category.*"}).json()
        HEADS[api] = answer["next_after"]
        return any(e["data"]["id"] == made["id"] for e in answer["data"])

    parts.wait_for("the feed", there, 30)
    return HEADS[api]


def post(api, type_, lines):
    answer = api.post("/v1/movements", json={"type": type_, "lines": [
        {"sku": sku, "from": from_, "to": to, "quantity": quantity} for sku, from_, to, quantity in lines]})
    assert answer.status_code == 201, answer.text
    return answer.json()


def ids(events):
    return [int(event["id"]) for event in events]


# ---- server-sent events ----

def test_an_event_comes_as_it_happens_and_as_the_list_has_it(api, stream):
    start = head(api)
    s = stream(api)
    assert s.answer.getheader("Content-Type") == "text/event-stream" and s.answer.getheader("Cache-Control") == "no-store"
    parts.wait_for("the beginning", lambda: s.last == start)
    assert 1000 <= s.retry <= 2000
    began = time.monotonic()
    item = new_item(api)
    (event,) = s.wait_for(1)
    assert time.monotonic() - began < 1 * parts.PATIENCE
    assert event["data"] == item and s.events == walk(api, after=start)


def test_a_reader_goes_on_where_it_was(place, api, stream):
    start = head(api)
    items = [new_item(api)["id"] for _ in range(5)]
    settle(place)
    with_header = stream(api, headers={"Last-Event-ID": str(start + 2)}, after=start)
    with_query = stream(api, after=start + 2)
    for s in (with_header, with_query):
        assert [event["data"]["id"] for event in s.wait_for(3)] == items[2:]
    new_item(api)
    assert ids(with_header.wait_for(4)) == list(range(start + 3, start + 7))


def test_what_a_stream_cannot_begin_with_is_said(api, stream):
    assert stream(api, after=10**9).problem["status"] == 422
    assert stream(api, headers={"Last-Event-ID": "seven"}).problem["errors"][0]["pointer"] == "/Last-Event-ID"
    assert stream(api, item="no-such-item").problem["errors"][0]["pointer"] == "/item"
    assert stream(api, limit=3).problem["errors"][0]["code"] == "unknown"


def callers_of(api, caller):
    home, abroad = new_location(api, kind="site"), new_location(api, kind="site")
    bins = [new_location(api, parent=home["code"]), new_location(api, parent=abroad["code"])]
    places = [home, abroad, *bins]
    at_home = caller("--location", home["code"], scope="items:read stock:read movements:read locations:read")
    return places, {
        "all": api,
        "at home": at_home,
        "stock at home": caller("--location", home["code"], scope="items:read stock:read"),
        "movements at home": caller("--location", home["code"], scope="movements:read"),
        "items": caller(scope="items:read"),
        "stock and items": caller(scope="items:read stock:read"),
        "movements": caller(scope="movements:read"),
        "nobody": caller(scope="ledger:verify"),
    }


def test_streams_and_lists_tell_everybody_the_same(api, caller, stream):
    """Whatever one may see and asks for: from memory as it happens, and from the database when it is long past."""
    seed = random.randrange(10**6)
    dice = random.Random(seed)
    places, callers = callers_of(api, caller)
    items = [new_item(api) for _ in range(4)]
    start = head(api)

    def filters():
        yield {}
        yield {"type": "bincard.movement.*"}
        yield {"type": "bincard.item.updated.v1,bincard.stock_level.*"}
        yield {"type": "bincard.movement.posted.v1", "item": items[0]["sku"]}
        yield {"item_id": items[1]["id"]}
        yield {"location": places[0]["code"]}
        yield {"location_id": places[2]["id"], "item": items[0]["sku"]}
        yield {"location": "@supplier"}
        yield {"subject": f"items/{items[2]['id']}"}
        yield {"subject": f"stock-levels/{items[0]['id']}/{places[0]['id']}"}
        yield {"subject": f"locations/{places[2]['id']}", "type": "bincard.*"}

    live = {}
    for name, who in callers.items():
        for n, query in enumerate(filters()):
            s = stream(who, **query)
            if s.status == 422:  # a place that this caller does not know
                assert who.get("/v1/events", params=query).status_code == 422
            else:
                live[name, n] = who, query, s
    for _ in range(60):
        what = dice.randrange(10)
        item, a, b = dice.choice(items), *dice.sample(places, 2)
        if what < 4:
            post(api, "receipt", [(dice.choice(items)["sku"], "@supplier", dice.choice(places)["code"], str(dice.randint(5, 9)))
                                  for _ in range(dice.randint(1, 4))])
        elif what < 7:
            api.post("/v1/movements", json={"type": "transfer", "lines": [
                {"sku": item["sku"], "from": a["code"], "to": b["code"], "quantity": "1"}]})
        elif what < 9:
            assert api.patch(f"/v1/items/{item['id']}", json={"name": unique("name")}, headers={"If-Match": "*"}).status_code == 200
        else:
            spot = dice.choice(places)
            assert api.patch(f"/v1/locations/{spot['id']}", json={"name": unique("n")}, headers={"If-Match": "*"}).status_code == 200
    end = head(api)
    told = 0
    for (name, n), (who, query, s) in live.items():
        expected = walk(who, after=start, limit=1000, **query)
        parts.wait_for("the stream", lambda: len(s.events) >= len(expected))
        assert s.events == expected, (seed, name, query)
        past = stream(who, after=start, **query)
        assert past.wait_for(len(expected))[:len(expected)] == expected, (seed, name, query)
        told += len(expected)
    assert told > 500
    assert all(s.last is None or s.last <= end + 1 for _, _, s in live.values())


def test_a_place_that_moves_is_judged_by_where_it_is(api, caller, stream):
    home, abroad = new_location(api, kind="site"), new_location(api, kind="site")
    spot = new_location(api, parent=abroad["code"])
    item = new_item(api)
    at_home = caller("--location", home["code"], scope="stock:read")
    s = stream(at_home)
    post(api, "receipt", [(item["sku"], "@supplier", spot["code"], "1")])
    assert head(api) and quiet(s)
    answer = api.patch(f"/v1/locations/{spot['id']}", json={"parent": home["code"]}, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    head(api)
    assert quiet(s)
    post(api, "receipt", [(item["sku"], "@supplier", spot["code"], "2")])
    (event,) = s.wait_for(1)
    assert event["data"]["previous"]["on_hand"] == "1" and event["data"]["location"] == spot["code"]


def test_a_silent_stream_says_that_it_lives_and_where_it_stands(api, stream):
    s = stream(api, type="bincard.nothing.*")
    end = head(api)
    parts.wait_for("a heartbeat", lambda: s.comments, 40)
    assert s.events == [] and s.last >= end


# ---- who may, and for how long ----

def test_nobody_reads_without_signing_in(place):
    for path in ("/v1/events/stream", "/v1/events?wait=5", "/v1/events/stream?after=0"):
        answer = requests.get(place.url + path, timeout=30)
        assert answer.status_code == 401 and answer.headers["Content-Type"] == "application/problem+json"
    wire = connection(place.events)
    for path in ("/v1/items", "/", "/v1/events/", "/v1/events/stream/x", "/login"):
        wire.request("GET", path)
        answer = wire.getresponse()
        assert answer.status == 404, path
        answer.read()
        wire.close()
    for method in ("POST", "DELETE", "PUT"):
        assert requests.request(method, place.url + "/v1/events/stream", timeout=30).status_code == 405


def test_a_stream_ends_with_the_session(place, stream):
    browser = client.Browser(place.url)
    browser.sign_in(place.user, place.password)
    cookies = "; ".join(f"{c.name}={place.keep_secret(c.value)}" for c in browser.cookies)
    with Stream(place.url, {"Cookie": cookies}) as s:
        assert s.status == 200
        browser.submit("/logout")
        assert s.over.wait(10 * parts.PATIENCE)
        with Stream(place.url, {"Cookie": cookies}) as again:
            assert again.status == 401


def test_a_stream_ends_with_the_token_the_client_and_the_permission(place, api, caller, stream):
    ending = {}
    for what in ("disabled", "narrowed"):
        ending[what] = caller()
    staying = stream(api)
    streams = {what: stream(who) for what, who in ending.items()}
    client_id, secret = place.add_client(unique("client"))
    token = place.keep_secret(client.get_token(place.url, client_id, secret))
    revoked = stream(client.Api(place.url, token))
    answer = requests.post(place.url + "/oauth2/revoke", data={"token": token}, auth=(client_id, secret), timeout=30)
    assert answer.status_code == 200
    for what, change in (("disabled", {"active": False}), ("narrowed", {"scope": "items:read"})):
        row = next(c for c in api.get("/v1/api-clients", params={"limit": 200}).json()["data"]
                   if c["client_id"] == ending[what].client_id)
        answer = api.patch(f"/v1/api-clients/{row['id']}", json=change, headers={"If-Match": "*"})
        if answer.status_code == 422:  # the API has a way of its own for it
            answer = api.post(f"/v1/api-clients/{row['id']}/disable")
        assert answer.status_code == 200, answer.text
    for what, s in (("revoked", revoked), ("disabled", streams["disabled"]), ("narrowed", streams["narrowed"])):
        assert s.over.wait(15 * parts.PATIENCE), what
    assert stream(ending["disabled"]).status == 401
    again = stream(ending["narrowed"])
    post(api, "receipt", [(new_item(api)["sku"], "@supplier", new_location(api)["code"], "1")])
    end = head(api)
    again.wait_for_id(end)
    assert {event["type"].split(".")[1] for event in again.events} <= {"item", "category"}
    staying.wait_for_id(end)
    assert not staying.over.is_set()


def test_watching_is_no_use_of_a_session(place):
    browser = client.Browser(place.url)
    browser.sign_in(place.user, place.password)
    cookies = "; ".join(f"{c.name}={place.keep_secret(c.value)}" for c in browser.cookies)

    def seen():
        with place.database.owner() as db, db.cursor() as cursor:
            cursor.execute("SELECT TIMESTAMPDIFF(SECOND, seen_at, UTC_TIMESTAMP(6)) FROM session ORDER BY id DESC LIMIT 1")
            return cursor.fetchone()[0]

    with place.database.owner() as db, db.cursor() as cursor:
        cursor.execute("UPDATE session SET seen_at = seen_at - INTERVAL 10 MINUTE ORDER BY id DESC LIMIT 1")
    with Stream(place.url, {"Cookie": cookies}) as s:
        assert s.status == 200
        time.sleep(6)  # it is looked at again meanwhile, and workers have forgotten the sign-in
        assert not s.over.is_set()
    assert requests.get(place.url + "/items", headers={"Cookie": cookies, "X-Bincard-Watch": "1"}, timeout=30).status_code == 200
    assert seen() >= 600
    assert requests.get(place.url + "/items", headers={"Cookie": cookies}, timeout=30).status_code == 200
    assert seen() < 60


def test_one_caller_has_only_so_many(place, caller, stream):
    place.conf.write_text(place.conf.read_text() + "\n[feed]\nstreams_per_caller_max = 3\nstreams_max = 5\n")
    place.reload()
    try:
        one, other = caller(), caller()
        mine = [stream(one, where=place.events) for _ in range(3)]
        assert [s.status for s in mine] == [200] * 3
        refused = stream(one)
        assert refused.status == 429 and refused.answer.getheader("Retry-After")
        theirs = [stream(other) for _ in range(3)]
        assert [s.status for s in theirs] == [200, 200, 503]
        mine[0].close()
        parts.wait_for("a place", lambda: stream(one).status == 200)
    finally:
        place.write_conf()
        place.reload()


# ---- slow readers ----

def test_who_does_not_read_is_cut_off_and_loses_nothing(place, api, stream):
    """More happens than the memory for events holds. He is told from where to go on; others do not wait."""
    items = [new_item(api)["sku"] for _ in range(500)]
    a, b = new_location(api), new_location(api)
    start = head(api)
    slow = stream(api, where=place.events, after=start, read=False)
    fast = stream(api, where=place.events, after=start)
    parts.wait_for("the beginning", lambda: fast.last == start)
    for n in range(40):
        post(api, "receipt", [(sku, "@supplier", (a, b)[n % 2]["code"], "1") for sku in items for _ in range(2)])
    end = head(api)
    fast.wait_for_id(end, 60)
    assert ids(fast.events) == list(range(start + 1, end + 1))
    slow.begin()
    assert slow.over.wait(60 * parts.PATIENCE)
    assert any("too slow" in comment for comment in slow.comments), slow.comments
    got = ids(slow.events)
    assert got == list(range(start + 1, slow.last + 1)) and slow.last < end
    rest = stream(api, where=place.events, headers={"Last-Event-ID": str(slow.last)})
    rest.wait_for_id(end, 60)
    assert ids(rest.events) == list(range(slow.last + 1, end + 1))


# ---- long polls ----

def test_a_read_waits_for_what_comes(api):
    end = head(api)
    answers = []

    def poll(**params):
        began = time.monotonic()
        answer = api.get("/v1/events", params={"after": end, "wait": 20, **params})
        answers.append((answer.json(), time.monotonic() - began))

    pollers = [threading.Thread(target=poll), threading.Thread(target=poll, kwargs={"type": "bincard.item.*"})]
    for thread in pollers:
        thread.start()
    time.sleep(0.5)
    item = new_item(api)
    for thread in pollers:
        thread.join(20)
    for said, took in answers:
        assert [event["data"] for event in said["data"]] == [item] and said["next_after"] == end + 1
        assert 0.4 < took < 5 * parts.PATIENCE


def test_a_read_that_waits_in_vain_says_how_far_it_has_looked(api):
    end = head(api)
    began = time.monotonic()
    result = {}
    thread = threading.Thread(target=lambda: result.update(api.get(
        "/v1/events", params={"after": end, "wait": 2, "type": "bincard.user.*"}).json()))
    thread.start()
    time.sleep(0.3)
    last = head(api)
    thread.join(20)
    assert 1.9 <= time.monotonic() - began < 10 * parts.PATIENCE
    assert result["data"] == [] and result["next_after"] == last and not result["has_more"]


def test_a_read_does_not_wait_when_there_is_something(api):
    new_item(api)
    end = head(api)
    began = time.monotonic()
    said = api.get("/v1/events", params={"after": end - 2, "wait": 25}).json()
    assert len(said["data"]) == 2 and time.monotonic() - began < 5
    assert wrong(api.get("/v1/events", params={"wait": 31}), 422) == {"/wait": "too_large"}


# ---- WebSockets ----

def test_a_websocket_has_subscriptions(api, ws):
    item = new_item(api)
    start = head(api)
    w = ws(api)
    say(w, subscribe="items", type=["bincard.item.*"])
    assert hear(w) == {"subscribed": "items", "after": start}
    say(w, subscribe="this", item_id=item["id"], after=start - 2)
    assert hear(w) == {"subscribed": "this", "after": start - 2}
    first = hear(w)
    assert first["subscription"] == "this" and first["event"]["data"] == item
    other = new_item(api)
    assert hear(w)["event"]["data"] == other
    answer = api.patch(f"/v1/items/{item['id']}", json={"name": "new"}, headers={"If-Match": "*"})
    both = [hear(w), hear(w)]
    assert {m["subscription"] for m in both} == {"items", "this"}
    assert both[0]["event"] == both[1]["event"] == walk(api, after=start + 1)[0]
    assert both[0]["event"]["data"] == answer.json()
    say(w, unsubscribe="items")
    assert hear(w)["unsubscribed"] == "items"
    new_item(api)
    api.patch(f"/v1/items/{item['id']}", json={"name": "newer"}, headers={"If-Match": "*"})
    assert hear(w)["event"]["data"]["name"] == "newer"


def test_a_websocket_sees_what_its_caller_may(api, caller, ws):
    home, abroad = new_location(api, kind="site"), new_location(api, kind="site")
    item = new_item(api)
    w = ws(caller("--location", home["code"], scope="stock:read movements:read"))
    say(w, subscribe="all")
    hear(w)
    post(api, "receipt", [(item["sku"], "@supplier", abroad["code"], "1"), (item["sku"], "@supplier", home["code"], "2")])
    movement, level = hear(w)["event"], hear(w)["event"]
    assert [line["to"] for line in movement["data"]["lines"]] == [home["code"]]
    assert level["data"]["location"] == home["code"]
    say(w, subscribe="abroad", location=abroad["code"])
    assert hear(w)["error"]["errors"][0]["pointer"] == "/location"


def test_what_a_websocket_does_not_understand_is_said(api, ws):
    w = ws(api)
    for message, status in (("{", 400), ("[]", 400), ('{"subscribe":7}', 400), ('{"hello":"you"}', 400),
                            ('{"unsubscribe":"what"}', 404), ('{"subscribe":""}', 400), ('{"subscribe":"x","typo":1}', 422),
                            ('{"subscribe":"x","after":-1}', 422), ('{"subscribe":"x","type":[7]}', 422),
                            ('{"subscribe":"x","after":999999999}', 422)):
        w.send(message)
        assert hear(w)["error"]["status"] == status, message
    say(w, subscribe="x")
    assert hear(w)["subscribed"] == "x"
    say(w, subscribe="x")
    assert hear(w) | {"error": None} == {"subscription": "x", "error": None}


def closed(w):
    """The code that it is closed with."""
    while True:
        opcode, data = w.recv_data()
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            return int.from_bytes(data[:2], "big"), data[2:].decode()


def test_a_websocket_is_closed_with_a_reason(api, ws):
    w = ws(api)
    w.send_binary(b"{}")
    assert closed(w)[0] == 1003
    w = ws(api)
    w.send(json.dumps({"subscribe": "x" * 9000}))
    assert closed(w)[0] == 1009
    w = ws(api)
    for _ in range(60):
        with contextlib.suppress(OSError):
            w.send('{"unsubscribe":"x"}')
    assert closed(w)[0] == 1008


def test_a_websocket_answers_a_ping(api, ws):
    w = ws(api)
    w.ping(b"there?")
    opcode, frame = w.recv_data_frame(True)
    assert opcode == websocket.ABNF.OPCODE_PONG and frame.data == b"there?"


def test_a_message_may_come_in_parts(api, ws):
    w = ws(api)
    text = json.dumps({"subscribe": "parts"}).encode()
    w.send_frame(websocket.ABNF.create_frame(text[:7], websocket.ABNF.OPCODE_TEXT, fin=0))
    w.send_frame(websocket.ABNF.create_frame(text[7:], websocket.ABNF.OPCODE_CONT, fin=1))
    assert hear(w)["subscribed"] == "parts"


def test_a_page_of_another_site_has_no_websocket(place, api, ws):
    browser = client.Browser(place.url)
    browser.sign_in(place.user, place.password)
    cookies = "; ".join(f"{c.name}={place.keep_secret(c.value)}" for c in browser.cookies)
    for origin in ("https://evil.example", "null", place.url + "0", "http://127.0.0.1.evil.example"):
        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            ws(None, cookie=cookies, suppress_origin=False, origin=origin)
        assert refused.value.status_code == 403
    w = ws(None, cookie=cookies, suppress_origin=False, origin=place.url)
    say(w, subscribe="mine")
    assert hear(w)["subscribed"] == "mine"
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        ws(None)
    assert refused.value.status_code == 401
    browser.submit("/logout")
    assert closed(w)[0] == 1008


def test_a_page_without_tls_is_not_of_a_site_that_has_it(place, ws):
    place.conf.write_text(place.conf.read_text() + "\n[site]\npublic_url = https://stock.example\n")
    place.reload()
    try:
        browser = client.Browser(place.url)
        browser.sign_in(place.user, place.password)
        cookies = "; ".join(f"{c.name}={place.keep_secret(c.value)}" for c in browser.cookies)
        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            ws(None, cookie=cookies, suppress_origin=False, origin=place.url)
        assert refused.value.status_code == 403
        for origin in ("https://stock.example", place.url.replace("http", "https")):
            w = ws(None, cookie=cookies, suppress_origin=False, origin=origin)
            say(w, subscribe="mine")
            assert hear(w)["subscribed"] == "mine"
    finally:
        place.write_conf()
        place.reload()


def test_the_address_of_websockets_speaks_nothing_else(api):
    answer = api.get("/v1/events/ws")
    assert answer.status_code == 426 and answer.json()["type"] == "/problems/upgrade-required"


# ---- the process ----

def test_readers_come_back_after_a_reload_and_a_crash(place, api, stream, ws):
    start = head(api)
    s, w = stream(api), ws(api)
    say(w, subscribe="all")
    assert hear(w)["subscribed"] == "all"
    parts.wait_for("the beginning", lambda: s.last == start)
    new_item(api)
    s.wait_for(1)
    place.reload()
    assert s.over.wait(10 * parts.PATIENCE)
    assert closed(w)[0] == 1012
    new_item(api)
    again = stream(api, headers={"Last-Event-ID": str(s.last)})
    assert ids(again.wait_for(1)) == [start + 2]
    (feed,) = place.children("feed")
    parts.os.kill(feed, signal.SIGKILL)
    assert again.over.wait(10 * parts.PATIENCE)
    new_item(api)

    def back():
        try:
            one = stream(api, headers={"Last-Event-ID": str(again.last)})
            return one if one.status == 200 else None
        except (OSError, ValueError):
            return None

    last = parts.wait_for("the feed process", back, 20)
    assert ids(last.wait_for(1, 20)) == [start + 3]


def test_a_browser_that_goes_away_is_forgotten(place, api, stream):
    def open_files():
        (feed,) = place.children("feed")
        return len(list(parts.pathlib.Path(f"/proc/{feed}/fd").iterdir()))

    before = open_files()
    streams = [stream(api, where=place.events) for _ in range(50)]
    assert open_files() >= before + 50
    for s in streams:
        s.close()
    parts.wait_for("them to be gone", lambda: open_files() <= before + 1)
    half = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    half.connect(str(place.events))
    half.sendall(b"GET /v1/events/stream HTTP/1.1\r\nHost: x\r\nAutho")
    half.close()
    parts.wait_for("it to be gone", lambda: open_files() <= before + 1)
