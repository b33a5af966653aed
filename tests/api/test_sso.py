"""Single sign-on with a provider that lies in every way; tests/browser/test_sso.py has a real one. On an
installation of its own."""
import concurrent.futures
import re
import secrets
import time
import urllib.parse

import pytest
import requests

import oidc
import stack as installation

COOKIE, SESSION = "bincard-sso", "bincard"
CALLBACK = "/login/sso/callback"
SETTINGS = {"roles_claim": "realm.groups", "roles_map": "Stock Admins: administrator, a:b: clerk, looks: viewer",
            "label": "Sign in with Acme"}


def configure(own, provider, auth=(), timeout_ms=1000, **keys):
    secret = own.folder / "client_secret"
    secret.write_text(provider.secret + "\n")
    own.write_conf()
    text = own.conf.read_text().replace("[auth]\n", f"[auth]\nissuer = {own.url}\n" + "".join(f"{a}\n" for a in auth))
    sso = {"issuer": provider.url, "client_id": oidc.CLIENT, "client_secret_file": secret, "allow_http": "true",
           **SETTINGS, **keys}
    own.conf.write_text(text + f"\n[fetch]\ntimeout_ms = {timeout_ms}\n\n[sso]\n"
                        + "".join(f"{name} = {value}\n" for name, value in sso.items() if value is not None))


def restart(own):
    own.serve.terminate()
    own.serve.wait(20)
    own.start_serve()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    provider = oidc.Provider()
    database = installation.Database(tmp_path_factory.mktemp("db"))
    own = installation.Stack(tmp_path_factory.mktemp("serve"), database, workers=2, request_timeout_ms=20000)
    own.keep_secret(provider.secret)
    configure(own, provider)
    try:
        assert own.run("config", "check").returncode == 0
        assert own.run("migrate").returncode == 0
        own.password = own.add_user("admin")
        own.start_serve().start_web()
        own.provider = provider
        yield own
        own.stop()
        assert not own.check_logs()
    finally:
        own.stop()
        provider.stop()
        database.kill()


@pytest.fixture
def stack(place):
    place.provider.reset()
    yield place


class Person(requests.Session):
    """A browser, and who sits before it."""

    def __init__(self, stack, sub=None, groups=("looks",), **claims):
        super().__init__()
        self.stack, self.sub = stack, sub or secrets.token_hex(8)
        self.claims = {"preferred_username": "p" + self.sub[:20], "name": "Pat Person",
                       "realm": {"groups": list(groups)}, **claims}
        self.claims = {name: value for name, value in self.claims.items() if value is not None}

    def ask(self, path, **options):
        return self.get(path if path.startswith("http") else self.stack.url + path, allow_redirects=False,
                        timeout=30, **options)

    def begin(self, query=""):
        answer = self.ask("/login/sso" + query)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def agree(self, query=""):
        return self.stack.provider.agree(self.begin(query), self.sub, **self.claims)

    def sign_in(self, query=""):
        answer = self.ask(self.agree(query))
        if SESSION in self.cookies:
            self.stack.keep_secret(self.cookies[SESSION])
        return answer

    def refused(self, answer, status, text):
        assert answer.status_code == status, answer.text
        assert text in answer.text, answer.text
        assert SESSION not in self.cookies
        assert 'href="/login/sso"' in answer.text
        return True

    def may(self, path):
        return self.ask(path).status_code == 200

    def csrf(self):
        return re.search('name="csrf" value="([^"]+)"', self.ask("/account").text).group(1)


def changed(url, **parameters):
    parts = urllib.parse.urlsplit(url)
    query = dict(urllib.parse.parse_qsl(parts.query), **parameters)
    return parts._replace(query=urllib.parse.urlencode({k: v for k, v in query.items() if v is not None})).geturl()


def users(stack):
    return {line.split("\t")[0]: line.split("\t") for line in stack.run("user", "list").stdout.splitlines()}


def audit(stack, like):
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute("SELECT action, actor, actor_name, changes FROM audit_log WHERE actor_name LIKE %s"
                       " OR changes LIKE %s ORDER BY id", (f"%{like}%", f"%{like}%"))
        return cursor.fetchall()


# ---- good ----

