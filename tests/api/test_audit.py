"""The audit log: what is written and what is not, that nothing can be taken back, and how it is read. On an
installation of its own, because a flood of failures fills a measure that others would miss."""

import csv
import io
import json
import os
import pwd
import socket

import pymysql
import pytest
import requests

import client as clients
import fastcgi
import stack as parts
from catalogue import new_category, new_item, new_location, unique
from feed import ANNOUNCED


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audit")
    (folder / "db").mkdir()
    own = parts.Stack(folder, parts.Database(folder / "db"), workers=4, request_timeout_ms=30000)
    try:
        assert own.run("migrate").returncode == 0
        own.user, own.password = "admin", own.add_user("admin")
        own.client_id, own.client_secret = own.add_client("tests")
        own.start_serve().start_web()
        own.token = own.keep_secret(clients.get_token(own.url, own.client_id, own.client_secret))
        yield own
        own.stop()
        wrong = own.check_logs()
        assert not wrong, "\n".join(wrong[:20])
    finally:
        own.stop()
        own.database.kill()


@pytest.fixture(scope="module")
def api(place):
    return clients.Api(place.url, place.token)


@pytest.fixture
def browser(place):
    return clients.Browser(place.url).sign_in(place.user, place.password, place.keep_secret)


@pytest.fixture
def root(place):
    connection = place.database.connect("root", "", "bincard")
    yield connection
    connection.close()


@pytest.fixture
def empty(root):
    """Nobody has failed within the hour."""
    with root.cursor() as cursor:
        cursor.execute("DELETE FROM audit_log WHERE actor = 'anonymous' OR action = 'password_refused'")


def log(api, **filters):
    rows, params = [], {"limit": 200, **filters}
    while True:
        answer = api.get("/v1/audit-log", params=params)
        assert answer.status_code == 200, answer.text
        rows += answer.json()["data"]
        if not answer.json()["has_more"]:
            return rows
        params["cursor"] = answer.json()["next_cursor"]


def of(api, resource, thing):
    """The entries of one thing, oldest first, as (action, changes)."""
    rows = log(api, resource=resource, resource_id=str(thing["id"]))
    return [(row["action"], row["changes"]) for row in reversed(rows)]


def change(before, after):
    return {"before": before, "after": after}


def browser_at(place, address=None):
    session = clients.Browser(place.url)
    session.mount("http://", clients.From(address or clients.fresh_address()))
    return session


def try_to_sign_in(place, name, password, address=None):
    return browser_at(place, address).post("/login", data={"name": name, "password": password})


# ---- master data ----

def test_an_item_from_its_making_to_its_archiving(api, place):
    answer = api.post("/v1/items", json={"sku": unique("SKU"), "name": "Lamp", "barcodes": ["1" + unique("b")]})
    item = answer.json()
    assert api.patch(f"/v1/items/{item['id']}", json={"name": "Desk lamp"}, headers={"If-Match": "*"}).status_code == 200
    assert api.post(f"/v1/items/{item['id']}/archive").status_code == 200
    assert api.post(f"/v1/items/{item['id']}/archive").status_code == 200  # nothing to do: no entry
    made, updated, archived = of(api, "item", item)
    assert made[0] == "created" and made[1]["sku"] == change(None, item["sku"])
    assert made[1]["barcodes"] == change(None, item["barcodes"])
    assert updated == ("updated", {"name": change("Lamp", "Desk lamp")})
    assert archived == ("archived", {"status": change("active", "archived")})
    row = log(api, resource="item", resource_id=str(item["id"]))[-1]
    assert row["actor"].startswith("client:") and row["actor_name"] == "tests"
    assert row["address"] == "127.0.0.1" and row["request_id"] == answer.headers["X-Request-Id"]


