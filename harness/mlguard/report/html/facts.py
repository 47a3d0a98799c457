"""What surrounds the answers: the Dataset, what the run was made with, and when the golden was approved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element

from mlguard.core.record import PRIVATE, Approval, Record
from mlguard.core.run_name import MAIN
from mlguard.core.surroundings import IMAGE, LOCKS, OS, surroundings
from mlguard.report.html.element import element
from mlguard.report.html.marks import line, picture, point
from mlguard.report.html.scale import linear
from mlguard.report.html.shown import Shown

COLUMNS = 24
"""Columns of a table of the Dataset that are listed."""

APPROVALS = 12
"""Approvals that are told, the newest at once and the others when they are unfolded; all of them are drawn."""

SHORT = len("sha256:") + 12
"""Characters of a digest that are shown."""

LINES = 3
"""Lines of what an approval changed."""

FIRST = ("python", "system", "machine", "cpu", "libc")
"""Facts of the environment that are listed before libraries; the others are folded."""


def facts(shown: Shown) -> Element:
    """Everything that is known around a run, part by part."""
    cards = (_dataset(shown), _configuration(shown), _environment(shown), _approvals(shown.golden))
    return element("div", [card for card in cards if card is not None], class_="facts")


def _dataset(shown: Shown) -> Element | None:
    record = shown.record or shown.golden
    source = record.provenance.dataset if record else None
    if record is None or source is None:
        return None
    rows = ", ".join(f"{table} {number}" for table, number in source.rows.items())
    pairs = [
        ("name", source.name),
        ("seed", str(source.seed)),
        ("rows", rows),
        ("target", "none" if source.target is None else str(source.target)),
    ]
    golden = shown.golden or record
    script = f"{shown.generators}/{source.name}.py"
    digests = {
        "digest": (golden.provenance.data_digest, source.digest),
        f"{source.name}.py": (golden.provenance.sources.get(script, ""), record.provenance.sources.get(script, "")),
    }
    # Of a generator that git ignores a golden keeps no digest, and nobody knows here whether it changed.
    digests = {name: both for name, both in digests.items() if any(both) and PRIVATE not in both}
    told = [(name, _short(*both)) for name, both in digests.items()]
    changed = {name for name, (before, now) in digests.items() if before != now}
    return _card("Dataset", _list([*pairs, *told], changed), *_columns(shown, record))


def _short(before: str, now: str) -> str:
    """As much of a digest as tells it from others; both where they differ."""
    return " → ".join((digest[:SHORT] or "absent") for digest in dict.fromkeys((before, now)))


def _columns(shown: Shown, record: Record) -> Iterator[Element]:
    """The columns of each table, with their types, and which of them changed."""
    moved = {f.observation: set(f.difference.rows) for f in shown.verdict.moves() if f.stage == "dataset"}
    for schema in (o for o in record if (o.run, o.stage) == (MAIN, "dataset") and o.name.endswith(".schema")):
        table = schema.name.removesuffix(".schema")
        names = schema.value.rows or ()
        changed = moved.get(schema.name, set()) | moved.get(f"{table}.content", set())
        kinds = [(name, str(kind)) for name, kind in zip(names, schema.value.data, strict=True)]
        rest = (
            element("p", f"and {len(names) - COLUMNS} more columns", class_="quiet") if len(names) > COLUMNS else None
        )
        yield element(
            "details", element("summary", f"{len(names)} columns of {table}"), _list(kinds[:COLUMNS], changed), rest
        )


def _configuration(shown: Shown) -> Element | None:
    before, after = (dict(r.provenance.configuration_values) if r else {} for r in (shown.golden, shown.record))
    record = shown.record or shown.golden
    if record is None or not (before or after):
        return None
    source = record.provenance.configuration
    listed = _compared(before, after if shown.record else before)
    file = element("p", str(source.source), class_="quiet") if source and source.source else None
    return _card("Configuration", file, listed)


def _environment(shown: Shown) -> Element | None:
    both = [dict(r.provenance.environment) if r else {} for r in (shown.golden, shown.record)]
    if not any(both):
        return None
    short, rest = ([_part(environment, first=first) for environment in both] for first in (True, False))
    around = _around(shown)
    short = [{**facts, **more} for facts, more in zip(short, around, strict=True)]
    now = 1 if shown.record else 0
    differ = sum(old != new for old, new in _both(rest[0], rest[now]).values())
    title = f"the machine in full{f': {differ} differ' if differ else ''}"
    more = element("details", element("summary", title), _compared(rest[0], rest[now]))
    return _card("Environment", _compared(short[0], short[now]), more)


def _around(shown: Shown) -> tuple[dict[str, str], dict[str, str]]:
    """The operating system, the image and lock files of the golden and of now."""
    known = [one.provenance for one in (shown.golden, shown.record) if one is not None]
    before, after = surroundings(known[0], known[-1])
    if not after:  # The golden does not say: what is true now is no change.
        _, after = surroundings(known[-1], known[-1])
        before = after = {name: f"{told} (now)" for name, told in after.items()}
    return before, after


def _part(environment: Mapping[str, Any], *, first: bool) -> dict[str, str]:
    """What is short and libraries, or the rest; what is empty is left out."""
    packages = environment.get("packages")
    libraries = dict(sorted(packages.items())) if isinstance(packages, Mapping) else {}
    apart = (*FIRST, "packages", OS, IMAGE, LOCKS)
    rest = {name: value for name, value in sorted(environment.items()) if name not in apart}
    chosen = {**{name: environment.get(name) for name in FIRST}, **libraries} if first else rest
    return {name: told for name, value in chosen.items() if (told := _in_short(value))}


def _in_short(value: object) -> str:
    """A fact in one line, whatever it is made of."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {told}" for name, one in sorted(value.items()) if (told := _in_short(one)))
    if isinstance(value, list | tuple):
        return "; ".join(dict.fromkeys(filter(None, map(_in_short, value))))
    return "" if value is None else str(value)