def test_the_first_sign_in_makes_a_user_with_the_roles_of_the_claim(stack):
    person = Person(stack, groups=["a:b", "of no account", "looks"])
    answer = person.sign_in("?next=/locations")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/locations")
    assert person.may("/locations") and person.may("/movements/new") and not person.may("/items/new")
    row = users(stack)[person.claims["preferred_username"]]
    assert row[1:] == ["Pat Person", "active", "clerk, viewer"]
    assert [entry[0] for entry in audit(stack, person.claims["preferred_username"])] == ["created", "signed_in"]


def test_the_second_sign_in_is_the_same_user_though_the_name_has_changed(stack):
    first = Person(stack)
    first.sign_in()
    again = Person(stack, sub=first.sub, preferred_username="another" + first.sub[:8])
    assert again.sign_in().status_code == 303
    assert first.claims["preferred_username"] in again.ask("/").text
    assert again.claims["preferred_username"] not in users(stack)


def test_roles_are_those_of_the_last_sign_in(stack):
    person = Person(stack, groups=["a:b"])
    person.sign_in()
    later = Person(stack, sub=person.sub, groups=["looks"])
    assert later.sign_in().status_code == 303
    assert not person.may("/movements/new") and not later.may("/movements/new") and later.may("/items")
    assert users(stack)[person.claims["preferred_username"]][3] == "viewer"
    assert any("clerk" in entry[3] and entry[1] == "system" for entry in
               audit(stack, "clerk") if entry[0] == "updated")


def test_who_has_lost_all_roles_stays_out_and_loses_what_there_was(stack):
    person = Person(stack, groups=["a:b"])
    person.sign_in()
    assert person.may("/items")
    later = Person(stack, sub=person.sub, groups=[])
    later.refused(later.sign_in(), 403, "no role")
    assert person.ask("/items").status_code == 303  # to the sign-in page
    assert users(stack)[person.claims["preferred_username"]][3] == ""


def test_a_role_counts_among_hundreds_of_groups(stack):
    person = Person(stack, groups=[f"group {i}" for i in range(150)] + ["a:b"])
    assert person.sign_in().status_code == 303
    assert users(stack)[person.claims["preferred_username"]][3] == "clerk"


def test_a_role_may_be_limited_to_a_location(stack):
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM location WHERE code = 'WH-B'")
        if not cursor.fetchone()[0]:
            client = stack.add_client("places", "locations:read locations:write")
            token = requests.post(stack.url + "/oauth2/token", auth=client, timeout=10,
                                  data={"grant_type": "client_credentials"}).json()["access_token"]
            for code in ("WH-A", "WH-B"):
                assert requests.post(stack.url + "/v1/locations", headers={"Authorization": "Bearer " + token}, timeout=10,
                                     json={"code": code, "name": code, "kind": "site"}).status_code == 201
            stack.keep_secret(token)
    configure(stack, stack.provider, roles_map="b: clerk@WH-B, gone: manager@NOWHERE")
    restart(stack)
    try:
        person = Person(stack, groups=["b", "gone"])
        assert person.sign_in().status_code == 303
        assert users(stack)[person.claims["preferred_username"]][3] == "clerk@WH-B"
        codes = {row["code"] for row in person.ask("/v1/locations").json()["data"]}
        assert "WH-B" in codes and "WH-A" not in codes
        later = Person(stack, sub=person.sub, groups=["gone"])
        later.refused(later.sign_in(), 403, "no role")
    finally:
        configure(stack, stack.provider)
        restart(stack)


def test_without_a_map_values_are_names_of_roles_written_exactly_so(stack):
    configure(stack, stack.provider, roles_map=None)
    restart(stack)
    try:
        person = Person(stack, groups=[f"g{i}" for i in range(150)] + ["Administrator", "clerk", "viewer "])
        assert person.sign_in().status_code == 303
        assert users(stack)[person.claims["preferred_username"]][3] == "clerk"
    finally:
        configure(stack, stack.provider)
        restart(stack)


def test_a_stranger_without_a_role_becomes_no_user(stack):
    person = Person(stack, groups=["of no account"])
    person.refused(person.sign_in(), 403, "no role")
    assert person.claims["preferred_username"] not in users(stack)


def test_claims_may_be_where_userinfo_is(stack):
    person = Person(stack, preferred_username=None, realm=None)
    stack.provider.info = {"sub": person.sub, "preferred_username": "i" + person.sub[:9], "realm": {"groups": "looks x"}}
    assert person.sign_in().status_code == 303
    assert users(stack)["i" + person.sub[:9]][3] == "viewer"


