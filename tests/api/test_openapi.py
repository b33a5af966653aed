"""The OpenAPI document says what there is, and every answer is as it says. (The `api` fixture checks the
answers of all tests against it; here each read is asked for once, so that none is left out.)"""

import json

import jsonschema
import pytest

import openapi
import routes
from catalogue import new_category, unique
from routes import ROUTES

API = [route for route in ROUTES if route.kind == "ROUTE_API"]


@pytest.fixture(scope="module")
def document(base):
    return openapi.document(base)


def references(part):
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        for each in part.values():
            yield from references(each)
    elif isinstance(part, list):
        for each in part:
            yield from references(each)


def test_every_route_is_documented(document):
    said = {(method.upper(), path) for path, operations in document["paths"].items() for method in operations}
    assert said == {(route.method, route.path) for route in API}


def statuses(route):
    """Those that a row tells of."""
    signed_in, must_match = route.auth in ("AUTH_API", "AUTH_API_SESSION"), "ROUTE_IF_MATCH" in route.flags
    return {str(route.status), "503", "default"} | {status for status, has in {
        "304": "ROUTE_ETAG" in route.flags and route.method == "GET",
        "400": route.path.startswith("/oauth2/"),
        "401": signed_in or route.path.startswith("/oauth2/"),
        "403": signed_in,
        "404": "{id}" in route.path,
        "409": must_match or "ROUTE_ONCE" in route.flags,
        "412": must_match or "ROUTE_MAY_MATCH" in route.flags,
        "422": signed_in and route.flags & {"ROUTE_QUERY", "ROUTE_JSON_BODY"},
        "428": must_match,
        "429": "ROUTE_RATE_NONE" not in route.flags}.items() if has}


@pytest.mark.parametrize("route", API, ids=routes.name)
def test_an_operation_says_what_its_row_says(document, route):
    operation = document["paths"][route.path][route.method.lower()]
    names = {(p["in"], p["name"]): p["required"] for p in operation["parameters"]}
    assert operation["summary"]
    assert set(operation["responses"]) == statuses(route)
    assert (("path", "id") in names) == ("{id}" in route.path)
    assert (("header", "Idempotency-Key") in names) == ("ROUTE_ONCE" in route.flags)
    assert names.get(("header", "If-Match")) == (
        True if "ROUTE_IF_MATCH" in route.flags else False if "ROUTE_MAY_MATCH" in route.flags else None)
    assert (("header", "If-None-Match") in names) == ("304" in operation["responses"])
    assert any(where == "query" for where, _ in names) == ("ROUTE_QUERY" in route.flags)
    session = {"session": []} if route.method == "GET" else {"session": [], "csrf": []}
    if route.auth == "AUTH_API_SESSION":
        assert operation["security"] == [session]
    elif route.auth == "AUTH_API":
        needed = [] if route.permission == "PERM_NONE" else [routes.permission(route)]
        assert operation["security"] == [{"oauth2": needed}, session]
    else:
        assert operation["security"] == []


@pytest.mark.parametrize("route", API, ids=routes.name)
def test_a_body_is_described_and_has_an_example(document, route):
    operation = document["paths"][route.path][route.method.lower()]
    body = operation.get("requestBody")
    assert (body is not None) == bool(route.flags & {"ROUTE_JSON_BODY", "ROUTE_FORM_BODY"})
    if body is None:
        return
    (kind, said), = body["content"].items()
    assert (kind == "application/json") == ("ROUTE_JSON_BODY" in route.flags)
    schema = said["schema"]
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["type"] == "object" and schema["additionalProperties"] is False
    assert body["required"] == bool(schema.get("required"))
    reference, = said["examples"].values()
    example = openapi.follow(document, reference)["value"]
    resolver = jsonschema.RefResolver("", document)
    jsonschema.Draft202012Validator(schema, resolver=resolver).validate(example)


def test_operations_have_names_and_tags(document):
    operations = [o for each in document["paths"].values() for o in each.values()]
    assert len({o["operationId"] for o in operations}) == len(operations)
    assert document["paths"]["/v1/items/{id}/archive"]["post"]["operationId"] == "post_items_id_archive"
    assert {tag for o in operations for tag in o["tags"]} == {
        "items", "locations", "stock", "movements", "ledger", "clients", "sessions", "system", "audit", "users",
        "flags", "webhooks", "feed", "metrics"}


