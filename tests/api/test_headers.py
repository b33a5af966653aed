"""What every answer carries, whatever it says: a policy for browsers, a request id, how long it may be
kept."""

import json
import re

import pytest
import requests

import client
import routes
from routes import ROUTES
from feed import ANNOUNCED

POLICY = ("default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
          "form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
ID = re.compile(r"[0-9a-f]{32}")


def check(answer):
    headers = answer.headers
    assert answer.status_code < 500
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert ID.fullmatch(headers["X-Request-Id"])
    assert "," not in headers["X-Request-Id"], "twice"
    assert headers["Cache-Control"].count("no-store") <= 1
    if answer.content:
        assert headers["Content-Type"].split(";")[0] in ("application/json", "application/problem+json", "text/html",
                                                         "text/csv", "text/plain")


@pytest.fixture(scope="module")
def everyone(stack, base, api):
    """Sessions of every kind."""
    return {"nobody": requests.Session(), "client": api,
            "staff": client.Browser(base).sign_in(stack.user, stack.password, stack.keep_secret)}


@pytest.mark.parametrize("route", [route for route in ROUTES if route.path not in routes.ENDLESS], ids=routes.name)
@pytest.mark.parametrize("who", ["nobody", "client", "staff"])
def test_every_route_for_everybody(everyone, base, route, who):
    check(everyone[who].request(route.method, base + routes.address(route, "999999999"), allow_redirects=False,
                                timeout=60))


def test_the_overview_of_a_day_beyond_measure(api, browser, make):
    """More units than a sum can hold."""
    item, most = make.item(), "999999999999.999999"
    for _ in range(10):
        place = make.location()
        make.receive(item, place, most)
        answer = api.post("/v1/stock/adjust", json={"sku": item["sku"], "location": place["code"],
                                                    "delta": "-" + most})
        assert answer.status_code == 201, answer.text
    check(browser.get("/"))


@pytest.mark.parametrize("path", ["/nothing", "/v1/nothing", "/items/%00", "/%ff", "/v1/items?limit=x"])
def test_errors_too(api, path):
    answer = api.get(path)
    assert answer.status_code >= 400
    if "X-Request-Id" in answer.headers:
        check(answer)
    else:  # lighttpd refuses it itself
        assert answer.status_code == 400


def test_nothing_private_is_kept(api, anyone, browser, make):
    item = make.item()
    for answer in (api.get(f"/v1/items/{item['id']}"), api.get("/v1/items"), api.get("/v1/stock-levels")):
        assert answer.headers["Cache-Control"] == "private, no-cache"
    for path in ("/", "/items", f"/items/{item['id']}", "/movements", "/nothing"):
        assert "no-store" in browser.get(path).headers["Cache-Control"]
    assert "no-store" in anyone.get("/login").headers["Cache-Control"]
    assert anyone.get("/v1/items").headers["Cache-Control"] == "no-store"
    assert "max-age" in anyone.get("/.well-known/jwks.json").headers["Cache-Control"]


def test_a_request_id_is_taken_over_when_it_is_plain(api, stack):
    answer = api.get("/v1/items/999999999", headers={"X-Request-Id": "till-7.2026_a"})
    given = answer.headers["X-Request-Id"]
    assert answer.json()["instance"] == given
    assert any(line["request_id"] == given for line in stack.lines("request"))


@pytest.mark.parametrize("given", ["x" * 1000, "a b", "a\"b", "<script>", "a\tb", "é"])
def test_a_request_id_that_is_not_plain_is_not(api, given):
    answer = api.get("/healthz", headers={"X-Request-Id": given.encode("utf-8")})
    assert answer.status_code in (200, 400)
    assert answer.headers.get("X-Request-Id", "") != given


def test_traceparent_goes_into_the_outbox(api, db, unique):
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    for given, kept in ((parent, parent), ("nonsense", None), (parent[:-1], None), (parent.upper(), None)):
        answer = api.post("/v1/items", json={"sku": unique("T"), "name": "x"}, headers={"traceparent": given})
        assert answer.status_code == 201
        with db.cursor() as cursor:
            cursor.execute(f"SELECT traceparent, request_id FROM {ANNOUNCED} WHERE type = 'bincard.item.created.v1'"
                           " AND subject = %s", (answer.json()["id"],))
            assert cursor.fetchone() == (kept, answer.headers["X-Request-Id"])


def test_server_timing_is_for_staff(api, anyone, browser):
    timing = re.compile(r'db;dur=\d+\.\d{3};desc="\d+ statements", total;dur=\d+\.\d{3}')
    assert timing.fullmatch(browser.get("/items").headers["Server-Timing"])
    assert "Server-Timing" not in api.get("/v1/items").headers
    assert "Server-Timing" not in anyone.get("/login").headers


def test_one_line_of_the_log_a_request(api, stack, make):
    item = make.item()
    answer = api.get(f"/v1/items/{item['id']}?secret=in-the-query")
    lines = [json.loads(text) for text in stack.log_file.read_text().splitlines()
             if answer.headers["X-Request-Id"] in text]
    line, = lines
    assert (line["message"], line["level"], line["process"]) == ("request", "info", "worker")
    assert (line["method"], line["route"], line["status"]) == ("GET", "/v1/items/{id}", 422)
    assert line["actor"].startswith("client:") and line["statements"] >= 0
    assert line["ms"] >= line["db_ms"] >= 0
    assert "in-the-query" not in stack.log_file.read_text()


def test_head_is_get_without_a_body(api, make):
    item = make.item()
    for path in ("/healthz", f"/v1/items/{item['id']}", "/v1/items?limit=1", "/v1/openapi.json"):
        got, head = api.get(path), api.head(path)
        assert (head.status_code, head.content) == (200, b"")
        for name in ("Content-Type", "ETag", "Cache-Control"):
            assert head.headers.get(name) == got.headers.get(name)


def test_static_files_come_from_the_web_server(base):
    answer = requests.get(base + "/static/css/bincard.css", timeout=60)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "X-Request-Id" not in answer.headers
    for path in ("/static/", "/static/css/", "/static/../README.md", "/static/..%2f..%2fREADME.md",
                 "/static/%2e%2e/README.md"):
        request = requests.Request("GET", base).prepare()
        request.url = base + path
        assert requests.Session().send(request, timeout=60).status_code in (400, 403, 404)


@pytest.mark.parametrize("name", ["Set-Cookie", "X-Evil"])
def test_no_header_is_let_in_by_a_redirect(anyone, name):
    answer = anyone.get(f"/items?next=%0d%0a{name}:%20x")
    assert answer.status_code in (303, 400) and name not in answer.headers