def test_userinfo_of_somebody_else_is_not_believed(stack):
    person = Person(stack, preferred_username=None)
    stack.provider.info = {"sub": "another", "preferred_username": "x" + person.sub[:9]}
    person.refused(person.sign_in(), 403, "not good for this sign-in")


def test_where_to_go_afterwards_may_be_as_long_as_an_app_makes_it(stack):
    where = "/items?q=" + "x" * 4000
    answer = Person(stack).sign_in("?" + urllib.parse.urlencode({"next": where}))
    assert (answer.status_code, answer.headers["Location"]) == (303, where)


# ---- who it is ----

def test_a_local_user_of_the_same_name_is_not_taken_over(stack):
    person = Person(stack, preferred_username="admin", groups=["Stock Admins"])
    person.refused(person.sign_in(), 403, "is taken here")
    other = Person(stack, preferred_username="ADMIN", groups=["Stock Admins"])  # names compare by language rules
    other.refused(other.sign_in(), 403, "is taken here")
    for space in ("\u00a0", "\u200b", " \u3000"):
        third = Person(stack, preferred_username="admin" + space, groups=["Stock Admins"])
        third.refused(third.sign_in(), 403, "is taken here")
    assert any(entry[0] == "sso_refused" for entry in audit(stack, "ADMIN"))


def test_a_link_by_hand_makes_the_local_user_theirs(stack):
    name = "linked" + secrets.token_hex(4)
    stack.add_user(name, "viewer")
    person = Person(stack, preferred_username=name, groups=["a:b"])
    assert person.sign_in().status_code == 403
    assert stack.run("user", "link", name, stack.provider.url, person.sub).returncode == 0
    twice = stack.run("user", "link", "admin", stack.provider.url, person.sub)
    assert twice.returncode != 0 and "another user" in twice.stderr
    assert person.sign_in().status_code == 303
    assert users(stack)[name][3] == "clerk"
    assert stack.run("user", "unlink", name).returncode == 0
    assert person.ask("/items").status_code == 303
    assert [entry[0] for entry in audit(stack, person.sub)] == ["identity_linked", "identity_unlinked"]


def test_subjects_differ_by_case_and_by_spaces(stack):
    person = Person(stack, sub="abc" + secrets.token_hex(6))
    person.sign_in()
    for sub in (person.sub.upper(), person.sub + " "):
        other = Person(stack, sub=sub, preferred_username=person.claims["preferred_username"])
        other.refused(other.sign_in(), 403, "is taken here")


def test_a_disabled_user_stays_out(stack):
    person = Person(stack)
    person.sign_in()
    assert stack.run("user", "disable", person.claims["preferred_username"]).returncode == 0
    later = Person(stack, sub=person.sub)
    later.refused(later.sign_in(), 403, "disabled")


def test_a_first_sign_in_twice_at_once_makes_one_user(stack):
    people = [Person(stack, sub=sub) for sub in [secrets.token_hex(8)] * 4]
    back = [person.agree() for person in people]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda pair: pair[0].ask(pair[1]), zip(people, back)))
    assert [answer.status_code for answer in answers] == [303] * 4, [answer.text for answer in answers]


def test_the_last_administrator_keeps_the_role(stack):
    person = Person(stack, groups=["Stock Admins"])
    person.sign_in()
    name = person.claims["preferred_username"]
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute("UPDATE user SET status = 'disabled' WHERE name = 'admin'")
    try:
        later = Person(stack, sub=person.sub, groups=["looks"])
        assert later.sign_in().status_code == 303
        assert users(stack)[name][3] == "administrator"
    finally:
        with stack.database.owner() as db, db.cursor() as cursor:
            cursor.execute("UPDATE user SET status = 'active' WHERE name = 'admin'")
    assert Person(stack, sub=person.sub, groups=["looks"]).sign_in().status_code == 303
    assert users(stack)[name][3] == "viewer"


@pytest.mark.parametrize("name", ["x" * 65, "a\nb", "", None, 7])
def test_a_name_that_is_none_makes_no_user(stack, name):
    stack.provider.info = {}
    person = Person(stack, preferred_username=name)
    stack.provider.info = {"sub": person.sub}
    person.refused(person.sign_in(), 403, "name")


def test_a_user_of_single_sign_on_has_no_password(stack):
    person = Person(stack)
    person.sign_in()
    page = person.ask("/account").text
    assert "old_password" not in page and "looks after both" in page
    for password in ("", "x", "*"):
        answer = requests.post(stack.url + "/login", timeout=10, data={
            "name": person.claims["preferred_username"], "password": password or "''"})
        assert answer.status_code == 422


