"""Checks answers against the OpenAPI document that the server itself gives. Schemas are taken strictly:
an answer has no member that its schema does not name, but for problems, whose errors may say more."""

import copy
import functools
import re

import jsonschema
import requests

LOOSE = ("Problem",)
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
    for name, schema in strict["components"]["schemas"].items():
        if name not in LOOSE:
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


def schema_of(operation, status):
    """The reference of the schema of an answer; None when it has no body."""
    said = operation["responses"].get(str(status))
    assert said is not None, f"{status} is not documented"
    return said.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref")


def check(base, method, path, answer):
    documented, operation = find(base, method, path)
    if operation is None or answer.status_code in (304, 431) or method in ("HEAD", "OPTIONS"):
        return
    where = f"{method} {path} answered {answer.status_code}"
    kind = answer.headers.get("Content-Type", "")
    if answer.status_code >= 400:
        if kind == "application/problem+json":
            validator(base, "#/components/schemas/Problem").validate(answer.json())
            assert answer.json()["status"] == answer.status_code
        else:
            assert path == "/oauth2/token" or answer.status_code in (400, 413, 414), f"{where} as {kind}"
        return
    reference = schema_of(operation, answer.status_code)
    if reference is None:
        return
    assert kind == "application/json", f"{where} as {kind}"
    error = jsonschema.exceptions.best_match(validator(base, reference).iter_errors(answer.json()))
    assert error is None, f"{where}: {error.json_path}: {error.message}"
    seen.add((method, documented))
