"""The process model: what dies is replaced, what hangs is ended, and no request is lost on the way."""
import json
import os
import pathlib
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
import time

import pytest
import requests

import client
import stack as parts
from catalogue import new_item, new_location, unique
from stack import wait_for


@pytest.fixture(scope="module")
def folder():
    path = pathlib.Path(tempfile.mkdtemp(prefix="bincard-fault-"))
    yield path
    parts.remove(path)


@pytest.fixture(scope="module")
def database(folder):
    (folder / "db").mkdir()
    database = parts.Database(folder / "db")
    yield database
    database.kill()


@pytest.fixture
def place(folder, database):
    """A configured installation with a migrated database, of which nothing runs yet."""
    path = pathlib.Path(tempfile.mkdtemp(dir=folder))
    place = parts.Stack(path, database)
    done = place.run("migrate")
    assert done.returncode == 0, done.stderr
    yield place
    place.stop()
    if not database.answers():
        database.start()


@pytest.fixture
def running(place):
    return place.start_serve().start_web()


class Load:
    """Clients that ask and post without a pause, and keep what they got."""

    def __init__(self, place, clients=9):
        self.place = place
        self.ending = threading.Event()
        self.answers = []
        self.posted = {}  # key, which is the reference as well -> id that the 201 named
        token = client.get_token(place.url, *place.add_client(unique("load")))
        api = client.Api(place.url, place.keep_secret(token))
        self.headers = dict(api.headers)
        self.item, self.location = new_item(api), new_location(api)
        self.threads = [threading.Thread(target=self.ask, args=([self.look, self.knock, self.post][i % 3],))
                        for i in range(clients)]

    def look(self, session):
        return session.get(self.place.url + "/healthz", timeout=60)

    def knock(self, session):
        return session.post(self.place.url + "/oauth2/token", auth=("nobody", "wrong"),
                            data={"grant_type": "client_credentials"}, timeout=60)

    def post(self, session):
        key = unique("load")
        answer = session.post(self.place.url + "/v1/movements", timeout=60, json={
            "type": "receipt", "reference": key, "lines": [
                {"sku": self.item["sku"], "from": "@supplier", "to": self.location["code"], "quantity": "1"}]},
            headers={**self.headers, "Idempotency-Key": key})
        if answer.status_code == 201:
            self.posted[key] = answer.json()["id"]
        return answer

    def ask(self, question):
        session = requests.Session()
        session.trust_env = False
        while not self.ending.is_set():
            try:
                answer = question(session)
                whole = len(answer.content) == int(answer.headers["Content-Length"])
                self.answers.append((answer.status_code, whole, answer.text[:100]))
            except requests.RequestException as problem:
                self.answers.append((0, False, repr(problem)))

    def in_ledger(self):
        """{reference: id} of what is there, each once; the balance is their number."""
        with self.place.database.owner() as db, db.cursor() as cursor:
            cursor.execute("SELECT m.reference, m.id FROM movement m JOIN movement_line l ON l.movement_id = m.id"
                           " WHERE l.item_id = %s", (self.item["id"],))
            rows = cursor.fetchall()
            cursor.execute("SELECT on_hand FROM stock_level WHERE item_id = %s", (self.item["id"],))
            (on_hand,), = cursor.fetchall()
        assert len(dict(rows)) == len(rows) == on_hand
        return dict(rows)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        wait_for("load", lambda: len(self.answers) > 100 and len(self.posted) > 20)
        return self

    def __exit__(self, *_):
        self.ending.set()
        for thread in self.threads:
            thread.join()

    def not_among(self, *statuses):
        return [a for a in self.answers if a[0] not in statuses or not a[1]]


# ---- starting ----

def test_socket_has_its_mode_and_a_long_queue(place):
    place.write_conf(socket_mode="0606")
    place.start_serve()
    assert stat.S_IMODE(os.stat(place.socket).st_mode) == 0o606
    rows = [row.split() for row in subprocess.run(["ss", "-xlH"], capture_output=True, text=True,
                                                  check=True).stdout.splitlines()]
    queue = [int(row[3]) for row in rows if str(place.socket) in row[4] or
             str(place.socket) + ".new" == row[4]]
    assert queue and queue[0] >= 1024


