#!/usr/bin/env python3
"""The template in moto: transformed as SAM does it, created as CloudFormation does it, and looked at afterwards.

    stack.py check          create the stack in a moto of its own and compare what came of it with the template
    stack.py serve [PORT]   the same, then go on serving at 127.0.0.1, at port 5000 or the given one, with the secrets of
                            infra/events/secrets.json, for `cargo lambda watch --env-file infra/events/watch.env` and
                            for the tests over the real binaries

Needs `pip install 'moto[server,dynamodb,secretsmanager,cloudformation,awslambda,s3]' aws-sam-translator`.
"""

import contextlib
import io
import json
import logging
import os
import pathlib
import sys
import threading
import warnings
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "infra" / "template.yaml"
SECRETS = ROOT / "infra" / "events" / "secrets.json"
STACK = "campanile"
REGION = "eu-central-1"
PORT = 5000

os.environ.update(
    AWS_ACCESS_KEY_ID="tests",
    AWS_SECRET_ACCESS_KEY="tests",
    AWS_DEFAULT_REGION=REGION,
    # Functions are created, never run: the tests run the real binaries themselves.
    MOTO_LAMBDA_STUB_ECR="true",
)

import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402
from moto.core import DEFAULT_ACCOUNT_ID  # noqa: E402
from moto.dynamodb.models import dynamodb_backends  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402
from samtranslator.public.translator import ManagedPolicyLoader  # noqa: E402
from samtranslator.translator.transform import transform  # noqa: E402
from samtranslator.yaml_helper import yaml_parse  # noqa: E402


class NoManagedPolicies(ManagedPolicyLoader):
    """The template uses none, so that asking for them would be a mistake."""

    def __init__(self):
        pass

    def load(self):
        return {}


def transformed(template):
    """What CloudFormation makes of the template, as `sam package` would hand it over."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            if resource["Properties"]["CodeUri"].startswith("s3://"):
                continue
            folder = pathlib.PurePath(resource["Properties"]["CodeUri"]).name
            resource["Properties"]["CodeUri"] = f"s3://{STACK}-packages/{folder}.zip"
    parameters = {name: parameter["Default"] for name, parameter in template["Parameters"].items()}
    return transform(template, parameters | {"AWS::Region": REGION}, NoManagedPolicies())


def without_aliases(document):
    """Moto's CloudFormation knows no aliases: whoever calls one calls the function itself there."""
    kinds = ["AWS::Lambda::Alias", "AWS::Lambda::Version"]
    aliases = {
        name: resource["Properties"]["FunctionName"]["Ref"]
        for name, resource in document["Resources"].items()
        if resource["Type"] in kinds
    }

    def plain(value):
        match value:
            case {"Ref": name} if name in aliases:
                return {"Fn::GetAtt": [aliases[name], "Arn"]}
            case dict():
                return {key: plain(member) for key, member in value.items() if key != "DependsOn"}
            case list():
                return [plain(element) for element in value]
        return value

    document["Resources"] = {
        name: plain(resource) for name, resource in document["Resources"].items() if name not in aliases
    }
    return document


