"""A walk over the whole route table (app/web/routes.c): who may, and what everybody else is told."""

import hashlib
import re
import time

import pytest
import requests

import client
import routes
from catalogue import unique
from routes import ROUTES, UNSAFE

API = [route for route in ROUTES if route.auth == "AUTH_API"]
PERSONAL = [route for route in ROUTES if route.auth == "AUTH_API_SESSION"]
PAGES = [route for route in ROUTES if route.auth == "AUTH_SESSION"]
CLIENTS = [route for route in ROUTES if route.auth.startswith("AUTH_CLIENT")]
PUBLIC = [route for route in ROUTES if route.auth == "AUTH_PUBLIC"]
NEEDS = [route for route in API if route.permission != "PERM_NONE"]
UNSAFE_ROUTES = [route for route in API + PERSONAL + PAGES if route.method in UNSAFE]


def ask(session, route, **options):
    """With a body that would do, where one is needed: a refusal must come before it is read."""
    if "ROUTE_JSON_BODY" in route.flags:
        options.setdefault("json", {})
    options.setdefault("timeout", 60)
    return session.request(route.method, routes.address(route, "999999999"), **options)


def refused(answer, status, slug):
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == f"/problems/{slug}"


def test_the_table_is_what_is_served():
    assert len(ROUTES) > 60 and len(API) > 25 and len(PAGES) > 25
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)
    assert {route.auth for route in ROUTES} == {"AUTH_API", "AUTH_API_SESSION", "AUTH_SESSION", "AUTH_PUBLIC",
                                                 "AUTH_CLIENT", "AUTH_CLIENT_SECRET"}
    assert {route.path for route in PUBLIC} == {"/.well-known/jwks.json",
                                                "/.well-known/oauth-authorization-server", "/login", "/login/code", "/login/cancel",
                                                "/login/sso", "/login/sso/callback", "/invitation", "/docs", "/docs/events",
                                                "/v1/openapi.json", "/healthz", "/readyz"}
    assert all(route.permission != "PERM_NONE" for route in API + PAGES
               if route.path not in ("/", "/logout", "/oauth2/authorize", "/v1/events", *routes.ENDLESS) and not route.path.startswith("/account")), \
        "any signed-in caller may"


# ---- the API ----