def test_pid_file_and_leaving(place):
    place.start_serve()
    pid_file = place.folder / "serve.pid"
    assert pid_file.read_text() == f"{place.serve.pid}\n"
    place.serve.send_signal(signal.SIGTERM)
    assert place.serve.wait(20) == 0
    assert not pid_file.exists() and not place.socket.exists()


def test_serve_without_web_workers_leaves_the_pid_file_of_another(running):
    pid_file = running.folder / "serve.pid"
    jobs = subprocess.Popen([parts.BINARY, "--config", str(running.conf), "serve", "--no-web"],
                            env=running.environment(), stdin=subprocess.DEVNULL)
    try:
        wait_for("the second", lambda: any(line["pid"] == jobs.pid for line in running.lines("ready")))
        assert pid_file.read_text() == f"{running.serve.pid}\n"
    finally:
        jobs.terminate()
    assert jobs.wait(20) == 0
    assert pid_file.read_text() == f"{running.serve.pid}\n"


def test_pid_file_that_another_has_written_stays(place):
    place.start_serve()
    pid_file = place.folder / "serve.pid"
    pid_file.write_text("1\n")
    place.serve.send_signal(signal.SIGTERM)
    assert place.serve.wait(20) == 0
    assert pid_file.read_text() == "1\n"


def test_systemd_is_told(place):
    import socket
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(place.folder / "notify"))
        ear.settimeout(20)
        os.environ["NOTIFY_SOCKET"] = str(place.folder / "notify")
        try:
            place.start_serve()
        finally:
            del os.environ["NOTIFY_SOCKET"]
        assert ear.recv(100) == b"READY=1"
        place.serve.send_signal(signal.SIGTERM)
        assert ear.recv(100) == b"STOPPING=1"


def test_second_serve_is_refused(running):
    second = running.run("serve")
    assert second.returncode != 0
    assert second.stderr.splitlines() == [
        f"bincard: Another bincard serve (process {running.serve.pid}) listens on {running.socket}"]
    assert running.get("/healthz").status_code == 200


def test_file_in_the_place_of_the_socket_is_kept(place):
    place.socket.write_text("precious")
    refused = place.run("serve")
    assert refused.returncode != 0 and "is no socket" in refused.stderr
    assert place.socket.read_text() == "precious"


def test_configuration_that_cannot_work_is_refused(place):
    place.write_conf(socket_group="no-such-group")
    refused = place.run("serve")
    assert refused.returncode != 0 and "no-such-group" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert not place.socket.exists()


def test_wrong_password_ends_the_start(place):
    place.conf.write_text(place.conf.read_text().replace("app_password = ", "app_password = not-"))
    refused = place.run("serve")
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[0] == ("bincard: The database server refuses the account bincard_app,"
                                              " its password or the database bincard")
    assert "Access denied" in refused.stderr
    assert not place.socket.exists()


def test_unusable_master_key_ends_the_start(place):
    (place.folder / "master_key").write_text("0011\n")
    refused = place.run("serve")
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[0] == "bincard: [auth] master_key_file cannot be used"
    assert not place.socket.exists()


def test_worker_of_a_web_server_refuses_a_wrong_password(place):
    import socket
    place.conf.write_text(place.conf.read_text().replace("app_password = ", "app_password = not-"))
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place.folder / "alone.sock"))
        listening.listen()
        worker = subprocess.run([parts.BINARY, "--config", str(place.conf)], stdin=listening, timeout=30)
    assert worker.returncode == 1
    assert place.count("refused to start") == 1


def test_templates_that_cannot_be_read_end_the_start(place):
    text = place.conf.read_text().replace(f"templates = {parts.ROOT}/templates", "templates = /nonexistent")
    place.conf.write_text(text)
    refused = place.run("serve")
    assert refused.returncode == 1 and "could not start" in refused.stderr
    assert not place.socket.exists()


