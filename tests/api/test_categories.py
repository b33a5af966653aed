import threading

from catalogue import events, new_category, new_item, unique, walk, wrong


def test_a_category_comes_back_as_it_was_made(api, db):
    parent = new_category(api)
    name = unique("Garden")
    answer = api.post("/v1/categories", json={"name": name, "parent": parent["name"]})
    assert answer.status_code == 201
    category = answer.json()
    assert list(category) == ["id", "name", "parent", "parent_id", "version", "created_at", "updated_at"]
    assert (category["name"], category["parent"], category["parent_id"]) == (name, parent["name"], parent["id"])
    read = api.get(answer.headers["Location"])
    assert read.json() == category and read.headers["ETag"] == answer.headers["ETag"]
    assert events(db, "category", category["id"]) == ["created"]


def test_names_are_unique_whatever_their_case(api):
    category = new_category(api)
    answer = api.post("/v1/categories", json={"name": category["name"].upper()})
    assert wrong(answer, 409) == {"/name": "duplicate"}
    assert str(category["id"]) in answer.json()["detail"]


def test_mistakes(api):
    assert wrong(api.post("/v1/categories", json={}), 422) == {"/name": "required"}
    assert wrong(api.post("/v1/categories", json={"name": "x" * 121}), 422) == {"/name": "too_long"}
    assert wrong(api.post("/v1/categories", json={"name": unique("c"), "parent": unique("none")}),
                 422) == {"/parent": "unknown"}
    assert api.get("/v1/categories/9999999").status_code == 404


def test_rename_and_move(api, db):
    parent, child = new_category(api), new_category(api)
    path = f"/v1/categories/{child['id']}"
    assert api.patch(path, json={"name": "x"}).status_code == 428
    name = unique("Renamed")
    answer = api.patch(path, json={"name": name, "parent_id": parent["id"]}, headers={"If-Match": '"1"'})
    assert (answer.json()["name"], answer.json()["parent"], answer.json()["version"]) == (name, parent["name"], 2)
    assert api.patch(path, json={"name": "x"}, headers={"If-Match": '"1"'}).status_code == 412
    assert api.patch(path, json={"parent": None}, headers={"If-Match": '"2"'}).json()["parent"] is None
    # a name may change its case
    assert api.patch(path, json={"name": name.upper()}, headers={"If-Match": "*"}).status_code == 200
    assert events(db, "category", child["id"]) == ["created", "updated", "updated", "updated"]


def test_no_circle_and_not_too_deep(api):
    chain = [new_category(api)]
    for _ in range(11):
        chain.append(new_category(api, parent_id=chain[-1]["id"]))
    answer = api.post("/v1/categories", json={"name": unique("deep"), "parent_id": chain[-1]["id"]})
    assert wrong(answer, 422) == {"/parent_id": "too_deep"}
    for below in (chain[0], chain[5]):
        answer = api.patch(f"/v1/categories/{chain[0]['id']}", json={"parent_id": below["id"]},
                           headers={"If-Match": "*"})
        assert wrong(answer, 422) == {"/parent_id": "circular"}
    other = new_category(api)
    answer = api.patch(f"/v1/categories/{chain[0]['id']}", json={"parent": other["name"]},
                       headers={"If-Match": "*"})
    assert wrong(answer, 422) == {"/parent": "too_deep"}


def test_two_moves_at_once_make_no_circle(api, new_api):
    for _ in range(10):
        a, b = new_category(api), new_category(api)
        start, statuses = threading.Barrier(2), []

        def move(client, what, to, barrier=start, out=statuses):
            barrier.wait()
            out.append(client.patch(f"/v1/categories/{what['id']}", json={"parent_id": to["id"]},
                                    headers={"If-Match": "*"}).status_code)

        threads = [threading.Thread(target=move, args=(new_api(), *pair)) for pair in ((a, b), (b, a))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [200, 422]


def test_deleted_only_when_nothing_belongs_to_it(api, db):
    category = new_category(api)
    path = f"/v1/categories/{category['id']}"
    item, child = new_item(api, category_id=category["id"]), new_category(api, parent_id=category["id"])
    assert api.delete(path).status_code == 428
    answer = api.delete(path, headers={"If-Match": '"1"'})
    assert answer.status_code == 409
    assert answer.json()["detail"] == "1 item and 1 category belong to this category."
    api.patch(f"/v1/items/{item['id']}", json={"category_id": None}, headers={"If-Match": "*"})
    assert api.delete(f"/v1/categories/{child['id']}", headers={"If-Match": '"1"'}).status_code == 204
    assert api.delete(path, headers={"If-Match": '"2"'}).status_code == 412
    answer = api.delete(path, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.content) == (204, b"")
    assert api.get(path).status_code == 404
    assert events(db, "category", category["id"]) == ["created", "deleted"]


def test_what_is_put_into_a_category_that_goes_is_told_that_it_is_unknown(api, new_api):
    statuses = {"delete": [], "create": []}

    def ask(start, out, send):
        start.wait()
        out.append(send().status_code)

    for _ in range(30):
        category = new_category(api)
        path, start = f"/v1/categories/{category['id']}", threading.Barrier(4)
        jobs = [("delete", lambda a, p=path: a.delete(p, headers={"If-Match": "*"}))] + [
            ("create", lambda a, c=category: a.post("/v1/items", json={"sku": unique("S"), "name": "x",
                                                                       "category_id": c["id"]}))] * 3
        threads = [threading.Thread(target=ask, args=(start, statuses[kind], lambda s=send, a=new_api(): s(a)))
                   for kind, send in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert set(statuses["create"]) <= {201, 422} and set(statuses["delete"]) <= {204, 409}, statuses
    assert len(set(statuses["create"])) == 2, "they never met"


def test_lists(api):
    parent = new_category(api)
    rows = [new_category(api, parent_id=parent["id"]) for _ in range(7)]
    for sort in ("name", "-name", "id", "-id"):
        found = walk(api, "/v1/categories", parent=parent["name"], sort=sort, limit=3)
        assert sorted(row["id"] for row in found) == [row["id"] for row in rows]
        keys = [row[sort.lstrip("-")] for row in found]
        if sort.endswith("id"):
            assert keys == sorted(keys, reverse=sort[0] == "-")
    assert [row["id"] for row in walk(api, "/v1/categories", q=rows[2]["name"].upper())] == [rows[2]["id"]]
    assert [row["id"] for row in walk(api, "/v1/categories", name=rows[2]["name"])] == [rows[2]["id"]]