@pytest.mark.parametrize("route", API + PERSONAL, ids=routes.name)
def test_without_credentials(anyone, route):
    answer = ask(anyone, route)
    refused(answer, 401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="bincard"'


def bad_tokens(forger):
    """Tokens that name a key which the server knows, each wrong in one thing."""
    good = forger.token(scope="items:read")
    return {
        "expired": forger.token(exp=1_700_000_000),
        "not yet": forger.token(nbf=4_000_000_000),
        "from the future": forger.token(iat=4_000_000_000),
        "no exp": forger.token(exp=None),
        "another issuer": forger.token(iss="https://evil.example"),
        "another audience": forger.token(aud="other"),
        "another subject": forger.token(sub="other"),
        "unknown client": forger.token(sub="bc-nobody", client_id="bc-nobody"),
        "no scope": forger.token(scope=None),
        "no jti": forger.token(jti=None),
        "a jti of another script": forger.token(jti="\u00e9"),
        "a jti that is too long": forger.token(jti="j" * 65),
        "unknown key": forger.token(header={"kid": "unknown"}),
        "no key": forger.token(header={"kid": None}),
        "alg none": forger.token(header={"alg": "none"}, sign=lambda text: b""),
        "public key as secret": forger.token(header={"alg": "HS256"}, sign=forger.hs256),
        "another alg": forger.token(header={"alg": "ES384"}),
        "crit": forger.token(header={"crit": ["exp"]}),
        "no signature": good.rsplit(".", 1)[0] + ".",
        "a byte more": good + "A",
        "padding": good + "==",
        "another body": ".".join([good.split(".")[0], forger.token(scope="items:write").split(".")[1],
                                  good.split(".")[2]]),
        "text": "nonsense",
    }


def test_a_forger_with_a_known_key_could_get_in(stack):
    """So that the refusals below are for the reason that each is named after."""
    forged = client.Api(stack.url, stack.forger.token())
    assert forged.get("/v1/items").status_code == 200
    assert forged.get("/v1/locations").status_code == 403


def test_forged_tokens(stack):
    for why, token in bad_tokens(stack.forger).items():
        answer = client.Api(stack.url, stack.keep_secret(token)).get("/v1/items")
        assert answer.status_code == 401, why
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="bincard", error="invalid_token"'


@pytest.mark.parametrize("route", API + PERSONAL, ids=routes.name)
def test_with_an_expired_token(stack, route):
    answer = ask(client.Api(stack.url, stack.forger.token(exp=1_700_000_000)), route)
    refused(answer, 401, "invalid-token")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="bincard", error="invalid_token"'


@pytest.mark.parametrize("route", API + PERSONAL, ids=routes.name)
def test_with_a_wrong_token(stack, route):
    """Signed by nobody; and the right one with another's signature."""
    for token in ("nonsense", stack.token.rsplit(".", 1)[0] + "." + "A" * 86):
        answer = ask(client.Api(stack.url, token), route)
        refused(answer, 401, "invalid-token")
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="bincard", error="invalid_token"'


@pytest.mark.parametrize("route", NEEDS, ids=routes.name)
def test_without_the_permission(stack, route):
    """With every permission but the one."""
    every = {routes.permission(each) for each in NEEDS}
    scope = " ".join(sorted(every - {routes.permission(route)}))
    answer = ask(client.Api(stack.url, stack.forger.token(scope=scope)), route)
    refused(answer, 403, "forbidden")
    needed = routes.permission(route)
    assert needed in answer.json()["detail"]
    assert answer.headers["WWW-Authenticate"] == (
        f'Bearer realm="bincard", error="insufficient_scope", scope="{needed}"')


@pytest.mark.parametrize("route", NEEDS, ids=routes.name)
def test_with_that_permission_alone(stack, route):
    answer = ask(client.Api(stack.url, stack.forger.token(scope=routes.permission(route))), route)
    assert answer.status_code not in (401, 403, 500), answer.text


@pytest.mark.parametrize("route", PERSONAL, ids=routes.name)
def test_a_token_is_no_person(stack, route):
    refused(ask(client.Api(stack.url, stack.token), route), 403, "forbidden")


# ---- the endpoints at which clients sign themselves in ----

@pytest.mark.parametrize("route", CLIENTS, ids=routes.name)
def test_a_client_that_is_not_known_gets_nowhere(stack, route):
    """Whatever else the request says: dispatch asks first."""
    off, secret = stack.add_client(unique("off"))
    assert stack.run("client", "disable", off).returncode == 0
    for auth in (None, ("nobody", "x"), (stack.client_id, stack.keep_secret("bcs_" + "x" * 43)), (off, secret)):
        for data in ({}, {"grant_type": "client_credentials", "token": "x"}):
            answer = requests.post(stack.url + route.path, auth=auth, data=data, timeout=60)
            assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client"), answer.text
            assert answer.headers["WWW-Authenticate"].startswith("Basic ")


# ---- pages ----

@pytest.mark.parametrize("route", PAGES, ids=routes.name)
def test_a_page_without_a_session(stack, route):
    answer = requests.request(route.method, stack.url + routes.address(route), allow_redirects=False, timeout=60)
    assert answer.status_code == 303
    assert re.fullmatch(r"/login(\?(lost=true)?&?(next=[\w%.-]+)?)?", answer.headers["Location"])
    assert answer.text == ""


@pytest.mark.parametrize("cookie", ["x", "A" * 43, "", "%00", "=" * 500])
def test_a_page_with_a_wrong_cookie(stack, cookie):
    answer = requests.get(stack.url + "/items", headers={"Cookie": "bincard=" + cookie}, allow_redirects=False,
                          timeout=60)
    assert answer.status_code == 303 and answer.headers["Location"] == "/login?next=%2Fitems"


def test_a_bearer_token_opens_no_page(stack):
    answer = requests.get(stack.url + "/items", headers={"Authorization": "Bearer " + stack.token},
                          allow_redirects=False, timeout=60)
    assert answer.status_code == 303


@pytest.fixture(scope="module")
def nobody(stack):
    """Signed in, with a role that allows nothing."""
    role, name = unique("role"), unique("user")
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute("INSERT INTO role (name, permissions, created_at, updated_at)"
                       " VALUES (%s, '', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))", (role,))
    password = stack.add_user(name, role)
    browser = client.Browser(stack.url)
    answer = browser.post("/login", data={"name": name, "password": password})
    assert answer.status_code == 303
    for cookie in browser.cookies:
        stack.keep_secret(cookie.value)
    browser.csrf = re.search(r'name="csrf" value="([^"]+)"', browser.get("/").text).group(1)
    return browser


@pytest.fixture(scope="module")
def over(stack):
    """{why: a session that was one, and is no more}."""
    sessions = {}
    for why, change in (("absolute limit", "expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND"),
                        ("idle", "seen_at = UTC_TIMESTAMP(6) - INTERVAL 1 YEAR")):
        session = client.Browser(stack.url).sign_in(stack.user, stack.password, stack.keep_secret)
        hashed = hashlib.sha256(session.cookies["bincard"].encode()).digest()
        with stack.database.owner() as db, db.cursor() as cursor:
            assert cursor.execute(f"UPDATE session SET {change} WHERE token_hash = %s", (hashed,)) == 1
        sessions[why] = session
    time.sleep(5.5)  # as long as a worker remembers a session that it has seen
    return sessions


@pytest.mark.parametrize("route", API + PERSONAL + PAGES, ids=routes.name)
def test_with_a_session_that_is_over(over, route):
    for why, session in over.items():
        options = {"json": {}} if "ROUTE_JSON_BODY" in route.flags else {}
        if route.kind == "ROUTE_PAGE":
            options = {"data": {"csrf": session.csrf}} if route.method in UNSAFE else {}
        answer = session.request(route.method, routes.address(route), headers={"X-CSRF-Token": session.csrf},
                                 **options)
        if route.kind == "ROUTE_API":
            refused(answer, 401, "unauthenticated")
        else:
            assert answer.status_code == 303 and answer.headers["Location"].startswith("/login"), why
            assert answer.text == ""


@pytest.mark.parametrize("route", API + PERSONAL + PAGES, ids=routes.name)
def test_with_a_session_that_never_was(stack, route):
    session = client.Browser(stack.url)
    session.cookies.set("bincard", "A" * 43)
    options = {"json": {}} if "ROUTE_JSON_BODY" in route.flags else {}
    answer = session.request(route.method, routes.address(route), **options)
    if route.kind == "ROUTE_API":
        refused(answer, 401, "unauthenticated")
    else:
        assert answer.status_code == 303 and answer.headers["Location"].startswith("/login")


@pytest.mark.parametrize("route", NEEDS, ids=routes.name)
def test_a_session_without_the_permission(nobody, route):
    """The API under a session: the same rule as for a token."""
    answer = ask(nobody, route, headers={"X-CSRF-Token": nobody.csrf})
    refused(answer, 403, "forbidden")
    assert routes.permission(route) in answer.json()["detail"]


@pytest.mark.parametrize("route", [route for route in PAGES if route.permission != "PERM_NONE"], ids=routes.name)
def test_a_page_without_the_permission(nobody, route):
    answer = nobody.request(route.method, routes.address(route),
                            **({"data": {"csrf": nobody.csrf}} if route.method in UNSAFE else {}))
    assert answer.status_code == 403, answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Not permitted" in answer.text


def test_a_menu_shows_only_what_one_may(nobody, browser):
    links = {"/items", "/locations", "/movements", "/verification"}
    home = nobody.get("/").text
    assert not any(f'href="{link}"' in home for link in links)
    home = browser.get("/").text
    assert all(f'href="{link}"' in home for link in links)


# ---- every unsafe method under a session needs the session's token ----

@pytest.fixture(scope="module")
def staff(stack):
    """An administrator's session, for the whole module: signing in takes its time on purpose."""
    return client.Browser(stack.url).sign_in(stack.user, stack.password, stack.keep_secret)


@pytest.mark.parametrize("given", [None, "", "x", "A" * 43])
@pytest.mark.parametrize("route", UNSAFE_ROUTES, ids=routes.name)
def test_csrf(staff, route, given):
    options = {"json": {}} if "ROUTE_JSON_BODY" in route.flags else {}
    if given is not None and route.kind == "ROUTE_PAGE":
        options["data"] = {"csrf": given}
    elif given is not None:
        options["headers"] = {"X-CSRF-Token": given}
    answer = staff.request(route.method, routes.address(route, "999999999"), **options)
    assert answer.status_code == 403, answer.text
    if route.kind == "ROUTE_API":
        refused(answer, 403, "csrf")
    else:
        assert "The form is out of date" in answer.text


@pytest.mark.parametrize("route", [route for route in UNSAFE_ROUTES if route.path != "/logout"], ids=routes.name)
def test_csrf_of_the_session_is_taken(staff, route):
    if route.kind == "ROUTE_API":
        answer = ask(staff, route, headers={"X-CSRF-Token": staff.csrf})
    else:
        answer = staff.submit(routes.address(route, "999999999"))
    assert answer.status_code not in (401, 403, 500), answer.text


@pytest.mark.parametrize("route", UNSAFE_ROUTES, ids=routes.name)
def test_csrf_of_another_session_is_refused(staff, nobody, route):
    if route.kind == "ROUTE_API":
        refused(ask(staff, route, headers={"X-CSRF-Token": nobody.csrf}), 403, "csrf")
    else:
        answer = staff.post(routes.address(route, "999999999"), data={"csrf": nobody.csrf})
        assert answer.status_code == 403 and "The form is out of date" in answer.text


def test_a_csrf_token_in_the_query_is_none(staff):
    answer = staff.post(f"/items/999999999/archive?csrf={staff.csrf}", data={"version": "1"})
    assert answer.status_code == 403 and "The form is out of date" in answer.text


# ---- methods ----

@pytest.mark.parametrize("path", sorted({route.path for route in ROUTES}))
def test_other_methods(base, path):
    """405 with Allow, read off the table; to read what a page's form is sent to leads to the page."""
    there = {route.method for route in ROUTES if route.path == path}
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "LOCK"):
        if method in there or (method == "LOCK" and path in routes.ENDLESS):  # the feed process knows no such method
            continue
        answer = requests.request(method, base + path.replace("{id}", "1"), allow_redirects=False, timeout=60)
        if method == "GET" and any(route.path == path and route.kind == "ROUTE_PAGE" for route in ROUTES):
            assert answer.status_code == 303
            continue
        assert answer.status_code == 405, (method, answer.status_code)
        allowed = set(answer.headers["Allow"].split(", "))
        assert there <= allowed <= there | {"HEAD", "OPTIONS"}


@pytest.mark.parametrize("path", ["/nothing", "/v1/nothing", "/v1/items/", "/v1/items/x", "/v1/items/0", "/v1/items/-1",
                                  "/v1/items/1/nothing", "/v1/items/99999999999999999999", "/V1/items", "//v1/items",
                                  "/v1//items", "/v1/items/01", "/v1/items/1%2Farchive", "/v1/../v1/items",
                                  "/static/../bincard.conf", "/static/%2e%2e/%2e%2e/bincard.conf"])
def test_no_such_address(api, base, path):
    request = requests.Request("GET", base, headers=api.headers).prepare()
    request.url = base + path
    answer = api.send(request, timeout=60)
    assert answer.status_code in (400, 404), answer.text