@pytest.mark.parametrize("change, back, word", [
    ("UPDATE schema_migration SET version = version + 1000 ORDER BY version DESC LIMIT 1",
     "UPDATE schema_migration SET version = version - 1000 WHERE version > 1000", "newer"),
    ("UPDATE schema_migration SET version = -version ORDER BY version DESC LIMIT 1",
     "UPDATE schema_migration SET version = -version WHERE version < 0", "bincard migrate"),
])
def test_other_schema_is_refused(place, change, back, word):
    with place.database.owner() as db, db.cursor() as cursor:
        cursor.execute(change)
        try:
            refused = place.run("serve")
        finally:
            cursor.execute(back)
    assert refused.returncode == 78
    assert word in refused.stderr
    assert any(word in line["detail"] for line in place.lines("refused to start"))
    assert not place.socket.exists()


def test_worker_of_a_web_server_refuses_another_schema(place):
    import socket
    with place.database.owner() as db, db.cursor() as cursor, socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place.folder / "alone.sock"))
        listening.listen()
        cursor.execute("UPDATE schema_migration SET version = version + 1000 ORDER BY version DESC LIMIT 1")
        try:
            worker = subprocess.run([parts.BINARY, "--config", str(place.conf)], stdin=listening, timeout=30)
        finally:
            cursor.execute("UPDATE schema_migration SET version = version - 1000 WHERE version > 1000")
    assert worker.returncode == 78
    assert place.count("refused to start") == 1


def test_worker_of_a_web_server_ends_on_sigterm(place):
    import socket
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place.folder / "alone.sock"))
        listening.listen()
        worker = subprocess.Popen([parts.BINARY, "--config", str(place.conf)], stdin=listening)
        wait_for("the worker", lambda: place.count("started"))
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0


def test_worker_of_a_web_server_goes_on_without_its_log(place):
    """It says so on standard error, and logs there; `config check` and `serve` name the same fault."""
    import socket
    place.log_file.mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place.folder / "alone.sock"))
        listening.listen()
        worker = subprocess.Popen([parts.BINARY, "--config", str(place.conf)], stdin=listening,
                                  stderr=subprocess.PIPE, text=True)
        lines = [json.loads(worker.stderr.readline()) for _ in range(2)]
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
        worker.stderr.close()
    fault = f"Cannot open the log file {place.log_file}: Is a directory"
    assert [line["message"] for line in lines] == ["logging to standard error", "started"]
    assert lines[0]["level"] == "error" and lines[0]["detail"] == fault
    for command, text in ((("config", "check"), f"cannot write to {place.log_file}"), (("serve",), fault)):
        refused = place.run(*command)
        assert refused.returncode == 2 and text in refused.stderr


def test_workers_refused_by_a_new_schema_do_not_spin(running):
    with running.database.owner() as db, db.cursor() as cursor:
        cursor.execute("UPDATE schema_migration SET version = version + 1000 ORDER BY version DESC LIMIT 1")
        try:
            for pid in running.children():
                os.kill(pid, signal.SIGKILL)
            assert running.serve.wait(30) == 78
        finally:
            cursor.execute("UPDATE schema_migration SET version = version - 1000 WHERE version > 1000")
    assert running.count("refused to start") <= 4
    assert running.count("every worker has refused the database's schema") == 1


# ---- dying ----

def test_killed_worker_is_replaced(running):
    before = running.children()
    assert len(before) == 2
    victim = before.pop()
    os.kill(victim, signal.SIGKILL)
    wait_for("another worker", lambda: len(running.children() - {victim}) == 2)
    assert victim not in running.children() and before <= running.children()
    assert running.get("/readyz").status_code == 200


