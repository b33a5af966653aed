"""Every list: pages, limits, cursors, links, order; and that a walk to the end neither misses nor repeats a
row while rows are being added."""

import re
import threading

import pytest

import openapi
from catalogue import new_category, new_item, new_location, receive, unique, wrong

# path, filter that names the shelf below, sorts (the default first), what identifies a row
ITEMS = ("/v1/items", "q", ("sku", "name", "updated_at", "id"))
CATEGORIES = ("/v1/categories", "q", ("name", "id"))
LOCATIONS = ("/v1/locations", "under", ("code", "name", "path", "updated_at"))
STOCK = ("/v1/stock-levels", "under", ())
MOVEMENTS = ("/v1/movements", "location", ())
AUDIT = ("/v1/audit-log", "resource_id", ())
USERS = ("/v1/users", "q", ())
ROLES = ("/v1/roles", "q", ())
CLIENTS = ("/v1/api-clients", "q", ("id",))
WEBHOOKS = ("/v1/webhooks", "q", ())
LISTS = [ITEMS, CATEGORIES, LOCATIONS, STOCK, MOVEMENTS, AUDIT, USERS, ROLES, CLIENTS, WEBHOOKS]
ROWS = 23


@pytest.fixture(scope="module")
def shelf(api):
    """Rows of every kind, found by their filter: {path: value of the filter}."""
    mark = unique("shelf")
    site = new_location(api, kind="site", code=mark)
    bin_ = new_location(api, parent=mark, code=mark + "/0")
    for i in range(ROWS):
        item = new_item(api, sku=f"{mark}/{i % 7}/{i}", name=f"{mark} Thing {i % 5}")
        new_category(api, name=f"{mark} {i}")
        assert api.post("/v1/api-clients", json={"name": f"{mark} {i}", "scope": "items:read"}).status_code == 201
        hook = api.post("/v1/webhooks", json={"name": f"{mark} {i}", "url": "https://hooks.example/", "types": ["bincard.role.*"]})
        assert hook.status_code == 201 and api.post(f"/v1/webhooks/{hook.json()['id']}/pause").status_code == 200
        new_location(api, parent=mark, code=f"{mark}/{i % 7}/{i}", name=f"Place {i % 5}")
        receive(api, item, bin_, str(i + 1))
        assert api.post("/v1/users", json={"name": f"{mark}.{i}"}).status_code == 201
        assert api.post("/v1/roles", json={"name": f"{mark} {i}", "permissions": ["items:read"]}).status_code == 201
        answer = api.patch(f"/v1/locations/{site['id']}", json={"name": f"{i}"}, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text
    return {"/v1/items": mark, "/v1/categories": mark, "/v1/locations": site["code"],
            "/v1/stock-levels": site["code"], "/v1/movements": bin_["code"],
            "/v1/audit-log": str(site["id"]), "/v1/api-clients": mark, "/v1/webhooks": mark,
            "/v1/users": mark, "/v1/roles": mark}


def identity(row):
    return row["id"] if "id" in row else (row["item_id"], row["location_id"])


def pages(api, path, **params):
    """The answers of a list, followed by its links alone."""
    answer = api.get(path, params=params)
    while True:
        assert answer.status_code == 200, answer.text
        yield answer
        body = answer.json()
        assert body["has_more"] == (body["next_cursor"] is not None) == ("next" in answer.links)
        if not body["has_more"]:
            return
        target = answer.links["next"]["url"]
        assert target.startswith(path + "?") and body["next_cursor"] in target
        answer = api.get(target)


def walk(api, path, **params):
    return [row for answer in pages(api, path, **params) for row in answer.json()["data"]]


def orders():
    for path, filter_, sorts in LISTS:
        yield pytest.param(path, filter_, None, id=path)
        for sort in sorts:
            yield pytest.param(path, filter_, sort, id=f"{path}-{sort}")
            yield pytest.param(path, filter_, "-" + sort, id=f"{path}--{sort}")


def test_all_lists_are_here(base):
    """A new list of the API has to be added above."""
    document = openapi.document(base)
    lists = {path for path, operations in document["paths"].items() for parameter in
             operations.get("get", {}).get("parameters", ()) if parameter["name"] == "cursor"}
    lists -= {"/v1/sessions"}  # a person's own, which no client has: test_account.py goes through it
    lists -= {"/v1/foreign-principals"}  # other issuers' tokens fill it: test_foreign_tokens.py
    lists -= {"/v1/feature-flags"}  # as many as the program has, and no filter: test_flags.py
    lists -= {"/v1/webhooks/{id}/deliveries"}  # the sender fills it: test_webhooks.py goes through it
    lists -= {"/v1/relays"}  # the configuration makes them: test_relays.py
    assert lists == {path for path, _, _ in LISTS}
    for path, _, sorts in LISTS:
        said = [parameter["schema"]["enum"] for parameter in document["paths"][path]["get"]["parameters"]
                if parameter["name"] == "sort"]
        assert said == ([[each for sort in sorts for each in (sort, "-" + sort)]] if sorts else [])


@pytest.mark.parametrize("path, filter_, sort", orders())
@pytest.mark.parametrize("limit", [1, 7, 200])
def test_a_walk_finds_each_row_once_in_order(api, shelf, path, filter_, sort, limit):
    params = {filter_: shelf[path], **({"sort": sort} if sort else {})}
    whole = api.get(path, params={**params, "limit": 200}).json()
    assert not whole["has_more"] and len(whole["data"]) >= ROWS
    answers = list(pages(api, path, limit=limit, **params))
    rows = [row for answer in answers for row in answer.json()["data"]]
    assert rows == whole["data"]
    assert len({identity(row) for row in rows}) == len(rows)
    assert all(len(answer.json()["data"]) == limit for answer in answers[:-1])
    assert 0 < len(answers[-1].json()["data"]) <= limit
    key = (sort or "").lstrip("-")
    if key in ("sku", "code", "updated_at", "id"):
        values = [row[key] for row in rows]
        assert values == sorted(values, reverse=sort.startswith("-"))


@pytest.mark.parametrize("path, filter_, sort", orders())
def test_a_walk_while_rows_are_added(api, new_api, shelf, path, filter_, sort):
    """Those that were there are found once each; none is found twice."""
    params = {filter_: shelf[path], **({"sort": sort} if sort else {})}
    before = {identity(row) for row in walk(api, path, limit=200, **params)}
    ending, adder, failures = threading.Event(), new_api(), []

    def add():
        try:
            while not ending.is_set():
                mark, number = unique(shelf["/v1/items"]), unique("n")[-4:]
                item = new_item(adder, sku=mark, name=f"{shelf['/v1/items']} {number}")
                new_category(adder, name=f"{mark} {number}")
                place = new_location(adder, parent=shelf["/v1/locations"], code=mark, name=f"Place {number}")
                receive(adder, item, place, "1")
                receive(adder, item, {"code": shelf["/v1/movements"]}, "1")
        except BaseException as failure:  # given back to the test
            failures.append(failure)

    thread = threading.Thread(target=add)
    thread.start()
    try:
        found = [identity(row) for row in walk(api, path, limit=4, **params)]
    finally:
        ending.set()
        thread.join()
    assert not failures, failures
    assert len(found) == len(set(found))
    assert before <= set(found)


@pytest.mark.parametrize("path", [path for path, _, _ in LISTS])
@pytest.mark.parametrize("limit, code", [("0", "not_positive"), ("-1", "not_positive"), ("201", "too_large"),
                                         ("x", "not_a_number"), ("1.5", "not_a_number"), ("1e2", "not_a_number"),
                                         ("99999999999999999999", "too_large")])
def test_limits(api, path, limit, code):
    assert wrong(api.get(path, params={"limit": limit}), 422) == {"/limit": code}


@pytest.mark.parametrize("query", ["sku=none", "location=none", "sku=none&location=none"])
@pytest.mark.parametrize("path", ["/v1/movements", "/v1/stock-levels"])
def test_a_name_that_stands_for_nothing_has_no_rows(api, path, query):
    answer = api.get(f"{path}?{query}")
    assert answer.status_code == 200 and answer.json()["data"] == []


@pytest.mark.parametrize("address", [
    "/items?q={0}", "/locations?q={0}", "/locations?status=archived&q={0}", "/movements?reference={0}",
    "/movements?from=9999-12-31", "/movements?to=9999-12-31", "/movements?to=1000-01-01", "/movements?from=1970-01-01"])
def test_a_page_without_rows_is_a_page(browser, address):
    answer = browser.get(address.format(unique("none")))
    assert answer.status_code == 200 and "</html>" in answer.text


@pytest.mark.parametrize("path", [path for path, _, _ in LISTS])
def test_default_limit(api, path):
    assert len(api.get(path).json()["data"]) <= 50


@pytest.mark.parametrize("path, filter_, sort", orders())
def test_a_cursor_of_something_else(api, shelf, path, filter_, sort):
    params = {"limit": 1, **({"sort": sort} if sort else {})}
    own = api.get(path, params={filter_: shelf[path], **params}).json()["next_cursor"]
    others = {api.get(other, params={"limit": 1, "sort": o} if o else {"limit": 1}).json()["next_cursor"]
              for other, _, sorts in LISTS for o in (None, *sorts, *("-" + s for s in sorts))
              if other != path}
    assert own and None not in others
    for cursor in others | {own[:-3], own + "A", own[::-1], "x", "bnVsbA", "e30", "W10", "A" * 4000,
                            "eyJsIjoiaXRlbXM6c2t1In0"}:
        assert wrong(api.get(path, params={"cursor": cursor, **params}), 422) == {"/cursor": "invalid_cursor"}, cursor


@pytest.mark.parametrize("path", [path for path, _, _ in LISTS])
def test_unknown_and_repeated_parameters(api, path):
    assert wrong(api.get(path + "?colour=red&limit=x"), 422) == {"/colour": "unknown", "/limit": "not_a_number"}
    assert wrong(api.get(path + "?limit=1&limit=2"), 422) == {"/limit": "duplicate"}


@pytest.mark.parametrize("path, filter_, sorts", LISTS)
def test_sorts(api, path, filter_, sorts):
    expected = "invalid_choice" if sorts else "unknown"
    for sort in ("colour", "--" + (sorts or ("id",))[0], "version"):
        assert wrong(api.get(path, params={"sort": sort}), 422) == {"/sort": expected}


def test_the_link_keeps_the_filters(api, shelf):
    answer = api.get("/v1/items", params={"q": shelf["/v1/items"], "limit": 2, "sort": "-name", "status": "active"})
    assert re.fullmatch(r'</v1/items\?[^<>" ]+>; rel="next"', answer.headers["Link"])
    following = api.get(answer.links["next"]["url"])
    assert following.status_code == 200 and len(following.json()["data"]) == 2


@pytest.mark.parametrize("path, filter_", [
    *[("/v1/items", name) for name in ("q", "sku", "category")],
    *[("/v1/categories", name) for name in ("q", "name", "parent")],
    *[("/v1/locations", name) for name in ("q", "code", "parent", "under")],
    *[("/v1/stock-levels", name) for name in ("sku", "location", "under")],
    *[("/v1/movements", name) for name in ("sku", "location", "reference")]])
def test_of_what_there_is_not_the_list_is_empty(api, path, filter_):
    answer = api.get(path, params={filter_: unique("none")})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"data": [], "next_cursor": None, "has_more": False}