def upload_packages(client, folders):
    """Puts a package for each function where the transformed template expects it."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("bootstrap", "#!/bin/sh\n")
    client("s3").create_bucket(
        Bucket=f"{STACK}-packages", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    for folder in folders:
        client("s3").put_object(Bucket=f"{STACK}-packages", Key=f"{folder}.zip", Body=package.getvalue())


def create_stack(client):
    """Creates the stack and returns the template it came from."""
    template = yaml_parse(TEMPLATE.read_text())
    functions = [r for r in template["Resources"].values() if r["Type"] == "AWS::Serverless::Function"]
    folders = [pathlib.PurePath(function["Properties"]["CodeUri"]).name for function in functions]
    upload_packages(client, folders)
    body = json.dumps(without_aliases(transformed(template)))
    client("cloudformation").create_stack(
        StackName=STACK, TemplateBody=body, Capabilities=["CAPABILITY_IAM"]
    )
    stack = client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack
    return template, sorted(folders)


def check_table(client, template):
    declared = template["Resources"]["AlertTable"]["Properties"]
    table = client("dynamodb").describe_table(TableName="campanile")["Table"]
    keys = {key["AttributeName"]: key["KeyType"] for key in table["KeySchema"]}
    assert keys == {key["AttributeName"]: key["KeyType"] for key in declared["KeySchema"]}, keys
    for kind in ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"]:
        shape = lambda indexes: sorted(
            (i["IndexName"], [k["AttributeName"] for k in i["KeySchema"]], i["Projection"]["ProjectionType"])
            for i in indexes
        )
        assert shape(table.get(kind, [])) == shape(declared.get(kind, [])), kind
    assert table["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    # Moto's CloudFormation forgets the expiry; tests/it/template/table.rs holds it against the code.


def check_functions(client, folders):
    functions = client("lambda").list_functions()["Functions"]
    test, functions = ([f for f in functions if (f["FunctionName"] == f"{STACK}-pre-traffic") is is_test] for is_test in (True, False))
    assert len(test) == 1 and test[0]["Runtime"].startswith("python"), test
    assert sorted(f["FunctionName"] for f in functions) == [f"{STACK}-{folder}" for folder in folders]
    for function in functions:
        variables = function["Environment"]["Variables"]
        assert variables["CAMPANILE_TABLE"] == "campanile", variables
        assert function["Runtime"] == "provided.al2023" and function["Handler"] == "bootstrap"
        assert function["Role"].split("/")[-1].startswith(STACK), function["Role"]
    roles = {function["Role"] for function in functions}
    assert len(roles) == len(functions), "two functions share a role"
    mappings = client("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert [mapping["FunctionArn"].split(":")[-1] for mapping in mappings] == [f"{STACK}-notifier"]
    assert mappings[0]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def made(client, generated):
    """The value that CloudFormation makes for a secret."""
    options = {name: generated[name] for name in ["PasswordLength", "ExcludePunctuation"]}
    password = client("secretsmanager").get_random_password(**options)["RandomPassword"]
    return json.dumps(json.loads(generated["SecretStringTemplate"]) | {generated["GenerateStringKey"]: password})


def create_secrets(client, template):
    """Moto's CloudFormation does not know secrets, so they are created one by one, with a value where the template has one made."""
    secrets = [r["Properties"] for r in template["Resources"].values() if r["Type"] == "AWS::SecretsManager::Secret"]
    prefix = template["Parameters"]["SecretPrefix"]["Default"]
    for secret in secrets:
        generated = secret.get("GenerateSecretString")
        assert set(secret) - {"GenerateSecretString"} == {"Name", "Description", "KmsKeyId"}, f"{secret} is created with a value"
        name = secret["Name"]["Fn::Sub"].replace("${SecretPrefix}", prefix)
        assert (generated is not None) == name.endswith(("/links", "/session")), f"{secret} is of no use to its owner"
        value = {"SecretString": made(client, generated)} if generated else {}
        client("secretsmanager").create_secret(Name=name, Description=secret["Description"], **value)
    return len(secrets)


def put_secrets(client):
    for name, value in json.loads(SECRETS.read_text()).items():
        client("secretsmanager").put_secret_value(SecretId=name, SecretString=json.dumps(value))


def forget_the_mapping():
    """Moto hands each write to the mapped function by itself, and fails the write if an attribute is binary."""
    dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["campanile"].lambda_event_source_mappings.clear()


@contextlib.contextmanager
def moto_server(port=0):
    """Moto at a port of 127.0.0.1; gives its address and a maker of clients."""
    # Moto says of the gateway, the schedules and the dashboard that it does not know them.
    logging.disable(logging.ERROR)
    warnings.filterwarnings("ignore", message="Tried to parse")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    # On a busy machine a stack takes its time, and asked for again it would be there already.
    patient = Config(read_timeout=600, retries={"total_max_attempts": 1})
    url = f"http://{host}:{port}"
    try:
        yield url, lambda service: boto3.client(service, endpoint_url=url, config=patient)
    finally:
        server.stop()


def main():
    match sys.argv[1:]:
        case ["check"]:
            wish, port = "check", 0
        case ["serve"]:
            wish, port = "serve", PORT
        case ["serve", port] if port.isdigit():
            wish, port = "serve", int(port)
        case _:
            sys.exit(__doc__)
    with moto_server(port) as (url, client):
        template, folders = create_stack(client)
        check_table(client, template)
        check_functions(client, folders)
        secrets = create_secrets(client, template)
        print(f"moto has the table, {len(folders)} functions and {secrets} secrets, as the template says")
        if wish == "serve":
            forget_the_mapping()
            put_secrets(client)
            print(f"serving at {url}, until interrupted", flush=True)
            threading.Event().wait()


if __name__ == "__main__":
    main()