# ---- what comes back ----

def test_an_answer_works_once(stack):
    person = Person(stack)
    back = person.agree()
    cookie = person.cookies[COOKIE]
    assert person.ask(back).status_code == 303
    thief = Person(stack)
    thief.refused(thief.ask(back, cookies={COOKIE: cookie}), 400, "used already")


def test_an_answer_is_for_the_browser_that_began(stack):
    attacker, victim = Person(stack), Person(stack)
    back = attacker.agree()
    victim.refused(victim.ask(back), 400, "not begun in this browser")  # has begun nothing
    victim.begin()
    victim.refused(victim.ask(back), 400, "not begun in this browser")  # has begun something else


def test_a_wrong_state_leaves_the_sign_in_under_way(stack):
    person = Person(stack)
    back = person.agree()
    for state in ("x" * 43, "", None):
        person.refused(person.ask(changed(back, state=state)), 400, "not begun in this browser")
    person.refused(person.ask(back + "&state=twice"), 400, "not begun")
    assert person.ask(back).status_code == 303


def test_an_old_sign_in_is_over(stack):
    person = Person(stack)
    back = person.agree()
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute("UPDATE sso_sign_in SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND")
    person.refused(person.ask(back), 400, "longer than 10 minutes")


def test_nothing_that_is_kept_is_a_secret(stack):
    person = Person(stack)
    url = person.begin()
    asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute("SELECT * FROM sso_sign_in")
        kept = repr(cursor.fetchall())
    assert not [text for text in (person.cookies[COOKIE], asked["state"], asked["nonce"]) if text in kept]
    flags = person.ask("/login/sso").headers["Set-Cookie"]
    assert "HttpOnly" in flags and "SameSite=Lax" in flags and "Path=/" in flags


@pytest.mark.parametrize("iss", ["https://elsewhere.example", "", None])
def test_an_answer_of_another_provider_is_refused(stack, iss):
    person = Person(stack)
    person.refused(person.ask(changed(person.agree(), iss=iss)), 403, "not from the sign-in service")


@pytest.mark.parametrize("error,status,text", [
    ("access_denied", 403, "did not let you in"), ("login_required", 403, "could not sign you in"),
    ("server_error", 503, "could not sign you in"), ("<b>", 403, "could not sign you in")])
def test_what_the_provider_says_no_with_is_explained(stack, error, status, text):
    person = Person(stack)
    back = changed(person.agree(), code=None, error=error, error_description="<i>send money to</i>")
    answer = person.ask(back)
    person.refused(answer, status, text)
    assert "send money" not in answer.text and "<b>" not in answer.text


def test_a_code_of_another_sign_in_is_refused(stack):
    one, other = Person(stack), Person(stack)
    code = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(other.agree()).query))["code"]
    one.refused(one.ask(changed(one.agree(), code=code)), 403, "not good")
    for wrong in ("x", None, "x" * 4001):
        person = Person(stack)
        answer = person.ask(changed(person.agree(), code=wrong))
        assert answer.status_code in (403, 400) and SESSION not in person.cookies


# ---- ID tokens ----

@pytest.mark.parametrize("wrong", [
    {"claims": {"nonce": "x" * 43}}, {"drop": ("nonce",)}, {"claims": {"nonce": 7}},
    {"claims": {"iss": "https://elsewhere.example"}}, {"drop": ("iss",)},
    {"claims": {"aud": "another"}}, {"claims": {"aud": []}}, {"drop": ("aud",)},
    {"claims": {"aud": [oidc.CLIENT, "another"]}}, {"claims": {"azp": "another"}},
    {"claims": {"aud": [oidc.CLIENT, "another"], "azp": "another"}},
    {"claims": {"exp": 1_000_000_000}}, {"drop": ("exp",)}, {"drop": ("iat",)},
    {"claims": {"iat": 4_000_000_000}}, {"claims": {"nbf": 4_000_000_000}},
    {"drop": ("sub",)}, {"claims": {"sub": ""}}, {"claims": {"sub": "x" * 256}}, {"claims": {"sub": 7}},
    {"claims": {"at_hash": "x" * 22}}, {"claims": {"at_hash": None}},
    {"header": {"alg": "none"}}, {"header": {"alg": "HS256"}}, {"header": {"kid": "../x"}}, {"header": {"crit": ["x"]}},
    {"sign": lambda data: b""}, {"sign": lambda data: b"x" * 64},
    {"tokens": {"id_token": None}}, {"tokens": {"id_token": "x.y.z"}}, {"tokens": {"id_token": "x" * 9000}},
    {"tokens": {"access_token": "another"}},
], ids=str)
def test_an_id_token_that_is_not_for_this_sign_in_is_refused(stack, wrong):
    for name, value in wrong.items():
        setattr(stack.provider, name, value)
    person = Person(stack)
    answer = person.sign_in()
    assert answer.status_code in (403, 503)
    person.refused(answer, answer.status_code, "The sign-in service does not" if answer.status_code == 503 else "not good")
    assert person.claims["preferred_username"] not in users(stack)


