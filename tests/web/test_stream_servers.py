"""Streams of the feed through the shipped samples for lighttpd and Apache, and with clients that others have written."""

import json
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time

import pytest

import client
import stack as parts
from apache import Apache
from catalogue import new_item, unique
from streams import Stream

NPM = parts.ROOT / "tests" / "npm" / "streams.mjs"


@pytest.fixture(scope="module")
def place():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bincard-streams-"))
    own = None
    try:
        (folder / "db").mkdir()
        own = parts.Stack(folder, parts.Database(folder / "db"), workers=2)
        assert own.run("migrate").returncode == 0
        own.start_serve().start_web()
        yield own
        own.stop()
        errors = own.check_logs()
        assert not errors, "\n".join(errors[:20])
    finally:
        if own:
            own.stop()
            own.database.kill()
        parts.remove(folder)


@pytest.fixture(scope="module", params=["lighttpd", "fcgid", "proxy-fcgi"])
def front(request, place):
    """The address of each web server in turn."""
    if request.param == "lighttpd":
        yield place.url
        return
    apache = Apache(place, request.param)
    try:
        yield apache.url
    finally:
        apache.stop()


@pytest.fixture(scope="module")
def api(front, place):
    client_id, secret = place.add_client(unique("client"))
    return client.Api(front, place.keep_secret(client.get_token(front, client_id, secret)))


def test_an_event_is_not_held_back(front, api):
    with Stream(front, {"Authorization": api.headers["Authorization"]}) as s:
        assert s.status == 200
        parts.wait_for("the beginning", lambda: s.last is not None)
        for n in range(3):
            began = time.monotonic()
            item = new_item(api)
            assert s.wait_for(n + 1)[n]["data"] == item
            assert time.monotonic() - began < 1 * parts.PATIENCE


def test_a_query_arrives_as_it_was_meant(front, api):
    item = new_item(api, sku=unique("a+b &c;d=ü%"))
    with Stream(front, {"Authorization": api.headers["Authorization"]}, item=item["sku"], after=0) as s:
        assert s.wait_for(1)[0]["data"]["sku"] == item["sku"]


def test_a_refusal_is_a_problem(front, api):
    with Stream(front, {}) as s:
        assert s.status == 401 and s.problem["type"] == "/problems/unauthenticated"
    answer = api.get("/v1/events/stream", params={"after": "x"})
    assert answer.status_code == 422 and answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_read_that_waits_is_answered_when_something_comes(front, api):
    new_item(api)
    after = api.get("/v1/events").json()["next_after"]
    while api.get("/v1/events", params={"after": after}).json()["data"]:
        after = api.get("/v1/events", params={"after": after}).json()["next_after"]
    said = {}

    def poll():
        began = time.monotonic()
        said.update(api.get("/v1/events", params={"after": after, "wait": 20}).json(), took=time.monotonic() - began)

    thread = threading.Thread(target=poll)
    thread.start()
    time.sleep(0.7)
    item = new_item(api)
    thread.join(30)
    assert [event["data"]["id"] for event in said["data"]] == [item["id"]] and 0.6 < said["took"] < 10


def test_npm_eventsource_and_ws_follow_the_feed(front, api, place):
    process = subprocess.Popen(["node", str(NPM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        token = api.headers["Authorization"].removeprefix("Bearer ")
        process.stdin.write(json.dumps({"base": front, "token": token}) + "\n")
        process.stdin.flush()
        for line in process.stdout:
            if line == "kill\n":
                (feed,) = place.children("feed")
                os.kill(feed, signal.SIGKILL)
                parts.wait_for("another", lambda: place.children("feed") - {feed})
                process.stdin.write("killed\n")
                process.stdin.flush()
        assert process.wait(30) == 0, process.stderr.read()
        assert line == "done\n"
    finally:
        process.kill()
