import datetime
import random

import pytest

import client
from catalogue import events, issue, made, naughty_strings, new_item, new_location, receive, unique, walk, wrong


def line(item, origin, to, quantity="1"):
    name = lambda place: place if isinstance(place, str) else place["code"]
    return {"sku": item["sku"], "from": name(origin), "to": name(to), "quantity": quantity}


def post(api, kind, *lines, **fields):
    return api.post("/v1/movements", json={"type": kind, "lines": list(lines), **fields})


def levels(api, **params):
    return {(row["sku"], row["location"]): row["on_hand"] for row in walk(api, "/v1/stock-levels", **params)}


def on_hand(api, item, place):
    return levels(api, sku=item["sku"], location=place["code"]).get((item["sku"], place["code"]), "0")


def short(answer):
    """{pointer: available} of a refusal for want of stock."""
    assert answer.status_code == 409, answer.text
    assert answer.json()["type"] == "/problems/insufficient-stock"
    assert {e["code"] for e in answer.json()["errors"]} == {"insufficient_stock"}
    return {e["pointer"]: e["available"] for e in answer.json()["errors"]}


@pytest.fixture
def item(api):
    return new_item(api)


@pytest.fixture
def place(api):
    return new_location(api)


@pytest.fixture(autouse=True)
def ledger_agrees(api):
    yield
    answer = api.get("/v1/ledger/verification")
    assert answer.status_code == 200 and answer.json()["ok"], answer.text


# ---- posting ----

def test_receipt_transfer_issue(api, db, item, place):
    other = new_location(api)
    answer = post(api, "receipt", line(item, "@supplier", place, "40"), reference="PO-17", reason="ordered")
    receipt = made(answer)
    assert answer.headers["Location"] == f"/v1/movements/{receipt['id']}"
    assert (receipt["type"], receipt["reference"], receipt["reason"]) == ("receipt", "PO-17", "ordered")
    assert (receipt["reverses"], receipt["reversed_by"], receipt["line_count"]) == (None, None, 1)
    assert receipt["lines"] == [{"sku": item["sku"], "item_id": item["id"], "from": "@supplier",
                                 "to": place["code"], "quantity": "40"}]
    made(post(api, "transfer", line(item, place, other, "15.5")))
    made(post(api, "issue", line(item, other, "@customer", "5.25")))
    assert levels(api, sku=item["sku"]) == {(item["sku"], place["code"]): "24.5",
                                            (item["sku"], other["code"]): "10.25"}
    assert api.get(f"/v1/items/{item['id']}").json()["on_hand"] == "34.75"
    assert api.get(answer.headers["Location"]).json() == receipt
    assert events(db, "movement", receipt["id"]) == ["posted"]


@pytest.mark.parametrize("kind,origin,to", [("return", "@customer", None), ("production", "@production", None),
                                            ("adjustment", "@adjustment", None), ("scrap", None, "@scrap")])
def test_the_other_types(api, item, place, kind, origin, to):
    receive(api, item, place, "5")
    movement = made(post(api, kind, line(item, origin or place, to or place, "2")))
    assert movement["type"] == kind
    assert on_hand(api, item, place) == ("3" if to else "7")


def test_a_line_may_name_its_item_by_id(api, item, place):
    movement = made(post(api, "receipt", {"item_id": item["id"], "from": "@supplier", "to": place["code"],
                                          "quantity": 3}))
    assert movement["lines"][0]["sku"] == item["sku"]


@pytest.mark.parametrize("given,shown", [("0.125", "0.125"), ("1.500", "1.5"), ("0.000001", "0.000001"),
                                         (7, "7"), ("999999999999.999999", "999999999999.999999")])
def test_quantities_are_exact(api, item, place, given, shown):
    movement = receive(api, item, place, given)
    assert movement["lines"][0]["quantity"] == shown
    assert on_hand(api, item, place) == shown
    made(issue(api, item, place, given))
    assert on_hand(api, item, place) == "0"


