"""Codes by the time (RFC 6238) as an authenticator computes them."""

import base64
import hashlib
import hmac
import struct
import time

STEP = 30


def now():
    """The present step. Waits when the next one is near, so that a test knows what the server takes."""
    if time.time() % STEP > STEP - 4:
        time.sleep(STEP - time.time() % STEP + 0.1)
    return int(time.time() // STEP)


def code(secret, step=None):
    """Of a secret as pages show it: base32 in groups."""
    key = base64.b32decode(secret.replace(" ", ""))
    mac = hmac.new(key, struct.pack(">Q", now() if step is None else step), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000:06d}"
