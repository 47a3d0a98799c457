"""Verdicts as Markdown for the summary of a CI job, and as annotations of the guards' files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Final

from mlguard.core.outcome import Outcome
from mlguard.core.run_name import MAIN
from mlguard.core.verdict import Verdict
from mlguard.core.visible import one_line
from mlguard.report.moves import SHOWN
from mlguard.report.sentence import say
from mlguard.report.terminal import draw
from mlguard.report.wording import after_push, headline, reason, summary

MOST: Final = 60_000
"""Bytes of a document at most, in UTF-8; GitHub takes a megabyte a step, comments on pull requests take 65,536."""

_LONGEST: Final = 300
"""Characters of a name or a message that are shown in one place at most."""

_PLACED: Final = MOST // 8
"""Bytes of the places of results at most: of one guard, and of all."""

_DETAILS: Final = "<details><summary>{title}</summary>\n\n{text}\n\n</details>\n"


def document(verdicts: Sequence[Verdict], *, waited: float | None = None) -> str:
    """One line for a run in which all match; else a table of what failed, and each explanation to unfold.

    `waited`: seconds from the push to here, where that is known. Explanations that have no room are left out, with a
    line that says so.
    """
    failed = [verdict for verdict in verdicts if verdict.outcome is not Outcome.MATCH]
    parts = [f"### mlguard: {summary(verdicts)}{_changed(failed)}\n", *(f"{line}\n" for line in after_push(waited))]
    for rows, share in ((_table(failed), MOST // 2), *((_by_place(verdict), _PLACED) for verdict in failed)):
        table = "\n".join(_fitting(rows, min(share, MOST // 2 + _PLACED - sum(map(_size, parts)))))
        parts += [f"{table}\n"] if table else []
    left_out, room = 0, MOST - sum(map(_size, parts)) - 200
    for verdict in failed:
        part = _DETAILS.format(title=_html(headline(verdict)[:_LONGEST]), text=_fenced(draw(verdict)))
        if _size(part) > room:
            left_out += 1
            continue
        parts.append(part)
        room -= _size(part)
    if left_out:
        parts.append(f"{left_out} more failed; the log of the job has all of it.\n")
    return "\n".join(filter(None, parts))


def workflow_commands(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """One workflow command for each guard that failed, at the file that declares it."""
    for verdict in verdicts:
        if verdict.outcome is not Outcome.MATCH:
            level = "error" if verdict.outcome.exit_code != Outcome.UNSTABLE.exit_code else "warning"
            where = f"file={_property(verdict.file)}," if verdict.file else ""
            title = _property(f"mlguard: {headline(verdict)}"[:_LONGEST])
            yield f"::{level} {where}title={title}::{_message(one_line(reason(verdict))[:_LONGEST])}"


def _changed(failed: Sequence[Verdict]) -> str:
    """What changed that moved guards, as a label of the whole; empty where nobody knows."""
    kinds = dict.fromkeys(kind for verdict in failed for kind in verdict.changed)
    return f"; changed: {', '.join(kinds)}" if kinds else ""


def _table(failed: Sequence[Verdict]) -> Iterator[str]:
    if not failed:
        return
    yield "| guard | outcome | changed | first moved | what |"
    yield "|---|---|---|---|---|"
    for verdict in failed[:100]:
        changed, first = ", ".join(verdict.changed), verdict.first_moved or ""
        cells = (verdict.guard, verdict.outcome, changed, first, one_line(reason(verdict)))
        yield f"| {' | '.join(_cell(str(cell)) for cell in cells)} |"


def _fitting(rows: Iterator[str], room: int) -> Iterator[str]:
    """As many rows as there is room for, in bytes; none where the head of a table and a row have none."""
    first = list(islice(rows, 3))
    if sum(map(_size, first)) > room:
        return
    for row in chain(first, rows):
        room -= _size(row) + 1
        if room < 0:
            return
        yield row


def _by_place(verdict: Verdict) -> Iterator[str]:
    """What moved in the main run, by the part of the subject that gives it, such as the cell of a notebook."""
    placed = [(place, f) for f in verdict.moves() if f.run == MAIN and (place := verdict.place(f))]
    if not placed:
        return
    yield f"| {_cell(verdict.guard)} comes from | what moved |"
    yield "|---|---|"
    for place, finding in placed[:SHOWN]:
        yield f"| {_cell(place)} | {_cell(say(finding, verdict.against))} |"
    if len(placed) > SHOWN:
        yield f"| | and {len(placed) - SHOWN} more |"


def _cell(text: str) -> str:
    """Text as code in a table, where nothing in it is markup."""
    return f"<code>{_html(text[:_LONGEST])}</code>" if text else ""


def _html(text: str) -> str:
    """Text of which nothing is markup, in HTML or in Markdown."""
    return re.sub(r"[^\w .,:;()=+/%-]", lambda found: f"&#{ord(found[0])};", one_line(text))


def _fenced(text: str) -> str:
    """Text in a fence that nothing in it can close."""
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text)), 3)
    return f"{fence}text\n{text}\n{fence}"


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str | None) -> str:
    return _message(str(text)).replace(":", "%3A").replace(",", "%2C")
