"""Tokens of other issuers, on an installation of its own: whom it takes at their word, and all that it does
not. A provider over HTTPS on this host is the issuers."""
import concurrent.futures
import json
import pathlib
import re
import subprocess
import time
import uuid

import pytest
import requests
from cryptography.hazmat.primitives import hashes, hmac

import client
import fastcgi
import stack as installation
from issuer import Key, Provider
from streams import Stream

NPM = pathlib.Path(__file__).resolve().parents[1] / "npm"
ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "EdDSA"]
MANNERS = ["down", "slow", "redirect", "large", "liar"]
TIMEOUT_MS = 1500
WORKERS = 8


def section(provider, issuer, name, **keys):
    keys = {"issuer": issuer.url, "audience": "stock", "ca_file": provider.ca_file, **keys}
    return f"\n[issuer {name}]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    provider = Provider(tmp_path_factory.mktemp("provider"))
    yield provider
    provider.stop()


@pytest.fixture(scope="module")
def acme(provider):
    issuer = provider.issuer("acme")
    issuer.keys = [Key(algorithm, f"k-{algorithm}") for algorithm in ALGORITHMS]
    return issuer


@pytest.fixture(scope="module")
def roles(provider):
    return provider.issuer("roles")


@pytest.fixture(scope="module")
def stack(tmp_path_factory, provider, acme, roles):
    own = installation.Stack(tmp_path_factory.mktemp("serve"), installation.Database(tmp_path_factory.mktemp("db")),
                             workers=WORKERS, request_timeout_ms=30000)
    text = own.conf.read_text() + f"\n[fetch]\ntimeout_ms = {TIMEOUT_MS}\n" + section(provider, acme, "acme")
    text += section(provider, roles, "roles", claim="realm_access.roles", algorithms="ES256",
                    map="reader: items:read stock:read, urn:x:clerk: movements:write")
    for manner in MANNERS:
        issuer = provider.issuer(manner)
        issuer.manner = manner
        text += section(provider, issuer, manner)
    text += section(provider, provider.issuer("stranger"), "stranger", ca_file="")
    own.conf.write_text(text)
    try:
        done = own.run("migrate")
        assert done.returncode == 0, done.stderr
        own.client_id, own.client_secret = own.add_client("tests")
        own.token = ""
        own.start_serve().start_web()
        yield own
        assert not own.check_logs()
    finally:
        own.stop()
        own.database.kill()


def ask(stack, token, path="/v1/items?limit=1", method="GET", **options):
    stack.keep_secret(token)
    return requests.request(method, stack.url + path, timeout=60,
                            headers={"Authorization": "Bearer " + token}, **options)


def change(stack, statement, *arguments):
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute(statement, arguments)


def make_older(stack, issuer, seconds):
    """As if its keys had been asked for so long ago."""
    change(stack, "UPDATE issuer_key_set SET tried_at = UTC_TIMESTAMP(6) - INTERVAL %s SECOND,"
           " fetched_at = IF(fetched_at IS NULL, NULL, tried_at) WHERE issuer = %s", seconds, issuer.url)


def refused(answer):
    challenge = answer.headers.get("WWW-Authenticate", "")
    return answer.status_code == 401 and 'error="invalid_token"' in challenge


# ---- taken ----

@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_token_of_each_algorithm_is_taken(stack, acme, algorithm):
    key = next(key for key in acme.keys if key.algorithm == algorithm)
    assert ask(stack, acme.token(key)).status_code == 200


