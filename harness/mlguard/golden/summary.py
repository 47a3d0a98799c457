"""The file of a golden that a reviewer reads: a screenful of Markdown, made from the Record alone.

Whoever reads a golden makes it again and compares, so that it cannot say anything else than the Record. Everything in
it is therefore exact on every machine: elements are picked and counted, and means are sums without rounding.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from mlguard.core.record import CONTRACT, GATE, STAGES, Observation, Record
from mlguard.core.run_name import MAIN
from mlguard.core.value import Value
from mlguard.core.visible import one_line
from mlguard.golden.plain import to_plain
from mlguard.golden.strict import dump

LAYOUT = 1
"""The layout that is written. To change one: add it under the next number, and keep the old one for old goldens."""

MOST = 24
"""Lines of a section at most; the others are counted."""

LABELS = 8
"""Different elements up to which each is counted, where they are no floats."""

WIDTH = 120
"""Characters that are shown of a text at most."""

LARGEST = 20_000
"""Elements up to which a distribution is shown: each reading makes it again."""

_LARGE = 1e280
"""Numbers from which a sum might overflow."""

_FACTS = ("schema", "shape", "content")
"""What is observed of each table of the Dataset, of which the summary names the rows."""

_MARKUP = re.compile(r"[\\`*<|&~]|\](?=[(\[:])|(?<![^\W_])(?<!_)_+(?![\s_])|:(?=//)|(?<=[Ww]{3})\.")
"""What would act in Markdown. Underscores do at the beginning of a word only, and brackets only before a link. In an
address nothing is escaped, so that it must not be taken for one."""

_BEGINNING = re.compile(r"\A(?:(?=[\[>])|(?=[#+=_-](?![^\W_]))|\d{1,9}(?=[.)](?:\s|\Z)))")
"""What stands before a character that would act as the first one of a line: nothing, or the number of an item."""

_LAYOUT = re.compile(rb"\n<!-- layout ([1-9]\d{0,3}) -->\n\Z")


def write(record: Record) -> bytes:
    """The file of a Record, in the newest layout."""
    return f"{LAYOUTS[LAYOUT](record)}\n<!-- layout {LAYOUT} -->\n".encode("utf-8", "backslashreplace")


def what_is_wrong(content: bytes, record: Record) -> str | None:
    """What speaks against a file that lies beside a Record; None where it is the one that is written for it."""
    named = _LAYOUT.search(content)
    layout = LAYOUTS.get(int(named[1])) if named else None
    if named is None or layout is None:
        return "is in a layout that this mlguard does not know"
    is_same = content == f"{layout(record)}{named[0].decode()}".encode("utf-8", "backslashreplace")
    return None if is_same else "does not say what the record holds"


def _first_layout(record: Record) -> str:
    parts = [f"# {_text(record.guard)}", "\n".join(_approval(record))]
    for title, lines in (
        ("Metrics", _metrics(record)),
        ("Answers", _answers(record)),
        ("Shapes", _shapes(record)),
        ("Contracts", _contracts(record)),
        ("Made with", _made_with(record)),
    ):
        section = list(lines)
        if section:
            more = ["", f"and {len(section) - MOST} more"] if len(section) > MOST else []
            parts += [f"## {title}", "\n".join(section[:MOST] + more)]
    return "\n\n".join(parts) + "\n"


LAYOUTS: Mapping[int, Callable[[Record], str]] = {1: _first_layout}
"""How each layout says what a Record holds."""


def _approval(record: Record) -> Iterator[str]:
    """The newest approval: when, why, and what it changed."""
    if not record.approvals:
        yield "Not accepted yet."
        return
    newest = record.approvals[0]
    intent = f" ({_text(newest.intent)})" if newest.intent else ""
    by = f" by {_text(newest.by)}" if newest.by else ""
    yield f"Accepted {newest.when[:10]}{by}, approval {len(record.approvals)}{intent}: {_text(newest.reason)}"
    yield from (["", *(f"- {_beginning(line)}" for line in newest.summary)] if newest.summary else [])


def _metrics(record: Record) -> list[str]:
    """A table: a line for each number of `evaluate`, a column for each run that gave it."""
    metrics = [o for o in record if o.stage == "evaluate" and o.role == GATE and o.value.size == 1]
    if not metrics:
        return []
    known = {(o.name, o.run): _element(o.value.element(0)) for o in metrics}
    runs, names = list(dict.fromkeys(o.run for o in metrics)), list(dict.fromkeys(o.name for o in metrics))
    head = [f"| metric | {' | '.join(_text(str(run)) for run in runs)} |", f"|---|{'---:|' * len(runs)}"]
    return head + [f"| {' | '.join([_text(name), *(known.get((name, run), '') for run in runs)])} |" for name in names]


def _answers(record: Record) -> Iterator[str]:
    """How the answers of the main run are distributed, and what else it noted while it predicted and evaluated."""
    for observation in (o for stage in STAGES[4:6] for o in _gates(record, stage)):
        is_metric = observation.stage == "evaluate" and observation.value.size == 1
        if not is_metric and not _names_columns(observation):
            yield f"- {_beginning(observation.name)}: {_distribution(observation.value)}"


def _shapes(record: Record) -> Iterator[str]:
    """The Dataset, and what each stage before the answers gave: rows by columns, and values that stand alone."""
    data = record.provenance.dataset
    if data is not None:
        rows = f", rows: {_text(dump(to_plain(data.rows)))}" if data.rows else ""
        yield f"- data {_text(data.name)}, seed {data.seed}{rows} ({_text(data.digest[:19])})"
    for stage in STAGES[:4]:
        told = [
            f"{_text(o.name)} {_shape(o.value) if o.value.shape else _distribution(o.value)}"
            for o in _gates(record, stage)
            if stage != STAGES[0] or o.name.rpartition(".")[2] not in _FACTS
        ]
        more = f" and {len(told) - MOST} more" if len(told) > MOST else ""
        yield from [f"- {stage}: {', '.join(told[:MOST])}{more}"] if told else []


def _contracts(record: Record) -> Iterator[str]:
    """What each contract gave, as it was observed; contracts that gave the same are named together."""
    given: dict[str, list[str]] = {}
    for contract in (o for o in record if o.role == CONTRACT and o.value.size):
        given.setdefault(str(contract.value.data[0]), []).append(contract.label.replace("contracts ", "", 1))
    for status, names in given.items():
        yield f"- {_beginning(status)}: {', '.join(map(_text, names))}"


def _made_with(record: Record) -> Iterator[str]:
    """Configuration, environment, and what the limits were measured on."""
    source = record.provenance
    if source.configuration is not None:
        file = f" ({_text(str(source.configuration.source))})" if source.configuration.source else ""
        values = sorted(source.configuration_values.items(), key=lambda item: str(item[0]))
        yield f"- configuration{file}: {', '.join(f'{_text(str(k))} {_text(dump(to_plain(v)))}' for k, v in values)}"
    packages = source.environment.get("packages") or {}
    libraries = "".join(f", {_text(str(name))} {_text(str(packages[name]))}" for name in sorted(packages, key=str))
    if source.environment.get("python"):
        yield f"- Python {_text(str(source.environment['python']))}{libraries}"
    if record.tolerances.environments:
        yield f"- limits measured on {len(record.tolerances.environments)} other machines"


def _gates(record: Record, stage: str) -> list[Observation]:
    return [o for o in record if o.run == MAIN and o.stage == stage and o.role == GATE]


def _names_columns(observation: Observation) -> bool:
    return observation.column is None and observation.name.endswith(".columns")


def _shape(value: Value) -> str:
    return " x ".join(map(str, value.shape))


def _distribution(value: Value) -> str:
    """Ends, quartiles and mean of floats; of anything else how often each element stands there."""
    if not value.shape and value.size:
        return _element(value.element(0))
    if value.size > LARGEST:
        return f"{_shape(value)} {value.dtype}"
    gone = value.absent()
    there = value.data[~gone].tolist()
    parts = [f"{_shape(value)} {value.dtype}"]
    if value.data.dtype.kind == "f":
        parts += _floats(there)
    elif len(counted := Counter(there)) <= LABELS:
        in_order = sorted(counted, key=None if value.data.dtype.kind in "biu" else str)
        parts += [f"{_element(label)} ({counted[label]})" for label in in_order]
    else:
        ends = f" from {min(there)} to {max(there)}" if value.data.dtype.kind in "iu" else ""
        parts.append(f"{len(counted)} different{ends}")
    return ", ".join([*parts, *([f"{np.count_nonzero(gone)} missing"] if gone.any() else [])])


def _floats(numbers: Sequence[float]) -> Iterator[str]:
    finite = sorted(x for x in numbers if math.isfinite(x))
    if finite:
        last = len(finite) - 1
        yield f"from {_element(finite[0])} to {_element(finite[-1])}"
        yield f"quartiles {' / '.join(_element(finite[last * part // 4]) for part in (1, 2, 3))}"
        yield f"mean {_element(_mean(finite))}"
    if len(finite) < len(numbers):
        yield f"{len(numbers) - len(finite)} not finite"


def _mean(numbers: Sequence[float]) -> float:
    """Their mean, rounded once; large numbers are scaled so that no sum overflows."""
    scale = 2.0**-64 if max(map(abs, numbers)) > _LARGE else 1.0
    return math.fsum(x * scale for x in numbers) / len(numbers) / scale


def _element(value: object) -> str:
    return f"{value + 0.0:.6g}" if isinstance(value, float) else _text("missing" if value is None else str(value))


def _beginning(text: str) -> str:
    """The same of a text that begins a line, where more is markup: one in brackets would hide the whole line."""
    return _BEGINNING.sub(r"\g<0>\\", _text(text.lstrip(" ")))


def _text(text: str) -> str:
    """One line of a text, cut where it is long, in which nothing is markup."""
    shown = one_line(text)
    short = shown if len(shown) <= WIDTH else f"{shown[: WIDTH - 1]}…"
    return _MARKUP.sub(lambda found: "".join(f"\\{character}" for character in found.group()), short)
