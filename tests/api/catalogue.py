"""What the tests of items, categories and locations share."""

import gzip
import itertools
import json
import os
import pathlib

import pytest
from feed import ANNOUNCED

run = os.urandom(4).hex()
numbers = itertools.count(1)


def unique(prefix):
    """A name that no other test has, in this run or an earlier one."""
    return f"{prefix}-{run}-{next(numbers)}"


def made(answer):
    assert answer.status_code == 201, answer.text
    return answer.json()


def new_item(api, **fields):
    return made(api.post("/v1/items", json={"sku": unique("SKU"), "name": "Thing", **fields}))


def new_category(api, **fields):
    return made(api.post("/v1/categories", json={"name": unique("Category"), **fields}))


def new_location(api, kind="bin", **fields):
    return made(api.post("/v1/locations", json={"code": unique("L"), "kind": kind, **fields}))


def post_receipt(api, item, location, quantity):
    return api.post("/v1/movements", json={"type": "receipt", "lines": [
        {"sku": item["sku"], "from": "@supplier", "to": location["code"], "quantity": quantity}]})


def receive(api, item, location, quantity):
    return made(post_receipt(api, item, location, quantity))


def issue(api, item, location, quantity):
    return api.post("/v1/movements", json={"type": "issue", "lines": [
        {"sku": item["sku"], "from": location["code"], "to": "@customer", "quantity": quantity}]})


def wrong(answer, status):
    """{pointer: code} of a refusal."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    return {e["pointer"]: e["code"] for e in answer.json().get("errors", [])}


def walk(api, path, **params):
    """All rows of a list, page by page."""
    rows, cursor = [], None
    while True:
        answer = api.get(path, params={**params, **({"cursor": cursor} if cursor else {})})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        rows += page["data"]
        cursor = page["next_cursor"]
        assert page["has_more"] == (cursor is not None) == ("next" in answer.links)
        if not cursor:
            return rows


def events(db, kind, subject):
    """Types of the changes recorded for a resource, oldest first."""
    with db.cursor() as cursor:
        cursor.execute(f"SELECT type FROM {ANNOUNCED} WHERE type LIKE %s AND subject = %s ORDER BY place",
                       (f"bincard.{kind}.%", subject))
        return [row[0].split(".")[2] for row in cursor.fetchall()]


def trimmed(text):
    """Without the white space of all scripts at its ends, as a field that must not be empty is looked at."""
    return text.strip(" \t\n\r\v\f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
                      "\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff")


def naughty_strings():
    data = pathlib.Path(os.environ.get("BINCARD_DATA",
                                       pathlib.Path(__file__).parents[3] / "shared" / "data"))
    path = data / "blns" / "blns.json.gz"
    if not path.exists():
        pytest.skip("the big list of naughty strings is not here (BINCARD_DATA)")
    return json.loads(gzip.open(path).read())