@pytest.mark.parametrize("quantity,code", [
    ("0", "not_positive"), ("-1", "not_positive"), (0, "not_positive"), ("0.0000001", "too_precise"),
    ("1.2345678", "too_precise"), (1.5, "wrong_type"), (1e3, "wrong_type"), ("1000000000000", "too_large"),
    ("1e3", "not_a_number"), ("", None), ("ten", "not_a_number"), ("NaN", "not_a_number"), (" 1", "not_a_number"),
    ("1,5", "not_a_number"), (None, "required"), (True, "wrong_type"), ([1], "wrong_type"), ({}, "wrong_type")])
def test_quantities_refused(api, item, place, quantity, code):
    errors = wrong(post(api, "receipt", line(item, "@supplier", place, quantity)), 422)
    assert list(errors) == ["/lines/0/quantity"]
    assert code is None or errors["/lines/0/quantity"] == code


def test_a_balance_has_an_upper_end(api, item, place):
    receive(api, item, place, "999999999999.999999")
    answer = post(api, "receipt", line(item, "@supplier", place, "0.000001"))
    assert answer.status_code == 409, answer.text
    assert on_hand(api, item, place) == "999999999999.999999"
    answer = post(api, "receipt", *[line(item, "@supplier", place, "999999999999")] * 2)
    assert wrong(answer, 422) == {"/lines": "too_large"}


def test_every_mistake_of_a_batch_is_named_at_once(api, item, place):
    nothing = unique("none")
    answer = post(api, "receipt",
                  line(item, "@supplier", place),
                  line({"sku": nothing}, "@supplier", place),
                  line(item, nothing, place),
                  line(item, "@supplier", nothing),
                  line(item, "@supplier", "@customer"),
                  line(item, place, place))
    assert wrong(answer, 422) == {"/lines/1/sku": "unknown", "/lines/2/from": "unknown", "/lines/3/to": "unknown",
                                  "/lines/4/to": "both_virtual", "/lines/5/to": "same_location"}
    assert on_hand(api, item, place) == "0"


def test_every_mistake_of_form_is_named_at_once(api, item, place):
    answer = post(api, "theft", line(item, "@supplier", place, "0"), {**line(item, "@supplier", place), "x": 1},
                  {"sku": item["sku"], "to": place["code"], "quantity": "1"}, 7,
                  reference=7, occurred_at="yesterday", colour="red")
    assert wrong(answer, 422) == {
        "/type": "invalid_choice", "/reference": "wrong_type", "/occurred_at": "invalid_time", "/colour": "unknown",
        "/lines/0/quantity": "not_positive", "/lines/1/x": "unknown", "/lines/2/from": "required",
        "/lines/3": "wrong_type"}


def test_mistakes_of_form_and_of_meaning_are_named_together(api, item, place):
    nothing = unique("none")
    gone = new_item(api)
    assert api.post(f"/v1/items/{gone['id']}/archive").status_code == 200
    answer = post(api, "receipt", line({"sku": nothing}, "@supplier", place, "x"),
                  line(item, nothing, place, "-1"),
                  line(item, place, place, "0"),
                  {**line(item, "@supplier", "@customer"), "item_id": "7", "colour": "red"},
                  {"item_id": gone["id"], "from": "@supplier", "to": place["code"], "quantity": "1"},
                  7, occurred_at="2999-01-01T00:00:00Z", colour="red")
    assert wrong(answer, 422) == {
        "/colour": "unknown", "/occurred_at": "in_the_future",
        "/lines/0/sku": "unknown", "/lines/0/quantity": "not_a_number",
        "/lines/1/from": "unknown", "/lines/1/quantity": "not_positive",
        "/lines/2/to": "same_location", "/lines/2/quantity": "not_positive",
        "/lines/3/item_id": "wrong_type", "/lines/3/colour": "unknown", "/lines/3/to": "both_virtual",
        "/lines/4/item_id": "archived", "/lines/5": "wrong_type"}
    assert len(answer.json()["errors"]) == 13


