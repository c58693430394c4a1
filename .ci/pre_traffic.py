#!/usr/bin/env python3
"""Runs the pre-traffic test of the template, its code as it is written there, before versions that work and versions that
do not.

Needs target/tools of .ci/template.
"""

import base64
import hashlib
import hmac
import io
import json
import os
import pathlib
import types

from samtranslator.yaml_helper import yaml_parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
HOOK = yaml_parse((ROOT / "infra" / "template.yaml").read_text())["Resources"]["PreTraffic"]["Properties"]
CODE = HOOK["Code"]["ZipFile"]
KEY = "challenge"
PROOF = base64.b64encode(hmac.digest(KEY.encode(), b"pre-traffic", hashlib.sha256)).decode()


class Busy(Exception):
    """Lambda has no room."""


class Account:
    """What the test asks of AWS, for one function whose new version answers with `answer`."""

    def __init__(self, function, answer, error=None, secret=KEY):
        self.function, self.answer, self.error, self.secret, self.status, self.asked = function, answer, error, secret, None, []

    exceptions = types.SimpleNamespace(TooManyRequestsException=Busy)

    def client(self, _, config=None):
        return self

    def list_deployment_targets(self, deploymentId):
        return {"targetIds": ["t"]}

    def batch_get_deployment_targets(self, deploymentId, targetIds):
        info = {"functionName": f"campanile-{self.function}", "targetVersion": "7"}
        return {"deploymentTargets": [{"lambdaTarget": {"lambdaFunctionInfo": info}}]}

    def get_secret_value(self, SecretId):
        if self.secret is None:
            raise LookupError(SecretId)
        return {"SecretString": json.dumps({"challenge_secret": self.secret})}

    def invoke(self, FunctionName, Payload):
        assert FunctionName == f"campanile-{self.function}:7", FunctionName
        self.asked.append(json.loads(Payload))
        if self.error is Busy:
            raise Busy
        answer = {"Payload": io.BytesIO(json.dumps(self.answer).encode())}
        return answer | ({"FunctionError": "Unhandled"} if self.error else {})

    def put_lifecycle_event_hook_execution_status(self, deploymentId, lifecycleEventHookExecutionId, status):
        self.status = status


def verdict(*arguments, **names):
    account = Account(*arguments, **names)
    hook = types.ModuleType("index")
    os.environ.update(STACK="campanile", NETDATA_SECRET="campanile/netdata")
    hook.boto3 = account
    exec(compile(CODE.replace("import boto3\n", ""), "index.py", "exec"), hook.__dict__)
    hook.handler({"DeploymentId": "d", "LifecycleEventHookExecutionId": "e"}, None)
    return account


def main():
    assert len(CODE) <= 4096, "CloudFormation takes 4096 characters of code"
    died = {"errorType": "Runtime.ExitError", "errorMessage": "exit status 1"}
    late = {"errorType": "Sandbox.Timedout", "errorMessage": "timed out"}
    out_of_reach = {"errorType": "String", "errorMessage": "Site24x7 does not answer"}
    status = lambda status, body="": {"statusCode": status, "body": body}
    for expected, function, answer, more in [
        ("Succeeded", "netdata-webhook", status(200, json.dumps({"response_token": f"sha256={PROOF}"})), {}),
        ("Failed", "netdata-webhook", status(200, json.dumps({"response_token": "sha256=another"})), {}),
        ("Failed", "netdata-webhook", status(503), {}),
        ("Succeeded", "netdata-webhook", status(503), {"secret": None}),
        ("Succeeded", "kazoo-webhook", status(401), {}),
        ("Succeeded", "tencent-webhook", status(503), {}),
        ("Failed", "tencent-webhook", status(500), {}),
        ("Failed", "site24x7-webhook", status(200), {}),
        ("Succeeded", "alerts-api", status(200), {}),
        ("Failed", "alerts-api", status(503), {}),
        ("Succeeded", "notifier", None, {}),
        ("Succeeded", "site24x7-poller", out_of_reach, {"error": True}),
        ("Succeeded", "site24x7-poller", None, {"error": Busy}),
        ("Failed", "kazoo-webhook", None, {"error": Busy}),
        *(("Failed", path.name, failure, {"error": True}) for path in (ROOT / "functions").iterdir() for failure in (died, late)),
    ]:
        account = verdict(function, answer, **more)
        assert account.status == expected, (function, answer, account.status)
        assert len(account.asked) == 1
    print("the pre-traffic test passes versions that work, and no others")


main()
