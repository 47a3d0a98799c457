"""Follow one page from its first block to its last, as a reader would: its files, its edits, its commands."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from mlguard.cli.main import main
from mlguard.settings import settings_of
from tests.docs.blocks import Block, Typed, session
from tests.docs.projects import given
from tests.docs.reference import commands
from tests.docs.rules import same, stable
from tests.project import Project
from tests.repository import calm

READ_ONLY = {"text", "yaml", "json"}
"""Languages of what is looked at: `text` is shown, the others are read."""

_ANSWERED = re.compile(r"(?:\[y/N\]: | > |^reason: )(\S.*)$", re.MULTILINE)
"""What somebody types at a question, as a terminal shows it."""
_VARIABLE = re.compile(r"[A-Z_]+=")
_INSTALLS = re.compile(r"(python -m )?pip install .*")


class Answers(io.StringIO):
    """What is typed at questions; each line shows where it is typed."""

    def __init__(self, lines: str, screen: io.StringIO) -> None:
        super().__init__(lines)
        self.screen = screen

    def isatty(self) -> bool:
        """Somebody sits there, if there is something to type."""
        return bool(self.getvalue())

    def readline(self, *size: int) -> str:  # type: ignore[override]
        """One line."""
        line = super().readline(*size)
        self.screen.write(line)
        return line


def opened(page: str, folder: Path) -> Reader:
    """Somebody who begins to read a page."""
    before = given(page)
    reader = Reader(Project(folder, before.files))
    for command in before.commands:
        seen = reader.type(Typed(command, ""))
        assert reader.code == 0, f"{page}: `{command}` comes before its first block, and prints\n{seen}"
    for edit in before.edits:
        reader.project.edit(*edit)
    return reader


@dataclass
class Reader:
    """Somebody who follows a page in a project of their own."""

    project: Project
    """Where."""
    code: int = 0
    """The exit code of the last command."""

    def follow(self, block: Block) -> None:
        """Do what one block says."""
        if name := block.file():
            self.project.write(name, block.text)
        elif name := block.file("edit"):
            self._edit(name, block)
        elif name := block.file("part of"):
            whole = (self.project.root / name).read_text(encoding="utf-8").splitlines()
            assert set(block.text.splitlines()) <= set(whole), f"{block.place}: {name} has other lines"
        getattr(self, f"_{block.language}")(block)

    def _console(self, block: Block) -> None:
        for typed in session(block):
            seen = self.type(typed)
            assert self.is_shown(typed, seen), (
                f"{block.place}: `$ {typed.command}` is shown with\n{typed.shown}\nand prints\n{seen}"
            )

    def is_shown(self, typed: Typed, seen: str) -> bool:
        """Whether a page shows what a command printed."""
        return same(stable(typed.shown), stable(seen, str(self.project.root)))

    def type(self, typed: Typed) -> str:
        """What a command prints."""
        command = re.sub(r"\s+# .*$", "", typed.command)
        if _INSTALLS.fullmatch(command):
            return ""
        if command == "echo $?":
            return f"{self.code}\n"
        words = shlex.split(command)
        variables = dict(word.split("=", 1) for word in takewhile(_VARIABLE.match, words))
        if words[len(variables)] == "mlguard" and not {"|", ">", "&&"} & set(words):
            answers = "\n".join(_ANSWERED.findall(typed.shown))
            return self._mlguard(words[len(variables) + 1 :], variables, answers)
        return self._shell(command)

    def _mlguard(self, words: list[str], variables: Mapping[str, str], answers: str) -> str:
        screen = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, contextlib.chdir(self.project.root):
            for name in ("CI", "GITHUB_ACTIONS"):
                patch.delenv(name, raising=False)
            for name, value in {"COLUMNS": "100", **variables}.items():
                patch.setenv(name, value)
            patch.setattr(sys, "stdin", Answers(answers and f"{answers}\n", screen))
            shown = contextlib.redirect_stdout(screen), contextlib.redirect_stderr(screen)
            with shown[0], shown[1], pytest.raises(SystemExit) as ended:
                main(words)
        self.code = int(ended.value.code or 0)
        return screen.getvalue()

    def _shell(self, command: str) -> str:
        kept = {name: text for name, text in calm().items() if name not in ("CI", "GITHUB_ACTIONS")}
        author = {
            f"GIT_{who}_{what}": "you@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        programs = {"PATH": os.pathsep.join([os.path.dirname(sys.executable), kept["PATH"]]), "COLUMNS": "100"}
        ran = subprocess.run(
            ["sh", "-c", command],
            cwd=self.project.root,
            env={**kept, **author, **programs, "PYTEST_ADDOPTS": "-p no:cacheprovider -p no:randomly"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.code = ran.returncode
        return ran.stdout

    def _edit(self, name: str, block: Block) -> None:
        """Replace what a `diff` block takes away, with the lines around it, by what it adds."""
        lines = block.text.splitlines()
        old, new = ("".join(f"{line[1:]}\n" for line in lines if line[:1] != sign) for sign in "+-")
        content = (self.project.root / name).read_text(encoding="utf-8")
        assert content.count(old) == 1, f"{block.place}: what it edits stands {content.count(old)} times in {name}"
        self.project.write(name, content.replace(old, new))

    def _python(self, block: Block) -> None:
        code = compile(textwrap.dedent(block.text), block.place, "exec")
        if not block.note:
            exec(code, {**names(), "__name__": "shown"})

    def _toml(self, block: Block) -> None:
        section = tomllib.loads(block.text).get("tool", {}).get("mlguard", {})
        settings_of(self.project.root, self.project.root, section, declared=True)

    def _sh(self, block: Block) -> None:
        """Commands for the reader's own project: each is one that exists, with options that it has."""
        for words in (shlex.split(line, comments=True) for line in block.text.splitlines()):
            if words[:1] == ["mlguard"]:
                found = commands.command(words[1])
                found.make_parser(click.Context(found)).parse_args(words[2:])

    def _diff(self, block: Block) -> None:
        assert block.file("edit"), f"{block.place}: say which file it edits: <!-- edit: NAME -->"

    def _text(self, block: Block) -> None:
        """It is shown, and nothing can be done with it."""

    def _yaml(self, block: Block) -> None:
        assert yaml.safe_load(block.text) is not None

    def _json(self, block: Block) -> None:
        assert json.loads(block.text) is not None

    def _sql(self, block: Block) -> None:
        assert block.file(), f"{block.place}: say in which file it stands: <!-- file: NAME -->"


def names() -> dict[str, Any]:
    """What a short piece of Python on a page may use without importing it."""
    import numpy
    import pandas

    import mlguard

    return {"np": numpy, "pd": pandas, **{name: getattr(mlguard, name) for name in mlguard.__all__}}