def test_an_item_is_named_by_sku_or_id_not_both(api, item, place):
    both = {"sku": item["sku"], "item_id": item["id"]}
    answer = post(api, "receipt", {**line(item, "@supplier", place), **both})
    assert wrong(answer, 422) == {"/lines/0/item_id": "conflicting"}
    answer = api.post("/v1/stock/adjust", json={**both, "location": place["code"], "delta": "1"})
    assert wrong(answer, 422) == {"/item_id": "conflicting"}
    answer = api.post("/v1/stock-levels/query", json={"lines": [both, {"sku": unique("none"), "item_id": "x"}]})
    assert wrong(answer, 422) == {"/lines/0/item_id": "conflicting", "/lines/1/sku": "unknown",
                                  "/lines/1/item_id": "wrong_type"}


def test_a_line_needs_an_item(api, place):
    answer = post(api, "receipt", {"from": "@supplier", "to": place["code"], "quantity": "1"})
    assert wrong(answer, 422) == {"/lines/0/sku": "required"}


def test_a_movement_has_1_to_1000_lines(api, item, place):
    assert wrong(post(api, "receipt"), 422) == {"/lines": "required"}
    one = line(item, "@supplier", place)
    assert wrong(post(api, "receipt", *[one] * 1001), 422) == {"/lines": "too_many"}
    assert on_hand(api, item, place) == "0"
    movement = made(post(api, "receipt", *[one] * 1000))
    assert movement["line_count"] == len(movement["lines"]) == 1000
    assert on_hand(api, item, place) == "1000"


def test_1000_lines_of_the_longest_names_there_are(api):
    """Each byte of these takes six in the answer."""
    item, origin, to = (make(api, **{name: "".join(random.choices("<>&", k=64))})
                        for make, name in ((new_item, "sku"), (new_location, "code"), (new_location, "code")))
    made(post(api, "receipt", line(item, "@supplier", origin, "1000")))
    lines = [line(item, origin, to, "1") for _ in range(1000)]
    movement = made(api.post("/v1/movements", json={"type": "transfer", "reference": "<" * 120, "reason": "<" * 255,
                                                    "lines": lines}, headers={"Idempotency-Key": unique("key")}))
    assert len(movement["lines"]) == 1000
    assert api.get(f"/v1/movements/{movement['id']}").json() == movement


def test_a_reversal_cannot_be_posted_as_such(api, item, place):
    assert wrong(post(api, "reversal", line(item, "@supplier", place)), 422) == {"/type": "invalid_choice"}


def test_demand_is_summed_per_balance(api, item, place):
    receive(api, item, place, "3")
    answer = post(api, "issue", line(item, place, "@customer", "2"), line(item, place, "@customer", "2"))
    assert short(answer) == {"/lines/0/quantity": "3", "/lines/1/quantity": "3"}
    assert on_hand(api, item, place) == "3"
    made(post(api, "issue", line(item, place, "@customer", "2"), line(item, place, "@customer", "1")))
    assert on_hand(api, item, place) == "0"


def test_what_a_batch_brings_it_may_take(api, item, place):
    other = new_location(api)
    made(post(api, "transfer", line(item, "@supplier", place, "5"), line(item, place, other, "4")))
    assert (on_hand(api, item, place), on_hand(api, item, other)) == ("1", "4")


def test_insufficient_stock_names_what_is_available(api, item, place):
    assert short(issue(api, item, place, "1")) == {"/lines/0/quantity": "0"}
    receive(api, item, place, "2.5")
    assert short(issue(api, item, place, "2.500001")) == {"/lines/0/quantity": "2.5"}


def test_a_batch_is_applied_whole_or_not_at_all(api, db, item, place):
    rich, poor = item, new_item(api)
    receive(api, rich, place, "10")
    receive(api, poor, place, "1")
    with db.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM movement")
        before = cursor.fetchone()
    answer = post(api, "issue", line(rich, place, "@customer", "3"), line(poor, place, "@customer", "2"),
                  line(rich, place, "@customer", "1"))
    assert short(answer) == {"/lines/1/quantity": "1"}
    assert (on_hand(api, rich, place), on_hand(api, poor, place)) == ("10", "1")
    with db.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM movement")
        assert cursor.fetchone() == before


