"""Types of events: one table, the same on the page, in the OpenAPI document, and in what the feed tells."""

import json
import re

import jsonschema
import pytest

import feed
import openapi
import stack as parts
from catalogue import unique


def table():
    text = (parts.ROOT / "app" / "domain" / "event_type.c").read_text()
    names = re.findall(r'^\t\{"(bincard\.[^"]+)"', text, re.M)
    return sorted(names + ["bincard.stock_level.changed.v1"])


def test_every_type_is_in_the_document_with_a_schema(base):
    document = openapi.document(base)
    assert sorted(document["webhooks"]) == table()
    for type_, said in document["webhooks"].items():
        operation = said["post"]
        assert operation["summary"] and operation["tags"]
        envelope, own = operation["requestBody"]["content"]["application/json"]["schema"]["allOf"]
        assert envelope == {"$ref": "#/components/schemas/Event"}
        assert own["properties"]["type"] == {"const": type_}


def test_the_page_lists_every_type_with_its_schema(base, anyone):
    page = anyone.get("/docs/events")
    assert page.status_code == 200 and '<a href="/docs/events">' in anyone.get("/docs").text
    rows = re.findall(r'<tr><th scope="row" class="code">(bincard\.[^<]+)</th>.*?href="#data-(\w+)"', page.text)
    assert sorted(type_ for type_, _ in rows) == table()
    for type_, name in rows:
        own = openapi.document(base)["webhooks"][type_]["post"]["requestBody"]["content"]
        data = own["application/json"]["schema"]["allOf"][1]["properties"]["data"]
        assert data["$ref"].endswith("/" + name) and f'id="data-{name}"' in page.text


def test_a_schema_on_the_page_stands_alone(api, anyone, make):
    """It refers to nothing elsewhere, and says what the document says."""
    texts = re.findall(r"<pre tabindex=\"0\"><code>(\{.*?\})</code></pre>", anyone.get("/docs/events").text, re.S)
    schemas = [json.loads(text.replace("&#34;", '"').replace("&quot;", '"').replace("&#39;", "'")
                          .replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")) for text in texts]
    assert len(schemas) == 13 and "$ref" not in json.dumps(schemas)
    for schema in schemas:
        jsonschema.Draft202012Validator.check_schema(schema)
    item, = [schema for schema in schemas if "sku" in schema["properties"] and "barcodes" in schema["properties"]]
    known = jsonschema.Draft202012Validator(item)
    made = make.item()
    known.validate(made)
    assert not known.is_valid({**made, "on_hand": 3})


def test_no_event_tells_a_secret(stack, api):
    made = api.post("/v1/api-clients", json={"name": unique("client"), "scope": "items:read"}).json()
    stack.keep_secret(made["client_secret"])
    assert api.post(f"/v1/api-clients/{made['id']}/secret", data="").status_code == 200
    feed.settle(stack)
    told = feed.walk(api, subject=f"api-clients/{made['id']}")
    assert [event["type"] for event in told] == ["bincard.client.created.v1", "bincard.client.secret_rotated.v1"]
    assert not any("client_secret" in event["data"] for event in told)
    assert made["client_secret"] not in json.dumps(told)


@pytest.mark.parametrize("change", [{"type": "bincard.item.eaten.v1"}, {"data": {}}, {"id": 7}, {"colour": "red"},
                                    {"specversion": "0.3"}])
def test_the_check_finds_what_is_wrong(stack, api, base, make, change):
    item = make.item()
    feed.settle(stack)
    event, = feed.walk(api, subject=f"items/{item['id']}")
    assert openapi.wrong_event(base, event) is None
    assert openapi.wrong_event(base, {**event, **change})
    assert openapi.wrong_event(base, {**event, "data": {**item, "sku": None}})
