"""A second factor: set up, asked for at sign-in, used once, recovered, removed, and required by a role. Each
test's user comes from addresses of its own."""

import concurrent.futures
import re
import subprocess
import time
import urllib.parse

import pytest
import requests

import client
import routes
import totp
from catalogue import unique
from routes import ROUTES, UNSAFE
from feed import ANNOUNCED

PAGE = "/account/second-factor"
SESSION_ROUTES = [route for route in ROUTES if route.auth in ("AUTH_API", "AUTH_API_SESSION", "AUTH_SESSION")]
WRONG = "This code is not right, or was used."


class Person(client.Browser):
    """A member of staff with an authenticator."""

    def __init__(self, stack, name, password):
        super().__init__(stack.url)
        self.stack, self.name, self.password = stack, name, password
        self.secret, self.codes = None, []
        self.move()

    def get(self, url, **kwargs):
        return super().get(url, **{"allow_redirects": False, **kwargs})

    def move(self):
        """To another address: tries are counted by address."""
        self.mount("http://", client.From(client.fresh_address()))
        return self

    def elsewhere(self):
        """The same person in another browser at another place."""
        other = Person(self.stack, self.name, self.password)
        other.secret, other.codes = self.secret, self.codes
        return other

    def keep(self):
        for cookie in self.cookies:
            self.stack.keep_secret(cookie.value)

    def first_step(self, **fields):
        answer = self.post("/login", data={"name": self.name, "password": self.password, **fields})
        self.keep()
        return answer

    def second_step(self, code, **fields):
        answer = self.post("/login/code", data={"code": code, **fields})
        self.keep()
        return answer

    def look(self, page="/account/second-factor"):
        text = self.get(page).text
        self.csrf = self.stack.keep_secret(re.search(r'name="csrf" value="([^"]+)"', text).group(1))
        return text

    def begin(self):
        assert self.first_step().headers["Location"] == "/"
        self.look()
        assert self.submit(f"{PAGE}/begin").headers["Location"] == PAGE
        shown = re.search(r'class="code key">([A-Z2-7 ]+)<', self.look()).group(1)
        self.secret = self.stack.keep_secret(shown)
        self.stack.keep_secret(shown.replace(" ", ""))
        return self

    def confirm(self, code=None):
        answer = self.submit(f"{PAGE}/confirm", password=self.password, code=code or totp.code(self.secret))
        self.keep()
        self.codes = re.findall(r'<li class="code">([a-z2-7-]+)</li>', answer.text)
        for code in self.codes:
            self.stack.keep_secret(code)
        return answer

    def enrol(self):
        """With a code of the present step, which is used then; rewind() makes it good again."""
        assert self.begin().confirm().status_code == 200
        self.look()
        return self

    def rewind(self):
        """As if no code had been used for a while."""
        with self.stack.database.owner() as db, db.cursor() as cursor:
            cursor.execute("UPDATE second_factor SET last_step = 0 WHERE user_id ="
                           " (SELECT id FROM user WHERE name = %s)", (self.name,))
        return self

    def is_in(self):
        return {self.get("/account").status_code for _ in range(6)} == {200}

    def is_out(self):
        return {self.get("/account").status_code for _ in range(6)} == {303}


@pytest.fixture
def ann(stack):
    """A clerk without a factor, not signed in."""
    name = unique("ann").lower()
    return Person(stack, name, stack.add_user(name, "clerk"))


def audited(stack, name, action):
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM audit_log WHERE resource = 'user' AND action = %s AND resource_id ="
                       " (SELECT id FROM user WHERE name = %s)", (action, name))
        return cursor.fetchone()[0]


# ---- setting up ----

def test_a_factor_is_set_up(stack, ann):
    state = ann.begin().get("/v1/second-factor").json()
    assert state == {"on": False, "owed": False, "kind": None, "since": None, "recovery_codes_left": 0}
    before = ann.cookies["bincard"]
    answer = ann.confirm()
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert len(set(ann.codes)) == 10 and all(re.fullmatch(r"([a-z2-7]{4}-){3}[a-z2-7]{4}", c) for c in ann.codes)
    assert ann.cookies["bincard"] != before and ann.is_in()
    state = ann.get("/v1/second-factor").json()
    assert (state["on"], state["kind"], state["recovery_codes_left"]) == (True, "totp", 10)
    page = ann.look()
    assert "10 recovery codes" in page and "On since" in ann.get("/account").text
    assert audited(stack, ann.name, "second_factor_enrolled") == 1


