"""A POST with an Idempotency-Key has its effect once, however often and however many at a time it is sent."""

import pytest

from catalogue import made, new_item, new_location, receive, unique, walk, wrong
from client import Crowd

pytestmark = pytest.mark.usefixtures("ledger_is_clean")


def body(item, place, quantity="1", **fields):
    return {"type": "receipt", **fields, "lines": [
        {"sku": item["sku"], "from": "@supplier", "to": place["code"], "quantity": quantity}]}


def send(api, key, json, path="/v1/movements"):
    return api.post(path, json=json, headers={"Idempotency-Key": key})


def replayed(answer):
    assert answer.headers.get("Idempotency-Replayed") in (None, "true")
    return "Idempotency-Replayed" in answer.headers


@pytest.fixture
def item(api):
    return new_item(api)


@pytest.fixture
def place(api):
    return new_location(api)


def test_a_replay_gives_the_first_answer(api, item, place, on_hand):
    key = unique("key")
    first = send(api, key, body(item, place, "3", reference="ünï \"cödé\""))
    again = send(api, key, body(item, place, "3", reference="ünï \"cödé\""))
    assert (first.status_code, again.status_code) == (201, 201)
    assert not replayed(first) and replayed(again)
    assert again.json() == first.json() and again.content == first.content
    assert again.headers["Location"] == first.headers["Location"] == f"/v1/movements/{first.json()['id']}"
    assert on_hand(item, place) == "3"
    assert len(walk(api, "/v1/movements", sku=item["sku"])) == 1


def test_another_body_with_the_key_is_refused(api, item, place, on_hand):
    key = unique("key")
    assert send(api, key, body(item, place, "3")).status_code == 201
    answer = send(api, key, body(item, place, "4"))
    assert answer.status_code == 422 and answer.headers["Content-Type"] == "application/problem+json"
    assert not replayed(answer)
    assert on_hand(item, place) == "3"


def test_the_key_of_one_address_is_refused_at_another(api, item, place, on_hand):
    key = unique("key")
    receipt = made(send(api, key, body(item, place)))
    assert send(api, key, {}, f"/v1/movements/{receipt['id']}/reverse").status_code == 422
    assert on_hand(item, place) == "1"


def test_a_refusal_leaves_the_key_free(api, item, place, on_hand):
    key = unique("key")
    take = {"type": "issue", "lines": [{"sku": item["sku"], "from": place["code"], "to": "@customer",
                                        "quantity": "2"}]}
    assert send(api, key, take).status_code == 409
    receive(api, item, place, "3")
    answer = send(api, key, take)
    assert answer.status_code == 201 and not replayed(answer)
    assert replayed(send(api, key, take))
    assert on_hand(item, place) == "1"


def test_a_replay_does_not_need_what_the_first_took(api, item, place, on_hand):
    """The stock is gone and the key is known: the answer is the first one, not a refusal."""
    receive(api, item, place, "2")
    key = unique("key")
    take = {"type": "issue", "lines": [{"sku": item["sku"], "from": place["code"], "to": "@customer",
                                        "quantity": "2"}]}
    first, again = send(api, key, take), send(api, key, take)
    assert again.status_code == 201 and replayed(again) and again.json() == first.json()
    assert on_hand(item, place) == "0"


def test_a_replay_does_not_need_the_names(api, bare, item, place):
    """What was posted has been: archiving the item since does not change the answer."""
    key, take_key = unique("key"), unique("key")
    first = send(api, key, body(item, place, "2"))
    take = {"type": "issue", "lines": [{"sku": item["sku"], "from": place["code"], "to": "@customer",
                                        "quantity": "2"}]}
    second = send(api, take_key, take)
    assert api.post(f"/v1/items/{item['id']}/archive").status_code == 200
    for kept, one_key, json in ((first, key, body(item, place, "2")), (second, take_key, take)):
        # at once, so that they reach workers that have never heard of the item
        answers = Crowd(16).run(lambda _, json=json, key=one_key: bare().post("/v1/movements", json,
                                                                             Idempotency_Key=key))
        for answer in answers:
            assert answer.status_code == 201 and replayed(answer), answer.text
            assert answer.text == kept.text
    mistaken = send(api, key, body(item, place, "3"))
    assert mistaken.status_code == 422 and mistaken.json()["type"] == "/problems/idempotency-key-reused"
    assert wrong(send(api, unique("key"), take), 422) == {"/lines/0/sku": "archived"}


def test_a_replay_shows_the_movement_as_it_was(api, item, place):
    """Reversed since, the answer is still the first one."""
    key = unique("key")
    first = send(api, key, body(item, place, "2"))
    made(send(api, unique("key"), {}, f"/v1/movements/{first.json()['id']}/reverse"))
    again = send(api, key, body(item, place, "2"))
    assert replayed(again) and again.text == first.text
    assert api.get(f"/v1/movements/{first.json()['id']}").json()["reversed_by"]


