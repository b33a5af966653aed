"""How the feed stands, as JSON and on its page, and the metrics of a host."""

import re
import time

import pytest

import feed
import stack as parts
import streams
from catalogue import new_item


def test_it_says_what_the_database_says(stack, api, db):
    new_item(api)
    feed.settle(stack)
    said = api.get("/v1/feed").json()
    with db.cursor() as cursor:
        cursor.execute("SELECT s.seq, s.holder, MIN(e.seq) FROM feed_state s, event e")
        assert (said["last"], said["holder"], said["oldest"]) == cursor.fetchone()
    assert (said["waiting"], said["waiting_since"], said["lag_ms"]) == (0, None, 0)
    assert int(said["holder"].rsplit(":", 1)[1]) in stack.children("feed")


@pytest.fixture
def held_up(stack):
    """Nobody can give a number."""
    feed.settle(stack)
    with stack.database.owner() as db, db.cursor() as cursor:
        db.begin()
        cursor.execute("SELECT seq FROM feed_state FOR UPDATE")
        yield
        db.rollback()
    feed.settle(stack)


def test_what_waits_is_counted_and_its_age_said(api, browser, held_up):
    first = new_item(api)["created_at"]
    last = new_item(api)["created_at"]
    time.sleep(0.3)
    said = api.get("/v1/feed").json()
    assert said["waiting"] == 2 and first <= said["waiting_since"] <= last
    assert 200 < said["lag_ms"] < 60000
    page = browser.get("/feed").text
    assert re.search(rf'<dt>Changes that wait</dt><dd>{said["waiting"]}<span class="note">for [\d.]+ m?s, since', page)


def test_the_page_names_the_holder_and_the_last_number(stack, browser, api):
    feed.settle(stack)
    said, page = api.get("/v1/feed").json(), browser.get("/feed").text
    assert f'<span class="code">{said["holder"]}</span>' in page
    assert f'<dt>Last number</dt><dd>{said["last"]}</dd>' in page and "The feed is up to date." in page
    assert '<a href="/feed" aria-current="page">Feed</a>' in page


def test_who_listens_is_counted_and_what_is_sent(stack, api):
    feed.settle(stack)
    before = api.get("/v1/feed").json()
    assert before["host"]["running"]
    headers = {"Authorization": api.headers["Authorization"]}
    with streams.Stream(stack.url, headers, after=before["last"]) as stream:
        parts.wait_for("a stream more", lambda: api.get("/v1/feed").json()["host"]["streams"] == before["host"]["streams"] + 1)
        new_item(api)
        stream.wait_for(1)
        now = parts.wait_for("what was sent", lambda: (said := metrics(api))["feed_sent_events_total"] >
                             before["host"]["events_sent"] and said)
        assert now["feed_sent_bytes_total"] > before["host"]["bytes_sent"] and now["feed_process_up"] == 1
    parts.wait_for("it to leave", lambda: api.get("/v1/feed").json()["host"]["streams"] == before["host"]["streams"])


# ---- metrics ----

SAMPLE = re.compile(r'(?P<name>bincard_[a-z_]+)(?:\{(?P<labels>[a-z_]+="[^"\\\n]*")\})? (?P<value>[0-9]+(?:\.[0-9]+)?)')


def metrics(api):
    """{name or name{label}: value}; every line is as the format wants it."""
    answer = api.get("/metrics")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.text.endswith("\n")
    found, known = {}, {}
    for line in answer.text.splitlines():
        if line.startswith("# "):
            _, what, name, rest = line.split(" ", 3)
            assert what in ("HELP", "TYPE") and (what == "HELP" or rest in ("counter", "gauge"))
            known.setdefault(name, []).append(what)
            continue
        sample = SAMPLE.fullmatch(line)
        assert sample, line
        assert known[sample["name"]] == ["HELP", "TYPE"], "help and type come once, before the first sample"
        key = sample["name"] + (f'{{{sample["labels"]}}}' if sample["labels"] else "")
        assert key not in found
        found[key.removeprefix("bincard_")] = float(sample["value"])
    return found


def test_metrics_count_what_is_answered(api):
    before = metrics(api)
    for _ in range(5):
        api.get("/v1/items/999999999")
    api.get("/v1/items")
    after = metrics(api)
    assert after['requests_total{status="4xx"}'] - before['requests_total{status="4xx"}'] == 5
    assert after['requests_total{status="2xx"}'] - before['requests_total{status="2xx"}'] == 2
    assert after["request_seconds_total"] > before["request_seconds_total"]
    assert after["statements_total"] > before["statements_total"]


def test_metrics_tell_of_the_workers(stack, api):
    said = metrics(api)
    assert said["workers"] == stack.server["workers"] and 1 <= said["workers_busy"] <= said["workers"]


def test_metrics_tell_of_the_feed(stack, api):
    feed.settle(stack)
    said, state = metrics(api), api.get("/v1/feed").json()
    assert said["feed_last_number"] == state["last"] and said["feed_oldest_number"] == state["oldest"]
    assert said["feed_waiting_rows"] == said["feed_lag_seconds"] == 0
    assert said["feed_lease_held"] == 1 and said["feed_lease_age_seconds"] < 5
    assert {'feed_subscribers{kind="stream"}', 'feed_subscribers{kind="websocket"}', 'feed_subscribers{kind="long_poll"}',
            "feed_cut_off_total", "feed_sent_bytes_total"} <= set(said)


def test_metrics_tell_of_a_feed_that_lags(api, held_up):
    new_item(api)
    time.sleep(0.3)
    said = metrics(api)
    assert said["feed_waiting_rows"] >= 1 and 0.2 < said["feed_lag_seconds"] < 60


def test_metrics_name_every_policy_of_the_limits(api):
    policies = {"api-read", "api-write", "page-read", "page-write", "sign-in", "token"}
    assert {f'rate_refused_total{{policy="{name}"}}' for name in policies} <= set(metrics(api))


def test_the_alerts_of_the_sample_are_about_metrics_that_there_are(api):
    text = (parts.ROOT / "conf" / "prometheus.yml").read_text() + (parts.ROOT / "conf" / "prometheus-rules.yml").read_text()
    said = {name.split("{")[0] for name in metrics(api)}
    named = set(re.findall(r"bincard_([a-z_]+)", text))
    assert named and named <= said
