"""Who may: signing in and out, access tokens, and the commands that manage users and clients. On an
installation of its own, because users and clients are made, changed and disabled."""
import base64
import json
import os
import pathlib
import sys

import pytest
import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fault"))
import stack as installation  # noqa: E402

PASSWORD = "correct horse battery"
WRONG = "The name or the password is not right."


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("db")
    database = installation.Database(folder)
    own = installation.Stack(tmp_path_factory.mktemp("serve"), database)
    try:
        assert own.run("migrate").returncode == 0
        add_user(own, "ann", "administrator")
        own.start_serve().start_web()
        yield own
    finally:
        for process in (own.web, own.serve):
            if process:
                process.terminate()
                process.wait(20)
        database.kill()


def add_user(stack, name, role, password=PASSWORD):
    done = stack.run("user", "add", name, "--role", role, "--password-file", "-", input=password + "\n")
    assert done.returncode == 0, done.stderr


def add_client(stack, scope):
    done = stack.run("client", "add", "a till", "--scope", scope)
    assert done.returncode == 0, done.stderr
    values = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    return values["client_id"], values["client_secret"]


def ask(stack, auth=None, headers=None, **form):
    form.setdefault("grant_type", "client_credentials")
    return requests.post(stack.url + "/oauth2/token", data=form, auth=auth, headers=headers, timeout=10)


def token_of(stack, client):
    answer = ask(stack, auth=client)
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


def read(stack, token, path="/v1/stock-levels"):
    return requests.get(stack.url + path, headers={"Authorization": "Bearer " + token}, timeout=10)


def sign_in(stack, name="ann", password=PASSWORD, **more):
    browser = requests.Session()
    browser.trust_env = False
    answer = browser.post(stack.url + "/login", data={"name": name, "password": password, **more},
                          allow_redirects=False, timeout=10)
    return browser, answer


def csrf_of(browser, stack):
    page = browser.get(stack.url + "/", timeout=10)
    assert page.status_code == 200
    return page.text.split('name="csrf" value="', 1)[1].split('"', 1)[0]


def decoded(segment):
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


# ---- tokens ----

def test_token_by_basic_and_by_form(stack):
    client_id, secret = add_client(stack, "stock:read items:read")
    for answer in (ask(stack, auth=(client_id, secret)),
                   ask(stack, client_id=client_id, client_secret=secret)):
        assert answer.status_code == 200, answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        body = answer.json()
        assert body["token_type"] == "Bearer" and body["expires_in"] == 7200
        assert body["scope"] == "items:read stock:read"
        assert read(stack, body["access_token"]).status_code == 200


