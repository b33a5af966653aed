"""A whole private installation in a scratch folder: MariaDB, `bincard serve`, lighttpd.

The process tests stop, kill and reconfigure its parts, so each of them has its own `bincard serve`; the
database server is shared by the tests of a module. All other tests share the one that tests/conftest.py
builds. Whatever is secret in it is noted in Stack.secrets: Stack.check_logs() looks for it in every log.
"""
import base64
import glob
import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time

import pymysql
import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("BINCARD_BIN", str(ROOT / "build" / "bincard"))
AS_ROOT = ["--user=root"] if os.geteuid() == 0 else []
SANITIZED = bool(os.environ.get("ASAN_OPTIONS") or os.environ.get("BINCARD_SANITIZE") == "1")
DIES_WITH_US = ["setpriv", "--pdeathsig", "KILL", "--"]  # a test run that is killed leaves nothing behind
# What a sanitizer build needs for the same work.
PATIENCE = float(os.environ.get("BINCARD_TEST_PATIENCE", "3" if SANITIZED else "1"))
SCOPES = ("items:read items:write locations:read locations:write stock:read stock:write"
          " movements:read movements:write ledger:verify audit:read clients:read clients:write"
          " flags:read flags:write users:read users:write webhooks:read webhooks:write feed:read metrics:read")


def wait_for(what, condition, seconds=10.0):
    """Waits until condition() is true and returns its value."""
    until = time.monotonic() + seconds * PATIENCE
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < until, f"waited {seconds * PATIENCE:.0f} s for {what}"
        time.sleep(0.02)


def state(folder):
    """The letter of a process or a thread, by its folder in /proc: S, T, Z."""
    return (folder / "stat").read_text().rsplit(")", 1)[1].split()[0]


def alive(pid):
    """Not ended, and not a zombie that waits to be collected."""
    try:
        return state(pathlib.Path(f"/proc/{pid}")) != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


RATE_GROUPS = ("api_read", "api_write", "page_read", "page_write", "sign_in", "token")