def _approvals(golden: Record | None) -> Element | None:
    if golden is None or not golden.approvals:
        return None
    newest, *earlier = [_approval(approval) for approval in golden.approvals[:APPROVALS]]
    summary = element("summary", f"{len(golden.approvals) - 1} earlier")
    folded = element("details", summary, element("ol", earlier, class_="approvals")) if earlier else None
    first = element("ol", newest, class_="approvals")
    return _card("Approvals of the golden", timeline(golden.approvals), first, folded)


def timeline(approvals: Sequence[Approval]) -> Element | None:
    """A point for each approval, from the first to the newest; None where no time can be read."""
    times = [(moment, approval) for approval in approvals if (moment := _moment(approval.when)) is not None]
    if not times:
        return None
    x = linear([moment for moment, _ in times], 20, 320)
    points = [point((x.place(moment), 14), "golden", f"{a.when[:16]}: {a.reason}", size=5) for moment, a in times]
    oldest, newest = min(times, key=_first), max(times, key=_first)
    dates = [
        element("text", told.when[:10], x=x.place(moment), y=34, class_="tick middle")
        for moment, told in dict.fromkeys((oldest, newest))
    ]
    crowded = x.place(newest[0]) - x.place(oldest[0]) < 70
    marks = [line([(10, 14), (330, 14)], "axis"), *points, *(dates[:1] if crowded else dates)]
    return picture("timeline", f"{len(approvals)} approvals", marks, height=40)


def _first(dated: tuple[float, Approval]) -> float:
    return dated[0]


def _moment(when: str) -> float | None:
    with suppress(ValueError, OverflowError, OSError):
        return datetime.fromisoformat(when).timestamp()
    return None


def _approval(approval: Approval) -> Element:
    summary = [element("li", told) for told in approval.summary[:LINES]]
    rest = len(approval.summary) - LINES
    more = element("li", f"and {rest} more lines") if rest > 0 else None
    parts = (approval.when[:10], (approval.commit or "")[:10], approval.by)
    where = " · ".join(filter(None, parts))
    changes = element("ul", summary, more) if summary else None
    return element("li", element("time", where), element("span", approval.reason, class_="reason"), changes)


def _both(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    names = dict.fromkeys([*before, *after])
    return {name: (str(before.get(name, "absent")), str(after.get(name, "absent"))) for name in names}


def _compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> Element:
    """Facts of the golden and of now: one text where both agree, else both, and these first."""
    told = _both(before, after)
    changed = {name for name, (old, new) in told.items() if old != new}
    ordered = sorted(told, key=lambda name: name not in changed)
    return _list([(n, " → ".join(told[n]) if n in changed else told[n][0]) for n in ordered], changed)


def _list(pairs: Iterable[tuple[str, str]], changed: Iterable[str] = ()) -> Element:
    marked = set(changed)
    rows = [
        element("div", element("dt", name), element("dd", told), class_="changed" if name in marked else None)
        for name, told in pairs
    ]
    return element("dl", rows)


def _card(title: str, *parts: Element | None) -> Element:
    return element("section", element("h4", title), parts, class_="card")
