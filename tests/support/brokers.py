"""Brokers, each a private one with a data folder of its own, on loopback, ended by its process. All have the same
face: section() is what stands in a [relay NAME], read() what has arrived, in order, as (id, CloudEvents JSON)."""

import json
import os
import random
import secrets
import socket
import subprocess

import pika
import redis

import stack as parts

USER = "bincard"


def free_port():
    """Below those that the kernel gives to whoever connects: a broker takes seconds before it takes its own, and again
    when it is started once more."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def certificate(folder):
    """Of a server at localhost, signed by itself; its key beside it."""
    made = folder / "server.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2",
                    "-keyout", folder / "server.key", "-out", made], check=True, capture_output=True)
    return made


class Broker:
    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.password = "pw-" + secrets.token_hex(12)
        self.password_file = folder / "password"
        self.password_file.write_text(self.password + "\n")
        self.process = None
        self.start()

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def section(self, name, **keys):
        """The section's text; keys replace what it has else, None takes it away."""
        lines = {"type": self.kind, "address": self.address, "user": USER, "password_file": self.password_file,
                 "timeout_ms": int(2000 * parts.PATIENCE), **self.keys(name), **keys}
        return f"[relay {name}]\n" + "".join(f"{k} = {v}\n" for k, v in lines.items() if v is not None)

    def start(self):
        self.process = subprocess.Popen([*parts.DIES_WITH_US, *self.command()], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder)
        parts.wait_for(self.kind, self.answers, 60)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def signal(self, number):
        self.process.send_signal(number)

    def end(self):
        self.stop()


class Redis(Broker):
    kind = "redis"

    def keys(self, name):
        return {"stream": name}

    def command(self):
        (self.folder / "users.acl").write_text(
            f"user default on nopass ~* &* +@all\nuser {USER} on >{self.password} ~* +@all -@dangerous\n")
        return ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder),
                "--save", "", "--appendonly", "yes", "--appendfsync", "always", "--aclfile",
                str(self.folder / "users.acl")]

    def connect(self):
        return redis.Redis(port=self.port, socket_timeout=10)

    def answers(self):
        try:
            return self.connect().ping()
        except (redis.exceptions.ConnectionError, redis.exceptions.BusyLoadingError):
            return False

    def prepare(self, name):
        """What a relay of this name sends into."""

    def read(self, name):
        return [(fields[b"id"].decode(), json.loads(fields[b"event"])) for _, fields in
                self.connect().xrange(name)]


class RabbitMQ(Broker):
    kind = "rabbitmq"

    def __init__(self, folder):
        self.epmd_port, self.tls_port, self.epmd, self.taken = free_port(), free_port(), None, {}
        self.certificate = certificate(folder)
        super().__init__(folder)

    def keys(self, name):
        return {"exchange": name}

    def start(self):
        if not self.epmd:  # by itself Erlang would start one that stays behind
            self.epmd = subprocess.Popen([*parts.DIES_WITH_US, "epmd", "-port", str(self.epmd_port), "-address",
                                          "127.0.0.1"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL)
        super().start()

    def command(self):
        (self.folder / "rabbitmq.conf").write_text(f"""listeners.tcp.1 = 127.0.0.1:{self.port}
listeners.ssl.1 = 127.0.0.1:{self.tls_port}
ssl_options.certfile = {self.folder}/server.pem
ssl_options.keyfile = {self.folder}/server.key
default_user = {USER}
default_pass = {self.password}
loopback_users = none
log.file = {self.folder}/rabbit.log
""")
        (self.folder / "enabled_plugins").write_text("[].\n")
        settings = {"HOME": self.folder, "ERL_EPMD_PORT": self.epmd_port, "RABBITMQ_NODENAME": f"t{self.port}@localhost",
                    "RABBITMQ_DIST_PORT": free_port(), "RABBITMQ_CONFIG_FILE": self.folder / "rabbitmq.conf",
                    "RABBITMQ_MNESIA_BASE": self.folder, "RABBITMQ_LOG_BASE": self.folder,
                    "RABBITMQ_ENABLED_PLUGINS_FILE": self.folder / "enabled_plugins",
                    "RABBITMQ_CONF_ENV_FILE": "/dev/null", "RABBITMQ_ALLOW_INPUT": "1",
                    "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-noinput +S 1:1 +sbwt none"}
        return ["env", *(f"{name}={value}" for name, value in settings.items()),
                "/usr/lib/rabbitmq/bin/rabbitmq-server"]

    def connect(self):
        return pika.BlockingConnection(pika.ConnectionParameters(
            "127.0.0.1", self.port, credentials=pika.PlainCredentials(USER, self.password)))

    def answers(self):
        assert self.process.poll() is None, (self.folder / "rabbit.log").read_text()[-2000:]
        try:
            self.connect().close()
            return True
        except (pika.exceptions.AMQPError, OSError):
            return False

    def prepare(self, name, **arguments):
        connection = self.connect()
        channel = connection.channel()
        channel.exchange_declare(name, "topic", durable=True)
        channel.queue_declare(name, durable=True, arguments=arguments)
        channel.queue_bind(name, name, "bincard.#")
        connection.close()

    def read(self, name):
        connection = self.connect()
        channel = connection.channel()
        taken = self.taken.setdefault(name, [])
        while (message := channel.basic_get(name, auto_ack=True))[0]:
            method, properties, body = message
            event = json.loads(body)
            assert properties.content_type.startswith("application/cloudevents+json")
            assert properties.delivery_mode == 2 and properties.type == event["type"] == method.routing_key
            taken.append((properties.message_id, event))
        connection.close()
        return taken

    def end(self):
        self.stop()
        self.epmd.kill()
        self.epmd.wait()


class Kafka(Broker):
    """librdkafka's mock cluster of one broker, in a process of tests/support/kafka_mock.c. It knows no accounts."""
    kind = "kafka"

    def __init__(self, folder):
        program = folder / "kafka_mock"
        subprocess.run(["cc", "-O1", "-o", program, parts.ROOT / "tests" / "support" / "kafka_mock.c", "-lrdkafka"],
                       check=True)
        self.mock = subprocess.Popen([*parts.DIES_WITH_US, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     text=True, env={**os.environ, "ASAN_OPTIONS": ""})
        self.bootstrap = self.mock.stdout.readline().strip()
        super().__init__(folder)

    @property
    def address(self):
        return self.bootstrap

    def keys(self, name):
        return {"topic": name, "user": None, "password_file": None}

    def tell(self, *words):
        self.mock.stdin.write(" ".join(map(str, words)) + "\n")
        self.mock.stdin.flush()
        return list(iter(self.mock.stdout.readline, "ok\n"))

    def start(self):
        self.tell("up")

    def stop(self):
        self.tell("down")

    def prepare(self, name, partitions=1):
        self.tell("create", name, partitions)

    def read(self, name, partitions=1):
        read = []
        for line in self.tell("read", name, partitions):
            _, key, id_, kind, value = line.rstrip("\n").split("\t")
            event = json.loads(value)
            assert key == event["subject"] and kind.startswith("application/cloudevents+json")
            read.append((id_, event))
        return read

    def end(self):
        self.mock.kill()
        self.mock.wait()
