"""API clients as staff and programs manage them, and the signing keys' page. Secrets are shown once."""

import re

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

import client
from catalogue import events, unique, walk, wrong
from feed import ANNOUNCED

ALL = {"id", "client_id", "name", "scope", "location", "public", "grant_types", "redirect_uris", "keys", "status", "version",
       "created_at", "updated_at"}
BACK = "https://app.example/back"


@pytest.fixture
def new(api, stack):
    def make(**fields):
        answer = api.post("/v1/api-clients", json={"name": unique("client"), "scope": "items:read", **fields})
        assert answer.status_code == 201, answer.text
        made = answer.json()
        if "client_secret" in made:
            stack.keep_secret(made["client_secret"])
        return made
    return make


def token(base, made):
    return requests.post(base + "/oauth2/token", data={"grant_type": "client_credentials"},
                         auth=(made["client_id"], made["client_secret"]), timeout=10)


def pem():
    return ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def of(made, what=""):
    return f"/v1/api-clients/{made['id']}{what}"


def test_a_client_is_made_and_its_secret_is_shown_once(api, base, new, db):
    made = new()
    secret = made.pop("client_secret")
    assert set(made) == ALL and made["grant_types"] == ["client_credentials"] and not made["public"]
    read = api.get(of(made))
    assert read.json() == made and secret not in read.text
    assert secret not in api.get("/v1/api-clients", params={"q": made["client_id"]}).text
    assert token(base, {**made, "client_secret": secret}).status_code == 200
    assert events(db, "client", made["id"]) == ["created"]
    with db.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {ANNOUNCED} WHERE data LIKE %s", (f"%{secret}%",))
        assert cursor.fetchone() == (0,)


def test_a_retry_makes_one_client_and_does_not_show_the_secret_again(api, stack):
    sent = {"json": {"name": unique("client"), "scope": "items:read"}, "headers": {"Idempotency-Key": unique("key")}}
    first, again = api.post("/v1/api-clients", **sent), api.post("/v1/api-clients", **sent)
    stack.keep_secret(first.json()["client_secret"])
    assert again.status_code == 201 and again.headers["Idempotency-Replayed"] == "true"
    assert "client_secret" not in again.json() and again.json()["id"] == first.json()["id"]


@pytest.mark.parametrize("fields, mistakes", [
    ({"name": 7}, {"/name": "wrong_type"}),
    ({"name": " "}, {"/name": "required"}),
    ({"scope": "items:read items:fly"}, {"/scope": "unknown_permission"}),
    ({"scope": " "}, {"/scope": "required"}),
    ({"grant_types": ["password"]}, {"/grant_types/0": "invalid_choice"}),
    ({"grant_types": []}, {"/grant_types": "required"}),
    ({"grant_types": ["authorization_code"]}, {"/redirect_uris": "required"}),
    ({"grant_types": ["client_credentials", "refresh_token"]}, {"/grant_types": "conflicting"}),
    ({"public": True, "grant_types": ["client_credentials"]}, {"/grant_types": "conflicting"}),
    ({"redirect_uris": [BACK] * 11}, {"/redirect_uris": "too_many"}),
])
def test_mistakes(api, fields, mistakes):
    body = {"name": unique("client"), "scope": "items:read", **fields}
    assert wrong(api.post("/v1/api-clients", json=body), 422) == mistakes


@pytest.mark.parametrize("uri", [
    "http://app.example/back", "https://app.example/#x", "https://", "https:///x", "https://u@app.example/",
    "https://*.example/", "javascript:alert(1)", "data:text/html,x", "/back", "//app.example", "app:/back",
    "https://app.example/\u00e9", "https://app.example/a b", "http://127.0.0.1.evil.example/", "http://localhost@evil/",
    "https://app.example/" + "x" * 400, "http://[::1", "com.example.app:x",
    "https://[::1", "https://a;script-src", "https://a,b", "https://a\"b/", "https://a:99999999/", "https://a:0/", "https://a:/",
    "https://a:8:8/", "http://127.0.0.1:80:90/", "http://127.0.0.1:x/", "https://a_b/", "https://[::1]x/"])
def test_an_address_that_tokens_could_leak_to_is_refused(api, uri):
    body = {"name": unique("client"), "scope": "items:read", "redirect_uris": [uri]}
    assert set(wrong(api.post("/v1/api-clients", json=body), 422)) == {"/redirect_uris/0"}


def test_addresses_that_are_taken(new):
    uris = [BACK, BACK + "?a=1", "http://127.0.0.1/cb", "http://[::1]:8000/cb", "http://localhost:3000/",
            "com.example.app:/back"]
    made = new(public=True, redirect_uris=uris)
    assert made["redirect_uris"] == uris and made["grant_types"] == ["authorization_code", "refresh_token"]
    assert "client_secret" not in made


