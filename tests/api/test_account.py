"""What members of staff do about themselves: sessions, their own password. And what slows down whoever
guesses at it: each test tries from addresses of its own, 127.x.y.z, so that none is in another's way."""

import concurrent.futures
import ctypes
import math
import re
import statistics
import subprocess
import sys
import time

import pytest

import client
import stack as parts
from catalogue import unique

WRONG = "The name or the password is not right."
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def browser_at(stack, address=None):
    browser = client.Browser(stack.url)
    browser.headers["User-Agent"] = FIREFOX
    browser.mount("http://", client.From(address or client.fresh_address()))
    return browser


def attempt(stack, address, name, password="a wrong password"):
    return browser_at(stack, address).post("/login", data={"name": name, "password": password})


@pytest.fixture
def ann(stack):
    """(name, password) of a new clerk."""
    name = unique("ann").lower()
    return name, stack.add_user(name, "clerk")


def signed_in(stack, ann, address=None):
    """Of a clerk, who has no form for items."""
    browser = browser_at(stack, address)
    answer = browser.post("/login", data={"name": ann[0], "password": ann[1]})
    assert answer.status_code == 303, answer.text
    return look(stack, browser)


def look(stack, browser):
    """Takes the CSRF token of the browser's session."""
    for cookie in browser.cookies:
        stack.keep_secret(cookie.value)
    page = browser.get("/account")
    assert page.status_code == 200, page.text
    browser.csrf = stack.keep_secret(re.search(r'name="csrf" value="([^"]+)"', page.text).group(1))
    return browser


def statuses(browser, path="/account"):
    """Of every worker, as like as not."""
    return {browser.get(path, allow_redirects=False).status_code for _ in range(8)}


def ended(browser):
    return statuses(browser) == {303}


def lives(browser):
    return statuses(browser) == {200}


# ---- sessions ----

def test_ones_sessions_are_listed(stack, ann):
    here, there = client.fresh_address(), client.fresh_address()
    first, second = signed_in(stack, ann, here), signed_in(stack, ann, there)
    body = first.get("/v1/sessions").json()
    assert [(s["current"], s["address"], s["browser"]) for s in body["data"]] == [
        (False, there, "Firefox on Linux"), (True, here, "Firefox on Linux")]
    assert not body["has_more"] and lives(second)
    page = first.get("/account").text
    assert here in page and there in page and page.count("this one") == 1
    listed = first.get("/v1/sessions", params={"limit": 1}).json()
    rest = first.get("/v1/sessions", params={"limit": 1, "cursor": listed["next_cursor"]}).json()
    assert listed["data"] + rest["data"] == body["data"] and not rest["has_more"]


def test_one_session_is_ended(stack, ann):
    here, there = signed_in(stack, ann), signed_in(stack, ann)
    assert lives(there)
    other, = (s["id"] for s in here.get("/v1/sessions").json()["data"] if not s["current"])
    assert here.delete(f"/v1/sessions/{other}").status_code == 403  # no CSRF token
    assert lives(there)
    answer = here.delete(f"/v1/sessions/{other}", headers={"X-CSRF-Token": here.csrf})
    assert answer.status_code == 204 and ended(there) and lives(here)
    assert here.delete(f"/v1/sessions/{other}", headers={"X-CSRF-Token": here.csrf}).status_code == 404


def test_anothers_session_is_not_there(stack, ann):
    mine = signed_in(stack, ann)
    admin = client.Browser(stack.url).sign_in(stack.user, stack.password, stack.keep_secret)
    my_id = mine.get("/v1/sessions").json()["data"][0]["id"]
    assert admin.delete(f"/v1/sessions/{my_id}", headers={"X-CSRF-Token": admin.csrf}).status_code == 404
    assert admin.submit(f"/account/sessions/{my_id}/end").status_code == 404
    assert my_id not in [s["id"] for s in admin.get("/v1/sessions").json()["data"]]
    assert lives(mine)


def test_the_page_ends_one_and_all_others(stack, ann):
    here, second, third, fourth = (signed_in(stack, ann) for _ in range(4))
    ids = [s["id"] for s in here.get("/v1/sessions").json()["data"]]
    answer = here.submit(f"/account/sessions/{ids[0]}/end")
    assert answer.headers["Location"] == "/account?done=ended"
    assert ended(fourth) and lives(third)
    assert here.submit("/account/sessions/end-others").headers["Location"] == "/account?done=ended-others"
    assert ended(second) and ended(third) and lives(here)
    assert len(here.get("/v1/sessions").json()["data"]) == 1


def test_a_client_has_no_sessions(stack, api):
    answer = api.get("/v1/sessions")
    assert answer.status_code == 403 and answer.json()["type"] == "/problems/forbidden"
    assert api.delete("/v1/sessions/1").status_code == 403