def test_categories_and_locations(api):
    one, two = new_category(api), new_category(api)
    path = f"/v1/categories/{two['id']}"
    api.patch(path, json={"parent": one["name"]}, headers={"If-Match": "*"})
    api.delete(path, headers={"If-Match": "*"})
    made, moved, gone = of(api, "category", two)
    assert made == ("created", {"name": change(None, two["name"])})
    assert moved == ("updated", {"parent": change(None, one["name"]), "parent_id": change(None, one["id"])})
    assert gone[0] == "deleted" and gone[1]["name"] == change(two["name"], None)
    site, bin_ = new_location(api, kind="site"), new_location(api)
    api.patch(f"/v1/locations/{bin_['id']}", json={"parent": site["code"]}, headers={"If-Match": "*"})
    assert of(api, "location", bin_)[1] == ("updated", {
        "parent": change(None, site["code"]), "parent_id": change(None, site["id"])})


def test_a_form_says_who_sent_it(api, browser):
    name = unique("By hand")
    assert browser.submit("/categories", name=name).status_code == 303
    row = log(api, resource="category", action="created")[0]
    assert row["actor"].startswith("user:") and row["actor_name"] == "admin"
    assert row["changes"] == {"name": change(None, name)}


def test_what_is_refused_leaves_no_entry(api):
    item = new_item(api)
    path = f"/v1/items/{item['id']}"
    count = len(log(api))
    assert api.patch(path, json={"name": "x"}, headers={"If-Match": '"99"'}).status_code == 412
    assert api.patch(path, json={"name": ""}, headers={"If-Match": "*"}).status_code == 422
    assert api.post("/v1/items", json={"sku": item["sku"], "name": "x"}).status_code == 409
    assert api.get(path).status_code == 200
    assert len(log(api)) == count


def test_a_retry_leaves_no_second_entry(api):
    key, body = unique("key"), {"sku": unique("SKU"), "name": "x"}
    first, again = (api.post("/v1/items", json=body, headers={"Idempotency-Key": key}) for _ in range(2))
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(of(api, "item", first.json())) == 1


def test_a_change_whose_entry_cannot_be_written_does_not_happen(api, place, browser, root):
    place.expect("request failed")
    item = new_item(api)

    def sessions(cursor):
        cursor.execute("SELECT COUNT(*) FROM session")
        return cursor.fetchone()[0]

    with root.cursor() as cursor:
        count = sessions(cursor)
        cursor.execute("CREATE TRIGGER no_entry BEFORE INSERT ON audit_log FOR EACH ROW"
                       " SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no entry'")
        try:
            answer = api.patch(f"/v1/items/{item['id']}", json={"name": "unseen"}, headers={"If-Match": "*"})
            assert answer.status_code == 500
            assert try_to_sign_in(place, place.user, place.password).status_code == 500
            assert browser.submit("/logout").status_code == 500
        finally:
            cursor.execute("DROP TRIGGER no_entry")
        assert sessions(cursor) == count > 0
    assert api.get(f"/v1/items/{item['id']}").json()["name"] == item["name"]
    assert browser.get("/items").status_code == 200


def test_entries_of_many_at_once_are_a_chain(place, api):
    """Each change that was answered has one entry, and each begins where the one before ended."""
    item = new_item(api, name="start")

    def work(i):
        own = clients.Api(place.url, place.token, check=False)
        return [own.patch(f"/v1/items/{item['id']}", json={"name": f"{i}/{n}"}, headers={"If-Match": "*"}).status_code
                for n in range(10)]

    done = sum(results.count(200) for results in clients.Crowd(8).run(work))
    entries = of(api, "item", item)[1:]
    assert done == len(entries) == 80
    name = "start"
    for action, changes in entries:
        assert action == "updated" and changes["name"]["before"] == name
        name = changes["name"]["after"]
    assert api.get(f"/v1/items/{item['id']}").json()["name"] == name