def test_what_is_left_out_of_a_change_stays(api, new, db):
    made = new(scope="items:read stock:read", redirect_uris=[BACK])
    assert api.patch(of(made), json={}).status_code == 428
    answer = api.patch(of(made), json={"name": "Till"}, headers={"If-Match": '"1"'})
    assert answer.status_code == 200 and answer.json()["version"] == 2
    assert {k: answer.json()[k] for k in ("scope", "redirect_uris", "grant_types")} == \
        {k: made[k] for k in ("scope", "redirect_uris", "grant_types")}
    assert api.patch(of(made), json={"name": "x"}, headers={"If-Match": '"1"'}).status_code == 412
    assert api.patch(of(made), json={"redirect_uris": []}, headers={"If-Match": "*"}).json()["redirect_uris"] == []
    assert events(db, "client", made["id"]) == ["created", "updated", "updated"]


def test_a_new_secret_ends_the_old_one(api, base, stack, new):
    made = new()
    answer = api.post(of(made, "/secret"))
    fresh = stack.keep_secret(answer.json()["client_secret"])
    assert token(base, made).status_code == 401
    assert token(base, {**made, "client_secret": fresh}).status_code == 200
    assert api.post(of(made, "/secret"), headers={"If-Match": '"1"'}).status_code == 412
    public = new(public=True, redirect_uris=[BACK])
    assert api.post(of(public, "/secret")).status_code == 409


def test_a_disabled_client_is_refused_until_it_is_enabled(api, base, stack, new):
    made = new()
    mine = client.Api(base, stack.keep_secret(token(base, made).json()["access_token"]))
    assert mine.get("/v1/items").status_code == 200
    assert api.post(of(made, "/disable")).json()["status"] == "disabled"
    assert mine.get("/v1/items").status_code == 401 and token(base, made).status_code == 401
    assert api.post(of(made, "/disable")).json()["version"] == 2
    assert api.post(of(made, "/secret")).status_code == 409
    assert api.post(of(made, "/enable")).json()["status"] == "active"
    assert mine.get("/v1/items").status_code == 200 and token(base, made).status_code == 200


def test_keys_are_added_and_removed(api, new):
    made, key = new(), {"public_key": pem()}
    added = api.post(of(made, "/keys"), json=key)
    assert added.status_code == 200 and len(added.json()["keys"]) == 1
    assert api.post(of(made, "/keys"), json=key).json()["version"] == added.json()["version"]
    assert wrong(api.post(of(made, "/keys"), json={"public_key": "x"}), 422) == {"/public_key": "invalid_key"}
    assert wrong(api.post(of(made, "/keys"), json={}), 422) == {"/public_key": "required"}
    for kid in ("none", "é"):
        assert api.post(of(made, "/keys/remove"), json={"kid": kid}).status_code == 404
    removed = api.post(of(made, "/keys/remove"), json={"kid": added.json()["keys"][0]})
    assert removed.json()["keys"] == []
    assert api.post(of(new(public=True, redirect_uris=[BACK]), "/keys"), json=key).status_code == 409


def test_nobody_gives_more_than_he_has(api, stack, new):
    """A program that manages clients cannot make itself, or another, more than it is."""
    small = client.Api(stack.url, stack.forger.token(scope="clients:read clients:write items:read"))
    body = {"name": unique("client"), "scope": "items:read items:write"}
    assert wrong(small.post("/v1/api-clients", json=body), 422) == {"/scope": "not_yours"}
    large, same = new(scope="items:read audit:read"), new()
    for send in (lambda: small.patch(of(large), json={"redirect_uris": [BACK]}, headers={"If-Match": "*"}),
                 lambda: small.post(of(large, "/secret")),
                 lambda: small.post(of(large, "/keys"), json={"public_key": pem()})):
        answer = send()
        assert answer.status_code == 403 and "audit:read" in answer.json()["detail"]
    assert wrong(small.patch(of(same), json={"scope": "audit:read"}, headers={"If-Match": "*"}),
                 422) == {"/scope": "not_yours"}
    assert stack.keep_secret(small.post(of(same, "/secret")).json()["client_secret"])
    assert small.post(of(large, "/disable")).status_code == 200  # to take away is fine
    assert small.post(of(large, "/enable")).status_code == 403


def test_lists(api, new):
    rows = [new() for _ in range(5)]
    ids = [row["id"] for row in rows]
    assert [row["id"] for row in walk(api, "/v1/api-clients", limit=2) if row["id"] in ids] == ids
    assert [row["id"] for row in walk(api, "/v1/api-clients", limit=2, sort="-id") if row["id"] in ids] == ids[::-1]
    assert [row["id"] for row in walk(api, "/v1/api-clients", q=rows[2]["name"].upper())] == [ids[2]]
    api.post(of(rows[0], "/disable"))
    off = [row["id"] for row in walk(api, "/v1/api-clients", status="disabled")]
    assert ids[0] in off and not set(ids[1:]) & set(off)