def test_a_secret_is_shown_until_it_is_confirmed_and_codes_once(ann):
    ann.begin()
    assert ann.secret in ann.look() and ann.get(f"{PAGE}/qr.svg").status_code == 200
    ann.confirm()
    page = ann.look()
    assert ann.secret not in page and not any(code in page for code in ann.codes)
    assert ann.get(f"{PAGE}/qr.svg").status_code == 404
    assert ann.submit(f"{PAGE}/begin").status_code == 409


def test_the_page_of_the_codes_belongs_to_the_new_session(ann):
    answer = ann.begin().confirm()
    token = re.search(r'name="csrf" value="([^"]+)"', answer.text).group(1)
    assert token != ann.csrf
    ann.stack.keep_secret(token)
    assert ann.post("/logout", data={"csrf": token}).status_code == 303 and ann.is_out()


def test_beginning_again_makes_another_secret(ann):
    first = ann.begin().secret
    assert ann.submit(f"{PAGE}/begin").status_code == 303
    assert first not in ann.look()
    assert ann.confirm(totp.code(first)).status_code == 422


def test_the_secret_is_nowhere_in_the_clear(stack, ann):
    ann.enrol()
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute("SELECT secret_sealed FROM second_factor WHERE user_id ="
                       " (SELECT id FROM user WHERE name = %s)", (ann.name,))
        sealed = cursor.fetchone()[0]
        cursor.execute("SELECT code_hash FROM recovery_code")
        hashes = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT GROUP_CONCAT(changes SEPARATOR '') FROM audit_log WHERE action LIKE 'second%'")
        changes = cursor.fetchone()[0]
        cursor.execute(f"SELECT data FROM {ANNOUNCED} WHERE type LIKE 'bincard.user.second%%' ORDER BY place DESC LIMIT 1")
        data = cursor.fetchone()[0]
    plain = totp.base64.b32decode(ann.secret.replace(" ", ""))
    assert len(plain) == 20 and len(sealed) == 60 and plain not in sealed
    assert all(len(each) == 32 for each in hashes)
    assert ann.secret.replace(" ", "") not in changes + str(data) and 'second_factor' in changes


def test_a_wrong_password_or_code_turns_nothing_on(ann):
    ann.begin()
    wrong = f"{(int(totp.code(ann.secret)) + 1) % 1000000:06d}"
    for fields, says in (({"password": "not this one", "code": totp.code(ann.secret)}, "not your password"),
                         ({"password": ann.password, "code": wrong}, WRONG),
                         ({"password": ann.password, "code": ""}, "required"),
                         ({"password": ann.password, "code": totp.code(ann.secret, totp.now() - 2)}, WRONG)):
        answer = ann.submit(f"{PAGE}/confirm", **fields)
        assert answer.status_code == 422 and says in answer.text, fields
        assert ann.password not in answer.text and not (fields["code"] and fields["code"] in answer.text)
    assert ann.get("/v1/second-factor").json()["on"] is False
    assert ann.elsewhere().first_step().headers["Location"] == "/"


def test_setting_up_ends_all_other_sessions(ann):
    ann.begin()
    other, stolen = ann.elsewhere(), ann.elsewhere()
    assert other.first_step().status_code == 303 and other.is_in()
    stolen.cookies.update(ann.cookies)
    ann.confirm()
    assert other.is_out() and stolen.is_out() and ann.is_in()


def picture(svg):
    """The modules of our SVG, a byte each: 255 light, 0 dark."""
    side = int(re.search(r'viewBox="0 0 (\d+) \d+"', svg).group(1))
    rows = [bytearray(b"\xff" * side) for _ in range(side)]
    for x, y, n in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", svg):
        for i in range(int(x), int(x) + int(n)):
            rows[int(y)][i] = 0
    return side, rows


def read_qr(svg, path, scale=4):
    side, rows = picture(svg)
    data = b"".join(bytes(pixel for pixel in row for _ in range(scale)) for row in rows for _ in range(scale))
    path.write_bytes(f"P5 {side * scale} {side * scale} 255\n".encode() + data)
    return subprocess.run(["zbarimg", "--quiet", "--raw", str(path)], capture_output=True, text=True,
                          check=True).stdout.strip()


