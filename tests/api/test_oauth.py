"""What clients do with tokens besides using them: introspection, revocation, metadata; and the turns of
the keys. On an installation of its own, because keys are made and tokens ended."""
import base64
import concurrent.futures
import json
import pathlib
import subprocess
import time
import urllib.parse
import uuid

import pytest
import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

import client
import stack as installation
from test_auth import add_client, ask, decoded, read, token_of
from test_authorize import SCOPE, App, back

NPM = pathlib.Path(__file__).resolve().parents[1] / "npm"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
METADATA = "/.well-known/oauth-authorization-server"
ENDPOINTS = ["introspect", "revoke"]
SECRETS = []


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("db")
    database = installation.Database(folder)
    own = installation.Stack(tmp_path_factory.mktemp("serve"), database, workers=4)
    own.conf.write_text(own.conf.read_text().replace("[auth]\n", f"[auth]\nissuer = {own.url}\n"))
    try:
        assert own.run("migrate").returncode == 0
        own.start_serve().start_web()
        yield own
        log = own.log_file.read_text()
        assert '"route":"/oauth2/revoke"' in log
        assert SECRETS and not [secret for secret in SECRETS if secret in log]
    finally:
        for process in (own.web, own.serve):
            if process:
                process.terminate()
                process.wait(20)
        database.kill()


def new(stack, scope="items:read stock:read"):
    client = add_client(stack, scope)
    token = token_of(stack, client)
    SECRETS.extend([client[1], token])
    return client, token


def tell(stack, what, auth=None, headers=None, **form):
    return requests.post(f"{stack.url}/oauth2/{what}", data=form, auth=auth, headers=headers, timeout=10)


def test_an_active_token_is_described(stack):
    client, token = new(stack)
    for answer in (tell(stack, "introspect", auth=client, token=token),
                   tell(stack, "introspect", client_id=client[0], client_secret=client[1], token=token,
                        token_type_hint="refresh_token", unknown="x")):
        assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
        claims = json.loads(decoded(token.split(".")[1]))
        said = answer.json()
        assert said.pop("active") is True and said.pop("token_type") == "Bearer"
        assert said == {name: claims[name] for name in said} and said["scope"] == "items:read stock:read"
        assert set(said) == {"scope", "client_id", "exp", "iat", "sub", "aud", "iss", "jti"}


def test_of_what_is_no_token_nothing_is_said(stack):
    client, token = new(stack)
    head, body, signature = token.split(".")
    for wrong in ("x", "a.b.c", f"{head}.{body}.", f"{head}.{signature}.{body}", token + "x", "x" * 100_000,
                  "' OR 1=1 -- ", "\u00e9"):
        assert tell(stack, "introspect", auth=client, token=wrong).json() == {"active": False}
        answer = tell(stack, "revoke", auth=client, token=wrong)
        assert (answer.status_code, answer.json()) == (200, {})
    assert read(stack, token).status_code == 200