def test_an_archived_item_is_refused(api, item, place):
    assert api.post(f"/v1/items/{item['id']}/archive").status_code == 200
    assert wrong(post(api, "receipt", line(item, "@supplier", place)), 422) == {"/lines/0/sku": "archived"}


def test_a_movement_that_cancels_out_is_refused_to_what_is_archived(api, new_api, item, place):
    """Any worker may remember the item from before: each gets its turn."""
    other = new_location(api)
    both = line(item, place, other, "5"), line(item, other, place, "5")
    receive(api, item, place, "5")
    workers = [new_api() for _ in range(8)]
    for worker in workers:
        assert post(worker, "transfer", *both).status_code == 201
    assert issue(api, item, place, "5").status_code == 201
    assert api.post(f"/v1/items/{item['id']}/archive").status_code == 200
    for worker in workers:
        assert wrong(post(worker, "transfer", *both), 422) == {"/lines/0/sku": "archived", "/lines/1/sku": "archived"}


def test_a_movement_of_an_archived_item_is_not_reversed(api, item, place):
    movement = receive(api, item, place, "5")
    issue(api, item, place, "5")
    api.post(f"/v1/items/{item['id']}/archive")
    answer = api.post(f"/v1/movements/{movement['id']}/reverse", json={})
    assert wrong(answer, 409) == {} and item["sku"] in answer.json()["detail"]


def test_occurred_at_is_kept(api, item, place):
    movement = made(post(api, "receipt", line(item, "@supplier", place), occurred_at="2024-02-29T12:30:00.25+02:00"))
    when = datetime.datetime.fromisoformat(movement["occurred_at"].replace("Z", "+00:00"))
    assert when == datetime.datetime(2024, 2, 29, 10, 30, 0, 250000, datetime.timezone.utc)
    assert movement["recorded_at"] > "2025"
    assert api.get(f"/v1/movements/{movement['id']}").json() == movement
    later = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)).isoformat()
    answer = post(api, "receipt", line(item, "@supplier", place), occurred_at=later)
    assert wrong(answer, 422) == {"/occurred_at": "in_the_future"}


def test_1970_is_a_day_like_any_other(api, item, place):
    for when in ("1969-12-31T00:00:00Z", "1970-01-01T00:00:00Z", "1970-01-02T00:00:00Z"):
        post(api, "receipt", line(item, "@supplier", place), occurred_at=when)
    count = lambda **params: len(walk(api, "/v1/movements", sku=item["sku"], **params))
    assert count(occurred_before="1970-01-01T00:00:00Z") == 1
    assert count(occurred_from="1970-01-01T00:00:00Z") == 2


def test_sums_may_be_larger_than_any_balance(api, browser, item):
    """Ten balances at the largest quantity sum to more than 64 bits hold in millionths."""
    most = "999999999999.999999"
    places = [new_location(api) for _ in range(10)]
    for place in places:
        made(post(api, "receipt", line(item, "@supplier", place, most)))
    assert api.get(f"/v1/items/{item['id']}").json()["on_hand"] == "9999999999999.99999"
    assert item["id"] in [row["id"] for row in api.get("/v1/items", params={"sku": item["sku"]}).json()["data"]]
    answer = api.post("/v1/stock-levels/query", json={"lines": [{"sku": item["sku"]}]})
    assert answer.json()["data"][0]["available"] == "9999999999999.99999"
    for path in ("/", "/items", f"/items/{item['id']}", f"/items/{item['id']}?location={places[0]['id']}"):
        assert browser.get(path).status_code == 200
    assert "9999999999999.99999" in browser.get(f"/items/{item['id']}").text
    for place in places:
        made(issue(api, item, place, most))


@pytest.mark.parametrize("field,most", [("reference", 120), ("reason", 255)])
def test_naughty_texts_come_back_unchanged(api, item, place, field, most):
    for text in naughty_strings():
        answer = post(api, "receipt", line(item, "@supplier", place), **{field: text})
        if answer.status_code == 422:
            assert any(ord(c) < 32 or ord(c) == 127 for c in text) or len(text) > most, repr(text)
        else:
            movement = made(answer)
            assert movement[field] == text
            assert api.get(f"/v1/movements/{movement['id']}").json()[field] == text


