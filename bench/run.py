"""Measures bincard against bench/floor.c on throw-away servers; run by ./dev bench.

  --seconds N   length of one measurement (5)
  --rounds N    measurements of each, in turn (5)
  --write       put the table into docs/performance.md

All processes stay in the session of this one: Linux shares the CPU by session.
"""

import argparse
import getpass
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

import pymysql
import requests

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = os.environ.get("BINCARD_BIN", str(ROOT / "build/bincard"))
FLOOR = os.environ.get("BINCARD_FLOOR", str(ROOT / "build/bench/floor"))
ITEMS = 4000
CONNECTIONS = 32


def wait_for(what, test, seconds=60):
    end = time.monotonic() + seconds
    while not test():
        if time.monotonic() > end:
            sys.exit(f"bench: {what} did not come up")
        time.sleep(0.05)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Stack:
    """./dev up on an empty state, the floor behind a second lighttpd, and 4,000 items with stock."""

    def __init__(self, state):
        self.state, self.started = state, []
        self.port, self.floor_port = free_port(), free_port()
        self.start([str(ROOT / "dev"), "up", "--state", str(state), "--port", str(self.port), "--empty"],
                   BINCARD_BIN=BIN)
        wait_for("bincard", (state / "run/ready").exists)
        lines = (state / "env").read_text().splitlines()
        self.env = dict(line.split("=", 1) for line in lines)
        self.url = self.env["BINCARD_URL"]
        self.workers = int(re.search(r"workers = (\d+)", (state / "conf/bincard.conf").read_text())[1])
        self.sign_in()
        self.load()
        self.start_floor()

    def start(self, command, **env):
        log = open(self.state.parent / "bench.log", "ab")
        self.started.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                             env=os.environ | env, process_group=None))

    def stop(self):
        for process in reversed(self.started):
            process.send_signal(signal.SIGTERM)
            process.wait()

    def sign_in(self):
        answer = requests.post(self.url + "/oauth2/token", data={"grant_type": "client_credentials"},
                               auth=(self.env["BINCARD_CLIENT_ID"], self.env["BINCARD_CLIENT_SECRET"]))
        self.token = "Bearer " + answer.json()["access_token"]
        staff = requests.Session()
        form = staff.get(self.url + "/login").text
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        staff.post(self.url + "/login", allow_redirects=False, headers={"Origin": self.url},
                   data=hidden | {"name": "admin", "password": self.env["BINCARD_PASSWORD"]})
        self.cookie = "; ".join(f"{c.name}={c.value}" for c in staff.cookies)

    def load(self):
        db = pymysql.connect(unix_socket=self.env["BINCARD_DB_SOCKET"], user=getpass.getuser(),
                             database="bincard", autocommit=True)
        with db.cursor() as c:
            c.execute("INSERT INTO location (id, code, name, kind, role, path, depth, created_at, updated_at)"
                      " VALUES (101, 'B-1', 'Bin 1', 'bin', 'storage', '/101/', 1, UTC_TIMESTAMP(6),"
                      " UTC_TIMESTAMP(6))")
            c.executemany("INSERT INTO item (sku, name, description, unit, created_at, updated_at) VALUES"
                          " (%s, %s, '', 'each', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
                          [(f"SKU-{n:05}", f"White hanging heart {n}") for n in range(1, ITEMS + 1)])
            c.execute("UPDATE name_epoch SET epoch = epoch + 1")
        for first in range(1, ITEMS, 1000):
            lines = [{"sku": f"SKU-{n:05}", "from": "@supplier", "to": "B-1", "quantity": "1000000"}
                     for n in range(first, first + 1000)]
            answer = requests.post(self.url + "/v1/movements", json={"type": "receipt", "lines": lines},
                                   headers={"Authorization": self.token, "Idempotency-Key": f"load-{first}"})
            if answer.status_code != 201:
                sys.exit("bench: loading failed: " + answer.text[:300])

    def start_floor(self):
        run, conf = self.state / "run", self.state / "conf/lighttpd.conf"
        text = conf.read_text().replace(f"server.port = {self.port}", f"server.port = {self.floor_port}")
        for name in ("bincard.sock", "lighttpd.pid", "lighttpd.log"):
            text = text.replace("/" + name, "/floor." + name)
        other = conf.with_name("floor.conf")
        other.write_text(text)
        self.start([FLOOR, str(run / "floor.bincard.sock"), str(self.workers),
                    self.env["BINCARD_DB_SOCKET"], "bincard_app", (self.state / "secrets/db_app").read_text().strip()])
        wait_for("the floor", (run / "floor.bincard.sock").exists)
        self.start(["lighttpd", "-D", "-f", str(other)])
        self.floor_url = f"http://127.0.0.1:{self.floor_port}"
        wait_for("the floor", lambda: self.answers(self.floor_url + "/floor/items"))

    @staticmethod
    def answers(url):
        try:
            return requests.get(url).status_code == 200
        except requests.ConnectionError:
            return False

    def children(self, kind):
        """The supervisor's, by the name that they log under."""
        serve = int((self.state / "run/bincard.pid").read_text())
        running = set(pathlib.Path(f"/proc/{serve}/task/{serve}/children").read_text().split())
        lines = map(json.loads, (self.state / "log/bincard.log").read_text().splitlines())
        return sorted({str(line["pid"]) for line in lines if line["process"] == kind} & running)

    def waiting(self):
        """Changes that have no number of the feed yet."""
        db = pymysql.connect(unix_socket=self.env["BINCARD_DB_SOCKET"], user=getpass.getuser(), database="bincard")
        with db, db.cursor() as c:
            c.execute("SELECT COUNT(*) FROM outbox")
            return c.fetchone()[0]

    def pss(self):
        """KiB of each web worker, as the kernel shares them out."""
        sizes = []
        for pid in self.children("worker"):
            rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
            sizes.append(int(re.search(r"^Pss: +(\d+)", rollup, re.M)[1]))
        return sizes


