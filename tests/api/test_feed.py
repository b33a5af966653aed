"""The feed: one sequence of all changes, without gaps, whatever the order of commits, and whoever sequences. On an
installation of its own with two hosts on one database, because processes are killed and events deleted."""

import collections
import concurrent.futures
import decimal
import json
import os
import signal
import threading
import time

import pytest

import client
import stack as parts
from catalogue import new_category, new_item, new_location, unique, wrong
from feed import walk


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("feed")
    (folder / "db").mkdir()
    own = parts.Stack(folder, parts.Database(folder / "db"), workers=4, request_timeout_ms=30000)
    try:
        assert own.run("migrate").returncode == 0
        own.start_serve().start_web()
        yield own
        own.stop()
        errors = own.check_logs()
        assert not errors, "\n".join(errors[:20])
    finally:
        own.stop()
        own.database.kill()


@pytest.fixture(scope="module")
def other(place, tmp_path_factory):
    """Another host on the same database."""
    host = parts.Stack(tmp_path_factory.mktemp("other"), place.database, workers=1)
    host.start_serve()
    yield host
    host.stop()


@pytest.fixture(scope="module")
def caller(place):
    def make(*options, scope=parts.SCOPES):
        client_id, secret = place.add_client(unique("client"), scope, *options)
        return client.Api(place.url, place.keep_secret(client.get_token(place.url, client_id, secret)))
    return make


@pytest.fixture(scope="module")
def api(caller):
    return caller()


@pytest.fixture
def owner(place):
    with place.database.owner() as db:
        yield db


