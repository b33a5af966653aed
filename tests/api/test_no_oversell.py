"""No oversell, whatever comes together: clients that take until refused, batches in every order, items and
places that are archived or renamed under way."""

import collections
import random
import threading
import time

import pytest

import stack as parts
from catalogue import receive, unique
from client import Crowd

pytestmark = pytest.mark.usefixtures("ledger_is_clean")

CLIENTS = 64


def line(sku, origin, to, quantity="1"):
    return {"sku": sku, "from": origin, "to": to, "quantity": quantity}


def movement(kind, *lines):
    return {"type": kind, "lines": list(lines)}


def balance(api, item, place):
    answer = api.get("/v1/stock-levels", params={"item_id": item["id"], "location_id": place["id"]})
    return answer.json()["data"][0]["on_hand"]


def take_until_refused(connection, make_body, most=1001):
    """(number of successes, the refusal)."""
    taken = 0
    while taken < most:
        answer = connection.post("/v1/movements", make_body())
        if answer.status_code != 201:
            return taken, answer
        taken += 1
    raise AssertionError("was never refused")


def test_64_clients_take_1000_units(api, bare, make):
    item, place = make.stock("1000")
    body = movement("issue", line(item["sku"], place["code"], "@customer"))
    results = Crowd(CLIENTS).run(lambda i: take_until_refused(bare(), lambda: body))
    assert sum(taken for taken, _ in results) == 1000
    for _, refusal in results:
        assert refusal.status_code == 409, refusal.text
        problem = refusal.json()
        assert problem["type"] == "/problems/insufficient-stock"
        assert [(e["pointer"], e["code"], e["available"]) for e in problem["errors"]] == [
            ("/lines/0/quantity", "insufficient_stock", "0")]
    assert balance(api, item, place) == "0"


def test_64_clients_take_batches_in_random_order(api, bare, make):
    place = make.location()
    items = [make.item() for _ in range(6)]
    for item in items:
        make.receive(item, place, "150")
    used = [collections.Counter() for _ in range(CLIENTS)]

    def client(i):
        dice = random.Random(i)
        connection = bare()
        while True:
            chosen = dice.sample(items, dice.randint(2, 5))
            answer = connection.post("/v1/movements", movement(
                "issue", *(line(item["sku"], place["code"], "@customer") for item in chosen)))
            if answer.status_code != 201:
                return chosen, answer
            used[i].update(item["sku"] for item in chosen)

    results = Crowd(CLIENTS).run(client)
    for chosen, refusal in results:
        assert refusal.status_code == 409, refusal.text
        problem = refusal.json()
        assert problem["type"] == "/problems/insufficient-stock"
        short = {int(e["pointer"].split("/")[2]): e["available"] for e in problem["errors"]}
        assert short and set(short.values()) == {"0"} and max(short) < len(chosen)
    taken = sum(used, collections.Counter())
    for item in items:
        assert taken[item["sku"]] + int(balance(api, item, place)) == 150
    assert any(balance(api, item, place) == "0" for item in items)


def test_transfers_in_both_directions_do_not_deadlock(api, bare, make):
    """Each batch touches the same balances, from and to, in another order."""
    places = [make.location() for _ in range(4)]
    items = [make.item() for _ in range(3)]
    for item in items:
        for place in places:
            make.receive(item, place, "50")

    def client(i):
        dice = random.Random(i)
        connection = bare()
        statuses = collections.Counter()
        for _ in range(8):
            lines = []
            for item in dice.sample(items, dice.randint(1, 3)):
                origin, to = dice.sample(places, 2)
                lines.append(line(item["sku"], origin["code"], to["code"], str(dice.randint(1, 5))))
            statuses[connection.post("/v1/movements", movement("transfer", *lines)).status_code] += 1
        return statuses

    statuses = sum(Crowd(32).run(client), collections.Counter())
    assert set(statuses) <= {201, 409} and statuses[201] > 100
    for item in items:
        assert sum(int(balance(api, item, place)) for place in places) == 200


def test_balances_that_did_not_exist_are_made_once(api, bare, make):
    """Many first receipts of one item at one place, then of many at many."""
    item, place = make.item(), make.location()
    others = [make.item() for _ in range(5)]

    def client(i):
        order = random.Random(i).sample(others, len(others))
        answer = bare().post("/v1/movements", movement("receipt", *(
            line(each["sku"], "@supplier", place["code"]) for each in [item, *order])))
        return answer.status_code, answer.text

    answers = Crowd(32).run(client)
    assert {status for status, _ in answers} == {201}, answers
    assert [balance(api, each, place) for each in [item, *others]] == ["32"] * 6