def test_an_id_token_by_a_key_of_the_same_name_is_refused(stack):
    stack.provider.sign = stack.provider.stranger.sign
    person = Person(stack)
    person.refused(person.sign_in(), 403, "not good")


def test_the_id_token_of_an_earlier_sign_in_is_refused(stack):
    stack.provider.tokens = {"id_token": stack.provider.id_token({"nonce": "of another"}, {"sub": "admin"}, "x")}
    person = Person(stack)
    person.refused(person.sign_in(), 403, "not good")


def test_an_id_token_for_several_with_our_azp_is_good(stack):
    stack.provider.claims = {"aud": ["another", oidc.CLIENT], "azp": oidc.CLIENT}
    assert Person(stack).sign_in().status_code == 303


# ---- a provider that fails ----

def test_a_provider_that_is_down_at_the_callback_is_explained(stack):
    person = Person(stack)
    back = person.agree()
    stack.provider.down = True
    person.refused(person.ask(back), 503, "does not answer as it should")
    stack.provider.reset()
    soon(stack)
    assert person.sign_in().status_code == 303


def soon(stack):
    """Nobody asks for some seconds after a failure."""
    end = time.monotonic() + 15
    while time.monotonic() < end and Person(stack).ask("/login/sso").status_code != 302:
        time.sleep(0.2)
    time.sleep(5)  # an answer is taken later than somebody is sent there


def test_an_answer_that_comes_while_nobody_asks_may_come_again(stack):
    first, second = Person(stack), Person(stack)
    backs = [first.agree(), second.agree()]
    stack.provider.down = True
    first.refused(first.ask(backs[0]), 503, "does not answer as it should")
    stack.provider.down = False
    answer = second.ask(backs[1])
    second.refused(answer, 503, "does not answer as it should")
    assert 1 <= int(answer.headers["Retry-After"]) <= 5
    time.sleep(int(answer.headers["Retry-After"]))
    assert second.ask(backs[1]).status_code == 303
    first.refused(first.ask(backs[0]), 400, "not begun in this browser")


def test_a_provider_that_hangs_stops_single_sign_on_alone(stack):
    configure(stack, stack.provider, timeout_ms=5000)
    restart(stack)
    stack.provider.hang = 7
    end = time.monotonic() + 8

    def visit(i):
        person, seen = Person(stack), set()
        while time.monotonic() < end:
            answer = person.ask("/login/sso")
            seen.add((answer.status_code, "Retry-After" in answer.headers))
        return seen

    def local(i):
        longest = 0
        while time.monotonic() < end:
            begun = time.monotonic()
            assert requests.get(stack.url + "/login", timeout=30).status_code == 200
            longest = max(longest, time.monotonic() - begun)
        return longest

    try:
        with concurrent.futures.ThreadPoolExecutor(7) as pool:
            visits = [pool.submit(visit, i) for i in range(6)]
            longest = pool.submit(local, 0).result()
            assert set.union(*(one.result() for one in visits)) == {(503, True)}
        assert longest < 2.5, longest
    finally:
        stack.provider.reset()
        configure(stack, stack.provider)
        restart(stack)
    soon(stack)


def test_keys_that_could_not_be_had_cost_no_sign_in_and_are_asked_for_again_soon(stack):
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute("DELETE FROM issuer_key_set")
    stack.provider.metadata = {"jwks_uri": stack.provider.url + "/none"}
    restart(stack)
    person = Person(stack)
    answer = person.ask("/login/sso")
    person.refused(answer, 503, "does not answer as it should")
    assert COOKIE not in person.cookies and answer.headers["Retry-After"]
    stack.provider.reset()
    begun = time.monotonic()
    while person.ask("/login/sso").status_code != 302 and time.monotonic() < begun + 30:
        time.sleep(0.5)
    assert time.monotonic() < begun + 12
    assert person.sign_in().status_code == 303