def test_the_command_line_makes_and_changes_clients(api, stack):
    done = stack.run("client", "add", "an app", "--scope", "items:read", "--public", "--redirect-uri", BACK,
                     "--redirect-uri", "http://127.0.0.1/")
    assert done.returncode == 0 and "client_secret" not in done.stdout
    id_ = done.stdout.split()[1]
    made, = api.get("/v1/api-clients", params={"q": id_}).json()["data"]
    assert made["public"] and made["redirect_uris"] == [BACK, "http://127.0.0.1/"]
    assert stack.run("client", "edit", id_, "--name", "our app", "--scope", "items:read stock:read").returncode == 0
    assert stack.run("client", "disable", id_).returncode == 0
    assert stack.run("client", "edit", id_, "--grant", "client_credentials").returncode == 1
    now = api.get(of(made)).json()
    assert (now["name"], now["scope"], now["status"]) == ("our app", "items:read stock:read", "disabled")
    assert stack.run("client", "enable", id_).returncode == 0
    assert api.get(of(made)).json()["status"] == "active"
    for misuse in (["add", "x"], ["edit", id_, "--public"], ["enable"], ["list", "--name", "x"]):
        assert stack.run("client", *misuse).returncode == 2


# ---- pages ----

def made_on_page(browser, stack, **fields):
    form = browser.get("/clients/new").text
    once = re.search(r'name="once" value="([^"]+)"', form).group(1)
    sent = {"name": unique("client"), "kind": "confidential", "client_credentials": "on", "permissions.0.permission": "items:read",
            "once": once, **fields}
    return sent, browser.submit("/clients", **sent)


def test_a_page_makes_a_client_and_shows_its_secret_once(browser, base, stack, api):
    sent, page = made_on_page(browser, stack)
    assert page.status_code == 200, page.text
    secret = stack.keep_secret(re.search(r"bcs_[\w-]+", page.text).group(0))
    made, = api.get("/v1/api-clients", params={"q": sent["name"]}).json()["data"]
    assert made["scope"] == "items:read" and token(base, {**made, "client_secret": secret}).status_code == 200
    assert "bcs_" not in browser.get(f"/clients/{made['id']}").text
    again = browser.submit("/clients", **sent)  # the page is loaded again
    assert again.status_code == 303 and again.text == ""
    assert len(api.get("/v1/api-clients", params={"q": sent["name"]}).json()["data"]) == 1


def test_a_form_that_is_wrong_keeps_what_was_typed(browser, stack):
    sent, page = made_on_page(browser, stack, authorization_code="on", redirect_uris="http://evil.example/")
    assert page.status_code == 422
    assert sent["name"] in page.text and "http://evil.example/" in page.text and 'href="#f-redirect_uris"' in page.text
    assert re.search(r'value="items:read" checked', page.text)


def test_buttons_of_a_client(browser, stack, api, new):
    made = new()
    path = f"/clients/{made['id']}"
    page = browser.submit(path + "/secret", version=1)
    assert stack.keep_secret(re.search(r"bcs_[\w-]+", page.text).group(0)) != made["client_secret"]
    assert browser.submit(path + "/secret", version=1).status_code == 412
    assert browser.submit(path + "/keys", version=2, public_key=pem()).status_code == 303
    key, = api.get(of(made)).json()["keys"]
    assert key in browser.get(path).text
    assert browser.submit(path + "/keys/remove", version=3, kid=key).status_code == 303
    assert browser.submit(path + "/disable", version=4).status_code == 303
    assert "disabled" in browser.get(path).text
    assert browser.submit(path + "/enable", version=5).status_code == 303
    saved = browser.submit(path, version=6, name="Saved", client_credentials="on", **{"permissions.4.permission": "stock:read"})
    assert saved.status_code == 303, saved.text
    assert api.get(of(made)).json()["scope"] == "stock:read"
    late = browser.submit(path, version=6, name="Late", client_credentials="on", **{"permissions.4.permission": "stock:read"})
    assert late.status_code == 412 and "Stored now" in late.text


def test_a_key_is_rotated_on_its_page(browser, db):
    before = browser.get("/keys").text
    assert "signs now" in before
    assert browser.submit("/keys/rotate").headers["Location"] == "/keys?done=rotated"
    assert "signs next" in browser.get("/keys").text
    with db.cursor() as cursor:
        cursor.execute("SELECT actor FROM audit_log WHERE resource = 'signing_key' ORDER BY id DESC LIMIT 1")
        assert cursor.fetchone()[0].startswith("user:")
