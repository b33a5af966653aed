"""Apps that act for a member of staff: the authorization code with PKCE, consent, refresh tokens."""

import base64
import hashlib
import html
import re
import time
import urllib.parse

import pytest
import requests

import client
from catalogue import unique

BACK = "https://app.example/back?tenant=1"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
SCOPE = "items:read stock:read"
ANY = {"If-Match": "*"}


class App:
    """A client of this server, and the member of staff who uses it."""

    def __init__(self, stack, api, role="clerk", uri=BACK, **fields):
        self.stack, self.uri, self.api = stack, uri, api
        body = {"name": unique("App"), "scope": SCOPE + " items:write", "redirect_uris": [uri],
                "grant_types": ["authorization_code", "refresh_token"], **fields}
        answer = api.post("/v1/api-clients", json=body)
        assert answer.status_code == 201, answer.text
        self.made = answer.json()
        self.secret = self.made.get("client_secret")
        if self.secret:
            stack.keep_secret(self.secret)
        self.user = unique("user").lower()
        self.password = stack.add_user(self.user, role)
        self.browser = self.sign_in()

    def sign_in(self):
        browser = client.Browser(self.stack.url)
        browser.mount("http://", client.From(client.fresh_address()))
        answer = browser.post("/login", data={"name": self.user, "password": self.password})
        assert answer.status_code == 303, answer.text
        browser.csrf = re.search(r'name="csrf" value="([^"]+)"', browser.get("/account").text).group(1)
        for cookie in browser.cookies:
            self.stack.keep_secret(cookie.value)
        return browser

    def parameters(self, **more):
        sent = {"response_type": "code", "client_id": self.made["client_id"], "redirect_uri": self.uri,
                "scope": SCOPE, "state": "a b&c", "code_challenge": CHALLENGE, "code_challenge_method": "S256", **more}
        return {name: value for name, value in sent.items() if value is not None}

    def ask(self, **more):
        return self.browser.request("GET", "/oauth2/authorize", params=self.parameters(**more))

    def decide(self, decision, **more):
        return self.browser.submit("/oauth2/authorize", decision=decision, **self.parameters(**more))

    def code(self, **more):
        answer = self.decide("allow", **more)
        assert answer.status_code == 303, answer.text
        return self.stack.keep_secret(back(answer)["code"])

    def token(self, **form):
        form.setdefault("grant_type", "authorization_code")
        if form["grant_type"] == "authorization_code":
            form = {"redirect_uri": self.uri, "code_verifier": VERIFIER, **form}
        auth = (self.made["client_id"], self.secret) if self.secret else None
        if not auth:
            form.setdefault("client_id", self.made["client_id"])
        answer = requests.post(self.stack.url + "/oauth2/token", data=form, auth=auth, timeout=10)
        for name in ("access_token", "refresh_token"):
            if answer.status_code == 200 and name in answer.json():
                self.stack.keep_secret(answer.json()[name])
        return answer

    def tokens(self, **more):
        answer = self.token(code=self.code(**more))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refresh(self, token, **form):
        return self.token(grant_type="refresh_token", refresh_token=token, **form)

    def read(self, tokens, path="/v1/items"):
        return client.Api(self.stack.url, tokens["access_token"]).get(path).status_code

    def soon_refused(self, tokens):
        """By every worker, within what a cache may remember."""
        end = time.monotonic() + 15
        while time.monotonic() < end:
            if {self.read(tokens) for _ in range(8)} == {401}:
                return True
        return False


def back(answer, uri=BACK):
    """The parameters that the app gets."""
    assert answer.status_code in (302, 303), answer.text
    where = answer.headers["Location"]
    assert where.startswith(uri)
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(where).query))


def error(answer):
    assert answer.status_code == 400, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json()["error"]


@pytest.fixture
def app(stack, api):
    return App(stack, api)


# ---- being asked ----