def test_movements_are_their_own_audit(api):
    item, bin_ = new_item(api), new_location(api)
    count = len(log(api))
    assert api.post("/v1/movements", json={"type": "receipt", "lines": [
        {"sku": item["sku"], "from": "@supplier", "to": bin_["code"], "quantity": "4"}]}).status_code == 201
    assert len(log(api)) == count


def test_nothing_that_the_feed_tells_is_left_out(api, root):
    """Over all that was done above, whichever handler did it."""
    with root.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {ANNOUNCED} WHERE type NOT LIKE 'bincard.movement.%'")
        assert cursor.fetchone()[0] > 10
        cursor.execute(
            f"SELECT o.type, o.subject FROM {ANNOUNCED} LEFT JOIN audit_log l ON l.actor = o.actor"
            " AND CONCAT('bincard.', l.resource, '.', l.action, '.v1') = o.type AND l.resource_id = o.subject"
            " AND l.request_id = o.request_id WHERE o.type NOT LIKE 'bincard.movement.%' AND l.id IS NULL")
        assert cursor.fetchall() == ()


# ---- nothing is taken back ----

@pytest.mark.parametrize("statement", [
    "UPDATE audit_log SET actor_name = 'somebody else'", "DELETE FROM audit_log", "TRUNCATE audit_log",
    "DROP TABLE audit_log", "ALTER TABLE audit_log DROP COLUMN actor"])
def test_the_application_cannot_change_an_entry(place, statement):
    app = place.database.connect("bincard_app", place.database.passwords["APP"], "bincard")
    with app.cursor() as cursor, pytest.raises(pymysql.err.OperationalError) as refusal:
        cursor.execute(statement)
    assert refusal.value.args[0] == 1142
    app.close()


def test_the_reporting_account_does_not_see_it(place):
    report = place.database.connect("bincard_report", place.database.passwords["REPORT"], "bincard")
    with report.cursor() as cursor, pytest.raises(pymysql.err.OperationalError) as refusal:
        cursor.execute("SELECT * FROM audit_log")
    assert refusal.value.args[0] == 1142
    report.close()


# ---- who comes in ----

def test_signing_in_and_out(place, api, browser):
    came = log(api, action="signed_in")[0]
    assert (came["actor_name"], came["resource"], came["changes"]) == ("admin", "user", {})
    assert came["actor"] == "user:" + came["resource_id"] and came["address"] == "127.0.0.1"
    assert browser.submit("/logout").status_code == 303
    left = log(api, action="signed_out")[0]
    assert left["actor"] == came["actor"] and left["id"] > came["id"]
    count = len(log(api, action="signed_out"))
    browser.submit("/logout")
    assert len(log(api, action="signed_out")) == count


def test_a_failed_sign_in_has_the_name_as_typed_and_no_password(place, api, root, empty):
    typed, password = "<b>" + unique("who"), place.keep_secret(unique("pw-typed"))
    assert try_to_sign_in(place, typed, password).status_code == 422
    assert try_to_sign_in(place, "ADMIN", password).status_code == 422
    known, unknown = log(api, action="sign_in_failed")
    assert (unknown["actor"], unknown["actor_name"], unknown["resource_id"]) == ("anonymous", typed, None)
    assert (known["actor"], known["actor_name"]) == ("anonymous", "ADMIN") and known["resource_id"]
    assert unknown["changes"] == known["changes"] == {}


def test_a_flood_of_failures_is_measured(place, api, root, empty):
    address = clients.fresh_address()
    with root.cursor() as cursor:
        cursor.execute("INSERT INTO audit_log (at, actor, actor_name, resource, action, address, request_id, changes)"
                       " SELECT UTC_TIMESTAMP(6), 'anonymous', 'x', 'user', 'sign_in_failed', %s, '', '{}'"
                       " FROM seq_1_to_50", (address,))
    for i in range(14):
        assert try_to_sign_in(place, f"nobody {i}", "x" * 12, address).status_code == 422
    rows = log(api, action="sign_in_failed")
    assert 60 <= len(rows) <= 60 + 4  # one more of each worker at most
    assert [row["changes"] for row in rows if row["changes"]][0] == {"omitted": change(False, True)}
    assert rows[-1]["changes"] == {}
    assert try_to_sign_in(place, place.user, place.password).status_code == 303
    assert log(api)[0]["action"] == "signed_in"  # what succeeds is always written


