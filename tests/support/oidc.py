"""A provider of single sign-on (OpenID Connect) on this host's loopback address, whose answers a test can
spoil in any way. What a person would do at its pages, a test does by agree()."""
import base64
import hashlib
import http.server
import json
import secrets
import threading
import time
import urllib.parse

from issuer import Key, b64

CLIENT = "bincard at a:b"  # to be form-encoded before it goes into HTTP Basic


class Provider:
    def __init__(self):
        self.secret = "s%/+ " + secrets.token_hex(12)
        self.key = Key("ES256", "sso-1")
        self.stranger = Key("ES256", "sso-1")  # of the same name, and nobody's
        self.codes, self.asked = {}, []
        self.reset()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def reset(self):
        """Good manners again."""
        self.down = False  # hangs up
        self.hang = 0  # seconds before any answer
        self.metadata, self.claims, self.header, self.drop = {}, {}, {}, ()
        self.tokens = {}  # instead of what the token endpoint says
        self.status = None
        self.info = None  # claims that userinfo has
        self.sign = self.key.sign

    def agree(self, url, sub, **claims):
        """The address that the browser is sent back to."""
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
        assert url.startswith(self.url + "/auth?") and asked["response_type"] == "code", url
        assert asked["client_id"] == CLIENT and asked["code_challenge_method"] == "S256"
        assert len(asked["state"]) == len(asked["nonce"]) == len(asked["code_challenge"]) == 43
        code = secrets.token_urlsafe(24)
        self.codes[code] = (asked, {"sub": sub, **claims})
        return asked["redirect_uri"] + "?" + urllib.parse.urlencode(
            {"code": code, "state": asked["state"], "iss": self.url, "session_state": "unknown parameters are ignored"})

    def document(self):
        return {"issuer": self.url, "authorization_endpoint": self.url + "/auth", "token_endpoint": self.url + "/token",
                "jwks_uri": self.url + "/keys", "end_session_endpoint": self.url + "/end?tenant=1",
                "userinfo_endpoint": self.url + "/me", "authorization_response_iss_parameter_supported": True,
                **self.metadata}

    def id_token(self, asked, claims, access_token):
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        body = {"iss": self.url, "aud": CLIENT, "iat": int(time.time()), "exp": int(time.time()) + 60,
                "nonce": asked["nonce"], "at_hash": b64(half), **claims, **self.claims}
        body = {name: value for name, value in body.items() if name not in self.drop}
        text = ".".join(b64(json.dumps(part).encode()) for part in
                        ({"alg": "ES256", "kid": "sso-1", "typ": "JWT", **self.header}, body))
        return text + "." + b64(self.sign(text.encode()))

    def token(self, form, authorization):
        expected = ":".join(urllib.parse.quote(text, safe="") for text in (CLIENT, self.secret))
        if authorization != "Basic " + base64.b64encode(expected.encode()).decode():
            return 401, {"error": "invalid_client"}
        asked, claims = self.codes.pop(form["code"], (None, None))
        if not asked or form["redirect_uri"] != asked["redirect_uri"] or \
                b64(hashlib.sha256(form["code_verifier"].encode()).digest()) != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        access_token = secrets.token_urlsafe(16)
        return self.status or 200, {"access_token": access_token, "token_type": "Bearer",
                                    "id_token": self.id_token(asked, claims, access_token), **self.tokens}

    def answer(self, path, form, headers):
        if path == "/.well-known/openid-configuration":
            return 200, self.document()
        if path == "/keys":
            return 200, {"keys": [self.key.jwk()]}
        if path == "/token":
            return self.token(form, headers["Authorization"])
        if path == "/me" and headers["Authorization"].startswith("Bearer "):
            return 200, self.info
        return 404, {}

    def handler(provider):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                provider.asked.append(self.path)
                time.sleep(provider.hang)
                if provider.down:
                    return
                status, document = provider.answer(self.path, dict(urllib.parse.parse_qsl(body)), self.headers)
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *arguments):
                pass

        return Handler

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