def test_who_is_not_signed_in_signs_in_and_comes_back(stack, app):
    browser = client.Browser(stack.url)
    browser.mount("http://", client.From(client.fresh_address()))
    first = browser.request("GET", "/oauth2/authorize", params=app.parameters())
    assert first.status_code == 303 and first.headers["Location"].startswith("/login?next=")
    page = browser.get(first.headers["Location"]).text
    where = html.unescape(re.search(r'name="next" value="([^"]+)"', page).group(1))
    answer = browser.post("/login", data={"name": app.user, "password": app.password, "next": where})
    assert answer.headers["Location"] == where
    for cookie in browser.cookies:
        stack.keep_secret(cookie.value)
    asked = browser.get(where)
    assert asked.status_code == 200 and app.made["name"] in asked.text


def test_the_page_says_who_asks_for_what_as_whom(app):
    page = app.ask()
    assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store"
    for text in (app.made["name"], app.user, "See items and categories", "See quantities", "https://app.example"):
        assert text in page.text
    assert "Make, change and archive items" not in page.text
    assert "form-action 'self' https://app.example;" in page.headers["Content-Security-Policy"]


def test_allowing_leads_back_with_a_code_state_and_issuer(app, db):
    said = back(app.decide("allow"))
    assert set(said) == {"tenant", "code", "state", "iss"} and said["state"] == "a b&c"
    metadata = requests.get(app.stack.url + "/.well-known/oauth-authorization-server", timeout=10).json()
    assert said["iss"] == metadata["issuer"] and metadata["authorization_response_iss_parameter_supported"]
    app.stack.keep_secret(said["code"])
    with db.cursor() as cursor:
        cursor.execute("SELECT actor_name, changes FROM audit_log WHERE resource = 'client' AND action = 'allowed'"
                       " AND resource_id = %s", (str(app.made["id"]),))
        (name, changes), = cursor.fetchall()
    assert name == app.user and SCOPE in changes


def test_denying_leads_back_with_an_error(app):
    said = back(app.decide("deny"))
    assert (said["error"], said["state"]) == ("access_denied", "a b&c") and "code" not in said


def test_without_the_sessions_token_nothing_is_allowed(app):
    answer = app.browser.post("/oauth2/authorize", data={"decision": "allow", **app.parameters()})
    assert answer.status_code == 403


def test_what_was_allowed_is_not_asked_again(app):
    app.code()
    assert "code" in back(app.ask()) and "code" in back(app.ask(scope="items:read"))
    assert app.ask(scope=SCOPE + " items:write", prompt="consent").status_code == 200
    assert back(app.ask(prompt="none"))["code"]


def test_who_must_not_be_asked_is_not(app):
    assert back(app.ask(prompt="none"))["error"] == "consent_required"


