"""Single sign-on in Chromium, with oidc-provider as the provider: on an installation of its own."""
import json
import os
import pathlib
import secrets
import shutil
import subprocess

import pytest

import stack as installation
from conftest import Site
from test_accessibility import CHECKS

NPM = pathlib.Path(__file__).resolve().parents[1] / "npm"
PEOPLE = {"ida": {"preferred_username": "ida", "name": "Ida Berg", "roles": ["clerk"]},
          "eve": {"preferred_username": "admin", "name": "Eve", "roles": ["administrator"]}}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    if not (NPM / "node_modules" / "oidc-provider").is_dir() or not shutil.which("node"):
        pytest.skip("no oidc-provider (npm ci --prefix tests/npm)")
    database = installation.Database(tmp_path_factory.mktemp("db"))
    own = installation.Stack(tmp_path_factory.mktemp("serve"), database, workers=2, request_timeout_ms=20000)
    own.people, own.provider_port = own.folder / "people.json", installation.free_port()
    own.provider_url = f"http://127.0.0.1:{own.provider_port}"
    secret = own.folder / "client_secret"
    secret.write_text(own.keep_secret(secrets.token_hex(16)))
    configure(own)
    provider = subprocess.Popen([*installation.DIES_WITH_US, "node", "provider.mjs"], cwd=NPM, text=True,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "NODE_NO_WARNINGS": "1"})
    try:
        provider.stdin.write(json.dumps({"port": own.provider_port, "client_id": "bincard", "url": own.url,
                                         "client_secret": secret.read_text(), "people": str(own.people)}))
        provider.stdin.close()
        while provider.stdout.readline().strip() not in ("ready", ""):
            pass
        assert provider.poll() is None
        assert own.run("migrate").returncode == 0
        own.password = own.add_user("admin")
        own.start_serve().start_web()
        yield own
        own.stop()
        assert not own.check_logs()
    finally:
        provider.terminate()
        provider.wait(20)
        own.stop()
        database.kill()


def configure(own, passwords=True):
    own.write_conf()
    text = own.conf.read_text().replace(
        "[auth]\n", f"[auth]\nissuer = {own.url}\npasswords = {str(passwords).lower()}\n")
    own.conf.write_text(text + f"""
[sso]
issuer = {own.provider_url}
client_id = bincard
client_secret_file = {own.folder}/client_secret
scopes = openid profile roles
roles_claim = roles
allow_http = true
label = Sign in with Acme
""")


class Visitor(Site):
    def __init__(self, driver, place):
        super().__init__(driver, {"BINCARD_URL": place.url})
        self.place = place

    def forget(self):
        """All cookies, of both: they are on one host."""
        self.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})

    def sign_in(self, login, path="/login"):
        """Says who it is when the provider asks for that, and agrees."""
        self.open(path)
        self.go(self.link("Sign in with Acme"))
        if self.all("input[name=login]"):
            self.one("input[name=login]").send_keys(login)
            self.one("input[name=password]").send_keys("any")
            self.go(self.one("[type=submit]"))
        if self.driver.current_url.startswith(self.place.provider_url):
            self.go(self.one("[type=submit]"))
        cookie = self.driver.get_cookie("bincard")
        if cookie:
            self.place.keep_secret(cookie["value"])


@pytest.fixture
def visitor(chromium, place):
    place.people.write_text(json.dumps(PEOPLE))
    site = Visitor(chromium, place)
    site.open("/login")
    site.forget()
    site.console()
    yield site
    site.forget()
    site.console()


def roles(place, name):
    lines = [line.split("\t") for line in place.run("user", "list").stdout.splitlines()]
    return {line[0]: line[3] for line in lines}.get(name)


def test_a_first_sign_in_makes_the_user_and_the_second_finds_it(visitor):
    assert roles(visitor.place, "ida") is None
    visitor.sign_in("ida", "/login?next=/locations")
    assert visitor.path() == "/locations" and visitor.one("a.name").text == "ida"
    assert roles(visitor.place, "ida") == "clerk"
    visitor.forget()
    visitor.sign_in("ida")
    assert visitor.path() == "/" and visitor.one("a.name").text == "ida"
    assert not [entry for entry in visitor.console() if visitor.base in entry["message"]]


def test_roles_that_are_changed_at_the_provider_are_taken_over(visitor):
    visitor.sign_in("ida")
    visitor.place.people.write_text(json.dumps({"ida": {**PEOPLE["ida"], "roles": ["viewer", "manager"]}}))
    visitor.sign_in("ida")  # is known there: no question
    assert roles(visitor.place, "ida") == "manager, viewer"
    visitor.place.people.write_text(json.dumps({"ida": {**PEOPLE["ida"], "roles": []}}))
    visitor.sign_in("ida")
    assert "gives you no role" in visitor.text()


def test_signing_out_leads_through_the_provider_and_back(visitor):
    visitor.sign_in("ida")
    visitor.go(visitor.one("form.who button"))
    installation.wait_for(
        "the provider's page", lambda: visitor.driver.current_url.startswith(visitor.place.provider_url))
    assert not [entry for entry in visitor.console() if "form-action" in entry["message"]]
    assert not visitor.driver.get_cookie("bincard")
    visitor.go(visitor.one("button[name=logout][value=yes]"))
    installation.wait_for("the sign-in page", lambda: visitor.path() == "/login")
    visitor.go(visitor.link("Sign in with Acme"))
    assert visitor.all("input[name=login]")  # the session there is over as well


def test_who_breaks_off_at_the_provider_is_told_so(visitor):
    visitor.open("/login")
    visitor.go(visitor.link("Sign in with Acme"))
    visitor.go(visitor.driver.find_element("partial link text", "Cancel"))
    assert visitor.path().startswith("/login/sso/callback") and "did not let you in" in visitor.text()
    visitor.go(visitor.link("Sign in with Acme"))
    assert visitor.all("input[name=login]")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible(visitor, width, scheme):
    driver = visitor.driver
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 400})
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia",
                           {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    try:
        for path in ("/login", "/login/sso/callback?state=x&code=y"):
            visitor.open(path)
            assert not driver.execute_script(CHECKS), path
    finally:
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_a_name_that_is_taken_here_is_not_taken_over(visitor):
    visitor.sign_in("eve")
    assert "taken here" in visitor.text() and not visitor.driver.get_cookie("bincard")


def test_without_passwords_the_provider_is_the_only_way(visitor):
    place = visitor.place
    configure(place, passwords=False)
    place.serve.terminate()
    place.serve.wait(20)
    place.start_serve()
    visitor.open("/login")
    assert not visitor.all("input[name=password]") and not visitor.all("main form")
    visitor.sign_in("ida")
    assert visitor.one("a.name").text == "ida"
    visitor.open("/account")
    assert "looks after both" in visitor.text() and not visitor.all("input[name=old_password]")
    assert place.run("user", "passwd", "admin", "--password-file", "-", input=place.password + "\n").returncode == 0
