"""Verification finds what was changed behind the ledger's back."""

import contextlib

import pytest

from catalogue import issue, receive


def verify(api):
    answer = api.get("/v1/ledger/verification", timeout=120)
    assert answer.status_code == 200, answer.text
    return answer.json()


def found(api):
    """[(sku, location, balance, what the ledger says)]"""
    result = verify(api)
    assert result["ok"] is False
    assert result["difference_count"] == len(result["differences"])
    return [(d["sku"], d["location"], d["on_hand"], d["ledger"]) for d in result["differences"]]


@pytest.fixture(autouse=True)
def clean_before_and_after(api):
    assert verify(api)["ok"]
    yield
    assert verify(api)["ok"]


@pytest.fixture
def stock(api, make):
    """An item and its place, with two movements that leave 7.5."""
    item, place = make.stock("10")
    movement = issue(api, item, place, "2.5").json()
    return item, place, movement


@contextlib.contextmanager
def rows_of(db, table, where, *values):
    """Puts the rows back as they were, whatever is done to them meanwhile."""
    with db.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE {where}", values)
        rows, names = cursor.fetchall(), [column[0] for column in cursor.description]
        try:
            yield cursor
        finally:
            cursor.execute(f"DELETE FROM {table} WHERE {where}", values)
            marks = ", ".join(["%s"] * len(names))
            cursor.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)


def test_counts(api, make):
    before = verify(api)
    item, place = make.stock("1")
    receive(api, item, place, "1")
    after = verify(api)
    assert [after[name] - before[name] for name in ("balances", "movements", "lines")] == [1, 2, 2]
    assert (after["difference_count"], after["differences"], after["incomplete_movements"]) == (0, [], 0)


@pytest.mark.parametrize("change,shown", [("on_hand = on_hand + 0.000001", "7.500001"),
                                          ("on_hand = 0", "0"), ("on_hand = 999999999999.999999",
                                                                "999999999999.999999")])
def test_a_balance_that_was_changed(api, db, stock, change, shown):
    item, place, _ = stock
    with rows_of(db, "stock_level", "item_id = %s", item["id"]) as cursor:
        assert cursor.execute(f"UPDATE stock_level SET {change} WHERE item_id = %s", (item["id"],)) == 1
        assert found(api) == [(item["sku"], place["code"], shown, "7.5")]


def test_a_balance_that_is_gone(api, db, stock):
    item, place, _ = stock
    with rows_of(db, "stock_level", "item_id = %s", item["id"]) as cursor:
        assert cursor.execute("DELETE FROM stock_level WHERE item_id = %s", (item["id"],)) == 1
        assert found(api) == [(item["sku"], place["code"], "0", "7.5")]


def test_a_balance_from_nowhere(api, db, make, stock):
    item, _, _ = stock
    other = make.location()
    with rows_of(db, "stock_level", "item_id = %s", item["id"]) as cursor:
        cursor.execute("INSERT INTO stock_level (item_id, location_id, lot_id, on_hand, reserved, version, updated_at)"
                       " SELECT item_id, %s, lot_id, 3, 0, 1, updated_at FROM stock_level WHERE item_id = %s",
                       (other["id"], item["id"]))
        assert found(api) == [(item["sku"], other["code"], "3", "0")]


def test_two_balances_that_were_swapped(api, db, make):
    item, place = make.stock("3")
    other = make.location()
    make.receive(item, other, "5")
    with rows_of(db, "stock_level", "item_id = %s", item["id"]) as cursor:
        cursor.execute("UPDATE stock_level SET on_hand = 8 - on_hand WHERE item_id = %s", (item["id"],))
        assert sorted(found(api)) == sorted([(item["sku"], place["code"], "5", "3"),
                                             (item["sku"], other["code"], "3", "5")])


def test_a_line_that_is_gone(api, db, stock):
    item, place, movement = stock
    with rows_of(db, "movement_line", "movement_id = %s", movement["id"]) as cursor:
        assert cursor.execute("DELETE FROM movement_line WHERE movement_id = %s", (movement["id"],)) == 1
        assert found(api) == [(item["sku"], place["code"], "7.5", "10")]
        assert verify(api)["incomplete_movements"] == 1


def test_lines_that_are_gone_and_cancel_out(api, db, make):
    """The balances still agree; the movement says how many lines it had."""
    item, place = make.stock("3")
    other = make.location()
    there = {"sku": item["sku"], "from": place["code"], "to": other["code"], "quantity": "1"}
    back = {**there, "from": other["code"], "to": place["code"]}
    movement = api.post("/v1/movements", json={"type": "transfer", "lines": [there, back]}).json()
    with rows_of(db, "movement_line", "movement_id = %s", movement["id"]) as cursor:
        cursor.execute("DELETE FROM movement_line WHERE movement_id = %s", (movement["id"],))
        assert found(api) == []
        assert verify(api)["incomplete_movements"] == 1


@pytest.mark.parametrize("change", ["from_id = 3", "to_id = 3", "from_id = NULL", "to_id = NULL"])
def test_a_movement_whose_places_are_not_those_of_its_lines(api, db, stock, change):
    _, _, movement = stock
    with rows_of(db, "movement", "id = %s", movement["id"]) as cursor:
        assert cursor.execute(f"UPDATE movement SET {change} WHERE id = %s", (movement["id"],)) == 1
        assert found(api) == []
        assert verify(api)["incomplete_movements"] == 1


def test_a_place_that_is_gone(api, db, make):
    item, place = make.stock("3")
    lines = [{"sku": item["sku"], "from": place["code"], "to": make.location()["code"], "quantity": "1"}
             for _ in range(2)]
    movement = api.post("/v1/movements", json={"type": "transfer", "lines": lines}).json()
    with rows_of(db, "movement_place", "movement_id = %s", movement["id"]) as cursor:
        assert cursor.execute("DELETE FROM movement_place WHERE movement_id = %s LIMIT 1", (movement["id"],)) == 1
        assert verify(api)["incomplete_movements"] == 1


def test_a_line_that_was_changed(api, db, stock):
    item, place, movement = stock
    with rows_of(db, "movement_line", "movement_id = %s", movement["id"]) as cursor:
        cursor.execute("UPDATE movement_line SET quantity = 2 WHERE movement_id = %s", (movement["id"],))
        assert found(api) == [(item["sku"], place["code"], "7.5", "8")]