def test_whoever_comes_from_signing_in_is_led_on_by_a_page(app):
    """Chromium would refuse a redirect to another site as the end of a form's way."""
    app.code()
    answer = app.browser.request("GET", "/oauth2/authorize", params=app.parameters(), headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 200 and answer.headers["Refresh"].startswith("0;url=" + BACK)


@pytest.mark.parametrize("wrong", [
    {"client_id": None}, {"client_id": "bc-unknown"}, {"client_id": "\u00e9"}, {"redirect_uri": None},
    {"redirect_uri": "https://evil.example/"}, {"redirect_uri": BACK + "&more=1"}, {"redirect_uri": BACK + "/../x"},
    {"redirect_uri": "https://app.example/back"}, {"redirect_uri": [BACK, BACK]}, {"state": ["a", "b"]}])
def test_nobody_is_sent_to_an_address_that_is_not_registered(app, wrong):
    for answer in (app.ask(**wrong), app.decide("allow", **wrong)):
        assert answer.status_code == 400 and "Location" not in answer.headers
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


def test_a_disabled_client_is_not_led_back_to(app, api):
    api.post(f"/v1/api-clients/{app.made['id']}/disable")
    assert app.ask().status_code == 400


@pytest.mark.parametrize("wrong, code", [
    ({"response_type": "token"}, "unsupported_response_type"), ({"response_type": None}, "invalid_request"),
    ({"code_challenge": None}, "invalid_request"), ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge_method": None}, "invalid_request"), ({"code_challenge": "short"}, "invalid_request"),
    ({"scope": "items:fly"}, "invalid_scope"), ({"scope": "users:write"}, "invalid_scope"),
    ({"state": "x" * 1025}, "invalid_request")])
def test_mistakes_are_told_to_the_app(app, wrong, code):
    for answer in (app.ask(**wrong), app.decide("allow", **wrong)):
        assert back(answer)["error"] == code


def test_unknown_parameters_are_ignored(app):
    assert app.ask(nonce="x", resource="y").status_code == 200


def test_a_client_without_the_grant_type_is_told_so(stack, api):
    app = App(stack, api, grant_types=["client_credentials"])
    assert back(app.ask())["error"] == "unauthorized_client"


def test_the_port_of_a_loopback_address_is_free(stack, api):
    app = App(stack, api, uri="http://127.0.0.1/cb", public=True)
    for port in (":5123", ":40000", ""):
        uri = f"http://127.0.0.1{port}/cb"
        code = back(app.decide("allow", redirect_uri=uri), uri)["code"]
        assert app.token(code=stack.keep_secret(code), redirect_uri=uri).status_code == 200
    for uri in ("http://127.0.0.1:5123/other", "http://127.0.0.1:x/cb", "http://127.0.0.1:1@evil.example/cb",
                "http://127.0.0.2/cb", "http://localhost/cb", "https://127.0.0.1/cb"):
        assert app.ask(redirect_uri=uri).status_code == 400, uri


def test_a_public_client_without_an_https_address_is_asked_for_each_time(stack, api):
    """Any program on the device could listen there, with a challenge of its own."""
    for uri, asks in (("http://127.0.0.1/cb", True), ("com.example.app:/cb", True), ("https://app.example/cb", False)):
        app = App(stack, api, uri=uri, public=True)
        assert app.decide("allow").status_code == 303
        assert (app.ask().status_code == 200) == asks, uri
        if asks:
            assert back(app.ask(prompt="none"), uri)["error"] == "consent_required"
    confidential = App(stack, api, uri="http://127.0.0.1/cb")
    assert confidential.decide("allow").status_code == 303
    assert confidential.ask().status_code in (302, 303)


def test_prompt_is_a_list_of_words(stack, api, app):
    app.code()
    assert app.ask(prompt="login consent").status_code == 200
    assert app.ask(prompt="select_account").status_code in (302, 303)


# ---- codes ----

@pytest.mark.parametrize("public", [False, True])
def test_a_code_becomes_tokens_that_act_for_the_user(stack, api, public):
    app = App(stack, api, public=public)
    said = app.tokens()
    assert set(said) == {"access_token", "token_type", "expires_in", "scope", "refresh_token"}
    assert said["scope"] == SCOPE and app.read(said) == 200 and app.read(said, "/v1/movements") == 403
    assert app.read(said, "/v1/sessions") == 403  # a person's own affairs
    claims = said["access_token"].split(".")[1]
    claims = base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)).decode()
    assert '"user:' in claims and app.made["client_id"] in claims


def test_what_the_app_does_is_done_by_the_user(stack, api):
    app = App(stack, api, role="administrator")
    tokens = app.tokens(scope="items:write")
    item = client.Api(stack.url, tokens["access_token"]).post("/v1/items", json={"sku": unique("SKU"), "name": "x"})
    assert item.status_code == 201
    entry = api.get("/v1/audit-log", params={"resource": "item", "resource_id": str(item.json()["id"])}).json()["data"][0]
    assert entry["actor"].startswith("user:") and entry["actor_name"] == app.user
    assert entry["app"] == f"client:{app.made['id']}"
    made, = api.get("/v1/audit-log", params={"app": entry["app"]}).json()["data"]
    assert made == entry
    page = app.browser.get("/audit", params={"app": entry["app"]})
    assert page.status_code == 200 and "through" in page.text and f"?app=client%3A{app.made['id']}" in page.text


