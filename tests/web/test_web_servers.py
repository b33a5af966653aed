"""The shipped samples for lighttpd and Apache under the real servers: what these answer by themselves, and
what they do with bincard's answers."""

import contextlib
import http.client
import json
import pathlib
import re
import signal
import socket
import tempfile
import urllib.parse

import pytest
import requests

import catalogue
import client
import stack as parts
from apache import Apache

HEADERS = ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy")
LONG = 2 << 20


@pytest.fixture(scope="module", params=["lighttpd", "fcgid", "proxy-fcgi"])
def front(request, stack):
    """(name, address) of each web server in turn, before the one installation."""
    if request.param == "lighttpd":
        yield request.param, stack.url
        return
    apache = Apache(stack, request.param)
    try:
        yield request.param, apache.url
    finally:
        apache.stop()


@pytest.fixture
def front_api(front, token):
    return client.Api(front[1], token)


def ask(address, target, method="GET", headers=(), body=b""):
    """Status and headers of an answer, to a request that is sent as it stands."""
    where = urllib.parse.urlsplit(address)
    with socket.create_connection((where.hostname, where.port), 60) as wire:
        lines = [f"{method} {target} HTTP/1.1", f"Host: {where.netloc}", "Connection: close", *headers]
        wire.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
        with contextlib.suppress(OSError):  # answered before all of it was sent
            wire.sendall(body)
        answer = http.client.HTTPResponse(wire, method=method)
        answer.begin()
        return answer.status, answer.getheaders()


def security_headers(headers):
    return sorted(name.title() for name, _ in headers if name.title() in HEADERS)


# ---- what the server answers by itself ----

# lighttpd refuses these before any module of it is asked: docs/deploy-lighttpd.md says so
EARLY = {
    "zero byte": {"target": "/items/%00"},
    "long header": {"target": "/", "headers": ["X-Long: " + "x" * 20000]},
    "too large": {"target": "/v1/items", "method": "POST", "headers": [f"Content-Length: {LONG}"],
                  "body": b"x" * LONG},
    "unknown coding": {"target": "/v1/items", "method": "POST", "headers": ["Transfer-Encoding: foo"]},
    "no length": {"target": "/v1/items", "method": "POST"},
    "unknown method": {"target": "/", "method": "BREW"},
}
OTHER = {
    "bad escape": {"target": "/%zz"},
    "expectation": {"target": "/v1/items", "method": "POST", "headers": ["Expect: wonders", "Content-Length: 0"]},
    "static": {"target": "/static/css/bincard.css"},
    "no such file": {"target": "/static/none.css"},
    "folder": {"target": "/static/css/"},
    "page": {"target": "/login"},
    "api": {"target": "/v1/items"},
    "nothing": {"target": "/nothing"},
}


@pytest.mark.parametrize("what", [*EARLY, *OTHER])
def test_every_answer_has_each_security_header_once(front, what):
    status, headers = ask(front[1], **{**EARLY, **OTHER}[what])
    assert what != "too large" or status == 413
    if front[0] == "lighttpd" and what in EARLY:
        assert status in (400, 411, 413, 431, 501)
        return
    assert security_headers(headers) == sorted(HEADERS), status


@pytest.fixture(scope="module")
def deserted(stack):
    """Web servers before a socket at which nobody listens."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bincard-deserted-"))
    place = parts.Stack(folder, stack.database)
    apache = Apache(place, "proxy-fcgi")
    try:
        yield [place.start_web().url, apache.url]
    finally:
        apache.stop()
        place.stop()
        parts.remove(folder)


def test_an_answer_without_bincard_has_them_too(deserted):
    for address in deserted:
        status, headers = ask(address, "/login")
        assert status == 503 and security_headers(headers) == sorted(HEADERS), (address, headers)


def test_the_policy_of_the_lighttpd_sample_is_bincards_own(front):
    """lighttpd's takes the place of bincard's; Apache hands on what bincard sent."""
    sample = (parts.ROOT / "conf" / "lighttpd.conf.in").read_text()
    policy = re.search('"Content-Security-Policy" => "([^"]+)"', sample).group(1)
    assert requests.get(front[1] + "/login", timeout=60).headers["Content-Security-Policy"] == policy


@pytest.mark.parametrize("method", ["TRACE", "BREW", "get"])
def test_a_method_that_bincard_does_not_know(front, method):
    """docs/deploy-apache.md says who answers what."""
    status, headers = ask(front[1], "/v1/items", method=method)
    of_lighttpd, of_apache = front[0] == "lighttpd" and method != "TRACE", front[0] != "lighttpd" and method == "TRACE"
    assert status == (501 if of_lighttpd else 405)
    assert of_lighttpd or of_apache or dict(headers)["Allow"] == "GET, HEAD, POST"


# ---- mod_fcgid with an installation of its own ----

FEW = "FcgidMinProcessesPerClass 1\nFcgidMaxProcessesPerClass 2\nSendBufferSize 8192"


@pytest.fixture
def fcgid(stack):
    """Apache with a log of its own, and two processes at most."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bincard-fcgid-"))
    place = parts.Stack(folder, stack.database)
    apache = Apache(place, "fcgid", FEW)
    try:
        yield apache
    finally:
        apache.stop()
        parts.remove(folder)


