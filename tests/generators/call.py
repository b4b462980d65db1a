"""Sends the calls of a task with the Python client that openapi-generator made, and prints the result of each as JSON."""

import importlib
import inspect
import json
import re
import sys
import traceback
import typing
import urllib.request
from pathlib import Path


def main():
    task = json.loads(Path(sys.argv[1]).read_text())
    folder = Path(task["client"])
    sys.path.insert(0, str(folder))
    package = importlib.import_module(f"openapi_{folder.name}")
    configuration = package.Configuration(host=task["url"], access_token=task["key"])
    for scheme in ("ApiKey", "ApiKeyAuth", "api_key"):
        configuration.api_key[scheme] = task["key"]
    client = package.ApiClient(configuration)
    apis = {same(name.removesuffix("Api")): api for name, api in vars(package).items() if name.endswith("Api")}
    results = []
    for call in task["calls"]:
        control(task, "POST", "reset")
        try:
            result = send(client, apis[same(call["tag"])](client), call)
        except Exception as error:  # whatever a generated client raises is what its user would see
            result = {"error": " ".join(traceback.format_exception_only(error)).strip()}
        results.append({**result, "log": control(task, "GET", "requests")})
    json.dump(results, sys.stdout)


def send(client, api, call):
    method = getattr(api, f"{call['operation']}_with_http_info")
    types = typing.get_type_hints(inspect.unwrap(method))
    values = {same(parameter["name"]): parameter["value"] for parameter in call["parameters"]}
    form = {same(name): value for name, value in call["body"].items()} if is_form(call) else {}
    arguments = {}
    for name in (name for name in inspect.signature(method).parameters if not name.startswith("_")):
        if same(name) in values:
            arguments[name] = values[same(name)]
        elif same(name) in form:
            arguments[name] = part(types[name], form[same(name)])
        elif call["body"] is not None and not form:
            arguments[name] = model(types[name], call["body"])
    response = method(**arguments)
    received = json.loads(response.raw_data) if response.raw_data and is_json(response) else None
    return {"received": received, "decoded": client.sanitize_for_serialization(response.data) if received is not None else None}


def is_form(call):
    return call["media_type"] in ("multipart/form-data", "application/x-www-form-urlencoded")


def is_json(response):
    return "json" in (response.headers or {}).get("content-type", "")


def model(annotation, body):
    """The body as the type that the method takes."""
    for one in (annotation, *typing.get_args(annotation)):
        if hasattr(one, "from_dict") and isinstance(body, dict):
            return one.from_dict(body)
    return body


def part(annotation, value):
    """A field of a form; a file where the method takes bytes."""
    if "bytes" not in str(annotation):
        return value
    return [(name, b"content") for name in value] if isinstance(value, list) else (value, b"content")


def same(name):
    """A name as the specification and the generated code both have it; a word of Python has `var_` before it there."""
    return re.sub(r"[^a-z0-9]", "", name.lower().removeprefix("var_"))


def control(task, method, path):
    with urllib.request.urlopen(urllib.request.Request(f"{task['base']}/_sandbox/{path}", method=method)) as response:
        content = response.read()
    return json.loads(content) if content else None


if __name__ == "__main__":
    main()
