"""Bodies that are not what was asked for: refused in words, never with a 500, and nothing is posted."""

import io
import json
import os
import pathlib
import tarfile

import pytest

from catalogue import new_item, new_location, unique, wrong

PATHS = ["/v1/movements", "/v1/items", "/v1/stock-levels/query"]


@pytest.fixture(scope="module")
def suite():
    """{name: bytes} of JSONTestSuite: y_ is JSON, n_ is not, i_ may be taken either way."""
    data = pathlib.Path(os.environ.get("BINCARD_DATA", pathlib.Path(__file__).parents[3] / "shared" / "data"))
    path = data / "jsontestsuite" / "jsontestsuite.tar.xz"
    if not path.exists():
        pytest.skip("JSONTestSuite is not here (BINCARD_DATA)")
    with tarfile.open(fileobj=io.BytesIO(path.read_bytes())) as tar:
        return {pathlib.Path(member.name).name: tar.extractfile(member).read() for member in tar
                if member.isfile() and "test_parsing" in member.name and member.name.endswith(".json")}


def send(api, path, body, kind="application/json", **headers):
    return api.post(path, data=body, headers={"Content-Type": kind, **headers})


@pytest.fixture(autouse=True)
def nothing_is_posted(api, request):
    count = lambda: api.get("/v1/ledger/verification").json()["movements"]
    before = count()
    yield
    assert count() == before


@pytest.mark.parametrize("path", PATHS)
def test_what_is_not_json(api, suite, path):
    bodies = {name: body for name, body in suite.items() if name.startswith("n_")}
    assert len(bodies) > 150
    for name, body in bodies.items():
        answer = send(api, path, body)
        assert answer.status_code == 400, f"{name}: {answer.status_code} {answer.text}"
        assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", PATHS)
def test_json_that_is_something_else(api, suite, path):
    """422; or 400 where the text is JSON and refused all the same: a name given twice, or NUL in a text."""
    bodies = {name: body for name, body in suite.items() if name.startswith("y_")}
    assert len(bodies) > 80
    for name, body in bodies.items():
        answer = send(api, path, body)
        odd = "duplicated_key" in name or b"\\u0000" in body
        assert answer.status_code in ((400, 422) if odd else (422,)), f"{name}: {answer.status_code} {answer.text}"


def test_json_of_which_readers_disagree(api, suite):
    for name, body in suite.items():
        if name.startswith("i_"):
            assert send(api, "/v1/movements", body).status_code in (400, 422), name


@pytest.mark.parametrize("value", [None, True, 1, "x", [], [[]], {}, {"": ""}])
@pytest.mark.parametrize("path", PATHS + ["/v1/stock/adjust", "/v1/stock/set", "/v1/locations", "/v1/categories"])
def test_values_of_another_shape(api, path, value):
    assert wrong(send(api, path, json.dumps(value)), 422)


@pytest.mark.parametrize("lines", [None, 1, "x", {}, [None], [1], ["x"], [[]], [{}], [{"sku": {}, "from": [], "to": 1,
                                                                                    "quantity": False}]])
def test_lines_of_another_shape(api, lines):
    errors = wrong(send(api, "/v1/movements", json.dumps({"type": "receipt", "lines": lines})), 422)
    assert errors and all(pointer.startswith("/lines") for pointer in errors)


@pytest.mark.parametrize("body", [b"", b" ", b"\xff", b"\x00", b"{", b"{\"a\":1}x", b"{\"a\":1\x00}", b"[" * 100000,
                                  b"{\"type\":\"receipt\",\"type\":\"issue\"}"])
def test_no_body_of_json(api, body):
    assert send(api, "/v1/movements", body).status_code == 400


def test_a_body_that_is_too_large(api):
    text = json.dumps({"type": "receipt", "reason": "x" * (1 << 20)})
    for body in (text, text[: 1 << 20] + "x", b" " * (8 << 20)):
        assert send(api, "/v1/movements", body).status_code == 413


def test_many_values_in_a_small_body(api):
    assert send(api, "/v1/movements", "[" + "{}," * 300000 + "{}]").status_code in (400, 413, 422)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                                  "application/xml", "application/jsonx", "json", ""])
@pytest.mark.parametrize("path", ["/v1/movements", "/v1/stock/set"])
def test_a_body_that_says_it_is_something_else(api, path, kind):
    assert send(api, path, b'{"type": "receipt"}', kind).status_code == 415


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
def test_ways_to_say_json(api, kind):
    assert send(api, "/v1/movements", b"{}", kind).status_code == 422


@pytest.mark.parametrize("path", ["/v1/movements/0", "/v1/movements/-1", "/v1/movements/x", "/v1/movements/1.5",
                                  "/v1/movements/99999999999999999999", "/v1/movements/1%00", "/v1/movements/%2e%2e",
                                  "/v1/movements/1/2", "/v1//movements", "/v1/movements/"])
def test_addresses_of_nothing(api, path):
    assert api.get(path).status_code in (400, 404)


@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=x", "limit=201", "cursor=x", "cursor=%00", "sku=%ff",
                                   "item_id=0", "item_id=99999999999999999999", "occurred_from=2024-13-01", "a[]=1",
                                   "type=theft", "limit=1&limit=2", "sku=" + "x" * 2000])
def test_queries(api, query):
    assert api.get("/v1/movements?" + query).status_code in (400, 422)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/v1/movements", "/v1/movements/1"])
def test_methods(api, method, path):
    answer = api.request(method, path, json={})
    assert answer.status_code == 405 and "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("text", ["' OR '1'='1", "\\", "\"", "%", "_", "1; DROP TABLE item", "\U0001f4e6", "@supplier "])
def test_names_that_are_not_there(api, text):
    item, place = new_item(api), new_location(api)
    line = {"sku": item["sku"], "from": "@supplier", "to": place["code"], "quantity": "1"}
    for field in ("sku", "from", "to"):
        answer = api.post("/v1/movements", json={"type": "receipt", "lines": [{**line, field: text}]})
        assert list(wrong(answer, 422)) == [f"/lines/0/{field}"]
    assert api.get("/v1/movements", params={"reference": text + unique("")}).json()["data"] == []