def page(api, **params):
    answer = api.get("/v1/events", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def head(api):
    """Where the feed has come to, when all that was committed before is in it."""
    new_category(api, name=(mark := unique("mark")))
    after = 0

    def there():
        nonlocal after
        said = page(api, after=after, limit=1000)
        after = said["next_after"]
        return any(event["data"].get("name") == mark for event in said["data"])

    parts.wait_for("the feed", there)
    return after


def post(api, type_, lines):
    answer = api.post("/v1/movements", json={"type": type_, "lines": [
        {"sku": sku, "from": from_, "to": to, "quantity": quantity} for sku, from_, to, quantity in lines]})
    assert answer.status_code == 201, answer.text
    return answer.json()


def whole(api):
    """The sequence has no gap and nothing twice."""
    numbers = [int(event["id"]) for event in walk(api, limit=1000)]
    assert numbers == list(range(1, len(numbers) + 1))
    return numbers


# ---- what an event is ----

def test_a_movement_is_an_event_and_each_of_its_balances_another(api):
    item, a, b = new_item(api), new_location(api), new_location(api)
    post(api, "receipt", [(item["sku"], "@supplier", a["code"], "10.5")])
    start = head(api)
    made = post(api, "transfer", [(item["sku"], a["code"], b["code"], "4")])
    end = head(api)
    movement, first, second, _ = walk(api, after=start)
    assert int(second["id"]) < end
    assert movement["type"] == "bincard.movement.posted.v1" and movement["subject"] == f"movements/{made['id']}"
    assert movement["data"] == api.get(f"/v1/movements/{made['id']}").json()
    assert movement["specversion"] == "1.0" and movement["time"] == made["recorded_at"]
    assert movement["actor"].startswith("client:") and movement["source"].startswith("http")
    for event, where, before, now in ((first, a, "10.5", "6.5"), (second, b, "0", "4")):
        assert event["type"] == "bincard.stock_level.changed.v1"
        assert event["subject"] == f"stock-levels/{item['id']}/{where['id']}"
        data = event["data"]
        assert data.pop("previous") == {"on_hand": before, "reserved": "0", "available": before}
        assert data.pop("movement_id") == made["id"]
        level, = api.get("/v1/stock-levels", params={"sku": item["sku"], "location": where["code"]}).json()["data"]
        assert data == level and level["on_hand"] == now


def test_a_change_of_anything_is_an_event_as_the_api_shows_it(api):
    start = head(api)
    item = new_item(api)
    answer = api.patch(f"/v1/items/{item['id']}", json={"name": "Desk lamp"}, headers={"If-Match": "*"})
    location = new_location(api)
    head(api)
    made, changed, place_made, _ = walk(api, after=start)
    assert (made["type"], made["subject"], made["data"]) == ("bincard.item.created.v1", f"items/{item['id']}", item)
    assert (changed["type"], changed["data"]) == ("bincard.item.updated.v1", answer.json())
    assert (place_made["subject"], place_made["data"]) == (f"locations/{location['id']}", location)


def test_traceparent_goes_into_the_event(api):
    start, parent = head(api), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    api.post("/v1/items", json={"sku": unique("T"), "name": "x"}, headers={"traceparent": parent})
    head(api)
    made, _ = walk(api, after=start)
    assert made["traceparent"] == parent


# ---- order ----

def announce(cursor, subject):
    cursor.execute("INSERT INTO outbox (type, subject, actor, request_id, data, created_at) VALUES"
                   " ('bincard.category.updated.v1', %s, 'system', 'test', %s, UTC_TIMESTAMP(6))",
                   (subject, json.dumps({"id": subject, "name": "by hand", "parent": None, "parent_id": None,
                                         "version": 1, "created_at": "2026-11-23T09:00:00.000000Z",
                                         "updated_at": "2026-11-23T09:00:00.000000Z"})))


def test_what_commits_late_comes_late_and_is_not_skipped(api, place):
    """Its row has the lower id."""
    start, subject = head(api), 900_000_001
    with place.database.owner() as slow, slow.cursor() as cursor:
        slow.begin()
        announce(cursor, subject)
        for _ in range(20):
            new_category(api, name=unique("quick"))
        end = head(api)
        assert [event["subject"] for event in walk(api, after=start) if str(subject) in event["subject"]] == []
        slow.commit()
    head(api)
    late, = [event for event in walk(api, after=start) if str(subject) in event["subject"]]
    assert int(late["id"]) > end
    whole(api)


def test_what_is_rolled_back_leaves_no_gap(api, place):
    with place.database.owner() as db, db.cursor() as cursor:
        for i in range(5):
            db.begin()
            announce(cursor, 900_000_100 + i)
            new_category(api, name=unique("between"))
            db.rollback()
    head(api)
    whole(api)
    assert not [event for event in walk(api) if "/9000001" in event["subject"]]


def test_many_transactions_at_once_that_commit_in_any_order(api, place):
    """Each is held open over several others."""
    gate = threading.Barrier(8)

    def hold(number):
        with place.database.owner() as db, db.cursor() as cursor:
            for i in range(25):
                db.begin()
                announce(cursor, 910_000_000 + number * 1000 + i)
                if i == 0:
                    gate.wait()
                time.sleep((number * 7 + i * 3) % 11 / 1000)
                db.commit()

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(hold, range(8)))
    head(api)
    whole(api)
    seen = [int(event["subject"].split("/")[1]) for event in walk(api, type="bincard.category.updated.v1", limit=1000)]
    mine = [n for n in seen if 910_000_000 <= n < 920_000_000]
    assert sorted(mine) == [910_000_000 + n * 1000 + i for n in range(8) for i in range(25)]
    for n in range(8):  # what one does after another is in that order
        assert [m for m in mine if m // 1000 == 910_000 + n] == [910_000_000 + n * 1000 + i for i in range(25)]


def chains(events):
    """Each balance's events follow from one another; what they end in."""
    balances = collections.defaultdict(lambda: ("0", 0))
    for event in events:
        if event["type"] != "bincard.stock_level.changed.v1":
            continue
        data, key = event["data"], event["subject"]
        on_hand, version = balances[key]
        assert (data["previous"]["on_hand"], data["version"]) == (on_hand, version + 1), event
        balances[key] = (data["on_hand"], data["version"])
    return {key: on_hand for key, (on_hand, _) in balances.items()}


def levels(api):
    found, cursor = {}, None
    while True:
        answer = api.get("/v1/stock-levels", params={"limit": 200, **({"cursor": cursor} if cursor else {})}).json()
        found |= {f"stock-levels/{row['item_id']}/{row['location_id']}": row["on_hand"] for row in answer["data"]}
        cursor = answer["next_cursor"]
        if not cursor:
            return found


def test_events_of_one_balance_are_in_the_order_of_its_movements(api, caller):
    """Eight at once on four balances, with one line and with several; replayed from 0 they are the balances."""
    items, spots = [new_item(api) for _ in range(2)], [new_location(api) for _ in range(2)]
    for item in items:
        post(api, "receipt", [(item["sku"], "@supplier", spot["code"], "10000") for spot in spots])

    def crowd(number):
        own = caller()
        for i in range(30):
            there, back = spots[(number + i) % 2]["code"], spots[(number + i + 1) % 2]["code"]
            sku = items[i % 2]["sku"]
            if i % 3:
                post(own, "transfer", [(sku, there, back, str(1 + i % 4))])
            else:
                post(own, "transfer", [(item["sku"], there, back, "0.25") for item in items])

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(crowd, range(8)))
    head(api)
    whole(api)
    ends = {key: on_hand for key, on_hand in chains(walk(api, limit=1000)).items() if decimal.Decimal(on_hand)}
    assert ends == levels(api)


