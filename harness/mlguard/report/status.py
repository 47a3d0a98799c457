"""What a branch changes about the goldens, in words and as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlguard.core.changed import Changed, Doubt, Unlisted
from mlguard.core.visible import one_line
from mlguard.report.documents.goldens import Status
from mlguard.report.numbers import few

NAMED = 3
"""How many names one line shows."""

_HOW = {"new": "new golden", "changed": "recorded anew", "removed": "removed"}

_SENTENCES = {
    "no intent": "guarded code changed as well ({names}), and no intent says whether behaviour was meant to change; "
    'record it with --intent preserving, or --intent "changing: METRIC up"',
    "no approval": "it changed, and its log has no approval of that; record it with `mlguard regen-golden` or `review`",
    "lost approvals": "its log lacks approvals that it had: {names}; merge both logs with `mlguard regen-golden`",
    "fewer questions": "it was asked less than before: {names}; record it with the mlguard that the project uses",
    "older mlguard": "it was recorded by an older mlguard than before ({names}); record it with the newer one",
    "unreadable": "it cannot be read: {names}",
    "removed": "what it guarded is compared with nothing any more; of a guard that was renamed, "
    "`mlguard move OLD NEW` gives the new one its golden",
}

_TRACKED = "git has it, no golden lists it, and mlguard never opens it; keep it elsewhere, or remove it with `git rm`"
_UNTRACKED = "no golden lists it, and mlguard never opens it; keep it elsewhere, so that nobody adds it to git"


def draw(changed: Sequence[Changed], files: Sequence[Unlisted], base: str) -> str:
    """A paragraph for each changed golden and for each file that is none, and one line on all."""
    lines = [*(line for one in changed for line in _lines(one)), *(line for one in files for line in _file(one))]
    return "\n".join([*lines, *([""] if lines else []), _all(changed, files, base)])


def as_data(changed: Sequence[Changed], files: Sequence[Unlisted], base: str, exit_code: int) -> Status:
    """The same as plain data."""
    return {
        "base": base,
        "goldens": [
            {
                "name": one.name,
                "how": str(one.how),
                "approvals": [
                    {"when": a.when, "by": a.by, "reason": a.reason, "intent": a.intent, "summary": list(a.summary)}
                    for a in one.approvals
                ],
                "doubts": [
                    {"kind": str(doubt.kind), "names": list(doubt.names), "message": _doubt(doubt)}
                    for doubt in one.doubts
                ],
            }
            for one in changed
        ],
        "files": [{"file": one.file, "tracked": one.tracked, "message": _unlisted(one)} for one in files],
        "exit_code": exit_code,
    }


def _lines(one: Changed) -> Iterator[str]:
    yield f"{one.name}: {_HOW[one.how]}"
    for approval in one.approvals:
        intent = f" ({approval.intent})" if approval.intent else ""
        by = f" {approval.by}:" if approval.by else ""
        yield f'  {approval.when[:10]}{by} "{approval.reason}"{intent}'
        yield from (f"    {line}" for line in approval.summary)
    yield from (f"  look: {_doubt(doubt)}" for doubt in one.doubts)


def _file(one: Unlisted) -> Iterator[str]:
    yield f"{one_line(one.file)}: a file of no golden"
    yield f"  look: {_unlisted(one)}"


def _unlisted(one: Unlisted) -> str:
    return _TRACKED if one.tracked else _UNTRACKED


def _all(changed: Sequence[Changed], files: Sequence[Unlisted], base: str) -> str:
    doubtful = sum(bool(one.doubts) for one in changed) + len(files)
    number = {0: "no golden", 1: "1 golden"}.get(len(changed), f"{len(changed)} goldens")
    return f"{number} changed since {base}" + (f"; {doubtful} to look at" if doubtful else "")


def _doubt(doubt: Doubt) -> str:
    return _SENTENCES[doubt.kind].format(names=few(doubt.names, NAMED))
