"""Users and roles: who may do what, and who may say so."""

import re

import pytest

import client
from catalogue import events, unique, walk, wrong

GOOD = "paper lamp 7 green"
ANY = {"If-Match": "*"}


def new_role(api, *permissions):
    answer = api.post("/v1/roles", json={"name": unique("role"), "permissions": list(permissions)})
    assert answer.status_code == 201, answer.text
    return answer.json()


def new_user(api, *roles):
    """Roles are names, or pairs of a name and a location's code."""
    pairs = [role if isinstance(role, tuple) else (role, None) for role in roles]
    answer = api.post("/v1/users", json={"name": unique("user"), "display_name": "Somebody",
                                         "roles": [{"role": role, "location": place} for role, place in pairs]})
    assert answer.status_code == 201, answer.text
    return answer.json()


def link_of(stack, api, user):
    answer = api.post(f"/v1/users/{user['id']}/invite")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    link = answer.json()["link"]
    stack.keep_secret(re.search(r"token=(.+)", link)[1])
    return link


def path_of(link):
    return link[link.index("/invitation"):]


def at(stack):
    browser = client.Browser(stack.url)
    browser.mount("http://", client.From(client.fresh_address()))
    return browser


def choose(stack, link, password=GOOD, again=None):
    token = re.search(r"token=(.+)", link)[1]
    return at(stack).post("/invitation", data={"token": token, "new_password": password, "again": again or password})


def sign_in(stack, user, password=GOOD):
    browser = at(stack)
    answer = browser.post("/login", data={"name": user["name"], "password": password})
    if answer.status_code == 303:
        for cookie in browser.cookies:
            stack.keep_secret(cookie.value)
        browser.csrf = re.search(r'name="csrf" value="([^"]+)"', browser.get("/account").text)[1]
        browser.headers["X-CSRF-Token"] = stack.keep_secret(browser.csrf)
    return browser, answer.status_code


@pytest.fixture
def somebody(stack, api):
    """Makes users who are signed in: (user, browser)."""
    stack.keep_secret(GOOD)

    def make(*roles):
        user = new_user(api, *roles)
        assert choose(stack, link_of(stack, api, user)).status_code == 303
        browser, status = sign_in(stack, user)
        assert status == 303
        return user, browser

    return make


# ---- users ----

def test_a_user_comes_back_as_made(api, db):
    name = unique("kim")
    answer = api.post("/v1/users", json={"name": name, "roles": [{"role": "CLERK", "location": None}, {"role": "clerk"}]})
    assert answer.status_code == 201
    user = answer.json()
    assert list(user) == ["id", "name", "display_name", "status", "credential", "second_factor",
                          "roles", "version", "created_at", "updated_at"]
    assert (user["name"], user["display_name"], user["status"], user["credential"]) == (name, name, "active", "none")
    assert user["roles"] == [{"role": "clerk", "location": None}]
    assert api.get(answer.headers["Location"]).json() == user
    assert events(db, "user", user["id"]) == ["created"]


def test_a_role_may_be_given_for_places(api):
    place = api.post("/v1/locations", json={"code": unique("WH"), "kind": "site"}).json()
    user = new_user(api, ("clerk", place["code"]), "viewer")
    assert user["roles"] == [{"role": "clerk", "location": place["code"]}, {"role": "viewer", "location": None}]
    answer = api.patch(f"/v1/users/{user['id']}", json={"roles": [{"role": "clerk", "location": "@supplier"},
                                                                  {"role": "clerk", "location": unique("no")}]}, headers=ANY)
    assert wrong(answer, 422) == {"/roles/0/location": "unknown_location", "/roles/1/location": "unknown_location"}


def test_mistakes_of_a_user_all_at_once(api):
    answer = api.post("/v1/users", json={"display_name": "x" * 121, "roles": [{"role": "emperor"}, {}]})
    assert wrong(answer, 422) == {"/name": "required", "/display_name": "too_long", "/roles/0/role": "unknown_role",
                                  "/roles/1/role": "required"}
    user = new_user(api)
    assert wrong(api.post("/v1/users", json={"name": user["name"].upper()}), 409) == {"/name": "duplicate"}
    assert api.patch(f"/v1/users/{user['id']}", json={"name": "other"}, headers=ANY).status_code == 422


