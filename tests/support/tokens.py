"""Access tokens made outside of bincard, of every kind that must be refused. The forger's public key is
put among the signing keys of the installation (as a retired one), so that a refusal is for the reason a
test means and not for an unknown key."""

import base64
import json
import time

from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

KID = "forged"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Forger:
    def __init__(self, place):
        self.place = place
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.pem = self.key.public_key().public_bytes(serialization.Encoding.PEM,
                                                      serialization.PublicFormat.SubjectPublicKeyInfo)
        with place.database.owner() as db, db.cursor() as cursor:
            cursor.execute("INSERT INTO signing_key (kid, algorithm, private_sealed, public_pem, status, created_at)"
                           " VALUES (%s, 'ES256', '', %s, 'retired', '2020-01-01')", (KID, self.pem.decode()))

    def claims(self, **changes):
        """What bincard itself would put into a token of the tests' client."""
        now = int(time.time())
        claims = {"iss": "http://127.0.0.1:8080", "aud": "bincard", "sub": self.place.client_id,
                  "client_id": self.place.client_id, "scope": "items:read", "iat": now, "exp": now + 600,
                  "jti": "x", **changes}
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, header=None, sign=None, **claims):
        head = {"alg": "ES256", "kid": KID, "typ": "JWT", **(header or {})}
        text = b64(json.dumps(head).encode()) + "." + b64(json.dumps(self.claims(**claims)).encode())
        return self.place.keep_secret(text + "." + b64((sign or self.es256)(text.encode())))

    def es256(self, data):
        r, s = decode_dss_signature(self.key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def hs256(self, data):
        """The public key's text as a shared secret: the classic confusion of algorithms."""
        mac = hmac.HMAC(self.pem, hashes.SHA256())
        mac.update(data)
        return mac.finalize()
