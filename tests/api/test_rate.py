"""Rate limits and trusted proxies, on an installation with small limits beside the shared one, on the
same database."""

import collections
import json
import multiprocessing
import os
import pathlib
import re
import signal
import socket
import tempfile
import time

import pytest

import client
import fastcgi
import routes
import stack as parts
from apache import Apache
from catalogue import unique

SMALL = {"api_read": "20/60", "api_write": "5/60", "page_read": "12/60", "page_write": "600/60/5",
         "sign_in": "5/60", "token": "6/60"}


@pytest.fixture(scope="module")
def place(stack):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bincard-rate-"))
    place = parts.Stack(folder, stack.database, workers=4)
    place.secrets, place.token = stack.secrets, stack.token
    try:
        place.write_conf(SMALL)
        place.start_serve().start_web(shun=1)
        yield place
        place.stop()
        wrong = place.check_logs()
        assert not wrong, "the run left behind:\n" + "\n".join(wrong[:20])
    finally:
        place.stop()
        parts.remove(folder)


@pytest.fixture
def caller(stack, place):
    """An API client that has asked for nothing yet; its token comes from the shared installation."""
    def make(name):
        client_id, secret = stack.add_client(name)
        token = stack.keep_secret(client.get_token(stack.url, client_id, secret))
        return client.Api(place.url, token)
    return make


def limit(answer):
    """(policy, its quota and window, what is left, seconds)."""
    policy = re.fullmatch(r'"([a-z-]+)";q=(\d+);w=(\d+)', answer.headers["RateLimit-Policy"])
    left = re.fullmatch(r'"([a-z-]+)";r=(\d+);t=(\d+)', answer.headers["RateLimit"])
    assert policy and left and policy.group(1) == left.group(1), answer.headers
    return policy.group(1), (int(policy.group(2)), int(policy.group(3))), int(left.group(2)), int(left.group(3))


def refused(answer):
    assert answer.status_code == 429, answer.text
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    return True


def own_address(place, **more):
    """Asks a worker as the web server would, from an address of one's own."""
    return fastcgi.ask_worker(place, "/v1/items", **more)


def status(raw):
    return int(re.match(rb"Status: (\d+)", raw).group(1))


def test_headers_say_what_is_left(caller):
    api = caller("rate-headers")
    assert limit(api.get("/v1/items")) == ("api-read", (20, 60), 19, 3)
    assert limit(api.get("/v1/items/999999999")) == ("api-read", (20, 60), 18, 6)
    assert limit(api.post("/v1/items", json={})) == ("api-write", (5, 60), 4, 12)
    assert limit(api.post("/v1/stock-levels/query", json={"questions": []}))[0] == "api-read"
    assert limit(api.get("/v1/openapi.json"))[0] == "api-read"


def test_a_client_that_has_used_up_its_limit_is_refused_and_others_are_not(caller):
    api, other = caller("rate-greedy"), caller("rate-modest")
    answers = [api.post("/v1/items", json={}) for _ in range(8)]
    assert [a.status_code for a in answers] == [422] * 5 + [429] * 3
    problem = answers[-1].json()
    assert problem["type"] == "/problems/too-many-requests" and problem["status"] == 429
    assert problem["detail"] == f"Come again in {answers[-1].headers['Retry-After']} seconds."
    assert limit(answers[-1])[2:] == (0, int(answers[-1].headers["Retry-After"]))
    assert api.get("/v1/items").status_code == 200  # another group
    assert other.post("/v1/items", json={}).status_code == 422


def test_retry_after_is_true(stack, caller, place):
    api = caller("rate-patient")
    while api.post("/v1/items", json={}).status_code == 422:
        pass
    answer = api.post("/v1/items", json={})
    assert refused(answer)
    time.sleep(int(answer.headers["Retry-After"]))
    assert api.post("/v1/items", json={}).status_code == 422
    assert refused(api.post("/v1/items", json={}))