def test_users_are_searched_and_filtered(api):
    role = new_role(api, "items:read")
    users = [new_user(api, role["name"]) for _ in range(3)]
    api.post(f"/v1/users/{users[1]['id']}/disable")
    names = sorted(user["name"] for user in users)
    assert [row["name"] for row in walk(api, "/v1/users", role=role["name"], limit=2)] == names
    assert [row["id"] for row in walk(api, "/v1/users", role=role["name"], status="disabled")] == [users[1]["id"]]
    assert [row["id"] for row in walk(api, "/v1/users", q=users[2]["name"][2:])] == [users[2]["id"]]


def test_a_stale_change_of_a_user_is_refused(api):
    user = new_user(api, "viewer")
    path = f"/v1/users/{user['id']}"
    assert api.patch(path, json={"display_name": "Kim"}).status_code == 428
    assert api.patch(path, json={"display_name": "Kim"}, headers={"If-Match": '"1"'}).json()["version"] == 2
    assert api.patch(path, json={"display_name": "Kai"}, headers={"If-Match": '"1"'}).status_code == 412
    assert api.post(path + "/disable", headers={"If-Match": '"1"'}).status_code == 412


@pytest.mark.parametrize("letter", ["\U0001d11e", "<"])
def test_the_longest_roles_in_all_places_that_there_may_be(stack, api, letter):
    stack.keep_secret(GOOD)
    long = lambda text, n: text + letter * (n - len(text))
    role = api.post("/v1/roles", json={"name": long(unique("role"), 64), "permissions": ["items:read"]}).json()
    root = api.post("/v1/locations", json={"code": unique("ROOT"), "kind": "site"}).json()["code"]
    codes = [api.post("/v1/locations", json={"code": long(unique("LONG"), 64), "kind": "zone", "parent": root}).json()["code"]
             for _ in range(32)]
    name = long(unique("user"), 64)
    answer = api.post("/v1/users", json={"name": name, "display_name": letter * 120,
                                         "roles": [{"role": role["name"], "location": code} for code in codes]})
    assert answer.status_code == 201, answer.text
    user = answer.json()
    path = f"/v1/users/{user['id']}"
    assert {pair["location"] for pair in user["roles"]} == set(codes)
    assert choose(stack, link_of(stack, api, user)).status_code == 303
    for action in ("force-password", "end-sessions", "disable", "enable"):
        assert api.post(f"{path}/{action}").status_code in (200, 204), action
    assert stack.run("user", "disable", name).returncode == 0
    assert api.patch(path, json={"roles": []}, headers=ANY).status_code == 200


# ---- coming in ----

def test_a_link_lets_a_password_be_chosen_once(stack, api, db):
    user = new_user(api, "viewer")
    stack.keep_secret(GOOD)
    link = link_of(stack, api, user)
    page = at(stack).get(path_of(link))
    assert page.status_code == 200 and user["name"] in page.text and 'name="referrer" content="no-referrer"' in page.text
    assert choose(stack, link, "short").status_code == 422
    assert choose(stack, link, GOOD, "another").status_code == 422
    assert sign_in(stack, user)[1] == 422
    assert choose(stack, link).status_code == 303
    assert choose(stack, link, "another one 8 blue").status_code == 404
    assert at(stack).get(path_of(link)).status_code == 404
    assert sign_in(stack, user)[1] == 303
    assert api.get(f"/v1/users/{user['id']}").json()["credential"] == "set"
    entry = api.get("/v1/audit-log", params={"resource": "user", "resource_id": user["id"], "action": "password_changed"})
    assert entry.json()["data"][0]["actor"] == f"user:{user['id']}"
    assert events(db, "user", user["id"]) == ["created", "invited", "password_changed"]


def test_a_link_is_void_after_another_or_for_a_disabled_user(stack, api):
    user = new_user(api)
    stack.keep_secret(GOOD)
    old, new = link_of(stack, api, user), link_of(stack, api, user)
    assert choose(stack, old).status_code == 404
    api.post(f"/v1/users/{user['id']}/disable")
    assert choose(stack, new).status_code == 404
    assert api.post(f"/v1/users/{user['id']}/invite").status_code == 409
    api.post(f"/v1/users/{user['id']}/enable")
    assert choose(stack, new).status_code == 404


