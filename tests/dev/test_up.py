"""./dev up and ./dev down, as somebody who has just cloned the project meets them. They run the build that
the other tests run (BINCARD_BIN)."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

import pytest
import requests

import catalogue
import client
import stack as parts
from streams import Stream

DEV = str(parts.ROOT / "dev")
ENVIRONMENT = {**os.environ, "BINCARD_BIN": parts.BINARY}
LIMIT = 120 * parts.PATIENCE


def dev(*words):
    return subprocess.run([DEV, *words], env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=LIMIT)


def processes(state):
    """Names of all that runs on a state: the folder is in their command line, or, when Apache has started
    them, in BINCARD_CONFIG."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (path / "cmdline").read_text(errors="replace") + "/"
            if f"{state}/" in words + (path / "environ").read_text(errors="replace") and parts.alive(path.name):
                found.append((path / "comm").read_text().strip())
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            pass
    return sorted(found)


class State:
    """A folder and a port for ./dev up."""

    def __init__(self, folder):
        self.folder = folder
        self.port = parts.free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def options(self, *more):
        return "--state", str(self.folder), "--port", str(self.port), *more

    def up(self, *more):
        done = dev("up", *self.options("--detach", *more))
        assert done.returncode == 0, done.stderr
        return done.stdout

    def down(self):
        return dev("down", "--state", str(self.folder))

    def env(self):
        return dict(line.split("=", 1) for line in (self.folder / "env").read_text().splitlines())

    def api(self):
        env = self.env()
        return client.Api(env["BINCARD_URL"], client.get_token(
            env["BINCARD_URL"], env["BINCARD_CLIENT_ID"], env["BINCARD_CLIENT_SECRET"]))

    def items(self):
        return self.api().get("/v1/items").json()["data"]

    def browser(self):
        env = self.env()
        return client.Browser(env["BINCARD_URL"]).sign_in(env["BINCARD_USER"], env["BINCARD_PASSWORD"])


@pytest.fixture(scope="module")
def root():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bincard-dev-"))
    yield folder
    parts.remove(folder)


@pytest.fixture
def state(root):
    """One of which nothing is there yet."""
    new = State(root / catalogue.unique("state"))
    yield new
    new.down()
    assert processes(new.folder) == []
    parts.remove(new.folder)


@pytest.fixture(scope="module")
def demo(root):
    """One that is up, and what ./dev said about it."""
    new = State(root / "demo")
    new.said = new.up()
    yield new
    new.down()


# ---- up ----

def test_up_prints_what_there_is(demo):
    env = demo.env()
    assert env["BINCARD_URL"] == demo.url
    for shown in (demo.url + "/", f"admin / {env['BINCARD_PASSWORD']}", env["BINCARD_CLIENT_ID"],
                  env["BINCARD_CLIENT_SECRET"], str(demo.folder / "env"), f"./dev down --state {demo.folder}"):
        assert shown in demo.said
    assert (demo.folder / "env").stat().st_mode & 0o077 == 0
    assert requests.get(demo.url + "/healthz", timeout=60).status_code == 200
    assert demo.browser().get("/items").status_code == 200


def test_the_curl_line_works_as_it_is_printed(demo):
    line, = re.findall(r"^ +(curl .*)$", demo.said, re.M)
    asked = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60)
    assert asked.returncode == 0, asked.stderr
    assert len(json.loads(asked.stdout)["data"]) == 3


def test_up_twice_is_refused_in_a_sentence(demo):
    again = dev("up", *demo.options())
    assert again.returncode == 1 and again.stdout == ""
    assert again.stderr.startswith(f"dev: {demo.folder} is up already at {demo.url}")
    assert len(again.stderr.splitlines()) == 1
    assert requests.get(demo.url + "/readyz", timeout=60).status_code == 200


def test_busy_port_leaves_nothing_behind(demo, state):
    state.port = demo.port
    refused = dev("up", *state.options("--detach"))
    assert refused.returncode == 1 and refused.stdout == ""
    assert refused.stderr == f"dev: port {demo.port} on 127.0.0.1 is busy; choose another with --port\n"
    assert not state.folder.exists()


