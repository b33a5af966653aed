"""What comes over the wire that no well-behaved client sends: too much, too slow, cut off, malformed. Each
gets a clear 4xx or a closed connection; every worker is there afterwards."""

import socket
import threading
import time
import urllib.parse

import pytest

import stack as parts
from fastcgi import ask_worker

CUT = (None, "")  # a closed connection


@pytest.fixture(autouse=True)
def all_workers_stay(stack, api):
    before = stack.children()
    yield
    assert api.get("/readyz").status_code == 200
    assert stack.children() == before, "a worker has ended"


class Wire:
    """One connection, byte by byte."""

    def __init__(self, stack, timeout=30):
        self.socket = socket.create_connection(("127.0.0.1", stack.port), timeout * parts.PATIENCE)
        self.token = stack.token

    def send(self, data):
        try:
            self.socket.sendall(data if isinstance(data, bytes) else data.encode())
        except OSError:  # closed by the other side in the middle: the answer says why
            pass
        return self

    def head(self, method, path, *lines):
        return self.send("\r\n".join([f"{method} {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {self.token}",
                                      "Connection: close", *lines, "", ""]))

    def status(self):
        """Of the answer; None when the connection was closed without one."""
        data = b""
        try:
            while b"\r\n" not in data:
                more = self.socket.recv(4096)
                if not more:
                    return None
                data += more
        except ConnectionError:
            return None
        finally:
            self.socket.close()
        return int(data.split(b" ", 2)[1])


@pytest.fixture
def wire(stack):
    return lambda **options: Wire(stack, **options)


# ---- too much ----

def test_100000_query_parameters(wire):
    """In the address (which the web server limits), and as a form."""
    query = "&".join(f"p{i}=x" for i in range(100_000))
    assert wire().head("GET", "/v1/items?" + query).status() in (400, 413, 414, 431, None)
    body = query.encode()
    assert wire().head("POST", "/oauth2/token", "Content-Type: application/x-www-form-urlencoded",
                       f"Content-Length: {len(body)}").send(body).status() in (400, 401, 413)
    assert wire().head("POST", "/login", "Content-Type: application/x-www-form-urlencoded",
                       f"Content-Length: {len(body)}").send(body).status() in (400, 413, 422)


def test_as_many_query_parameters_as_fit(stack):
    """Past the web server, straight to a worker."""
    answer = ask_worker(stack, "/v1/items?" + "&".join(f"p{i}=x" for i in range(100_000)))
    assert answer.startswith(b"Status: 4"), answer[:200]


def test_10_mb_of_headers(wire):
    line = "X-Filler: " + "x" * 8000
    assert wire().head("GET", "/v1/items", *[line] * 1250).status() in (400, 413, 431, None)
    assert wire().head("GET", "/v1/items", *["X-A: b"] * 1_000_000).status() in (400, 413, 431, None)
    assert wire().head("GET", "/v1/items", "X-Long: " + "x" * 10_000_000).status() in (400, 413, 431, None)


def test_10_mb_of_headers_at_the_worker(stack):
    answer = ask_worker(stack, "/v1/items", HTTP_X_LONG="x" * 10_000_000)
    assert not answer or answer.startswith((b"Status: 4", b"Status: 2", b"Content", b"X-")), answer[:200]
    answer = ask_worker(stack, "/v1/items", **{f"HTTP_X_{i}": "x" * 100 for i in range(100_000)})
    assert not answer or answer.startswith(b"Status: ") or b"200" in answer[:300], answer[:200]


def test_a_long_address(wire):
    for n in (7_000, 100_000, 1_000_000):
        assert wire().head("GET", "/v1/items/" + "x" * n).status() in (400, 404, 414, 431, None)


@pytest.mark.parametrize("path", ["/v1/items", "/v1/movements", "/login", "/oauth2/token", "/nothing"])
def test_oversized_bodies(wire, path):
    kind = "application/json" if path.startswith("/v1") else "application/x-www-form-urlencoded"
    for size in (1_100_000, 5_000_000, 50_000_000):
        line = wire().head("POST", path, f"Content-Type: {kind}", f"Content-Length: {size}")
        assert line.send(b"x" * min(size, 5_000_000)).status() in (413, *CUT)