def test_token_is_checked_by_the_public_keys(stack):
    client_id, secret = add_client(stack, "stock:read")
    token = token_of(stack, (client_id, secret))
    head, body, signature = token.split(".")
    answer = requests.get(stack.url + "/.well-known/jwks.json", timeout=10)
    assert "max-age=300" in answer.headers["Cache-Control"]
    keys = {key["kid"]: key for key in answer.json()["keys"]}
    key = keys[json.loads(decoded(head))["kid"]]
    assert (key["kty"], key["crv"], key["alg"], "d" in key) == ("EC", "P-256", "ES256", False)
    numbers = ec.EllipticCurvePublicNumbers(*(int.from_bytes(decoded(key[n]), "big") for n in "xy"),
                                            ec.SECP256R1())
    raw = decoded(signature)
    der = utils.encode_dss_signature(*(int.from_bytes(raw[i:i + 32], "big") for i in (0, 32)))
    numbers.public_key().verify(der, f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
    claims = json.loads(decoded(body))
    assert claims["sub"] == claims["client_id"] == client_id
    assert claims["exp"] - claims["iat"] == 7200 and claims["scope"] == "stock:read"


@pytest.mark.parametrize("form, auth, status, error", [
    ({"grant_type": ""}, "good", 400, "invalid_request"),
    ({"grant_type": "password"}, "good", 400, "unsupported_grant_type"),
    ({"grant_type": "authorization_code"}, "good", 400, "invalid_request"),
    ({"scope": "stock:write"}, "good", 400, "invalid_scope"),
    ({"scope": "items:read nonsense"}, "good", 400, "invalid_scope"),
    ({"grant_type": ["client_credentials", "client_credentials"]}, "good", 400, "invalid_request"),
    ({"scope": ["items:read", "stock:read"]}, "good", 400, "invalid_request"),
    ({"client_secret": "x"}, "good", 400, "invalid_request"),
    ({"client_id": "other"}, "good", 400, "invalid_request"),
    ({}, None, 401, "invalid_client"),
    ({"client_id": "x"}, None, 401, "invalid_client"),
    ({"client_id": "x", "client_secret": "y"}, None, 401, "invalid_client"),
    ({}, "wrong", 401, "invalid_client"),
    ({}, "unknown", 401, "invalid_client"),
])
def test_token_refusals_are_those_of_rfc_6749(stack, client, form, auth, status, error):
    given = {"good": client, "wrong": (client[0], "bcs_wrong"), "unknown": ("nobody", client[1]), None: None}
    answer = ask(stack, auth=given[auth], **form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/json"
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    assert answer.headers.get("WWW-Authenticate", "Basic").startswith("Basic")


@pytest.fixture(scope="module")
def client(stack):
    return add_client(stack, "items:read stock:read")


def test_token_request_ignores_unknown_and_refuses_query(stack, client):
    assert ask(stack, auth=client, resource="x", audience="y").status_code == 200
    answer = requests.post(stack.url + "/oauth2/token?grant_type=client_credentials", auth=client,
                           data={"grant_type": "client_credentials"}, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    for header in ("Basic", "Basic !!!", "Basic " + base64.b64encode(b"no colon").decode(), "Bearer x"):
        answer = ask(stack, headers={"Authorization": header})
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_scope_narrows_and_permission_is_kept(stack, client):
    answer = ask(stack, auth=client, scope="items:read").json()
    assert answer["scope"] == "items:read"
    assert read(stack, answer["access_token"]).status_code == 403
    assert read(stack, answer["access_token"], "/v1/items").status_code == 200


def test_bearer_refusals(stack, client):
    token = token_of(stack, client)
    head, body, signature = token.split(".")
    forged = base64.urlsafe_b64encode(b'{"alg":"none","kid":"x"}').rstrip(b"=").decode()
    for wrong in ("x", token + "x", token[:-4], f"{head}.{body}.", f"{forged}.{body}.",
                  f"{head}.{signature}.{body}", "a." * 3000 + "a"):
        answer = read(stack, wrong)
        assert answer.status_code == 401, wrong
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.headers["Content-Type"] == "application/problem+json"
    answer = requests.get(stack.url + "/v1/items", timeout=10)
    assert answer.status_code == 401 and "WWW-Authenticate" in answer.headers


def test_disabled_client_is_refused_at_once(stack):
    client = add_client(stack, "stock:read")
    token = token_of(stack, client)
    for _ in range(8):  # every worker remembers it
        assert read(stack, token).status_code == 200
    assert stack.run("client", "disable", client[0]).returncode == 0
    for _ in range(8):
        assert read(stack, token).status_code == 401
    assert ask(stack, auth=client).status_code == 401


def test_rotated_secret(stack, tmp_path):
    client_id, old = add_client(stack, "stock:read")
    file = tmp_path / "secret"
    done = stack.run("client", "rotate", client_id, "--secret-file", str(file))
    assert done.returncode == 0 and old not in done.stdout
    new = file.read_text().strip()
    assert file.stat().st_mode & 0o777 == 0o600 and new not in done.stdout and new != old
    assert ask(stack, auth=(client_id, old)).status_code == 401
    assert ask(stack, auth=(client_id, new)).status_code == 200


def test_a_secret_file_is_touched_when_there_is_a_secret(stack, tmp_path):
    client_id, _ = add_client(stack, "stock:read")
    file, pipe = tmp_path / "secret", tmp_path / "pipe"
    file.write_text("of old\n")
    os.mkfifo(pipe, 0o644)
    (tmp_path / "link").symlink_to(file)
    (tmp_path / "folder").mkdir()
    for words in (("rotate", client_id[:-1] + "x"), ("add", "", "--scope", "stock:read"), ("add", "x", "--scope", "no:such"),
                  ("add", "Phone", "--scope", "stock:read", "--public", "--grant", "authorization_code",
                   "--redirect-uri", "https://app.example/")):
        done = stack.run("client", *words, "--secret-file", str(file))
        assert (done.returncode == 0) is ("--public" in words), done.stderr
    for name in ("pipe", "link", "folder"):
        done = stack.run("client", "rotate", client_id, "--secret-file", str(tmp_path / name))
        assert done.returncode == 2 and f"{name} is no plain file." in done.stderr
    assert stack.run("client", "rotate", client_id, "--secret-file", str(tmp_path / "no" / "secret")).returncode == 2
    assert file.read_text() == "of old\n" and pipe.stat().st_mode & 0o777 == 0o644
    assert {p.name for p in tmp_path.iterdir()} == {"secret", "pipe", "link", "folder"}
    assert stack.run("client", "rotate", client_id, "--secret-file", str(file)).returncode == 0
    assert ask(stack, auth=(client_id, stack.keep_secret(file.read_text().strip()))).status_code == 200


@pytest.mark.parametrize("body", ["grant_type=%zz", "grant_type=%ff", "grant_type=%00"])
def test_a_token_request_that_cannot_be_read(stack, client, body):
    answer = requests.post(stack.url + "/oauth2/token", data=body, auth=client, timeout=10,
                           headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert answer.headers["Content-Type"] == "application/json" and answer.headers["Cache-Control"] == "no-store"


def test_what_is_too_long_is_not_sent_back(stack):
    """The answer is not many times larger than what anybody may send."""
    answer = requests.post(stack.url + "/login", data={"name": '"' * 300_000, "password": "x"}, timeout=10)
    assert answer.status_code == 422 and len(answer.content) < 20_000


# ---- sessions ----

def test_sign_in_and_out(stack):
    browser, answer = sign_in(stack, next="/items?q=a%20b")
    assert answer.status_code == 303 and answer.headers["Location"] == "/items?q=a%20b"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert browser.get(stack.url + "/items", allow_redirects=False, timeout=10).status_code == 200
    again, _ = sign_in(stack)
    assert again.cookies["bincard"] != browser.cookies["bincard"]
    stolen = dict(browser.cookies)
    assert browser.post(stack.url + "/logout", timeout=10).status_code == 403  # no CSRF token
    answer = browser.post(stack.url + "/logout", data={"csrf": csrf_of(browser, stack)},
                          allow_redirects=False, timeout=10)
    assert answer.status_code == 303 and answer.headers["Location"] == "/login"
    assert not browser.cookies
    for _ in range(8):
        answer = requests.get(stack.url + "/items?q=x", cookies=stolen, allow_redirects=False, timeout=10)
        assert answer.status_code == 303
        assert answer.headers["Location"] == "/login?next=%2Fitems%3Fq%3Dx"
    assert again.get(stack.url + "/items", allow_redirects=False, timeout=10).status_code == 200


def test_signing_in_again_ends_the_session_before(stack):
    browser, _ = sign_in(stack)
    before = dict(browser.cookies)
    answer = browser.post(stack.url + "/login", data={"name": "ann", "password": PASSWORD},
                          allow_redirects=False, timeout=10)
    assert answer.status_code == 303 and browser.cookies["bincard"] != before["bincard"]
    for _ in range(8):
        assert requests.get(stack.url + "/items", cookies=before, allow_redirects=False, timeout=10).status_code == 303
    assert browser.get(stack.url + "/items", allow_redirects=False, timeout=10).status_code == 200


def test_a_planted_cookie_is_not_taken_over(stack):
    planted = "A" * 43
    browser = requests.Session()
    browser.cookies.set("bincard", planted)
    answer = browser.post(stack.url + "/login", data={"name": "ann", "password": PASSWORD},
                          allow_redirects=False, timeout=10)
    assert answer.status_code == 303 and planted not in answer.headers["Set-Cookie"]
    answer = requests.get(stack.url + "/items", cookies={"bincard": planted}, allow_redirects=False, timeout=10)
    assert answer.status_code == 303


@pytest.mark.parametrize("name, password", [("ann", "a wrong password"), ("nobody", PASSWORD), ("ann", ""),
                                            ("", ""), ("ann", "x" * 2000), ("' OR 1=1 -- ", PASSWORD),
                                            ("<script>alert(1)</script>", PASSWORD)])
def test_one_message_for_whatever_is_wrong(stack, name, password):
    browser, answer = sign_in(stack, name, password)
    assert answer.status_code == 422 and WRONG in answer.text
    assert "Set-Cookie" not in answer.headers and not browser.cookies
    assert "<script>alert" not in answer.text
    assert not password or password not in answer.text


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example",
                                    "/\r\nSet-Cookie: a=b", "javascript:alert(1)", "/login"])
def test_no_open_redirect(stack, target):
    _, answer = sign_in(stack, next=target)
    assert answer.status_code == 303 and answer.headers["Location"] == "/"
    page = requests.get(stack.url + "/login", params={"next": target}, timeout=10)
    if page.status_code != 400:  # lighttpd refuses control characters itself
        assert page.status_code == 200 and "evil" not in page.text.split('name="next"')[1].split(">")[0]


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": "null"},
                                     {"Sec-Fetch-Site": "cross-site"}])