def test_nobody_makes_a_link_for_himself(somebody):
    """Whoever took over a session would have the account."""
    user, browser = somebody("administrator")
    assert browser.post(f"/v1/users/{user['id']}/invite").status_code == 409


def test_a_link_has_an_end(stack, api, root_db):
    user = new_user(api)
    link = link_of(stack, api, user)
    with root_db.cursor() as cursor:
        cursor.execute("UPDATE invitation SET expires_at = UTC_TIMESTAMP(6) WHERE user_id = %s", (user["id"],))
    assert choose(stack, link, stack.keep_secret(GOOD)).status_code == 404


def test_of_many_who_use_a_link_at_once_one_chooses(stack, api):
    user = new_user(api)
    link = link_of(stack, api, user)
    passwords = [stack.keep_secret(f"paper lamp {i} green") for i in range(8)]
    statuses = client.Crowd(8).run(lambda i: choose(stack, link, passwords[i]).status_code)
    assert sorted(statuses) == [303] + [404] * 7
    assert [sign_in(stack, user, password)[1] for password in passwords] == [
        303 if status == 303 else 422 for status in statuses]


def test_a_link_lets_a_stranger_with_another_origin_do_nothing(stack, api):
    token = re.search(r"token=(.+)", link_of(stack, api, new_user(api)))[1]
    answer = at(stack).post("/invitation", data={"token": token, "new_password": GOOD, "again": GOOD},
                            headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


def test_a_disabled_user_is_out_at_once_and_comes_back_when_enabled(stack, api, somebody):
    user, browser = somebody("viewer")
    assert browser.get("/v1/items").status_code == 200
    assert api.post(f"/v1/users/{user['id']}/disable").json()["status"] == "disabled"
    assert browser.get("/v1/items").status_code == 401
    assert sign_in(stack, user)[1] == 422
    assert api.post(f"/v1/users/{user['id']}/enable").json()["status"] == "active"
    assert sign_in(stack, user)[1] == 303


def test_a_password_that_is_due_comes_before_anything_else(stack, api, somebody):
    user, browser = somebody("clerk")
    assert api.post(f"/v1/users/{user['id']}/force-password").json()["credential"] == "due"
    assert browser.get("/v1/items").json()["type"] == "/problems/account-unfinished"
    for path in ("/", "/items", "/account/second-factor"):
        assert browser.get(path, allow_redirects=False).headers["Location"] == "/account"
    page = browser.get("/account")
    assert page.status_code == 200 and "Change your password first." in page.text
    assert browser.submit("/account/sessions/end-others").headers["Location"] == "/account"
    again, status = sign_in(stack, user)  # the password alone is right, and is no way around
    assert status == 303 and again.get("/v1/items").status_code == 403
    fresh = stack.keep_secret("another lamp 8 blue")
    assert again.submit("/account/password", old_password=GOOD, new_password=fresh, again=fresh).status_code == 303
    assert again.get("/v1/items").status_code == 200
    assert api.get(f"/v1/users/{user['id']}").json()["credential"] == "set"
    nobody = new_user(api, "viewer")
    assert api.post(f"/v1/users/{nobody['id']}/force-password").status_code == 409


def test_a_role_that_needs_a_second_factor(api, somebody):
    role = new_role(api, "items:read")
    _, browser = somebody(role["name"])
    assert browser.get("/v1/items").status_code == 200
    answer = api.patch(f"/v1/roles/{role['id']}", json={"second_factor": True}, headers=ANY)
    assert answer.json()["second_factor"] and answer.json()["permissions"] == ["items:read"]
    assert browser.get("/items", allow_redirects=False).headers["Location"] == "/account/second-factor"


def test_signing_out_everywhere(api, somebody):
    user, browser = somebody("viewer")
    assert api.post(f"/v1/users/{user['id']}/end-sessions").status_code == 204
    assert browser.get("/v1/items").status_code == 401


def test_other_roles_end_sessions_and_other_names_do_not(api, somebody):
    user, browser = somebody("viewer")
    path = f"/v1/users/{user['id']}"
    assert api.patch(path, json={"display_name": "Kim"}, headers=ANY).status_code == 200
    assert browser.get("/v1/items").status_code == 200
    assert api.patch(path, json={"roles": [{"role": "manager"}]}, headers=ANY).status_code == 200
    assert browser.get("/v1/items").status_code == 401


def test_other_roles_end_a_link_of_before(stack, api):
    """Who kept it would be whatever the user has become."""
    user = new_user(api)
    stack.keep_secret(GOOD)
    link = link_of(stack, api, user)
    assert api.patch(f"/v1/users/{user['id']}", json={"display_name": "Kim"}, headers=ANY).status_code == 200
    assert at(stack).get(path_of(link)).status_code == 200
    assert api.patch(f"/v1/users/{user['id']}", json={"roles": [{"role": "administrator"}]}, headers=ANY).status_code == 200
    assert at(stack).get(path_of(link)).status_code == 404
    assert choose(stack, link).status_code == 404


def test_permissions_that_a_role_loses_are_gone_at_once(api, somebody):
    role = new_role(api, "items:read", "locations:read")
    _, browser = somebody(role["name"])
    path = f"/v1/roles/{role['id']}"
    assert api.patch(path, json={"permissions": ["locations:read"]}, headers=ANY).status_code == 200
    assert browser.get("/v1/locations").status_code == 200 and browser.get("/v1/items").status_code == 403


def test_permissions_that_a_role_gets_end_sessions_and_links(stack, api, somebody):
    role = new_role(api, "items:read", "locations:read")
    user, browser = somebody(role["name"])
    _, other = somebody("viewer")
    invited = link_of(stack, api, new_user(api, role["name"]))
    path = f"/v1/roles/{role['id']}"
    for fields in ({"second_factor": False}, {"name": unique("renamed")}, {"permissions": ["items:read"]}):
        assert api.patch(path, json=fields, headers=ANY).status_code == 200
        assert browser.get("/v1/items").status_code == 200
    assert at(stack).get(path_of(invited)).status_code == 200
    assert api.patch(path, json={"permissions": ["items:read", "stock:read"]}, headers=ANY).status_code == 200
    assert browser.get("/v1/items").status_code == 401
    assert at(stack).get(path_of(invited)).status_code == 404
    assert other.get("/v1/items").status_code == 200
    again, _ = sign_in(stack, user)
    assert again.get("/v1/stock-levels").status_code == 200


def test_whoever_gives_a_role_more_stays_signed_in(api, somebody):
    role = new_role(api, "items:read")
    _, browser = somebody(role["name"], "administrator")
    assert browser.patch(f"/v1/roles/{role['id']}", json={"permissions": ["items:read", "stock:read"]},
                         headers=ANY).status_code == 200
    assert browser.get("/v1/items").status_code == 200


# ---- roles ----

def test_a_role_from_its_making_to_its_end(api, db):
    role = new_role(api, "stock:read", "items:read")
    assert role["permissions"] == ["items:read", "stock:read"] and not role["built_in"] and role["users"] == 0
    path = f"/v1/roles/{role['id']}"
    user = new_user(api, role["name"])
    assert api.get(path).json()["users"] == 1
    assert api.delete(path, headers=ANY).status_code == 409
    name = unique("renamed")
    assert api.patch(path, json={"name": name}, headers={"If-Match": '"1"'}).json()["version"] == 2
    assert api.get(f"/v1/users/{user['id']}").json()["roles"] == [{"role": name, "location": None}]
    api.patch(f"/v1/users/{user['id']}", json={"roles": []}, headers=ANY)
    assert api.delete(path, headers={"If-Match": '"1"'}).status_code == 412
    assert api.delete(path, headers=ANY).status_code == 204
    assert api.get(path).status_code == 404
    assert events(db, "role", role["id"]) == ["created", "updated", "deleted"]


def test_mistakes_of_a_role(api):
    assert wrong(api.post("/v1/roles", json={"permissions": ["items:read", "items:eat"]}), 422) == {
        "/name": "required", "/permissions/1": "unknown"}
    assert wrong(api.post("/v1/roles", json={"name": "Clerk", "permissions": ["items:read"]}), 409) == {"/name": "duplicate"}


def test_built_in_roles_stay_as_they_are(api):
    for role in walk(api, "/v1/roles"):
        if role["built_in"]:
            path = f"/v1/roles/{role['id']}"
            for fields in ({"permissions": ["items:read"]}, {"name": unique("other")},
                           {"second_factor": True, "permissions": role["permissions"]}):
                assert api.patch(path, json=fields, headers=ANY).status_code == 409
            assert api.delete(path, headers=ANY).status_code == 409
            assert api.get(path).json() == role


def built_in(api, name):
    return next(role for role in walk(api, "/v1/roles") if role["built_in"] and role["name"] == name)


def test_a_built_in_role_can_need_a_second_factor(stack, api, somebody):
    """The last administrator, too, can do one thing yet: set one up."""
    _, boss = somebody("administrator")
    role = built_in(api, "administrator")
    path = f"/v1/roles/{role['id']}"
    try:
        answer = boss.patch(path, json={"second_factor": True}, headers=ANY)
        assert answer.status_code == 200 and answer.json()["second_factor"]
        assert answer.json()["permissions"] == role["permissions"]
        assert boss.get("/v1/users").json()["type"] == "/problems/account-unfinished"
        assert boss.get("/account/second-factor", allow_redirects=False).status_code == 200
    finally:
        assert stack.run("role", "change", "administrator", "--second-factor", "off").returncode == 0
    assert boss.get("/v1/users").status_code == 200
    few, _ = somebody(new_role(api, "users:read", "users:write")["name"])
    less, _ = sign_in(stack, few)
    assert less.patch(path, json={"second_factor": True}, headers=ANY).status_code == 403


def test_the_page_of_a_built_in_role_changes_its_second_factor_alone(browser, api):
    role = built_in(api, "viewer")
    path = f"/roles/{role['id']}"
    page = browser.get(path).text
    assert "Save" in page and "Delete role" not in page
    name, version = (re.search(rf'name="{field}" value="([^"]+)"', page)[1] for field in ("name", "version"))
    answer = browser.submit(path, name=name, version=version, second_factor="on")
    assert answer.status_code == 303, answer.text
    now = api.get("/v1" + path).json()
    assert now["second_factor"] and now["permissions"] == role["permissions"] and now["name"] == role["name"]
    assert browser.submit(path, name=name, version=now["version"]).status_code == 303
    assert not api.get("/v1" + path).json()["second_factor"]


# ---- who may say so ----

def test_nobody_gives_what_he_does_not_have(stack, api, somebody):
    """With users:write alone one cannot become more."""
    role = new_role(api, "users:read", "users:write", "items:read")
    me, browser = somebody(role["name"])
    boss = new_user(api, "administrator")
    small = new_role(api, "items:read")
    attempts = [
        ("patch", f"/v1/users/{me['id']}", {"roles": [{"role": "administrator"}]}),
        ("patch", f"/v1/users/{me['id']}", {"roles": [{"role": role["name"]}, {"role": "manager"}]}),
        ("post", "/v1/users", {"name": unique("friend"), "roles": [{"role": "administrator"}]}),
        ("post", "/v1/roles", {"name": unique("role"), "permissions": ["users:write", "audit:read"]}),
        ("patch", f"/v1/roles/{role['id']}", {"permissions": ["users:write", "stock:write"]}),
        ("patch", f"/v1/users/{boss['id']}", {"roles": []}),
        ("patch", f"/v1/users/{boss['id']}", {"display_name": "Nobody"}),
        ("post", f"/v1/users/{boss['id']}/disable", None),
        ("post", f"/v1/users/{boss['id']}/force-password", None),
        ("post", f"/v1/users/{boss['id']}/end-sessions", None),
        ("post", f"/v1/users/{boss['id']}/invite", None),
    ]
    for method, path, body in attempts:
        answer = browser.request(method, path, json=body, headers=ANY)
        assert answer.status_code == 403, (method, path, answer.text)
        assert "permissions" in answer.json()["detail"]
    friend = browser.post("/v1/users", json={"name": unique("friend"), "roles": [{"role": small["name"]}]})
    assert friend.status_code == 201
    assert browser.post(f"/v1/users/{friend.json()['id']}/invite").status_code == 200
    assert api.get(f"/v1/users/{boss['id']}").json() == boss


def test_the_last_administrator_stays(stack, own):
    """On an installation of its own, where there is one."""
    admin, browser = own
    path = f"/v1/users/{admin['id']}"

    def alone():
        answers = [browser.patch(path, json={"roles": []}, headers=ANY), browser.post(path + "/disable"),
                   browser.patch(path, json={"roles": [{"role": "manager"}]}, headers=ANY)]
        return [answer.status_code for answer in answers] == [409] * 3 and all(
            "Nobody would be left" in answer.json()["detail"] for answer in answers)

    def friend(*roles, name=None):
        user = browser.post("/v1/users", json={"name": name or unique("friend"), "roles": [{"role": r} for r in roles]}).json()
        return user, browser.post(f"/v1/users/{user['id']}/invite").json()["link"]

    assert alone()
    # one who is invited has no password yet, and does not count; nor does one who comes in elsewhere
    invited, _ = friend("administrator")
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute("INSERT INTO user_identity (user_id, issuer, subject, created_at)"
                       " VALUES (%s, 'https://login.example', %s, UTC_TIMESTAMP(6))", (invited["id"], unique("subject")))
        db.commit()
    assert alone()
    # who has less than all could not give it: not even to himself
    everything = next(role["permissions"] for role in walk(browser, "/v1/roles") if role["name"] == "administrator")
    people, rest = new_role(browser, "users:read", "users:write"), new_role(browser, *everything[1:])
    for roles in ([people["name"]], [rest["name"]]):
        assert choose(stack, friend(*roles)[1]).status_code == 303
        assert alone()
    # two roles that are all together are
    first = new_role(browser, everything[0])
    other, link = friend(rest["name"], first["name"])
    assert choose(stack, link).status_code == 303
    assert browser.post(path + "/disable").status_code == 200
    browser, status = sign_in(stack, other)
    assert status == 303 and browser.get("/v1/users").status_code == 200
    answer = browser.patch(f"/v1/roles/{first['id']}", json={"permissions": []}, headers=ANY)
    assert answer.status_code == 409 and "Nobody would be left" in answer.json()["detail"]
    # two who take it from each other at once: one stays
    boss, link = friend("administrator")
    assert choose(stack, link).status_code == 303
    second, _ = sign_in(stack, boss)
    targets = [(browser, boss), (second, other)]
    statuses = client.Crowd(2).run(lambda i: targets[i][0].post(f"/v1/users/{targets[i][1]['id']}/disable").status_code)
    assert statuses.count(200) == 1 and set(statuses) <= {200, 401, 409}


@pytest.fixture
def own(stack):
    """The only administrator there is, as long as the test runs: all others are off meanwhile."""
    stack.keep_secret(GOOD)
    name = unique("only")
    password = stack.add_user(name)
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute("SELECT id FROM user WHERE status = 'active' AND name <> %s", (name,))
        others = [row[0] for row in cursor.fetchall()]
        cursor.execute("UPDATE user SET status = 'disabled' WHERE name <> %s", (name,))
        db.commit()
    try:
        browser, status = sign_in(stack, {"name": name}, password)
        assert status == 303
        user, = walk(browser, "/v1/users", q=name)
        yield user, browser
    finally:
        with stack.database.owner() as db, db.cursor() as cursor:
            cursor.execute("UPDATE user SET status = 'active' WHERE id IN (" + ",".join(map(str, others)) + ")")
            db.commit()


# ---- pages ----

def test_the_pages(stack, browser, api):
    name = unique("page")
    answer = browser.submit("/users", **{"name": name, "display_name": "<Kim>", "roles.0.role": "clerk", "roles.1.role": "",
                                         "roles.1.location": "left over"})
    assert answer.status_code == 303
    path = re.fullmatch(r"(/users/\d+)\?done=made", answer.headers["Location"])[1]
    page = browser.get(path).text
    assert "&lt;Kim&gt;" in page and "<Kim>" not in page
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    answer = browser.submit(path, **{"display_name": "Kim", "version": version, "roles.0.role": "emperor"})
    assert answer.status_code == 422 and "There is no role of this name." in answer.text
    answer = browser.submit(path, **{"display_name": "Kim", "version": version, "roles.0.role": "viewer"})
    assert answer.status_code == 303
    answer = browser.submit(path, **{"display_name": "Kai", "version": version, "roles.0.role": "clerk"})
    assert answer.status_code == 412
    answer = browser.submit(path + "/invite")
    link = re.search(r'value="(http[^"]+/invitation\?token=[\w-]+)"', answer.text)[1]
    stack.keep_secret(re.search(r"token=(.+)", link)[1])
    assert link not in browser.get(path).text
    version = api.get("/v1" + path).json()["version"]
    assert browser.submit(path + "/disable", version=version).headers["Location"] == path + "?done=user-disabled"
    assert "disabled" in browser.get("/users", params={"q": name}).text
    assert browser.submit(path + "/enable", version=version + 1).headers["Location"] == path + "?done=user-enabled"
    role = unique("page role")
    answer = browser.submit("/roles", **{"name": role, "permissions.0.permission": "items:read"})
    assert answer.headers["Location"] == "/roles?done=made"
    made, = walk(api, "/v1/roles", q=role)
    answer = browser.submit(f"/roles/{made['id']}", **{"name": role, "version": 1, "permissions.3.permission": "locations:read"})
    assert answer.headers["Location"] == "/roles?done=saved"
    assert api.get(f"/v1/roles/{made['id']}").json()["permissions"] == ["locations:read"]
    assert browser.submit(f"/roles/{made['id']}/delete", version=2).headers["Location"] == "/roles?done=deleted"


# ---- the command line ----

def test_the_command_line(stack, api):
    name, role = unique("cli"), unique("cli role")
    place = api.post("/v1/locations", json={"code": unique("WH"), "kind": "site"}).json()["code"]
    assert stack.run("role", "add", role, "--permission", "items:read", "--permission", "stock:read").returncode == 0
    assert stack.run("role", "change", role, "--permission", "items:read").returncode == 0
    assert f"{role}\t0 users\titems:read\n" in stack.run("role", "list").stdout
    assert stack.run("role", "change", role, "--second-factor", "on").returncode == 0
    assert f"{role}\t0 users\titems:read\tsecond factor\n" in stack.run("role", "list").stdout
    assert stack.run("role", "change", role, "--second-factor", "off").returncode == 0
    for wrong_ in (("change", role, "--second-factor", "perhaps"), ("delete", role, "--second-factor", "on"),
                   ("add", "x", "--second-factor", "on"), ("change", role)):
        assert stack.run("role", *wrong_).returncode == 2
    added = stack.run("user", "add", name, "--role", f"{role}@{place}", "--role", "viewer")
    assert added.returncode == 0 and "no password yet" in added.stdout
    assert f"{name}\t{name}\tactive\t{role}@{place}, viewer" in stack.run("user", "list").stdout
    link = stack.run("user", "invite", name).stdout.strip()
    stack.keep_secret(re.search(r"token=(.+)", link)[1])
    assert choose(stack, link, stack.keep_secret(GOOD)).status_code == 303
    assert stack.run("user", "force-password", name).returncode == 0
    assert walk(api, "/v1/users", q=name)[0]["credential"] == "due"
    assert stack.run("user", "roles", name).returncode == 0
    assert stack.run("role", "delete", role).returncode == 0
    assert stack.run("user", "disable", name).returncode == 0 and stack.run("user", "enable", name).returncode == 0
    for wrong_use in (("user", "invite"), ("user", "add"), ("user", "passwd", name), ("role", "add", "x"), ("role", "change", "x"),
                      ("role",), ("user", "list", name)):
        assert stack.run(*wrong_use).returncode == 2, wrong_use
    assert "There is no role of this name" in stack.run("role", "delete", role).stderr