def test_a_body_that_says_it_is_huge(wire):
    for size in ("99999999999999999999", "-1", "1e9", "0x10", "10, 20", ""):
        status = wire().head("POST", "/v1/items", "Content-Type: application/json",
                             f"Content-Length: {size}").send(b"{}").status()
        assert status in (400, 411, 413, 422, None), size


def test_oversized_chunks(wire):
    line = wire().head("POST", "/v1/items", "Content-Type: application/json", "Transfer-Encoding: chunked")
    for _ in range(20):
        line.send(b"10000\r\n" + b" " * 65536 + b"\r\n")
    assert line.send(b"0\r\n\r\n").status() in (413, *CUT)


def test_chunks_are_a_body_like_any_other(wire):
    line = wire().head("POST", "/v1/items", "Content-Type: application/json", "Transfer-Encoding: chunked")
    assert line.send(b'2\r\n{}\r\n0\r\n\r\n').status() == 422


@pytest.mark.parametrize("chunk", [b"zz\r\n{}\r\n0\r\n\r\n", b"-1\r\n{}\r\n", b"ffffffffffffffff\r\n{}",
                                   b"2\r\n{}XX0\r\n\r\n"])
def test_chunks_that_are_none(wire, chunk):
    line = wire().head("POST", "/v1/items", "Content-Type: application/json", "Transfer-Encoding: chunked")
    assert line.send(chunk + b"\r\n" * 4).status() in (400, 413, *CUT)


def test_a_worker_reads_no_more_than_it_may(stack):
    for size in (1_048_576, 1_048_577, 20_000_000):
        answer = ask_worker(stack, "/v1/items", b" " * size, "POST", CONTENT_TYPE="application/json")
        wanted = b"Status: 400" if size <= 1_048_576 else b"Status: 413"
        assert answer.startswith(wanted), (size, answer[:100])


# ---- too slow, cut off ----

def test_slow_bodies_hold_no_worker(wire, stack, api):
    """The web server collects them: twice as many as there are workers, and still there is an answer."""
    slow = [wire().head("POST", "/v1/items", "Content-Type: application/json", "Content-Length: 1000").send(b"{")
            for _ in range(2 * stack.server["workers"])]
    for _ in range(5):
        for each in slow:
            each.send(b" ")
        begun = time.monotonic()
        assert api.get("/v1/items?limit=1").status_code == 200
        assert time.monotonic() - begun < 1 * parts.PATIENCE
    for each in slow:
        each.socket.close()


def test_half_a_body(wire):
    line = wire().head("POST", "/v1/items", "Content-Type: application/json", "Content-Length: 1000").send(b'{"sku":')
    line.socket.shutdown(socket.SHUT_WR)
    assert line.status() in (400, *CUT)


def test_half_a_head(wire):
    for text in ("GET", "GET /v1/items HTTP/1.1\r\nHost: x", "POST /v1/items HTTP/1.1\r\nContent-Length: 5\r\n\r\n{"):
        line = wire().send(text)
        line.socket.shutdown(socket.SHUT_WR)
        assert line.status() in (400, *CUT)


def test_gone_before_the_answer(stack, wire):
    """Hundreds that ask and hang up, some with a reset."""
    for i in range(200):
        line = wire().head("GET", "/v1/items")
        if i % 2:
            line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        line.socket.close()


def test_gone_in_the_middle_at_the_worker(stack):
    begin = bytes([1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])
    for piece in (b"", b"\1", begin[:7], begin, begin + bytes([1, 4, 0, 1, 0, 100, 0, 0]) + b"x", b"GET / HTTP/1.1\r\n\r\n",
                  begin + bytes([1, 4, 0, 1, 0, 0, 0, 0]), b"\xff" * 5000,
                  begin + bytes([1, 4, 0, 1, 0, 6, 0, 0, 0xff, 0xff, 0xff, 0xff, 1, 2])):
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(str(stack.socket))
            s.sendall(piece)
    results = [ask_worker(stack, "/healthz") for _ in range(2 * stack.server["workers"])]
    assert all(b'"status":"ok"' in answer for answer in results), results


def test_many_idle_connections(wire, api):
    idle = [wire() for _ in range(100)]
    assert api.get("/v1/items?limit=1").status_code == 200
    for each in idle:
        each.socket.close()