def test_nobody_gives_an_app_what_he_does_not_have(stack, api):
    app = App(stack, api, role="viewer")
    assert app.tokens(scope=SCOPE + " items:write")["scope"] == SCOPE
    assert back(app.ask(scope="items:write"))["error"] == "invalid_scope"


@pytest.mark.parametrize("wrong", [{"code_verifier": "w" * 43}, {"code_verifier": "v" * 42}, {"code_verifier": CHALLENGE},
                                   {"redirect_uri": "https://app.example/"}])
def test_a_code_alone_is_worth_nothing_and_can_be_tried_once(app, wrong):
    code = app.code()
    assert error(app.token(code=code, **wrong)) == "invalid_grant"
    assert error(app.token(code=code)) == "invalid_grant"


def test_a_code_that_was_never_given_is_refused(app):
    assert error(app.token(code="x" * 43)) == "invalid_grant"


@pytest.mark.parametrize("lacks", ["code", "redirect_uri", "code_verifier"])
def test_what_is_missing_is_said(app, lacks):
    assert error(app.token(**{"code": "x", lacks: ""})) == "invalid_request"


def test_a_code_is_its_clients(stack, api, app):
    other = App(stack, api)
    code = app.code()
    assert error(other.token(code=code)) == "invalid_grant"
    assert app.token(code=code).status_code == 200


def test_a_code_lives_a_minute(app, db):
    code = app.code()
    with app.stack.database.owner() as owner, owner.cursor() as cursor:
        cursor.execute("UPDATE authorization_code SET expires_at = expires_at - INTERVAL 60 SECOND WHERE code_hash = %s",
                       (hashlib.sha256(code.encode()).digest(),))
    assert error(app.token(code=code)) == "invalid_grant"


def test_a_code_that_is_used_again_ends_what_it_gave(app):
    code = app.code()
    tokens = app.token(code=code).json()
    assert app.read(tokens) == 200
    assert error(app.token(code=code)) == "invalid_grant"
    assert error(app.refresh(tokens["refresh_token"])) == "invalid_grant"
    assert app.soon_refused(tokens)


def test_of_many_at_once_one_gets_tokens(app):
    code = app.code()
    statuses = client.Crowd(6).run(lambda i: app.token(code=code).status_code)
    assert sorted(statuses) == [200] + [400] * 5


def test_the_audit_log_has_the_users_name(app, api):
    code = app.code()
    refresh = app.token(code=code).json()["refresh_token"]
    app.refresh(refresh)
    app.refresh(refresh)
    app.token(code=code)
    rows = api.get("/v1/audit-log", params={"actor": app.user, "resource": "client", "limit": 10}).json()["data"]
    assert [row["action"] for row in rows] == ["token_reused", "token_reused", "signed_in_for", "allowed"]


def withdraw(app):
    assert app.browser.submit(f"/account/apps/{app.made['id']}/withdraw").status_code == 303


def new_password(app):
    done = app.stack.run("user", "passwd", app.user, "--password-file", "-", input="another long password\n")
    assert done.returncode == 0, done.stderr


def end_sessions(app):
    row, = [row for row in app.api.get("/v1/users", params={"limit": 200}).json()["data"] if row["name"] == app.user]
    assert app.api.post(f"/v1/users/{row['id']}/end-sessions").status_code < 300


def user_out_and_in(app):
    for verb in ("disable", "enable"):
        assert app.stack.run("user", verb, app.user).returncode == 0


def client_out_and_in(app):
    for verb in ("disable", "enable"):
        assert app.api.post(f"/v1/api-clients/{app.made['id']}/{verb}").status_code == 200


@pytest.mark.parametrize("end", [withdraw, new_password, end_sessions, user_out_and_in, client_out_and_in])
def test_what_ends_tokens_ends_codes_that_were_not_redeemed(app, end):
    code, tokens = app.code(), app.tokens()
    end(app)
    assert error(app.token(code=code)) == "invalid_grant"
    assert error(app.refresh(tokens["refresh_token"])) == "invalid_grant"


