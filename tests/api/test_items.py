import threading

import jsonschema
import pytest

from catalogue import (events, issue, naughty_strings, new_category, new_item, new_location, post_receipt, receive,
                       trimmed, unique, walk, wrong)


def test_an_item_comes_back_as_it_was_made(api, db):
    category = new_category(api)
    sku = unique("SKU")
    answer = api.post("/v1/items", json={"sku": sku, "name": "White heart", "description": "a\nb",
                                         "unit": "kg", "category": category["name"],
                                         "barcodes": [sku + "b", sku + "a"]})
    assert answer.status_code == 201
    item = answer.json()
    assert answer.headers["Location"] == f"/v1/items/{item['id']}"
    assert list(item) == ["id", "sku", "name", "description", "unit", "category", "category_id", "barcodes",
                          "status", "version", "on_hand", "created_at", "updated_at"]
    assert (item["sku"], item["name"], item["description"], item["unit"]) == (sku, "White heart", "a\nb", "kg")
    assert (item["category"], item["category_id"]) == (category["name"], category["id"])
    assert item["barcodes"] == [sku + "a", sku + "b"]
    assert (item["status"], item["version"], item["on_hand"]) == ("active", 1, "0")
    read = api.get(answer.headers["Location"])
    assert read.json() == item and read.headers["ETag"] == answer.headers["ETag"]
    assert events(db, "item", item["id"]) == ["created"]


def test_defaults(api):
    item = new_item(api)
    assert (item["unit"], item["description"], item["category"], item["barcodes"]) == ("each", "", None, [])


def test_skus_that_differ_by_case_are_two(api):
    sku = unique("case")
    assert new_item(api, sku=sku)["id"] != new_item(api, sku=sku.upper())["id"]


def test_every_mistake_is_named_at_once(api):
    errors = wrong(api.post("/v1/items", json={"sku": " x", "description": 7, "colour": "red",
                                               "category_id": -1}), 422)
    assert errors == {"/sku": "invalid_text", "/name": "required", "/description": "wrong_type",
                      "/colour": "unknown", "/category_id": "not_positive"}


def test_unknown_category(api):
    assert wrong(api.post("/v1/items", json={"sku": unique("S"), "name": "x", "category": unique("none")}),
                 422) == {"/category": "unknown"}
    assert wrong(api.post("/v1/items", json={"sku": unique("S"), "name": "x", "category_id": 2**62}),
                 422) == {"/category_id": "unknown"}


def test_duplicates_name_the_item_that_has_it(api):
    first = new_item(api, barcodes=[unique("B")])
    answer = api.post("/v1/items", json={"sku": first["sku"], "name": "x",
                                         "barcodes": [unique("B"), first["barcodes"][0]]})
    assert wrong(answer, 409) == {"/sku": "duplicate", "/barcodes/1": "duplicate"}
    assert answer.json()["type"] == "/problems/duplicate"
    assert all(str(first["id"]) in error["detail"] for error in answer.json()["errors"])
    code = unique("B")
    assert wrong(api.post("/v1/items", json={"sku": unique("S"), "name": "x", "barcodes": [code, code]}),
                 422) == {"/barcodes/1": "repeated"}


def test_what_is_taken_is_named_beside_other_mistakes(api):
    first = new_item(api, barcodes=[unique("B")])
    answer = api.post("/v1/items", json={"sku": first["sku"], "barcodes": first["barcodes"], "description": 7,
                                         "category": unique("none")})
    assert wrong(answer, 422) == {"/sku": "duplicate", "/barcodes/0": "duplicate", "/name": "required",
                                  "/description": "wrong_type", "/category": "unknown"}


@pytest.mark.parametrize("do", ["archive", "restore"])
def test_what_takes_no_fields_refuses_any(api, do):
    path = f"/v1/items/{new_item(api)['id']}/{do}"
    assert wrong(api.post(path, json={"colour": "red"}), 422) == {"/colour": "unknown"}
    assert api.post(path, data="x", headers={"Content-Type": "text/plain"}).status_code == 415
    for fine in ({"json": {}}, {"headers": {"Content-Type": "application/json"}}, {}):
        assert api.post(path, **fine).status_code == 200


