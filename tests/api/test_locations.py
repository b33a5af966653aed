import random
import threading

import pytest

from catalogue import (events, issue, naughty_strings, new_item, new_location, post_receipt, receive, trimmed, unique,
                       walk, wrong)


def patch(api, location, match="*", **fields):
    return api.patch(f"/v1/locations/{location['id']}", json=fields, headers={"If-Match": match})


def read(api, location):
    return api.get(f"/v1/locations/{location['id']}").json()


def test_a_location_comes_back_as_it_was_made(api, db):
    site = new_location(api, "site")
    code = unique("A")
    answer = api.post("/v1/locations", json={"code": code, "name": "Aisle A", "kind": "bin",
                                             "role": "receiving", "parent": site["code"]})
    assert answer.status_code == 201
    location = answer.json()
    assert list(location) == ["id", "code", "name", "kind", "role", "parent", "parent_id", "depth", "path",
                              "status", "version", "created_at", "updated_at"]
    assert (location["code"], location["name"], location["kind"], location["role"]) == (
        code, "Aisle A", "bin", "receiving")
    assert (location["parent"], location["parent_id"], location["depth"]) == (site["code"], site["id"], 2)
    assert location["path"] == [site["code"], code]
    again = api.get(answer.headers["Location"])
    assert again.json() == location and again.headers["ETag"] == answer.headers["ETag"]
    assert events(db, "location", location["id"]) == ["created"]


def test_defaults(api):
    location = new_location(api)
    assert (location["name"], location["role"], location["parent"]) == (location["code"], "storage", None)


def test_mistakes(api):
    assert wrong(api.post("/v1/locations", json={"code": "@x", "kind": "virtual", "role": "scrap"}),
                 422) == {"/code": "reserved", "/kind": "invalid_choice", "/role": "invalid_choice"}
    assert wrong(api.post("/v1/locations", json={"code": "@x", "kind": "bin", "parent": unique("none")}),
                 422) == {"/code": "reserved", "/parent": "unknown"}
    assert wrong(api.post("/v1/locations", json={}), 422) == {"/code": "required", "/kind": "required"}
    assert wrong(api.post("/v1/locations", json={"code": unique("x"), "kind": "bin", "parent": "@supplier"}),
                 422) == {"/parent": "invalid"}
    location = new_location(api)
    answer = api.post("/v1/locations", json={"code": location["code"], "kind": "bin"})
    assert wrong(answer, 409) == {"/code": "duplicate"}
    assert str(location["id"]) in answer.json()["detail"]


def test_kinds_descend(api):
    site = new_location(api, "site")
    zone = new_location(api, "zone", parent=site["code"])
    inner = new_location(api, "bin", parent=zone["code"])
    new_location(api, "bin", parent=inner["code"])
    answer = api.post("/v1/locations", json={"code": unique("x"), "kind": "zone", "parent": inner["code"]})
    assert wrong(answer, 422) == {"/kind": "invalid"}
    assert wrong(patch(api, zone, parent=new_location(api)["code"]), 422) == {"/parent": "invalid"}
    assert wrong(patch(api, site, kind="bin"), 422) == {"/kind": "invalid"}
    assert wrong(patch(api, inner, kind="site"), 422) == {"/kind": "invalid"}
    assert patch(api, inner, kind="zone").json()["kind"] == "zone"


def test_virtual_locations_are_listed_on_demand_and_never_change(api):
    assert not [row for row in walk(api, "/v1/locations", limit=200) if row["kind"] == "virtual"]
    rows = walk(api, "/v1/locations", kind="virtual")
    assert [row["code"] for row in rows] == ["@adjustment", "@customer", "@production", "@scrap", "@supplier"]
    assert [row["code"] for row in walk(api, "/v1/locations", role="scrap")] == ["@scrap"]
    assert patch(api, rows[0], name="Mine").status_code == 409
    assert api.post(f"/v1/locations/{rows[0]['id']}/archive").status_code == 409


