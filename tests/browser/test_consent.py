"""An app gets in by a code, in a real browser: its policy lets the way back to the app through."""

import base64
import hashlib
import http.server
import threading
import urllib.parse

import pytest
import requests

VERIFIER = "a-verifier-of-forty-three-characters-or-more-000"


@pytest.fixture
def app():
    """Where an app waits for the browser: the paths that it was sent back to, and its address."""
    paths = []

    class Back(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            paths.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><link rel=icon href='data:,'><h1>Back at the app</h1>")

        def log_message(self, *arguments):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Back)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield paths, f"http://127.0.0.1:{server.server_port}/back"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("button", ["Allow", "Deny"])
def test_an_app_is_allowed_or_denied(site, api, unique, app, button):
    paths, back = app
    answer = api.post("/v1/api-clients", json={"name": "App " + unique, "scope": "items:read", "public": True,
                                               "grant_types": ["authorization_code"], "redirect_uris": [back]})
    assert answer.status_code == 201, answer.text
    client_id = answer.json()["client_id"]
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    site.open("/oauth2/authorize?" + urllib.parse.urlencode({
        "response_type": "code", "client_id": client_id, "redirect_uri": back, "scope": "items:read",
        "state": "s-" + unique, "code_challenge": challenge, "code_challenge_method": "S256"}))
    assert "App " + unique in site.one("h1").text and "See items and categories" in site.text()
    site.go(next(each for each in site.all("main button") if each.text == button))
    assert site.one("h1").text == "Back at the app"
    (_, query), = (path.split("?") for path in paths)
    got = dict(urllib.parse.parse_qsl(query))
    assert got["state"] == "s-" + unique and got["iss"]
    if button == "Deny":
        assert got["error"] == "access_denied" and "code" not in got
        return
    token = requests.post(site.base + "/oauth2/token", timeout=60, data={
        "grant_type": "authorization_code", "code": got["code"], "redirect_uri": back, "code_verifier": VERIFIER,
        "client_id": client_id}).json()
    headers = {"Authorization": "Bearer " + token["access_token"]}
    assert requests.get(site.base + "/v1/items", headers=headers, timeout=60).status_code == 200
    assert requests.get(site.base + "/v1/locations", headers=headers, timeout=60).status_code == 403