def test_a_flood_of_one_ipv6_network_is_measured_as_one(place, api, root, empty):
    with root.cursor() as cursor:
        cursor.execute("INSERT INTO audit_log (at, actor, actor_name, resource, action, address, request_id, changes)"
                       " SELECT UTC_TIMESTAMP(6), 'anonymous', 'x', 'user', 'sign_in_failed',"
                       " CONCAT('2001:db8:0:7::', HEX(seq)), '', '{}' FROM seq_1_to_60")
    for address in ("2001:db8:0:7:8::1", "2001:db8:0:8::1", "192.0.2.4"):
        fastcgi.ask_worker(place, "/login", b"name=nobody&password=wrong-password", "POST", REMOTE_ADDR=address,
                           HTTP_AUTHORIZATION=None, CONTENT_TYPE="application/x-www-form-urlencoded")
    written = [row["address"] for row in log(api, action="sign_in_failed")]
    assert len(written) == 62 and written[:2] == ["192.0.2.4", "2001:db8:0:8::1"]


def test_a_flood_from_many_addresses_is_measured(place, api, root, empty):
    with root.cursor() as cursor:
        cursor.execute("INSERT INTO audit_log (at, actor, actor_name, resource, action, address, request_id, changes)"
                       " SELECT UTC_TIMESTAMP(6), 'anonymous', 'x', 'user', 'sign_in_failed',"
                       " CONCAT('10.0.0.', seq % 250), '', '{}' FROM seq_1_to_999")
    for _ in range(3):
        try_to_sign_in(place, "one more", "x" * 12)
    rows = log(api, actor="anonymous")
    assert len(rows) == 1000 and rows[0]["changes"] == {"omitted": change(False, True)}


def test_a_flood_of_one_kind_hides_no_other(place, api, root, empty):
    client_id, secret = place.add_client(unique("till"), "items:read")
    with root.cursor() as cursor:
        cursor.execute("INSERT INTO audit_log (at, actor, actor_name, resource, action, address, request_id, changes)"
                       " SELECT UTC_TIMESTAMP(6), 'anonymous', 'x', 'client', 'token_refused', '127.0.0.1', '', '{}'"
                       " FROM seq_1_to_1000")
    assert requests.post(place.url + "/oauth2/token", auth=(client_id, place.keep_secret("bcs_wrong-" + secret)),
                         timeout=60, data={"grant_type": "client_credentials"}).status_code == 401
    try_to_sign_in(place, "somebody", "x" * 12)
    assert len(log(api, action="token_refused")) == 1000
    assert [row["actor_name"] for row in log(api, action="sign_in_failed")] == ["somebody"]


def test_refused_tokens_of_known_clients(place, api, empty):
    def ask(client_id, secret, **form):
        return requests.post(place.url + "/oauth2/token", auth=(client_id, secret), timeout=60,
                             data={"grant_type": "client_credentials", **form}).status_code

    name = unique("till")
    client_id, secret = place.add_client(name, "items:read")
    assert ask("nobody", secret) == 401
    assert ask(client_id, place.keep_secret("bcs_wrong-" + secret)) == 401
    assert ask(client_id, secret, scope="items:write") == 400
    assert ask(client_id, secret) == 200
    assert place.run("client", "disable", client_id).returncode == 0
    assert ask(client_id, secret) == 401
    rows = log(api, action="token_refused")
    assert len(rows) == 3
    assert {(row["actor"], row["actor_name"], row["resource"]) for row in rows} == {("anonymous", name, "client")}


