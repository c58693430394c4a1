#!/usr/bin/env python3
"""Looks for what the words around the code say wrongly. Above all for dead links: in the Markdown files of the repository as GitHub shows them, and in the book as it was built.

    python3 .ci/links.py [BOOK]

Addresses elsewhere are not asked: a gate must not fail because somebody else's server does. An address of the repository itself is a file here.
"""

import html
import html.parser
import pathlib
import re
import subprocess
import sys
import unicodedata
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
REPOSITORY = "https://github.com/example/campanile/blob/main/"
FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)


def anchors_of(text):
    """The anchors that GitHub gives the headings of a page."""
    seen, anchors = {}, set()
    for heading in re.findall(r"^#+ +(.*?) *$", FENCE.sub("", text), re.MULTILINE):
        heading = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        kept = "".join(one for one in heading.lower() if one in " -_" or unicodedata.category(one)[0] in "LN")
        anchor = kept.strip().replace(" ", "-")
        count = seen.get(anchor, 0)
        seen[anchor] = count + 1
        anchors.add(f"{anchor}-{count}" if count else anchor)
    return anchors


def markdown_files():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.md"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


def of_markdown():
    for page in markdown_files():
        text = page.read_text()
        name = page.relative_to(ROOT)
        prose = FENCE.sub(lambda block: "\n" * block[0].count("\n"), text)
        prose = re.sub(r"`[^`\n]*`", lambda span: span[0] if "](" not in span[0] else " " * len(span[0]), prose)
        for link in re.finditer(r"\]\(<?([^)\s>]+)>?\)|<(?:img|source)[^>]* (?:src|srcset)=\"([^\"]+)\"|href=\"([^\"]+)\"", prose):
            target = next(filter(None, link.groups()))
            line = prose.count("\n", 0, link.start()) + 1
            if target.startswith(REPOSITORY):
                path, _, anchor = target.removeprefix(REPOSITORY).partition("#")
                file = ROOT / path
            elif "://" in target or target.startswith("mailto:"):
                continue
            else:
                path, _, anchor = urllib.parse.unquote(target).partition("#")
                file = (page.parent / path).resolve() if path else page
            if not file.exists():
                yield f"{name}:{line}: there is no {target}"
            elif anchor and file.suffix == ".md" and anchor not in anchors_of(file.read_text()):
                yield f"{name}:{line}: {file.relative_to(ROOT)} has no heading #{anchor}"


class Document(html.parser.HTMLParser):
    """The links and the anchors of a page of the book."""

    def __init__(self, file):
        super().__init__()
        self.links, self.anchors = [], set()
        self.feed(file.read_text())

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.anchors |= {attributes[name] for name in ("id", "name") if attributes.get(name)}
        for name in ("href", "src"):
            if attributes.get(name) and tag in ("a", "img", "link", "script"):
                self.links.append(attributes[name])


def of_book(book):
    documents = {file: Document(file) for file in book.rglob("*.html") if file.name not in ("print.html", "toc.html", "404.html")}
    if not documents:
        yield f"{book} has no pages"
    for file, document in documents.items():
        for target in document.links:
            where = urllib.parse.urlsplit(target)
            name = file.relative_to(book)
            if target.startswith(REPOSITORY):
                if not (ROOT / urllib.parse.unquote(where.path.split("/blob/main/")[1])).exists():
                    yield f"{name}: there is no {target}"
                continue
            if where.scheme or target.startswith("//"):
                continue
            path = (file.parent / urllib.parse.unquote(where.path)).resolve() if where.path else file
            if path.is_dir():
                path = path / "index.html"
            if not path.exists():
                yield f"{name}: there is no {target}"
            elif where.fragment and path in documents and urllib.parse.unquote(where.fragment) not in documents[path].anchors:
                yield f"{name}: {target} names no heading"


def pages_that_nobody_finds():
    """Every page of the manual stands in its table of contents."""
    summary = (ROOT / "docs/SUMMARY.md").read_text()
    named = {(ROOT / "docs" / target).resolve() for target in re.findall(r"\]\(([^)#]+\.md)\)", summary)}
    for page in markdown_files():
        if page.is_relative_to(ROOT / "docs") and page.name != "SUMMARY.md" and page not in named:
            yield f"{page.relative_to(ROOT)} does not stand in docs/SUMMARY.md"


def steps_that_are_none():
    """`.ci/…` and `just …` in the words of a page are there."""
    recipes = set(re.findall(r"^([a-z][a-z-]*)(?: [^:]*)?:", (ROOT / "justfile").read_text(), re.MULTILINE))
    for page in markdown_files():
        text = page.read_text()
        for step in re.findall(r"`[^`\n]*?(\.ci/[a-z_.-]+)[^`\n]*`", text):
            if not (ROOT / step).exists():
                yield f"{page.relative_to(ROOT)}: there is no {step}"
        for recipe in re.findall(r"(?:`|^)just ([a-z-]+)", text, re.MULTILINE):
            if recipe not in recipes:
                yield f"{page.relative_to(ROOT)}: there is no recipe {recipe} of just"


def untrue_badges():
    """What the badges of the README say stands in the files behind them."""
    readme, manifest = (ROOT / "README.md").read_text(), (ROOT / "Cargo.toml").read_text()
    for name, value in [("rust", re.search(r'^rust-version = "(.*)"', manifest, re.MULTILINE)[1] + "+"), ("licence", re.search(r'^license = "(.*)"', manifest, re.MULTILINE)[1])]:
        shown = "badge/" + name + "-" + urllib.parse.quote(value.replace("-", "--"))
        if shown not in readme:
            yield f"README.md: the badge {name} does not say {value}"


def pins_that_differ():
    """mise.toml has the versions of rust-toolchain.toml and of CI."""
    mise = (ROOT / "mise.toml").read_text()
    workflows = "".join(file.read_text() for file in (ROOT / ".github/workflows").glob("*.yml"))
    pins = {"rust": re.search(r'channel = "(.*)"', (ROOT / "rust-toolchain.toml").read_text())[1]}
    for name in ("cargo-lambda", "aws-sam-cli", "ziglang"):
        pins[f'"pipx:{name}"'] = re.search(rf"{name}==(\S+)", workflows)[1]
    for name, version in pins.items():
        if f'{name} = "{version}"' not in mise:
            yield f"mise.toml: {name} is not {version}"


def main():
    dead = [*of_markdown(), *pages_that_nobody_finds(), *steps_that_are_none(), *untrue_badges(), *pins_that_differ()]
    if sys.argv[1:]:
        dead += of_book(pathlib.Path(sys.argv[1]).resolve())
    print(*sorted(set(dead)), sep="\n", end="\n" if dead else "")
    print(f"{len(set(dead))} dead links, pages that nobody finds, untrue badges and pins")
    sys.exit(1 if dead else 0)


main()