@pytest.mark.parametrize("status", [500, 302, 204])
def test_a_token_endpoint_with_another_status_is_explained(stack, status):
    stack.provider.status = status
    person = Person(stack)
    person.refused(person.sign_in(), 503, "does not answer as it should")


def test_a_provider_that_is_down_at_the_start_is_explained_and_passwords_go_on(stack):
    stack.provider.down = True
    restart(stack)
    person = Person(stack)
    person.refused(person.ask("/login/sso"), 503, "does not answer as it should")
    assert "Sign in with Acme" in person.ask("/login").text
    answer = person.post(stack.url + "/login", data={"name": "admin", "password": stack.password},
                         allow_redirects=False, timeout=10)
    assert answer.status_code == 303
    stack.provider.reset()
    soon(stack)
    assert Person(stack).sign_in().status_code == 303  # without a new start


# ---- signing out ----

def test_signing_out_ends_the_session_here_and_leads_to_the_provider(stack):
    person = Person(stack)
    person.sign_in()
    answer = person.post(stack.url + "/logout", data={"csrf": person.csrf()}, allow_redirects=False, timeout=10)
    assert answer.status_code == 200 and SESSION not in person.cookies
    begin, url = answer.headers["Refresh"].split(";url=")
    parts = urllib.parse.urlsplit(url)
    sent = dict(urllib.parse.parse_qsl(parts.query))
    assert begin == "0" and url.startswith(stack.provider.url + "/end?tenant=1&")
    assert sent["client_id"] == oidc.CLIENT and sent["post_logout_redirect_uri"] == stack.url + "/login"
    assert sent["id_token_hint"].count(".") == 2
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM session s JOIN user u ON u.id = s.user_id WHERE u.name = %s",
                       (person.claims["preferred_username"],))
        assert cursor.fetchone() == (0,)
    assert sent["id_token_hint"] not in stack.log_file.read_text()


def test_who_came_with_a_password_is_not_sent_to_the_provider(stack):
    person = Person(stack)
    person.post(stack.url + "/login", data={"name": "admin", "password": stack.password}, timeout=10)
    stack.keep_secret(person.cookies[SESSION])
    answer = person.post(stack.url + "/logout", data={"csrf": person.csrf()}, allow_redirects=False, timeout=10)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")


# ---- the second factor, and passwords that are off ----

def test_a_role_that_needs_a_second_factor_is_content_with_the_providers(stack):
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute("UPDATE role SET second_factor = 1 WHERE name = 'manager'")
    configure(stack, stack.provider, roles_map="looks: viewer, boss: manager")
    restart(stack)
    try:
        person = Person(stack, groups=["boss"])
        person.sign_in()
        assert person.may("/items/new")
        configure(stack, stack.provider, roles_map="looks: viewer, boss: manager", second_factor="mfa urn:two")
        restart(stack)
        later = Person(stack, sub=person.sub, groups=["boss"])
        later.refused(later.sign_in(), 403, "second factor")
        stranger = Person(stack, groups=["boss"])
        stranger.refused(stranger.sign_in(), 403, "second factor")
        assert stranger.claims["preferred_username"] not in users(stack)
        assert Person(stack, groups=["looks"]).sign_in().status_code == 303
        for claims in ({"amr": ["pwd", "mfa"]}, {"acr": "urn:two"}):
            proved = Person(stack, sub=person.sub, groups=["boss"], **claims)
            assert proved.sign_in().status_code == 303 and proved.may("/items/new")
    finally:
        configure(stack, stack.provider)
        restart(stack)


def need_factor(stack, role, needed):
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute("UPDATE role SET second_factor = %s WHERE name = %s", (needed, role))


def test_a_session_without_the_providers_factor_ends_when_the_role_begins_to_need_one(stack):
    configure(stack, stack.provider, second_factor="mfa")
    restart(stack)
    try:
        plain, proved = Person(stack, groups=["a:b"]), Person(stack, groups=["a:b"], amr=["mfa"])
        for person in (plain, proved):
            assert person.sign_in().status_code == 303 and person.may("/items")
        need_factor(stack, "clerk", 1)
        restart(stack)  # nothing is remembered
        assert plain.ask("/items").headers["Location"].startswith("/login")
        assert proved.may("/items")
    finally:
        need_factor(stack, "clerk", 0)
        configure(stack, stack.provider)
        restart(stack)


BACK, VERIFIER = "https://app.example/back", "v" * 43


