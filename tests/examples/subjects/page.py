"""Write the tables of docs/subjects.md anew: `python -m tests.examples.subjects.page`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.examples.edit import CONTRACTS, PROBES
from tests.examples.subjects.boosting import BOOSTING
from tests.examples.subjects.edit import Edit, Subject
from tests.examples.subjects.table import SUBJECTS
from tests.examples.subjects.torch import TORCH

PAGE = Path(__file__).resolve().parents[3] / "docs" / "subjects.md"
ALL: tuple[Subject, ...] = (*SUBJECTS, BOOSTING, TORCH)

_BEGIN = "<!-- tables -->\n"


def written() -> str:
    """The page with its tables as the subjects say."""
    head, _, _ = PAGE.read_text(encoding="utf-8").partition(_BEGIN)
    return head + _BEGIN + "".join(_section(subject) for subject in ALL)


def _section(subject: Subject) -> str:
    lines = "\n".join(_lines(subject))
    place = f"`examples/subjects/{subject.project}`, guard `{subject.guard}`"
    return f"\n## {subject.number}. {subject.name}\n\n{place}\n\n{lines}\n"


def _lines(subject: Subject) -> Iterator[str]:
    yield "| what is edited | first moved | the report says | only |"
    yield "|---|---|---|---|"
    for edit in (*subject.rewrites, *subject.bugs):
        yield f"| {edit.id} | {edit.stage or 'nothing'} | {_told(edit)} | {_only(edit)} |"


def _told(edit: Edit) -> str:
    said = [f"`{_code(edit.names)}`"] if edit.names else []
    said += [f"`mlguard shapes`: {_code(edit.shape)}"] if edit.shape else []
    said += [f"`mlguard diff`: `{edit.edited}`"] if edit.edited else []
    return "; ".join(said) or "match"


def _code(text: str) -> str:
    return re.sub(r"\|", r"\\|", text)


def _only(edit: Edit) -> str:
    return "a probe" if edit.only is PROBES else "a contract" if edit.only is CONTRACTS else ""


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