def test_delay_grows_for_what_dies_young(running):
    seen = set()
    for _ in range(4):
        new = wait_for("two workers", lambda: len(running.children()) == 2 and running.children() - seen)
        for pid in running.children():
            seen.add(pid)
            os.kill(pid, signal.SIGKILL)
        assert new
    wait_for("two workers", lambda: len(running.children()) == 2 and not running.children() & seen)
    delays = sorted(line["again_in_ms"] for line in running.lines("process ended")
                    if line["kind"] == "worker")
    assert delays == [100, 100, 200, 200, 400, 400, 800, 800]


def test_jobs_process_is_replaced(running):
    pid, = running.children("jobs")
    os.kill(pid, signal.SIGKILL)
    wait_for("another jobs process", lambda: running.children("jobs") and pid not in running.children("jobs"))


def test_killed_supervisor_leaves_nobody_and_can_start_again(running):
    with Load(running) as load:
        orphans = running.children() | running.children("jobs")
        assert len(orphans) == 3
        running.serve.kill()
        running.serve.wait()
        running.start_serve()
        wait_for("the orphans to leave", lambda: not any(parts.alive(pid) for pid in orphans), 20)
        # lighttpd shuns a socket for a second after it has found nobody there
        wait_for("answers", lambda: running.get("/readyz").status_code == 200)
    # what nobody had accepted yet is lost with the last of the orphans: lighttpd says 500 or 503 then
    assert load.not_among(200, 201, 401, 500, 503) == []
    assert load.posted.items() <= load.in_ledger().items()


def test_orphans_leave_without_a_successor(running):
    orphans = running.children() | running.children("jobs")
    running.serve.kill()
    wait_for("the orphans to leave", lambda: not any(parts.alive(pid) for pid in orphans))
    assert orphans


# ---- hanging ----

def tasks(database):
    return pathlib.Path(f"/proc/{database.process.pid}/task").iterdir()


def test_hung_worker_is_replaced_and_its_client_answered(running):
    """The database server is stopped, so that it cannot end the statement itself before the time is over."""
    before = running.children()
    running.database.process.send_signal(signal.SIGSTOP)
    try:
        wait_for("the stop", lambda: {parts.state(task) for task in tasks(running.database)} == {"T"})
        begun = time.monotonic()
        answer = running.ask_database()
        took = time.monotonic() - begun
    finally:
        running.database.process.send_signal(signal.SIGCONT)
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 0
    assert 1.9 < took < 2.9 * parts.PATIENCE
    assert running.ask_database().status_code == 401
    wait_for("another worker", lambda: len(running.children()) == 2 and running.children() != before)
    ended, = [line for line in running.lines("process ended") if line["kind"] == "worker"]
    assert ended["status"] == 75 and ended["again_in_ms"] == 0


def test_statement_that_waits_too_long_costs_no_worker(running):
    """The server ends it before the request's time is over."""
    before = running.children()
    with running.database.owner() as db, db.cursor() as cursor:
        cursor.execute("LOCK TABLES api_client WRITE")
        begun = time.monotonic()
        answer = running.ask_database()
        took = time.monotonic() - begun
        cursor.execute("UNLOCK TABLES")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert took < 2.0 * parts.PATIENCE
    assert running.ask_database().status_code == 401
    assert running.children() == before


def test_stopped_worker_is_killed(running):
    """The second line: a worker that cannot even run its own deadline."""
    with running.database.owner() as db, db.cursor() as cursor:
        cursor.execute("LOCK TABLES api_client WRITE")
        client = threading.Thread(target=running.ask_database)
        client.start()
        wait_for("the statement", lambda: waits_for_lock(running))
        before = running.children()
        for pid in before:
            os.kill(pid, signal.SIGSTOP)
        wait_for("the kill", lambda: running.count_starting("worker ", " hangs in a request: killed"), 10)
        client.join()
        for pid in before:
            if parts.alive(pid):
                os.kill(pid, signal.SIGCONT)
        cursor.execute("UNLOCK TABLES")
    wait_for("two workers", lambda: len(running.children()) == 2)
    assert running.ask_database().status_code == 401


def waits_for_lock(place):
    with place.database.connect("root", "") as db, db.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'bincard_app'"
                       " AND state LIKE 'Waiting for table%'")
        return cursor.fetchone()[0]