@pytest.mark.parametrize("header, claims, drop", [
    ({"typ": "JWT"}, {}, ()),
    ({"typ": "application/at+jwt"}, {}, ()),
    ({"typ": "AT+JWT"}, {}, ()),
    ({}, {}, [("header", "typ")]),
    ({}, {"aud": ["other", "stock"]}, [("claims", "iat")]),
    ({}, {"exp": int(time.time()) + 100_000, "nbf": int(time.time()) - 5, "x": {"y": [1.5, None]}}, ()),
    ({}, {"exp": 2**63 - 1}, ()),
    ({}, {"scope": ["items:read", 7, None, "unknown"]}, ()),
    ({}, {"sub": "Zoë O'Hara; DROP TABLE item"}, ()),
])
def test_what_issuers_may_leave_out_or_add_is_taken(stack, acme, header, claims, drop):
    assert ask(stack, acme.token(acme.keys[2], header=header, drop=drop, **claims)).status_code == 200


def test_a_token_made_by_jose_is_taken(stack, provider, acme):
    made = subprocess.run(["node", str(NPM / "foreign.mjs")], input=json.dumps({"issuer": acme.url, "audience": "stock"}),
                          text=True, capture_output=True, timeout=60)
    assert made.returncode == 0, made.stderr
    given = json.loads(made.stdout)
    assert [token["alg"] for token in given["tokens"]] == ALGORITHMS
    before, acme.keys = acme.keys, acme.keys + [Published(jwk) for jwk in given["keys"]]
    make_older(stack, acme, 61)
    try:
        for token in given["tokens"]:
            assert ask(stack, token["token"]).status_code == 200, token["alg"]
    finally:
        acme.keys = before


class Published:
    """A key of which only the public half is here."""

    def __init__(self, jwk):
        self.public = jwk

    def jwk(self):
        return self.public


# ---- permitted ----

def test_the_claim_and_the_map_say_what_is_permitted(stack, roles):
    reader = roles.token(sub="reader", scope="", realm_access={"roles": ["reader", "other"]})
    assert ask(stack, reader).status_code == 200
    answer = ask(stack, reader, "/v1/movements")
    assert answer.status_code == 403
    assert 'error="insufficient_scope", scope="movements:read"' in answer.headers["WWW-Authenticate"]
    for claims in ({"realm_access": {"roles": ["items:read"]}}, {"realm_access": ["reader"]}, {"scope": "reader"},
                   {"realm_access": {"roles": {"reader": True}}}, {"realm_access": "reader"}):
        assert ask(stack, roles.token(sub="nobody", **claims)).status_code == 403


def test_a_colon_may_be_part_of_a_value(stack, roles):
    token = roles.token(realm_access={"roles": "x urn:x:clerk"})
    assert ask(stack, token, "/v1/movements", "POST", json={}).status_code == 422
    assert ask(stack, token).status_code == 403


def test_what_it_did_is_written_down_under_its_name(stack, acme):
    scope = "items:read items:write locations:write locations:read movements:write movements:read"
    token = acme.token(acme.keys[2], sub="robot-7", client_id="Night robot", scope=scope)
    sku, code = "F-" + uuid.uuid4().hex[:8], "L-" + uuid.uuid4().hex[:8]
    assert ask(stack, token, "/v1/items", "POST", json={"sku": sku, "name": "x", "unit": "each"}).status_code == 201
    assert ask(stack, token, "/v1/locations", "POST", json={"code": code, "name": "x", "kind": "bin"}).status_code == 201
    made = ask(stack, token, "/v1/movements", "POST", json={
        "type": "receipt", "lines": [{"sku": sku, "from": "@supplier", "to": code, "quantity": "4"}]})
    assert made.status_code == 201, made.text
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute("SELECT m.actor, f.subject, f.name FROM movement m JOIN foreign_principal f"
                       " ON m.actor = CONCAT('foreign:', f.id) WHERE m.id = %s", (made.json()["id"],))
        actor, subject, name = cursor.fetchone()
        assert (subject, name) == (b"robot-7", "Night robot")
        cursor.execute("SELECT actor, actor_name FROM audit_log WHERE resource = 'item' ORDER BY id DESC LIMIT 1")
        assert cursor.fetchone() == (actor, "Night robot")
        cursor.execute("SELECT action, changes FROM audit_log WHERE actor = %s ORDER BY id LIMIT 1", (actor,))
        action, changes = cursor.fetchone()
        assert action == "first_seen" and json.loads(changes)["subject"]["after"] == "robot-7"
    assert ask(stack, token, f"/v1/movements/{made.json()['id']}").json()["actor"] == actor
    staff = client.Browser(stack.url).sign_in("ann", stack.add_user("ann"), stack.keep_secret)
    for page in (f"/movements/{made.json()['id']}", "/movements", "/audit?actor=" + actor):
        assert "Night robot" in staff.get(page).text, page


