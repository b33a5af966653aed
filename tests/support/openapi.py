"""Checks answers against the OpenAPI document that the server itself gives. Schemas are taken strictly:
an answer has no member that its schema does not name, and no header of those that may be documented
which its response does not name."""

import copy
import functools
import re

import jsonschema
import requests

REFUSED_BY_THE_WEB_SERVER = (400, 413, 414, 431)
seen = set()  # (method, path) of the operations that have given a checked answer


def close(schema):
    """Forbids unnamed members in all of a schema."""
    if isinstance(schema, list):
        for part in schema:
            close(part)
    elif isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict) and "type" in schema:
            schema.setdefault("additionalProperties", False)
        for part in schema.values():
            close(part)


@functools.lru_cache(maxsize=None)
def document(base):
    answer = requests.get(base + "/v1/openapi.json", timeout=30)
    assert answer.status_code == 200, answer.text
    whole = answer.json()
    strict = copy.deepcopy(whole)
    for schema in strict["components"]["schemas"].values():
        close(schema)
    whole["strict"] = strict
    return whole


@functools.lru_cache(maxsize=None)
def patterns(base):
    """(pattern, path) of every documented path, those without parameters first."""
    paths = sorted(document(base)["paths"], key=lambda path: ("{" in path, path))
    return [(re.compile("^" + re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(path)) + "$"), path) for path in paths]


def find(base, method, path):
    """(documented path, operation), or (None, None)."""
    for pattern, documented in patterns(base):
        if pattern.match(path):
            return documented, document(base)["paths"][documented].get(method.lower())
    return None, None


@functools.lru_cache(maxsize=None)
def validator(base, reference):
    strict = document(base)["strict"]
    resolver = jsonschema.RefResolver("", strict)
    return jsonschema.Draft202012Validator({"$ref": reference}, resolver=resolver)


@functools.lru_cache(maxsize=None)
def event_validator(base, type_):
    """Of a type of event; None: the document does not know it."""
    strict = document(base)["strict"]
    if type_ not in strict["webhooks"]:
        return None
    (_, said), = strict["webhooks"][type_]["post"]["requestBody"]["content"].items()
    return jsonschema.Draft202012Validator(said["schema"], resolver=jsonschema.RefResolver("", strict))


def wrong_event(base, event):
    """What is wrong with an event, or None."""
    type_ = event.get("type")
    known = event_validator(base, type_)
    if known is None:
        return f"{type_} is no type of event that the document knows"
    error = jsonschema.exceptions.best_match(known.iter_errors(event))
    return error and f"{type_}, event {event.get('id')}: {error.json_path}: {error.message}"


def follow(whole, part):
    """A part of a document, or what it refers to."""
    reference = part.get("$ref")
    if reference is None:
        return part
    found = whole
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def response_of(base, operation, status):
    """What is said of answers of this status."""
    said = operation["responses"].get(str(status))
    if said is None and status >= 400:
        said = operation["responses"]["default"]
    assert said is not None, f"{status} is not documented"
    return follow(document(base), said)


def check(base, method, path, answer):
    documented, operation = find(base, method, path)
    if operation is None or method in ("HEAD", "OPTIONS"):
        return
    where = f"{method} {path} answered {answer.status_code}"
    kind = answer.headers.get("Content-Type", "")
    if kind.startswith("text/html") and answer.status_code in REFUSED_BY_THE_WEB_SERVER:
        return
    said = response_of(base, operation, answer.status_code)
    for name in document(base)["components"]["headers"]:
        assert name not in answer.headers or name in said["headers"], f"{where} with {name}"
    check_body(base, where, said.get("content"), kind, answer)
    if answer.status_code < 300:
        seen.add((method, documented))


def check_body(base, where, content, kind, answer):
    if content is None:
        return
    assert kind in content, f"{where} as {kind}"
    error = jsonschema.exceptions.best_match(
        validator(base, content[kind]["schema"]["$ref"]).iter_errors(answer.json()))
    assert error is None, f"{where}: {error.json_path}: {error.message}"
    if kind == "application/problem+json":
        assert answer.json()["status"] == answer.status_code
    if content[kind]["schema"]["$ref"].endswith("/EventList"):
        wrong = [said for event in answer.json()["data"] if (said := wrong_event(base, event))]
        assert not wrong, "\n".join(wrong[:20])