# ---- one measurement ----

runs = 0


def wrk(stack, url, path, script, seconds, lines=1):
    """(requests a second, p99 in ms)"""
    global runs
    runs += 1
    env = os.environ | {"BENCH_LUA": str(ROOT / "bench"), "BENCH_ITEMS": str(ITEMS), "BENCH_PATH": path,
                        "BENCH_TOKEN": stack.token, "BENCH_COOKIE": stack.cookie,
                        "BENCH_RUN": f"{os.getpid()}-{runs}", "BENCH_LINES": str(lines)}
    done = subprocess.run(["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s",
                           str(ROOT / "bench" / script), url], env=env, capture_output=True, text=True)
    found = re.search(r"FIGURES (\d+) (\d+) (\d+) (\d+)", done.stdout)
    if not found:
        sys.exit("bench: wrk failed: " + done.stdout + done.stderr)
    count, micros, p99, errors = map(int, found.groups())
    if errors > count // 1000:
        sys.exit(f"bench: {errors} of {count} requests to {path} failed")
    return count * 1e6 / micros, p99 / 1000


def medians(figures):
    return tuple(statistics.median(column) for column in zip(*figures))


def in_turn(args, *measurements):
    """Medians of each, measured in turn: what else goes on in the machine then hits all of them."""
    figures = [[measure() for measure in measurements] for _ in range(args.rounds)]
    return [medians(of_one) for of_one in zip(*figures)]


# ---- import ----

def import_rate(stack, lines=200000, lines_each=20):
    """Lines a second of `bincard import movements`, with the time that the command takes to start and end."""
    path = stack.state / "import.csv"
    with open(path, "w", encoding="ascii") as file:
        file.write("movement,type,reference,sku,from,to,quantity\n")
        for n in range(lines):
            number = n // lines_each
            file.write(f"M{number},issue,SO-{number},SKU-{n * 7919 % ITEMS + 1:05},B-1,@customer,1\n")
    begin = time.monotonic()
    done = subprocess.run([BIN, "--config", str(stack.state / "conf/bincard.conf"), "import", "movements",
                           str(path), "--key-prefix", str(begin)], capture_output=True, text=True)
    took = time.monotonic() - begin
    if done.returncode != 0:
        sys.exit("bench: the import failed: " + done.stdout + done.stderr)
    return lines / took


# ---- exec to first answer ----

def record(kind, content):
    return struct.pack("!BBHHBB", 1, kind, 1, len(content), 0, 0) + content


def fcgi_get(path, uri):
    params = b""
    for name, value in (("REQUEST_METHOD", "GET"), ("REQUEST_URI", uri), ("SERVER_PROTOCOL", "HTTP/1.1")):
        params += bytes([len(name), len(value)]) + name.encode() + value.encode()
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(10)
        s.connect(path)
        s.sendall(record(1, struct.pack("!HB5x", 1, 0)) + record(4, params) + record(4, b"") + record(5, b""))
        return s.recv(65536)