# ---- reloading ----

def test_reload_under_load_loses_nothing(running):
    with Load(running) as load:
        for workers in (3, 1, 2):
            before = running.children()
            running.write_conf(workers=workers)
            taken = running.count("new processes have taken over")
            running.serve.send_signal(signal.SIGHUP)
            wait_for("the new workers", lambda: running.count("new processes have taken over") > taken)
            wait_for("the old ones to leave", lambda: not running.children() & before, 20)
            assert len(running.children()) == workers
            count, posted = len(load.answers), len(load.posted)
            wait_for("further answers", lambda: len(load.answers) > count + 50 and len(load.posted) > posted + 10)
    assert load.not_among(200, 201, 401) == []
    assert load.posted == load.in_ledger()


def test_bad_configuration_keeps_the_old_one(running):
    before = running.children()
    running.write_conf(workers="many")
    running.serve.send_signal(signal.SIGHUP)
    line = wait_for("the line", lambda: running.lines("the new configuration is not used"))[0]
    assert str(running.conf) in line["detail"] and "workers" in line["detail"]
    assert running.children() == before
    assert running.get("/readyz").status_code == 200


def test_processes_that_cannot_start_do_not_replace_those_that_run(running):
    before = running.children()
    running.write_conf()
    text = running.conf.read_text()
    running.conf.write_text(text.replace(f"templates = {parts.ROOT}/templates", "templates = /nonexistent"))
    running.serve.send_signal(signal.SIGHUP)
    wait_for("a failure", lambda: running.count("cannot start") >= 2)
    assert before <= running.children()
    assert running.get("/readyz").status_code == 200
    running.conf.write_text(text)
    running.serve.send_signal(signal.SIGHUP)
    wait_for("the new workers", lambda: running.count("new processes have taken over"))
    wait_for("the old ones to leave", lambda: not running.children() & before)


@pytest.mark.parametrize("change", ["password", "key"])
def test_what_the_database_refuses_does_not_replace_what_works(running, change):
    good, key = running.conf.read_text(), running.folder / "master_key"
    with Load(running) as load:
        before = running.children()
        if change == "password":
            running.conf.write_text(good.replace("app_password = ", "app_password = not-"))
        else:
            key.write_text("00" * 32)
        running.serve.send_signal(signal.SIGHUP)
        lines = wait_for("both to be refused", lambda: len(refusals(running)) >= 2 and refusals(running))
        count = len(load.answers)
        wait_for("further answers", lambda: len(load.answers) > count + 200)
        assert running.children() >= before
        running.conf.write_text(good)
        key.write_text(running.database.master_key + "\n")
        running.serve.send_signal(signal.SIGHUP)
        wait_for("the new workers", lambda: running.count("new processes have taken over"))
        wait_for("the old ones to leave", lambda: not running.children() & before, 20)
    assert load.not_among(200, 201, 401) == []
    assert load.posted == load.in_ledger()
    assert {line["detail"] for line in lines} == {
        "The database server refuses the account bincard_app, its password or the database bincard"
        if change == "password" else "[auth] master_key_file cannot be used"}


def refusals(place):
    return place.lines("refused to start") + place.lines("cannot start")


def test_password_changed_on_the_server_ends_no_worker(running):
    before = running.children()
    with running.database.connect("root", "") as db, db.cursor() as cursor:
        cursor.execute("ALTER USER bincard_app IDENTIFIED BY 'another'")
        try:
            cursor.execute("SELECT id FROM information_schema.processlist WHERE user = 'bincard_app'")
            for row in cursor.fetchall():
                cursor.execute(f"KILL {row[0]}")
            away = running.ask_database()
            assert away.status_code == 503 and int(away.headers["Retry-After"]) > 0
            assert running.children() == before
            victim = min(before)
            os.kill(victim, signal.SIGKILL)
            wait_for("another worker", lambda: len(running.children() - {victim}) == 2)
            assert running.ask_database().status_code == 503
        finally:
            cursor.execute("ALTER USER bincard_app IDENTIFIED BY %s",
                           (running.database.passwords["APP"],))
    wait_for("recovery", lambda: running.ask_database().status_code == 401)
    assert running.count("refused to start") == 0


