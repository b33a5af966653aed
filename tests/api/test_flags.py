"""Feature flags: what is off is not there, for whom it is on is decided once, and who may switch them."""

import concurrent.futures
import re
import time

import pytest
import requests

import client
from catalogue import unique

ON = {"state": "on"}


def find(api, name):
    rows = {row["name"]: row for row in api.get("/v1/feature-flags").json()["data"]}
    return rows[name]


def switch(api, name, **change):
    answer = api.patch(f"/v1/feature-flags/{find(api, name)['id']}", json=change, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture(autouse=True)
def all_on(api):
    yield
    for name in ("api_docs", "audit_csv"):
        switch(api, name, **ON)


def statuses(ask, times=16):
    """Of so many answers, several at once, so that all of the four workers are asked."""
    with concurrent.futures.ThreadPoolExecutor(8) as crowd:
        return {answer.status_code for answer in crowd.map(lambda _: ask(), range(times))}


def test_flags_of_the_program_are_on_at_first(api):
    for name in ("api_docs", "audit_csv"):
        flag = find(api, name)
        assert flag["state"] == flag["default"] == "on" and flag["percent"] is None and flag["description"]


def test_a_page_that_is_off_is_no_page_in_all_workers_at_once(api, base):
    def ask():
        return requests.get(base + "/docs", timeout=60, headers={"Accept": "text/html"})

    assert statuses(ask) == {200}
    for _ in range(3):
        switch(api, "api_docs", state="off")
        assert statuses(ask) == {404}
        switch(api, "api_docs", **ON)
        assert statuses(ask) == {200}


def test_what_is_off_answers_like_what_never_was(api, browser, base):
    switch(api, "api_docs", state="off")
    switch(api, "audit_csv", state="off")
    for ask in (browser.get, lambda path, **options: requests.get(base + path, timeout=60, allow_redirects=False, **options)):
        for path in ("/docs", "/audit.csv"):
            for accept in ("text/html", "application/json"):
                off, never = (ask(each, headers={"Accept": accept}) for each in (path, "/never.csv"))
                ids = [re.sub(r"[0-9a-f]{32}", "", answer.text).replace(path, "/never.csv") for answer in (off, never)]
                assert off.status_code == never.status_code == 404
                assert ids[0].replace("docs", "never.csv") == ids[1].replace("docs", "never.csv")
                assert off.headers["Cache-Control"] == never.headers["Cache-Control"]


def test_what_is_off_has_no_methods(api, browser, base):
    assert requests.put(base + "/docs", timeout=60).headers["Allow"] == "GET, HEAD"
    switch(api, "api_docs", state="off")
    switch(api, "audit_csv", state="off")
    for path in ("/docs", "/audit.csv"):
        assert statuses(lambda p=path: requests.put(base + p, timeout=60)) == {404}
        assert "Allow" not in browser.delete(path).headers


def test_a_page_does_not_lead_to_what_is_off(api, browser):
    assert 'href="/docs"' in browser.get("/account").text and 'href="/audit.csv' in browser.get("/audit").text
    switch(api, "api_docs", state="off")
    switch(api, "audit_csv", state="off")
    for page in ("/account", "/audit", "/nothing-here"):
        text = browser.get(page, headers={"Accept": "text/html"}).text
        assert "/docs" not in text and "/audit.csv" not in text


def test_a_page_that_is_on_for_some_asks_who_it_is(api, base):
    switch(api, "audit_csv", state="percent", percent=50)
    answer = requests.get(base + "/audit.csv", timeout=60, allow_redirects=False)
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/login")


def those_who_have_it(base, callers):
    having = set()
    for address, session in callers.items():
        seen = {session.get(base + "/docs", timeout=60).status_code for _ in range(6)}
        assert len(seen) == 1, "one caller, two answers"
        if seen == {200}:
            having.add(address)
    return having


def test_a_percentage_is_the_same_for_one_caller_and_grows(stack, api, base):
    callers = {}
    for i in range(40):
        address = f"127.78.0.{i + 1}"
        callers[address] = requests.Session()
        callers[address].mount("http://", client.From(address))
    before = set()
    for percent in (0, 20, 50, 80, 100):
        assert switch(api, "api_docs", state="percent", percent=percent)["percent"] == percent
        now = those_who_have_it(base, callers)
        assert before <= now
        before = now
        assert {0: 0, 100: 40}.get(percent, len(now)) == len(now)
        if percent == 50:
            assert 8 <= len(now) <= 32
    for session in callers.values():
        session.close()


def test_a_link_leads_to_what_is_there(stack, api, base):
    """Also to what is open to anybody: who is signed in has it as that user, wherever he sits."""
    def ask(browser, path):
        browser.mount("http://", client.From(client.fresh_address()))
        return browser.get(path)

    switch(api, "api_docs", state="percent", percent=50)
    seen = set()
    for _ in range(10):
        name = unique("flag").lower()
        person = client.Browser(stack.url).sign_in(name, stack.add_user(name, "viewer"), stack.keep_secret)
        linked = 'href="/docs"' in ask(person, "/account").text
        assert {ask(person, "/docs").status_code for _ in range(4)} == {200 if linked else 404}
        seen.add(linked)
    assert seen == {True, False}


def test_a_user_has_it_or_not_at_every_worker(api, browser):
    switch(api, "audit_csv", state="percent", percent=50)
    assert len(statuses(lambda: browser.get("/audit.csv"))) == 1
    switch(api, "audit_csv", state="percent", percent=0)
    assert statuses(lambda: browser.get("/audit.csv")) == {404}
    switch(api, "audit_csv", state="percent", percent=100)
    assert statuses(lambda: browser.get("/audit.csv")) == {200}


@pytest.mark.parametrize("change, pointer, code", [
    ({"state": "percent"}, "/percent", "required"),
    ({"percent": 5}, "/percent", "conflicting"),
    ({"state": "off", "percent": 5}, "/percent", "conflicting"),
    ({"state": "percent", "percent": 101}, "/percent", "out_of_range"),
    ({"state": "percent", "percent": -1}, "/percent", "out_of_range"),
    ({"state": "maybe"}, "/state", "not_allowed"),
    ({"colour": 1}, "/colour", "unknown"),
])
def test_a_wrong_change_is_refused(api, change, pointer, code):
    flag = find(api, "audit_csv")
    answer = api.patch(f"/v1/feature-flags/{flag['id']}", json=change, headers={"If-Match": "*"})
    assert answer.status_code == 422, answer.text
    assert pointer in {error["pointer"] for error in answer.json()["errors"]}, answer.text
    assert find(api, "audit_csv") == flag


def test_a_change_names_the_version_that_it_has_seen(api):
    path = f"/v1/feature-flags/{find(api, 'audit_csv')['id']}"
    tag = api.get(path).headers["ETag"]
    assert api.patch(path, json=ON).status_code == 428
    assert api.patch(path, json={"state": "off"}, headers={"If-Match": tag}).status_code == 200
    assert api.patch(path, json=ON, headers={"If-Match": tag}).status_code == 412
    assert api.get("/v1/feature-flags/999999").status_code == 404


def test_flags_come_in_pages(api):
    first = api.get("/v1/feature-flags", params={"limit": 1})
    assert len(first.json()["data"]) == 1 and first.json()["has_more"]
    second = api.get(first.links["next"]["url"]).json()
    assert second["data"][0]["id"] > first.json()["data"][0]["id"]


def test_a_switch_is_in_the_audit_log(api):
    flag = switch(api, "audit_csv", state="percent", percent=10)
    rows = api.get("/v1/audit-log", params={"resource": "feature_flag", "resource_id": flag["id"], "limit": 1})
    entry = rows.json()["data"][0]
    assert entry["action"] == "updated" and entry["actor"].startswith("client:")
    assert entry["changes"] == {"state": {"before": "on", "after": "percent"},
                                "percent": {"before": None, "after": 10}}


@pytest.fixture
def stranger(api, db):
    """A flag that this version does not know."""
    name = unique("later").replace("-", "_")[:64]
    with db.cursor() as cursor:
        cursor.execute("INSERT INTO feature_flag (name, state, created_at, updated_at)"
                       " VALUES (%s, 'off', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))", (name,))
    yield name
    with db.cursor() as cursor:
        cursor.execute("DELETE FROM feature_flag WHERE name = %s", (name,))


def test_a_flag_that_is_not_known_is_shown_as_such(stack, api, browser, stranger):
    flag = find(api, stranger)
    assert flag["description"] is None and flag["default"] is None
    assert stranger in browser.get("/flags").text and "This version does not know it" in browser.get("/flags").text
    assert f"{stranger}\toff\tthis version does not know it" in stack.run("flag", "list").stdout


def test_a_change_elsewhere_is_noticed_within_seconds(api, base, db):
    def ask():
        return requests.get(base + "/docs", timeout=60)

    assert statuses(ask) == {200}
    with db.cursor() as cursor:
        cursor.execute("UPDATE feature_flag SET state = 'off' WHERE name = 'api_docs'")
    begin = time.monotonic()
    while statuses(ask) != {404}:
        assert time.monotonic() - begin < 7
        time.sleep(0.2)


def test_a_flag_costs_no_statement_a_request(browser):
    def count():
        timing = browser.get("/flags").headers["Server-Timing"]
        return int(re.search(r"(\d+) statements", timing).group(1))

    begin = time.monotonic()
    counts = [count() for _ in range(40)]
    assert time.monotonic() - begin < 15
    assert sorted(counts)[20] == 1, "the page's own, and nothing for the flags"


def form(browser, name):
    page = browser.get("/flags").text
    path = re.search(rf'>{name}</span>.*?href="(/flags/\d+)/edit"', page, re.S).group(1)
    text = browser.get(path + "/edit").text
    return path, re.search(r'name="version" value="(\d+)"', text).group(1)


def test_the_page_switches(api, browser):
    path, version = form(browser, "audit_csv")
    answer = browser.submit(path, state="percent", percent="30", version=version)
    assert answer.status_code == 303 and answer.headers["Location"] == "/flags?done=saved"
    assert "30 percent" in browser.get("/flags").text
    path, version = form(browser, "audit_csv")
    assert browser.submit(path, state="off", percent="30", version=version).status_code == 303, "the number is left over"
    assert find(api, "audit_csv")["state"] == "off"


def test_the_page_says_what_is_wrong(browser):
    path, version = form(browser, "audit_csv")
    answer = browser.submit(path, state="percent", percent="", version=version)
    assert answer.status_code == 422 and "Of how many percent?" in answer.text
    answer = browser.submit(path, state="percent", percent="a lot", version=version)
    assert answer.status_code == 422 and 'value="a lot"' in answer.text


def test_the_page_shows_what_somebody_else_has_switched(api, browser):
    path, version = form(browser, "audit_csv")
    switch(api, "audit_csv", state="off")
    answer = browser.submit(path, state="percent", percent="30", version=version)
    assert answer.status_code == 409 or answer.status_code == 412, answer.status_code
    assert "Stored now" in answer.text and find(api, "audit_csv")["state"] == "off"


def test_the_command_switches_and_workers_notice_at_once(stack, api, base):
    def ask():
        return requests.get(base + "/docs", timeout=60)

    assert statuses(ask) == {200}
    done = stack.run("flag", "set", "api_docs", "off")
    assert (done.returncode, done.stderr) == (0, "") and done.stdout.startswith("api_docs\toff\t")
    assert statuses(ask) == {404}
    assert stack.run("flag", "set", "api_docs", "100%").stdout.startswith("api_docs\t100%\t")
    assert statuses(ask) == {200}
    assert "audit_csv\ton\t" in stack.run("flag", "list").stdout


@pytest.mark.parametrize("arguments, status", [
    (["set", "api_docs", "maybe"], 2), (["set", "api_docs", "%"], 2), (["set", "api_docs"], 2), ([], 2),
    (["set", "api_docs", "101%"], 1), (["set", "nothing", "on"], 1), (["set", "nöthing", "on"], 1)])
def test_the_command_refuses(stack, api, arguments, status):
    done = stack.run("flag", *arguments)
    assert done.returncode == status and done.stderr and not done.stdout
    assert find(api, "api_docs")["state"] == "on"


def test_who_may_read_may_not_switch(stack, api):
    reader = client.Api(stack.url, stack.forger.token(scope="flags:read"))
    flag = find(reader, "api_docs")
    answer = reader.patch(f"/v1/feature-flags/{flag['id']}", json=ON, headers={"If-Match": "*"})
    assert answer.status_code == 403