def test_tokens_of_one_client_share_its_limit(stack, place):
    client_id, secret = stack.add_client("rate-tokens")
    tokens = [stack.keep_secret(client.get_token(stack.url, client_id, secret, scope))
              for scope in (None, "items:read", "items:write")]
    seen = [client.Api(place.url, token).post("/v1/items", json={}).status_code for token in tokens * 3]
    assert seen.count(429) == 4, seen


def test_health_is_never_limited(place):
    assert {route.path for route in routes.ROUTES if "ROUTE_RATE_NONE" in route.flags} == {"/healthz", "/readyz"}
    for path in ("/healthz", "/readyz"):
        for _ in range(100):
            answer = place.get(path)
            assert answer.status_code == 200 and "RateLimit" not in answer.headers


def test_who_is_not_signed_in_is_limited_by_address(stack, place):
    def bad(address):
        return status(own_address(place, REMOTE_ADDR=address, HTTP_AUTHORIZATION="Bearer no.such.token"))

    assert [bad("192.0.2.1") for _ in range(22)] == [401] * 20 + [429] * 2
    assert bad("192.0.2.2") == 401
    # who is signed in at that address is not kept from working
    assert status(own_address(place, REMOTE_ADDR="192.0.2.1")) in (200, 429)
    assert status(own_address(place, REMOTE_ADDR="192.0.2.1", HTTP_AUTHORIZATION=None)) == 429
    # a /64 is one host's
    assert [bad(f"2001:db8::{i:x}") for i in range(1, 23)] == [401] * 20 + [429] * 2
    assert bad("2001:db8:0:1::1") == 401


def test_what_a_client_may_not_ask_counts_for_it(caller):
    api = caller("rate-forbidden")
    assert [api.get("/v1/sessions").status_code for _ in range(22)] == [403] * 20 + [429] * 2
    assert limit(api.get("/v1/second-factor"))[0] == "api-read"


def test_wrong_addresses_are_limited_too(place):
    seen = [status(fastcgi.ask_worker(place, "/v1/nothing", REMOTE_ADDR="192.0.2.9", HTTP_AUTHORIZATION=None))
            for _ in range(22)]
    assert seen == [404] * 20 + [429] * 2


def test_signing_in_is_limited_and_people_get_a_page(stack, place):
    def sign_in(address):
        return fastcgi.ask_worker(place, "/login", b"name=nobody&password=wrong-password", "POST",
                                  CONTENT_TYPE="application/x-www-form-urlencoded", REMOTE_ADDR=address,
                                  HTTP_AUTHORIZATION=None)

    answers = [sign_in("198.51.100.1") for _ in range(6)]
    assert 429 not in map(status, answers[:5]) and status(answers[5]) == 429
    text = answers[5].decode()
    assert "Content-Type: text/html" in text and "Too many requests" in text and "Come again in" in text
    assert re.search(r"Retry-After: \d+\r\n", text) and 'RateLimit-Policy: "sign-in";q=5;w=60' in text
    assert status(sign_in("198.51.100.2")) != 429


def test_tokens_are_limited_by_address(place):
    def ask(address):
        return fastcgi.ask_worker(place, "/oauth2/token", b"grant_type=client_credentials", "POST",
                                  CONTENT_TYPE="application/x-www-form-urlencoded", REMOTE_ADDR=address,
                                  HTTP_AUTHORIZATION="Basic bm9ib2R5Ondyb25n")

    assert [status(ask("198.51.100.7")) for _ in range(8)] == [401] * 6 + [429] * 2
    assert status(ask("198.51.100.8")) == 401
    head, body = ask("198.51.100.7").split(b"\r\n\r\n", 1)
    assert b"\r\nRetry-After: " in head and b"Content-Type: application/json\r\n" in head + b"\r\n"
    assert json.loads(body)["error"] == "temporarily_unavailable"  # an OAuth library reads no problem+json


