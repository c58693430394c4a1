#!/usr/bin/env python3
"""Runs every command of docs/deploy.md and docs/operations.md, block by block as they stand there, before moto, and parses those
within sentences.

Each program is the real one where it can be (aws, openssl), or the real one's parser (sam, campanile, just, cargo): what is
no command of it, or has an argument that it does not know, fails. A program that would change this machine, or that asks
somebody on the internet, is played. What moto itself cannot do is in UNKNOWN_TO_MOTO, by operation.

Needs target/tools of .ci/template, and the command of .ci/bundle.
"""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

import boto3

from stack import REGION, ROOT, create_secrets, create_stack, moto_server, put_secrets

# Deploying ends with removing, after which there is nothing left to operate.
PAGES = ["docs/operations.md", "docs/deploy.md"]
# Where commands of AWS stand within sentences only; .ci/pages.py has everything else of them.
FURTHER = ["README.md", "SECURITY.md", "docs/upgrade.md", "docs/troubleshooting.md", "docs/security.md", "docs/settings.md"]
# aws ends with 252 where it does not understand its arguments, with 254 where the service refused.
NOT_UNDERSTOOD = 252
# What moto does not do, or does to a stack that it made itself: these are parsed and signed, and then refused.
UNKNOWN_TO_MOTO = {
    "lambda get-account-settings", "dynamodb restore-table-to-point-in-time", "cloudformation set-stack-policy",
    "lambda list-event-source-mappings", "lambda update-event-source-mapping", "lambda update-alias", "dynamodb delete-table",
    "cloudformation delete-stack", "logs filter-log-events", "secretsmanager restore-secret", "lambda list-versions-by-function",
}
# What stands for a word in capitals within a sentence.
EXAMPLES = {"NAME": "kazoo"}
EXAMPLES_BY_COMMAND = {"notifications": "3f2a91c0-7-ops-slack", "quarantine": "0123456789abcdef"}
PLAYED = """#!/bin/sh
echo "$(basename "$0") $*" >>"$COMMANDS"
case "$(basename "$0") $*" in
"curl "*) exit 0 ;;
"sha256sum "*|"unzip "*|"tar "*|"rustup "*|"sleep "*) exit 0 ;;
esac
"""


