#!/usr/bin/env python3
"""Runs what README and manual say: commands against a bundle of their own, page by page, and the answers beside what stands below them.

    python .ci/pages.py CAMPANILE [PAGE…]

- A block `sh` is run by bash as it stands, whole, and has to succeed. curl and jq are the real ones; `campanile` and `cargo run --` are CAMPANILE.
- A block `json` right after it is what the last command prints. `…` in it stands for whatever else there is, and within a text for any characters.
- Above a block, `<!-- parsed only: why -->` has the commands of CAMPANILE parsed and nothing run.
- Any other block `json` is JSON; what is a secret, or a file of secrets, is read by `campanile check secrets`. A block `yaml` is YAML.
- Commands of CAMPANILE within sentences are parsed.

docs/deploy.md, docs/operations.md and docs/prometheus.md have programs to run them of their own: .ci/commands.py and .ci/interop.
"""

import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import time

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
RUN_ELSEWHERE = {"docs/deploy.md", "docs/operations.md", "docs/prometheus.md", "docs/performance.md"}
ADDRESS = "127.0.0.1:9000"
# What stands for a word in capitals, or for an id that nobody has.
EXAMPLES = {
    "NAME": "kazoo", "ID": "0123456789abcdef", "FINGERPRINT": "0123456789abcdef", "EVENT": "0123456789abcdef", "FILE": "secrets.json", "TEXT": "text", "SHELL": "bash",
    "SOURCE": "netdata", "SITUATION": "flat-v2-warning", "MATCHER": "source=netdata", "TIME": "2027-01-03T02:00:00Z", "COMMAND": "alerts",
    "ADDRESS": "https://alerts.example.com", "DIR": "pages",
}
NOTIFICATION = "3f2a91c0-7-ops-slack"
SECRETS = ["netdata", "kazoo", "tencent", "site24x7", "api", "destinations", "links", "oidc", "session"]


class Page:
    """The blocks of a page, in order."""

    def __init__(self, name):
        self.name = name
        self.text = (ROOT / name).read_text()

    def blocks(self):
        """Language, text, line, and why it is parsed only (or None)."""
        for block in re.finditer(r"(?:^<!-- parsed only: (?P<why>.*) -->\n)?^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^ *```$", self.text, re.MULTILINE | re.DOTALL):
            text = re.sub(f"^{block['indent']}", "", block["text"], flags=re.MULTILINE)
            yield block["language"], text, self.text.count("\n", 0, block.start("text")) + 1, block["why"]

    def spoken(self):
        """Commands of ours within sentences, with their line."""
        prose = re.sub(r"^ *```.*?^ *```$", lambda block: "\n" * block[0].count("\n"), self.text, flags=re.MULTILINE | re.DOTALL)
        for span in re.finditer(r"`((?:campanile|cargo run --) [a-z][^`]*)`", prose):
            yield prose.count("\n", 0, span.start()) + 1, " ".join(span[1].split())