def test_a_wrong_own_password_is_written_down(place, api, empty):
    name = unique("user").lower()
    browser = clients.Browser(place.url).sign_in(name, place.add_user(name), place.keep_secret)
    for path, fields in (("/account/password", {"old_password": "not it at all", "new_password": "paper lamp 7 green",
                                                "again": "paper lamp 7 green"}),
                         ("/account/second-factor/recovery-codes", {"password": "not it at all", "code": "123456"})):
        answer = browser.submit(path, **fields)
        assert answer.status_code == 422, (path, answer.text)
    rows = log(api, action="password_refused")
    assert [(row["actor"], row["actor_name"], row["address"], row["changes"]) for row in rows] == [
        ("anonymous", name, "127.0.0.1", {})] * 2


# ---- settings ----

def settings(api):
    return [row["changes"]["lines"] for row in log(api, resource="settings")]


def test_a_configuration_is_written_down_when_it_is_another(place, api):
    parts.wait_for("the first entry", lambda: len(settings(api)) == 1)
    first, = settings(api)
    assert first["before"] is None and "[server] workers = 4" in first["after"]
    assert "[database] app_password = ***" in first["after"] and "[issuer acme] claim = scope" not in first["after"]
    before = place.conf.read_text()
    place.conf.write_text(before.replace("[auth]\n", "[auth]\npassword_min = 14\n")
                          + "\n[issuer acme]\nissuer = https://acme.example\naudience = x\n")
    try:
        place.reload()
        parts.wait_for("the second entry", lambda: len(settings(api)) == 2)
        changed = settings(api)[0]
        assert changed["before"] == ["[auth] password_min = 12"]
        assert "[auth] password_min = 14" in changed["after"] and "[issuer acme] claim = scope" in changed["after"]
        place.reload()  # the same again is nothing new
    finally:
        place.conf.write_text(before)
    place.reload()
    parts.wait_for("the third entry", lambda: len(settings(api)) == 3)
    assert settings(api)[0]["after"] == ["[auth] password_min = 12"]
    row = log(api, resource="settings")[0]
    assert (row["actor"], row["resource_id"], row["address"]) == ("system", socket.gethostname(), None)
    assert "background job" in clients.Browser(place.url).sign_in(
        place.user, place.password, place.keep_secret).get("/audit?resource=settings").text


# ---- the command line ----

def test_commands_say_who_ran_them(place, api):
    name = unique("jo")
    place.add_user(name, "clerk")
    second = place.keep_secret("pw-" + unique("second"))
    assert place.run("user", "passwd", name, "--password-file", "-", input=second + "\n").returncode == 0
    assert place.run("user", "disable", name).returncode == 0
    made = next(row for row in log(api, resource="user", action="created") if row["changes"]["name"]["after"] == name)
    assert made["actor"] == "system" and made["address"] is None
    assert made["actor_name"].endswith(pwd.getpwuid(os.getuid()).pw_name)
    assert made["changes"]["roles"] == change(None, [{"role": "clerk", "location": None}])
    assert of(api, "user", {"id": made["resource_id"]})[1:] == [
        ("password_changed", {}), ("disabled", {"status": change("active", "disabled")})]


def test_clients_and_keys(place, api):
    client_id, _ = place.add_client("a till", "items:read")
    done = place.run("client", "rotate", client_id)
    place.keep_secret(done.stdout.split()[-1])
    place.run("client", "disable", client_id)
    made = log(api, resource="client", action="created")[0]
    assert made["changes"]["scope"] == change(None, "items:read")
    assert made["changes"]["client_id"] == change(None, client_id)
    assert of(api, "client", {"id": made["resource_id"]})[1:] == [
        ("secret_rotated", {}), ("disabled", {"status": change("active", "disabled")})]
    key, = log(api, resource="signing_key")
    assert (key["action"], key["actor"], key["changes"]) == ("created", "system", {})
    kids = [k["kid"] for k in requests.get(place.url + "/.well-known/jwks.json", timeout=60).json()["keys"]]
    assert [key["resource_id"]] == kids


