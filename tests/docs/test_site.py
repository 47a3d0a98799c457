"""The site's navigation follows the map of pages, which lists what exists, and takes in what it does not list."""

from __future__ import annotations

import importlib.util
import re
from types import ModuleType

import pytest

from tests.docs.blocks import ROOT, pages

NAMES = [page.removesuffix(".md") for page in pages()]


@pytest.fixture(scope="module")
def conf() -> ModuleType:
    spec = importlib.util.spec_from_file_location("conf", ROOT / "docs/site/conf.py")
    assert spec
    assert spec.loader
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def test_each_page_has_one_place_and_each_place_a_page(conf: ModuleType) -> None:
    parts = conf.navigation((ROOT / "docs/README.md").read_text(encoding="utf-8"), NAMES)
    placed = [page for below in parts.values() for page in below]
    assert sorted(placed) == sorted(set(NAMES) - {conf.root_doc, conf.MAP})


def test_a_page_that_nobody_listed_stands_below_more(conf: ModuleType) -> None:
    text = "# Map\n\n## Tutorials\n\n- [First](first.md): words\n- [Security](../SECURITY.md#reports)\n"
    found = conf.navigation(text, ["README", "docs/README", "docs/decisions/x", "docs/first", "docs/new"])
    assert found == {
        "Tutorials": ["docs/first", "SECURITY"], "Decisions": ["docs/decisions/x"], "More": ["docs/new"],
    }  # fmt: skip


def test_the_navigation_is_what_sphinx_reads(conf: ModuleType) -> None:
    shown = list(conf.contents({"Tutorials": ["docs/first"]}))
    assert shown[1] == "\n```{toctree}\n:hidden:\n:caption: Tutorials\n\ndocs/first\n```"


def test_what_a_page_would_load_from_outside_is_found(conf: ModuleType) -> None:
    loads = ['<script src="https://a.example/x.js">', '<link rel="stylesheet" href="//a.example/x.css">']
    loads += ['<img alt="" src="http://a.example/x.png">']
    styles = ["url(https://a.example/x.woff2)", "url('//a.example/x.png')"]
    keeps = [
        "url(x.png)",
        "url(data:image/png;base64,AA//)",
        '<a href="https://a.example/">',
        '<script src="_static/x.js">',
        '<link href="../_static/x.css">',
    ]
    assert conf._OUTSIDE.findall("".join([*loads, *styles, *keeps])) == [*(text[:-1] for text in loads), *styles]


def test_pages_are_plain_markdown() -> None:
    with_directives = [page for page in pages() if re.search(r"^(```|:::)\{", (ROOT / page).read_text("utf-8"), re.M)]
    assert with_directives == []