# ---- reversing ----

def test_a_movement_is_reversed_once(api, item, place):
    other = new_location(api)
    receipt = made(post(api, "receipt", line(item, "@supplier", place, "4"), line(item, "@supplier", other, "2.5")))
    answer = api.post(f"/v1/movements/{receipt['id']}/reverse", json={"reason": "typed twice"})
    back = made(answer)
    assert (back["type"], back["reverses"], back["reason"]) == ("reversal", receipt["id"], "typed twice")
    assert {(row["from"], row["to"], row["quantity"]) for row in back["lines"]} == {
        (place["code"], "@supplier", "4"), (other["code"], "@supplier", "2.5")}
    assert api.get(f"/v1/movements/{receipt['id']}").json()["reversed_by"] == back["id"]
    again = api.post(f"/v1/movements/{receipt['id']}/reverse", json={})
    assert again.status_code == 409 and str(back["id"]) in again.json()["detail"]
    assert api.post(f"/v1/movements/{back['id']}/reverse", json={}).status_code in (409, 422)
    assert on_hand(api, item, place) == on_hand(api, item, other) == "0"


def test_what_is_gone_cannot_be_reversed(api, item, place):
    receipt = receive(api, item, place, "4")
    made(issue(api, item, place, "1"))
    answer = api.post(f"/v1/movements/{receipt['id']}/reverse", json={})
    assert list(short(answer).values()) == ["3"]
    assert on_hand(api, item, place) == "3"
    assert api.get(f"/v1/movements/{receipt['id']}").json()["reversed_by"] is None


def test_there_is_no_such_movement(api):
    assert api.get("/v1/movements/999999999").status_code == 404
    assert api.post("/v1/movements/999999999/reverse", json={}).status_code == 404


# ---- reading ----