def test_another_sites_form_signs_nobody_in(stack, headers):
    answer = requests.post(stack.url + "/login", data={"name": "ann", "password": PASSWORD}, headers=headers,
                           allow_redirects=False, timeout=10)
    assert answer.status_code == 403 and "Set-Cookie" not in answer.headers
    answer = requests.post(stack.url + "/login", data={"name": "ann", "password": PASSWORD},
                           headers={"Origin": stack.url}, allow_redirects=False, timeout=10)
    assert answer.status_code == 303


# ---- commands ----

def test_passwd_and_disable_end_all_sessions(stack):
    add_user(stack, "ben", "clerk")
    browser, _ = sign_in(stack, "ben")
    for _ in range(8):
        assert browser.get(stack.url + "/items", allow_redirects=False, timeout=10).status_code == 200
    done = stack.run("user", "passwd", "ben", "--password-file", "-", input="another long one\n")
    assert done.returncode == 0, done.stderr
    for _ in range(8):
        assert browser.get(stack.url + "/items", allow_redirects=False, timeout=10).status_code == 303
    assert sign_in(stack, "ben")[1].status_code == 422
    browser, answer = sign_in(stack, "ben", "another long one")
    assert answer.status_code == 303
    assert stack.run("user", "disable", "ben").returncode == 0
    assert browser.get(stack.url + "/items", allow_redirects=False, timeout=10).status_code == 303
    assert sign_in(stack, "ben", "another long one")[1].status_code == 422
    assert "ben\tben\tdisabled\tclerk" in stack.run("user", "list").stdout