def app_tokens(stack, person):
    """Of an app that the person allows what it asks."""
    ident, secret = stack.add_client("app-" + secrets.token_hex(4), "items:read", "--grant", "authorization_code",
                                     "--redirect-uri", BACK)
    challenge = oidc.b64(oidc.hashlib.sha256(VERIFIER.encode()).digest())
    answer = person.post(stack.url + "/oauth2/authorize", allow_redirects=False, timeout=10, data={
        "csrf": person.csrf(), "decision": "allow", "response_type": "code", "client_id": ident, "redirect_uri": BACK,
        "code_challenge": challenge, "code_challenge_method": "S256"})
    assert answer.status_code == 303, answer.text
    code = stack.keep_secret(urllib.parse.parse_qs(urllib.parse.urlsplit(answer.headers["Location"]).query)["code"][0])
    answer = requests.post(stack.url + "/oauth2/token", auth=(ident, secret), timeout=10, data={
        "grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER})
    assert answer.status_code == 200, answer.text
    return stack.keep_secret(answer.json()["access_token"]), (ident, secret)


def reads(stack, token):
    return requests.get(stack.url + "/v1/items", headers={"Authorization": "Bearer " + token}, timeout=10).status_code


def introspected(stack, token, app):
    return requests.post(stack.url + "/oauth2/introspect", data={"token": token}, auth=app, timeout=10).json()["active"]


def test_an_app_has_the_factor_of_the_session_that_allowed_it(stack):
    configure(stack, stack.provider, second_factor="mfa")
    restart(stack)
    try:
        plain, proved = Person(stack, groups=["a:b"]), Person(stack, groups=["a:b"], amr=["mfa"])
        tokens = {}
        for person in (plain, proved):
            assert person.sign_in().status_code == 303
            tokens[person] = app_tokens(stack, person)
            assert reads(stack, tokens[person][0]) == 200
        need_factor(stack, "clerk", 1)
        restart(stack)
        assert reads(stack, tokens[plain][0]) == 401 and not introspected(stack, *tokens[plain])
        assert reads(stack, tokens[proved][0]) == 200 and introspected(stack, *tokens[proved])
    finally:
        need_factor(stack, "clerk", 0)
        configure(stack, stack.provider)
        restart(stack)


def test_nobody_owes_a_password_in_single_sign_on_nor_while_passwords_are_off(stack):
    name = "due-" + secrets.token_hex(4)
    password = stack.add_user(name, "clerk")
    person = Person(stack, groups=["a:b"])
    assert stack.run("user", "link", name, stack.provider.url, person.sub).returncode == 0
    assert person.sign_in().status_code == 303
    token, app = app_tokens(stack, person)
    local = requests.Session()
    local.post(stack.url + "/login", data={"name": name, "password": password}, timeout=10)
    stack.keep_secret(local.cookies[SESSION])
    assert stack.run("user", "force-password", name).returncode == 0
    restart(stack)

    def may(browser):
        return browser.get(stack.url + "/items", allow_redirects=False, timeout=10).status_code == 200

    assert person.may("/items") and reads(stack, token) == 200 and introspected(stack, token, app) and not may(local)
    configure(stack, stack.provider, auth=["passwords = false"])
    restart(stack)
    try:
        assert may(local) and person.may("/items")
        refused = stack.run("user", "force-password", name)
        assert refused.returncode == 1 and "switched off" in refused.stderr
    finally:
        configure(stack, stack.provider)
        restart(stack)


def test_without_passwords_no_link_leads_to_one(stack):
    name = "guest-" + secrets.token_hex(4)
    assert stack.run("user", "add", name).returncode == 0
    link = stack.run("user", "invite", name).stdout.strip()
    token = stack.keep_secret(link.split("token=")[1])
    configure(stack, stack.provider, auth=["passwords = false"])
    restart(stack)
    try:
        chosen = {"token": token, "new_password": "paper lamp 7 green", "again": "paper lamp 7 green"}
        answer = requests.post(stack.url + "/invitation", data=chosen, timeout=10, allow_redirects=False)
        assert answer.status_code == 409 and "switched off" in answer.text
        refused = stack.run("user", "invite", name)
        assert refused.returncode == 1 and "switched off" in refused.stderr
    finally:
        configure(stack, stack.provider)
        restart(stack)


def test_without_passwords_there_is_the_provider_alone(stack):
    configure(stack, stack.provider, auth=["passwords = false"])
    restart(stack)
    try:
        page = requests.get(stack.url + "/login", timeout=10).text
        assert 'name="password"' not in page and "Sign in with Acme" in page
        for password in (stack.password, "wrong"):
            answer = requests.post(stack.url + "/login", timeout=10, data={"name": "admin", "password": password})
            assert answer.status_code == 403 and "switched off" in answer.text and not answer.cookies
        person = Person(stack)
        assert person.sign_in().status_code == 303
        answer = person.post(stack.url + "/account/password", allow_redirects=False, timeout=10, data={
            "csrf": person.csrf(), "old_password": "x" * 20, "new_password": "y" * 20, "again": "y" * 20})
        assert answer.status_code == 403
    finally:
        configure(stack, stack.provider)
        restart(stack)


def test_without_passwords_the_last_administrator_is_one_who_comes_from_the_provider(stack):
    boss = Person(stack, groups=["Stock Admins"])
    assert boss.sign_in().status_code == 303
    name = boss.claims["preferred_username"]
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute("UPDATE user SET status = 'disabled' WHERE name NOT IN ('admin', %s)", (name,))
        db.commit()
        cursor.execute("SELECT id FROM user WHERE name = %s", (name,))
        path = f"{stack.url}/v1/users/{cursor.fetchone()[0]}"

    def end_myself():
        return boss.post(path + "/disable", headers={"X-CSRF-Token": boss.csrf()}, timeout=30)

    configure(stack, stack.provider, auth=["passwords = false"])
    restart(stack)
    try:
        answer = end_myself()
        assert answer.status_code == 409 and "Nobody would be left" in answer.text
        # nor does the provider take the role
        assert Person(stack, sub=boss.sub, groups=["looks"]).sign_in().status_code == 303
        assert users(stack)[name][3] == "administrator"
    finally:
        configure(stack, stack.provider)
        restart(stack)
    assert end_myself().status_code == 200  # "admin" has a password, which counts again


def test_roles_given_here_stay_without_a_claim_for_them(stack):
    configure(stack, stack.provider, roles_claim=None, roles_map=None, default_role="viewer")
    restart(stack)
    try:
        person = Person(stack, realm=None)
        assert person.sign_in().status_code == 303
        name = person.claims["preferred_username"]
        with stack.database.owner() as db, db.cursor() as cursor:
            cursor.execute("UPDATE user_role SET role_id = (SELECT id FROM role WHERE name = 'clerk')"
                           " WHERE user_id = (SELECT id FROM user WHERE name = %s)", (name,))
        assert person.sign_in().status_code == 303 and users(stack)[name][3] == "clerk"
    finally:
        configure(stack, stack.provider)
        restart(stack)


def test_where_users_are_not_made_a_stranger_is_told_so(stack):
    configure(stack, stack.provider, create_users="false")
    restart(stack)
    try:
        person = Person(stack)
        person.refused(person.sign_in(), 403, "not a user here yet")
    finally:
        configure(stack, stack.provider)
        restart(stack)


@pytest.mark.parametrize("keys,text", [
    ({"issuer": "http://login.example"}, "no https address"), ({"client_id": ""}, "client_id"),
    ({"scopes": "profile"}, "openid"), ({"roles_map": "x"}, "colon"), ({"algorithms": "HS256"}, "none of RS256"),
    ({"client_secret_file": "/nonexistent"}, "Cannot read the secret"), ({"ca_file": "/nonexistent"}, "ca_file")])
def test_a_wrong_setting_is_named(stack, keys, text):
    configure(stack, stack.provider, **keys)
    done = stack.run("config", "check")
    configure(stack, stack.provider)
    assert done.returncode != 0 and text in done.stderr, done.stderr


def test_passwords_are_not_switched_off_without_a_provider(stack):
    configure(stack, stack.provider, auth=["passwords = false"], issuer=None)
    done = stack.run("config", "check")
    configure(stack, stack.provider)
    assert done.returncode != 0 and "nobody could sign in" in done.stderr


def test_without_a_provider_there_is_no_such_page(stack):
    configure(stack, stack.provider, issuer=None)
    restart(stack)
    try:
        for path in ("/login/sso", CALLBACK + "?code=x&state=y"):
            assert requests.get(stack.url + path, allow_redirects=False, timeout=10).status_code == 404
        assert "/login/sso" not in requests.get(stack.url + "/login", timeout=10).text
    finally:
        configure(stack, stack.provider)
        restart(stack)
