"""One guard on the page: why first, then where, by how much, and what surrounds it."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from mlguard.core.outcome import Outcome
from mlguard.core.value import Value
from mlguard.core.verdict import Verdict
from mlguard.core.visible import one_line
from mlguard.report.causes import say_cause
from mlguard.report.html.answers import Answer, answers, of_target, truth
from mlguard.report.html.charts import calibration, pictures, residuals
from mlguard.report.html.confusion import against_golden, against_truth
from mlguard.report.html.element import Child, element
from mlguard.report.html.facts import facts
from mlguard.report.html.overview import overview
from mlguard.report.html.shown import Shown
from mlguard.report.html.strip import strip
from mlguard.report.html.tables import metric_table, moved_grid
from mlguard.report.moves import moves
from mlguard.report.quiet import remarks
from mlguard.report.wording import difference_command, headline, meaning, next_command, reason

COLUMNS = 3
"""Columns of answers that have pictures; the others are named."""

SIGNS = {Outcome.MATCH: "✓", Outcome.SHIFTED: "◆", Outcome.VIOLATED: "◆", Outcome.ERROR: "✕"}
"""Signs of outcomes, beside their colours; all others have the last one."""


def section(shown: Shown, number: int, *, is_open: bool) -> Element:
    """One guard."""
    verdict = shown.verdict
    parts: list[Child] = [_why(shown)]
    if verdict.unchanged is None:
        stages = strip(verdict) if _has_stages(verdict) else None
        parts += [stages, _numbers(shown), _moves(verdict), _answers(shown), facts(shown)]
    summary = element("summary", element("h2", verdict.guard), badge(verdict), _headline(verdict))
    folded = element("details", summary, element("div", parts, class_="body"), open="" if is_open else None)
    return element("article", folded, id=f"guard-{number}", class_=f"guard {kind(verdict)}", tabindex="-1")


def kind(verdict: Verdict) -> str:
    """The class of an outcome: whose turn it is."""
    return {0: "fine", 1: "red", 5: "red", 2: "red", 4: "odd"}.get(verdict.exit_code, "odd")


def badge(verdict: Verdict) -> Element:
    """The outcome with its sign."""
    sign = element("span", SIGNS.get(verdict.outcome, "▲"), aria_hidden="true")
    return element("span", sign, f" {verdict.outcome}", class_=f"badge {kind(verdict)}")


def _headline(verdict: Verdict) -> Element:
    """What the headline says beside the name and the outcome; of a match, what that means."""
    told = (
        headline(verdict).removeprefix(f"{one_line(verdict.guard)}: ").removeprefix(str(verdict.outcome)).lstrip(", ")
    )
    return element("span", meaning(verdict) if verdict.outcome is Outcome.MATCH and not told else told, class_="where")


def _has_stages(verdict: Verdict) -> bool:
    return bool(verdict.findings) or verdict.stage is not None


def _why(shown: Shown) -> Element:
    """What the outcome says, what caused it and what comes next, in the words of the terminal."""
    verdict = shown.verdict
    failed = verdict.outcome is not Outcome.MATCH
    slug = element("small", f" [{verdict.slug}]") if verdict.slug else None
    commands = filter(None, (difference_command(verdict), next_command(verdict)))
    return element(
        "div",
        element("p", element("b", f"{meaning(verdict)}: "), words(reason(verdict)), slug, class_="lead")
        if failed
        else None,
        element("pre", verdict.traceback) if verdict.traceback else None,
        [element("p", element("b", "cause: "), words(say_cause(cause))) for cause in verdict.causes if failed],
        [element("p", *_command(line)) for line in commands],
        [element("p", words(note), class_="quiet") for note in (*remarks(verdict), *shown.remarks)],
        class_="why",
    )


def _moves(verdict: Verdict) -> Element | None:
    """What held and what moved, line by line; indented lines belong to the one above."""
    lines: list[Element] = []
    for told in moves(verdict):
        if told.startswith(" ") and lines:
            lines[-1].append(element("small", words(told.strip())))
        else:
            lines.append(element("li", words(told)))
    return element("section", element("h3", "What moved"), element("ul", lines), class_="moves") if lines else None


def _command(line: str) -> Iterator[Child]:
    """A sentence whose command can be told from its words."""
    told, colon, command = line.partition(": mlguard ")
    yield from words(f"{told}: " if colon else told)
    if colon:
        command, semicolon, rest = command.partition("; ")
        yield element("code", f"mlguard {command}")
        yield from words(f"{semicolon}{rest}")


def words(sentence: str) -> Iterator[Child]:
    """A sentence in which what stands between backticks is code."""
    parts = sentence.split("`")
    for place, part in enumerate(parts):
        is_code = place % 2 == 1 and place < len(parts) - 1
        yield element("code", part) if is_code else f"`{part}" if place % 2 else part


def _numbers(shown: Shown) -> Element | None:
    found = [part for part in (metric_table(shown), overview(shown)) if part is not None]
    return element("div", found, class_="numbers") if found else None


def _answers(shown: Shown) -> Element | None:
    """Pictures of the answers, against the golden and against the truth, then the rows that moved."""
    found = answers(shown)
    drawn = [picture for answer in found[:COLUMNS] for picture in _pictures(answer)]
    drawn = sorted([*drawn, *_against_truth(shown, found)], key=lambda one: "confusion" in one.attrib["class"])
    grid = moved_grid(found)
    rest = [answer.name for answer in found[COLUMNS:]]
    more = element("p", f"Without pictures: {', '.join(rest)}.", class_="quiet") if rest else None
    if not (drawn or grid is not None):
        return more
    return element("div", element("div", drawn, class_="pictures") if drawn else None, more, grid, class_="answers")


def _pictures(answer: Answer) -> Iterator[Element]:
    if answer.is_label:
        yield against_golden(answer)
    else:
        yield from pictures(answer)


def _against_truth(shown: Shown, found: list[Answer]) -> Iterator[Element]:
    source = shown.record.provenance.dataset if shown.record else None
    target = str(source.target) if source else ""
    for answer in of_target(found, target):
        real = truth(shown, answer)
        if real is None:
            continue
        drawn = against_truth(answer, real, target) if answer.is_label else _of_numbers(answer, real, target)
        if drawn is not None:
            yield drawn


def _of_numbers(answer: Answer, real: Value, target: str) -> Element | None:
    """Probabilities are held against how often the target is 1, other numbers against the target itself."""
    if not answer.golden.is_numeric or not answer.new.is_numeric:
        return None
    probable = calibration(answer, real, target)
    return residuals(answer, real, target) if probable is None else probable