def test_reversals_of_one_movement(api, bare, make):
    item, place = make.item(), make.location()
    receipt = receive(api, item, place, "5")
    receive(api, item, place, "5")
    answers = Crowd(16).run(lambda i: bare().post(f"/v1/movements/{receipt['id']}/reverse", {}))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 15
    assert balance(api, item, place) == "5"


def test_sets_with_one_expectation(api, bare, make):
    item, place = make.stock("10")
    answers = Crowd(16).run(lambda i: bare().post("/v1/stock/set", {
        "sku": item["sku"], "location": place["code"], "quantity": str(100 + i), "expected": "10"}))
    statuses = [answer.status_code for answer in answers]
    assert sorted(statuses) == [200] + [409] * 15
    assert balance(api, item, place) == str(100 + statuses.index(200))
    wrong = next(answer for answer in answers if answer.status_code == 409).json()
    assert wrong["type"] == "/problems/unexpected-quantity"
    assert wrong["errors"][0]["on_hand"] == balance(api, item, place)


@pytest.mark.parametrize("what", ["item", "location"])
def test_archiving_under_postings(api, bare, make, db, what):
    """What is archived holds nothing, and no posting that answered 201 came after."""
    for _ in range(8):
        item, place = make.item(), make.location()
        path = f"/v1/items/{item['id']}" if what == "item" else f"/v1/locations/{place['id']}"

        def client(i, item=item, place=place, path=path):
            if i == 0:
                return [bare().ask("POST", path + "/archive").status_code for _ in range(6)]
            there = movement("receipt", line(item["sku"], "@supplier", place["code"]))
            back = movement("issue", line(item["sku"], place["code"], "@customer"))
            connection = bare()
            return [connection.post("/v1/movements", body).status_code for body in (there, back) * 3]

        results = Crowd(6).run(client)
        assert {status for r in results for status in r} <= {200, 201, 409, 422}
        archived = api.get(path).json()["status"] == "archived"
        assert archived == (200 in results[0])
        with db.cursor() as cursor:
            cursor.execute("SELECT COALESCE(SUM(on_hand), 0), COUNT(*) FROM stock_level WHERE item_id = %s",
                           (item["id"],))
            on_hand, rows = cursor.fetchone()
        if archived:
            assert on_hand == 0 and (what == "location" or rows == 0)
            after = movement("receipt", line(item["sku"], "@supplier", place["code"]))
            assert {bare().post("/v1/movements", after).status_code for _ in range(8)} == {422}


class Renamer:
    """Gives two things each other's name, over and over, and notes what each had when."""

    def __init__(self, api, path, member, ids):
        self.api, self.path, self.member, self.ids = api, path, member, ids
        self.names = [unique("SWAP") for _ in ids]
        self.spans = []  # [id, name, earliest, latest]
        for id_, name in zip(ids, self.names):
            self.rename(id_, name)

    def rename(self, id_, name):
        begun = time.monotonic()
        answer = self.api.ask("PATCH", f"{self.path}/{id_}", {self.member: name}, If_Match="*")
        assert answer.status_code == 200, answer.text
        for span in self.spans:
            if span[0] == id_ and span[3] is None:
                span[3] = time.monotonic()
        self.spans.append([id_, name, begun, None])

    def had(self, name, id_, begun, ended):
        """Whether it may have had that name at an instant between the two."""
        return any(span[:2] == [id_, name] and span[2] <= ended and (span[3] is None or span[3] >= begun)
                   for span in self.spans)

    def swap(self):
        """A third name stands in between: no name ever means both."""
        first, second = self.ids
        spare = unique("SPARE")
        self.rename(first, spare)
        self.rename(second, self.names[0])
        self.rename(first, self.names[1])
        self.names.reverse()