def test_reload_makes_the_shared_memory_anew_when_it_is_gone(running):
    shared = running.folder / "run" / "bincard.shm"
    password = running.add_user("shared")
    assert running.run("user", "disable", "shared").stderr == ""
    shared.unlink()
    done = running.run("user", "enable", "shared")
    assert done.returncode == 0 and "notice within 5 seconds" in done.stderr and "reload" in done.stderr
    running.serve.send_signal(signal.SIGHUP)
    wait_for("new processes", lambda: running.count("new processes have taken over"))
    assert running.count(f"bincard.shm in {running.folder}/run was lost: it begins anew") == 1
    browser = client.Browser(running.url).sign_in("shared", password, running.keep_secret)
    assert browser.get("/account", allow_redirects=False).status_code == 200
    done = running.run("user", "disable", "shared")
    assert (done.returncode, done.stderr) == (0, "")
    assert {browser.get("/account", allow_redirects=False).status_code for _ in range(6)} == {303}  # all have learned of it at once
    assert running.run("limits").returncode == 0
    running.serve.send_signal(signal.SIGHUP)
    wait_for("newer processes", lambda: running.count("new processes have taken over") == 2)
    assert running.count(f"bincard.shm in {running.folder}/run was lost: it begins anew") == 1


def test_reload_gives_the_socket_its_new_mode(running):
    before = running.children()
    running.write_conf(socket_mode="0606")
    running.serve.send_signal(signal.SIGHUP)
    wait_for("the new workers", lambda: running.count("new processes have taken over"))
    assert stat.S_IMODE(os.stat(running.socket).st_mode) == 0o606
    running.write_conf(socket_mode="0600", socket_group="no-such-group")
    running.serve.send_signal(signal.SIGHUP)
    line = wait_for("the refusal", lambda: running.lines("the new configuration is not used"))[0]
    assert "no-such-group" in line["detail"]
    assert stat.S_IMODE(os.stat(running.socket).st_mode) == 0o606
    wait_for("the old ones to leave", lambda: not running.children() & before)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a socket to any group")
def test_reload_gives_the_socket_its_new_group(running):
    for name, number in (("daemon", 1), (None, 0)):
        running.server.pop("socket_group", None)
        running.write_conf(**({"socket_group": name} if name else {}))
        taken = running.count("new processes have taken over")
        running.serve.send_signal(signal.SIGHUP)
        wait_for("the new workers", lambda: running.count("new processes have taken over") > taken)
        assert os.stat(running.socket).st_gid == number


def test_reload_opens_the_log_again(running):
    running.log_file.rename(running.folder / "old.log")
    running.serve.send_signal(signal.SIGHUP)
    wait_for("the new log", lambda: running.log_file.exists() and
             running.count("new processes have taken over"))


# ---- stopping ----

def test_stop_under_load_answers_what_was_accepted(running):
    with Load(running, clients=18) as load:
        running.serve.send_signal(signal.SIGTERM)
        assert running.serve.wait(30) == 0
        children = running.children()
    assert not children
    # 503 is lighttpd's own for a socket that is not there any more: never accepted
    assert load.not_among(200, 201, 401, 503) == []
    assert load.posted == load.in_ledger()
    assert not running.socket.exists()
    assert not running.count_starting("process ", " has not left in time: killed")


def test_stop_lets_a_slow_request_end(running):
    answers = []
    with running.database.owner() as db, db.cursor() as cursor:
        cursor.execute("LOCK TABLES api_client WRITE")
        client = threading.Thread(target=lambda: answers.append(running.ask_database()))
        client.start()
        wait_for("the statement", lambda: waits_for_lock(running))
        running.serve.send_signal(signal.SIGTERM)
        wait_for("the socket to go", lambda: not running.socket.exists())
        cursor.execute("UNLOCK TABLES")
        client.join()
    assert answers[0].status_code == 401
    assert running.serve.wait(20) == 0