def test_imported_movements_tell_of_their_balances(api, place, tmp_path):
    item, a, b = new_item(api), new_location(api), new_location(api)
    start = head(api)
    rows = ["movement,type,sku,from,to,quantity"]
    for i in range(300):
        rows.append(f"{unique('k')},receipt,{item['sku']},@supplier,{a['code']},2")
        rows.append(f"{unique('k')},transfer,{item['sku']},{a['code']},{b['code']},1")
    (tmp_path / "m.csv").write_text("\n".join(rows) + "\n")
    done = place.run("import", "movements", str(tmp_path / "m.csv"))
    assert done.returncode == 0, done.stderr
    head(api)
    events = walk(api, after=start, limit=1000)
    assert len(events) == 300 * 2 + 300 * 3 + 1
    assert chains(events) == {f"stock-levels/{item['id']}/{a['id']}": "300", f"stock-levels/{item['id']}/{b['id']}": "300"}


# ---- who sequences ----

def feed_processes(stack):
    return stack.children("feed")


def test_a_killed_feed_process_loses_nothing(api, place):
    start, ending = head(api), threading.Event()

    def kill():
        while not ending.is_set():
            for pid in feed_processes(place):
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.3)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        made = [new_category(api, name=unique("killed"))["id"] for _ in range(150)]
    finally:
        ending.set()
        killer.join()
    head(api)
    whole(api)
    seen = [event["data"]["id"] for event in walk(api, after=start, limit=1000) if "killed" in event["data"]["name"]]
    assert seen == made


def test_another_host_takes_over_within_five_seconds(api, place, other):
    parts.wait_for("a holder", lambda: feed_processes(place) and feed_processes(other))
    holder = place
    head(api)
    with place.database.owner() as db, db.cursor() as cursor:
        cursor.execute("SELECT holder, fence FROM feed_state")
        name, fence = cursor.fetchone()
        holder = next(host for host in (place, other) if int(name.split(":")[1]) in feed_processes(host))
    os.kill(holder.serve.pid, signal.SIGSTOP)  # nobody starts it again
    try:
        for pid in feed_processes(holder):
            os.kill(pid, signal.SIGKILL)
        died = time.monotonic()
        with place.database.owner() as db, db.cursor() as cursor:
            announce(cursor, 920_000_001)
            db.commit()

            def sequenced():
                cursor.execute("SELECT COUNT(*) FROM event WHERE subject = 920000001")
                found = cursor.fetchone()[0] == 1
                db.commit()
                return found

            parts.wait_for("the other host", sequenced, 20)
            took = time.monotonic() - died
            cursor.execute("SELECT fence FROM feed_state")
            assert cursor.fetchone()[0] == fence + 1
    finally:
        os.kill(holder.serve.pid, signal.SIGCONT)
    assert took < 5 * parts.PATIENCE
    whole(api)


def test_who_has_lost_the_lease_sequences_nothing(place, owner):
    with owner.cursor() as cursor:
        cursor.execute("SELECT fence FROM feed_state")
        fence = cursor.fetchone()[0]
        announce(cursor, 930_000_001)
        cursor.execute("SELECT feed_sequence(%s, 100)", (fence - 1,))
        assert cursor.fetchone()[0] == -1
        owner.rollback()


def test_two_that_sequence_at_once_number_nothing_twice(api, place):
    """Both with the number of the lease, as after a moment in which one was thought dead."""
    stop = threading.Event()

    def sequence():
        with place.database.owner() as db, db.cursor() as cursor:
            cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
            while not stop.is_set():
                cursor.execute("SELECT fence FROM feed_state")
                cursor.execute("SELECT feed_sequence(%s, 3)", cursor.fetchone())
                cursor.fetchone()
                db.commit()

    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        others = [pool.submit(sequence) for _ in range(3)]
        made = [new_category(api, name=unique("twice"))["id"] for _ in range(100)]
        stop.set()
        for each in others:
            each.result()
    head(api)
    whole(api)
    seen = [event["data"]["id"] for event in walk(api, limit=1000) if "twice" in event["data"].get("name", "")]
    assert seen == made


# ---- what is asked for ----

def types(events):
    return [event["type"].removeprefix("bincard.").removesuffix(".v1") for event in events]