def test_one_subject_is_one_principal_for_all_workers(stack, acme):
    token = acme.token(acme.keys[2], sub="many-" + uuid.uuid4().hex)
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: ask(stack, token).status_code, range(64)))
    assert set(answers) == {200}
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM foreign_principal WHERE subject LIKE 'many-%%'")
        assert cursor.fetchone() == (1,)


def test_subjects_are_told_apart_to_the_last_byte(stack, acme):
    subject = "s-" + uuid.uuid4().hex
    variants = [subject, subject + " ", subject.upper(), subject + "\u00e9", subject + "e\u0301"]
    for variant in variants:
        assert ask(stack, acme.token(acme.keys[2], sub=variant)).status_code == 200
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute("SELECT subject FROM foreign_principal WHERE LOWER(CONVERT(subject USING utf8mb4)) LIKE %s",
                       (subject + "%",))
        assert {row[0].decode() for row in cursor} == set(variants)


def test_one_that_is_disabled_is_refused_at_once(stack, acme):
    subject = "gone-" + uuid.uuid4().hex
    token = acme.token(acme.keys[2], sub=subject)
    assert ask(stack, token).status_code == 200
    rows = [line.split("\t") for line in stack.run("issuer", "subjects").stdout.splitlines()]
    number = next(row[0] for row in rows if row[3] == subject)
    assert stack.run("issuer", "disable", number).returncode == 0
    assert refused(ask(stack, token))
    assert stack.run("issuer", "enable", number).returncode == 0
    assert ask(stack, token).status_code == 200
    assert stack.run("issuer", "disable", "999999").returncode == 1


def test_pages_and_sessions_are_not_for_it(stack, acme):
    token = acme.token(acme.keys[2])
    assert ask(stack, token, "/v1/sessions").status_code == 403
    assert ask(stack, token, "/items", allow_redirects=False).status_code == 303


# ---- refused ----

def hs256(secret):
    def sign(data):
        mac = hmac.HMAC(secret, hashes.SHA256())
        mac.update(data)
        return mac.finalize()
    return sign


KIDS = ["../../../../etc/passwd", "/dev/null", "k-ES256' OR '1'='1", "x'; DROP TABLE issuer_key_set; -- ", "k-ES256\u0000",
        "K-ES256", "k-ES256 ", "%2e%2e%2f", "http://127.0.0.1/key", "| cat /etc/passwd", "\u212a-ES256", "k" * 256, "k" * 255]


@pytest.mark.parametrize("kid", KIDS)
def test_a_kid_is_a_name_and_nothing_else(stack, acme, kid):
    assert refused(ask(stack, acme.token(acme.keys[2], header={"kid": kid})))


@pytest.mark.parametrize("name, changes", [
    ("another audience", {"aud": "other"}), ("no audience", {"aud": []}), ("an audience in parts", {"aud": "sto"}),
    ("expired", {"exp": int(time.time()) - 31}), ("exp is text", {"exp": "2000000000"}), ("exp is null", {"exp": None}),
    ("not yet valid", {"nbf": int(time.time()) + 600}), ("issued later", {"iat": int(time.time()) + 600}),
    ("no subject", {"sub": ""}), ("a subject that is too long", {"sub": "s" * 256}), ("a number", {"sub": 7}),
    ("another issuer", {"iss": "https://elsewhere.example"}), ("a slash more", {"iss": "/"}), ("no issuer", {"iss": None}),
])
def test_claims_that_do_not_fit_are_refused(stack, acme, name, changes):
    if changes.get("iss") == "/":
        changes = {"iss": acme.url + "/"}
    assert refused(ask(stack, acme.token(acme.keys[2], **changes)))


