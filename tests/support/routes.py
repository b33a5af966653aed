"""The route table as tests read it: from app/web/routes.c itself, so that no new row is forgotten."""

import collections
import re

import stack as parts

Route = collections.namedtuple("Route", "method path kind auth permission flags status")

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


def expand(text, macros):
    """Columns with the table's shorthands written out."""
    while True:
        for name, (argument, body) in macros.items():
            call = re.search(rf"\b{name}\b(?:\((\w+)\))?", text)
            if call:
                written = re.sub(rf"\b{argument}\b", call.group(1) or "", body) if argument else body
                text = text[:call.start()] + written + text[call.end():]
                break
        else:
            return text


def table():
    folder = parts.ROOT / "app" / "web"
    text = (folder / "route_kinds.h").read_text() + (folder / "routes.c").read_text()
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S).replace("\\\n", " ")
    macros = {m[1]: (m[2], m[3].strip())
              for m in re.finditer(r"^#define (\w+)(?:\((\w+)\))?[ \t]+(.+)$", text, re.M)}
    rows = []
    for m in re.finditer(r'\{HTTP_(\w+), "([^"]+)", (.*?), [a-z]\w+, \w+,\s+"', text, re.S):
        kind, auth, permission, flags, status, budget = (part.strip() for part in expand(m[3], macros).split(","))
        rows.append(Route(m[1], m[2], kind, auth, permission, {f.strip() for f in flags.split("|")}, int(status)))
        assert budget.isdigit()
    assert len(rows) == len(re.findall(r"\{HTTP_\w+,", text)), "a row of routes.c that tests cannot read"
    return rows


ROUTES = table()
ENDLESS = ("/v1/events/stream", "/v1/events/ws")  # answers that go on: tests/api/test_streams.py reads them


def name(route):
    return f"{route.method} {route.path}"


def address(route, id_="1"):
    return route.path.replace("{id}", id_)


def permission(route):
    """As scopes spell it: PERM_ITEMS_READ is items:read."""
    return route.permission.removeprefix("PERM_").lower().replace("_", ":")