def test_the_qr_code_says_what_the_page_says(ann, tmp_path):
    answer = ann.begin().get(f"{PAGE}/qr.svg")
    assert answer.headers["Content-Type"] == "image/svg+xml" and answer.headers["Cache-Control"] == "no-store"
    assert "style" not in answer.text and "script" not in answer.text
    secret = ann.secret.replace(" ", "")
    assert read_qr(answer.text, tmp_path / "qr.pgm") == (
        f"otpauth://totp/bincard:{ann.name}?secret={secret}&issuer=bincard&digits=6&period=30")
    assert requests.get(ann.base + f"{PAGE}/qr.svg", allow_redirects=False, timeout=60).status_code == 303


def test_the_longest_name_fits_into_a_qr_code(stack, tmp_path):
    name = (unique("ann").lower() + "\U0001f4e6" * 64)[:64]
    person = Person(stack, name, stack.add_user(name, "clerk")).begin()
    said = read_qr(person.get(f"{PAGE}/qr.svg").text, tmp_path / "qr.pgm")
    assert urllib.parse.unquote(said).startswith(f"otpauth://totp/bincard:{name}?secret=")


# ---- signing in ----

def test_signing_in_takes_a_second_step(stack, ann):
    ann.enrol().rewind()
    other = ann.elsewhere()
    answer = other.first_step(next="/items?q=x")
    assert answer.headers["Location"] == "/login/code?next=%2Fitems%3Fq%3Dx"
    assert "bincard" not in other.cookies and "HttpOnly" in answer.headers["Set-Cookie"]
    waiting = other.cookies["bincard-code"]
    page = other.get(answer.headers["Location"]).text
    assert 'autocomplete="one-time-code"' in page and 'value="/items?q=x"' in page and other.is_out()
    before = audited(stack, ann.name, "signed_in")
    answer = other.second_step(totp.code(ann.secret), next="/items?q=x")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/items?q=x")
    assert other.is_in() and "bincard-code" not in other.cookies and other.cookies["bincard"] != waiting
    assert audited(stack, ann.name, "signed_in") == before + 1


def test_without_a_first_step_there_is_no_second(ann):
    ann.enrol().rewind()
    other = ann.elsewhere()
    assert other.get("/login/code").headers["Location"] == "/login"
    answer = other.second_step(totp.code(ann.secret))
    assert answer.headers["Location"] == "/login?ended=true" and "bincard" not in other.cookies
    other.cookies.set("bincard-code", ann.cookies["bincard"])  # a session is no sign-in that waits
    assert other.second_step(totp.code(ann.secret)).headers["Location"] == "/login?ended=true"


def test_the_first_step_tells_nobody_of_a_factor(stack, ann):
    plain = Person(stack, unique("bob").lower(), "")
    stack.add_user(plain.name, "clerk")
    ann.enrol()
    shown = []
    for person in (ann.elsewhere(), plain) * 3:
        answer = person.post("/login", data={"name": person.name, "password": "a wrong password"})
        assert answer.status_code == 422 and "Set-Cookie" not in answer.headers
        shown.append(re.sub(r'class="code">[0-9a-f]+<', "", answer.text.replace(person.name, "NAME")))
    assert len(set(shown)) == 1
    lines = [line["statements"] for line in stack.lines("request")
             if line["path"] == "/login" and line["status"] == 422][-6:]
    # one more for whoever happens to come when flags are read again
    assert min(lines[::2]) == min(lines[1::2])


@pytest.fixture(scope="module")
def waiting(stack):
    """The cookie's value of a sign-in that waits for a code."""
    name = unique("ann").lower()
    person = Person(stack, name, stack.add_user(name)).enrol().elsewhere()
    person.first_step()
    return person.cookies["bincard-code"]


@pytest.mark.parametrize("cookie", ["bincard", "bincard-code"])
@pytest.mark.parametrize("route", SESSION_ROUTES, ids=routes.name)
def test_a_sign_in_that_waits_can_do_nothing_else(stack, waiting, route, cookie):
    options = {"json": {}} if "ROUTE_JSON_BODY" in route.flags else {}
    answer = requests.request(route.method, stack.url + routes.address(route, "999999999"), timeout=60,
                              cookies={cookie: waiting}, allow_redirects=False, **options)
    if route.kind == "ROUTE_PAGE":
        assert answer.status_code == 303 and answer.headers["Location"].startswith("/login")
    else:
        assert answer.status_code == 401 and answer.json()["type"] == "/problems/unauthenticated"


