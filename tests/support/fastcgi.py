"""A web server's part of FastCGI, to send a worker what no web server lets through."""

import socket

import stack as parts


def ask_worker(stack, target, body=b"", method="GET", **params):
    """One FastCGI request to the socket of `bincard serve`; the answer as bytes, empty when the worker
    hung up. A parameter of None is left out."""
    def record(kind, content):
        out = b""
        for at in range(0, len(content), 65535):
            piece = content[at:at + 65535]
            out += bytes([1, kind, 0, 1]) + len(piece).to_bytes(2, "big") + b"\0\0" + piece
        return out + bytes([1, kind, 0, 1, 0, 0, 0, 0])

    def pair(key, value):
        sizes = b"".join(bytes([len(t)]) if len(t) < 128 else (len(t) | 1 << 31).to_bytes(4, "big")
                         for t in (key, value))
        return sizes + key + value

    variables = {"REQUEST_METHOD": method, "REQUEST_URI": target, "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "x",
                 "HTTP_AUTHORIZATION": "Bearer " + stack.token, "SERVER_PROTOCOL": "HTTP/1.1",
                 "CONTENT_LENGTH": str(len(body)), **params}
    content = b"".join(pair(k.encode(), v if isinstance(v, bytes) else v.encode()) for k, v in variables.items() if v is not None)
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(60 * parts.PATIENCE)
        s.connect(str(stack.socket))
        try:
            s.sendall(bytes([1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]) + record(4, content))
            s.sendall(record(5, body) if body else bytes([1, 5, 0, 1, 0, 0, 0, 0]))
        except BrokenPipeError:
            pass
        out = b""
        try:
            while True:
                header = s.recv(8, socket.MSG_WAITALL)
                if len(header) < 8:
                    return out
                size = int.from_bytes(header[4:6], "big") + header[6]
                content = s.recv(size, socket.MSG_WAITALL) if size else b""
                if header[1] == 6:
                    out += content[:int.from_bytes(header[4:6], "big")]
        except ConnectionResetError:
            return out
