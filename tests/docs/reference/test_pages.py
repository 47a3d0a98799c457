"""Reference pages say what the code declares: each option, setting, command and key, and nothing that is gone."""

from __future__ import annotations

import re
from dataclasses import fields

import click
import pytest

from mlguard.cli.main import COMMANDS
from mlguard.core.options import Options, Pipeline
from mlguard.report.documents import DOCUMENTS
from mlguard.settings import ENTRIES
from tests.docs.reference import commands, json_documents, pytest_options
from tests.docs.reference.pages import DOCS, PAGES, text


def shown(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def headings(name: str) -> list[str]:
    return re.findall(r"^##+ `(.+)`$", shown(name), re.MULTILINE)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_as_the_code_makes_it(name: str) -> None:
    assert shown(name) == text(name), "write it anew: python -m tests.docs.reference.pages"


def test_each_option_of_a_guard_stands_there_once() -> None:
    assert headings("options.md") == [option.name for declared in (Pipeline, Options) for option in fields(declared)]


def test_each_setting_stands_there_once() -> None:
    assert headings("settings.md") == list(ENTRIES)


def test_each_command_stands_there_with_all_its_options() -> None:
    assert headings("commands.md") == [f"mlguard {name}" for name in COMMANDS]
    sections = re.split(r"^## ", shown("commands.md"), flags=re.MULTILINE)[1:]
    for name, section in zip(COMMANDS, sections, strict=True):
        declared = [opt for one in commands.command(name).params if isinstance(one, click.Option) for opt in one.opts]
        rows = "".join(line.split("|")[1] for line in section.splitlines() if line.startswith("| `"))
        assert re.findall(r"`(-[\w-]+)`", rows) == declared


def test_each_option_of_pytest_stands_there_once() -> None:
    assert re.findall(r"^\| `(--[\w-]+)`", shown("pytest-options.md"), re.MULTILINE) == [
        name for name, _ in pytest_options.options()
    ]


def test_each_command_has_its_document_and_each_key_its_row() -> None:
    assert {name.partition(" ")[0] for name in DOCUMENTS} - {"any"} == set(COMMANDS)
    sections = re.split(r"^## ", shown("json.md"), flags=re.MULTILINE)[1:]
    rows = {part.partition("\n")[0]: re.findall(r"^\| \*?`(\w+)`", part, re.MULTILINE) for part in sections}
    for declared in DOCUMENTS.values():
        for part in json_documents.entries(declared):
            assert rows[json_documents.title(part)] == list(json_documents.hints(part))
