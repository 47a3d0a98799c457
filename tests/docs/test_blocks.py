"""Every block of every page runs: files are written, edits are made, commands print what the page shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT, Typed, blocks, pages
from tests.docs.projects import ELSEWHERE, OF_THE_BUILD
from tests.docs.running import READ_ONLY, Reader, opened

LINK = re.compile(r"\]\(([^)#:]+\.md)\)")
ALL = {page: blocks(page) for page in pages()}
TRANSLATED = {page: page.replace(".ja.md", ".md") for page in ALL if page.endswith(".ja.md")}
RUNS = [page for page in ALL if ALL[page] and page not in {*ELSEWHERE, *OF_THE_BUILD, *TRANSLATED, "README.md"}]


def test_the_guard_of_the_readme_runs(followed: None, tmp_path: Path) -> None:
    reader = opened("README.md", tmp_path)
    for block in ALL["README.md"]:
        reader.follow(block)
    assert "contracts: 1" in reader.type(Typed("mlguard check --try", ""))
    assert reader.code == 3


def linked(page: str) -> set[str]:
    """The pages to which a page links, each as its original."""
    return {link.replace(".ja.md", ".md") for link in LINK.findall((ROOT / page).read_text(encoding="utf-8"))}


@pytest.mark.parametrize("page", RUNS)
def test_the_blocks_of_a_page_run(followed: None, tmp_path: Path, page: str) -> None:
    reader = opened(page, tmp_path)
    for block in ALL[page]:
        reader.follow(block)


@pytest.mark.parametrize("page", TRANSLATED)
def test_a_translation_has_the_blocks_and_links_of_its_original(page: str) -> None:
    here, there = (
        [(one.language, one.file(), one.file("edit"), one.text) for one in ALL[name]]
        for name in (page, TRANSLATED[page])
    )
    assert here == there
    mine, its = (linked(name) - {Path(TRANSLATED[page]).name} for name in (page, TRANSLATED[page]))
    assert mine == its


def test_every_block_has_a_language_that_is_run_or_read() -> None:
    known = {name.removeprefix("_") for name in vars(Reader)} | READ_ONLY
    for page in RUNS:
        assert [block.place for block in ALL[page] if block.language not in known] == []
    developers = [block.place for page in OF_THE_BUILD for block in ALL.get(page, ()) if not block.language]
    assert developers == []


def test_no_block_is_overlooked() -> None:
    for page, found in ALL.items():
        fences = re.findall(r"^\s*```", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
        assert len(fences) == 2 * len(found), f"{page}: a block is indented, or its fence is not closed"


def test_pages_that_are_tested_elsewhere_are_tested_there() -> None:
    for page, test in ELSEWHERE.items():
        assert Path(page).name in (ROOT / test).read_text(encoding="utf-8"), page