def test_new_roles_reach_every_session_in_seconds(stack, ann):
    sessions = [signed_in(stack, ann) for _ in range(2)]
    assert all(statuses(s, "/items/new") == {403} for s in sessions)
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute("INSERT INTO user_role (user_id, role_id) SELECT u.id, r.id FROM user u, role r"
                       " WHERE u.name = %s AND r.name = 'manager'", (ann[0],))
    time.sleep(5.5)  # AUTH_CACHE_S, as a worker of another host has to wait
    for session in sessions:
        session.mount("http://", client.From(client.fresh_address()))  # lighttpd has closed the connection
    assert all(statuses(s, "/items/new") == {200} for s in sessions)


def weak_hash(password):
    """Argon2id with less of everything than any configuration asks for."""
    sodium = ctypes.CDLL("libsodium.so.23")
    out = ctypes.create_string_buffer(128)
    given = password.encode()
    assert sodium.crypto_pwhash_str(out, given, ctypes.c_ulonglong(len(given)), ctypes.c_ulonglong(1),
                                    ctypes.c_size_t(8192)) == 0
    return out.value.decode()


def test_sign_ins_at_once_make_one_new_hash(stack, ann):
    """Of a password whose hash is weaker than what is asked for by now: nobody is refused for it."""
    with stack.database.owner() as db, db.cursor() as cursor:
        for _ in range(5):
            weak = weak_hash(ann[1])
            cursor.execute("UPDATE user SET password_hash = %s WHERE name = %s", (weak, ann[0]))
            db.commit()
            with concurrent.futures.ThreadPoolExecutor(4) as pool:
                answers = list(pool.map(lambda _: attempt(stack, client.fresh_address(), *ann).status_code, range(4)))
            assert answers == [303] * 4
            cursor.execute("SELECT password_hash FROM user WHERE name = %s", (ann[0],))
            assert cursor.fetchone()[0].startswith("$argon2id$") and weak not in cursor.fetchall()
            db.commit()


# ---- one's own password ----

def change(browser, old, new, again=None):
    return browser.submit("/account/password", old_password=old, new_password=new,
                          again=new if again is None else again)


@pytest.mark.parametrize("old, new, again, says", [
    ("not the old one", "paper lamp 7 green", None, "not your password"),
    (None, "paper lamp 7 green", "paper lamp 7 gren", "not the same"),
    (None, "elevenchars", None, "at least 12"),
    (None, "PassWord1234", None, "tried first"),
    (None, "", None, "required"),
])
def test_a_password_that_is_not_changed(stack, ann, old, new, again, says):
    here, there = signed_in(stack, ann), signed_in(stack, ann)
    answer = change(here, ann[1] if old is None else old, new, again)
    assert answer.status_code == 422 and says in answer.text, answer.text
    assert not new or new not in answer.text
    assert "Set-Cookie" not in answer.headers and lives(there) and lives(here)
    assert attempt(stack, client.fresh_address(), *ann).status_code == 303


def test_a_new_password_rotates_the_session(stack, ann):
    fresh = stack.keep_secret("paper lamp " + unique("x"))
    here, there = signed_in(stack, ann), signed_in(stack, ann)
    stolen = client.Browser(stack.url)
    stolen.cookies.update(here.cookies)
    assert lives(stolen)
    before, csrf = here.cookies["bincard"], here.csrf
    answer = change(here, ann[1], fresh)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account?done=password")
    assert "HttpOnly" in answer.headers["Set-Cookie"] and here.cookies["bincard"] != before
    assert ended(stolen) and ended(there) and lives(here)
    assert look(stack, here).csrf != csrf
    assert attempt(stack, client.fresh_address(), ann[0], ann[1]).status_code == 422
    assert attempt(stack, client.fresh_address(), ann[0], fresh).status_code == 303


def test_a_stolen_cookie_finds_out_no_password(stack, ann):
    thief = signed_in(stack, ann)
    answers = [change(thief, f"guess number {i}", "paper lamp 7 green") for i in range(5)]
    assert {a.status_code for a in answers} == {422}
    answer = change(thief, ann[1], "paper lamp 7 green")
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) >= 1
    assert "too many tries" in answer.text
    assert attempt(stack, client.fresh_address(), *ann).status_code == 303


def test_common_passwords_on_the_command_line(stack, ann):
    for arguments in (("add", unique("cid").lower()), ("passwd", ann[0])):
        done = stack.run("user", *arguments, "--password-file", "-", input="Qwertyuiop123\n")
        assert done.returncode == 1 and "tried first" in done.stderr and "Qwerty" not in done.stderr


def test_the_list_of_common_passwords_is_what_its_rules_make():
    made = subprocess.run([sys.executable, parts.ROOT / "tools" / "common-passwords.py"], capture_output=True,
                          text=True, check=True).stdout
    assert made == (parts.ROOT / "app" / "domain" / "common_passwords.def").read_text()


