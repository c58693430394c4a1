#!/usr/bin/env python3
"""Deploys with the real SAM CLI and the committed configuration into a moto of its own, answering every question with an
empty line, and does what docs/deploy.md says of upgrades and of a way back.

CloudFormation itself transforms a template, which moto does not: it is handed what SAM's own translator makes of it.

Needs target/tools of .ci/template.
"""

import contextlib
import json
import os
import pathlib
import re
import subprocess
import tempfile
import urllib.parse

import moto.cloudformation.responses
from moto.s3.models import s3_backends
from samtranslator.yaml_helper import yaml_parse

from stack import REGION, ROOT, moto_server, transformed, without_aliases

FUNCTIONS = [path.name for path in sorted((ROOT / "functions").iterdir())]
MANAGED = {
    "Resources": {"SamCliSourceBucket": {"Type": "AWS::S3::Bucket"}},
    "Outputs": {"SourceBucket": {"Value": {"Ref": "SamCliSourceBucket"}}},
}


def template_of(url, account_id, partition):
    """Moto looks for the bucket in the name of the host; sam, which was given another endpoint, puts it into the path."""
    bucket, _, key = urllib.parse.urlparse(url).path.removeprefix("/").partition("/")
    text = s3_backends[account_id][partition].get_object(bucket, key).value.decode()
    return json.dumps(without_aliases(transformed(yaml_parse(text))))


moto.cloudformation.responses.get_stack_from_s3_url = template_of


@contextlib.contextmanager
def packages():
    """A package for each function, those that are not built for as long as this lasts: nobody is to deploy them."""
    wanted = [ROOT / "target" / "lambda" / function / "bootstrap" for function in FUNCTIONS]
    stubs = [bootstrap for bootstrap in wanted if not bootstrap.exists()]
    for bootstrap in stubs:
        bootstrap.parent.mkdir(parents=True, exist_ok=True)
        bootstrap.write_text("#!/bin/sh\n")
    try:
        yield
    finally:
        for bootstrap in stubs:
            bootstrap.unlink()


def sam(url, *arguments):
    """Runs sam as `yes '' | sam …` would; a question that an empty line does not answer ends it."""
    environment = os.environ | {
        "AWS_ENDPOINT_URL": url,
        "SAM_CLI_TELEMETRY": "0",
        "PATH": f"{ROOT}/target/tools/bin:{os.environ['PATH']}",
    }
    run = subprocess.run(
        ["sam", *arguments], cwd=ROOT, env=environment, input="\n" * 1000, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
    )
    for question in ["[y/N]", "[Y/n]", "is this okay"]:
        assert question not in run.stdout, run.stdout
    assert run.returncode == 0, run.stdout
    return run.stdout


def parameters(described):
    return {parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in described["Parameters"]}


def deployed(client):
    return parameters(client("cloudformation").describe_stacks(StackName="campanile")["Stacks"][0])


def planned(url, client, *arguments):
    """The parameters of the change set of an update. Moto cannot carry an update out whose template has conditions."""
    printed = sam(url, "deploy", "--no-execute-changeset", *arguments)
    (change_set,) = re.findall(r"arn:\S+:changeSet/\S+", printed)
    return parameters(client("cloudformation").describe_change_set(ChangeSetName=change_set))


def remove(url, client):
    # Moto deletes what the template retains, and would fail at the table's protection.
    client("dynamodb").update_table(TableName="campanile", DeletionProtectionEnabled=False)
    sam(url, "delete", "--no-prompts")


def main():
    with packages(), moto_server() as (url, client), tempfile.TemporaryDirectory() as folder:
        # Moto forgets the tags of a stack that comes from a change set, and without them sam does not know its own.
        client("cloudformation").create_stack(
            StackName="aws-sam-cli-managed-default",
            TemplateBody=json.dumps(MANAGED),
            Tags=[{"Key": "ManagedStackSource", "Value": "AwsSamCli"}],
        )
        own = pathlib.Path(folder) / "parameters.yaml"

        printed = sam(url, "deploy")
        assert "Successfully created/updated stack - campanile" in printed, printed
        assert deployed(client)["HistoryDays"] == "90"
        remove(url, client)

        own.write_text("HistoryDays: 7\nAlarmEmail: you@example.com\n")
        sam(url, "deploy", "--parameter-overrides", f"file://{own}")
        assert deployed(client)["HistoryDays"] == "7"

        # An upgrade, or a way back, that does not name them keeps them.
        kept = planned(url, client)
        assert (kept["HistoryDays"], kept["AlarmEmail"]) == ("7", "you@example.com"), kept

        # After a restore one parameter decides, and everything else stays.
        stream = f"arn:aws:dynamodb:{REGION}:123456789012:table/campanile-restored/stream/2026-11-21T12:00:00.000"
        own.write_text(f"TableStream: {stream}\n")
        moved = planned(url, client, "--parameter-overrides", f"file://{own}")
        assert (moved["TableStream"], moved["HistoryDays"]) == (stream, "7"), moved
        remove(url, client)

        for name in ["infra/samconfig.toml", "infra/parameters.yaml"]:
            wanted = name == "infra/parameters.yaml" and (ROOT / name).exists()
            assert wanted or not (ROOT / name).exists(), f"{name} has come into being"
    print("sam deploys, upgrades, moves to another table and deletes without a question")


main()
