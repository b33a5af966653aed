"""Clients of a running bincard: one that checks every answer against the OpenAPI document, a signed-in
browser, and a bare one for load."""

import http.client
import itertools
import json
import random
import re
import threading
import time
import urllib.parse

import requests
import requests.adapters

import openapi


class Answer:
    """What the bare client gets; as much of requests' answer as tests of load need."""

    def __init__(self, status, headers, text):
        self.status_code = status
        self.headers = headers
        self.text = text

    def json(self):
        return json.loads(self.text)


def get_token(base, client_id, secret, scope=None):
    data = {"grant_type": "client_credentials", **({"scope": scope} if scope else {})}
    answer = requests.post(base + "/oauth2/token", data=data, auth=(client_id, secret), timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


class Api(requests.Session):
    """requests with a bearer token, or without one; addresses are relative to the server's. Raises on
    no status, but fails on an answer that is not what the OpenAPI document says."""

    def __init__(self, base, token=None, check=True):
        super().__init__()
        self.trust_env = False
        self.base = base
        self.check = check
        if token:
            self.headers["Authorization"] = "Bearer " + token

    def request(self, method, url, **kwargs):
        kwargs.setdefault("timeout", 60)
        kwargs.setdefault("allow_redirects", False)
        answer = super().request(method, self.base + url if url.startswith("/") else url, **kwargs)
        if self.check:
            openapi.check(self.base, method.upper(), urllib.parse.urlsplit(answer.request.url).path, answer)
        return answer


class From(requests.adapters.HTTPAdapter):
    """Connects from that local address: browser.mount("http://", From("127.0.0.2"))."""

    def __init__(self, address):
        self.address = address
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, source_address=(self.address, 0), **kwargs)


_addresses = itertools.count(1)


def fresh_address():
    """A local address that no test has tried to sign in from: tries are counted by address."""
    n = next(_addresses)
    return f"127.77.{n // 250}.{n % 250 + 1}"


class Browser(requests.Session):
    """A signed-in member of staff. post() sends the session's CSRF token as forms do."""

    def __init__(self, base):
        super().__init__()
        self.trust_env = False
        self.base = base
        self.csrf = None

    def request(self, method, url, **kwargs):
        kwargs.setdefault("timeout", 60)
        kwargs.setdefault("allow_redirects", False)
        return super().request(method, self.base + url if url.startswith("/") else url, **kwargs)

    def sign_in(self, name, password, keep=lambda text: text):
        answer = self.post("/login", data={"name": name, "password": password})
        assert answer.status_code == 303, answer.text
        for cookie in self.cookies:
            keep(cookie.value)
        self.csrf = re.search(r'name="csrf" value="([^"]+)"', self.get("/account").text).group(1)
        keep(self.csrf)
        return self

    def submit(self, path, **fields):
        return self.post(path, data={"csrf": self.csrf, **fields})


class Bare:
    """One connection, JSON in and out, nothing checked: quick, for threads that press hard."""

    def __init__(self, base, token):
        self.where = urllib.parse.urlsplit(base).netloc
        self.headers = {"Authorization": "Bearer " + token, "Content-Type": "application/json"}
        self.connection = None

    def ask(self, method, path, body=None, timeout=60, **headers):
        """Raises OSError or http.client.HTTPException when there is no whole answer."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.where, timeout=timeout)
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        try:
            self.connection.request(method, path, None if body is None else json.dumps(body), sent)
            answer = self.connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode())
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def post(self, path, body, **headers):
        return self.ask("POST", path, body, **headers)

    def get(self, path):
        return self.ask("GET", path)

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Crowd:
    """n threads that begin together; what one of them raises is raised by run()."""

    def __init__(self, n):
        self.n = n

    def run(self, work):
        """Calls work(i) in each thread; the results, in order."""
        results, failures = [None] * self.n, []
        gate = threading.Barrier(self.n)

        def one(i):
            try:
                gate.wait()
                results[i] = work(i)
            except BaseException as failure:  # noqa: B902 -- given back to the test
                failures.append(failure)

        threads = [threading.Thread(target=one, args=(i,)) for i in range(self.n)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
        return results


def pause():
    time.sleep(random.uniform(0, 0.01))