def test_a_subtree_moves_with_all_below_it(api, db):
    old, new = new_location(api, "site"), new_location(api, "site")
    hall = new_location(api, "zone", parent=new["code"])
    zone = new_location(api, "zone", parent=old["code"])
    bins = [new_location(api, parent=zone["code"]) for _ in range(3)]
    leaf = new_location(api, parent=bins[0]["code"])
    moved = patch(api, zone, '"1"', parent=hall["code"])
    assert moved.status_code == 200
    assert (moved.json()["path"], moved.json()["depth"]) == ([new["code"], hall["code"], zone["code"]], 3)
    assert moved.json()["version"] == 2
    assert read(api, leaf)["path"] == [new["code"], hall["code"], zone["code"], bins[0]["code"], leaf["code"]]
    assert (read(api, leaf)["depth"], read(api, leaf)["version"]) == (5, 2)
    under = {row["id"] for row in walk(api, "/v1/locations", under=new["code"], limit=2)}
    assert under == {row["id"] for row in (new, hall, zone, *bins, leaf)}
    assert [row["id"] for row in walk(api, "/v1/locations", under=old["code"])] == [old["id"]]
    assert patch(api, zone, parent=None).json()["path"] == [zone["code"]]
    assert read(api, leaf)["path"] == [zone["code"], bins[0]["code"], leaf["code"]]
    assert events(db, "location", zone["id"]) == ["created", "updated", "updated"]


def test_no_circle_and_not_too_deep(api):
    chain = [new_location(api)]
    for _ in range(11):
        chain.append(new_location(api, parent=chain[-1]["code"]))
    answer = api.post("/v1/locations", json={"code": unique("x"), "kind": "bin", "parent": chain[-1]["code"]})
    assert wrong(answer, 422) == {"/parent": "too_deep"}
    assert wrong(patch(api, chain[0], parent=chain[0]["code"]), 422) == {"/parent": "circular"}
    assert wrong(patch(api, chain[2], parent=chain[6]["code"]), 422) == {"/parent": "circular"}
    assert wrong(patch(api, chain[0], parent=new_location(api)["code"]), 422) == {"/parent": "too_deep"}


def check_tree(db):
    """Every path is the parent's path and the id; a circle could not satisfy this."""
    with db.cursor() as cursor:
        cursor.execute("SELECT id, parent_id, path, depth FROM location")
        rows = {row[0]: row for row in cursor.fetchall()}
    for id_, parent, path, depth in rows.values():
        above = rows[parent] if parent else (0, None, "/", 0)
        assert path == f"{above[2]}{id_}/" and depth == above[3] + 1