def test_what_may_be_null_says_so(document):
    item = document["paths"]["/v1/items"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    kinds = {name: field.get("type") for name, field in item["properties"].items()}
    assert kinds["category"] == ["string", "null"] and kinds["category_id"] == ["integer", "null"]
    assert kinds["barcodes"] == ["array", "null"] and kinds["sku"] == "string"


def test_the_document_holds_together(document):
    assert document["openapi"].startswith("3.1.")
    used = {each for part in ("paths", "webhooks", "components") for each in references(document[part])}
    for reference in used:
        part = document
        for step in reference.removeprefix("#/").split("/"):
            part = part[step]
    for kind in ("schemas", "headers", "responses", "examples"):
        unused = {f"#/components/{kind}/{name}" for name in document["components"][kind]} - used
        # no route is on its way out now; tests/unit/test_dispatch.c has one that is
        assert unused <= {"#/components/headers/Deprecation", "#/components/headers/Sunset"}
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_scopes_are_those_that_a_route_asks_for(document):
    flows = document["components"]["securitySchemes"]["oauth2"]["flows"]
    needed = {routes.permission(route) for route in API if route.permission != "PERM_NONE"}
    assert set(flows) == {"clientCredentials", "authorizationCode"}
    for flow in flows.values():
        assert set(flow["scopes"]) == needed and all(flow["scopes"].values())


def test_a_session_is_named_as_its_cookie(document, browser):
    schemes = document["components"]["securitySchemes"]
    assert [cookie.name for cookie in browser.cookies] == [schemes["session"]["name"]]
    csrf = schemes["csrf"]["name"]
    new = {"sku": unique("SKU"), "name": "Thing"}
    assert browser.post("/v1/items", json=new).status_code == 403
    assert browser.post("/v1/items", json=new, headers={csrf: browser.csrf}).status_code == 201
    assert browser.get("/v1/items").status_code == 200


class Walk:
    """Every operation once, in the order of the table, with the examples of the document. Names are made
    new, because others may have been here before."""

    def __init__(self, api, document, credentials, browser):
        self.api, self.document, self.credentials, self.browser = api, document, credentials, browser
        self.names = {name: unique(name) for name in ("LAMP-1", "A-1", "Lighting", "4006381333931", "kim", "counter")}
        self.made, self.tags = {}, {}  # newest id and ETag of each collection

    def body(self, operation):
        if "requestBody" not in operation:
            return {}
        (kind, said), = operation["requestBody"]["content"].items()
        reference, = said["examples"].values()
        text = json.dumps(openapi.follow(self.document, reference)["value"])
        for name, new in self.names.items():
            text = text.replace(name, new)
        return {"json" if kind == "application/json" else "data": json.loads(text)}

    def ask_as_a_person(self, route):
        path = route.path.replace("{id}", str(self.made.get("/v1/sessions")))
        answer = self.browser.request(route.method, path, headers={"X-CSRF-Token": self.browser.csrf})
        assert answer.status_code == route.status, (route, answer.text)
        openapi.check(self.api.base, route.method, path, answer)
        if route.path == "/v1/sessions":
            self.made[route.path] = answer.json()["data"][0]["id"]

    def ask(self, route):
        operation = self.document["paths"][route.path][route.method.lower()]
        collection = route.path.split("/{id}")[0]
        options = self.body(operation)
        if "ROUTE_IF_MATCH" in route.flags:
            options["headers"] = {"If-Match": self.tags[collection]}
        if route.path.startswith("/oauth2/"):
            options["auth"] = self.credentials
        if route.path == "/v1/items/lookup":
            options["params"] = {"barcode": self.names["4006381333931"]}
        answer = self.api.request(route.method, route.path.replace("{id}", str(self.made.get(collection))),
                                  **options)
        assert answer.status_code == route.status, (route, answer.text)
        if route.path.endswith("/invite"):  # or there would be no password that can be forced to change
            token = answer.json()["link"].split("token=")[1]
            chosen = {"token": token, "new_password": "paper lamp 7 green", "again": "paper lamp 7 green"}
            assert self.browser.post("/invitation", data=chosen).status_code == 303
        if route.path in ("/v1/feature-flags", "/v1/foreign-principals", "/v1/relays"):
            self.made[collection] = answer.json()["data"][-1]["id"]
        if answer.status_code == 201:
            collection, self.made[collection] = answer.headers["Location"].rsplit("/", 1)
        if "ROUTE_ETAG" in route.flags:
            self.tags[collection] = answer.headers["ETag"]
        else:
            assert "ETag" not in answer.headers


STOCK_TURNS = ["/v1/stock/set", "/v1/stock/adjust", "/v1/movements/{id}/reverse"]


def turn(route):
    """Stock is corrected when there is some; archiving and deleting come when there is none again."""
    return (route.path.endswith(("/archive", "/restore", "/keys/remove")) or route.method == "DELETE",
            STOCK_TURNS.index(route.path) + 1 if route.path in STOCK_TURNS else 0)


def test_every_operation_answers_its_example_as_documented(api, document, server, browser, db):
    """The checking itself is checked by test_the_check_finds_what_is_wrong."""
    with db.cursor() as cursor:  # as a token of another issuer would
        cursor.execute("INSERT IGNORE INTO foreign_principal (issuer, subject, name, first_seen, last_seen)"
                       " VALUES ('https://login.acme.example', 'robot-7', 'Robot', NOW(6), NOW(6))")
        db.commit()
    walk = Walk(api, document, (server["BINCARD_CLIENT_ID"], server["BINCARD_CLIENT_SECRET"]), browser)
    openapi.seen.clear()
    ending = [route for route in API if route.path not in routes.ENDLESS]
    for route in sorted(ending, key=turn):
        (walk.ask_as_a_person if route.auth == "AUTH_API_SESSION" else walk.ask)(route)
    assert openapi.seen == {(route.method, route.path) for route in ending}
    flag = f"/v1/feature-flags/{walk.made['/v1/feature-flags']}"
    assert api.patch(flag, json={"state": "on"}, headers={"If-Match": "*"}).status_code == 200


class Changed:
    """An answer, changed on its way."""

    def __init__(self, answer, status=200, kind="application/json", **changes):
        self.status_code, self.headers = status, {"Content-Type": kind}
        self.body = {**answer.json(), **changes}

    def json(self):
        return self.body


@pytest.mark.parametrize("changes", [{"sku": None}, {"colour": "red"}, {"on_hand": 3}, {"on_hand": "3.0000001"},
                                     {"kind": "text/plain"}, {"status": 201}, {"barcodes": "x"}])
def test_the_check_finds_what_is_wrong(api, base, make, changes):
    item = make.item()
    path = f"/v1/items/{item['id']}"
    answer = api.get(path)
    openapi.check(base, "GET", path, Changed(answer))
    with pytest.raises(AssertionError):
        openapi.check(base, "GET", path, Changed(answer, **changes))


def test_docs_show_every_route(stack, base, anyone, document):
    page = anyone.get("/docs")
    assert page.status_code == 200 and page.headers["Content-Type"] == "text/html; charset=utf-8"
    for route in API:
        assert route.path in page.text, route
        assert document["paths"][route.path][route.method.lower()]["summary"] in page.text


def test_docs_show_the_fields_of_every_answer(anyone, document):
    page = anyone.get("/docs").text
    shown = {name: page.split(f'id="answer-{name}"')[1].split("</article>")[0]
             for name in document["components"]["schemas"]}
    for name, schema in document["components"]["schemas"].items():
        for member in schema.get("properties", {}):
            assert f">{member}</th>" in shown[name], (name, member)
    assert "<td>text, at most 120 characters or null</td>" in page
    assert ">differences[].sku</th><td>text or null</td>" in shown["Verification"]
    assert '>data</th><td>array of <a class="code" href="#answer-Item">Item</a></td>' in shown["ItemList"]
    for route in API:
        answer = document["paths"][route.path][route.method.lower()]["responses"][str(route.status)]
        for kind in answer.get("content", {}).values():
            assert f'href="#answer-{kind["schema"]["$ref"].split("/")[-1]}"' in page
