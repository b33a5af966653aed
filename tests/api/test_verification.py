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


def faults(api):
    """{code: id of the first} of a ledger whose balances agree."""
    result = verify(api)
    assert result["ok"] is False and result["differences"] == []
    assert all(fault["count"] >= 1 and str(fault["first"]) in fault["detail"] for fault in result["faults"])
    return {fault["code"]: fault["first"] for fault in result["faults"]}


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


@pytest.fixture
def idle(api, make):
    """A movement whose lines cancel out, so that no balance misses it."""
    item, place = make.stock("3")
    other = make.location()
    there = {"sku": item["sku"], "from": place["code"], "to": other["code"], "quantity": "1"}
    back = {**there, "from": other["code"], "to": place["code"]}
    return api.post("/v1/movements", json={"type": "transfer", "lines": [there, back]}).json()["id"]


def test_a_movement_that_is_gone_without_its_lines(api, db, idle):
    with rows_of(db, "movement", "id = %s", idle) as cursor:
        cursor.execute("DELETE FROM movement WHERE id = %s", (idle,))
        assert faults(api) == {"line_without_movement": idle, "event_without_movement": idle}


def test_a_movement_that_is_gone_with_its_lines(api, db, idle):
    with rows_of(db, "movement", "id = %s", idle) as cursor, \
            rows_of(db, "movement_line", "movement_id = %s", idle), \
            rows_of(db, "movement_place", "movement_id = %s", idle):
        for table, column in (("movement", "id"), ("movement_line", "movement_id"), ("movement_place", "movement_id")):
            cursor.execute(f"DELETE FROM {table} WHERE {column} = %s", (idle,))
        assert faults(api) == {"event_without_movement": idle}


def test_a_movement_without_lines_that_says_so(api, db, idle):
    with rows_of(db, "movement", "id = %s", idle) as cursor, rows_of(db, "movement_line", "movement_id = %s", idle):
        cursor.execute("DELETE FROM movement_line WHERE movement_id = %s", (idle,))
        cursor.execute("UPDATE movement SET line_count = 0 WHERE id = %s", (idle,))
        assert faults(api) == {"incomplete_movement": idle, "place_without_line": idle}


def test_lines_whose_numbers_have_a_gap(api, db, idle):
    with rows_of(db, "movement_line", "movement_id = %s", idle) as cursor:
        cursor.execute("UPDATE movement_line SET line_no = 3 WHERE movement_id = %s AND line_no = 2", (idle,))
        assert faults(api) == {"incomplete_movement": idle}


def test_a_place_too_many(api, db, make, idle):
    with rows_of(db, "movement_place", "movement_id = %s", idle) as cursor:
        cursor.execute("INSERT INTO movement_place (location_id, movement_id) VALUES (%s, %s)",
                       (make.location()["id"], idle))
        assert faults(api) == {"place_without_line": idle}


def test_a_line_from_a_location_that_there_is_not(api, db, stock):
    _, _, movement = stock
    with rows_of(db, "movement_line", "movement_id = %s", movement["id"]) as cursor, \
            rows_of(db, "movement", "id = %s", movement["id"]):
        cursor.execute("UPDATE movement_line SET to_id = 50 WHERE movement_id = %s", (movement["id"],))
        cursor.execute("UPDATE movement SET to_id = 50 WHERE id = %s", (movement["id"],))
        assert faults(api) == {"unknown_item_or_location": movement["id"]}


@pytest.fixture
def reversed_(api, stock):
    """(id of a movement, id of its reversal, id of another movement)"""
    item, place, movement = stock
    reversal = api.post(f"/v1/movements/{movement['id']}/reverse", json={}).json()
    return movement["id"], reversal["id"], receive(api, item, place, "1")["id"]


def test_a_reversal_that_names_another_movement(api, db, reversed_):
    original, reversal, other = reversed_
    with rows_of(db, "movement_reversal", "reversal_id = %s", reversal) as cursor:
        for named in (other, 2**40):
            cursor.execute("UPDATE movement_reversal SET original_id = %s WHERE reversal_id = %s", (named, reversal))
            assert faults(api) == {"wrong_reversal": reversal}
        cursor.execute("DELETE FROM movement_reversal WHERE reversal_id = %s", (reversal,))
        assert faults(api) == {"reversal_of_nothing": reversal}


def test_a_reversal_that_is_called_something_else(api, db, reversed_):
    _, reversal, _ = reversed_
    with rows_of(db, "movement", "id = %s", reversal) as cursor:
        cursor.execute("UPDATE movement SET type = 'issue' WHERE id = %s", (reversal,))
        assert faults(api) == {"wrong_reversal": reversal}


def test_a_balance_below_zero_that_its_lines_agree_with(api, db, stock):
    item, place, movement = stock
    with rows_of(db, "movement_line", "movement_id = %s", movement["id"]) as cursor, \
            rows_of(db, "stock_level", "item_id = %s", item["id"]):
        cursor.execute("SET check_constraint_checks = 0")
        try:
            cursor.execute("UPDATE movement_line SET quantity = 11 WHERE movement_id = %s", (movement["id"],))
            cursor.execute("UPDATE stock_level SET on_hand = -1 WHERE item_id = %s", (item["id"],))
        finally:
            cursor.execute("SET check_constraint_checks = 1")
        assert faults(api) == {"impossible_balance": item["id"]}


def test_a_balance_of_an_archived_item(api, db, stock):
    item, _, _ = stock
    with rows_of(db, "stock_level", "item_id = %s", item["id"]) as cursor:
        cursor.execute("UPDATE item SET status = 'archived' WHERE id = %s", (item["id"],))
        try:
            assert faults(api) == {"balance_of_archived": item["id"]}
        finally:
            cursor.execute("UPDATE item SET status = 'active' WHERE id = %s", (item["id"],))


def test_sums_that_no_quantity_holds(api, db, stock):
    item, place, movement = stock
    with rows_of(db, "movement_line", "movement_id = %s", movement["id"]) as cursor:
        for n in range(2, 14):
            cursor.execute("INSERT INTO movement_line SELECT movement_id, %s, item_id, lot_id, to_id, from_id,"
                           " 999999999999.999999 FROM movement_line WHERE movement_id = %s AND line_no = 1",
                           (n, movement["id"]))
        assert found(api) == [(item["sku"], place["code"], "7.5", "12000000000007.499988")]