def test_a_form_that_is_sent_too_often_is_refused_with_a_page(stack, place):
    name = unique("clerk").lower()
    browser = client.Browser(place.url).sign_in(name, stack.add_user(name), stack.keep_secret)
    answers = [browser.submit("/items", sku="", name="") for _ in range(8)]
    assert limit(answers[0])[:2] == ("page-write", (600, 60))
    assert 429 in [a.status_code for a in answers[5:]]
    last = next(a for a in answers if a.status_code == 429)
    assert refused(last) and last.headers["Content-Type"].startswith("text/html")


def remote(place, request_id):
    parts.wait_for("the line", lambda: any(line.get("request_id") == request_id for line in place.lines("request")))
    return next(line["remote"] for line in place.lines("request") if line["request_id"] == request_id)


def test_forwarded_for_counts_from_trusted_proxies_alone(place):
    def at(request_id, **headers):
        place.get("/healthz", headers={"X-Request-Id": request_id, **headers})
        return remote(place, request_id)

    assert at("rate-proxy-untrusted", **{"X-Forwarded-For": "203.0.113.5"}) == "127.0.0.1"
    try:
        place.write_conf(SMALL, trusted_proxies="127.0.0.0/8, 10.0.0.0/8")
        place.reload()
        assert at("rate-proxy-1", **{"X-Forwarded-For": "6.6.6.6, 203.0.113.5, 10.1.2.3"}) == "203.0.113.5"
        assert at("rate-proxy-2", **{"X-Forwarded-For": "2001:db8::7"}) == "2001:db8::7"
        assert at("rate-proxy-3", **{"X-Forwarded-For": "203.0.113.5, no address"}) == "127.0.0.1"
        # a client's own X_Forwarded_For has the same name in CGI: the web server drops it, a worker wants no two
        for i, own in enumerate(("X_Forwarded_For", "x-forwarded_FOR", "X_Forwarded-For")):
            assert at(f"rate-proxy-4-{i}", **{"X-Forwarded-For": "203.0.113.5", own: "6.6.6.6"}) == "203.0.113.5"
            assert at(f"rate-proxy-5-{i}", **{own: "6.6.6.6"}) == "127.0.0.1"
        two = {"HTTP_X_FORWARDED_FOR": "203.0.113.5", "HTTP_X-FORWARDED_FOR": "6.6.6.6"}
        assert status(fastcgi.ask_worker(place, "/healthz", **two)) == 400
        assert status(fastcgi.ask_worker(place, "/healthz", REMOTE_ADDR="192.0.2.1", **two)) == 200
        # and limits count by it: 25 addresses behind one proxy are 25 callers
        seen = [place.get("/v1/items", headers={"X-Forwarded-For": f"203.0.113.{i}"}).status_code for i in range(25)]
        assert seen == [401] * 25
    finally:
        place.write_conf(SMALL, trusted_proxies="")
        place.reload()


def test_a_reload_takes_new_limits(place, caller):
    api = caller("rate-reload")
    assert limit(api.get("/v1/items"))[:2] == ("api-read", (20, 60))
    try:
        place.write_conf({**SMALL, "api_read": "7/10", "api_write": "off"})
        place.reload()
        assert limit(api.get("/v1/items"))[:2] == ("api-read", (7, 10))
        assert "RateLimit" not in api.post("/v1/items", json={}).headers
    finally:
        place.write_conf(SMALL)
        place.reload()


def test_limits_are_looked_at_and_reset_by_command(stack, place, caller):
    api = caller("rate-command")
    answers = [api.post("/v1/items", json={}) for _ in range(6)]
    assert answers[-1].status_code == 429
    actor = next(line["actor"] for line in place.lines("request")
                 if line["request_id"] == answers[-1].headers["X-Request-Id"])
    kind, number = actor.split(":")
    shown = place.run("limits", kind, number)
    assert shown.returncode == 0 and re.search(r"^api-write +0 of 5 left", shown.stdout, re.M), shown
    done = place.run("limits", "--reset", kind, number)
    assert re.search(r"^api-write +5 of 5 left", done.stdout, re.M), done
    assert api.post("/v1/items", json={}).status_code == 422
    whole = place.run("limits").stdout
    assert re.search(r"^api-write +[1-9]\d* refused", whole, re.M) and "buckets in use" in whole
    for wrong in (("client",), ("client", "x"), ("address", "1.2.3"), ("--reset",), ("group", "1")):
        assert place.run("limits", *wrong).returncode == 2, wrong