class Bundle:
    """A bundle with nothing in it."""

    def __init__(self, campanile):
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [campanile, "up", "--in-memory", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=self.log, text=True,
            env={"PATH": os.environ["PATH"]})
        line = self.process.stdout.readline()
        if "ready on " not in line:
            self.log.seek(0)
            sys.exit(f"the bundle is not ready: {line}{self.log.read()}")
        self.url = line.split("ready on ")[1].strip()
        self.address = self.url.removeprefix("http://")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class Runner:
    def __init__(self, campanile, folder):
        self.campanile, self.folder, self.wrong, self.count = campanile, folder, [], 0
        self.bin = folder / "bin"
        self.bin.mkdir()
        script = f'#!/bin/sh\nexec {shlex.quote(campanile)} "$@"\n'
        # `cargo run` alone is the bundle, which runs already; tests are what the gate runs anyway.
        cargo = f"""#!/bin/sh
case "$*" in
run) exit 0 ;;
"run -- "*) shift 2; exec {shlex.quote(campanile)} "$@" ;;
"test --workspace"|"install --path infra/campanile") exit 0 ;;
esac
echo "no such command of cargo is known here: $*" >&2; exit 2
"""
        for name, text in [("campanile", script), ("cargo", cargo)]:
            (self.bin / name).write_text(text)
            (self.bin / name).chmod(0o755)

    def fail(self, page, line, why):
        self.wrong.append(f"{page.name}:{line}: {why}")

    def page(self, name):
        page = Page(name)
        for line, command in page.spoken():
            self.parse(page, line, command)
        bundle = None
        try:
            printed = None
            for language, text, line, why in page.blocks():
                after, printed = printed, None
                if language == "sh" and name not in RUN_ELSEWHERE:
                    if why:
                        for command in self.commands(text):
                            self.parse(page, line, command)
                    else:
                        bundle = bundle or Bundle(self.campanile)
                        printed = self.run(page, line, text, bundle)
                elif language == "json":
                    self.json(page, line, text, after)
                elif language in ("yaml", "yml"):
                    self.count += 1
                    try:
                        list(yaml.safe_load_all(text))
                    except yaml.YAMLError as error:
                        self.fail(page, line, f"no YAML: {error}")
        finally:
            if bundle:
                bundle.__exit__()

    def commands(self, text):
        """Each command of ours in a block, without its comment."""
        for line in re.sub(r"\\\n", " ", text).splitlines():
            words = shlex.shlex(line, posix=True, punctuation_chars="|&;<>()")
            words.whitespace_split = True
            command = []
            for word in [*words, ";"]:
                if set(word) <= set("|&;<>()"):
                    if command[:1] == ["campanile"] or command[:3] == ["cargo", "run", "--"]:
                        yield shlex.join(command)
                    command = []
                else:
                    command.append(word)

    def parse(self, page, line, command):
        """Whether the program knows the command. Its parser stops at `--help`, unless something before is no word of its own."""
        self.count += 1
        words = [EXAMPLES.get(word.rstrip("…"), word.rstrip("…")) for word in shlex.split(command.removeprefix("cargo run -- ").removeprefix("campanile "))]
        if words[0] == "notifications":
            words = [NOTIFICATION if word == EXAMPLES["ID"] else word for word in words]
        run = subprocess.run([self.campanile, *words, "--help"], capture_output=True, text=True, env={})
        if run.returncode or (" " in command and run.stdout == self.help_of_all()):
            self.fail(page, line, f"not understood: {command}\n{run.stderr}")

    def help_of_all(self):
        if not hasattr(self, "all"):
            self.all = subprocess.run([self.campanile, "--help"], capture_output=True, text=True, env={}).stdout
        return self.all

    def run(self, page, line, text, bundle):
        self.count += 1
        environment = {
            "PATH": f"{self.bin}:{os.environ['PATH']}", "HOME": str(self.folder), "CAMPANILE_URL": bundle.url, "USER": "ada", "LANG": "C.UTF-8",
        }
        text = text.replace(ADDRESS, bundle.address)
        ran = subprocess.run(["bash", "-euo", "pipefail", "-c", text], cwd=self.folder, env=environment, text=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
        if ran.returncode:
            self.fail(page, line, f"ended with {ran.returncode}:\n{ran.stdout}{ran.stderr}")
        # The notifier routes what has changed within a moment; the next block may ask about it.
        time.sleep(0.2)
        return ran.stdout

    def json(self, page, line, text, printed):
        self.count += 1
        try:
            value = json.loads(spelled_out(text))
        except ValueError as error:
            return self.fail(page, line, f"no JSON: {error}")
        if printed is not None:
            try:
                answer = json.loads(printed)
            except ValueError:
                return self.fail(page, line, f"the command before it printed no JSON, but:\n{printed}")
            for difference in differences(value, answer, "$"):
                self.fail(page, line, difference)
        elif isinstance(value, dict):
            self.secret(page, line, value)

    def secret(self, page, line, value):
        """What is a secret has no mistake."""
        if "destinations" in value:
            value = {"campanile/destinations": value}
        elif "tokens" in value:
            of = page.name.split("/")[-1].removesuffix(".md")
            value = {f"campanile/{of}": value}
        elif not any(name.startswith("campanile/") for name in value):
            return
        file = self.folder / "checked.json"
        file.write_text(json.dumps(value))
        names = [name.removeprefix("campanile/") for name in value]
        for name in names:
            if name not in SECRETS:
                self.fail(page, line, f"there is no secret {name}")
                continue
            run = subprocess.run([self.campanile, "check", "secrets", name, "--secrets", str(file)], capture_output=True, text=True, env={})
            # Texts such as "…64 characters…" stand for a credential, which has no such characters.
            mistakes = [said for said in (run.stdout + run.stderr).splitlines() if said.startswith("mistake") and "…" not in json.dumps(value, ensure_ascii=False)]
            unknown = [said for said in (run.stdout + run.stderr).splitlines() if "not known here" in said]
            for said in {*mistakes, *unknown}:
                self.fail(page, line, said)


def spelled_out(text):
    """`…` outside of a text as a member or an element that matches all others."""
    out, open_, inside, escaped = [], [], False, False
    for one in text:
        if inside:
            inside = escaped or one != '"'
            escaped = one == "\\" and not escaped
        elif one == '"':
            inside = True
        elif one in "{[":
            open_.append(one)
        elif one in "}]":
            open_.pop()
        elif one == "…":
            out.append('"…": "…"' if open_ and open_[-1] == "{" else '"…"')
            continue
        out.append(one)
    return "".join(out)


def differences(pattern, answer, path):
    """Where the answer is not as the pattern says."""
    if isinstance(pattern, str) and "…" in pattern:
        matches = isinstance(answer, str) and re.fullmatch(".*".join(map(re.escape, pattern.split("…"))), answer, re.DOTALL)
        return [] if matches else [f"{path} is {json.dumps(answer)}, not {json.dumps(pattern)}"]
    if isinstance(pattern, dict) and isinstance(answer, dict):
        found = [f"{path}.{name} is missing" for name in pattern if name != "…" and name not in answer]
        if "…" not in pattern:
            found += [f"{path}.{name} is not shown" for name in answer if name not in pattern]
        for name in pattern:
            if name != "…" and name in answer:
                found += differences(pattern[name], answer[name], f"{path}.{name}")
        return found
    if isinstance(pattern, list) and isinstance(answer, list):
        more = bool(pattern) and pattern[-1] == "…"
        wanted = pattern[:-1] if more else pattern
        if len(answer) < len(wanted) or (len(answer) > len(wanted) and not more):
            return [f"{path} has {len(answer)} elements, not {len(wanted)}"]
        return [one for place, element in enumerate(wanted) for one in differences(element, answer[place], f"{path}[{place}]")]
    return [] if pattern == answer and type(pattern) is type(answer) else [f"{path} is {json.dumps(answer)}, not {json.dumps(pattern)}"]


def pages():
    """README and manual; not CHANGELOG.md, which names what there was."""
    manual = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))
    return ["README.md", "CONTRIBUTING.md", "SECURITY.md", *manual]


def main():
    campanile, names = str(pathlib.Path(sys.argv[1]).resolve()), sys.argv[2:] or pages()
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(campanile, pathlib.Path(folder))
        for name in names:
            runner.page(name)
    print(*runner.wrong, sep="\n")
    print(f"{runner.count} commands and documents of {len(names)} pages were looked at, {len(runner.wrong)} are wrong")
    sys.exit(1 if runner.wrong else 0)


main()
