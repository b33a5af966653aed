"""The OpenAPI document says what there is, and every answer is as it says. (The `api` fixture checks the
answers of all tests against it; here each read is asked for once, so that none is left out.)"""

import jsonschema
import pytest

import openapi
import routes
from catalogue import new_category
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


@pytest.mark.parametrize("route", API, ids=routes.name)
def test_an_operation_says_what_its_row_says(document, route):
    operation = document["paths"][route.path][route.method.lower()]
    names = {(p["in"], p["name"]): p["required"] for p in operation["parameters"]}
    assert operation["summary"]
    assert set(operation["responses"]) == {str(route.status), "default"}
    assert (("path", "id") in names) == ("{id}" in route.path)
    assert (("header", "Idempotency-Key") in names) == ("ROUTE_ONCE" in route.flags)
    assert names.get(("header", "If-Match"), False) == ("ROUTE_IF_MATCH" in route.flags)
    assert any(where == "query" for where, _ in names) == ("ROUTE_QUERY" in route.flags)
    if route.auth == "AUTH_API":
        needed = [] if route.permission == "PERM_NONE" else [routes.permission(route)]
        assert operation["security"] == [{"oauth2": needed}]
    else:
        assert operation["security"] == []
    body = operation.get("requestBody", {}).get("content", {})
    if "ROUTE_JSON_BODY" in route.flags:
        assert set(body) == {"application/json"}
    if body:
        schema, = (kind["schema"] for kind in body.values())
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["type"] == "object" and schema["additionalProperties"] is False


def test_the_document_holds_together(document):
    assert document["openapi"].startswith("3.1.")
    for reference in set(references(document["paths"])) | set(references(document["components"])):
        part = document
        for step in reference.removeprefix("#/").split("/"):
            part = part[step]
    used = set(references(document["paths"])) | set(references(document["components"]))
    for name, schema in document["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert f"#/components/schemas/{name}" in used, f"{name} is not used"


def test_scopes_are_all_there(document):
    scopes = document["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]["scopes"]
    needed = {routes.permission(route) for route in ROUTES if route.permission != "PERM_NONE"}
    assert needed <= set(scopes) and all(scopes.values())


def test_every_answer_of_a_read_is_checked(api, base, make):
    """The checking itself is checked by test_the_check_finds_what_is_wrong."""
    item, place = make.stock("3")
    category = new_category(api)
    movement = make.receive(item, place, "1")
    ids = {"/v1/items/{id}": item["id"], "/v1/categories/{id}": category["id"],
           "/v1/locations/{id}": place["id"], "/v1/movements/{id}": movement["id"]}
    barcode = make.item(barcodes=[f"B-{item['sku']}"])["barcodes"][0]
    for route in API:
        if route.method != "GET":
            continue
        path = route.path.replace("{id}", str(ids.get(route.path, "")))
        answer = api.get(path, params={"barcode": barcode} if path.endswith("/lookup") else {})
        assert answer.status_code == 200, (path, answer.text)
    assert {("GET", route.path) for route in API if route.method == "GET"} - openapi.seen <= {
        ("GET", "/v1/openapi.json"), ("GET", "/.well-known/jwks.json")}


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