def test_a_sign_in_that_waits_can_be_given_up(ann):
    ann.enrol().rewind()
    other = ann.elsewhere()
    other.first_step()
    thief = ann.elsewhere()
    thief.cookies.set("bincard-code", other.cookies["bincard-code"])
    assert other.post("/login/cancel").headers["Location"] == "/login"
    assert "bincard-code" not in other.cookies
    assert thief.second_step(totp.code(ann.secret)).headers["Location"] == "/login?ended=true"


@pytest.mark.parametrize("path", ["/login/code", "/login/cancel"])
def test_the_second_step_comes_from_our_own_page(ann, path):
    ann.enrol().rewind()
    other = ann.elsewhere()
    other.first_step()
    answer = other.post(path, data={"code": totp.code(ann.secret)} if path == "/login/code" else {},
                        headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403 and other.is_out()
    assert other.second_step(totp.code(ann.secret)).headers["Location"] == "/"


@pytest.mark.parametrize("sql", [
    "UPDATE pending_sign_in SET expires_at = UTC_TIMESTAMP(6) WHERE user_id = %s",
    "UPDATE user SET status = 'disabled' WHERE id = %s",
])
def test_a_sign_in_does_not_wait_for_ever(stack, ann, sql):
    ann.enrol().rewind()
    other = ann.elsewhere()
    other.first_step()
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute("SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), p.expires_at), u.id FROM user u"
                       " JOIN pending_sign_in p ON p.user_id = u.id WHERE u.name = %s", (ann.name,))
        left, user = cursor.fetchone()
        assert 290 <= left <= 300
        cursor.execute(sql, (user,))
    assert other.second_step(totp.code(ann.secret)).headers["Location"] == "/login?ended=true"
    assert "That sign-in has ended" in other.get("/login?ended=true").text


def test_a_new_password_ends_what_waits(stack, ann):
    ann.enrol().rewind()
    other = ann.elsewhere()
    other.first_step()
    fresh = stack.keep_secret("paper lamp " + unique("x"))
    answer = ann.submit("/account/password", old_password=ann.password, new_password=fresh, again=fresh)
    assert answer.headers["Location"] == "/account?done=password" and ann.is_in()
    assert other.second_step(totp.code(ann.secret)).headers["Location"] == "/login?ended=true"


# ---- codes ----

def test_a_code_works_once(ann):
    step = totp.now()
    ann.enrol()
    for used in (step, step - 1):  # the one that it was confirmed with, and an earlier one
        other = ann.elsewhere()
        other.first_step()
        answer = other.second_step(totp.code(ann.secret, used))
        assert answer.status_code == 422 and WRONG in answer.text and other.is_out()
    assert other.second_step(totp.code(ann.secret, step + 1)).status_code == 303 and other.is_in()
    third = ann.elsewhere()
    third.first_step()
    assert third.second_step(totp.code(ann.secret, step + 1)).status_code == 422


def test_a_code_of_the_step_before_and_after_is_taken(ann):
    ann.enrol()
    for off, status in ((-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422)):
        ann.rewind()
        other = ann.elsewhere()
        other.first_step()
        answer = other.second_step(totp.code(ann.secret, totp.now() + off))
        assert answer.status_code == status, off


def test_a_code_may_have_spaces(ann):
    ann.enrol().rewind()
    other = ann.elsewhere()
    other.first_step()
    code = totp.code(ann.secret)
    assert other.second_step(f" {code[:3]} {code[3:]}").status_code == 303


@pytest.mark.parametrize("one", [True, False], ids=["one sign-in", "two sign-ins"])
def test_of_many_with_the_same_code_one_gets_in(stack, ann, one):
    """All have seen that the code is not used when the first of them uses it: the row is held until then. They
    come from different addresses, so that nothing but the code stands between them."""
    ann.enrol().rewind()
    first = ann.elsewhere()
    first.first_step()
    crowd = [first.elsewhere() for _ in range(4)]
    for person in crowd:
        if one:
            person.cookies.set("bincard-code", first.cookies["bincard-code"])
        else:
            person.first_step()
    code = totp.code(ann.secret)
    with stack.database.owner() as db, db.cursor() as cursor, concurrent.futures.ThreadPoolExecutor(4) as pool:
        db.begin()
        cursor.execute("SELECT id FROM second_factor WHERE user_id = (SELECT id FROM user WHERE name = %s)"
                       " FOR UPDATE", (ann.name,))
        sent = [pool.submit(person.second_step, code) for person in crowd]
        time.sleep(0.8)
        assert not any(each.done() for each in sent)
        db.rollback()
        answers = [each.result() for each in sent]
    got_in = [a for a in answers if a.headers.get("Location") == "/"]
    assert len(got_in) == 1, [a.status_code for a in answers]
    assert sum(person.is_in() for person in crowd) == 1


def test_five_wrong_codes_end_the_sign_in(stack, ann):
    ann.enrol().rewind()
    other = ann.elsewhere()
    other.first_step()
    for i in range(5):
        assert other.move().second_step("abcdef").status_code == 422, i
    assert other.move().second_step(totp.code(ann.secret)).headers["Location"] == "/login?ended=true"
    assert other.is_out() and audited(stack, ann.name, "second_factor_failed") == 5


def test_wrong_codes_slow_down_and_a_right_password_does_not_help(ann):
    ann.enrol().rewind()
    guesser = ann.elsewhere()
    guesser.first_step()
    for _ in range(5):
        assert guesser.second_step("abcdef").status_code == 422
    guesser.first_step()
    answer = guesser.second_step(totp.code(ann.secret))
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) == 1 and guesser.is_out()
    owner = ann.elsewhere()  # and the owner, elsewhere, does not feel it
    owner.first_step()
    assert owner.second_step(totp.code(ann.secret)).status_code == 303


