#!/usr/bin/env python3
"""Holds every policy of the template, and the one for whoever deploys, against parliament's knowledge of IAM: an action that there is
not, a resource that an action does not take, a condition that no service sets.

Needs target/tools of .ci/template.
"""

import json
import pathlib
import re
import sys

from parliament import analyze_policy_string
from samtranslator.yaml_helper import yaml_parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
TEMPLATE = yaml_parse((ROOT / "infra" / "template.yaml").read_text())
# A whole policy must not be longer than this, blanks aside, to be an inline policy of a role.
LONGEST = 10_240
# What parliament finds and is right, by policy, with the reason.
KNOWN = {
    # Lambda looks for these on every resource before it lets a role into a VPC.
    ("NotifierRole: notifier", "RESOURCE_STAR"),
    # The transform belongs to AWS, whose account number is a word.
    ("infra/deploy-policy.json", "INVALID_ARN"),
}
# What stands for a name, wherever a resource of the stack is named.
SAMPLES = {
    "AWS::Partition": "aws", "AWS::Region": "eu-central-1", "AWS::AccountId": "123456789012", "AWS::StackName": "campanile",
}
ARNS = {
    "AWS::DynamoDB::Table": "arn:aws:dynamodb:eu-central-1:123456789012:table/campanile/stream/x",
    "AWS::KMS::Key": "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-4000-8000-000000000000",
    "AWS::Lambda::Function": "arn:aws:lambda:eu-central-1:123456789012:function:campanile-x",
    "AWS::Logs::LogGroup": "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/campanile-x:*",
    "AWS::SQS::Queue": "arn:aws:sqs:eu-central-1:123456789012:campanile-x",
    "AWS::SecretsManager::Secret": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:campanile/x-abcdef",
    "AWS::Serverless::Function": "arn:aws:lambda:eu-central-1:123456789012:function:campanile-x",
}
# What stands for a list of ARNs that is a parameter.
LISTS = {
    "NotifyTopics": ["arn:aws:sns:eu-central-1:123456789012:alerts"],
    "NotifyBuses": ["arn:aws:events:eu-central-1:123456789012:event-bus/alerts"],
    "NotifyIdentities": [
        "arn:aws:ses:eu-central-1:123456789012:identity/example.com",
        "arn:aws:ses:eu-central-1:123456789012:configuration-set/alerts",
    ],
}


def arn_of(name):
    if name == "KmsKeyArn":
        return ARNS["AWS::KMS::Key"]
    if name == "TableStream":
        return ARNS["AWS::DynamoDB::Table"]
    return ARNS[TEMPLATE["Resources"][name]["Type"]]


def resolved(value):
    """The value with texts in the place of CloudFormation's functions; of two ways the one that says more."""
    match value:
        case {"Ref": "AWS::NoValue"}:
            return None
        case {"Ref": name} if name in LISTS:
            return LISTS[name]
        case {"Ref": name}:
            return arn_of(name.split(".")[0])
        case {"Fn::GetAtt": [name, _]} | {"Fn::GetAtt": name}:
            return arn_of(name.split(".")[0])
        case {"Fn::If": [_, yes, _]}:
            return resolved(yes)
        case {"Fn::Sub": [text, _]} | {"Fn::Sub": text}:
            return re.sub(r"\$\{([^}]*)\}", lambda found: SAMPLES.get(found[1], "x"), text)
        case dict():
            return {key: resolved(member) for key, member in value.items()}
        case list():
            return [element for element in map(resolved, value) if element is not None]
    return value


def policies():
    for name, role in TEMPLATE["Resources"].items():
        if role["Type"] == "AWS::IAM::Role":
            for policy in role["Properties"].get("Policies", []):
                yield f"{name}: {policy['PolicyName']}", resolved(policy["PolicyDocument"])
    yield "infra/deploy-policy.json", json.loads((ROOT / "infra" / "deploy-policy.json").read_text())


def main():
    count, wrong = 0, 0
    for name, policy in policies():
        count += 1
        text = json.dumps(policy, separators=(",", ":"))
        assert len(text) <= LONGEST, f"{name} is {len(text)} characters long, and {LONGEST} are the most"
        for finding in analyze_policy_string(text).findings:
            if (name, finding.issue) in KNOWN:
                continue
            wrong += 1
            print(f"{name}: {finding.issue}: {finding.detail} {finding.location}")
    print(f"{count} policies looked at")
    sys.exit(1 if wrong else 0)


main()