# ---- malformed ----

@pytest.mark.parametrize("text", [
    b"\0" * 100, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET / HTTP/1.1\r\n: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nA b: c\r\n\r\n", b"G\xffT / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
])
def test_what_is_not_http(wire, text):
    line = wire()
    line.send(text + b"\r\n\r\n")
    line.socket.shutdown(socket.SHUT_WR)
    assert line.status() in (303, 400, 405, 501, 505, *CUT)


@pytest.mark.parametrize("path", ["/v1/items/%", "/v1/items/%zz", "/v1/items?q=%ff", "/v1/items?%00=1", "/v1/items?q=%c0%80",
                                  "/%2e%2e/%2e%2e/etc/passwd", "/v1/items/1;x=y", "/v1/items?q=" + "%41" * 2000,
                                  "/v1/items?=", "/v1/items?&&&", "/v1/items??", "*", "http://evil.example/v1/items"])
def test_addresses(wire, path):
    assert wire().head("GET", path).status() in (200, 400, 404, 422, *CUT)


@pytest.mark.parametrize("headers", [
    {"HTTP_AUTHORIZATION": "Bearer"}, {"HTTP_AUTHORIZATION": "Bearer  "}, {"HTTP_AUTHORIZATION": b"Bearer \xff"},
    {"HTTP_AUTHORIZATION": "Bearer " + "a." * 100_000}, {"HTTP_COOKIE": "bincard=" + "x" * 100_000},
    {"HTTP_COOKIE": ";" * 50_000}, {"HTTP_COOKIE": b"\xff\0=\x01"}, {"HTTP_AUTHORIZATION": "Basic " + "A" * 100_000},
])
def test_credentials_of_another_shape_at_the_worker(stack, headers):
    answer = ask_worker(stack, "/v1/items", **{"HTTP_AUTHORIZATION": None, **headers})
    assert answer.startswith((b"Status: 401", b"Status: 400", b"Status: 431", b"Status: 413")), answer[:100]


@pytest.mark.parametrize("params", [
    {"CONTENT_LENGTH": "5"}, {"CONTENT_LENGTH": "x"}, {"CONTENT_LENGTH": "-5"}, {"REQUEST_METHOD": ""},
    {"REQUEST_METHOD": "x" * 5000}, {"REQUEST_URI": ""}, {"REQUEST_URI": "v1/items"}, {"REQUEST_URI": b"/\xff\xfe"},
    {"REQUEST_URI": "/" + "x" * 100_000}, {"REMOTE_ADDR": "x" * 10_000}, {"HTTP_HOST": "x" * 10_000},
])
def test_parameters_of_another_shape_at_the_worker(stack, params):
    method = params.pop("REQUEST_METHOD", "POST")
    target = params.pop("REQUEST_URI", "/v1/items")
    answer = ask_worker(stack, target, method=method, CONTENT_TYPE="application/json", **params)
    assert answer.startswith(b"Status: 4"), answer[:200]


def test_a_line_break_in_a_value_opens_no_header(stack):
    answer = ask_worker(stack, "/items?next=%0d%0aX-Evil:%201", HTTP_X_REQUEST_ID="a\r\nX-Evil: 1",
                        HTTP_AUTHORIZATION="")
    assert b"\r\nX-Evil" not in answer and b"\nX-Evil" not in answer


def test_press_of_bad_and_good(stack, wire, api, bare):
    """Nothing that one connection sends disturbs another."""
    ending = threading.Event()

    def bad():
        while not ending.is_set():
            for text in (b"\0\1\2", b"POST /v1/items HTTP/1.1\r\nContent-Length: 99\r\n\r\n{", b"GET /v1/items"):
                line = wire().send(text)
                line.socket.close()

    threads = [threading.Thread(target=bad) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        connection = bare()
        assert {connection.get("/v1/items?limit=1").status_code for _ in range(200)} == {200}
    finally:
        ending.set()
        for thread in threads:
            thread.join()


def test_addresses_are_quoted_in_the_log(stack, api):
    target = "/v1/items/" + urllib.parse.quote('"}\n{"level":"error","message":"planted"', safe="")
    assert api.get(target).status_code in (400, 404)
    assert stack.lines("planted") == []
