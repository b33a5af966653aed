"""The feed's server against those who mean no good, or do not know better."""

import contextlib
import json
import os
import pathlib
import socket
import threading
import time

import pytest
import websocket

import client
import stack as parts
from catalogue import new_item, new_location
from feed import settle, walk
from streams import Stream
from test_streams import api, caller, closed, head, hear, ids, place, post, say, stream, ws  # noqa: F401


def feed_of(place):
    (feed,) = place.children("feed")
    return feed


def reload(place):
    """Until the next feed process serves."""
    old = feed_of(place)
    place.reload()
    parts.wait_for("the old feed process to leave", lambda: not parts.alive(old), 30)
    parts.wait_for("the next one", lambda: place.children("feed"), 30)


def seconds_of(pid):
    """Of the processor."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_of(pid):
    """Resident, in KiB."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


def raw(place, text):
    """All that the feed's server says to these bytes."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
        s.settimeout(20)
        s.connect(str(place.events))
        s.sendall(text)
        answer = b""
        with contextlib.suppress(ConnectionError):
            while part := s.recv(65536):
                answer += part
        return answer


def connected(place):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.settimeout(20)
    s.connect(str(place.events))
    return s


def drain(w):
    with contextlib.suppress(OSError, websocket.WebSocketException):
        while w.recv():
            pass


def request_text(api, target, method="GET", more=""):
    return (f"{method} {target} HTTP/1.1\r\nHost: bincard\r\nAuthorization: {api.headers['Authorization']}\r\n"
            f"{more}\r\n").encode()


# ---- requests ----

def test_a_head_of_a_stream_is_counted_as_none(place, api, stream):
    for target in ("/v1/events/stream", "/v1/events?wait=1", "/v1/events?after=0"):
        for _ in range(3):
            answer = raw(place, request_text(api, target, "HEAD"))
            assert answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(b"\r\n\r\n"), answer
    s = stream(api)
    assert s.status == 200
    item = new_item(api)
    assert s.wait_for(1)[0]["data"] == item


def test_an_upgrade_elsewhere_is_no_websocket(place, api):
    upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    for target, status in (("/v1/events/stream", b"400"), ("/v1/events", b"200"), (f"/v1/events?wait=9&after={head(api)}", b"200"),
                           ("/v1/items", b"404")):
        began = time.monotonic()
        answer = raw(place, request_text(api, target, more=upgrade))
        assert answer.startswith(b"HTTP/1.1 " + status), (target, answer)
        assert time.monotonic() - began < 5


def test_a_request_with_a_body_is_refused_and_costs_nothing(place, api):
    kept = []
    for more, body in (("Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n0\r\n\r\n"), ("Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n"),
                       ("Content-Length: 5\r\n", b"hello"), ("Content-Length: 100000\r\n", b"x")):
        s = connected(place)
        s.sendall(request_text(api, "/v1/events/stream", more=more) + body)
        assert s.recv(65536).startswith(b"HTTP/1.1 400 "), (more, body[:20])
        kept.append(s)
    before = seconds_of(feed_of(place))
    time.sleep(2)
    assert seconds_of(feed_of(place)) - before < 1
    assert raw(place, request_text(api, "/v1/events?after=0&limit=1", more="Content-Length: 0\r\n")).startswith(b"HTTP/1.1 200 ")
    for s in kept:
        s.close()


# ---- sign-ins ----

def test_who_joins_while_his_permissions_change_is_looked_at(place, api, caller, stream, ws):
    """A connection that is slow to end keeps nobody's old permissions alive."""
    who = caller()
    row = next(c for c in api.get("/v1/api-clients", params={"limit": 200}).json()["data"] if c["client_id"] == who.client_id)
    for _ in range(40):
        post(api, "receipt", [(new_item(api)["sku"], "@supplier", new_location(api)["code"], "1")])
    slow = [stream(who, where=place.events, after=0, read=False) for _ in range(3)]
    quick = stream(who, where=place.events)
    assert api.patch(f"/v1/api-clients/{row['id']}", json={"scope": "items:read"}, headers={"If-Match": "*"}).status_code == 200
    joined = None
    assert quick.over.wait(15 * parts.PATIENCE)
    joined = stream(who, where=place.events)
    w = ws(who)
    say(w, subscribe="a", type=["bincard.stock_level.*"])
    assert "subscribed" in hear(w)
    post(api, "receipt", [(new_item(api)["sku"], "@supplier", new_location(api)["code"], "1")])
    w.settimeout(2)
    with contextlib.suppress(websocket.WebSocketTimeoutException):
        raise AssertionError(w.recv())
    assert api.post(f"/v1/api-clients/{row['id']}/disable").status_code == 200
    assert joined.over.wait(15 * parts.PATIENCE)


