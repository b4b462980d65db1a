#!/usr/bin/env python3
"""Makes Python and TypeScript clients of every document with openapi-generator, and sends each operation's example to the sandbox.

An operation passes where the client sends the documented example, decodes the response, and writes the same value again. Without Java or Node
a language is left out, and a line says so. Everything that is made goes to target/generators; the registries of Python and Node are asked for
the packages. Some minutes, so that no default test runs it.
"""

import argparse
import datetime
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

VERSION = "7.26.0"
GENERATORS = {"python": "python", "typescript": "typescript-fetch"}
HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MADE = ROOT / "target" / "generators"
METHODS = ("get", "put", "post", "delete", "patch")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--language", action="append", choices=GENERATORS, help="may be given several times; all of them by default")
    arguments.add_argument("--sandbox", metavar="URL", help="a sandbox that runs with --adopt-ids, instead of one of its own")
    arguments.add_argument("vendor", nargs="*", help="folders in crates/; all of them by default")
    arguments = arguments.parse_args()
    documents = {path.parent.name: json.loads(path.read_text()) for path in sorted(ROOT.glob("crates/*/openapi.json"))}
    if unknown := [vendor for vendor in arguments.vendor if vendor not in documents]:
        sys.exit(f"no vendor is called {unknown[0]}: write one of {', '.join(documents)}")
    documents = {vendor: documents[vendor] for vendor in arguments.vendor or documents}

    languages = [language for language in arguments.language or GENERATORS if has_tools(language)]
    if not languages:
        return
    process, base = (None, arguments.sandbox.rstrip("/")) if arguments.sandbox else start_sandbox()
    failed = 0
    try:
        for language in languages:
            for vendor, document in documents.items():
                failed += run(language, vendor, document, base)
    finally:
        if process:
            process.terminate()
    sys.exit(1 if failed else 0)


def has_tools(language):
    """Whether the machine has what a language needs; a line where it does not."""
    needed = {"python": ["java"], "typescript": ["java", "node", "npm"]}[language]
    missing = [tool for tool in needed if not shutil.which(tool)]
    if missing:
        print(f"{language}: left out, because {' and '.join(missing)} cannot be found")
    return not missing