@pytest.mark.parametrize("what", ENDPOINTS)
def test_only_a_client_may_ask(stack, what):
    client, token = new(stack)
    bearer = {"Authorization": "Bearer " + token}
    for answer in (tell(stack, what, token=token), tell(stack, what, token=token, client_id=client[0]),
                   tell(stack, what, auth=(client[0], "bcs_wrong"), token=token),
                   tell(stack, what, auth=("nobody", client[1]), token=token),
                   tell(stack, what, headers=bearer, token=token)):
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert answer.headers["WWW-Authenticate"].startswith("Basic")
        assert answer.headers["Cache-Control"] == "no-store"
    for form in ({}, {"token": ""}, {"token": [token, token]}, {"token": token, "client_secret": client[1]},
                 {"token": token, "client_id": "other"}):
        answer = tell(stack, what, auth=client, **form)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request"), form
    answer = requests.post(f"{stack.url}/oauth2/{what}?token=x", auth=client, data={"token": token}, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert requests.get(f"{stack.url}/oauth2/{what}", timeout=10).status_code == 405
    assert read(stack, token).status_code == 200


def test_a_disabled_client_may_not_ask(stack):
    client, token = new(stack)
    assert stack.run("client", "disable", client[0]).returncode == 0
    assert tell(stack, "introspect", auth=client, token=token).status_code == 401
    assert tell(stack, "revoke", auth=client, token=token).status_code == 401
    asking, _ = new(stack)
    assert tell(stack, "introspect", auth=asking, token=token).json() == {"active": False}


def test_a_strangers_token_is_not_revoked(stack):
    client, token = new(stack)
    stranger, _ = new(stack)
    answer = tell(stack, "revoke", auth=stranger, token=token)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert read(stack, token).status_code == 200
    assert tell(stack, "introspect", auth=stranger, token=token).json()["active"] is True


def test_every_worker_refuses_a_revoked_token_within_five_seconds(stack):
    client, token = new(stack)
    other = token_of(stack, client)
    for _ in range(40):  # every worker remembers it
        assert read(stack, token).status_code == 200
    assert tell(stack, "revoke", auth=client, token=token).status_code == 200
    assert tell(stack, "introspect", auth=client, token=token).json() == {"active": False}
    time.sleep(5.1)
    for _ in range(40):
        answer = read(stack, token)
        assert answer.status_code == 401 and 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert read(stack, other).status_code == 200
    assert tell(stack, "revoke", auth=client, token=token).status_code == 200


def test_metadata(stack):
    said = requests.get(stack.url + METADATA, timeout=10).json()
    assert said["issuer"] == stack.url
    for name in ("token_endpoint", "introspection_endpoint", "revocation_endpoint"):
        assert requests.get(said[name], timeout=10).status_code == 405  # is there, and takes POST
    assert requests.get(said["jwks_uri"], timeout=10).json()["keys"]
    assert said["response_types_supported"] == ["code"] and "items:read" in said["scopes_supported"]


# ---- clients that sign themselves in by a key ----

class Robot:
    def __init__(self, stack, tmp_path):
        self.stack, (self.client, _) = stack, new(stack)
        self.key = ec.generate_private_key(ec.SECP256R1())
        file = tmp_path / "public.pem"
        file.write_bytes(self.key.public_key().public_bytes(serialization.Encoding.PEM,
                                                            serialization.PublicFormat.SubjectPublicKeyInfo))
        done = stack.run("client", "key", self.client[0], "--public-key", str(file))
        assert done.returncode == 0, done.stderr
        self.kid = done.stdout.split()[1]

    def private_pem(self):
        return self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                      serialization.NoEncryption()).decode()

    def sign(self, header=None, **claims):
        now = int(time.time())
        head = {"alg": "ES256", "kid": self.kid, **(header or {})}
        body = {"iss": self.client[0], "sub": self.client[0], "aud": self.stack.url, "iat": now, "exp": now + 60,
                "jti": uuid.uuid4().hex, **claims}
        text = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
                        for part in (head, body))
        r, s = decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        signature = base64.urlsafe_b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).rstrip(b"=").decode()
        SECRETS.append(f"{text}.{signature}")
        return SECRETS[-1]

    def ask(self, assertion, what="token", headers=None, **form):
        return tell(self.stack, what, headers=headers, **{
            "grant_type": "client_credentials", "client_assertion_type": ASSERTION, "client_assertion": assertion,
            **form})


@pytest.fixture
def robot(stack, tmp_path):
    return Robot(stack, tmp_path)


def test_a_key_instead_of_a_secret_at_all_endpoints(stack, robot):
    answer = robot.ask(robot.sign())
    assert answer.status_code == 200, answer.text
    token = answer.json()["access_token"]
    SECRETS.append(token)
    assert read(stack, token).status_code == 200
    assert robot.ask(robot.sign(aud=stack.url + "/oauth2/token"), client_id=robot.client[0]).status_code == 200
    assert robot.ask(robot.sign(), "introspect", token=token).json()["active"] is True
    assert robot.ask(robot.sign(), "revoke", token=token).status_code == 200
    assert robot.ask(robot.sign(), "introspect", token=token).json() == {"active": False}


def test_an_assertion_is_good_once(robot):
    assertion = robot.sign()
    with concurrent.futures.ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda _: robot.ask(assertion).status_code, range(24)))
    assert sorted(answers) == [200] + [401] * 23
    assert robot.ask(assertion, "introspect", token="x").status_code == 401


def test_assertions_that_are_refused(stack, robot, tmp_path):
    now, other = int(time.time()), Robot(stack, tmp_path)
    wrong = {
        "for others": robot.sign(aud="https://evil.example"),
        "for others as well": robot.sign(aud=[stack.url, "https://evil.example"]),
        "too long": robot.sign(exp=now + 400),
        "over": robot.sign(exp=now - 1),
        "not yet": robot.sign(nbf=now + 100),
        "another issuer": robot.sign(iss="other"),
        "another client": robot.sign(iss=other.client[0], sub=other.client[0]),
        "nobody": robot.sign(iss="bc-nobody", sub="bc-nobody"),
        "no name": robot.sign(jti=None),
        "no key": robot.sign(header={"kid": None}),
        "another client's key": robot.sign(header={"kid": other.kid}),
        "none": robot.sign(header={"alg": "none"}),
        "a shared secret": robot.sign(header={"alg": "HS256"}),
        "crit": robot.sign(header={"crit": ["exp"]}),
        "an access token": token_of(stack, robot.client),
        "garbage": "x", "dots": "a.b.c", "long": "x" * 100_000,
    }
    for why, assertion in wrong.items():
        answer = robot.ask(assertion)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client"), why
    assert robot.ask(robot.sign(), client_id=other.client[0]).status_code == 401
    for form in ({"client_secret": "x"}, {"client_assertion_type": "x"}, {"client_assertion_type": ""},
                 {"client_assertion": ""}, {"headers": {"Authorization": "Basic eDp5"}}):
        answer = robot.ask(**{"assertion": robot.sign(), **form})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request"), form
    assert robot.ask(robot.sign()).status_code == 200