def test_a_client_that_does_not_read_keeps_no_process(fcgid):
    where = urllib.parse.urlsplit(fcgid.url)
    assert len(requests.get(fcgid.url + "/v1/openapi.json", timeout=60).content) > 1 << 16
    with contextlib.ExitStack() as open_until_the_end:
        for _ in range(4):
            wire = open_until_the_end.enter_context(socket.socket())
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            wire.connect((where.hostname, where.port))
            wire.sendall(f"GET /v1/openapi.json HTTP/1.1\r\nHost: {where.netloc}\r\n\r\n".encode())
        parts.wait_for("the answers", lambda: fcgid.place.count("request") >= 5)
        assert requests.get(fcgid.url + "/healthz", timeout=10 * parts.PATIENCE).status_code == 200


def test_after_a_reload_of_apache_its_workers_use_the_new_log(fcgid):
    """As the postrotate of the sample bincard-fcgid.logrotate does it."""
    assert healthy(fcgid)
    old, new = fcgid.place.folder / "bincard.log.1", fcgid.place.log_file
    new.rename(old)
    new.touch()
    fcgid.process.send_signal(signal.SIGUSR1)
    parts.wait_for("a worker with the new log", lambda: healthy(fcgid) and fcgid.place.count("started"), 30)
    parts.wait_for("the old ones to end", lambda: ended(old), 30)
    before = old.read_text()
    assert all(healthy(fcgid) for _ in range(20))
    assert old.read_text() == before


def test_workers_that_cannot_open_the_log_answer_all_the_same(fcgid):
    fcgid.place.log_file.mkdir()
    assert healthy(fcgid)
    said = (fcgid.place.folder / "apache-fcgid.log").read_text()
    assert "logging to standard error" in said and f"Cannot open the log file {fcgid.place.log_file}" in said


def healthy(apache):
    return requests.get(apache.url + "/healthz", timeout=60).status_code == 200


def ended(log):
    messages = [json.loads(line)["message"] for line in log.read_text().splitlines()]
    return messages.count("started") == messages.count("ended")


# ---- what the server does with bincard's answers ----

def test_a_client_that_takes_gzip_gets_304(front, front_api):
    item = catalogue.new_item(front_api, name="x" * 200)
    path, gzip = f"/v1/items/{item['id']}", {"Accept-Encoding": "gzip"}
    first = front_api.get(path, headers=gzip)
    assert front[0] == "lighttpd" or first.headers["Content-Encoding"] == "gzip"
    again = front_api.get(path, headers={**gzip, "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and not again.content
    changed = front_api.patch(path, json={"name": "y"}, headers={**gzip, "If-Match": first.headers["ETag"]})
    assert changed.status_code == 200, changed.text


@pytest.mark.parametrize("segment", ["x" * 300, "x" * 4000, "a%2Fb", "a//b", "..%2f..", "x.css", "icons"],
                         ids=lambda text: text[:12])
def test_any_address_is_bincards_to_answer(front, segment):
    """However it looks as the name of a file."""
    for address in (f"/items/{segment}", f"/{segment}/x"):
        answer = requests.get(front[1] + "/v1" + address, timeout=60, allow_redirects=False)
        assert answer.status_code in (400, 401, 404), address
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["X-Request-Id"]


def test_a_body_of_a_mebibyte_arrives(front, front_api):
    text = '{"sku": "' + "x" * (1 << 20)
    for size, status in ((1 << 20, 400), ((1 << 20) + 1, 413)):
        answer = front_api.post("/v1/items", data=text[:size], headers={"Content-Type": "application/json"})
        assert answer.status_code == status
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_staff_sign_in_and_post(front, stack, make):
    item, place = make.item(), make.location()
    browser = client.Browser(front[1]).sign_in(stack.user, stack.password, stack.keep_secret)
    assert browser.get("/").status_code == 200
    api = client.Api(front[1], stack.token)
    catalogue.receive(api, item, place, "3")
    assert "3" in browser.get(f"/items/{item['id']}").text


def test_tries_are_counted_whoever_starts_the_workers(front, stack):
    """Those of `bincard serve` and those of mod_fcgid count together, by the address that each server gives."""
    name, address = catalogue.unique("eve").lower(), f"127.99.{len(front[0])}.1"

    def attempt(url):
        browser = client.Browser(url)
        browser.mount("http://", client.From(address))
        return browser.post("/login", data={"name": name, "password": "a wrong password"}).status_code

    assert [attempt(url) for url in (stack.url, front[1], stack.url, front[1], front[1])] == [422] * 5
    assert {attempt(stack.url), attempt(front[1])} == {429}
