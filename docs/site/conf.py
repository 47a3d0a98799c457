"""How Sphinx makes the site of these pages: `tox -e docs`. The pages stay plain Markdown, as GitHub shows them.

`docs/README.md` lists the pages by reader, and its lists are the site's navigation. Decisions need not be listed; any
other page that it does not list stands below "More".
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Any

ROOT = Path(__file__).parents[2]
MAP = "docs/README"
"""The page that lists all others."""

DECISIONS = "docs/decisions/"
"""Where decisions lie, which it need not list."""

project = "mlguard"
author = "the developers of mlguard"
project_copyright = author
extensions = ["myst_parser"]
# The project's root is the source folder, so that its own pages and their links are part of the site.
root_doc = "README"
include_patterns = ["*.md", "docs/**.md", "benchmarks/README.md"]
exclude_patterns = [".*", "build", "datasets", "golden", "harness", "tests"]
nitpicky = True
myst_heading_anchors = 3

html_theme = "furo"
html_title = "mlguard"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False

_HEADING = re.compile(r"^## (.+)$")
_ENTRY = re.compile(r"^- \[[^]]+\]\(([^)#]+)\.md[)#]")
_OUTSIDE = re.compile(
    r"<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)=\"(?:https?:)?//[^\"]*\""
    r"|url\([\"']?(?:https?:)?//[^)]*\)"
)


def navigation(map_text: str, pages: Sequence[str]) -> dict[str, list[str]]:
    """The pages below each heading of the map, by their names without `.md`, then the decisions, then all others."""
    parts: dict[str, list[str]] = {}
    folder = PurePosixPath(MAP).parent
    for line in map_text.splitlines():
        if heading := _HEADING.match(line):
            below = parts.setdefault(heading[1], [])
        elif entry := _ENTRY.match(line):
            below.append(normpath(folder / entry[1]))
    listed = {page for below in parts.values() for page in below}
    rest = [page for page in sorted(pages) if page not in listed | {root_doc, MAP}]
    decisions = [page for page in rest if page.startswith(DECISIONS)]
    others = {"Decisions": decisions, "More": [page for page in rest if page not in decisions]}
    return {**parts, **{caption: below for caption, below in others.items() if below}}


def contents(parts: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The navigation in the words of Sphinx: one list of pages with a title per part."""
    for caption, pages in {"": [MAP], **parts}.items():
        yield "\n".join(["", "```{toctree}", ":hidden:", f":caption: {caption}" if caption else "", "", *pages, "```"])


def _give_navigation(app: Any, page: str, source: list[str]) -> None:
    if page == root_doc:
        parts = navigation((ROOT / f"{MAP}.md").read_text(encoding="utf-8"), sorted(app.env.found_docs))
        source[0] += "\n".join(["", *contents(parts)])


def _read_first_page(*_: Any) -> list[str]:
    """The first page is read in each build, since new pages are part of its navigation."""
    return [root_doc]


def _finish(app: Any, failed: Exception | None) -> None:
    """Let the first page be found where servers look for it, and refuse a site that loads something from outside."""
    if failed is not None or app.builder.name != "html":
        return
    from sphinx.errors import SphinxError

    site = Path(app.outdir)
    shutil.copyfile(site / f"{root_doc}.html", site / "index.html")
    loaded = {
        f"{page.relative_to(site)}: {found}"
        for page in sorted([*site.rglob("*.html"), *site.rglob("*.css")])
        for found in _OUTSIDE.findall(page.read_text(encoding="utf-8"))
    }
    if loaded:
        raise SphinxError("the site loads what it does not hold:\n" + "\n".join(sorted(loaded)))


def setup(app: Any) -> None:
    """Let Sphinx call what is above."""
    app.connect("source-read", _give_navigation)
    app.connect("env-get-outdated", _read_first_page)
    app.connect("build-finished", _finish)