@pytest.mark.parametrize("header", [
    {"alg": "none"}, {"alg": "None"}, {"alg": ""}, {"alg": None}, {"alg": "ES384"}, {"alg": "RS256"}, {"alg": "es256"},
    {"crit": ["exp"]}, {"typ": "id+jwt"}, {"kid": None}, {"kid": ""}, {"kid": 7},
    {"jwk": {"kty": "oct"}, "kid": "unknown"}, {"jku": "https://127.0.0.1/keys", "kid": "unknown"},
])
def test_headers_that_do_not_fit_are_refused(stack, acme, header):
    assert refused(ask(stack, acme.token(acme.keys[2], header=header)))


def test_a_token_without_a_signature_is_refused(stack, acme):
    for header in ({"alg": "none"}, {}):
        assert refused(ask(stack, acme.token(acme.keys[2], header=header, sign=lambda data: b"")))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_public_key_is_no_shared_secret(stack, acme, algorithm):
    key = next(key for key in acme.keys if key.algorithm == algorithm)
    for secret in (key.pem(), json.dumps(key.jwk()).encode(), b""):
        assert refused(ask(stack, acme.token(key, header={"alg": "HS256"}, sign=hs256(secret))))


def test_a_key_of_one_issuer_signs_nothing_of_another(stack, acme, roles):
    assert ask(stack, roles.token(realm_access={"roles": ["reader"]})).status_code == 200
    assert refused(ask(stack, acme.token(roles.keys[0])))
    assert refused(ask(stack, acme.token(roles.keys[0], header={"kid": acme.keys[2].kid})))
    assert refused(ask(stack, roles.token(acme.keys[2], realm_access={"roles": ["reader"]})))


def test_our_own_name_is_not_a_foreign_issuers(stack, acme):
    assert refused(ask(stack, acme.token(acme.keys[2], iss="http://127.0.0.1:8080", aud="bincard",
                                         sub=stack.client_id, client_id=stack.client_id, jti="1")))


def test_an_algorithm_that_is_not_allowed_has_no_keys(stack, roles):
    key = Key("EdDSA", "ed")
    roles.keys.append(key)
    try:
        make_older(stack, roles, 61)
        assert refused(ask(stack, roles.token(key, realm_access={"roles": ["reader"]})))
    finally:
        roles.keys.remove(key)


def test_a_token_of_a_mebibyte_is_refused_and_nothing_is_asked(stack, acme):
    token = acme.token(acme.keys[2], x="x" * 790_000)
    assert len(token) > 1 << 20
    before = len(acme.asked)
    answer = fastcgi.ask_worker(stack, "/v1/items", HTTP_AUTHORIZATION="Bearer " + token).decode()
    assert answer.startswith("Status: 401") and 'error="invalid_token"' in answer
    # the web server does not even pass it on
    assert ask(stack, token).status_code in (400, 413, 431)
    assert len(acme.asked) == before


# ---- keys ----

def test_a_new_key_is_asked_for_once_a_minute_over_all_workers(stack, acme):
    key = Key("ES256", "new")
    tokens = [acme.token(Key("ES256", uuid.uuid4().hex)) for _ in range(4)]
    assert ask(stack, acme.token(acme.keys[2])).status_code == 200
    make_older(stack, acme, 61)
    before = acme.count()
    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(lambda i: ask(stack, tokens[i % 4]), range(200)))
    assert acme.count() == before + 1
    # 503: while that one answer was waited for, the key might have been in it
    assert all(refused(answer) or answer.status_code == 503 for answer in answers)
    assert all(refused(ask(stack, token)) for token in tokens)
    acme.keys.append(key)
    try:
        assert refused(ask(stack, acme.token(key)))  # within the minute
        make_older(stack, acme, 61)
        assert ask(stack, acme.token(key)).status_code == 200
        assert acme.count() == before + 2
    finally:
        acme.keys.remove(key)