def test_filters(api):
    start = head(api)
    item, top = new_item(api), new_location(api, kind="site")
    below, beside = new_location(api, parent=top["code"]), new_location(api)
    post(api, "receipt", [(item["sku"], "@supplier", below["code"], "2")])
    other_ = new_item(api)
    post(api, "receipt", [(other_["sku"], "@supplier", beside["code"], "3")])
    head(api)

    def found(**filters):
        return types(walk(api, after=start, **filters))

    assert found(type="bincard.movement.posted.v1") == ["movement.posted"] * 2
    assert found(type="bincard.item.*") == ["item.created"] * 2
    assert found(type="bincard.it_m.*") == found(type="bincard.%") == found(type="bincard.*.v1") == []
    assert found(type="bincard.it_m.*,bincard.item.*,bincard.movement.posted.v1") == [
        "item.created", "movement.posted", "item.created", "movement.posted"]
    assert found(subject=f"items/{item['id']}") == ["item.created"]
    assert found(subject=f"stock-levels/{item['id']}/{below['id']}") == ["stock_level.changed"]
    for named in ({"item": item["sku"]}, {"item_id": item["id"]}):
        assert found(**named) == ["item.created", "movement.posted", "stock_level.changed"]
    for named in ({"location": top["code"]}, {"location_id": top["id"]}):
        assert found(**named) == ["location.created", "location.created", "movement.posted", "stock_level.changed"]
    assert found(location=beside["code"], type="bincard.stock_level.*") == ["stock_level.changed"]
    assert found(location="@supplier") == ["movement.posted"] * 2


def test_a_walk_in_small_steps_finds_the_same(api):
    events = walk(api, limit=1000)
    assert walk(api, limit=7) == events
    some = walk(api, type="bincard.item.*", limit=1)
    assert some == [event for event in events if event["type"].startswith("bincard.item.")] != []


def test_without_a_number_it_begins_with_the_oldest(api):
    assert page(api, limit=1)["data"] == page(api, after=0, limit=1)["data"] != []


def test_what_is_not_there_is_said(api):
    for params, pointer in (({"after": 10**15}, "/after"), ({"subject": "lamps/7"}, "/subject"),
                            ({"subject": "items"}, "/subject"), ({"subject": "items/x"}, "/subject"),
                            ({"subject": "stock-levels/7"}, "/subject"), ({"item": "no such"}, "/item"),
                            ({"location": "no-such"}, "/location"), ({"limit": 1001}, "/limit"),
                            ({"after": -1}, "/after"), ({"cursor": "x"}, "/cursor")):
        assert list(wrong(api.get("/v1/events", params=params), 422)) == [pointer]


# ---- who sees what ----

def test_who_may_read_items_sees_items_alone_and_no_quantity(api, caller):
    item, spot = new_item(api), new_location(api)
    post(api, "receipt", [(item["sku"], "@supplier", spot["code"], "2")])
    answer = api.patch(f"/v1/items/{item['id']}", json={"name": "x"}, headers={"If-Match": "*"})
    assert answer.json()["on_hand"] == "2"
    head(api)
    events = walk(caller(scope="items:read"), limit=1000)
    assert set(types(events)) <= {"item.created", "item.updated", "item.archived", "category.created",
                                  "category.updated"}
    mine = [event for event in events if event["subject"] == f"items/{item['id']}"]
    assert types(mine) == ["item.created", "item.updated"] and {event["data"]["on_hand"] for event in mine} == {None}
    assert mine[1]["data"]["name"] == "x"


def test_who_is_kept_in_a_place_sees_what_is_there(api, caller):
    item, home, abroad = new_item(api), new_location(api, kind="site"), new_location(api, kind="site")
    bin_ = new_location(api, parent=home["code"])
    robot = caller("--location", home["code"], scope="stock:read movements:read locations:read items:read")
    start = head(api)
    post(api, "receipt", [(item["sku"], "@supplier", abroad["code"], "50")])
    mixed = post(api, "receipt", [(item["sku"], "@supplier", abroad["code"], "7"),
                                  (item["sku"], "@supplier", bin_["code"], "3"),
                                  (item["sku"], "@supplier", abroad["code"], "1")])
    out = post(api, "transfer", [(item["sku"], bin_["code"], abroad["code"], "2")])
    head(api)
    events = [event for event in walk(robot, after=start) if "category" not in event["type"]]
    assert types(events) == ["movement.posted", "stock_level.changed", "movement.posted", "stock_level.changed"]
    first, _, second, level = events
    assert first["subject"] == f"movements/{mixed['id']}" and [line["quantity"] for line in first["data"]["lines"]] == ["3"]
    for event, movement in ((first, mixed), (second, out)):
        assert event["data"] == robot.get(f"/v1/movements/{movement['id']}").json()
    assert second["data"]["id"] == out["id"] and level["data"]["location"] == bin_["code"]
    assert level["data"]["previous"]["on_hand"] == "3" and level["data"]["on_hand"] == "1"
    assert str(abroad["id"]) not in [event["subject"].split("/")[-1] for event in events]
    assert wrong(robot.get("/v1/events", params={"location": abroad["code"]}), 422) == {"/location": "unknown"}