def test_one_of_many_gets_a_sku(new_api):
    sku, statuses = unique("RACE"), []
    clients = [new_api() for _ in range(8)]

    def make(client):
        answer = client.post("/v1/items", json={"sku": sku, "name": "x", "barcodes": [sku + "b"]})
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=make, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201] + 7 * [409]


def test_a_change_needs_the_version_that_was_read(api, db):
    item = new_item(api, barcodes=[unique("B"), unique("B")])
    path = f"/v1/items/{item['id']}"
    etag = api.get(path).headers["ETag"]
    assert api.patch(path, json={"name": "New"}).status_code == 428
    keep, add = item["barcodes"][0], unique("C")
    answer = api.patch(path, json={"name": "New", "barcodes": [keep, add]}, headers={"If-Match": etag})
    assert answer.status_code == 200
    changed = answer.json()
    assert (changed["name"], changed["version"], changed["barcodes"]) == ("New", 2, [keep, add])
    assert changed["sku"] == item["sku"] and changed["description"] == item["description"]
    assert api.patch(path, json={"name": "Old"}, headers={"If-Match": etag}).status_code == 412
    assert api.patch(path, json={"name": "Old"}, headers={"If-Match": "nonsense"}).status_code == 412
    assert api.patch(path, json={"barcodes": []}, headers={"If-Match": "*"}).json()["barcodes"] == []
    assert events(db, "item", item["id"]) == ["created", "updated", "updated"]