def test_an_assertion_opens_nothing_but_the_endpoints(stack, robot):
    assert read(stack, robot.sign()).status_code == 401


def test_a_removed_key_signs_nobody_in(stack, robot):
    assert stack.run("client", "key", robot.client[0]).stdout.startswith(robot.kid + "\t")
    assert stack.run("client", "key", robot.client[0], "--remove", robot.kid).returncode == 0
    assert stack.run("client", "key", robot.client[0]).stdout == ""
    assert robot.ask(robot.sign()).status_code == 401
    assert stack.run("client", "key", robot.client[0], "--remove", robot.kid).returncode == 1


def test_a_private_key_is_not_taken_for_a_public_one(stack, robot, tmp_path):
    file = tmp_path / "private.pem"
    file.write_text(robot.private_pem())
    done = stack.run("client", "key", robot.client[0], "--public-key", str(file))
    assert done.returncode == 1 and "public key" in done.stderr


def test_clients_of_others(stack, robot):
    """oauth4webapi and jose: discovery, tokens by each way of signing in, keys, introspection, revocation."""
    given = {"url": stack.url, "client_id": robot.client[0], "client_secret": robot.client[1], "kid": robot.kid,
             "private_pem": robot.private_pem()}
    done = subprocess.run(["node", str(NPM / "clients.mjs")], input=json.dumps(given), text=True,
                          capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [name for name, _ in lines] == ["client_secret_basic", "client_secret_post", "private_key_jwt"]
    SECRETS.extend(token for _, token in lines)


@pytest.mark.parametrize("public", [False, True])
def test_an_app_of_others(stack, public):
    """openid-client: discovery, the code with PKCE and a person's consent, refresh tokens, a reused one."""
    api = client.Api(stack.url, new(stack, "clients:write items:read items:write stock:read")[1])
    app = App(stack, api, uri="https://app.example/back", public=public)
    given = {"url": stack.url, "client_id": app.made["client_id"], "client_secret": app.secret,
             "redirect_uri": app.uri, "scope": SCOPE}
    program = subprocess.Popen(["node", str(NPM / "app.mjs")], text=True, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    print(json.dumps(given), file=program.stdin, flush=True)
    asked = 0
    for address in program.stdout:
        parameters = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address.strip()).query))
        answer = app.browser.submit("/oauth2/authorize", decision="allow", **parameters)
        SECRETS.append(back(answer, app.uri)["code"])
        print(answer.headers["Location"], file=program.stdin, flush=True)
        asked += 1
    _, said = program.communicate(timeout=60)
    assert (program.returncode, asked) == (0, 3), said


# ---- the turns of the keys ----

def listed(stack):
    done = stack.run("key", "list")
    assert done.returncode == 0, done.stderr
    return [line.split("\t") for line in done.stdout.splitlines()]


def test_a_rotated_key_is_shown_and_does_not_sign_yet(stack):
    client, token = new(stack)
    (before, algorithm, state, _, end), = listed(stack)
    assert (algorithm, state, end) == ("ES256", "signs", "-")
    done = stack.run("key", "rotate")
    assert done.returncode == 0 and "signs in 15 minutes" in done.stdout
    following, now = listed(stack)
    assert following[2] == "next" and now[2] == "signs" and now[0] == before and now[4] != "-"
    token = token_of(stack, client)
    assert json.loads(decoded(token.split(".")[0]))["kid"] == before
    stack.serve.send_signal(1)  # new workers read the keys now, others within a minute
    installation.wait_for("the new key", lambda: {key["kid"] for key in requests.get(
        stack.url + "/.well-known/jwks.json", timeout=10).json()["keys"]} == {following[0], before})
    assert read(stack, token).status_code == 200


@pytest.mark.parametrize("arguments", [("key",), ("key", "fly"), ("key", "list", "x"), ("key", "rotate", "--now")])
def test_wrong_commands(stack, arguments):
    done = stack.run(*arguments)
    assert done.returncode == 2 and done.stderr.startswith("usage:") and not done.stdout


def test_the_budget_is_kept(stack):
    assert ask(stack, client_id="x").status_code == 401
    assert not stack.lines("statement budget exceeded")