# ---- guessing ----

def test_who_tries_too_often_waits(stack, ann):
    address = client.fresh_address()
    for _ in range(5):
        answer = attempt(stack, address, ann[0])
        assert answer.status_code == 422 and WRONG in answer.text
    answer = attempt(stack, address, ann[0])
    wait = int(answer.headers["Retry-After"])
    assert answer.status_code == 429 and wait == 1
    assert "too many tries" in answer.text and f'value="{ann[0]}"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in answer.headers
    # the right password has to wait as well, and does not elsewhere
    assert attempt(stack, address, *ann).status_code == 429
    assert attempt(stack, client.fresh_address(), *ann).status_code == 303
    time.sleep(wait + 0.2)
    assert attempt(stack, address, *ann).status_code == 303


def test_a_name_that_nobody_has_waits_as_well(stack, ann):
    """In the same words, however the name is spelled."""
    shown = []
    for name in (ann[0], unique("nobody").lower()):
        address = client.fresh_address()
        spellings = [name, name.upper(), name.title(), name + "\u00a0", name.replace("n", "\u00f1")]
        assert [attempt(stack, address, s).status_code for s in spellings] == [422] * 5
        answer = attempt(stack, address, name)
        assert answer.status_code == 429
        shown.append(re.sub(r'class="code">[0-9a-f]+<', "", answer.text.replace(name, "NAME")))
    assert shown[0] == shown[1]


def test_tries_at_once_are_counted_by_all_workers(stack, ann):
    address = client.fresh_address()
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: attempt(stack, address, ann[0]).status_code, range(20)))
    assert sorted(answers) == [422] * 5 + [429] * 15


def test_many_addresses_do_not_keep_the_owner_out(stack, ann):
    for _ in range(60):
        assert attempt(stack, client.fresh_address(), ann[0]).status_code == 422
    address = client.fresh_address()
    assert attempt(stack, address, ann[0], "typed wrong once").status_code == 422
    assert attempt(stack, address, *ann).status_code == 429
    assert attempt(stack, client.fresh_address(), *ann).status_code == 303  # and each first try counts
    time.sleep(1.2)
    assert attempt(stack, address, *ann).status_code == 303


def test_an_address_that_tries_many_names_waits(stack, ann):
    address = client.fresh_address()
    assert attempt(stack, address, *ann).status_code == 303
    answers = [attempt(stack, address, unique("name")).status_code for _ in range(31)]
    assert answers == [422] * 30 + [429]
    assert attempt(stack, address, *ann).status_code == 303  # who works there still gets in


def test_waiting_holds_no_worker(stack, ann):
    """What is refused is refused sooner than a password is looked at."""
    address = client.fresh_address()

    def timed():
        start = time.perf_counter()
        status = attempt(stack, address, ann[0]).status_code
        return status, time.perf_counter() - start

    tries = [timed() for _ in range(15)]
    looked = [s for status, s in tries if status == 422]
    refused = [s for status, s in tries if status == 429]
    assert len(looked) >= 5 and refused and statistics.median(refused) < statistics.median(looked)


def error_of_median(times):
    """Its standard error, from the quartiles, which a busy machine's outliers do not move."""
    low, _, high = statistics.quantiles(times, n=4)
    return 1.2533 * (high - low) / 1.349 / math.sqrt(len(times))


def test_an_unknown_name_takes_as_long(stack, ann, capsys):
    """200 tries each, in turn, every one from an address of its own. So does one who has a second factor."""
    names = {"known": ann[0], "unknown": unique("nobody").lower(), "with a factor": unique("bob").lower()}
    stack.add_user(names["with a factor"], "clerk")
    with stack.database.owner() as db, db.cursor() as cursor:
        cursor.execute("INSERT INTO second_factor (user_id, kind, secret_sealed, created_at, confirmed_at)"
                       " SELECT id, 'totp', '', NOW(), NOW() FROM user WHERE name = %s", (names["with a factor"],))
    times = {kind: [] for kind in names}
    for _ in range(200):
        for kind, name in names.items():
            browser = browser_at(stack)
            start = time.perf_counter()
            answer = browser.post("/login", data={"name": name, "password": "a wrong password"})
            times[kind].append(time.perf_counter() - start)
            assert answer.status_code == 422
    medians = {kind: statistics.median(each) for kind, each in times.items()}
    apart = max(medians.values()) - min(medians.values())
    noise = 4 * math.hypot(*(error_of_median(each) for each in times.values()))
    with capsys.disabled():
        print("\nsign-in, medians of 200: "
              + ", ".join(f"{kind} {median * 1e3:.2f} ms" for kind, median in medians.items())
              + f"; noise {noise * 1e3:.2f} ms")
    assert apart < noise