def test_no_secret_is_in_it(place, root):
    """After all that was done above, in every column of every row."""
    with root.cursor() as cursor:
        cursor.execute("SELECT * FROM audit_log")
        rows = cursor.fetchall()
        cursor.execute("SELECT password_hash FROM user UNION SELECT HEX(secret_hash) FROM api_client")
        hashes = {row[0] for row in cursor.fetchall()}
    text = "\n".join(str(value) for row in rows for value in row)
    assert len(rows) > 20 and "$argon2" not in text
    assert not [s for s in place.secrets | hashes if s in text]


def test_an_import_leaves_entries_too(place, api, tmp_path):
    sku = unique("SKU")
    (tmp_path / "items.csv").write_text(f"sku,name\n{sku},Imported\n")
    assert place.run("import", "items", str(tmp_path / "items.csv")).returncode == 0
    row = log(api, resource="item", action="created")[0]
    assert row["actor"] == "system" and row["changes"]["sku"] == change(None, sku)


# ---- reading ----

def test_filters(api, browser):
    item = new_item(api)
    everything = log(api)
    assert [row["id"] for row in everything] == sorted((row["id"] for row in everything), reverse=True)
    assert len(everything) == len({row["id"] for row in everything})
    me = next(row for row in everything if row["resource"] == "item")["actor"]
    for name, value in (("actor", me), ("action", "created"), ("resource", "item")):
        assert log(api, **{name: value}) == [row for row in everything if row[name] == value] != []
    assert log(api, actor="Admin") == [row for row in everything if row["actor_name"].lower() == "admin"] != []
    assert log(api, resource="item", resource_id=str(item["id"]))[0]["action"] == "created"
    middle = everything[len(everything) // 2]["at"]
    assert log(api, **{"from": middle}) == [row for row in everything if stamp(row) >= stamp({"at": middle})]
    assert log(api, before=middle) == [row for row in everything if stamp(row) < stamp({"at": middle})]
    assert log(api, action="nothing of the kind") == []
    for filters in ({"actor": "user:é"}, {"actor": "é"}, {"action": "é"}, {"resource": "é"}, {"resource_id": "é"}):
        assert log(api, **filters) == []
        assert browser.get("/audit", params=filters).status_code == 200
        assert browser.get("/audit.csv", params=filters).text.count("\n") == 1
    assert api.get("/v1/audit-log", params={"from": "yesterday"}).status_code == 422
    assert api.get("/v1/audit-log", params={"cursor": "nonsense"}).status_code == 422


def stamp(row):
    """Comparable as text: with six decimals."""
    text = row["at"].rstrip("Z")
    return text if "." in text else text + ".000000"


@pytest.mark.parametrize("role, status", [("administrator", 200), ("manager", 403), ("clerk", 403), ("viewer", 403)])
def test_it_is_for_administrators(place, role, status):
    name = unique(role)
    session = browser_at(place)
    password = place.add_user(name, role)
    assert session.post("/login", data={"name": name, "password": password}).status_code == 303
    for path in ("/audit", "/audit.csv", "/v1/audit-log"):
        assert session.get(path).status_code == status
    assert (">Administration</a>" in session.get("/").text) == (status == 200)


def test_the_page(place, api, browser, empty):
    item = new_item(api, name="<i>old</i>")
    api.patch(f"/v1/items/{item['id']}", json={"name": "new & shiny"}, headers={"If-Match": "*"})
    page = browser.get(f"/audit?resource=item&resource_id={item['id']}").text
    assert "<del>&lt;i&gt;old&lt;/i&gt;</del>" in page and "<ins>new &amp; shiny</ins>" in page
    assert f"/v1/audit-log?resource=item&amp;resource_id={item['id']}" in page
    try_to_sign_in(place, "<script>alert(1)</script>", "x" * 12)
    page = browser.get("/audit?action=sign_in_failed").text
    assert "&lt;script&gt;alert(1)" in page and "<script>alert" not in page
    assert browser.get("/audit?from=nonsense").status_code == 422
    assert "No entries match" in browser.get("/audit?actor=nobody-at-all").text


def table(answer):
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))