def first_answer(stack):
    """Milliseconds from exec of `bincard serve` to its first answer that went to the database."""
    folder = stack.state / "run/first"
    folder.mkdir(exist_ok=True)
    at = str(folder / "s.sock")
    pathlib.Path(at).unlink(missing_ok=True)
    env = os.environ | {"BINCARD_SERVER_SOCKET": at, "BINCARD_SERVER_RUN_DIR": str(folder),
                        "BINCARD_SERVER_PID_FILE": str(folder / "pid"), "BINCARD_SERVER_WORKERS": "1"}
    begin = time.monotonic()
    process = subprocess.Popen([BIN, "--config", str(stack.state / "conf/bincard.conf"), "serve"], env=env,
                               stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    answer = b""
    while not answer and time.monotonic() < begin + 20:
        try:
            answer = fcgi_get(at, "/readyz")
        except OSError:
            time.sleep(0.001)
    took = time.monotonic() - begin
    process.terminate()
    process.wait()
    return took * 1000 if b"ok" in answer or b"200" in answer else float("nan")


# ---- the report ----

def machine():
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal: +(\d+)", pathlib.Path("/proc/meminfo").read_text())
    return (f"{os.cpu_count()} processors ({cpu[1] if cpu else os.uname().machine}), "
            f"{int(memory[1]) // 1048576} GiB, Linux {os.uname().release}")


def measure(stack, args):
    rows = []

    def row(what, ours, floor, figure, goal, good):
        rows.append(f"| {what} | {ours} | {floor} | {figure} | {goal} | {'yes' if good else '**no**'} |")
        print(rows[-1], flush=True)

    def rates(what, goal, rate, floor):
        row(what, f"{rate:,.0f}/s", f"{floor:,.0f}/s", f"{rate / floor:.2f}", f">= {goal}", rate >= goal * floor)

    def ours(path, script, lines=1):
        return lambda: wrk(stack, stack.url, path, script, args.seconds, lines)

    def floors(path, script):
        return lambda: wrk(stack, stack.floor_url, path, script, args.seconds)

    (floor, floor_p99), (rate, p99) = in_turn(args, floors("/floor/stock?sku=", "read.lua"),
                                              ours("/v1/stock-levels?sku=", "read.lua"))
    rates("one item's stock", 0.9, rate, floor)
    row("its p99", f"{p99:.1f} ms", f"{floor_p99:.1f} ms", f"{p99 / floor_p99:.2f}", "<= 1.5",
        p99 <= 1.5 * floor_p99)
    # The workers remember ids of names: measured as in steady use, after they have seen the items.
    ours("/v1/movements", "post.lua", 100)()
    (floor, _), (single, _), (many, _) = in_turn(args, floors("/floor/movement", "post.lua"),
                                                 ours("/v1/movements", "post.lua"),
                                                 ours("/v1/movements", "post.lua", 100))
    rates("one movement of one line", 1.2, single, floor)
    row("movements of 100 lines", f"{many * 100:,.0f} lines/s", "", f"{many * 100 / single:.1f} times single posts",
        ">= 20", many * 100 >= 20 * single)
    # A session's cookie is looked up and remembered like a token, but there is no signature to check.
    (session, _), (token, _) = in_turn(args, ours("/v1/stock-levels?sku=", "read_session.lua"),
                                       ours("/v1/stock-levels?sku=", "read.lua"))
    row("one item's stock by a token", f"{token:,.0f}/s", f"{session:,.0f}/s by a session", f"{token / session:.2f}",
        ">= 0.9", token >= 0.9 * session)
    (floor, _), (rate, _) = in_turn(args, floors("/floor/items", "page.lua"), ours("/items", "page.lua"))
    rates("admin page of 50 items", 0.75, rate, floor)
    rate = statistics.median(import_rate(stack) for _ in range(3))
    row("import of movements of 20 lines", f"{rate:,.0f} lines/s", "", "", ">= 30,000", rate >= 30000)
    pss = max(stack.pss()) / 1024
    row("memory of a worker (PSS)", f"{pss:.1f} MiB", "", "", "< 8 MiB", pss < 8)
    first = statistics.median(first_answer(stack) for _ in range(5))
    row("exec to first answer", f"{first:.0f} ms", "", "", "< 200 ms", first < 200)
    return rows


def write(table):
    file = ROOT / "docs/performance.md"
    text = file.read_text() if file.exists() else "# Performance\n\n## Measured\n"
    before, _, after = text.partition("## Measured\n")
    rest = after.find("\n## ")
    file.write_text(before + "## Measured\n\n" + table + (after[rest:] if rest >= 0 else ""))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bincard-bench-"))
    stack = None
    try:
        stack = Stack(folder / "s")
        head = (f"`./dev bench`: {machine()}; MariaDB with innodb_flush_log_at_trx_commit = 1, lighttpd, "
                f"{stack.workers} workers, wrk with {CONNECTIONS} connections, {ITEMS:,} items; medians of "
                f"{args.rounds} rounds of {args.seconds} s, floor and bincard in turn.\n\n"
                "| what | bincard | floor | ratio | goal | met |\n|---|---:|---:|---:|---|---|\n")
        print(head, end="")
        table = head + "\n".join(measure(stack, args)) + "\n"
        if args.write:
            write(table)
    finally:
        if stack:
            stack.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