def test_no_filter_tells_of_lines_that_are_elsewhere(api, caller):
    here, there = new_item(api), new_item(api)
    home, abroad = new_location(api, kind="site"), new_location(api, kind="site")
    movers = caller("--location", home["code"], scope="movements:read stock:read")
    planners = caller(scope="locations:read items:read")
    start = head(api)
    made = post(api, "receipt", [(here["sku"], "@supplier", home["code"], "1"), (there["sku"], "@supplier", abroad["code"], "2")])
    head(api)
    seen = page(movers, after=start, item=here["sku"])
    assert [event["subject"] for event in seen["data"]] == [
        f"movements/{made['id']}", f"stock-levels/{here['id']}/{home['id']}"]
    hidden = page(movers, after=start, item=there["sku"], limit=1)
    assert hidden == {"data": [], "next_after": page(movers, after=start)["next_after"], "has_more": False}
    assert movers.get("/v1/movements", params={"sku": there["sku"]}).json()["data"] == []
    assert page(planners, after=start, location=abroad["code"])["data"] == []


def test_a_page_is_full_whatever_is_not_wanted(api, caller):
    """The balances of large movements take numbers, and no place in a page that does not show them."""
    items = [new_item(api)["sku"] for _ in range(40)]
    spot = new_location(api)
    start = head(api)
    made = [post(api, "receipt", [(sku, "@supplier", spot["code"], "1") for sku in items])["id"] for _ in range(6)]
    head(api)
    one = api.get("/v1/stock-levels", params={"sku": items[3], "location": spot["code"]}).json()["data"][0]
    for who, filters in ((api, {"type": "bincard.movement.*"}), (caller(scope="movements:read"), {}),
                         (api, {"subject": f"stock-levels/{one['item_id']}/{one['location_id']}"})):
        said = page(who, after=start, limit=5, **filters)
        assert len(said["data"]) == 5 and said["has_more"], filters
        rest = page(who, after=said["next_after"], limit=5, **filters)
        assert len(rest["data"]) == 1
        movements = [event["data"].get("movement_id", event["data"].get("id")) for event in said["data"] + rest["data"]]
        assert movements == made


def test_without_a_permission_there_is_nothing_and_the_number_goes_on(api, caller):
    nobody = caller(scope="ledger:verify")
    said = page(nobody, after=0)
    assert said["data"] == [] and said["next_after"] > 0 and not said["has_more"]


# ---- what is kept ----

def test_who_was_away_for_too_long_is_told(api, place, owner):
    """Last: it deletes what others look at. Upkeep deletes what is older than [feed] keep_days."""
    for _ in range(12):
        new_category(api, name=unique("kept"))
    end = head(api)
    with owner.cursor() as cursor:
        # one that committed late is older than those before it: it stays as long as they do
        cursor.execute("UPDATE event SET at = at - INTERVAL 40 DAY WHERE seq <= %s OR seq = %s", (end - 10, end - 5))
    owner.commit()
    place.reload()  # its jobs process begins with a round
    parts.wait_for("upkeep", lambda: api.get("/v1/events", params={"after": 0}).status_code == 410, 30)
    gone = api.get("/v1/events", params={"after": end - 11})
    assert gone.status_code == 410 and gone.json()["type"] == "/problems/gone"
    assert gone.json()["errors"][0]["oldest"] == str(end - 9)
    rest = page(api, after=end - 10)["data"]
    assert [int(event["id"]) for event in rest] == list(range(end - 9, end + 1))
    assert page(api)["data"] == rest
    with owner.cursor() as cursor:
        cursor.execute("DELETE FROM event")
    owner.commit()
    assert page(api) == {"data": [], "next_after": end, "has_more": False} == page(api, after=end)
    assert api.get("/v1/events", params={"after": end - 1}).status_code == 410
    new_category(api, name=unique("next"))
    parts.wait_for("the next", lambda: page(api, after=end)["data"] != [])
    assert page(api)["data"][0]["id"] == str(end + 1)