def test_a_key_that_was_withdrawn_is_refused_after_the_next_refresh(stack, acme):
    key = Key("EdDSA", "short-lived")
    acme.keys.append(key)
    make_older(stack, acme, 61)
    assert ask(stack, acme.token(key)).status_code == 200
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:  # so that none of them asks because of the kid
        answers = list(pool.map(lambda _: ask(stack, acme.token(key)).status_code, range(8 * WORKERS)))
    assert set(answers) == {200}
    acme.keys.remove(key)
    make_older(stack, acme, 601)
    installation.wait_for("all workers to look again", lambda: [ask(stack, acme.token(key)).status_code for _ in range(24)]
                          == [401] * 24, 60)


def test_a_stream_ends_when_the_key_of_its_token_is_withdrawn(stack, acme):
    """Whether the issuer has it again is not asked by the process that serves streams: it does not wait for ever."""
    key = Key("EdDSA", "for-a-stream")
    acme.keys.append(key)
    make_older(stack, acme, 61)
    token = stack.keep_secret(acme.token(key))
    assert ask(stack, token).status_code == 200
    with Stream(stack.events, {"Authorization": "Bearer " + token}) as s:
        assert s.status == 200
        acme.keys.remove(key)
        make_older(stack, acme, 601)
        ask(stack, acme.token(acme.keys[2]))
        assert s.over.wait(60 + 30 * installation.PATIENCE)


def test_a_stream_begins_with_a_known_key_while_the_provider_is_down(stack, acme):
    token = stack.keep_secret(acme.token(acme.keys[2]))
    assert ask(stack, token).status_code == 200
    acme.manner = "down"
    try:
        with Stream(stack.events, {"Authorization": "Bearer " + token}) as s:
            assert s.status == 200
        make_older(stack, acme, 3600)
        stack.serve.terminate()
        stack.serve.wait(30)
        stack.start_serve()
        token = stack.keep_secret(acme.token(acme.keys[2]))
        with Stream(stack.events, {"Authorization": "Bearer " + token}) as s:
            assert s.status == 200
    finally:
        acme.manner = "good"
        make_older(stack, acme, 61)


def test_a_provider_that_is_down_stops_no_token_whose_key_is_known(stack, acme):
    token = acme.token(acme.keys[2])
    assert ask(stack, token).status_code == 200
    acme.manner = "down"
    try:
        make_older(stack, acme, 3600)
        # new workers know nothing but what the database has
        stack.serve.terminate()
        stack.serve.wait(30)
        stack.start_serve()
        for _ in range(3 * WORKERS):
            assert ask(stack, acme.token(acme.keys[2])).status_code == 200
        assert refused(ask(stack, acme.token(Key("ES256", "unknown"))))
        make_older(stack, acme, 8 * 86400)  # but not for ever
        stack.serve.terminate()
        stack.serve.wait(30)
        stack.start_serve()
        assert ask(stack, acme.token(acme.keys[2])).status_code == 503
    finally:
        acme.manner = "good"
        make_older(stack, acme, 61)
    assert ask(stack, token).status_code == 200


def test_the_process_for_background_jobs_asks_before_keys_are_old(stack, acme):
    assert ask(stack, acme.token(acme.keys[2])).status_code == 200
    make_older(stack, acme, 301)
    before = acme.count()
    stack.serve.terminate()
    stack.serve.wait(30)
    stack.start_serve()
    installation.wait_for("a round of the jobs", lambda: acme.count() == before + 1, 20)