def test_the_file_has_what_is_filtered(place, api, browser, empty):
    item = new_item(api, name='a "quoted", name')
    rows = table(browser.get(f"/audit.csv?resource=item&resource_id={item['id']}"))
    wanted, = log(api, resource="item", resource_id=str(item["id"]))
    assert len(rows) == 1
    assert json.loads(rows[0]["changes"]) == wanted["changes"]
    assert {k: rows[0][k] for k in ("actor", "action", "address")} == {k: wanted[k] for k in ("actor", "action", "address")}
    assert browser.get("/audit.csv?from=nonsense").status_code == 422
    assert browser.get("/audit.csv?sort=id").status_code == 422


@pytest.mark.parametrize("typed", ['=HYPERLINK("http://x","y")', "+1", "-1+1", "@SUM(A1)", "＝1"])
def test_no_cell_becomes_a_formula(place, browser, empty, typed):
    try_to_sign_in(place, typed, "x" * 12)
    answer = browser.get("/audit.csv?action=sign_in_failed")
    assert 'attachment; filename="audit-log.csv"' == answer.headers["Content-Disposition"]
    row, = table(answer)
    assert row["actor_name"] == "'" + typed


def test_the_file_has_a_bound(place, browser, root):
    with root.cursor() as cursor:
        cursor.execute("INSERT INTO audit_log (at, actor, actor_name, resource, action, request_id, changes)"
                       " SELECT UTC_TIMESTAMP(6), 'system', 'x', 'bulk', 'tested', '', '{}' FROM seq_1_to_10001")
    answer = browser.get("/audit.csv?resource=bulk")
    assert len(table(answer)) == 10000 and "audit-log-part.csv" in answer.headers["Content-Disposition"]
    with root.cursor() as cursor:
        cursor.execute("DELETE FROM audit_log WHERE resource = 'bulk' LIMIT 1")
        answer = browser.get("/audit.csv?resource=bulk")
        assert len(table(answer)) == 10000 and "audit-log.csv" in answer.headers["Content-Disposition"]
        cursor.execute("DELETE FROM audit_log WHERE resource = 'bulk'")


# ---- pruning ----

def test_pruning(place, api, root):
    refused = place.run("audit", "prune")
    assert refused.returncode == 2 and "keep_days is 0" in refused.stderr
    assert place.run("audit").returncode == 2
    with root.cursor() as cursor:
        cursor.execute("INSERT INTO audit_log (at, actor, actor_name, resource, action, request_id, changes)"
                       " SELECT UTC_TIMESTAMP(6) - INTERVAL IF(seq > 5003, 29, 31) DAY, 'system', 'x', 'old', 'tested',"
                       " '', '{}' FROM seq_1_to_5010")
    before = len(log(api))
    done = place.run("audit", "prune", env={**os.environ, "BINCARD_AUDIT_KEEP_DAYS": "30"})
    assert done.returncode == 0 and done.stdout == "deleted 5003 entries older than 30 days\n"
    assert len(log(api, resource="old")) == 7
    entries = log(api, action="pruned")
    assert [row["changes"]["entries"]["after"] for row in entries] == [3, 5000]
    assert entries[0]["actor"] == "system" and entries[0]["changes"]["older_than_days"] == change(None, 30)
    assert len(log(api)) == before - 5003 + 2
    again = place.run("audit", "prune", env={**os.environ, "BINCARD_AUDIT_KEEP_DAYS": "30"})
    assert again.stdout == "deleted 0 entries older than 30 days\n" and len(log(api, action="pruned")) == 2
