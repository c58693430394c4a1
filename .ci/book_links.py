#!/usr/bin/env python3
"""A preprocessor of mdBook, so that one page serves GitHub and the book: a link to a file outside of docs/ leads to the repository, and
one to a folder's README.md to the page that the book makes of it."""

import json
import posixpath
import re
import sys

FRONT_PAGE = re.compile(r"(^|/)README[.]md$")
LINK = re.compile(r"(\]\()([^)\s#]+)((?:#[^)\s]*)?\))")


def rewritten(content, path, base):
    """The page's text with its links out of the book."""
    def link(found):
        target = found[2]
        if "://" in target or target.startswith("mailto:"):
            return found[0]
        inside = posixpath.normpath(posixpath.join("docs", posixpath.dirname(path), target))
        if not inside.startswith("docs/"):
            return f"{found[1]}{base}/{inside}{found[3]}"
        return found[1] + FRONT_PAGE.sub(r"\1index.md", target) + found[3]
    parts = re.split(r"(^ *```.*?^ *```$)", content, flags=re.MULTILINE | re.DOTALL)
    return "".join(part if place % 2 else LINK.sub(link, part) for place, part in enumerate(parts))


def walk(items, base):
    for item in items:
        chapter = item.get("Chapter") if isinstance(item, dict) else None
        if chapter:
            chapter["content"] = rewritten(chapter["content"], chapter.get("source_path") or chapter["path"], base)
            walk(chapter["sub_items"], base)


def main():
    if sys.argv[1:2] == ["supports"]:
        sys.exit(0)
    context, book = json.load(sys.stdin)
    walk(book.get("items") or book["sections"], context["config"]["preprocessor"]["repository"]["url"])
    json.dump(book, sys.stdout)


main()