@pytest.mark.parametrize("arguments, code", [
    (("user",), 2), (("user", "fly"), 2), (("user", "add"), 2), (("user", "passwd", "x"), 2),
    (("user", "list", "x"), 2), (("user", "disable", "nobody"), 1), (("user", "disable", "a", "b"), 2),
    (("user", "add", "x", "--role", "emperor", "--password-file", "-"), 1),
    (("user", "add", "x", "--bogus"), 2),
    (("client",), 2), (("client", "add", "x"), 2), (("client", "add", "x", "--scope", "items:fly"), 1),
    (("client", "rotate", "bc-0"), 1), (("client", "disable", "bc-0"), 1), (("client", "list", "x"), 2),
])
def test_wrong_commands(stack, arguments, code):
    done = stack.run(*arguments, input=PASSWORD + "\n")
    assert done.returncode == code, done.stderr
    assert done.stderr and not done.stdout


def test_short_password(stack):
    done = stack.run("user", "add", "cid", "--password-file", "-", input="elevenchars\n")
    assert done.returncode == 1 and "at least 12" in done.stderr and "elevenchars" not in done.stderr


def test_nothing_secret_is_logged(stack, client):
    browser, _ = sign_in(stack)
    token = token_of(stack, client)
    read(stack, token)
    log = stack.log_file.read_text()
    assert '"route":"/login"' in log
    for secret in (PASSWORD, client[1], token, browser.cookies["bincard"], "a wrong password"):
        assert secret not in log


def test_no_statement_budget_was_exceeded(stack):
    assert not stack.lines("statement budget exceeded")