# ---- the database away ----

def test_database_away_and_back(running):
    assert running.ask_database().status_code == 401
    workers = running.children()
    running.database.kill()
    away = running.ask_database()
    assert away.status_code == 503 and int(away.headers["Retry-After"]) > 0
    token = requests.post(running.url + "/oauth2/token", auth=("x", "y"), timeout=30)
    assert token.status_code == 503 and token.json()["error"] == "temporarily_unavailable"
    assert running.get("/healthz").status_code == 200
    assert running.get("/.well-known/jwks.json").json()["keys"]
    assert running.get("/readyz").status_code == 503
    running.database.start()
    wait_for("recovery", lambda: running.ask_database().status_code == 401)
    assert running.get("/readyz").status_code == 200
    assert running.children() == workers


def test_start_without_the_database(place):
    place.database.kill()
    place.start_serve().start_web()
    assert place.get("/healthz").status_code == 200
    away = place.ask_database()
    assert away.status_code == 503 and int(away.headers["Retry-After"]) > 0
    workers = place.children()
    place.database.start()
    wait_for("recovery", lambda: place.ask_database().status_code == 401)
    assert place.children() == workers


# 1114, 1021: the disk is full; 1030: some number of the storage engine; 1290: read only
@pytest.mark.parametrize("number", [1114, 1021, 1030, 1290, 1317])
def test_passing_trouble_of_the_database_is_a_503(running, number):
    password = running.add_user(f"trouble-{number}")
    sign_in = {"url": running.url + "/login", "data": {"name": f"trouble-{number}", "password": password},
               "allow_redirects": False, "timeout": 60}
    with running.database.connect("root", "", "bincard") as db, db.cursor() as cursor:
        cursor.execute("CREATE TRIGGER trouble BEFORE INSERT ON session FOR EACH ROW"
                       f" SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = {number}, MESSAGE_TEXT = 'trouble'")
        try:
            answer = requests.post(**sign_in)
        finally:
            cursor.execute("DROP TRIGGER trouble")
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0
    assert "trouble" not in answer.text
    assert requests.post(**sign_in).status_code == 303


def test_migration_waits_longer_than_a_request(place):
    place.conf.write_text(place.conf.read_text().replace("connect_timeout_ms", "read_timeout_ms = 1000\n"
                                                         "connect_timeout_ms", 1))
    sql = place.folder / "sql"
    shutil.copytree(parts.ROOT / "sql", sql)
    text = (sql / "grants.sql").read_text()
    good = place.conf.read_text()
    place.conf.write_text(good.replace(f"sql = {parts.ROOT}/sql", f"sql = {sql}"))
    (sql / "grants.sql").write_text("DO SLEEP(3);\n" + text)
    slow = place.run("migrate")
    place.conf.write_text(good)
    assert slow.returncode == 0, slow.stderr
    assert place.run("migrate").returncode == 0


# ---- commands ----

