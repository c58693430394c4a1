#!/usr/bin/env python3
"""`campanile notify --test` before moto: a topic, a bus and a mailbox of AWS get the test by signed requests, and no secret shows.

Needs target/tools of .ci/template, and the command of .ci/bundle.
"""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request

from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

from stack import REGION, moto_server

SENDER = "alerts@example.com"


def notify(campanile, environment, secrets, destination):
    """What `campanile notify --test` of a destination ends with and prints."""
    run = subprocess.run(
        [campanile, "notify", "--test", destination, "--secrets", secrets, "--allow-loopback"],
        env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
    )
    assert environment["AWS_SECRET_ACCESS_KEY"] not in run.stdout, run.stdout
    return run.returncode, run.stdout


def prepare(client):
    """The destinations of the settings, and where what is put on the bus and published on the topics can be read."""
    topic = client("sns").create_topic(Name="alerts")["TopicArn"]
    fifo = client("sns").create_topic(Name="alerts.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    queue = client("sqs").create_queue(QueueName="seen")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{DEFAULT_ACCOUNT_ID}:seen"
    events = client("events")
    bus = events.create_event_bus(Name="alerts")["EventBusArn"]
    events.put_rule(Name="all", EventBusName="alerts", EventPattern=json.dumps({"source": ["campanile"]}))
    events.put_targets(Rule="all", EventBusName="alerts", Targets=[{"Id": "queue", "Arn": arn}])
    client("ses").verify_email_identity(EmailAddress=SENDER)
    types = {
        "topic": ("sns", {"topic_arn": topic}),
        "fifo": ("sns", {"topic_arn": fifo, "format": "json"}),
        "missing": ("sns", {"topic_arn": f"{topic}-of-nobody"}),
        "bus": ("eventbridge", {"event_bus": bus}),
        "mail": ("email", {"from": SENDER, "to": ["ops@example.com"], "region": REGION}),
    }
    made = [{"id": name, "type": kind, "settings": settings} for name, (kind, settings) in types.items()]
    return made, queue, topic


def check_arrived(client, queue, topic):
    published = sns_backends[DEFAULT_ACCOUNT_ID][REGION].topics[topic].sent_notifications
    assert len(published) == 2, published
    texts = [(message, subject) for _, message, subject, _, _ in published]
    assert all("Test" in subject and message for message, subject in texts), texts
    attributes = published[0][3]
    assert "firing" in str(attributes["status"]), attributes
    seen = client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    events = [json.loads(message["Body"]) for message in seen]
    assert len(events) == 2 and all(event["detail-type"] == "Campanile Test" for event in events), events
    mails = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    assert len(mails) == 2 and all(mail.source == SENDER for mail in mails), mails


def require_signatures(url, client):
    """From now on moto verifies who asks, and yields the key of a user who may notify destinations and nothing else."""
    iam = client("iam")
    iam.create_user(UserName="notifier")
    statement = {"Effect": "Allow", "Action": ["sns:Publish", "events:PutEvents", "ses:SendEmail"], "Resource": "*"}
    iam.put_user_policy(
        UserName="notifier", PolicyName="notifier",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    key = iam.create_access_key(UserName="notifier")["AccessKey"]
    reset_auth(url, 0)
    return key


def reset_auth(url, free):
    headers = {"Content-Type": "text/plain"}
    request = urllib.request.Request(f"{url}/moto-api/reset-auth", str(free).encode(), headers, method="POST")
    urllib.request.urlopen(request).read()


def main():
    campanile = sys.argv[1]
    with moto_server() as (url, client), tempfile.NamedTemporaryFile("w", suffix=".json") as secrets:
        destinations, queue, topic = prepare(client)
        json.dump({"campanile/destinations": {"destinations": destinations}}, secrets)
        secrets.flush()
        key = require_signatures(url, client)
        environment = os.environ | {
            "AWS_ENDPOINT_URL": url, "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }
        for destination in ["topic", "fifo", "bus", "mail"]:
            code, said = notify(campanile, environment, secrets.name, destination)
            assert code == 0 and "took the test" in said, (destination, code, said)
        code, said = notify(campanile, environment, secrets.name, "missing")
        assert code != 0 and "NotFound" in said, (code, said)
        forged = environment | {"AWS_SECRET_ACCESS_KEY": "another-secret"}
        for destination in ["topic", "bus", "mail"]:
            code, said = notify(campanile, forged, secrets.name, destination)
            assert code != 0 and "SignatureDoesNotMatch" in said, (destination, code, said)
        reset_auth(url, 1_000_000)
        check_arrived(client, queue, topic)
    print("a topic, a bus and a mailbox get the test by signed requests")


main()
