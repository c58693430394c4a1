# The few commands that people type. Each line works without just, too.

# What there is
default:
    @just --list

# The whole bundle on this machine
up:
    cargo run

# All tests
test:
    cargo test --workspace

# Everything that a change must pass
check:
    .ci/run

# The functions as Lambda takes them, into target/lambda/ (--x86-64 for the other architecture)
build architecture="--arm64":
    cargo lambda build --release {{ architecture }}

# The whole bundle into the account of the present AWS profile, with infra/parameters.yaml where there is one; asks nothing
deploy *arguments: build
    sam deploy {{ if path_exists("infra/parameters.yaml") == "true" { "--parameter-overrides file://infra/parameters.yaml" } else { "" } }} {{ arguments }}

# Whether everything that was deployed is as it should be
doctor stack="campanile":
    cargo run --quiet --package campanile -- doctor --stack {{ stack }}

# A value for a secret, from the terminal: just secret kazoo
secret name:
    cargo run --quiet --package campanile -- secret set {{ name }}

# For a development stack alone: new code of one function behind CloudFormation's back: just deploy-function netdata-webhook
deploy-function function stack="campanile":
    cargo lambda deploy --binary-name {{ function }} --alias live {{ stack }}-{{ function }}

# The services of AWS for `just watch`, at http://127.0.0.1:5000
moto:
    python3 -m venv target/tools
    target/tools/bin/pip install --quiet 'moto[server,dynamodb,secretsmanager,cloudformation,awslambda,s3]' aws-sam-translator
    target/tools/bin/python .ci/stack.py serve

# The functions at http://127.0.0.1:9000, each built again when it changes
watch:
    cargo lambda watch --env-file infra/events/watch.env

# One event to a watched function: just invoke netdata-webhook alert
invoke function event:
    cargo lambda invoke {{ function }} --data-file infra/events/{{ function }}-{{ event }}.json

# The numbers of docs/performance.md
bench:
    cargo lambda build --release
    cargo lambda build --release --package hello
    cargo run --release -p bench

# Bytes that break a promise, five minutes in all; FUZZ_SECONDS for each target makes it hours: just fuzz webhooks
fuzz *targets:
    .ci/fuzz {{ targets }}
