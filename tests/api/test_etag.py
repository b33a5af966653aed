"""ETag, If-Match and If-None-Match, on everything that has an address of its own."""

import pytest

from catalogue import new_category, unique
from client import Crowd

KINDS = ["items", "categories", "locations"]


def new(api, make, kind):
    """(path, a change that would do)"""
    if kind == "items":
        return f"/v1/items/{make.item()['id']}", {"name": unique("name")}
    if kind == "categories":
        return f"/v1/categories/{new_category(api)['id']}", {"name": unique("name")}
    return f"/v1/locations/{make.location()['id']}", {"name": unique("name")}


@pytest.mark.parametrize("kind", KINDS)
def test_a_write_needs_what_was_read(api, make, kind):
    path, change = new(api, make, kind)
    old = api.get(path)
    tag = old.headers["ETag"]
    assert tag.startswith('"') and tag.endswith('"')
    assert api.patch(path, json=change).status_code == 428
    done = api.patch(path, json=change, headers={"If-Match": tag})
    assert done.status_code == 200 and done.headers["ETag"] != tag
    assert done.json()["version"] == old.json()["version"] + 1
    assert api.get(path).headers["ETag"] == done.headers["ETag"]
    stale = api.patch(path, json={"name": unique("name")}, headers={"If-Match": tag})
    assert stale.status_code == 412
    assert api.get(path).json() == done.json()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tag", ['W/{}', '{}x', 'x', '"', '""', '"0-0"', '"-1-x"', '"99999999999999999999-x"', "{}, x"])
def test_what_is_no_tag_of_it(api, make, kind, tag):
    path, change = new(api, make, kind)
    before = api.get(path)
    tag = tag.format(before.headers["ETag"])
    answer = api.patch(path, json=change, headers={"If-Match": tag})
    assert answer.status_code == 412, answer.text
    assert api.get(path).json() == before.json()


@pytest.mark.parametrize("kind", KINDS)
def test_star_is_whatever_is_there(api, make, kind):
    path, change = new(api, make, kind)
    assert api.patch(path, json=change, headers={"If-Match": "*"}).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_not_modified(api, make, kind):
    path, change = new(api, make, kind)
    tag = api.get(path).headers["ETag"]
    for given in (tag, "W/" + tag, "*", f'"x", {tag}'):
        answer = api.get(path, headers={"If-None-Match": given})
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
    assert api.get(path, headers={"If-None-Match": '"x"'}).status_code == 200
    api.patch(path, json=change, headers={"If-Match": tag})
    assert api.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_a_movement_is_not_modified_until_it_is_reversed(api, make):
    item, place = make.item(), make.location()
    path = f"/v1/movements/{make.receive(item, place, '1')['id']}"
    tag = api.get(path).headers["ETag"]
    assert api.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert api.post(path + "/reverse", json={}).status_code == 201
    answer = api.get(path, headers={"If-None-Match": tag})
    assert answer.status_code == 200 and answer.json()["reversed_by"]


@pytest.mark.parametrize("kind", KINDS)
def test_of_many_stale_writes_one_wins(api, bare, make, kind):
    path, _ = new(api, make, kind)
    tag = api.get(path).headers["ETag"]
    answers = Crowd(16).run(lambda i: bare().ask("PATCH", path, {"name": unique("name")}, If_Match=tag))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] + [412] * 15
    won = next(answer for answer in answers if answer.status_code == 200)
    assert api.get(path).json() == won.json()


@pytest.mark.parametrize("what", ["items", "locations"])
def test_archiving_takes_a_precondition(api, make, what):
    path, change = new(api, make, what)
    tag = api.get(path).headers["ETag"]
    api.patch(path, json=change, headers={"If-Match": tag})
    assert api.post(path + "/archive", headers={"If-Match": tag}).status_code == 412
    assert api.get(path).json()["status"] == "active"
    assert api.post(path + "/archive", headers={"If-Match": api.get(path).headers["ETag"]}).status_code == 200


def test_deleting_a_category(api):
    path = f"/v1/categories/{new_category(api)['id']}"
    assert api.delete(path).status_code == 428
    assert api.delete(path, headers={"If-Match": '"7-x"'}).status_code == 412
    answer = api.delete(path, headers={"If-Match": api.get(path).headers["ETag"]})
    assert (answer.status_code, answer.content) == (204, b"")
    assert api.get(path).status_code == 404