class Database:
    """A private mariadbd. The administrator is root without a password, behind a folder of mode 0700."""

    def __init__(self, folder):
        self.folder = folder
        self.socket = str(folder / "db.sock")
        self.passwords = {name: secrets.token_hex(12) for name in ("OWNER", "APP", "REPORT")}
        self.master_key = secrets.token_hex(32)  # seals the keys that are in it, whoever serves it
        self.process = None
        folder.chmod(0o700)
        subprocess.run(["mariadb-install-db", "--no-defaults", f"--datadir={folder}/data", *AS_ROOT,
                        "--auth-root-authentication-method=normal", "--skip-test-db",
                        "--innodb-log-file-size=16M", "--innodb-buffer-pool-size=32M"],
                       check=True, capture_output=True, env={**os.environ, "TMPDIR": str(folder)})
        (folder / "my.cnf").write_text(f"""[mariadbd]
datadir = {folder}/data
socket = {self.socket}
pid-file = {folder}/db.pid
log-error = {folder}/db.log
tmpdir = {folder}
skip-networking
skip-name-resolve
skip-log-bin
character-set-server = utf8mb4
innodb-buffer-pool-size = 32M
innodb-log-file-size = 16M
innodb-flush-log-at-trx-commit = 1
innodb-buffer-pool-dump-at-shutdown = 0
innodb-buffer-pool-load-at-startup = 0
performance-schema = OFF
max-connections = 200
""")
        self.start()
        accounts = (ROOT / "sql" / "accounts.sql").read_text()
        for name, password in self.passwords.items():
            accounts = accounts.replace(f"{name}_PASSWORD", password)
        subprocess.run(["mariadb", "--no-defaults", "-uroot", "-S", self.socket], input=accounts,
                       text=True, check=True, capture_output=True)

    def start(self):
        self.process = subprocess.Popen([*DIES_WITH_US, "mariadbd", f"--defaults-file={self.folder}/my.cnf",
                                         *AS_ROOT],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for("mariadbd", self.answers, 30)

    def answers(self):
        try:
            self.connect("root", "").close()
            return True
        except pymysql.err.OperationalError:
            return False

    def connect(self, user, password, database=None):
        return pymysql.connect(unix_socket=self.socket, user=user, password=password,
                               database=database, autocommit=True)

    def owner(self):
        return self.connect("bincard_owner", self.passwords["OWNER"], "bincard")

    def kill(self):
        self.process.kill()
        self.process.wait()


class Stack:
    """`bincard serve` and lighttpd before it, on a database that stands."""

    def __init__(self, folder, database, **server):
        self.folder = folder
        self.database = database
        self.server = {"workers": 2, "request_timeout_ms": 2000, **server}
        self.socket = folder / "fcgi.sock"
        self.events = folder / "run" / "events.sock"
        self.log_file = folder / "bincard.log"
        self.conf = folder / "bincard.conf"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.serve = None
        self.web = None
        self.more = ""  # sections at the end of the configuration
        self.webhooks = {"allow_http": "true", "allow_networks": "127.0.0.0/8"}
        self.secrets = {database.master_key, *database.passwords.values()}
        self.expected = []
        (folder / "master_key").write_text(database.master_key + "\n")
        self.write_conf()

    def write_conf(self, rates=None, **server):
        """rates: of some groups; of all others more than any test asks."""
        self.server.update(server)
        limits = "\n".join(f"{group} = {(rates or {}).get(group, '1000000/60')}" for group in RATE_GROUPS)
        keys = "\n".join(f"{name} = {value}" for name, value in self.server.items())
        webhooks = "\n".join(f"{name} = {value}" for name, value in self.webhooks.items())
        self.conf.write_text(f"""[server]
socket = {self.socket}
run_dir = {self.folder}/run
pid_file = {self.folder}/serve.pid
{keys}

[database]
socket = {self.database.socket}
app_password = {self.database.passwords["APP"]}
owner_password = {self.database.passwords["OWNER"]}
report_password = {self.database.passwords["REPORT"]}
connect_timeout_ms = 1000

[auth]
master_key_file = {self.folder}/master_key
secure_cookies = false
# a run of all tests takes longer than the default
token_seconds = 7200

[rate]
{limits}

[webhooks]
{webhooks}

[log]
path = {self.log_file}

[paths]
templates = {ROOT}/templates
sql = {ROOT}/sql
openapi = {ROOT}/openapi

{self.more}
""")

    def run(self, *arguments, **options):
        return subprocess.run([BINARY, "--config", str(self.conf), *arguments], text=True,
                              capture_output=True, timeout=60, **options)

    def environment(self):
        """Of the servers: a sanitizer's report goes to a file, so that no worker's death goes unseen."""
        env = dict(os.environ)
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if "log_path=" not in env.get(name, ""):
                env[name] = f"{env.get(name, 'halt_on_error=1')}:log_path={self.folder}/sanitizer"
        return env

    def start_serve(self):
        with open(self.folder / "serve.log", "a") as errors:
            self.serve = subprocess.Popen([*DIES_WITH_US, BINARY, "--config", str(self.conf), "serve"],
                                          env=self.environment(), stdin=subprocess.DEVNULL,
                                          stdout=subprocess.DEVNULL, stderr=errors)
        ready = self.count("ready")
        wait_for("bincard serve", lambda: self.serve.poll() is not None or self.count("ready") > ready)
        assert self.serve.poll() is None, (self.folder / "serve.log").read_text()
        return self

    def web_conf(self, shun):
        """The sample that the project ships, with what a Debian installation has around it."""
        sample = (ROOT / "conf" / "lighttpd.conf.in").read_text()
        sample = sample.replace("@pkgdatadir@", str(ROOT))
        sample = sample.replace("@runstatedir@/bincard/bincard.sock", str(self.socket))
        sample = sample.replace("@runstatedir@/bincard/events.sock", str(self.events))
        assert "@" not in re.sub("#.*", "", sample)
        return f"""server.modules = ()
server.bind = "127.0.0.1"
server.port = {self.port}
server.document-root = "{ROOT}/static"
server.errorlog = "{self.folder}/lighttpd.log"
server.max-keep-alive-idle = 300
server.upload-dirs = ("{self.folder}")
server.max-connections = 512
mimetype.assign = (".css" => "text/css; charset=utf-8", ".js" => "text/javascript; charset=utf-8",
	".svg" => "image/svg+xml")
{sample.replace('"disable-time" => 1', f'"disable-time" => {shun}')}"""

    def start_web(self, shun=0):
        """shun: for so many seconds lighttpd does not ask again where it has found nobody."""
        conf = self.folder / "lighttpd.conf"
        conf.write_text(self.web_conf(shun))
        self.web = subprocess.Popen([*DIES_WITH_US, "lighttpd", "-D", "-f", str(conf)], stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL)
        wait_for("lighttpd", self.web_answers)
        return self

    def web_answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def lines(self, message=None):
        """The log's lines; of one message when it is given."""
        if not self.log_file.exists():
            return []
        lines = [json.loads(text) for text in self.log_file.read_text().splitlines()]
        return [line for line in lines if message is None or line["message"] == message]

    def count(self, message):
        return len(self.lines(message))

    def count_starting(self, begin, end):
        return sum(line["message"].startswith(begin) and line["message"].endswith(end)
                   for line in self.lines())

    def children(self, kind="worker"):
        """Process ids of what the supervisor runs, by the name that they log under."""
        named = {line["pid"] for line in self.lines()  # "started without the database" is one, too
                 if line["message"].startswith("started") and line.get("process") == kind}
        path = pathlib.Path(f"/proc/{self.serve.pid}/task/{self.serve.pid}/children")
        try:
            return {pid for pid in map(int, path.read_text().split()) if pid in named and alive(pid)}
        except FileNotFoundError:
            return set()

    def get(self, path, **options):
        return requests.get(self.url + path, timeout=60, **options)

    def ask_database(self, **options):
        """A request that needs the database and no sign-in: a client that there is not."""
        return requests.post(self.url + "/oauth2/token", auth=("nobody", "wrong"), timeout=60,
                             data={"grant_type": "client_credentials"}, **options)

    # ---- people and programs ----

    def reload(self):
        """A new configuration has come into force; nothing answers by the last one any more."""
        ready, old = self.count("ready"), self.children()
        self.serve.send_signal(signal.SIGHUP)
        wait_for("the new workers", lambda: self.count("ready") > ready or not old & self.children(), 30)
        wait_for("the old ones to leave", lambda: not old & self.children(), 30)

    def add_client(self, name, scope=SCOPES, *options):
        """(id, secret) of a new API client."""
        done = self.run("client", "add", name, "--scope", scope, *options)
        assert done.returncode == 0, done.stderr
        words = dict(line.split(" ", 1) for line in done.stdout.splitlines())
        self.keep_secret(words["client_secret"])
        basic = f"{words['client_id']}:{words['client_secret']}".encode()
        self.keep_secret(base64.b64encode(basic).decode())
        return words["client_id"], words["client_secret"]

    def add_user(self, name, *roles):
        """The password of a new member of staff."""
        password = "pw-" + secrets.token_hex(12)
        self.keep_secret(password)
        chosen = [word for role in roles or ["administrator"] for word in ("--role", role)]
        done = self.run("user", "add", name, *chosen, "--password-file", "-", input=password + "\n")
        assert done.returncode == 0, done.stderr
        return password

    def keep_secret(self, text):
        """Notes what must never be in a log; returns it."""
        self.secrets.add(text)
        return text

    # ---- what a run must not leave behind ----

    def expect(self, pattern):
        """A line of level error that matches is what a test wants."""
        self.expected.append(re.compile(pattern))

    def check_logs(self):
        """What is wrong with the logs of the whole run, one text each."""
        wrong = []
        for path in sorted(self.folder.glob("*.log")) + sorted(self.folder.glob("old*")):
            text = path.read_text(errors="replace")
            wrong += [f"{path.name} holds a secret: ...{context(text, s)}..." for s in self.secrets if s in text]
        for line in self.log_file.read_text().splitlines() if self.log_file.exists() else ():
            if '"level":"error"' in line and not any(p.search(line) for p in self.expected):
                wrong.append(f"an error nobody expected: {line}")
        return wrong + self.sanitizer_reports()

    def sanitizer_reports(self):
        paths = {match for options in ("ASAN_OPTIONS", "UBSAN_OPTIONS")
                 for match in re.findall(r"log_path=([^:]+)", os.environ.get(options, ""))}
        paths.add(str(self.folder / "sanitizer"))
        return [f"{name}:\n{pathlib.Path(name).read_text(errors='replace')[:4000]}"
                for path in sorted(paths) for name in glob.glob(glob.escape(path) + ".*")]

    def stop(self):
        for process in (self.serve, self.web):
            if process and process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in (self.serve, self.web):
            if process:
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def context(text, secret):
    """The place of a secret in a log, without the secret."""
    at = text.index(secret)
    return text[max(0, at - 80):at] + "<secret>" + text[at + len(secret):at + len(secret) + 40]


def remove(folder):
    shutil.rmtree(folder, ignore_errors=True)
