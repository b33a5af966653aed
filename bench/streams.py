"""Measures the feed's streams on throw-away servers; run by ./dev bench streams.

  --idle N      streams that wait for one event (10000)
  --readers N   streams that follow what is posted (500)
  --rate N      movements of one line a second (500)
  --seconds N   for so long (15)
  --rounds N    of posting with the feed process and without, 3 s each (5)
  --write       put the table into docs/performance.md

Readers are directly at the feed's socket: a web server before it would take its part of the processors.
"""

import argparse
import http.client
import json
import os
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime, timezone

import requests

import run as bench

POSTERS = 8
SAMPLED = 25


class Readers:
    def __init__(self, stack, count, sampled):
        self.process = subprocess.Popen(
            [str(bench.ROOT / "build/bench/readers"), str(stack.state / "run/events.sock"), str(count), str(sampled), stack.token],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        began = time.monotonic()
        if self.process.stdout.readline() != "ready\n":
            sys.exit("bench: the readers did not begin")
        self.took = time.monotonic() - began

    def end(self):
        """[(id, when it was read)], and how many had an event, when the first and when the last."""
        self.process.stdin.close()
        lines = self.process.stdout.read().splitlines()
        reached = [int(word) for word in lines.pop().split()[1:]]
        return [tuple(map(int, line.split())) for line in lines], reached


def memory_kib(pid, what="Pss"):
    return int(re.search(rf"^{what}: +(\d+)", pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[1])


def post(stack, connection, key):
    body = json.dumps({"type": "issue", "lines": [
        {"sku": f"SKU-{key % bench.ITEMS + 1:05}", "from": "B-1", "to": "@customer", "quantity": "1"}]})
    connection.request("POST", "/v1/movements", body, {
        "Authorization": stack.token, "Content-Type": "application/json", "Idempotency-Key": f"s{key}-{time.time_ns()}"})
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status == 201, text


def measure_idle(stack, count):
    (pid,) = stack.children("feed")
    before = memory_kib(pid)
    readers = Readers(stack, count, 0)
    time.sleep(2)
    idle, rss = memory_kib(pid), memory_kib(pid, "Rss")
    sent = time.time_ns() // 1000
    post(stack, http.client.HTTPConnection(stack.url.removeprefix("http://")), 1)
    time.sleep(5)
    _, (reached, first, last) = readers.end()
    return {"streams": count, "begun_s": readers.took, "before": before / 1024, "pss": idle / 1024, "rss": rss / 1024,
            "reached": reached, "first_ms": (first - sent) / 1000, "last_ms": (last - sent) / 1000}


class Poster(threading.Thread):
    def __init__(self, stack, n, rate, seconds):
        super().__init__()
        self.stack, self.n, self.pause, self.until = stack, n, POSTERS / rate, time.monotonic() + seconds
        self.posted = 0

    def run(self):
        connection = http.client.HTTPConnection(self.stack.url.removeprefix("http://"))
        due = time.monotonic() + self.pause * self.n / POSTERS
        while time.monotonic() < self.until:
            time.sleep(max(0, due - time.monotonic()))
            post(self.stack, connection, self.posted * POSTERS + self.n)
            self.posted += 1
            due += self.pause


def event_times(stack, ids):
    """When each event was made: its time, which is that before the commit."""
    times, after = {}, min(ids) - 1
    while after < max(ids):
        said = requests.get(stack.url + "/v1/events", params={"after": after, "limit": 1000},
                            headers={"Authorization": stack.token}).json()
        for event in said["data"]:
            at = datetime.fromisoformat(event["time"].replace("Z", "+00:00"))
            times[int(event["id"])] = (at - datetime(1970, 1, 1, tzinfo=timezone.utc)).total_seconds()
        after = said["next_after"]
    return times


def measure_latency(stack, count, rate, seconds):
    readers = Readers(stack, count, SAMPLED)
    posters = [Poster(stack, n, rate, seconds) for n in range(POSTERS)]
    began = time.monotonic()
    for poster in posters:
        poster.start()
    for poster in posters:
        poster.join()
    took = time.monotonic() - began
    time.sleep(1)
    notes, (reached, _, _) = readers.end()
    times = event_times(stack, [n for n, _ in notes])
    late = sorted((us / 1e6 - times[n]) * 1000 for n, us in notes)
    return {"readers": count, "reached": reached, "posted": sum(p.posted for p in posters) / took, "events": len(notes),
            "median": statistics.median(late), "p99": late[int(len(late) * 0.99)], "max": late[-1]}


def posting(stack, lines, rounds, seconds):
    """Movements a second with the feed process at work and without: medians of measurements in turn."""
    (pid,) = map(int, stack.children("feed"))
    rates = {"on": [], "off": []}

    def measure(which):
        rate, _ = bench.wrk(stack, stack.url, "/v1/movements", "post.lua", seconds, lines)
        rates[which].append(rate)

    bench.wrk(stack, stack.url, "/v1/movements", "post.lua", seconds, lines)  # workers remember names from then on
    for _ in range(rounds):
        measure("on")
        os.kill(pid, signal.SIGSTOP)
        try:
            measure("off")
        finally:
            os.kill(pid, signal.SIGCONT)
        bench.wait_for("the feed", lambda: stack.waiting() == 0)
    return statistics.median(rates["on"]), statistics.median(rates["off"])


def table(idle, late, one, hundred):
    rows = "".join(f"| posting {what} a second with the feed process at work, and without it | {on:,.0f}, {off:,.0f}: {on / off:.2f} |"
                   " >= 0.85 |\n" for what, (on, off) in (("movements of one line", one), ("movements of 100 lines", hundred)))
    return f"""| what | measured | goal |
|---|---:|---|
| memory of the feed process with {idle['streams']:,} idle streams (PSS) | {idle['pss']:.0f} MiB ({idle['before']:.0f} without them) | < 150 MiB |
| one event to all of them | {idle['reached']:,} reached, the first after {idle['first_ms']:.0f} ms, the last after {idle['last_ms']:.0f} ms | all |
| from a change to its {late['readers']} readers, at {late['posted']:.0f} movements of one line a second: median | {late['median']:.1f} ms | < 50 ms |
| the same, p99 | {late['p99']:.1f} ms | < 250 ms |
| the longest of {late['events']:,} | {late['max']:.0f} ms | |
{rows}"""


def main():
    parser = argparse.ArgumentParser()
    for name, value in (("idle", 10000), ("readers", 500), ("rate", 500), ("seconds", 15), ("rounds", 5)):
        parser.add_argument("--" + name, type=int, default=value)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    bench.os.environ["BINCARD_FEED_STREAMS_PER_CALLER_MAX"] = "100000"
    bench.os.environ["BINCARD_FEED_STREAMS_MAX"] = "20000"
    with tempfile.TemporaryDirectory(prefix="bincard-bench-") as folder:
        stack = bench.Stack(pathlib.Path(folder) / "state")
        try:
            late = measure_latency(stack, given.readers, given.rate, given.seconds)
            idle = measure_idle(stack, given.idle)
            one, hundred = (posting(stack, lines, given.rounds, 3) for lines in (1, 100))
        finally:
            stack.stop()
    text = table(idle, late, one, hundred)
    print(text)
    if given.write:
        path = bench.ROOT / "docs/performance.md"
        whole = path.read_text()
        path.write_text(re.sub(r"(<!-- streams -->\n).*?(<!-- end -->)", lambda m: m[1] + text + m[2], whole, flags=re.S))


main()