def test_all_sign_ins_are_looked_at_however_many_there_are(place, api, caller, stream):
    """More than can be looked at in the time in which each has its turn."""
    place.conf.write_text(place.conf.read_text() + "\n[feed]\nstreams_per_caller_max = 5000\n")
    reload(place)
    try:
        who = caller()
        first = stream(who, where=place.events)
        browser = client.Browser(place.url)
        browser.sign_in(place.user, place.password)
        cookies = "; ".join(f"{c.name}={place.keep_secret(c.value)}" for c in browser.cookies)
        crowd = [Stream(place.events, {"Cookie": f"{cookies}; x={n}"}, read=False) for n in range(1200)]
        assert {s.status for s in crowd} == {200}
        time.sleep(4)
        with place.database.owner() as db, db.cursor() as cursor:  # nobody tells the feed process
            cursor.execute("UPDATE api_client SET status = 'disabled' WHERE client_id = %s", (who.client_id,))
        assert first.over.wait(20 * parts.PATIENCE)
        for s in crowd:
            s.close()
    finally:
        place.write_conf()
        reload(place)


# ---- WebSockets ----

def test_text_that_is_none_is_refused(api, ws):
    w = ws(api)
    w.send_frame(websocket.ABNF.create_frame(b'{"subscribe":"\xff\xfe"}', websocket.ABNF.OPCODE_TEXT))
    assert closed(w)[0] == 1007


def test_who_speaks_and_does_not_read_is_not_kept(place, api, ws):
    """He still answers when he is asked for a sign of life."""
    w = websocket.create_connection("ws://bincard/v1/events/ws", socket=connected(place), suppress_origin=True,
                                    header={"Authorization": api.headers["Authorization"]}, timeout=20)
    question = json.dumps({"subscribe": "a", **{f"k{n}" + "x" * 180: 1 for n in range(40)}})
    began = time.monotonic()
    with pytest.raises(OSError):
        while time.monotonic() - began < 60:
            w.send(question)
            w.pong()
            time.sleep(1.05 if time.monotonic() - began > 0.7 else 0.06)
    assert time.monotonic() - began < 55


# ---- memory ----

def test_many_views_of_large_movements_are_one_text(place, api, caller, ws):
    """Each of them would have to be written for each view, were it not for the reach that they share."""
    home = new_location(api, kind="site")
    who = caller("--location", home["code"], scope="movements:read")
    items = [new_item(api)["sku"] for _ in range(20)]
    sockets = [ws(who, socket=connected(place)) for _ in range(12)]
    for n, w in enumerate(sockets):
        for k in range(16):
            say(w, subscribe=f"s{k}", type=["bincard.movement.*", f"x{n}.{k}"])
        for k in range(16):
            assert hear(w)["subscribed"] == f"s{k}"
    for w in sockets:
        threading.Thread(target=drain, args=(w,), daemon=True).start()
    before = memory_of(feed_of(place))
    for _ in range(20):
        post(api, "receipt", [(items[n % 20], "@supplier", home["code"], "1") for n in range(1000)])
    settle(place)
    time.sleep(3)
    if not parts.SANITIZED:  # which keeps what is freed
        assert memory_of(feed_of(place)) - before < 60_000


def test_what_was_written_for_a_reach_is_written_anew_when_a_place_moves(api, caller, stream):
    home, abroad = new_location(api, kind="site"), new_location(api, kind="site")
    spot, item = new_location(api, parent=home["code"]), new_item(api)
    who = caller("--location", home["code"], scope="movements:read")
    start = head(api)
    staying = stream(who, after=start)
    post(api, "receipt", [(item["sku"], "@supplier", spot["code"], "1"), (item["sku"], "@supplier", home["code"], "1")])
    assert len(staying.wait_for(1)[0]["data"]["lines"]) == 2
    assert api.patch(f"/v1/locations/{spot['id']}", json={"parent": abroad["code"]}, headers={"If-Match": "*"}).status_code == 200
    head(api)
    expected = walk(who, after=start)
    assert stream(who, after=start).wait_for(len(expected)) == expected and len(expected[0]["data"]["lines"]) == 1