@pytest.mark.parametrize("path, member", [("/v1/items", "sku"), ("/v1/locations", "code")])
def test_names_that_change_hands_under_postings(api, bare, make, db, path, member):
    """Workers remember names. One client renames and then posts: none of them may take a name for what it
    meant before, while others post under the same names all the time and keep them remembered."""
    two = [make.item(), make.item()] if member == "sku" else [make.location(), make.location()]
    fixed = make.location() if member == "sku" else make.item()
    renamer = Renamer(bare(), path, member, [each["id"] for each in two])
    names = list(renamer.names)
    ending = threading.Event()

    def body(name):
        if member == "sku":
            return movement("receipt", line(name, "@supplier", fixed["code"]))
        return movement("receipt", line(fixed["sku"], "@supplier", name))

    def noise(i):
        connection, statuses = bare(), collections.Counter()
        while not ending.is_set():
            statuses[connection.post("/v1/movements", body(names[i % 2])).status_code] += 1
        return statuses

    def checked(i):
        """Between its own swaps nothing changes: each posting has one right place."""
        try:
            connections = [bare() for _ in range(4)]
            for _ in range(15):
                renamer.swap()
                for connection in connections:
                    for id_, name in zip(renamer.ids, renamer.names):
                        answer = connection.post("/v1/movements", body(name))
                        assert answer.status_code == 201, answer.text
                        expected.append((answer.json()["id"], id_))
        finally:
            ending.set()

    expected = []
    results = Crowd(7).run(lambda i: checked(i) if i == 0 else noise(i))
    statuses = sum(results[1:], collections.Counter())
    assert set(statuses) <= {201, 422} and statuses[201], statuses
    with db.cursor() as cursor:
        for movement_id, id_ in expected:
            cursor.execute("SELECT item_id, to_id FROM movement_line WHERE movement_id = %s", (movement_id,))
            assert id_ in cursor.fetchone()


def test_postings_under_renaming_go_to_what_had_the_name_meanwhile(api, bare, make):
    items = [make.item(), make.item()]
    place = make.location()
    renamer = Renamer(bare(), "/v1/items", "sku", [item["id"] for item in items])
    names, ending = list(renamer.names), threading.Event()

    def poster(i):
        connection, seen = bare(), []
        while not ending.is_set():
            begun = time.monotonic()
            answer = connection.post("/v1/movements", movement(
                "receipt", line(names[i % 2], "@supplier", place["code"])))
            assert answer.status_code in (201, 422), answer.text
            if answer.status_code == 201:
                posted, = answer.json()["lines"]
                seen.append((posted["sku"], posted["item_id"], begun, time.monotonic()))
        return seen

    def turner():
        try:
            for _ in range(25):
                renamer.swap()
        finally:
            ending.set()

    results = Crowd(5).run(lambda i: turner() if i == 0 else poster(i))
    postings = [posting for seen in results[1:] for posting in seen]
    assert len({item_id for _, item_id, _, _ in postings}) == 2, "no posting came between two swaps"
    assert [posting for posting in postings if not renamer.had(*posting)] == []


# ---- a deadlock, made on purpose (locks that are waited for: tests/fault/test_locks.py) ----

def waiting(db):
    """Whether a worker's statement runs for longer than any does. (innodb_trx would tell of the lock, but
    is not refreshed while it is read often.)"""
    with db.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'bincard_app'"
                       " AND command = 'Execute' AND time_ms > 300")
        return cursor.fetchone()[0]


@pytest.fixture
def other_db(server, stack):
    """A second session of the owner, with transactions."""
    connection = stack.database.owner()
    connection.autocommit(False)
    yield connection
    connection.rollback()
    connection.close()


def test_a_deadlock_reaches_no_client(api, bare, make, root_db, other_db):
    """Another transaction holds the second balance that a posting wants, then asks for the first. It has
    changed more rows, so the server makes the posting the victim: it must be run again, unseen."""
    place, first, second = make.location(), make.item(), make.item()
    many = [make.item() for _ in range(10)]
    for item in (first, second, *many):
        make.receive(item, place, "10")
    touch = "UPDATE stock_level SET updated_at = UTC_TIMESTAMP(6) WHERE item_id = %s"
    with other_db.cursor() as cursor:
        for item in (*many, second):
            cursor.execute(touch, (item["id"],))

        def client(i):
            return bare().post("/v1/movements", movement(
                "issue", *(line(item["sku"], place["code"], "@customer", "3") for item in (second, first))))

        answers = []
        thread = threading.Thread(target=lambda: answers.append(client(0)))
        thread.start()
        parts.wait_for("the posting to wait", lambda: waiting(root_db))
        cursor.execute(touch, (first["id"],))
        other_db.commit()
        thread.join()
    assert answers[0].status_code == 201, answers[0].text
    assert [balance(api, item, place) for item in (first, second)] == ["7", "7"]
