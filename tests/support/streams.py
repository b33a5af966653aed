"""Readers of the feed's streams: server-sent events over a plain socket, so that a test decides when it reads."""

import http.client
import json
import re
import socket
import threading
import time
import urllib.parse

import stack as parts

BLOCK = re.compile(rb"(.*?)\n\n", re.S)


class UnixConnection(http.client.HTTPConnection):
    """To a server behind a unix socket."""

    def __init__(self, path, timeout=60):
        super().__init__("bincard", timeout=timeout)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def connection(where, timeout=60):
    """where: the address of a web server, or the path of the feed's socket."""
    if str(where).startswith("http"):
        return http.client.HTTPConnection(urllib.parse.urlsplit(str(where)).netloc, timeout=timeout)
    return UnixConnection(where, timeout)


class Stream:
    """GET /v1/events/stream, read by a thread: .events are CloudEvents, .last the last id, .comments the comments,
    .over is set when the server has closed it."""

    def __init__(self, where, headers, read=True, **params):
        self.events, self.comments, self.types, self.last, self.retry = [], [], [], None, None
        self.over = threading.Event()
        self.wire = connection(where)
        query = urllib.parse.urlencode(params)
        self.wire.request("GET", "/v1/events/stream" + ("?" + query if query else ""), headers=headers)
        self.answer = self.wire.getresponse()
        self.status = self.answer.status
        self.socket = self.answer.fp.raw._sock  # http.client has let go of it: the answer has no length
        if self.status != 200:
            self.problem = json.loads(self.answer.read())
            self.over.set()
        elif read:
            self.begin()

    def begin(self):
        threading.Thread(target=self.read, daemon=True).start()
        return self

    def read(self):
        text = b""
        try:
            while part := self.answer.read1(65536):
                *blocks, text = (text + part).split(b"\n\n")
                for block in blocks:
                    self.take(block)
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass
        self.over.set()

    def take(self, block):
        fields = {}
        for line in block.decode().split("\n"):
            name, _, value = line.partition(":")
            if name:
                fields[name] = value.removeprefix(" ")
            else:
                self.comments.append(value)
        if "retry" in fields:
            self.retry = int(fields["retry"])
        if "id" in fields:
            self.last = int(fields["id"])
        if "data" in fields:
            event = json.loads(fields["data"])
            assert (event["id"], event["type"]) == (fields["id"], fields["event"])
            self.events.append(event)

    def wait_for(self, n, seconds=10):
        """Events from the first to the n-th, when they have come."""
        parts.wait_for(f"{n} events", lambda: len(self.events) >= n, seconds)
        return self.events

    def wait_for_id(self, last, seconds=10):
        parts.wait_for(f"event {last}", lambda: self.last is not None and self.last >= last, seconds)
        return self.events

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.wire.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def quiet(stream, seconds=0.5):
    """Nothing comes for so long."""
    n = len(stream.events)
    time.sleep(seconds)
    return len(stream.events) == n
