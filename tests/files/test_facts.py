"""Each question about the disk notices what it is there for, and whatever lies there gives an answer."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mlguard.files.facts import LISTINGS, Question, answer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text("one")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "b.txt").write_text("two")
    (tmp_path / "link").symlink_to("a.txt")
    return tmp_path


def same_size_and_time(file: Path) -> None:
    before = file.stat()
    file.write_text("eno")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def in_the_place(file: Path) -> None:
    file.unlink()
    file.mkdir()


EDITS: dict[str, Callable[[Path], object]] = {
    "edit of the same size and time": lambda f: same_size_and_time(f / "a.txt"),
    "touch": lambda f: os.utime(f / "a.txt", ns=(1, 1)),
    "rights": lambda f: (f / "a.txt").chmod(0o600),
    "gone": lambda f: (f / "a.txt").unlink(),
    "folder in its place": lambda f: in_the_place(f / "a.txt"),
    "link in its place": lambda f: ((f / "a.txt").rename(f / "c"), (f / "a.txt").symlink_to("c")),
    "new file": lambda f: (f / "new.txt").touch(),
    "new module": lambda f: (f / "new.py").touch(),
    "new folder": lambda f: (f / "new").mkdir(),
    "new package": lambda f: (f / "inner" / "__init__.py").touch(),
    "new file below": lambda f: (f / "inner" / "c.txt").touch(),
    "link led elsewhere": lambda f: ((f / "link").unlink(), (f / "link").symlink_to("inner")),
}

NOTICED = {
    ("a.txt", Question.CONTENT): {"edit of the same size and time", "gone", "folder in its place"},
    ("a.txt", Question.KIND): {"gone", "folder in its place"},
    ("a.txt", Question.LINK): {"gone", "folder in its place", "link in its place"},
    ("a.txt", Question.STATE): {"touch", "rights", "gone", "folder in its place"},
    ("a.txt", Question.OWN): {"touch", "rights", "gone", "folder in its place", "link in its place"},
    ("a.txt", Question.STAMP): {"edit of the same size and time", "touch", "rights", "gone", "folder in its place"},
    ("link", Question.CONTENT): {"edit of the same size and time", "gone", "folder in its place", "link led elsewhere"},
    ("link", Question.LINK): {"link led elsewhere"},
    ("", Question.NAMES): {"gone", "new file", "new module", "new folder", "link in its place"},
    ("", Question.KINDS): {"gone", "new file", "new module", "new folder", "folder in its place", "link in its place"}
    | {"link led elsewhere"},
    ("", Question.ENTRIES): {"gone", "touch", "rights", "new file", "folder in its place", "link led elsewhere"}
    | {"link in its place", "new package", "new file below"},
    ("", Question.MODULES): {"new module", "new folder", "new package", "folder in its place"},
    ("", Question.FOLDERS): {"new folder", "folder in its place"},
    ("", Question.TREE): {"gone", "new file", "new module", "new folder", "new package", "new file below"},
}
"""What each question must notice; it may notice more."""


@pytest.mark.parametrize(("name", "question"), NOTICED, ids=lambda one: str(one) or "folder")
def test_what_a_question_notices(folder: Path, name: str, question: Question, tmp_path_factory: pytest.TempPathFactory):
    missed = []
    for edit in sorted(NOTICED[name, question]):
        place = tmp_path_factory.mktemp("copy")
        os.system(f"cp -a {folder}/. {place}")
        before = answer(question, str(place / name))
        EDITS[edit](place)
        missed += [edit] if answer(question, str(place / name)) == before else []
    assert missed == []


def test_an_entry_that_cannot_be_looked_at_hides_no_other(folder: Path):
    (folder / "loop").symlink_to("loop")
    listings = [question for question in LISTINGS if question is not Question.FOLDERS]
    before = [answer(question, str(folder)) for question in listings]
    (folder / "new.py").touch()
    assert not {*before} & {answer(question, str(folder)) for question in listings}


def test_a_touch_is_no_edit_and_what_tools_keep_is_no_entry(folder: Path):
    asked = [(question, folder / name) for name, question in NOTICED if question not in (Question.ENTRIES,)]
    quiet = [(q, p) for q, p in asked if q not in (Question.STATE, Question.OWN, Question.STAMP)]
    before = [answer(question, str(path)) for question, path in quiet]
    os.utime(folder / "a.txt", ns=(1, 1))
    for name in (".git", ".mlguard", "__pycache__"):
        (folder / name).mkdir()
    assert [answer(question, str(path)) for question, path in quiet] == before


def test_what_cannot_be_read_is_an_answer_too(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")  # To open it would wait for ever.
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").touch()
    for question in Question:
        assert answer(question, str(tmp_path / "none")) == "absent"
        assert answer(question, str(tmp_path / "file" / "below")) == "absent, below what is no folder"
        assert answer(question, "a\0b").startswith("refused")
        assert answer(question, str(tmp_path / "pipe"))
        assert answer(question, str(tmp_path / "loop"))