def test_a_session_that_has_ended_allows_nothing(app):
    """Though a worker may remember it for some seconds, when another host has ended it."""
    app.ask()
    with app.stack.database.owner() as owner, owner.cursor() as cursor:
        cursor.execute("DELETE s FROM session s JOIN user u ON u.id = s.user_id WHERE u.name = %s", (app.user,))
    answer = app.decide("allow")
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/login")


def test_what_is_allowed_at_the_same_moment_adds_up(stack, api):
    for _ in range(5):
        app = App(stack, api)
        one, other = app.browser, app.sign_in()
        scopes = ["items:read", "stock:read"]

        def allow(i, app=app, one=one, other=other, scopes=scopes):
            browser = (one, other)[i]
            return browser.submit("/oauth2/authorize", decision="allow", **app.parameters(scope=scopes[i])).status_code

        assert client.Crowd(2).run(allow) == [303, 303]
        assert back(app.ask(prompt="none"))["code"]


# ---- refresh tokens ----

def test_a_refresh_token_is_good_once_and_ends_the_family_when_it_comes_again(app):
    first = app.tokens()
    second = app.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"] and app.read(second) == 200
    assert error(app.refresh(first["refresh_token"])) == "invalid_grant"
    assert error(app.refresh(second["refresh_token"])) == "invalid_grant"
    assert app.soon_refused(first) and app.soon_refused(second)
    assert app.read(app.tokens()) == 200  # another family


def test_of_two_at_once_one_wins_and_the_family_ends(app):
    for _ in range(5):
        token = app.tokens()["refresh_token"]
        answers = client.Crowd(2).run(lambda i, t=token: app.refresh(t))
        assert sorted(answer.status_code for answer in answers) == [200, 400]
        fresh, = [answer.json() for answer in answers if answer.status_code == 200]
        assert error(app.refresh(fresh["refresh_token"])) == "invalid_grant"


def test_a_scope_can_only_become_narrower(app):
    tokens = app.tokens()
    assert error(app.refresh(tokens["refresh_token"], scope=SCOPE + " items:write")) == "invalid_scope"
    narrow = app.refresh(tokens["refresh_token"], scope="items:read").json()
    assert narrow["scope"] == "items:read" and app.read(narrow, "/v1/stock-levels") == 403
    assert app.refresh(narrow["refresh_token"]).json()["scope"] == SCOPE  # the family's, as RFC 6749 has it


def test_the_answer_says_what_the_client_has_left(app):
    tokens, code = app.tokens(), app.code()
    path = f"/v1/api-clients/{app.made['id']}"
    assert app.api.patch(path, json={"scope": "items:read items:write"}, headers=ANY).status_code == 200
    assert app.refresh(tokens["refresh_token"]).json()["scope"] == "items:read"
    assert app.token(code=code).json()["scope"] == "items:read"
    tokens = app.tokens(scope="items:read")
    assert app.api.patch(path, json={"scope": "stock:read"}, headers=ANY).status_code == 200
    assert error(app.refresh(tokens["refresh_token"])) == "invalid_scope"


@pytest.mark.parametrize("grant", ["refresh_token", "client_credentials"])
def test_a_scope_that_names_nothing_is_refused(stack, api, grant):
    app = App(stack, api, grant_types=["authorization_code", "refresh_token", "client_credentials"])
    form = {"refresh_token": app.tokens()["refresh_token"]} if grant == "refresh_token" else {}
    assert error(app.token(grant_type=grant, scope=" ", **form)) == "invalid_scope"


def test_a_refresh_token_is_its_clients(stack, api, app):
    other, tokens = App(stack, api), app.tokens()
    assert error(other.refresh(tokens["refresh_token"])) == "invalid_grant"
    assert app.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize("column", ["t.expires_at", "g.expires_at"])
def test_a_refresh_token_ends_when_idle_and_in_any_case(app, column):
    tokens = app.tokens()
    with app.stack.database.owner() as owner, owner.cursor() as cursor:
        cursor.execute("UPDATE refresh_token t JOIN grant_family g ON g.id = t.family_id SET " + column +
                       " = UTC_TIMESTAMP(6) WHERE t.token_hash = %s",
                       (hashlib.sha256(tokens["refresh_token"].encode()).digest(),))
    assert error(app.refresh(tokens["refresh_token"])) == "invalid_grant"


