#!/usr/bin/env python3
"""What examples/ says of our metrics, parameters and outputs, beside what /metrics writes and what the template has.

    python .ci/examples.py ADDRESS

ADDRESS is that of a running bundle. promtool says whether an expression is one.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request

import hcl2
import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
TOKEN = "campanile-development-api"
# Prometheus's own.
SCRAPED = {"up": {"job": None, "instance": None}}
WORDS_OF_PROMQL = {"sum", "min", "max", "by", "absent", "unless", "on", "or", "and", "label_values", "count"}
TAGS = ["And", "Condition", "Equals", "FindInMap", "GetAtt", "If", "Join", "Not", "Or", "Ref", "Select", "Split", "Sub"]


class Template(yaml.SafeLoader):
    """CloudFormation's short tags, whose values nothing here reads."""


for tag in TAGS:
    Template.add_constructor(f"!{tag}", lambda loader, node: None)


def written(address):
    """Each metric that /metrics writes, with the values of each label."""
    request = urllib.request.Request(f"{address}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    metrics = {}
    for line in urllib.request.urlopen(request).read().decode().splitlines():
        found = re.match(r"(\w+)(?:\{(.*)\})? ", line)
        if found and not line.startswith("#"):
            labels = metrics.setdefault(found[1], {})
            for name, value in re.findall(r'(\w+)="([^"]*)"', found[2] or ""):
                labels.setdefault(name, set()).add(value)
    return metrics | SCRAPED


def mistakes_of(expression, metrics, where):
    """Metrics, labels and values that there are not."""
    grouped = re.findall(r"(?:by|on) ?\(([^)]*)\)", expression)
    bare = re.sub(r"(?:by|on) ?\([^)]*\)", "", expression)
    selected = re.findall(r"\b([a-z_]+)(?:\{([^}]*)\})?", re.sub(r'"[^"]*"', '""', bare))
    names = {name for name, _ in selected if name not in WORDS_OF_PROMQL and name in metrics or name.startswith("campanile")}
    if not names:
        yield f"{where}: no metric of ours in {expression}"
    for name in names - metrics.keys():
        yield f"{where}: /metrics writes no {name}"
    for name, selectors in re.findall(r"\b([a-z_]+)\{([^}]*)\}", bare):
        for label, operator, value in re.findall(r'(\w+)\s*(=~|=|!=)\s*"([^"]*)"', selectors):
            known = metrics.get(name, {})
            if label not in known:
                yield f"{where}: {name} has no label {label}"
            elif operator == "=" and known[label] is not None and value not in known[label]:
                yield f"{where}: {name} has no {label} {value}"
    labels = {label for name in names & metrics.keys() for label in metrics[name]} | {"instance"}
    for label in (one.strip() for group in grouped for one in group.split(",")):
        if label not in labels:
            yield f"{where}: {sorted(names)} have no label {label}"


def promtool(expressions):
    """Whether they are expressions, by promtool's own parser."""
    rules = [{"record": f"example:{place}", "expr": one} for place, one in enumerate(expressions)]
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        json.dump({"groups": [{"name": "dashboard", "rules": rules}]}, file)
        file.flush()
        run = subprocess.run(["promtool", "check", "rules", file.name], capture_output=True, text=True)
    if run.returncode:
        yield f"examples/grafana: {run.stdout}{run.stderr}"


def of_dashboard(metrics):
    dashboard = json.loads((EXAMPLES / "grafana/campanile.json").read_text())
    panels, variables = dashboard["panels"], {variable["name"] for variable in dashboard["templating"]["list"]}
    ids = [panel["id"] for panel in panels]
    if len(set(ids)) != len(ids):
        yield "examples/grafana: two panels have one id"
    taken = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        if taken & cells or place["x"] + place["w"] > 24:
            yield f"examples/grafana: {panel['title']} lies over another panel"
        taken |= cells
        for target in panel["targets"]:
            yield from mistakes_of(target["expr"], metrics, f"examples/grafana: {panel['title']}")
    used = set(re.findall(r"\$\{?([a-z]+)\}?", json.dumps(dashboard)))
    for name in used - variables:
        yield f"examples/grafana: there is no variable {name}"
    yield from promtool([target["expr"].replace("$source", ".*") for panel in panels for target in panel["targets"]])


def of_rules(metrics):
    rules = yaml.safe_load((EXAMPLES / "prometheus/rules.yaml").read_text())
    tests = yaml.safe_load((EXAMPLES / "prometheus/rules.test.yaml").read_text())
    tested = {test["alertname"] for one in tests["tests"] for test in one["alert_rule_test"] if test.get("exp_alerts")}
    for group in rules["groups"]:
        for rule in group["rules"]:
            yield from mistakes_of(rule["expr"], metrics, f"examples/prometheus: {rule['alert']}")
            if rule["alert"] not in tested:
                yield f"examples/prometheus: no test fires {rule['alert']}"


def strings(value):
    """All texts within, as python-hcl2 leaves them."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)
    elif isinstance(value, str):
        yield value


def layout(file):
    """Where it is not as `terraform fmt` would have it: indents by two, and equals signs of one run in one column."""
    depth, run = 0, []
    for number, line in enumerate([*file.read_text().splitlines(), ""], 1):
        text = line.strip()
        closing = len(re.match(r"[\]})]*", text)[0])
        if text and line != "  " * (depth - bool(closing)) + text:
            yield f"{file.relative_to(ROOT)}:{number}: indent is not {2 * (depth - bool(closing))}"
        assignment = re.match(r" *[\w\"]+( *)= ", line)
        opens = text.endswith(("{", "[", "("))
        # One that opens a block stands for itself.
        if assignment and not opens:
            run.append((number, assignment.end()))
        else:
            if len({column for _, column in run}) > 1:
                yield f"{file.relative_to(ROOT)}:{run[0][0]}: equals signs are in several columns"
            run = []
        bare = re.sub(r'"[^"]*"|#.*', "", text)
        depth += sum(map(bare.count, "{[(")) - sum(map(bare.count, "}])"))


def of_terraform():
    template = yaml.load((ROOT / "infra/template.yaml").read_text(), Template)
    folder = EXAMPLES / "terraform"
    texts = []
    for file in [*folder.glob("*.tf"), folder / "terraform.tfvars.example"]:
        document = hcl2.loads(file.read_text())
        texts += strings(document)
        yield from layout(file)
    everything = "\n".join(file.read_text() for file in folder.glob("*.tf"))
    for output in re.findall(r'outputs\["(\w+)"\]', everything):
        if output not in template["Outputs"]:
            yield f"examples/terraform: the template has no output {output}"
    declared = set(re.findall(r'^variable "(\w+)"', everything, re.MULTILINE))
    for name in set(re.findall(r"\bvar\.(\w+)", everything)) ^ declared:
        yield f"examples/terraform: the variable {name} is declared and not used, or used and not declared"
    values = (folder / "terraform.tfvars.example").read_text()
    for name in set(re.findall(r"^(\w+)\s+=", values, re.MULTILINE)) - declared:
        yield f"examples/terraform: there is no variable {name}"
    for name in re.findall(r"^  (?:# )?(\w+)\s+= ", values, re.MULTILINE):
        if name not in template["Parameters"]:
            yield f"examples/terraform: the template has no parameter {name}"
    for capability in ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]:
        if not any(capability in text for text in texts):
            yield f"examples/terraform: {capability} is missing"


def main():
    metrics = written(sys.argv[1])
    wrong = [*of_rules(metrics), *of_dashboard(metrics), *of_terraform()]
    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"examples: {len(wrong)} mistakes")
    sys.exit(1 if wrong else 0)


main()
