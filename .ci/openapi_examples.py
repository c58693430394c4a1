"""Checks every example of an OpenAPI 3.1 description against its schema."""

import json
import sys

import jsonschema_rs

with open(sys.argv[1], encoding="utf-8") as file:
    description = json.load(file)

checked = 0
problems = []


def check(place, content):
    global checked
    if "example" not in content:
        return
    schema = {**content["schema"], "components": description["components"]}
    checked += 1
    for error in jsonschema_rs.validator_for(schema).iter_errors(content["example"]):
        problems.append(f"{place}: {error.message} at /{'/'.join(map(str, error.instance_path))}")


for path, methods in description["paths"].items():
    for method, operation in methods.items():
        place = f"{method} {path}"
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            check(f"{place}, request", content)
        for status, answer in operation["responses"].items():
            for content in answer.get("content", {}).values():
                check(f"{place}, {status}", content)
for name, answer in description["components"]["responses"].items():
    for content in answer["content"].values():
        check(name, content)

print("\n".join(problems) or f"{checked} examples are what their schemas say")
sys.exit(1 if problems or checked == 0 else 0)
