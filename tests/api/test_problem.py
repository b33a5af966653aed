"""Errors are problem+json (RFC 9457), all mistakes at once, without what is inside."""

import re

import pytest

from catalogue import unique, wrong

INSIDE = re.compile(r"SQL|SELECT|INSERT|mysql|maria|LEDGER_|ITEM_[A-Z]|\.c:|0x[0-9a-f]{6}|errno", re.I)


def problems(api, make):
    """An answer for each kind of problem."""
    item, place = make.stock("3")
    path = f"/v1/items/{item['id']}"
    line = {"sku": item["sku"], "from": place["code"], "to": "@customer", "quantity": "4"}
    return {
        "bad-request": api.post("/v1/items", data="{", headers={"Content-Type": "application/json"}),
        "not-found": api.get("/v1/items/999999999"),
        "method-not-allowed": api.delete("/v1/items"),
        "conflict": api.post(path + "/archive"),
        "insufficient-stock": api.post("/v1/movements", json={"type": "issue", "lines": [line]}),
        "unexpected-quantity": api.post("/v1/stock/set", json={"sku": item["sku"], "location": place["code"],
                                                               "quantity": "1", "expected": "7"}),
        "duplicate": api.post("/v1/items", json={"sku": item["sku"], "name": "x"}),
        "precondition-failed": api.patch(path, json={"name": "x"}, headers={"If-Match": '"9-x"'}),
        "precondition-required": api.patch(path, json={"name": "x"}),
        "unsupported-media-type": api.post("/v1/items", data="sku=x"),
        "invalid-fields": api.post("/v1/items", json={"sku": ""}),
        "content-too-large": api.post("/v1/items", data=b" " * 1_050_000,
                                      headers={"Content-Type": "application/json"}),
    }


STATUSES = {"bad-request": 400, "not-found": 404, "method-not-allowed": 405, "conflict": 409,
            "insufficient-stock": 409, "unexpected-quantity": 409, "duplicate": 409, "precondition-failed": 412,
            "precondition-required": 428, "unsupported-media-type": 415, "invalid-fields": 422,
            "content-too-large": 413}


def test_problems_have_one_form(api, make):
    for slug, answer in problems(api, make).items():
        assert answer.status_code == STATUSES[slug], (slug, answer.text)
        assert answer.headers["Content-Type"] == "application/problem+json", slug
        problem = answer.json()
        assert problem["type"] == f"/problems/{slug}"
        assert problem["status"] == answer.status_code
        assert problem["title"] and problem["detail" if slug != "invalid-fields" else "errors"]
        assert problem["instance"] == answer.headers["X-Request-Id"]
        assert not INSIDE.search(answer.text), answer.text
        assert set(problem) <= {"type", "title", "status", "detail", "instance", "errors"}


def test_pointers_lead_into_the_request(api, make):
    body = {"type": "transfer", "lines": [
        {"sku": make.item()["sku"], "from": "@supplier", "to": "@customer", "quantity": "1"},
        {"sku": unique("none"), "from": "@supplier", "to": make.location()["code"], "quantity": "1"}]}
    errors = wrong(api.post("/v1/movements", json=body), 422)
    assert set(errors) == {"/lines/0/to", "/lines/1/sku"}
    for pointer in errors:
        part = body
        for step in pointer.split("/")[1:]:
            part = part[int(step)] if isinstance(part, list) else part[step]


def test_pointers_are_escaped(api):
    errors = wrong(api.post("/v1/items", json={"sku": unique("S"), "name": "x", "a/b~c": 1, "": 2, "ü\n": 3}), 422)
    assert errors == {"/a~1b~0c": "unknown", "/": "unknown", "/ü\n": "unknown"}


def test_a_thousand_mistakes_are_named_and_the_rest_counted(api):
    answer = api.post("/v1/movements", json={"type": "receipt", "lines": [
        {"sku": "x", "from": "@supplier", "to": "nowhere", "quantity": "0", "colour": "red"}] * 1000})
    assert answer.status_code == 422
    problem = answer.json()
    assert len(problem["errors"]) == 1000 and problem["error_count"] >= 2000


def test_a_page_is_an_error_page(browser):
    answer = browser.get("/items/999999999")
    assert answer.status_code == 404 and answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["X-Request-Id"] in answer.text


@pytest.mark.parametrize("accept, kind", [("text/html,application/xhtml+xml", "text/html"), ("*/*", "application/pr"),
                                          ("application/json", "application/pr")])
def test_who_asks_for_a_page_gets_one(anyone, accept, kind):
    answer = anyone.get("/nothing/here", headers={"Accept": accept})
    assert answer.status_code == 404 and answer.headers["Content-Type"].startswith(kind)
    answer = anyone.get("/v1/nothing", headers={"Accept": accept})
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_what_is_inside_stays_inside(api, bare, make, stack, db):
    """An error of the database that nobody foresaw: 500, a request id, and the cause in the log alone."""
    item, place = make.item(), make.location()
    stack.expect("CONSTRAINT `tests_refuse`")
    with db.cursor() as cursor:
        cursor.execute("ALTER TABLE movement ADD CONSTRAINT tests_refuse CHECK (reference <> %s)", (item["sku"],))
        try:
            answer = api.post("/v1/movements", json={"type": "receipt", "reference": item["sku"], "lines": [
                {"sku": item["sku"], "from": "@supplier", "to": place["code"], "quantity": "1"}]})
        finally:
            cursor.execute("ALTER TABLE movement DROP CONSTRAINT tests_refuse")
    assert answer.status_code == 500
    assert set(answer.json()) == {"type", "title", "status", "instance"}
    assert not INSIDE.search(answer.text)
    line, = [line for line in stack.lines("request failed") if "tests_refuse" in line["cause"]]
    assert line["level"] == "error"
    workers = stack.children()
    assert api.get("/v1/items").status_code == 200 and stack.children() == workers