def test_a_session_finds_out_no_code(ann):
    ann.enrol().rewind()
    for _ in range(5):
        assert ann.submit(f"{PAGE}/remove", password=ann.password, code="abcdef").status_code == 422
    answer = ann.submit(f"{PAGE}/remove", password=ann.password, code=totp.code(ann.secret))
    assert answer.status_code == 429 and ann.get("/v1/second-factor").json()["on"]


# ---- recovery codes ----

def test_a_recovery_code_works_once(stack, ann):
    ann.enrol()
    code = ann.codes[3]
    other = ann.elsewhere()
    other.first_step()
    assert other.second_step(code.upper().replace("-", " ")).status_code == 303 and other.is_in()
    assert other.get("/v1/second-factor").json()["recovery_codes_left"] == 9
    assert audited(stack, ann.name, "recovery_code_used") == 1
    third = ann.elsewhere()
    third.first_step()
    assert third.second_step(code).status_code == 422
    assert third.second_step(ann.codes[4]).status_code == 303


def test_another_persons_recovery_code_is_none(stack, ann):
    name = unique("bob").lower()
    bob = Person(stack, name, stack.add_user(name, "clerk")).enrol()
    ann.enrol()
    other = ann.elsewhere()
    other.first_step()
    assert other.second_step(bob.codes[0]).status_code == 422


def test_new_recovery_codes_take_the_place_of_all_old_ones(stack, ann):
    ann.enrol().rewind()
    old = ann.codes
    answer = ann.submit(f"{PAGE}/recovery-codes", password=ann.password, code=totp.code(ann.secret))
    fresh = re.findall(r'<li class="code">([a-z2-7-]+)</li>', answer.text)
    assert answer.status_code == 200 and len(fresh) == 10 and not set(fresh) & set(old) and ann.is_in()
    for code in fresh:
        stack.keep_secret(code)
    other = ann.elsewhere()
    other.first_step()
    assert other.second_step(old[0]).status_code == 422
    assert other.second_step(fresh[0]).status_code == 303
    assert audited(stack, ann.name, "recovery_codes_renewed") == 1


def test_recovery_codes_do_without_the_master_key(stack, ann):
    """A secret that it does not open is nobody's mistake, and keeps nobody out."""
    ann.enrol()
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute("UPDATE second_factor SET secret_sealed = REPEAT('x', 60) WHERE user_id ="
                       " (SELECT id FROM user WHERE name = %s)", (ann.name,))
    other = ann.elsewhere()
    other.first_step()
    answer = other.second_step(totp.code(ann.secret))
    assert answer.status_code == 503 and "master" not in answer.text and other.is_out()
    assert other.second_step(ann.codes[0]).status_code == 303 and other.is_in()


# ---- removing ----

@pytest.mark.parametrize("which", ["password", "code"])
def test_it_is_not_removed_without_both(ann, which):
    ann.enrol().rewind()
    fields = {"password": ann.password, "code": totp.code(ann.secret), which: "abcdef"}
    assert ann.submit(f"{PAGE}/remove", **fields).status_code == 422
    assert ann.get("/v1/second-factor").json()["on"]


