"""Every error's slug is explained in docs/messages.md, and nothing is explained that no error says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from mlguard.cli import main
from tests.house.conftest import ROOT, SOURCES

PAGE = (ROOT / "docs/messages.md").read_text(encoding="utf-8")
EXPLAINED = re.findall(r"^## `([^`]+)`$", PAGE, re.MULTILINE)


def texts(value: ast.expr) -> Iterator[str]:
    """A text constant, or those of both branches of a choice."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from (*texts(value.body), *texts(value.orelse))


def assigned(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    """The names and values of an assignment, pair by pair where both sides are tuples."""
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        yield from zip(target.elts, value.elts, strict=True)
    else:
        yield target, value


def spoken(tree: ast.AST) -> Iterator[str]:
    """The slugs in a module: `slug=` in a call, or what a variable `slug` is set to."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "slug":
            yield from texts(node.value)
        if isinstance(node, ast.Assign):
            for name, value in assigned(node):
                if isinstance(name, ast.Name) and name.id == "slug":
                    yield from texts(value)


def slugs() -> dict[str, str]:
    """Every slug of the source, and the last file that says it."""
    parsed = {file: ast.parse(file.read_text(encoding="utf-8")) for file in SOURCES}
    found = {slug: file.relative_to(ROOT).as_posix() for file, tree in parsed.items() for slug in spoken(tree)}
    return {**found, main.USAGE: "harness/mlguard/cli/main.py"}


def test_the_collector_sees_every_form() -> None:
    source = """
raise UsageError("…", slug="in-a-call")
told, slug = "the words", "in-a-pair"
slug = "one-way" if x else "other-way"
"""
    assert set(spoken(ast.parse(source))) == {"in-a-call", "in-a-pair", "one-way", "other-way"}


def test_slugs_are_kebab_case() -> None:
    assert [slug for slug in slugs() if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)] == []


def test_every_slug_is_explained() -> None:
    unexplained = {slug: file for slug, file in sorted(slugs().items()) if slug not in EXPLAINED}
    assert not unexplained, "give each a paragraph in docs/messages.md: " + ", ".join(unexplained)


def test_every_explanation_has_its_slug_and_stands_in_order() -> None:
    assert sorted(set(EXPLAINED)) == EXPLAINED
    assert set(EXPLAINED) - set(slugs()) == set()


def test_every_paragraph_ends_with_its_exit_code() -> None:
    paragraphs = re.split(r"^## .*$", PAGE, flags=re.MULTILINE)[1:]
    assert [text for text in paragraphs if not re.search(r"Exit [2345]\.$", text.strip())] == []
