"""Many readers of the feed in one process, as a program of its own:

    many_readers.py stream|list WHERE... N SEED < commands

WHERE are addresses of web servers or paths of sockets, in turn. The first line of standard input is the token; readers
come and go at random, each with its cursor, and go on until "end NUMBER" is read and all of them have come to that
number. Each must get every event, in order; repeats are those that it has had already. What came is told as JSON.
"""

import http.client
import json
import pathlib
import random
import re
import selectors
import socket
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import streams  # noqa: E402

ID = re.compile(rb"(?:^|\n)id: (\d+)\nevent: ")
LEAVES = 0.004  # after so many of the chunks


class Cursor:
    """Where a reader has come to, and whether it missed anything."""

    def __init__(self):
        self.last = self.events = self.repeats = self.begun = self.cut_off = 0
        self.gap = None

    def take(self, numbers):
        if numbers and numbers[0] == self.last + 1 and numbers[-1] - numbers[0] + 1 == len(numbers):
            self.last = numbers[-1]
            self.events += len(numbers)
            return
        for number in numbers:
            if number <= self.last:
                self.repeats += 1
            elif number == self.last + 1:
                self.last = number
                self.events += 1
            elif self.gap is None:
                self.gap = (self.last, number)


class StreamReader(Cursor):
    def __init__(self, where, token):
        super().__init__()
        self.where, self.token, self.wire, self.text, self.at = where, token, None, b"", 0.0

    def begin(self):
        netloc = None if not str(self.where).startswith("http") else urllib.parse.urlsplit(self.where).netloc
        if netloc:
            host, port = netloc.split(":")
            self.wire = socket.create_connection((host, int(port)), 5)
        else:
            self.wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.wire.settimeout(5)
            self.wire.connect(self.where)
        # HTTP/1.0: an answer that is not in chunks, so that it can be read as it comes
        self.wire.sendall(f"GET /v1/events/stream HTTP/1.0\r\nHost: {netloc or 'x'}\r\nAuthorization: Bearer {self.token}\r\n"
                          f"Last-Event-ID: {self.last}\r\n\r\n".encode())
        self.wire.setblocking(False)
        self.text = b""
        self.begun += 1

    def end(self):
        self.wire.close()
        self.wire = None

    def read(self):
        """False: it has ended."""
        try:
            part = self.wire.recv(262144)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if not part:
            return False
        text = self.text + part
        whole = text.rfind(b"\n\n") + 2
        if whole >= 2:
            self.cut_off += b": too slow" in text
            self.take([int(n) for n in ID.findall(text[:whole])])
            text = text[whole - 1:]  # with a line's end before it
        self.text = text
        return True


def run_streams(readers, dice, target):
    selector = selectors.DefaultSelector()
    while any(reader.last < (target() or sys.maxsize) for reader in readers) and not any(r.gap for r in readers):
        now = time.monotonic()
        for reader in readers:
            if reader.wire is None and reader.at <= now:
                try:
                    reader.begin()
                    selector.register(reader.wire, selectors.EVENT_READ, reader)
                except OSError:
                    reader.wire, reader.at = None, now + 0.2 + dice.random() / 2
        for key, _ in selector.select(0.05):
            reader = key.data
            if not reader.read() or dice.random() < LEAVES:
                selector.unregister(reader.wire)
                reader.end()
                reader.at = time.monotonic() + dice.random() / 2


class ListReader(Cursor, threading.Thread):
    def __init__(self, where, token, dice, target):
        Cursor.__init__(self)
        threading.Thread.__init__(self)
        self.where, self.headers, self.dice, self.target = where, {"Authorization": "Bearer " + token}, dice, target

    def run(self):
        wire = None
        while self.last < (self.target() or sys.maxsize) and self.gap is None:
            try:
                if wire is None or self.dice.random() < 0.1:
                    wire = streams.connection(self.where, 30)
                    self.begun += 1
                wait = self.dice.choice(["", "", "&wait=3"])
                wire.request("GET", f"/v1/events?after={self.last}&limit=1000{wait}", headers=self.headers)
                answer = wire.getresponse()
                text = answer.read()
                if answer.status != 200:
                    raise OSError(answer.status)
                said = json.loads(text)
                self.take([int(event["id"]) for event in said["data"]])
                if not said["data"]:
                    time.sleep(0.05)
            except (OSError, http.client.HTTPException, ValueError):
                wire = None
                time.sleep(0.2)


def main():
    kind, *wheres, n, seed = sys.argv[1:]
    dice = random.Random(int(seed))
    token = sys.stdin.readline().strip()
    end = []

    def listen():
        for line in sys.stdin:
            end.append(int(line.split()[1]))

    def target():
        return end[0] if end else None

    threading.Thread(target=listen, daemon=True).start()
    where = [wheres[i % len(wheres)] for i in range(int(n))]
    if kind == "stream":
        readers = [StreamReader(w, token) for w in where]
        run_streams(readers, dice, target)
    else:
        readers = [ListReader(w, token, dice, target) for w in where]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
    print(json.dumps({
        "readers": len(readers), "least": min(r.events for r in readers), "last": min(r.last for r in readers),
        "repeats": sum(r.repeats for r in readers), "begun": sum(r.begun for r in readers),
        "cut_off": sum(r.cut_off for r in readers), "gaps": [r.gap for r in readers if r.gap]}))


main()