def test_a_movement_has_an_etag(api, item, place):
    receipt = receive(api, item, place, "1")
    path = f"/v1/movements/{receipt['id']}"
    tag = api.get(path).headers["ETag"]
    assert api.get(path, headers={"If-None-Match": tag}).status_code == 304
    made(api.post(path + "/reverse", json={}))
    answer = api.get(path, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    api.patch(f"/v1/items/{item['id']}", json={"sku": unique("NEW")}, headers={"If-Match": "*"})
    assert api.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200


def test_list_filters(api, item, place):
    other, reference = new_location(api), unique("PO")
    first = made(post(api, "receipt", line(item, "@supplier", place, "9"), reference=reference,
                      occurred_at="2024-05-01T00:00:00Z"))
    second = made(post(api, "transfer", line(item, place, other, "4"), occurred_at="2024-05-02T00:00:00Z"))
    third = made(post(api, "issue", line(item, place, "@customer", "4"), occurred_at="2024-05-03T00:00:00Z"))
    by = lambda **params: [row["id"] for row in walk(api, "/v1/movements", **params)]
    first, second, third = (movement["id"] for movement in (first, second, third))
    assert by(sku=item["sku"]) == by(item_id=item["id"]) == [third, second, first]
    assert by(sku=item["sku"], limit=1) == [third, second, first]
    assert by(location=other["code"]) == by(location_id=other["id"]) == [second]
    assert by(sku=item["sku"], location=place["code"]) == [third, second, first]
    assert by(sku=item["sku"], type="issue") == [third]
    assert by(reference=reference) == [first]
    assert by(sku=item["sku"], occurred_from="2024-05-02T00:00:00Z") == [third, second]
    assert by(sku=item["sku"], occurred_before="2024-05-02T00:00:00Z") == [first]
    assert wrong(api.get("/v1/movements", params={"type": "theft", "limit": 201, "colour": "red"}), 422) == {
        "/type": "invalid_choice", "/limit": "too_large", "/colour": "unknown"}


@pytest.mark.parametrize("ends", ["ac", "ac bc", "ac ad", "ac bd", "ab bc", "ab ba", "ac ac ad"])
def test_a_location_lists_each_movement_of_its_lines_once(api, item, ends):
    """Whether lines share an end or not; before and after others, page by page."""
    places = {letter: new_location(api) for letter in "abcd"}
    for place in places.values():
        receive(api, item, place, "100")
    touched = {letter: [] for letter in "abcd"}
    for _ in range(3):
        lines = [line(item, places[origin], places[to]) for origin, to in ends.split()]
        movement = made(post(api, "transfer", *lines))
        for letter in set(ends) - {" "}:
            touched[letter].insert(0, movement["id"])
    for letter, place in places.items():
        by = {"location": place["code"], "type": "transfer"}
        assert [row["id"] for row in walk(api, "/v1/movements", **by)] == touched[letter]
        assert [row["id"] for row in walk(api, "/v1/movements", limit=1, **by)] == touched[letter]
        assert [row["id"] for row in walk(api, "/v1/movements", limit=2, sku=item["sku"], **by)] == touched[letter]
    assert len(walk(api, "/v1/movements", sku=item["sku"], limit=2)) == 7


# ---- balances ----

def test_stock_levels(api, item):
    zone = new_location(api, "zone")
    here, there = new_location(api, parent=zone["code"]), new_location(api, parent=zone["code"])
    outside, other = new_location(api), new_item(api)
    for what, where, quantity in ((item, here, "1"), (item, there, "2"), (item, outside, "4"), (other, here, "8")):
        receive(api, what, where, quantity)
    one, two = item["sku"], other["sku"]
    assert levels(api, item_id=item["id"]) == {(one, here["code"]): "1", (one, there["code"]): "2",
                                               (one, outside["code"]): "4"}
    assert levels(api, location=here["code"]) == {(one, here["code"]): "1", (two, here["code"]): "8"}
    assert levels(api, under=zone["code"], limit=1) == {(one, here["code"]): "1", (one, there["code"]): "2",
                                                        (two, here["code"]): "8"}
    assert levels(api, under=zone["code"], sku=one) == {(one, here["code"]): "1", (one, there["code"]): "2"}
    made(issue(api, item, here, "1"))
    assert (one, here["code"]) not in levels(api, sku=one, non_zero="true")
    row = api.get("/v1/stock-levels", params={"sku": one, "location_id": there["id"]}).json()["data"]
    assert [(r["item_id"], r["location_id"], r["lot"], r["reserved"], r["available"], r["version"])
            for r in row] == [(item["id"], there["id"], None, "0", "2", row[0]["version"])]
    assert wrong(api.get("/v1/stock-levels", params={"under": zone["code"], "location": here["code"]}), 422) == {
        "/under": "conflict"}


def test_stock_levels_of_unknown_names(api):
    params = {"sku": unique("none"), "location": unique("none")}
    answer = api.get("/v1/stock-levels", params=params)
    assert answer.status_code in (200, 422)
    assert answer.status_code == 422 or answer.json()["data"] == []


def test_many_balances_at_once(api, item, place):
    other = new_location(api)
    receive(api, item, place, "3")
    receive(api, item, other, "0.5")
    nothing = new_item(api)
    ask = lambda *lines: api.post("/v1/stock-levels/query", json={"lines": list(lines)})
    answer = ask({"sku": item["sku"], "location": other["code"]}, {"item_id": item["id"]},
                 {"sku": nothing["sku"], "location_id": place["id"]}, {"sku": item["sku"], "location": other["code"]})
    assert answer.status_code == 200, answer.text
    assert [(row["sku"], row["on_hand"]) for row in answer.json()["data"]] == [
        (item["sku"], "0.5"), (item["sku"], "3.5"), (nothing["sku"], "0"), (item["sku"], "0.5")]
    assert wrong(ask({"sku": unique("none")}, {"location": place["code"]}), 422) == {
        "/lines/0/sku": "unknown", "/lines/1/sku": "required"}


# ---- corrections ----

def correct(api, how, item, place, **fields):
    return api.post(f"/v1/stock/{how}", json={"sku": item["sku"], "location": place["code"], **fields})


def test_adjust(api, item, place):
    movement = made(correct(api, "adjust", item, place, delta="4.5", reason="found", reference="C-1"))
    assert (movement["type"], movement["reason"], movement["reference"]) == ("adjustment", "found", "C-1")
    assert (movement["lines"][0]["from"], movement["lines"][0]["to"]) == ("@adjustment", place["code"])
    movement = made(correct(api, "adjust", item, place, delta="-1.5"))
    assert (movement["lines"][0]["from"], movement["lines"][0]["quantity"]) == (place["code"], "1.5")
    assert on_hand(api, item, place) == "3"
    answer = correct(api, "adjust", item, place, delta="-3.000001")
    assert list(short(answer).values()) == ["3"]
    assert wrong(correct(api, "adjust", item, place, delta="0"), 422) == {"/delta": "zero"}
    assert wrong(correct(api, "adjust", {"sku": unique("none")}, {"code": unique("none")}, delta="1"), 422) == {
        "/sku": "unknown", "/location": "unknown"}
    assert wrong(correct(api, "adjust", item, {"code": "@customer"}, delta="1"), 422) == {"/location": "both_virtual"}
    assert wrong(correct(api, "adjust", item, {"code": unique("none")}, delta="0", colour="red"), 422) == {
        "/colour": "unknown", "/delta": "zero", "/location": "unknown"}


def test_set(api, item, place):
    answer = correct(api, "set", item, place, quantity="7", expected="0")
    assert answer.status_code == 200 and answer.json()["lines"][0]["quantity"] == "7", answer.text
    answer = correct(api, "set", item, place, quantity="5", expected="8")
    assert wrong(answer, 409) == {"/expected": "unexpected_quantity"}
    assert answer.json()["errors"][0]["on_hand"] == "7"
    assert on_hand(api, item, place) == "7"
    answer = correct(api, "set", item, place, quantity="5.25", expected="7.0")
    line_ = answer.json()["lines"][0]
    assert (line_["from"], line_["to"], line_["quantity"]) == (place["code"], "@adjustment", "1.75")
    assert on_hand(api, item, place) == "5.25"
    assert wrong(correct(api, "set", item, place, quantity="-1"), 422) == {
        "/quantity": "negative", "/expected": "required"}


def test_setting_what_is_there_posts_nothing(api, item, place):
    receive(api, item, place, "2")
    before = walk(api, "/v1/movements", sku=item["sku"])
    answer = correct(api, "set", item, place, quantity="2", expected="2")
    assert answer.status_code == 200 and answer.json() == {"id": None}
    assert wrong(correct(api, "set", item, place, quantity="3", expected="3"), 409)
    assert wrong(correct(api, "set", item, {"code": "@supplier"}, quantity="3", expected="3",
                         occurred_at="2999-01-01T00:00:00Z"), 422) == {
        "/location": "both_virtual", "/occurred_at": "in_the_future"}
    assert walk(api, "/v1/movements", sku=item["sku"]) == before


@pytest.mark.parametrize("count", [1, 100])
@pytest.mark.parametrize("key", [False, True])
def test_a_posting_of_known_names_is_one_round_trip(stack, item, place, count, key):
    """As docs/decisions/0002-posting.md says. A worker's first may take more: names, the balance, the token
    (which is new, so that none has to be checked anew in the middle)."""
    api = client.Api(stack.url, stack.keep_secret(client.get_token(stack.url, stack.client_id, stack.client_secret)))
    ids = [unique("trip") for _ in range(30)]
    for id_ in ids:
        headers = {"X-Request-Id": id_, **({"Idempotency-Key": id_} if key else {})}
        made(api.post("/v1/movements", headers=headers, json={
            "type": "receipt", "lines": [line(item, "@supplier", place)] * count}))
    taken = {}
    for row in stack.lines("request"):
        if row["request_id"] in ids:
            taken.setdefault(row["pid"], []).append(row["statements"])
    assert sum(map(len, taken.values())) == len(ids)
    warm = [statements for each in taken.values() for statements in each[1:]]
    assert len(warm) >= 20 and set(warm) == {1}, taken