def test_only_one_of_two_stale_writes_wins(api, new_api):
    path = f"/v1/items/{new_item(api)['id']}"
    statuses = []

    def write(client, name):
        statuses.append(client.patch(path, json={"name": name}, headers={"If-Match": '"1"'}).status_code)

    threads = [threading.Thread(target=write, args=(new_api(), str(n))) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + 5 * [412]


def test_a_category_is_taken_off_by_null(api):
    item = new_item(api, category=new_category(api)["name"])
    answer = api.patch(f"/v1/items/{item['id']}", json={"category": None}, headers={"If-Match": '"1"'})
    assert (answer.json()["category"], answer.json()["category_id"]) == (None, None)


def test_not_modified_until_the_quantity_changes(api):
    item, place = new_item(api), new_location(api)
    path = f"/v1/items/{item['id']}"
    etag = api.get(path).headers["ETag"]
    answer = api.get(path, headers={"If-None-Match": etag})
    assert (answer.status_code, answer.content) == (304, b"")
    receive(api, item, place, "2.5")
    answer = api.get(path, headers={"If-None-Match": etag})
    assert answer.status_code == 200 and answer.json()["on_hand"] == "2.5"
    # ... which does not make an edit stale
    assert api.patch(path, json={"name": "x"}, headers={"If-Match": etag}).status_code == 200


def test_lookup(api):
    item = new_item(api, barcodes=[unique("B")])
    assert api.get("/v1/items/lookup", params={"barcode": item["barcodes"][0]}).json() == item
    assert api.get("/v1/items/lookup", params={"barcode": unique("B")}).status_code == 404
    assert wrong(api.get("/v1/items/lookup"), 422) == {"/barcode": "required"}


def test_archive_only_without_stock(api, db):
    item, a, b = new_item(api), new_location(api), new_location(api)
    path = f"/v1/items/{item['id']}"
    receive(api, item, a, "40")
    receive(api, item, b, "2.5")
    answer = api.post(path + "/archive")
    assert answer.status_code == 409
    assert f"2 places: {a['code']} (40), {b['code']} (2.5)" in answer.json()["detail"]
    assert issue(api, item, a, "40").status_code == 201
    assert issue(api, item, b, "2.5").status_code == 201
    assert api.post(path + "/archive", headers={"If-Match": '"9"'}).status_code == 412
    archived = api.post(path + "/archive").json()
    assert (archived["status"], archived["version"]) == ("archived", 2)
    assert api.post(path + "/archive").json() == archived
    with db.cursor() as cursor:
        assert cursor.execute("SELECT 1 FROM stock_level WHERE item_id = %s", (item["id"],)) == 0
    assert wrong(post_receipt(api, item, a, "1"), 422)
    assert issue(api, item, a, "1").status_code in (409, 422)
    assert api.post(path + "/restore").json()["status"] == "active"
    receive(api, item, a, "1")
    assert events(db, "item", item["id"]) == ["created", "archived", "restored"]


def test_archiving_under_postings_leaves_no_stock_behind(api, new_api, db):
    """Whichever comes first, an archived item has no balance."""
    place = new_location(api)
    for _ in range(10):
        item = new_item(api)
        receive(api, item, place, "1")
        assert issue(api, item, place, "1").status_code == 201
        start = threading.Barrier(3)

        def post(client, the_item=item, barrier=start):
            barrier.wait()
            client.post("/v1/movements", json={"type": "receipt", "lines": [
                {"sku": the_item["sku"], "from": "@supplier", "to": place["code"], "quantity": "1"}]})

        threads = [threading.Thread(target=post, args=(new_api(),)) for _ in range(2)]
        for thread in threads:
            thread.start()
        start.wait()
        api.post(f"/v1/items/{item['id']}/archive")
        for thread in threads:
            thread.join()
        now = api.get(f"/v1/items/{item['id']}").json()
        assert now["status"] == "active" or now["on_hand"] == "0"
        with db.cursor() as cursor:
            rows = cursor.execute("SELECT 1 FROM stock_level WHERE item_id = %s", (item["id"],))
        assert now["status"] == "active" or rows == 0


def test_a_retry_gets_the_first_answer(api):
    headers = {"Idempotency-Key": unique("key")}
    body = {"sku": unique("S"), "name": "once"}
    first = api.post("/v1/items", json=body, headers=headers)
    again = api.post("/v1/items", json=body, headers=headers)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    path = f"/v1/items/{first.json()['id']}/archive"
    headers = {"Idempotency-Key": unique("key"), "If-Match": first.headers["ETag"]}
    once = api.post(path, headers=headers)
    assert api.post(path, headers=headers).json() == once.json() == {**first.json(), **{
        key: once.json()[key] for key in ("status", "version", "updated_at")}}


def test_a_new_sku_is_known_at_once(api):
    item, place = new_item(api), new_location(api)
    receive(api, item, place, "3")
    old, item["sku"] = item["sku"], unique("NEW")
    answer = api.patch(f"/v1/items/{item['id']}", json={"sku": item["sku"]}, headers={"If-Match": "*"})
    assert answer.status_code == 200
    other = new_item(api, sku=old)
    for _ in range(16):  # every worker
        assert issue(api, other, place, "0.1").status_code == 409
    assert issue(api, item, place, "3").status_code == 201


@pytest.fixture(scope="module")
def shelf(api):
    """Items of one category, some with equal names."""
    category = new_category(api)
    rows = [new_item(api, name=f"{unique('n') if n % 3 else 'Same name'}", category_id=category["id"],
                     barcodes=[unique("code")]) for n in range(12)]
    return category, rows


@pytest.mark.parametrize("sort", ["sku", "name", "updated_at", "id"])
@pytest.mark.parametrize("direction", ["", "-"])
def test_pages_hold_each_item_once_in_order(api, shelf, sort, direction):
    category, rows = shelf
    found = walk(api, "/v1/items", category=category["name"], sort=direction + sort, limit=5)
    assert sorted(row["id"] for row in found) == sorted(row["id"] for row in rows)
    keys = [(str(row[sort]).rstrip("Z").casefold() if sort != "id" else row["id"], row["id"]) for row in found]
    assert keys == sorted(keys, reverse=direction == "-")
    assert found[0]["barcodes"] and found[0]["category"] == category["name"]


def test_a_cursor_belongs_to_its_list_and_order(api, shelf):
    category, _ = shelf
    params = {"category_id": category["id"], "limit": 5, "sort": "name"}
    cursor = api.get("/v1/items", params=params).json()["next_cursor"]
    for path, sort in (("/v1/items", "-name"), ("/v1/items", "sku"), ("/v1/locations", "name")):
        assert wrong(api.get(path, params={"sort": sort, "cursor": cursor}), 422) == {"/cursor": "invalid_cursor"}
    for cursor in ("x", "e30", "eyJsIjoiaXRlbXM6dXBkYXRlZF9hdCIsInQiOm51bGwsIm4iOjkyMjMzNzIwMzY4NTQ3NzU4MDcsImkiOjF9"):
        answer = api.get("/v1/items", params={"sort": "updated_at", "cursor": cursor})
        assert wrong(answer, 422) == {"/cursor": "invalid_cursor"}


def test_filters(api, shelf):
    category, rows = shelf
    by = lambda **params: [row["id"] for row in walk(api, "/v1/items", **params)]
    assert by(sku=rows[3]["sku"]) == [rows[3]["id"]]
    assert by(q=rows[3]["barcodes"][0]) == [rows[3]["id"]]
    assert rows[3]["id"] not in by(q=rows[3]["barcodes"][0][:-1])
    assert by(q=rows[4]["name"].upper()) == [rows[4]["id"]]
    assert by(q=rows[4]["sku"].lower(), category=category["name"]) == [rows[4]["id"]]
    assert by(category=unique("none")) == []
    assert set(by(updated_since=rows[6]["updated_at"], category_id=category["id"])) == {
        row["id"] for row in rows[6:]}
    assert by(category_id=category["id"], status="archived") == []
    assert wrong(api.get("/v1/items", params={"status": "gone", "limit": "201", "sort": "price", "x": "1"}),
                 422) == {"/status": "invalid_choice", "/limit": "too_large", "/sort": "invalid_choice",
                          "/x": "unknown"}


@pytest.mark.parametrize("text", ["100%", "a_b", "50!", "back\\slash", "quote'\""])
def test_search_takes_every_character_literally(api, text):
    item = new_item(api, name=unique("q") + text + "end")
    new_item(api, name=item["name"].replace(text, "xxx"))
    found = walk(api, "/v1/items", q=item["name"][:-3])
    assert [row["id"] for row in found] == [item["id"]]


def test_naughty_strings_come_back_unchanged(api):
    path = f"/v1/items/{new_item(api)['id']}"
    kept = 0
    for text in naughty_strings():
        for field, longest in (("name", 255), ("description", 10000), ("sku", 64)):
            answer = api.patch(path, json={field: text}, headers={"If-Match": "*"})
            if answer.status_code == 200:
                kept += 1
                assert answer.json()[field] == api.get(path).json()[field] == text
            elif answer.status_code == 422:
                assert len(text) > longest or not is_clean(text, field), (field, text)
            else:
                assert answer.status_code == 409 and field == "sku"
    assert kept > 1000


def is_clean(text, field):
    if any((ord(c) < 32 and not (c in "\t\n" and field == "description")) or ord(c) == 127 for c in text):
        return False
    ends = trimmed(text)
    return field == "description" or (bool(ends) and (field == "name" or ends == text))


@pytest.mark.parametrize("name, path", [("Item", "/v1/items"), ("Category", "/v1/categories"),
                                        ("Location", "/v1/locations")])
def test_answers_are_what_the_document_says(api, shelf, name, path):
    document = api.get("/v1/openapi.json").json()
    assert document["paths"][path]["get"]["responses"]["200"]
    schema = {"$ref": f"#/components/schemas/{name}List", "components": document["components"]}
    jsonschema.validate(api.get(path).json(), schema)
    row = api.get(path).json()["data"][0]
    jsonschema.validate(api.get(f"{path}/{row['id']}").json(),
                        {"$ref": f"#/components/schemas/{name}", "components": document["components"]})