def start_sandbox():
    """A sandbox at a free port, and its address."""
    subprocess.run(["cargo", "build", "--quiet", "-p", "reachout"], cwd=ROOT, check=True)
    program = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "reachout"
    command = [program, "sandbox", "--port", "0", "--adopt-ids", "--quiet"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if found := re.search(r"Dashboard: (http://\S+?)/?\s", line):
            return process, found[1]
    sys.exit("the sandbox did not start")


def run(language, vendor, document, base):
    """Sends every example of a vendor with a client of this language; how many failed."""
    client = generate(language, vendor)
    calls = list(examples(document))
    sandbox = get(f"{base}/_sandbox")["vendors"][vendor]
    task = {"vendor": vendor, "client": str(client), "base": base, "url": sandbox["base_url"], "key": sandbox["api_key"], "calls": calls}
    file = MADE / f"{vendor}-{language}.json"
    file.write_text(json.dumps(task))
    if language == "python":
        command = [MADE / "venv" / "bin" / "python", HERE / "call.py", file]
    else:
        command = ["node", HERE / "call.mjs", file]
    results = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    failed = 0
    for call, result in zip(calls, results, strict=True):
        if problem := judge(call, result):
            failed += 1
            print(f"{language} {vendor} {call['operation']}: {problem}")
    print(f"{language} {vendor}: {len(calls) - failed} of {len(calls)} operations", flush=True)
    return failed


def generate(language, vendor):
    """The folder of a client."""
    client = MADE / language / vendor.replace("-", "_")
    shutil.rmtree(client, ignore_errors=True)
    venv = MADE / "venv"
    if not (venv / "bin" / "openapi-generator-cli").exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([venv / "bin" / "pip", "install", "--quiet", f"openapi-generator-cli=={VERSION}"], check=True)
    log = MADE / f"{vendor}-{language}.log"
    # Two vendors write some fields in both spellings, which are one name where the generator may choose it.
    properties = f"packageName=openapi_{vendor.replace('-', '_')},modelPropertyNaming=original"
    document = ROOT / "crates" / vendor / "openapi.json"
    command = [venv / "bin" / "openapi-generator-cli", "generate", "-g", GENERATORS[language], "-i", document, "-o", client]
    with log.open("w") as output:
        subprocess.run([*command, "--additional-properties", properties], check=True, stdout=output, stderr=output)
    if language == "python":
        subprocess.run([venv / "bin" / "pip", "install", "--quiet", "-r", client / "requirements.txt"], check=True)
    else:
        tools = MADE / "node"
        if not (tools / "node_modules" / "typescript").exists():
            subprocess.run(["npm", "install", "--silent", "--prefix", tools, "typescript@5", "@types/node@20"], check=True)
        compiler = [tools / "node_modules" / ".bin" / "tsc", "--target", "es2022", "--module", "commonjs", "--strict", "--skipLibCheck"]
        compiler += ["--typeRoots", tools / "node_modules" / "@types", "--types", "node", "--outDir", client / "dist", client / "index.ts"]
        subprocess.run(compiler, check=True)
    return client


def examples(document):
    """Every operation, with the documented value of each parameter and of the body."""
    for path, item in document["paths"].items():
        for method in (method for method in METHODS if method in item):
            operation = item[method]
            parameters = [resolved(document, one) for one in item.get("parameters", []) + operation.get("parameters", [])]
            content = resolved(document, operation.get("requestBody", {})).get("content", {})
            media_type, body = next(iter(content.items()), (None, {}))
            yield {
                "operation": operation["operationId"],
                "tag": operation["tags"][0],
                "parameters": [parameter(document, one) for one in parameters if has_value(document, one)],
                "media_type": media_type,
                "body": value(document, body) if body else None,
            }


def parameter(document, node):
    is_time = resolved(document, node.get("schema", {})).get("format") in ("date", "date-time")
    return {"name": node["name"], "value": value(document, node), "is_time": is_time}


def resolved(document, node):
    while "$ref" in node:
        found = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        node = found
    return node


def has_value(document, parameter):
    return parameter.get("required") or value(document, parameter) is not None


def value(document, node):
    """The documented value of a parameter or a body."""
    if "example" in node:
        return node["example"]
    for named in node.get("examples", {}).values():
        return resolved(document, named)["value"]
    schema = resolved(document, node.get("schema", {}))
    return schema.get("example", schema.get("enum", [None])[0])


def judge(call, result):
    """What is wrong with a call, or nothing."""
    if "error" in result:
        return result["error"]
    sent = [one for one in result["log"] if one["operation"] == call["operation"]]
    if not sent:
        return "the sandbox received another operation"
    if call["media_type"] == "application/json" and not same(plain(sent[0]["body"]), plain(call["body"])):
        return f"sent {json.dumps(sent[0]['body'])} instead of {json.dumps(call['body'])}"
    if not same(plain(result["decoded"]), plain(result["received"])):
        return f"decoded {json.dumps(result['decoded'])} from {json.dumps(result['received'])}"
    return None


def plain(value):
    """A value without what clients write in ways of their own: null for nothing, and times as one instant."""
    if isinstance(value, dict):
        return {key: plain(below) for key, below in value.items() if below is not None}
    if isinstance(value, list):
        return [plain(below) for below in value]
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d([T ].*)?", value):
        try:
            time = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            return value
        return (time if time.tzinfo else time.replace(tzinfo=datetime.timezone.utc)).timestamp()
    return value


def same(one, other):
    """Whether two values are equal; the sandbox logs no secret."""
    if one == "[redacted]":
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def get(url):
    with urllib.request.urlopen(url) as response:
        return json.load(response)


if __name__ == "__main__":
    main()
