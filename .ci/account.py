#!/usr/bin/env python3
"""`campanile secret set` and `campanile doctor` before moto: what they write, what they find, and that nothing shows a secret.

Needs target/tools of .ci/template, and the command of .ci/bundle.
"""

import json
import os
import subprocess
import sys

from stack import REGION, ROOT, create_secrets, create_stack, moto_server

TOKEN = "s3cr3t-t0ken"
GOOD = {
    "netdata": {"tokens": [TOKEN], "challenge_secret": "c"},
    "kazoo": {"tokens": [TOKEN]},
    "tencent": {"tokens": [TOKEN]},
    "site24x7": {"tokens": [TOKEN]},
    "api": {"tokens": [{"token": TOKEN, "name": "me", "role": "write"}]},
    "destinations": {"destinations": []},
}


def command(campanile, url, *arguments, given=""):
    """What `campanile …` ends with and prints, which is never the secret."""
    environment = os.environ | {
        "AWS_ENDPOINT_URL": url, "AWS_REGION": REGION, "PATH": f"{ROOT}/target/tools/bin:{os.environ['PATH']}",
    }
    run = subprocess.run(
        [campanile, *arguments], env=environment, input=given, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        timeout=300,
    )
    assert TOKEN not in run.stdout, run.stdout
    return run.returncode, run.stdout


def check_secret_set(campanile, url, client):
    for name, value in GOOD.items():
        code, said = command(campanile, url, "secret", "set", name, "--file", "-", given=json.dumps(value))
        assert code == 0 and f"campanile/{name} is set" in said, (code, said)
        stored = client("secretsmanager").get_secret_value(SecretId=f"campanile/{name}")["SecretString"]
        assert json.loads(stored) == value, name
    for given, says in [
        (TOKEN, "it is no JSON object"),
        (json.dumps({"token": TOKEN}), "token: is not known here: did you mean `tokens`?"),
    ]:
        code, said = command(campanile, url, "secret", "set", "kazoo", "--file", "-", given=given)
        assert code == 1 and "nothing was written" in said and says in said, (code, said)
    stored = client("secretsmanager").get_secret_value(SecretId="campanile/kazoo")["SecretString"]
    assert json.loads(stored) == GOOD["kazoo"]


def complete(client):
    """What moto's CloudFormation leaves out of the stack."""
    client("dynamodb").update_time_to_live(
        TableName="campanile", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"}
    )
    client("dynamodb").update_continuous_backups(
        TableName="campanile", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    scheduler = client("scheduler")
    scheduler.create_schedule_group(Name="campanile")
    for name in ["retry", "sweep", "canary"]:
        scheduler.create_schedule(
            Name=name, GroupName="campanile", ScheduleExpression="rate(1 minute)", FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": "arn:aws:lambda:eu-central-1:123456789012:function:x", "RoleArn": "arn:aws:iam::123456789012:role/x"},
        )
    (topic,) = client("sns").list_topics()["Topics"]
    client("sns").subscribe(TopicArn=topic["TopicArn"], Protocol="email", Endpoint="you@example.com")


def findings(campanile, url):
    """The lines of the doctor that say `bad`, by part. No address can be reached here."""
    code, said = command(campanile, url, "doctor")
    assert code == 3, (code, said)
    lines = said.splitlines()
    bad = {line[5:].partition(":")[0]: line for line in lines if line.startswith("bad  ")}
    remedies = [lines[index + 1] for index, line in enumerate(lines) if line.startswith("bad  ")]
    assert all(remedy.startswith("       ") for remedy in remedies), said
    addresses = {part for part in bad if part.startswith("address ")}
    assert len(addresses) == 5, said
    return {part: line for part, line in bad.items() if part not in addresses}, said


def check_doctor(campanile, url, client):
    bad, said = findings(campanile, url)
    assert not bad, said
    for part in ["stack campanile", "function notifier", "secret kazoo", "table campanile", "stream mapping", "schedules"]:
        assert f"ok   {part}" in said, said

    variables = client("lambda").get_function_configuration(FunctionName="campanile-kazoo-webhook")["Environment"]
    variables["Variables"]["CAMPANILE_EXPIRE_QUIET_SECS"] = "1.5"
    client("lambda").update_function_configuration(FunctionName="campanile-kazoo-webhook", Environment=variables)
    client("secretsmanager").put_secret_value(SecretId="campanile/tencent", SecretString=json.dumps({"tokens": [TOKEN + " "]}))
    client("dynamodb").update_continuous_backups(
        TableName="campanile", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False}
    )
    client("scheduler").delete_schedule(Name="retry", GroupName="campanile")
    (mapping,) = client("lambda").list_event_source_mappings()["EventSourceMappings"]
    client("lambda").update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    client("lambda").delete_function(FunctionName="campanile-alerts-api")
    bad, said = findings(campanile, url)
    for part, says in {
        "function kazoo-webhook": "`CAMPANILE_EXPIRE_QUIET_SECS` is `1.5`",
        "function alerts-api": "`aws lambda get-function-configuration` failed",
        "secret tencent": "tokens[0]: has blanks",
        "table's recovery": "it cannot be put back",
        "schedules": "some are missing",
        "stream mapping": "it is `Disabled`",
    }.items():
        assert says in bad.pop(part), said
    assert not bad, said


def main():
    campanile = sys.argv[1]
    with moto_server() as (url, client):
        template, _ = create_stack(client)
        create_secrets(client, template)
        check_secret_set(campanile, url, client)
        complete(client)
        check_doctor(campanile, url, client)
    print("secrets are written unseen, and the doctor finds what is broken")


main()