def test_a_slow_provider_holds_one_worker_for_a_moment(stack, provider, acme):
    slow = provider.issuers["slow"]
    make_older(stack, slow, 61)
    before = len(slow.asked)
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        start = time.monotonic()
        waiting = [pool.submit(ask, stack, slow.token()) for _ in range(16)]
        good = [pool.submit(ask, stack, acme.token(acme.keys[2])) for _ in range(16)]
        assert {answer.result().status_code for answer in good} == {200}
        good_s = time.monotonic() - start
        assert {answer.result().status_code for answer in waiting} == {503}
        assert time.monotonic() - start < (TIMEOUT_MS / 1000 + 2) * installation.PATIENCE
    assert good_s < 1.2 * installation.PATIENCE
    assert len(slow.asked) <= before + 2


@pytest.mark.parametrize("manner", ["down", "redirect", "large", "liar", "stranger"])
def test_what_a_provider_must_not_answer_gives_no_keys(stack, provider, manner):
    issuer = provider.issuers[manner]
    make_older(stack, issuer, 61)
    answer = ask(stack, issuer.token())
    assert answer.status_code == 503 and "Retry-After" in answer.headers
    assert "127.0.0.1" not in answer.text
    assert not any(path.startswith("/moved") for path in issuer.asked)
    done = stack.run("issuer", "check", manner)
    reason = {"down": "Empty reply", "redirect": "302", "large": "too large", "liar": "issuer is another",
              "stranger": "certificate"}[manner]
    assert done.returncode == 1 and reason in done.stderr


def test_the_command_shows_the_keys(stack, acme, roles):
    done = stack.run("issuer", "check", "acme")
    assert done.stdout.splitlines() == [f"{key.algorithm}\t{key.kid}" for key in acme.keys], done.stderr
    listed = stack.run("issuer", "list").stdout
    assert f"acme\t{acme.url}\t20" in listed and f"roles\t{roles.url}\t20" in listed
    assert re.search("^liar\t.*\t-\t.*issuer is another$", listed, re.M), listed
    assert stack.run("issuer", "check", "nobody").returncode == 2
    assert "[issuer acme]" in stack.run("config", "show").stdout


# ---- whom they have named: page, API, limits ----

@pytest.fixture(scope="module")
def admin(stack):
    return client.Browser(stack.url).sign_in("mara", stack.add_user("mara"), stack.keep_secret)


@pytest.fixture(scope="module")
def api(stack):
    return client.Api(stack.url, stack.keep_secret(client.get_token(stack.url, *stack.add_client("staff"))))


def seen(stack, acme, **claims):
    subject = "seen-" + uuid.uuid4().hex
    token = acme.token(acme.keys[2], sub=subject, scope="items:read", **claims)
    assert ask(stack, token).status_code == 200
    return subject, token


def test_subjects_are_listed_page_by_page(stack, acme, api):
    mark = "Robots " + uuid.uuid4().hex[:8]
    subjects = [seen(stack, acme, name=f"{mark} {i}")[0] for i in range(5)]
    rows, params = [], {"q": mark, "limit": 2}
    while params:
        answer = api.get("/v1/foreign-principals", params=params).json()
        rows += answer["data"]
        params = {**params, "cursor": answer["next_cursor"]} if answer["has_more"] else None
    assert [row["subject"] for row in rows] == subjects
    assert {row["issuer"] for row in rows} == {acme.url} and {row["status"] for row in rows} == {"active"}
    one, = api.get("/v1/foreign-principals", params={"q": subjects[3]}).json()["data"]
    assert one == rows[3] == api.get(f"/v1/foreign-principals/{one['id']}").json()
    for filters in ({"issuer": "https://elsewhere.example"}, {"status": "disabled"}):
        assert api.get("/v1/foreign-principals", params={"q": mark, **filters}).json()["data"] == []
    assert api.get("/v1/foreign-principals/999999").status_code == 404


