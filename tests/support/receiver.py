"""A web server that takes webhooks, and behaves as badly as a test wants."""

import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Message:
    def __init__(self, path, headers, body):
        self.path, self.headers, self.body = path, {name.lower(): value for name, value in headers.items()}, body
        self.event = json.loads(body)
        self.at = time.monotonic()

    @property
    def id(self):
        return self.headers["webhook-id"]

    def is_signed_by(self, secret):
        """As the Standard Webhooks have it."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        text = f"{self.id}.{self.headers['webhook-timestamp']}.".encode() + self.body
        wanted = "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
        return wanted in self.headers["webhook-signature"].split(" ")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        receiver = self.server.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        message = Message(self.path, self.headers, body)
        receiver.tried.append(message)
        way = receiver.way
        if way == "hang":
            receiver.released.wait(60)
            self.close_connection = True
            return
        if way == "half":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it")
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        if way == 200:
            receiver.taken.append(message)
        answer = receiver.answer
        self.send_response(way)
        if 300 <= way < 400:
            self.send_header("Location", receiver.url + "/elsewhere")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_GET(self):
        self.server.receiver.fetched.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def get_request(self):
        connection, address = super().get_request()
        self.receiver.connections.append(connection)
        return connection, address

    def handle_error(self, *_):
        pass  # whoever was made to wait has gone


class Receiver:
    """way: a status, "hang" or "half". tried: every message; taken: those that were answered by 200."""

    def __init__(self):
        self.tried, self.taken, self.fetched = [], [], []
        self.way, self.answer, self.released = 200, b"thanks", threading.Event()
        self.server, self.port = None, 0
        self.up()

    def up(self):
        self.connections = []
        self.server = Server(("127.0.0.1", self.port), Handler)
        self.server.receiver = self
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def down(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            for connection in self.connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
            self.server = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.released.set()
        self.down()
