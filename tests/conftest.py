"""Fixtures. One throw-away installation (MariaDB, `bincard serve`, lighttpd with the shipped sample
configuration) is built for the run, or for each worker of pytest-xdist, and shared by the tests: they
make their own items and places under unique() names. A test that stops or breaks servers uses
support/stack.py itself, as tests/fault does.

BINCARD_BIN names the binary (build/bincard). BINCARD_SANITIZE=1 gives a sanitizer build more time. With
BINCARD_URL, BINCARD_CLIENT_ID, BINCARD_CLIENT_SECRET and BINCARD_DB_SOCKET set (as ./dev up writes them
to STATE/env) that installation is tested instead, and tests that need more than its API are skipped.

When all tests are done the logs must hold none of the secrets used, no error that no test expected
(stack.expect), no request over its statement budget, and there must be no sanitizer report; and every event that
the tests made must be as the schema of its type says.
"""

import getpass
import os
import pathlib
import sys
import tempfile
import types

import pymysql
import pytest

HERE = pathlib.Path(__file__).resolve().parent
for name in ("support", "api"):
    sys.path.insert(0, str(HERE / name))

import catalogue  # noqa: E402
import client  # noqa: E402
import feed  # noqa: E402
import stack as parts  # noqa: E402
import tokens  # noqa: E402

GIVEN = ("BINCARD_URL", "BINCARD_CLIENT_ID", "BINCARD_CLIENT_SECRET", "BINCARD_DB_SOCKET")


def build(folder):
    """A running installation with a member of staff and a client."""
    (folder / "db").mkdir()
    place = parts.Stack(folder, parts.Database(folder / "db"), workers=4, request_timeout_ms=30000)
    # a relay that has nothing to send, so that lists and pages of relays have one
    place.more = f"[relay idle]\ntype = redis\naddress = {folder}/none.sock\ntypes = bincard.foreign_principal.enabled.v1\n"
    place.write_conf()
    done = place.run("migrate")
    assert done.returncode == 0, done.stderr
    place.forger = tokens.Forger(place)
    place.user, place.password = "admin", place.add_user("admin")
    place.client_id, place.client_secret = place.add_client("tests")
    place.start_serve().start_web(shun=1)
    place.token = place.keep_secret(client.get_token(place.url, place.client_id, place.client_secret))
    return place


def check_events(place):
    """Every event that the tests made is as its type's schema says: reading it checks that."""
    feed.settle(place)
    token = client.get_token(place.url, place.client_id, place.client_secret)
    feed.walk(client.Api(place.url, place.keep_secret(token)), limit=1000)


@pytest.fixture(scope="session")
def stack():
    """The shared installation, a support/stack.Stack."""
    if all(name in os.environ for name in GIVEN):
        pytest.skip("this test needs an installation of its own (unset BINCARD_URL)")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bincard-test-"))
    place = None
    try:
        place = build(folder)
        yield place
        check_events(place)
        place.stop()
        assert place.serve.returncode == 0, "bincard serve did not end well"
        wrong = place.check_logs()
        assert not wrong, "the run left behind:\n" + "\n".join(wrong[:20])
    finally:
        if place:
            place.stop()
            place.database.kill()
        if not os.environ.get("BINCARD_TEST_KEEP"):
            parts.remove(folder)


@pytest.fixture(scope="session")
def server(request):
    """A dict of the BINCARD_... values, as ./dev up writes them."""
    if all(name in os.environ for name in GIVEN):
        return dict(os.environ)
    place = request.getfixturevalue("stack")
    return {
        "BINCARD_URL": place.url,
        "BINCARD_USER": place.user,
        "BINCARD_PASSWORD": place.password,
        "BINCARD_CLIENT_ID": place.client_id,
        "BINCARD_CLIENT_SECRET": place.client_secret,
        "BINCARD_DB_SOCKET": place.database.socket,
        "BINCARD_DB_USER": "root",
        "BINCARD_CONFIG": str(place.conf),
    }


@pytest.fixture(scope="session")
def token(server, request):
    """An access token with every scope."""
    if "stack" in request.fixturenames or not all(name in os.environ for name in GIVEN):
        return request.getfixturevalue("stack").token
    return client.get_token(server["BINCARD_URL"], server["BINCARD_CLIENT_ID"], server["BINCARD_CLIENT_SECRET"])


@pytest.fixture(scope="session")
def base(server):
    return server["BINCARD_URL"].rstrip("/")


@pytest.fixture(scope="session")
def new_api(base, token):
    """Makes further clients: a requests.Session belongs to one thread."""
    return lambda: client.Api(base, token)


@pytest.fixture(scope="session")
def api(new_api):
    """The API with every scope; each answer is checked against the OpenAPI document."""
    return new_api()


@pytest.fixture(scope="session")
def anyone(base):
    """The API without credentials."""
    return client.Api(base)


@pytest.fixture
def bare(base, token):
    """Makes quick clients that check nothing, for load."""
    return lambda: client.Bare(base, token)


@pytest.fixture
def browser(stack):
    """A signed-in administrator."""
    return client.Browser(stack.url).sign_in(stack.user, stack.password, stack.keep_secret)


def connect(server, user, password):
    return pymysql.connect(unix_socket=server["BINCARD_DB_SOCKET"], database="bincard", user=user,
                           password=password, charset="utf8mb4", autocommit=True)


@pytest.fixture
def root_db(server):
    """The database as its administrator."""
    connection = connect(server, server.get("BINCARD_DB_USER", getpass.getuser()), "")
    yield connection
    connection.close()


@pytest.fixture
def db(server, request):
    """The database as its owner: for looking behind the API and for breaking things."""
    if all(name in os.environ for name in GIVEN):
        yield request.getfixturevalue("root_db")
        return
    passwords = request.getfixturevalue("stack").database.passwords
    connection = connect(server, "bincard_owner", passwords["OWNER"])
    yield connection
    connection.close()


@pytest.fixture
def unique():
    return catalogue.unique


@pytest.fixture
def make(api):
    """make.item(), make.location(), make.stock(quantity) -> (item, location), ..."""

    def stock(quantity, **fields):
        item, location = catalogue.new_item(api, **fields), catalogue.new_location(api)
        catalogue.receive(api, item, location, quantity)
        return item, location

    return types.SimpleNamespace(
        item=lambda **fields: catalogue.new_item(api, **fields),
        location=lambda **fields: catalogue.new_location(api, **fields),
        category=lambda **fields: catalogue.new_category(api, **fields),
        receive=lambda item, location, quantity: catalogue.receive(api, item, location, quantity),
        stock=stock)


@pytest.fixture
def on_hand(api):
    """The balance of an item at a location, as text."""

    def ask(item, location):
        answer = api.get("/v1/stock-levels", params={"item_id": item["id"], "location_id": location["id"]})
        assert answer.status_code == 200, answer.text
        rows = answer.json()["data"]
        return rows[0]["on_hand"] if rows else "0"

    return ask


@pytest.fixture
def ledger_is_clean(api):
    """After the test the ledger proves every balance."""
    yield
    answer = api.get("/v1/ledger/verification", timeout=120)
    assert answer.json()["ok"], answer.text
