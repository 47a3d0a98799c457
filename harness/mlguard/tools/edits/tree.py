"""Two states of a project's files as edits."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from mlguard.tools.edits.blocks import Module
from mlguard.tools.edits.book import BookFile
from mlguard.tools.edits.edit import Edit
from mlguard.tools.edits.plain import PlainFile
from mlguard.tools.edits.python import PythonFiles

Files = Mapping[str, bytes | None]
"""Contents by path below the top; None where there is no such file."""


@dataclass(frozen=True)
class Edits:
    """What was edited between two states of some files."""

    python: PythonFiles
    """Edits of Python code."""
    plain: tuple[PlainFile | BookFile, ...]
    """Edits of everything else, and of Python files that cannot be parsed."""
    whole: tuple[PlainFile, ...]
    """The Python files that both states have, each as one edit."""
    states: tuple[Files, Files]
    """All files, before and after."""

    @classmethod
    def between(cls, before: Files, after: Files, dotted: Callable[[str], str]) -> Edits:
        """`before` and `after` name the same files; `dotted` gives the module name of a Python file."""
        old: list[Module] = []
        new: list[Module] = []
        plain: list[PlainFile | BookFile] = []
        for file in after:
            contents = before[file], after[file]
            if contents[0] == contents[1]:
                continue
            modules = [_module(file, content) for content in contents] if file.endswith(".py") else [None]
            if None in modules:
                plain.append(BookFile.of(file, *contents) or PlainFile.of(file, *contents))
                continue
            for found, content, into in zip(modules, contents, (old, new), strict=True):
                if content is not None and found is not None:
                    into.append(found)
        both = [
            file for file in (module.file for module in new) if before[file] is not None and after[file] is not None
        ]
        whole = tuple(PlainFile.of(file, before[file], after[file]) for file in both)
        return cls(PythonFiles.of(old, new, dotted), tuple(plain), whole, (before, after))

    def all(self) -> tuple[Edit, ...]:
        """Every edit."""
        return (*self.python.edits(), *(edit for file in self.plain for edit in file.leaves))

    def called(self, edit: Edit) -> str:
        """Its name, with the line where others have the same."""
        twins = sum(other.name == edit.name for other in self.all())
        return f"{edit.name} at line {edit.line}" if edit.whole or twins > 1 else edit.name

    def is_old(self, undone: Collection[Edit]) -> bool:
        """Whether nothing at all is left of the new state without these edits, not even a comment."""
        before, after = self.states
        return {**after, **self.without(undone)} == before

    def orders(self) -> tuple[Edit, ...]:
        """What is no edit by itself: the order of statements and imports, and imports that nothing seems to need."""
        return tuple(self.python.orders())

    def rest(self) -> tuple[Edit, ...]:
        """Python files as wholes: with all that is no edit by itself, names and texts too."""
        return tuple(edit for file in self.whole for edit in file.leaves)

    def pieces(self, edit: Edit) -> tuple[Edit, ...]:
        """The places of an edited function as edits of their own; none where there is only one."""
        return self.python.pieces(edit)

    def without(self, undone: Collection[Edit]) -> dict[str, bytes | None]:
        """The files in which one of these edits lies, as they are without them; None where there is none then."""
        texts = {file: _encoded(text, self.states[1][file]) for file, text in self.python.without(undone).items()}
        files = [f for f in (*self.plain, *self.whole) if any(edit in undone for edit in f.leaves)]
        return {**texts, **{f.file: f.without(undone) for f in files}}


def _module(file: str, content: bytes | None) -> Module | None:
    """A Python file; an empty one where there is none, None where it cannot be read as Python."""
    try:
        return Module.of(file, (content or b"").decode(_encoding(content)))
    except (SyntaxError, ValueError):
        return None


def _encoding(content: bytes | None) -> str:
    """The encoding that a Python file declares. Raises SyntaxError for an unknown one."""
    return tokenize.detect_encoding(io.BytesIO(content or b"").readline)[0]


def _encoded(text: str, new: bytes | None) -> bytes:
    """A text as the new file is written; with a mark of its own where that has no room for it."""
    try:
        return text.encode(_encoding(new))
    except UnicodeEncodeError:
        return text.encode("utf-8-sig")