def test_without_the_grant_type_there_is_none(stack, api):
    app = App(stack, api, grant_types=["authorization_code"])
    assert "refresh_token" not in app.tokens()
    assert error(app.refresh("bcr_x")) == "unauthorized_client"


# ---- the end ----

def test_what_was_allowed_is_taken_back_on_ones_account(app):
    tokens = app.tokens()
    page = app.browser.get("/account").text
    assert app.made["name"] in page and "Apps that act for you" in page
    path = f"/account/apps/{app.made['id']}/withdraw"
    assert app.browser.submit(path).headers["Location"] == "/account?done=withdrawn"
    assert app.soon_refused(tokens) and error(app.refresh(tokens["refresh_token"])) == "invalid_grant"
    assert "Apps that act for you" not in app.browser.get("/account").text
    assert app.browser.submit(path).status_code == 404
    assert app.ask().status_code == 200  # asked again


def test_a_disabled_user_ends_it(app):
    tokens = app.tokens()
    assert app.stack.run("user", "disable", app.user).returncode == 0
    assert app.soon_refused(tokens) and error(app.refresh(tokens["refresh_token"])) == "invalid_grant"


def test_a_new_password_ends_it(app):
    tokens = app.tokens()
    new_password(app)
    assert app.soon_refused(tokens) and error(app.refresh(tokens["refresh_token"])) == "invalid_grant"


def test_what_the_user_loses_the_app_loses(app):
    tokens = app.tokens()
    assert app.read(tokens, "/v1/stock-levels") == 200
    with app.stack.database.owner() as owner, owner.cursor() as cursor:
        cursor.execute("DELETE ur FROM user_role ur JOIN user u ON u.id = ur.user_id WHERE u.name = %s", (app.user,))
    end = time.monotonic() + 15
    while time.monotonic() < end and {app.read(tokens, "/v1/stock-levels") for _ in range(8)} != {403}:
        pass
    assert app.read(tokens, "/v1/stock-levels") == 403


def test_a_refresh_token_is_described_and_revoked(stack, api, app):
    tokens, other = app.tokens(), App(stack, api)

    def tell(who, what):
        return requests.post(stack.url + "/oauth2/" + what, data={"token": tokens["refresh_token"]},
                             auth=(who.made["client_id"], who.secret), timeout=10)

    said = tell(app, "introspect").json()
    assert said["active"] and said["scope"] == SCOPE and said["sub"].startswith("user:")
    assert tell(other, "introspect").json() == {"active": False}
    assert error(tell(other, "revoke")) == "invalid_grant"
    assert tell(app, "revoke").status_code == 200 and tell(app, "introspect").json() == {"active": False}
    assert app.soon_refused(tokens) and error(app.refresh(tokens["refresh_token"])) == "invalid_grant"


def test_a_token_of_who_has_to_do_something_first_is_not_active(stack, app):
    tokens = app.tokens()
    assert stack.run("user", "force-password", app.user).returncode == 0
    said = requests.post(stack.url + "/oauth2/introspect", data={"token": tokens["access_token"]},
                         auth=(app.made["client_id"], app.secret), timeout=10)
    assert said.json() == {"active": False}


def test_a_public_client_has_no_credentials_and_asks_about_nothing(stack, api):
    app = App(stack, api, public=True)
    tokens = app.tokens()
    assert error(app.token(grant_type="client_credentials")) == "unauthorized_client"
    form = {"client_id": app.made["client_id"], "token": tokens["access_token"]}
    assert requests.post(stack.url + "/oauth2/introspect", data=form, timeout=10).status_code == 401
    assert requests.post(stack.url + "/oauth2/revoke", data=form, timeout=10).status_code == 200
    assert app.soon_refused(tokens)
    form = {"grant_type": "client_credentials", "client_id": app.made["client_id"], "client_secret": "x"}
    assert requests.post(stack.url + "/oauth2/token", data=form, timeout=10).status_code == 401
