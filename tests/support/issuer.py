"""Another issuer of tokens: a provider over HTTPS, with an authority of its own, on this host. One server
is several issuers, by the first part of the path, each with its own keys and manners."""
import base64
import datetime
import http.server
import ipaddress
import json
import ssl
import threading
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(n, size=None):
    return b64(n.to_bytes(size or (n.bit_length() + 7) // 8, "big"))


class Key:
    """A key pair of one algorithm."""

    def __init__(self, algorithm, kid):
        self.algorithm, self.kid = algorithm, kid
        if algorithm in ("RS256", "PS256"):
            self.private = rsa.generate_private_key(65537, 2048)
        elif algorithm == "EdDSA":
            self.private = ed25519.Ed25519PrivateKey.generate()
        else:
            self.private = ec.generate_private_key(ec.SECP256R1() if algorithm == "ES256" else ec.SECP384R1())

    def jwk(self):
        jwk = {"kid": self.kid, "alg": self.algorithm, "use": "sig"}
        public = self.private.public_key()
        if self.algorithm in ("RS256", "PS256"):
            n = public.public_numbers()
            return {**jwk, "kty": "RSA", "n": number(n.n), "e": number(n.e)}
        if self.algorithm == "EdDSA":
            raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
            return {**jwk, "kty": "OKP", "crv": "Ed25519", "x": b64(raw)}
        n, size = public.public_numbers(), public.key_size // 8
        return {**jwk, "kty": "EC", "crv": f"P-{public.key_size}", "x": number(n.x, size), "y": number(n.y, size)}

    def pem(self):
        return self.private.public_key().public_bytes(serialization.Encoding.PEM,
                                                      serialization.PublicFormat.SubjectPublicKeyInfo)

    def sign(self, data):
        if self.algorithm == "RS256":
            return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())
        if self.algorithm == "PS256":
            return self.private.sign(data, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
        if self.algorithm == "EdDSA":
            return self.private.sign(data)
        digest, size = (hashes.SHA256(), 32) if self.algorithm == "ES256" else (hashes.SHA384(), 48)
        r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(digest)))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")


class Issuer:
    """manner: "good", "down" (hangs up), "slow", "redirect", "large", "liar" (its metadata is another's)."""

    def __init__(self, provider, name):
        self.url = f"{provider.url}/{name}"
        self.keys = [Key("ES256", f"{name}-1")]
        self.manner = "good"
        self.asked = []

    def token(self, key=None, header=None, sign=None, drop=(), **claims):
        key = key or self.keys[0]
        now = int(time.time())
        head = {"alg": key.algorithm, "kid": key.kid, "typ": "at+jwt", **(header or {})}
        body = {"iss": self.url, "aud": "stock", "sub": "robot", "iat": now, "exp": now + 600,
                "scope": "items:read", **claims}
        for part, name in drop:
            {"header": head, "claims": body}[part].pop(name)
        text = b64(json.dumps(head).encode()) + "." + b64(json.dumps(body).encode())
        return text + "." + b64((sign or key.sign)(text.encode()))

    def documents(self, path):
        """Status, headers, body."""
        if self.manner == "redirect":
            return 302, {"Location": self.url + "/moved" + path}, b""
        if path.removeprefix("/moved") == "/.well-known/openid-configuration":
            issuer = "https://elsewhere.example" if self.manner == "liar" else self.url
            return 200, {}, json.dumps({"issuer": issuer, "jwks_uri": self.url + "/keys"}).encode()
        if path.removeprefix("/moved") == "/keys":
            return 200, {}, json.dumps({"keys": [key.jwk() for key in self.keys],
                                        "x": "x" * (300_000 if self.manner == "large" else 0)}).encode()
        return 404, {}, b""

    def count(self, path="/keys"):
        return self.asked.count(path)


class Provider:
    def __init__(self, folder):
        self.ca_file = folder / "ca.pem"
        self.issuers = {}
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.certificates(folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def issuer(self, name):
        self.issuers[name] = Issuer(self, name)
        return self.issuers[name]

    def certificates(self, folder):
        def certificate(name, key, issuer, issuer_key, *extensions):
            now = datetime.datetime.utcnow()
            build = x509.CertificateBuilder().subject_name(name).issuer_name(issuer)
            build = build.public_key(key.public_key()).serial_number(x509.random_serial_number())
            build = build.not_valid_before(now - datetime.timedelta(days=1))
            build = build.not_valid_after(now + datetime.timedelta(days=1))
            for extension in extensions:
                build = build.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
            return build.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

        def name(text):
            return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

        ca, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        self.ca_file.write_bytes(certificate(name("an authority"), ca, name("an authority"), ca,
                                             x509.BasicConstraints(ca=True, path_length=0)))
        (folder / "server.pem").write_bytes(certificate(
            name("provider"), key, name("an authority"), ca,
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])))
        (folder / "server.key").write_bytes(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        return folder / "server.pem", folder / "server.key"

    def handler(provider):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                _, name, *rest = self.path.split("/")
                issuer, path = provider.issuers[name], "/" + "/".join(rest)
                issuer.asked.append(path)
                if issuer.manner == "down":
                    return
                if issuer.manner == "slow":
                    time.sleep(20)
                status, headers, body = issuer.documents(path)
                self.send_response(status)
                for key, value in headers.items():
                    self.send_header(key, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    pass

            def log_message(self, *arguments):
                pass

        return Handler

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