def test_wrong_limits_are_refused(place):
    text = place.conf.read_text()
    other = place.folder / "wrong.conf"
    text = re.sub("trusted_proxies = .*\n", "", text)
    other.write_text(text.replace("api_read = 20/60", "api_read = 20")
                     .replace("[server]", "[server]\ntrusted_proxies = 10.0.0.1/8"))
    done = place.run("--config", str(other), "config", "check")
    assert done.returncode != 0
    assert '[rate] api_read: "20" is none of off' in done.stderr
    assert '[server] trusted_proxies: "10.0.0.1/8" is no address or network' in done.stderr


# ---- many workers ----

PROCESSES, BATCH, BATCHES = 8, 25, 20  # lighttpd ends a connection after 1,000 requests


def press(where, token, number, results):
    """A bare client: batches of requests on one connection; counts the answers by status."""
    ask = f"GET /v1/items?limit=1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode() * BATCH
    count = collections.Counter()
    for _ in range(number // (BATCH * BATCHES)):
        with socket.create_connection(where, 60) as s:
            for _ in range(BATCHES):
                s.sendall(ask)
                text = b""
                while len(re.findall(rb"\r\n\r\n\{[^\r]*\}", text)) < BATCH:
                    more = s.recv(1 << 18)
                    assert more, "the web server hung up"
                    text += more
                count.update(int(code) for code in re.findall(rb"HTTP/1\.1 (\d+)", text))
    results.put(count)


def test_a_limit_holds_over_sixteen_workers(stack, place, caller):
    """100,000 requests against N a minute: N at once, and then N a minute, one more or less."""
    number = 100000 if parts.PATIENCE == 1 else 20000
    quota, place_rates = 3000, {**SMALL, "api_read": "3000/60"}
    token = caller("rate-press").headers["Authorization"].split()[1]
    try:
        place.write_conf(place_rates, workers=16)
        place.reload()
        results = multiprocessing.Queue()
        begin = time.monotonic()
        crowd = [multiprocessing.Process(target=press, args=(("127.0.0.1", place.port), token,
                                                             number // PROCESSES, results))
                 for _ in range(PROCESSES)]
        for process in crowd:
            process.start()
        count = sum((results.get(timeout=500) for _ in crowd), collections.Counter())
        lasted = time.monotonic() - begin
        for process in crowd:
            process.join()
        print(f"{number} requests in {lasted:.1f} s: {dict(count)}")
        assert sum(count.values()) == number and set(count) == {200, 429}, count
        most = quota + quota * lasted / 60
        assert most - quota * 0.02 - 1 <= count[200] <= most + 1, (count, lasted)
    finally:
        place.write_conf(SMALL, workers=4)
        place.reload()


def test_a_killed_worker_leaves_no_lock(place, caller):
    api = caller("rate-killed")
    for _ in range(3):
        victim = sorted(place.children())[0]
        os.kill(victim, signal.SIGKILL)
        parts.wait_for("another worker", lambda: victim not in place.children() and len(place.children()) == 4, 30)
    answers = [api.get("/v1/items") for _ in range(22)]
    assert [a.status_code for a in answers].count(429) in (1, 2)


def test_workers_of_mod_fcgid_count_with_the_forked_ones(place, caller):
    api = caller("rate-fcgid")
    apache = Apache(place, "fcgid")
    try:
        other = client.Api(apache.url, api.headers["Authorization"].split()[1])
        seen = [(api, other)[i % 2].post("/v1/items", json={}).status_code for i in range(8)]
        assert seen == [422] * 5 + [429] * 3
    finally:
        apache.stop()