def test_who_is_disabled_by_the_api_is_refused_until_enabled(stack, acme, api):
    subject, token = seen(stack, acme)
    one, = api.get("/v1/foreign-principals", params={"q": subject}).json()["data"]
    path = f"/v1/foreign-principals/{one['id']}"
    for _ in range(2):  # the second time there is nothing to do
        answer = api.post(path + "/disable")
        assert answer.status_code == 200 and answer.json()["status"] == "disabled"
    assert {ask(stack, token).status_code for _ in range(2 * WORKERS)} == {401}
    assert api.get("/v1/foreign-principals", params={"q": subject, "status": "disabled"}).json()["data"] != []
    assert api.post(path + "/enable").json()["status"] == "active"
    assert ask(stack, token).status_code == 200
    entries = api.get("/v1/audit-log", params={"resource": "foreign_principal", "resource_id": str(one["id"])}).json()
    assert [entry["action"] for entry in entries["data"]] == ["enabled", "disabled", "first_seen"]
    assert api.post("/v1/foreign-principals/999999/disable").status_code == 404


def test_the_page_shows_issuers_and_turns_subjects_off(stack, acme, admin):
    subject, token = seen(stack, acme, name="<b>Robot</b>")
    page = admin.get("/issuers", params={"q": subject}).text
    assert acme.url in page and "&lt;b&gt;Robot&lt;/b&gt;" in page and "<b>Robot" not in page
    path = re.search(r'action="(/issuers/subjects/\d+/disable)"', page).group(1)
    answer = admin.submit(path)
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/issuers?done=")
    assert ask(stack, token).status_code == 401
    assert admin.submit(path.replace("disable", "enable")).status_code == 303
    assert ask(stack, token).status_code == 200


def test_who_only_reads_clients_turns_nobody_off(stack, acme):
    subject, _ = seen(stack, acme)
    api = client.Api(stack.url, stack.keep_secret(
        client.get_token(stack.url, *stack.add_client("reader", "clients:read"))))
    one, = api.get("/v1/foreign-principals", params={"q": subject}).json()["data"]
    assert api.post(f"/v1/foreign-principals/{one['id']}/disable").status_code == 403


def test_an_issuer_is_kept_in_its_location(stack, provider, acme, api):
    kept, codes = provider.issuer("kept"), ["K-" + uuid.uuid4().hex[:8] for _ in range(2)]
    sku = "K-" + uuid.uuid4().hex[:8]
    assert api.post("/v1/items", json={"sku": sku, "name": "x", "unit": "each"}).status_code == 201
    before = stack.conf.read_text()
    stack.conf.write_text(before + section(provider, kept, "kept", location=codes[0]))
    try:
        stack.reload()
        token = kept.token(kept.keys[0], scope="stock:read movements:write movements:read locations:read items:read")
        assert ask(stack, token, "/v1/stock-levels").status_code == 401  # there is no such location yet
        for code, quantity in zip(codes, ("4", "70")):
            assert api.post("/v1/locations", json={"code": code, "name": "x", "kind": "site"}).status_code == 201
            assert api.post("/v1/movements", json={"type": "receipt", "lines": [
                {"sku": sku, "from": "@supplier", "to": code, "quantity": quantity}]}).status_code == 201
        levels = ask(stack, token, "/v1/stock-levels").json()["data"]
        assert [(level["location"], level["on_hand"]) for level in levels] == [(codes[0], "4")]
        refused = ask(stack, token, "/v1/movements", "POST", json={"type": "issue", "lines": [
            {"sku": sku, "from": codes[1], "to": "@customer", "quantity": "1"}]})
        assert refused.status_code == 422
        taken = ask(stack, token, "/v1/movements", "POST", json={"type": "issue", "lines": [
            {"sku": sku, "from": codes[0], "to": "@customer", "quantity": "1"}]})
        assert taken.status_code == 201
    finally:
        stack.conf.write_text(before)
        stack.reload()