@pytest.mark.parametrize("by", ["totp", "recovery"])
def test_it_is_removed_with_the_password_and_a_code(stack, ann, by):
    ann.enrol().rewind()
    code = totp.code(ann.secret) if by == "totp" else ann.codes[0]
    answer = ann.submit(f"{PAGE}/remove", password=ann.password, code=code)
    assert answer.headers["Location"] == f"{PAGE}?done=factor-removed"
    assert ann.elsewhere().first_step().headers["Location"] == "/"
    assert audited(stack, ann.name, "second_factor_removed") == 1
    ann.rewind().look()
    assert ann.submit(f"{PAGE}/begin").status_code == 303  # and can be set up again


def test_a_lost_one_is_removed_on_the_command_line(stack, ann):
    ann.enrol()
    done = stack.run("user", "remove-second-factor", ann.name)
    assert done.returncode == 0 and "removed the second factor" in done.stdout, done.stderr
    assert ann.is_out() and ann.elsewhere().first_step().headers["Location"] == "/"
    assert audited(stack, ann.name, "second_factor_removed") == 1
    assert stack.run("user", "remove-second-factor", ann.name).returncode == 0  # there is none: fine
    assert audited(stack, ann.name, "second_factor_removed") == 1
    assert stack.run("user", "remove-second-factor", "nobody at all").returncode == 1


# ---- required by a role ----

def require(stack, role, needed=1):
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute("INSERT INTO role (name, permissions, second_factor, created_at, updated_at)"
                       " SELECT %s, permissions, %s, created_at, updated_at FROM role"
                       " WHERE name = 'administrator'", (role, needed))


@pytest.fixture(scope="module")
def owing(stack):
    """Signed in, with a role that needs a factor, and without one."""
    role, name = unique("role"), unique("user").lower()
    require(stack, role)
    person = Person(stack, name, stack.add_user(name, role))
    assert person.first_step().status_code == 303
    person.look()
    return person


@pytest.mark.parametrize("route", [r for r in SESSION_ROUTES if "ROUTE_OWING" not in r.flags], ids=routes.name)
def test_who_owes_a_factor_reaches_nothing_else(owing, route):
    options = {"json": {}} if "ROUTE_JSON_BODY" in route.flags else {}
    if route.method in UNSAFE:
        options["headers"] = {"X-CSRF-Token": owing.csrf}
    answer = owing.request(route.method, routes.address(route, "999999999"), **options)
    if route.kind == "ROUTE_PAGE":
        assert answer.status_code == 303 and answer.headers["Location"] == PAGE
    else:
        assert answer.status_code == 403 and answer.json()["type"] == "/problems/account-unfinished"


def test_what_owing_leaves_open():
    """Each of these was thought about."""
    assert {routes.name(r) for r in ROUTES if "ROUTE_OWING" in r.flags} == {
        "GET /v1/second-factor", f"GET {PAGE}", f"POST {PAGE}/begin", f"GET {PAGE}/qr.svg", f"POST {PAGE}/confirm",
        "POST /logout"}


def test_setting_it_up_opens_everything(stack, owing):
    page = owing.look()
    assert "Your role needs a second factor" in page and 'href="/items"' not in page
    assert owing.get("/v1/second-factor").json()["owed"] is True
    person = owing.elsewhere().begin()
    assert person.get("/items").headers["Location"] == PAGE
    person.confirm()
    assert person.get("/items").status_code == 200 and person.get("/v1/items").status_code == 200
    assert person.get("/v1/second-factor").json()["owed"] is False
    person.look()
    answer = person.submit(f"{PAGE}/remove", password=person.password, code=person.codes[0])
    assert answer.status_code == 303 and person.get("/items").headers["Location"] == PAGE


def test_a_role_that_is_given_reaches_sessions_in_seconds(stack, ann):
    role = unique("role")
    require(stack, role)
    ann.first_step()
    assert ann.is_in()
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute("INSERT INTO user_role (user_id, role_id) SELECT u.id, r.id FROM user u, role r"
                       " WHERE u.name = %s AND r.name = %s", (ann.name, role))
    time.sleep(5.5)  # AUTH_CACHE_S, as a worker of another host has to wait
    ann.move()
    assert {ann.get("/account").headers.get("Location") for _ in range(6)} == {PAGE}