def test_reversing(api, item, place, on_hand):
    receipt, key = receive(api, item, place, "2"), unique("key")
    path = f"/v1/movements/{receipt['id']}/reverse"
    first, again = send(api, key, {"reason": "x"}, path), send(api, key, {"reason": "x"}, path)
    assert (first.status_code, again.status_code) == (201, 201) and replayed(again)
    assert again.json() == first.json()
    assert send(api, unique("key"), {"reason": "x"}, path).status_code == 409
    assert on_hand(item, place) == "0"


@pytest.mark.parametrize("how,fields,status", [("adjust", {"delta": "2.5"}, 201),
                                               ("set", {"quantity": "2.5", "expected": "0"}, 200)])
def test_corrections(api, item, place, on_hand, how, fields, status):
    json, key = {"sku": item["sku"], "location": place["code"], **fields}, unique("key")
    first, again = (send(api, key, json, f"/v1/stock/{how}") for _ in range(2))
    assert (first.status_code, again.status_code) == (status, status), again.text
    assert not replayed(first) and replayed(again) and again.json() == first.json()
    assert on_hand(item, place) == "2.5"


def test_setting_what_is_there(api, item, place):
    json, key = {"sku": item["sku"], "location": place["code"], "quantity": "2", "expected": "2"}, unique("key")
    receive(api, item, place, "2")
    first = send(api, key, json, "/v1/stock/set")
    receive(api, item, place, "1")
    again = send(api, key, json, "/v1/stock/set")
    assert (first.status_code, first.json()) == (200, {"id": None})
    assert again.status_code == 200 and replayed(again) and again.text == first.text


@pytest.mark.parametrize("path,fields", [("/v1/items", {"name": "Thing", "sku": None}),
                                         ("/v1/locations", {"kind": "bin", "code": None}),
                                         ("/v1/categories", {"name": None})])
def test_making_things(api, path, fields):
    key = unique("key")
    json = {name: value or unique("once") for name, value in fields.items()}
    first, again = send(api, key, json, path), send(api, key, json, path)
    assert (first.status_code, again.status_code) == (201, 201), again.text
    assert replayed(again) and again.json() == first.json()
    assert again.headers["Location"] == first.headers["Location"] == f"{path}/{first.json()['id']}"


@pytest.mark.parametrize("key", ["k" * 255, "!\"#$%&'()~", "00000000-0000-0000-0000-000000000000"])
def test_keys(api, item, place, key, on_hand):
    key = (unique("key") + key)[:255]
    assert made(send(api, key, body(item, place))) == made(send(api, key, body(item, place)))
    assert on_hand(item, place) == "1"


@pytest.mark.parametrize("key", ["k" * 256, "two words", "k\u00e9y"])
def test_bad_keys(api, item, place, key, on_hand):
    answer = send(api, key.encode("latin-1"), body(item, place))
    assert answer.status_code == 400, answer.text
    assert on_hand(item, place) == "0"


def test_keys_are_compared_exactly(api, item, place, on_hand):
    key = unique("Key")
    ids = {made(send(api, k, body(item, place)))["id"] for k in (key, key.upper(), key.lower())}
    assert len(ids) == 3 and on_hand(item, place) == "3"


@pytest.mark.parametrize("kind", ["receipt", "issue"])
def test_32_at_once_with_one_key(api, bare, item, place, on_hand, kind):
    receive(api, item, place, "5")
    for _ in range(5):
        before, key = float(on_hand(item, place)), unique("key")
        json = body(item, place) if kind == "receipt" else {"type": "issue", "lines": [
            {"sku": item["sku"], "from": place["code"], "to": "@customer", "quantity": "1"}]}
        answers = Crowd(32).run(lambda _, json=json, key=key: bare().post("/v1/movements", json,
                                                                         Idempotency_Key=key))
        assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
        assert len({answer.text for answer in answers}) == 1
        assert sum(not replayed(answer) for answer in answers) == 1
        assert float(on_hand(item, place)) == before + (1 if kind == "receipt" else -1)


def test_32_at_once_with_one_key_and_two_bodies(bare, item, place, on_hand):
    key = unique("key")
    answers = Crowd(32).run(lambda i: bare().post("/v1/movements", body(item, place, str(1 + i % 2)),
                                                  Idempotency_Key=key))
    assert sorted({answer.status_code for answer in answers}) == [201, 422]
    assert len({answer.text for answer in answers if answer.status_code == 201}) == 1
    assert on_hand(item, place) in ("1", "2")
    assert sum(answer.status_code == 201 for answer in answers) == 16