def test_two_moves_at_once_make_no_circle(api, new_api, db):
    for _ in range(10):
        a, b = new_location(api), new_location(api)
        start, statuses = threading.Barrier(2), []

        def move(client, what, to, barrier=start, out=statuses):
            barrier.wait()
            out.append(patch(client, what, parent=to["code"]).status_code)

        threads = [threading.Thread(target=move, args=(new_api(), *pair)) for pair in ((a, b), (b, a))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [200, 422]
    check_tree(db)


def test_many_changes_of_one_tree_at_once_keep_it_right(api, new_api, db):
    places = [new_location(api) for _ in range(8)]
    seen = []

    def churn(client, seed):
        choose = random.Random(seed)
        for _ in range(25):
            a, b = choose.sample(places, 2)
            if choose.random() < 0.3:
                answer = client.post("/v1/locations", json={"code": unique("c"), "kind": "bin", "parent": a["code"]})
            else:
                answer = patch(client, a, parent=None if choose.random() < 0.2 else b["code"])
            seen.append(answer.status_code)

    threads = [threading.Thread(target=churn, args=(new_api(), seed)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 100 and set(seen) <= {200, 201, 422}
    check_tree(db)


def test_archive_only_when_nothing_is_left(api, db):
    zone = new_location(api, "zone")
    place = new_location(api, parent=zone["code"])
    item = new_item(api)
    receive(api, item, place, "2.5")
    answer = api.post(f"/v1/locations/{zone['id']}/archive")
    assert answer.status_code == 409 and place["code"] in answer.json()["detail"]
    answer = api.post(f"/v1/locations/{place['id']}/archive")
    assert answer.status_code == 409 and f"{item['sku']} (2.5)" in answer.json()["detail"]
    assert issue(api, item, place, "2.5").status_code == 201
    assert api.post(f"/v1/locations/{place['id']}/archive").json()["status"] == "archived"
    with db.cursor() as cursor:
        assert cursor.execute("SELECT 1 FROM stock_level WHERE location_id = %s", (place["id"],)) == 0
    assert wrong(post_receipt(api, item, place, "1"), 422)
    assert issue(api, item, place, "1").status_code in (409, 422)
    assert api.post(f"/v1/locations/{zone['id']}/archive").json()["version"] == 2
    assert api.post(f"/v1/locations/{zone['id']}/archive").json()["version"] == 2
    assert api.post(f"/v1/locations/{place['id']}/restore").status_code == 409
    answer = api.post("/v1/locations", json={"code": unique("x"), "kind": "bin", "parent": zone["code"]})
    assert wrong(answer, 422) == {"/parent": "archived"}
    assert api.post(f"/v1/locations/{zone['id']}/restore").status_code == 200
    assert api.post(f"/v1/locations/{place['id']}/restore").status_code == 200
    receive(api, item, place, "1")
    assert events(db, "location", place["id"]) == ["created", "archived", "restored"]


def test_archiving_under_postings_leaves_no_stock_behind(api, new_api, db):
    item = new_item(api)
    for _ in range(10):
        place = new_location(api)
        start = threading.Barrier(3)

        def post(client, the_place=place, barrier=start):
            barrier.wait()
            client.post("/v1/movements", json={"type": "receipt", "lines": [
                {"sku": item["sku"], "from": "@supplier", "to": the_place["code"], "quantity": "1"}]})

        threads = [threading.Thread(target=post, args=(new_api(),)) for _ in range(2)]
        for thread in threads:
            thread.start()
        start.wait()
        api.post(f"/v1/locations/{place['id']}/archive")
        for thread in threads:
            thread.join()
        with db.cursor() as cursor:
            rows = cursor.execute("SELECT 1 FROM stock_level WHERE location_id = %s", (place["id"],))
        assert read(api, place)["status"] == "active" or rows == 0


def test_a_new_code_is_known_at_once(api):
    item, place = new_item(api), new_location(api)
    receive(api, item, place, "3")
    old, place["code"] = place["code"], unique("NEW")
    assert patch(api, place, code=place["code"]).status_code == 200
    other = new_location(api, code=old)
    for _ in range(16):  # every worker
        assert issue(api, item, other, "0.1").status_code == 409
    assert issue(api, item, place, "3").status_code == 201


@pytest.mark.parametrize("sort", ["code", "name", "path", "updated_at"])
@pytest.mark.parametrize("direction", ["", "-"])
def test_pages_hold_each_location_once(api, sort, direction):
    zone = new_location(api, "zone")
    rows = [new_location(api, parent=zone["code"], name="Same" if n % 2 else unique("n")) for n in range(7)]
    found = walk(api, "/v1/locations", parent=zone["code"], sort=direction + sort, limit=3)
    assert sorted(row["id"] for row in found) == [row["id"] for row in rows]
    if sort != "path":
        keys = [(row[sort].rstrip("Z").casefold(), row["id"]) for row in found]
        assert keys == sorted(keys, reverse=direction == "-")


def test_path_order_puts_a_parent_before_its_children(api):
    site = new_location(api, "site")
    zones = [new_location(api, "zone", parent=site["code"]) for _ in range(2)]
    for zone in zones * 2:
        new_location(api, parent=zone["code"])
    found = walk(api, "/v1/locations", under=site["code"], sort="path", limit=3)
    seen = set()
    for row in found:
        assert row["id"] == site["id"] or row["parent_id"] in seen
        seen.add(row["id"])
    assert len(found) == 7


def test_filters(api):
    zone = new_location(api, "zone", role="quarantine")
    place = new_location(api, parent=zone["code"], name=unique("shelf 100%"))
    by = lambda **params: [row["id"] for row in walk(api, "/v1/locations", **params)]
    assert by(code=place["code"]) == [place["id"]]
    assert by(q=place["name"].upper()) == [place["id"]]
    assert by(q=place["code"].lower()) == [place["id"]]
    assert by(under=zone["code"], kind="bin") == [place["id"]]
    assert by(under=zone["code"], role="quarantine") == [zone["id"]]
    assert by(under=zone["code"], status="archived") == []
    assert by(parent_id=zone["id"]) == [place["id"]]
    assert by(under=zone["code"], updated_since=place["updated_at"]) == [place["id"]]
    none = unique("none")
    assert by(under=none) == by(parent=none) == by(under=none, parent=zone["code"]) == []


def test_naughty_names_come_back_unchanged(api):
    location = new_location(api)
    for text in naughty_strings():
        answer = patch(api, location, name=text)
        if answer.status_code == 422:
            controls = any(ord(c) < 32 or ord(c) == 127 for c in text)
            assert controls or len(text) > 255 or not trimmed(text), repr(text)
        else:
            assert answer.json()["name"] == text