COMMANDS = ["serve", "migrate", "config", "user", "client", "key", "import", "verify"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(place, command):
    wrong = place.run(command, "--no-such-option")
    assert wrong.returncode == 2 and wrong.stdout == "" and "usage: bincard " + command in wrong.stderr
    place.conf.unlink()
    for words in ([command, "--help"], [command, "add", "x", "--help"], [command, "-h"]):
        asked = place.run(*words)
        assert (asked.returncode, asked.stderr) == (0, "")
        assert asked.stdout.startswith(f"usage: bincard {command}")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_and_manual_name_all_that_a_command_takes(place, command):
    manual = "".join(path.read_text() for path in (parts.ROOT / "docs/man").glob("*.8"))
    manual = re.sub(r"\\f.", "", manual).replace("\\-", "-")
    overview, = re.findall(f"^  {command} .*", place.run("help").stdout, re.M)
    asked = place.run(command, "--help").stdout
    for option in re.findall("--[a-z-]+", asked):
        assert option in manual
    for words in re.findall(f"bincard {command} ([a-z|-]+)", asked):
        for word in words.split("|"):
            assert f"{command} {word}" in manual or f"|{word}" in manual
            assert re.search(rf"[ |]{word}\b", overview), overview


# ---- upkeep ----

def test_upkeep_takes_away_what_is_over(place):
    with place.database.owner() as db, db.cursor() as cursor:
        cursor.execute("DELETE FROM idempotency_key")
        # status 0: the key of an imported movement, by which it is applied once, for ever
        for key, hours, status in (("old", 49, 201), ("young", 47, 201), ("imported", 4900, 0)):
            cursor.execute("INSERT INTO idempotency_key (principal, idem_key, fingerprint, status, body,"
                           " created_at) VALUES ('client:1', %s, REPEAT('x', 32), %s, '{}',"
                           " UTC_TIMESTAMP(6) - INTERVAL %s HOUR)", (key, status, hours))
        place.start_serve()
        line = wait_for("upkeep", lambda: place.lines("upkeep"))[0]
        cursor.execute("SELECT idem_key FROM idempotency_key ORDER BY idem_key")
        assert cursor.fetchall() == (("imported",), ("young",))
        cursor.execute("DELETE FROM idempotency_key")
    assert line["idempotency_keys"] == 1


def test_upkeep_takes_away_tokens_and_assertions_that_have_ended(place):
    with place.database.owner() as db, db.cursor() as cursor:
        for name, minutes in (("over", 11), ("just over", 9), ("in force", -5)):
            cursor.execute("INSERT INTO revoked_token VALUES (%s, UTC_TIMESTAMP(6) - INTERVAL %s MINUTE)",
                           (name, minutes))
            cursor.execute("INSERT INTO used_assertion VALUES (1, %s, UTC_TIMESTAMP(6) - INTERVAL %s MINUTE)",
                           (name, minutes))
        place.start_serve()
        line = wait_for("upkeep", lambda: place.lines("upkeep"))[0]
        for table in ("revoked_token", "used_assertion"):
            cursor.execute(f"SELECT jti FROM {table} ORDER BY jti")
            assert cursor.fetchall() == (("in force",), ("just over",))
            cursor.execute(f"DELETE FROM {table}")
    assert (line["revoked_tokens"], line["assertions"]) == (1, 1)


def test_upkeep_takes_away_sign_ins_that_waited_too_long(place):
    assert place.run("user", "add", "waiter", "--password-file", "-", input="a long password\n").returncode == 0
    with place.database.owner() as db, db.cursor() as cursor:
        for name, minutes in (("over", 1), ("waits", -4)):
            cursor.execute("INSERT INTO pending_sign_in (token_hash, user_id, expires_at) SELECT RPAD(%s, 32, 'x'), id,"
                           " UTC_TIMESTAMP(6) - INTERVAL %s MINUTE FROM user WHERE name = 'waiter'", (name, minutes))
        place.start_serve()
        line = wait_for("upkeep", lambda: place.lines("upkeep"))[0]
        cursor.execute("SELECT token_hash FROM pending_sign_in")
        assert cursor.fetchall() == ((b"waits".ljust(32, b"x"),),)
        cursor.execute("DELETE FROM pending_sign_in")
    assert line["pending_sign_ins"] == 1


def test_an_old_signing_key_gets_a_successor(place):
    with place.database.owner() as db, db.cursor() as cursor:
        cursor.execute("DELETE FROM signing_key")
        assert place.run("key", "rotate").returncode == 0
        cursor.execute("UPDATE signing_key SET created_at = created_at - INTERVAL 91 DAY,"
                       " signs_from = signs_from - INTERVAL 91 DAY")
    place.start_serve()
    lines = wait_for("the next key", lambda: [line.split("\t") for line in place.run("key", "list").stdout.splitlines()
                                              if "\tnext\t" in place.run("key", "list").stdout])
    assert [line[2] for line in lines] == ["next", "signs"]