def blocks(page):
    """Blocks of shell, with the line at which each begins."""
    text = (ROOT / page).read_text()
    for block in re.finditer(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield text.count("\n", 0, block.start()) + 2, block[1]


def spoken(page):
    """Commands within sentences, with their line: those of our own program, and of AWS the operation alone."""
    text = (ROOT / page).read_text()
    prose = re.sub(r"^```.*?^```", lambda block: "\n" * block[0].count("\n"), text, flags=re.MULTILINE | re.DOTALL)
    for span in re.finditer(r"`((?:campanile|aws) [a-z][^`]*)`", prose):
        yield prose.count("\n", 0, span.start()) + 1, " ".join(span[1].split())


def is_understood(campanile, command):
    """Whether the program knows the command. Its parser stops at `--help`, unless something before is no word of its own."""
    program, *arguments = [EXAMPLES.get(word, word) for word in shlex.split(command)]
    if arguments[0] in EXAMPLES_BY_COMMAND:
        arguments = [EXAMPLES_BY_COMMAND[arguments[0]] if word == "ID" else word for word in arguments]
    if program == "campanile":
        run = subprocess.run([campanile, *arguments, "--help"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return run.returncode == 0
    service, operation = arguments[:2]
    methods = boto3.client(service, region_name=REGION).meta.method_to_api_mapping
    return operation.replace("-", "_") in methods


def script(path, text):
    path.write_text(text)
    path.chmod(0o755)


def programs(folder, campanile):
    """Stand-ins in front of the path."""
    tools = ROOT / "target" / "tools" / "bin"
    for name in ["curl", "sha256sum", "unzip", "tar", "rustup", "sleep"]:
        script(folder / name, PLAYED)
    script(folder / "aws", f"""#!/bin/sh
echo "aws $*" >>"$COMMANDS"
# It asks SQS at an address of its own making.
[ "$1" != sqs ] || set -- "$@" --endpoint-url "$AWS_ENDPOINT_URL"
{tools}/aws "$@"
status=$?
if [ $status = {NOT_UNDERSTOOD} ]; then echo "NOT UNDERSTOOD: aws $*" >>"$COMMANDS"; fi
if [ $status != 0 ] && [ $status != {NOT_UNDERSTOOD} ]; then echo "REFUSED: $1 $2" >>"$COMMANDS"; fi
[ $status = 0 ] || echo ACTIVE
exit 0
""")
    # The command's parser ends with 2 where it does not understand; what it then does is tested elsewhere.
    script(folder / "campanile", f"""#!/bin/sh
echo "campanile $*" >>"$COMMANDS"
{campanile} "$@" </dev/null >/dev/null 2>"$COMMANDS.said"
if [ $? = 2 ]; then echo "NOT UNDERSTOOD: campanile $*" >>"$COMMANDS"; fi
cat >/dev/null
exit 0
""")
    script(folder / "sam", f"""#!{tools}/python
import os, sys
with open(os.environ["COMMANDS"], "a") as commands:
    print("sam", *sys.argv[1:], file=commands)
    from samcli.cli.main import cli
    command = cli.get_command(None, sys.argv[1])
    try:
        command.make_context("sam", sys.argv[2:], resilient_parsing=False)
    except SystemExit:
        print("NOT UNDERSTOOD: sam", *sys.argv[1:], file=commands)
    except Exception as error:
        print("NOT UNDERSTOOD: sam", *sys.argv[1:], type(error).__name__, error, file=commands)
""")
    script(folder / "cargo", """#!/bin/sh
echo "cargo $*" >>"$COMMANDS"
""")
    script(folder / "just", f"""#!/bin/sh
echo "just $*" >>"$COMMANDS"
grep -q "^$1\\\\( .*\\\\)\\\\?:" {ROOT}/justfile || echo "NOT UNDERSTOOD: just $*" >>"$COMMANDS"
""")
    script(folder / "python3", f"""#!/bin/sh
if [ "$2" = venv ]; then mkdir -p "$3/bin"; printf '#!/bin/sh\\necho "pip $*" >>"$COMMANDS"\\n' >"$3/bin/pip"; chmod +x "$3/bin/pip"; exit 0; fi
exec {tools}/python "$@"
""")


def run(block, folder, environment):
    """The block as bash runs it; a line that bash does not understand fails it."""
    return subprocess.run(
        ["bash", "-c", "set -uo pipefail\n" + block], cwd=folder, env=environment, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
    )


def main():
    campanile = sys.argv[1]
    wrong = []
    with moto_server() as (url, client), tempfile.TemporaryDirectory() as folder:
        template, _ = create_stack(client)
        create_secrets(client, template)
        put_secrets(client)
        folder = pathlib.Path(folder)
        bin, clone, commands = folder / "bin", folder / "clone", folder / "commands"
        bin.mkdir()
        programs(bin, campanile)
        clone.mkdir()
        shutil.copytree(ROOT / "infra", clone / "infra", ignore=shutil.ignore_patterns("campanile"))
        shutil.copy(ROOT / "samconfig.toml", clone)
        shutil.copytree(clone, clone / "campanile", dirs_exist_ok=False, ignore=shutil.ignore_patterns("campanile"))
        environment = os.environ | {
            "PATH": f"{bin}:{os.environ['PATH']}", "AWS_ENDPOINT_URL": url, "AWS_REGION": REGION, "COMMANDS": str(commands),
            "AWS_DEFAULT_REGION": REGION, "SAM_CLI_TELEMETRY": "0",
        }
        count, unknown = 0, UNKNOWN_TO_MOTO
        for page in PAGES + FURTHER:
            for line, command in spoken(page):
                if page in FURTHER and not command.startswith("aws "):
                    continue
                count += 1
                if not is_understood(campanile, command):
                    wrong.append(f"{page}:{line}: NOT UNDERSTOOD: {command}")
        for page in PAGES:
            for line, block in blocks(page):
                commands.write_text("")
                ended = run(block.replace("PATH=\"$PWD", "PATH=\"$PATH:$PWD"), clone, environment)
                ran = commands.read_text().splitlines()
                count += sum(not text.startswith(("NOT", "REFUSED")) for text in ran)
                wrong += [f"{page}:{line}: {text}" for text in ran if text.startswith("NOT UNDERSTOOD")]
                refused = {text.removeprefix("REFUSED: ") for text in ran if text.startswith("REFUSED")}
                if "delete-table" in block:
                    # What the page does with the table that it has just removed.
                    unknown = UNKNOWN_TO_MOTO | {"dynamodb describe-table"}
                wrong += [f"{page}:{line}: refused by moto: {text}" for text in refused - unknown]
                for text in ended.stdout.splitlines():
                    if "command not found" in text or "syntax error" in text:
                        wrong.append(f"{page}:{line}: {text}")
                if not ran and not block.strip().startswith(("openssl", "#")):
                    wrong.append(f"{page}:{line}: nothing was run: {ended.stdout}")
        print(*wrong, sep="\n")
        print(f"{count} commands of {len(PAGES)} pages were run, {len(wrong)} of them are no such commands")
    sys.exit(1 if wrong else 0)


main()