def test_two_states_side_by_side_and_one_of_them_empty(demo, state):
    state.up("--empty")
    assert state.items() == []
    assert demo.items()
    assert state.env()["BINCARD_PASSWORD"] != demo.env()["BINCARD_PASSWORD"]
    assert "stopped" in state.down().stdout
    assert processes(state.folder) == []
    assert requests.get(demo.url + "/readyz", timeout=60).status_code == 200


def test_down_ends_all_and_the_next_up_has_the_same_data(state):
    state.up("--empty")
    item, before = catalogue.new_item(state.api()), state.env()
    assert {"mariadbd", "lighttpd", "bincard"} <= set(processes(state.folder))
    down = state.down()
    assert down.returncode == 0 and down.stdout == "stopped\n"
    assert processes(state.folder) == []
    assert state.down().stdout == f"nothing runs on {state.folder}\n"
    begun = time.monotonic()
    state.up()  # without --empty: demo data is for new states
    assert time.monotonic() - begun < 20 * parts.PATIENCE
    assert state.env() == before
    assert [row["sku"] for row in state.items()] == [item["sku"]]


def heed_signals():
    """What runs in the background of a shell ignores SIGINT, and SIGHUP under nohup, and hands that on."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


@contextlib.contextmanager
def in_foreground(*options):
    with subprocess.Popen([DEV, "up", *options], env=ENVIRONMENT, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=heed_signals) as up:
        try:
            yield up
        except BaseException:
            up.kill()
            raise


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all(state, number):
    """SIGINT as Ctrl-C sends it: to ./dev alone, since the servers are groups of their own."""
    with in_foreground(*state.options("--empty")) as up:
        for line in up.stdout:
            if "Ctrl-C" in line:
                break
        assert requests.get(state.url + "/readyz", timeout=60).status_code == 200
        os.killpg(up.pid, number)
        assert up.wait(LIMIT) == 0
        assert "stopping" in up.stdout.read()
    assert processes(state.folder) == []
    assert (state.folder / "db").is_dir()


def test_killed_dev_leaves_no_server(state):
    state.up("--empty")
    os.kill(int((state.folder / "run/dev.pid").read_text()), signal.SIGKILL)
    parts.wait_for("all to end", lambda: processes(state.folder) == [], 60)
    state.up()
    assert state.items() == []


def test_interrupted_first_start_leaves_no_half_state(state):
    with in_foreground(*state.options()) as up:
        parts.wait_for("MariaDB", lambda: "mariadbd" in processes(state.folder), 60)
        os.killpg(up.pid, signal.SIGINT)
        assert up.wait(LIMIT) == 130
    assert processes(state.folder) == []
    assert {path.name for path in state.folder.iterdir()} == {"log"}


def test_killed_first_start_does_not_hold_up_the_next(state):
    with subprocess.Popen([DEV, "up", *state.options("--empty")], env=ENVIRONMENT, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, start_new_session=True) as up:
        parts.wait_for("the database to be made", lambda: "mariadbd" in processes(state.folder) and
                       not (state.folder / "db").exists(), 60)
        up.kill()
    assert "mariadbd" in processes(state.folder)
    state.up("--empty")
    assert state.items() == []


def test_of_two_ups_at_once_on_one_port_one_is_refused(state, root):
    other = State(root / catalogue.unique("state"))
    other.port = state.port
    ups = [subprocess.Popen([DEV, "up", *it.options("--empty", "--detach")], env=ENVIRONMENT, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE) for it in (state, other)]
    try:
        said = [up.communicate(timeout=LIMIT) for up in ups]
    finally:
        other.down()
    assert sorted(up.returncode for up in ups) == [0, 1]
    refusal, = [errors for _, errors in said if errors]
    assert "Address already in use" in refusal or f"port {state.port} on 127.0.0.1 is busy" in refusal
    assert sum("bincard is up" in words for words, _ in said) == 1


def test_dev_works_through_a_link(root):
    link = root / "linked"
    link.symlink_to(DEV)
    asked = subprocess.run([link, "help"], capture_output=True, text=True, timeout=60)
    assert asked.returncode == 0 and asked.stderr == "" and "usage" in asked.stdout


# ---- up --web apache ----

@pytest.fixture(scope="module")
def apache(root):
    new = State(root / "apache")
    new.said = new.up("--web", "apache", "--empty")
    yield new
    new.down()


def test_apache_serves_with_workers_of_its_own(apache):
    assert {"apache2", "mariadbd", "bincard"} <= set(processes(apache.folder))
    assert "behind apache" in apache.said
    item = catalogue.new_item(apache.api())
    place = catalogue.new_location(apache.api())
    catalogue.receive(apache.api(), item, place, "7")
    assert item["sku"] in apache.browser().get("/items").text


@pytest.mark.parametrize("which", ["apache", "demo"])
def test_the_feed_is_followed_behind_both_web_servers(request, which):
    state = request.getfixturevalue(which)
    api = state.api()
    with Stream(state.url, {"Authorization": api.headers["Authorization"]}, after=0, type="bincard.category.*") as s:
        assert s.status == 200
        made = catalogue.new_category(api)
        parts.wait_for("the event", lambda: s.events and s.events[-1]["data"]["id"] == made["id"])
    began = time.monotonic()
    after = int(s.events[-1]["id"])
    answer = api.get("/v1/events", params={"after": after, "type": "bincard.user.*", "wait": 1})
    assert answer.json()["data"] == [] and time.monotonic() - began >= 1


def test_apache_passes_bodies_up_to_the_limit(apache):
    text = '{"sku": "' + "x" * (1 << 20)
    for size, status in ((1 << 20, 400), ((1 << 20) + 1, 413)):
        answer = apache.api().post("/v1/items", data=text[:size], headers={"Content-Type": "application/json"})
        assert answer.status_code == status
        assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path, status", [("/", 303), ("/login", 200), ("/nothing", 404), ("/v1/nothing", 404),
                                          ("/v1/items", 401), ("/static/css/bincard.css", 200),
                                          ("/static/none", 404), ("/items/%00", 404)])
@pytest.mark.parametrize("which", ["apache", "demo"])
def test_every_answer_has_the_security_headers(request, which, path, status):
    answer = requests.get(request.getfixturevalue(which).url + path, timeout=60, allow_redirects=False)
    if which == "demo" and "%00" in path:  # by lighttpd, before any of its modules is asked
        assert answer.status_code == 400
        return
    assert answer.status_code == status
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"):
        assert answer.raw.headers.getlist(name) == [answer.headers[name]]


# ---- refusals ----

@pytest.mark.parametrize("name, word", [
    ("a#b", "may hold"), ("a b", "may hold"), ("a'b", "may hold"), ("a\\b", "may hold"), ("a$b", "may hold"),
    ("\u00fc" * 37, "75 bytes"), ("x" * 75, "75 bytes"),
], ids=lambda text: text[:6])
def test_a_path_that_cannot_work_is_refused_in_a_sentence(root, name, word):
    refused = dev("up", "--state", str(root / name), "--port", str(parts.free_port()), "--detach")
    assert refused.returncode == 1 and refused.stdout == ""
    assert len(refused.stderr.splitlines()) == 1 and word in refused.stderr
    assert not (root / name).exists()


@pytest.mark.parametrize("words", [["--port", "x"], ["--port", "0"], ["--web", "nginx"], ["--state"], ["--nothing"]])
def test_a_wrong_option_is_refused_in_a_sentence(words):
    refused = dev("up", *words)
    assert refused.returncode == 1 and refused.stdout == ""
    assert len(refused.stderr.splitlines()) == 1 and refused.stderr.startswith("dev: ")


def test_a_disk_that_is_too_full_is_refused_at_once(root):
    """On a small file system of a mount namespace of its own."""
    disk = root / "disk"
    disk.mkdir()
    script = (f"mount -t tmpfs -o size=305m none {disk} &&"
              f" exec {DEV} up --detach --state {disk}/s --port {parts.free_port()}")
    alone = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    if subprocess.run([*alone, "true"], capture_output=True).returncode:
        pytest.skip("this kernel has no user namespaces")
    refused = subprocess.run([*alone, script], env=ENVIRONMENT, capture_output=True, text=True, timeout=LIMIT)
    assert refused.returncode == 1 and refused.stdout == ""
    assert refused.stderr == f"dev: the disk is too full: {disk}/s has 305 MiB free and needs 400 MiB\n"


def test_a_database_that_does_not_start_is_explained(state):
    state.up("--empty")
    state.down()
    (state.folder / "db/ibdata1").write_bytes(b"no tablespace")
    refused = dev("up", *state.options("--detach"))
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert refused.stderr.startswith("dev: MariaDB did not start: InnoDB: ") and "Aborting" not in refused.stderr
    assert (state.folder / "secrets").is_dir(), "a state with data is never removed"


# ---- make ----

@pytest.fixture
def build():
    folder = pathlib.Path(parts.BINARY).parent
    if not (folder / "Makefile").exists():
        pytest.skip("BINCARD_BIN is not in its build folder")
    return folder


def test_make_install_and_uninstall(root, build):
    place = root / "install"
    paths = ["prefix=/usr", "sysconfdir=/etc", "localstatedir=/var", "runstatedir=/run"]
    make = ["make", "-C", str(build), f"DESTDIR={place}", *paths]
    subprocess.run([*make, "install"], check=True, capture_output=True, timeout=LIMIT)
    share = place / "usr/share"
    for name in ("bincard/templates/layout/head.cs", "bincard/sql/migrations/0001_catalogue.sql",
                 "bincard/sql/accounts.sql", "bincard/static/css/bincard.css", "man/man8/bincard.8",
                 "man/man5/bincard.conf.5"):
        assert (share / name).is_file(), name
    examples = share / "doc/bincard/examples"
    for sample in (parts.ROOT / "conf").glob("*.in"):
        text = (examples / sample.stem).read_text()
        assert not re.search(r"@\w+@", text), sample
    assert (place / "etc/bincard/bincard.conf").stat().st_mode & 0o777 == 0o640
    version = subprocess.run([place / "usr/bin/bincard", "--version"], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"bincard \d+\.\d+\.\d+\n", version.stdout)
    subprocess.run([*make, "uninstall"], check=True, capture_output=True, timeout=LIMIT)
    assert [path for path in place.rglob("*") if not path.is_dir()] == []
    shutil.rmtree(place)


PLACES = {"prefix": "/opt/stock", "sysconfdir": "/opt/stock/settings", "localstatedir": "/opt/stock/state",
          "runstatedir": "/opt/stock/runs"}


def test_manual_and_sample_name_the_places_of_the_build(root, build):
    place = root / "elsewhere"
    make = ["make", "-C", str(build), f"DESTDIR={place}", *(f"{name}={path}" for name, path in PLACES.items())]
    subprocess.run([*make, "install"], check=True, capture_output=True, timeout=LIMIT)
    top = place / "opt/stock"
    conf = top / "settings/bincard/bincard.conf"
    texts = [path.read_text() for path in [*(top / "share/man").glob("man[58]/*"), conf]]
    assert len(texts) == 4
    for name in ("settings/bincard/", "runs/bincard/", "share/bincard/", "state/log/bincard/"):
        assert any(f"{PLACES['prefix']}/{name}" in text for text in texts), name
    for text in texts:
        assert not re.search("/(etc|run|usr/share|var/log)/bincard", text)
    assert conf.stat().st_mode & 0o777 == 0o640
    subprocess.run([*make, "uninstall"], check=True, capture_output=True, timeout=LIMIT)
    assert [path for path in place.rglob("*") if not path.is_dir()] == []
    shutil.rmtree(place)


def test_the_tarball_builds_tests_and_installs(build):
    done = subprocess.run(["make", "-C", str(build), "distcheck"], capture_output=True, text=True,
                          timeout=600 * parts.PATIENCE)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    for tarball in build.glob("bincard-*.tar.*"):
        tarball.unlink()
