"""Turn a Record into the files of a golden and back, without touching a disk and without ever running anything."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import numpy as np

from mlguard.core.error import GoldenError, MlguardError
from mlguard.core.probe import check_groups
from mlguard.core.question import ASKED_AT_FIRST, FIRST_RELEASE
from mlguard.core.record import (
    INTERNAL,
    Approval,
    ConfigurationFacts,
    DatasetFacts,
    Provenance,
    Record,
    newest_first,
)
from mlguard.core.tolerance import Tolerances, pool
from mlguard.files.content import plain_ends
from mlguard.files.tree import is_plain
from mlguard.files.typed import checked, known
from mlguard.golden import summary
from mlguard.golden.damage import FORMAT, UNSEALED, Damage, both_sides, digest, is_sealed, sealed
from mlguard.golden.document import DocumentJson, EnvironmentJson, PowerJson, TolerancesJson
from mlguard.golden.naming import ARRAYS, INTERNALS, SUMMARY
from mlguard.golden.observations import Line, Sheets, read_observation, write_observation
from mlguard.golden.plain import from_plain, to_plain
from mlguard.golden.sheet import Sheet
from mlguard.golden.strict import dump, lay_out, parse

RECORD = "record.json"
"""The file that a reviewer reads first and that names all the others."""

INTERNALS_FILE = "internals.jsonl"
"""What was found inside a model: one Observation per line, reviewed by nobody."""

_APPROVALS = re.compile(r'^  "approvals": (?=\[)', re.MULTILINE)
_GUARD = re.compile(rb'^  "guard": ("(?:[^"\\\\\n]|\\\\.)*"),?$', re.MULTILINE)

Fetch = Callable[[str], bytes | None]
"""Gives the content of a golden's file by its name; None where there is none."""

Elsewhere = Callable[[str], bytes | None]
"""Gives the content of a large array by its digest, where arrays are kept elsewhere; None where they are not."""


def _nowhere(sha256: str) -> None:
    """Arrays are files like all others."""


def encode(record: Record) -> dict[str, bytes]:
    """The files of a golden by their names below its folder; the same Record always gives the same bytes.

    Raises UsageError where the Record holds something that no file can hold.
    """
    sheets = Sheets({}, {})
    lines = [(o, write_observation(o, sheets)) for o in record]
    hidden = _hidden_noise(record)
    files = {name: table.content() for name, table in sheets.tables.items()} | sheets.arrays
    internals = [
        {**line, "at": at, **_aside(line, files), **({"noise": hidden[pool(o)]} if pool(o) in hidden else {})}
        for at, (o, line) in enumerate(lines)
        if o.role == INTERNAL
    ]
    if internals:
        files[INTERNALS_FILE] = ("\n".join(dump(line) for line in internals) + "\n").encode()
    files[SUMMARY] = summary.write(record)
    document = _document(record, [line for o, line in lines if o.role != INTERNAL], hidden)
    aside = {name for line in internals for name in line.get("files", ())}
    document["files"] = {name: digest(name, content) for name, content in files.items() if name not in aside}
    if record.power:
        document["power"] = to_plain(record.power)
    return {RECORD: sealed(lay_out(document)).encode(), **files}


def decode(fetch: Fetch, guard: str, folder: str, elsewhere: Elsewhere = _nowhere) -> Record:
    """The Record of a golden, read from its files, and from `elsewhere` those arrays that are not among them.

    `guard` is whose golden it must be, `folder` how messages call its folder. Raises GoldenError for whatever is
    missing, damaged, edited by hand, of a newer format, or of another guard, and RunError for what was not fetched.
    """
    damage = Damage(guard, folder)
    document = _open(fetch(RECORD), damage)
    files = _Files(fetch, damage, document, elsewhere)
    try:
        record = _record(document, files)
        check_groups(record)
        files.check_summary(record)
    except MlguardError:
        raise
    except Exception as error:  # Sealed by somebody else's program: whatever is wrong in it, it is no golden.
        raise damage.unreadable(RECORD, error) from error
    if record.guard != guard:
        raise damage.moved(RECORD, record.guard)
    return record


def file_digests(fetch: Fetch) -> dict[str, str]:
    """All files of a golden with their digests; none where its record cannot be trusted.

    A file stands behind the one that lists it: whoever deletes them from the last one on can be finished by another.
    """
    damage = Damage("", "")
    try:
        record = fetch(RECORD)
        files = _Files(fetch, damage, _open(record, damage), whole=False)
        files.internals()
    except (GoldenError, ValueError, TypeError, AttributeError, RecursionError):
        return {}
    return {RECORD: digest(RECORD, record or b""), **files.listed}


def arrays_in(fetch: Fetch) -> dict[str, str]:
    """The large arrays of a golden with their digests, wherever they are kept; none where it cannot be trusted."""
    listed = {name: expected for name, expected in file_digests(fetch).items() if is_array(name)}
    return {name: expected.removeprefix("sha256:") for name, expected in listed.items()}


def read_log(content: bytes) -> tuple[Approval, ...]:
    """The approvals of a record that may be damaged elsewhere, newest first; those of both sides of a merge."""
    found: list[Approval] = []
    for text in both_sides(plain_ends(RECORD, content).decode(errors="replace")):
        match = _APPROVALS.search(text)
        with suppress(ValueError, RecursionError):
            log, _ = json.JSONDecoder().raw_decode(text, match.end()) if match else ([], 0)
            found += checked(tuple[Approval, ...], log)
    return newest_first(found)


def guard_name(content: bytes) -> str | None:
    """The guard that a record says it belongs to, even where most of it is damaged; None where it does not say."""
    match = _GUARD.search(plain_ends(RECORD, content))
    try:
        return str(parse(match[1].decode())) if match else None
    except ValueError:
        return None


def is_array(name: str) -> bool:
    """Whether one of a golden's files is a large array, which may be kept elsewhere."""
    return name.endswith(".npy")


def _is_inside(name: str) -> bool:
    """Whether a listed name is one that a golden writes: a file beside the record, or in one of its two folders."""
    folder, slash, file = name.rpartition("/")
    return is_plain(file) and (not slash or folder in (ARRAYS, INTERNALS)) and name != RECORD


class _Files:
    """A golden's files, each checked against the record's digest before anything is read from it."""

    def __init__(
        self,
        fetch: Fetch,
        damage: Damage,
        document: dict[str, Any],
        elsewhere: Elsewhere = _nowhere,
        *,
        whole: bool = True,
    ) -> None:
        """`whole`: whether a file that is missing or was changed is an error; it is left out otherwise."""
        self.listed: dict[str, str] = {}
        self._content: dict[str, bytes] = {}
        self._fetch, self._elsewhere = fetch, elsewhere
        self._damage = damage
        self._whole = whole
        self._check(document["files"])

    def _check(self, files: Mapping[str, str]) -> None:
        damage = self._damage
        for name, expected in files.items():
            if not _is_inside(name):
                raise damage.unreadable(RECORD, f"it lists {name!r}, which lies outside")
            self.listed[name] = expected
            content = self._fetch(name)
            if content is None and is_array(name):
                content = self._elsewhere(expected.removeprefix("sha256:"))
            if content is None and self._whole:
                raise damage.missing(name)
            if content is not None and digest(name, content) == expected:
                self._content[name] = plain_ends(name, content)
            elif self._whole:
                damage.left_by_git(name, content or b"")
                raise damage.unlike(name, content or b"", expected)

    def read(self, name: str) -> bytes:
        return self._content[name]

    def check_summary(self, record: Record) -> None:
        """Raise where the file for reviewers says anything else than the Record, whether the record lists it or not.

        Older goldens have none.
        """
        content = self._fetch(SUMMARY)
        wrong = None if content is None else summary.what_is_wrong(plain_ends(SUMMARY, content), record)
        if wrong is not None:
            raise self._damage.error(SUMMARY, wrong, slug="golden-summary")

    def tables(self) -> dict[str, Sheet]:
        return {name: Sheet(content.decode()) for name, content in self._content.items() if name.endswith(".csv")}

    def internals(self) -> list[Line]:
        content = self._content.get(INTERNALS_FILE, b"")
        lines: list[Line] = [parse(line) for line in content.decode().split("\n") if line]
        for line in lines:
            self._check(line.get("files", {}))
        return lines


def _aside(line: Line, files: Mapping[str, bytes]) -> Line:
    """Digests of an internal's own files, kept on its line: a record lists nothing that nobody reviews."""
    names = line.get("array", ())
    return {"files": {name: digest(name, files[name]) for name in names}} if names else {}


def _open(content: bytes | None, damage: Damage) -> dict[str, Any]:
    """The document of a record whose seal is whole."""
    if content is None:
        raise damage.missing(RECORD)
    damage.left_by_git(RECORD, content)
    text, document = _parsed(plain_ends(RECORD, content), damage)
    number = document.get("format")
    if isinstance(number, int) and number > FORMAT:
        raise damage.newer(RECORD, number)
    known = type(number) is int and number >= 1
    if not known or not is_sealed(text) or not isinstance(document.get("files"), dict):
        raise damage.unlike(RECORD, content)
    return _upgraded(document)


def _upgraded(document: dict[str, Any]) -> dict[str, Any]:
    """A document of an older format as one of the newest."""
    while document["format"] < FORMAT:
        document = UPGRADES[document["format"]](document) | {"format": document["format"] + 1}
    return document


def _say_what_was_asked(document: dict[str, Any]) -> dict[str, Any]:
    """Also what noise is told in: mlguard knew no columns then. What the document lacks is told where it is read."""
    told: dict[str, Any] = {"asked": dict(ASKED_AT_FIRST), "mlguard": FIRST_RELEASE}
    if isinstance(rules := document.get("tolerances"), dict):
        told["tolerances"] = rules | {"per": "largest"}
    return document | told


UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _say_what_was_asked}
"""How a document of each older format becomes one of the next."""


def _parsed(content: bytes, damage: Damage) -> tuple[str, dict[str, Any]]:
    try:
        text = content.decode()
        document = parse(text)
    except (ValueError, RecursionError) as error:
        if not content.rstrip().endswith(b"}"):
            told = "is empty" if not content.strip() else "ends in the middle"
            raise damage.error(RECORD, told, slug="golden-truncated") from error
        raise damage.unreadable(RECORD, error) from error
    if not isinstance(document, dict):
        raise damage.unreadable(RECORD, "it is no JSON object")
    return text, document


def _document(record: Record, lines: list[Line], hidden: dict[str, float]) -> dict[str, Any]:
    source, rules = record.provenance, record.tolerances
    noise = {name: size for name, size in rules.noise.items() if name not in hidden}
    return {
        "asked": dict(record.asked),
        "approvals": [_approval(approval) for approval in record.approvals],
        "configuration": _configuration(source.configuration),
        "dataset": to_plain(vars(source.dataset) if source.dataset else {}),
        "environment": to_plain(source.environment),
        "format": FORMAT,
        "guard": record.guard,
        "mlguard": record.mlguard,
        "left_out": sorted(record.left_out),
        "observations": lines,
        "payload": UNSEALED,
        "remarks": to_plain(record.remarks),
        "sources": to_plain(source.sources),
        "tolerances": to_plain(
            {
                "environments": rules.environments,
                "floor": rules.floor,
                "noise": noise,
                "per": "largest" if rules.largest else "spread",
                "precision": rules.precision,
                **{name: vars(rules)[name] for name in ("answering", "loose", "zeros") if vars(rules)[name]},
            }
        ),
    }


def _configuration(kept: ConfigurationFacts | None) -> Any:
    """The facts of the configuration; without files beside it as before there were any."""
    return to_plain({name: fact for name, fact in vars(kept).items() if fact or name != "beside"} if kept else {})


def _approval(approval: Approval) -> Any:
    """An entry of the log; what it does not have is left out, as before there was any."""
    return to_plain({name: fact for name, fact in vars(approval).items() if fact or name not in ("intent", "by")})


def _record(document: dict[str, Any], files: _Files) -> Record:
    approvals = checked(DocumentJson, document)["approvals"]
    environment, power = from_plain(document["environment"]), from_plain(document.get("power", {}))
    dataset, configuration = from_plain(document["dataset"]), from_plain(document["configuration"])
    known(EnvironmentJson, environment, "environment")
    if power:
        known(PowerJson, power, "power")
    tables, internals = files.tables(), files.internals()
    lines = _in_order(document["observations"], internals)
    observations = tuple(read_observation(line, files.read, tables) for line in lines)
    hidden = {pool(observations[line["at"]]): float(line["noise"]) for line in internals if "noise" in line}
    return Record(
        guard=document["guard"],
        observations=observations,
        provenance=Provenance(
            DatasetFacts(**dataset) if dataset else None,
            ConfigurationFacts(**configuration) if configuration else None,
            checked(dict[str, str], from_plain(document["sources"]), "sources"),
            environment,
        ),
        tolerances=_tolerances(from_plain(document["tolerances"]), hidden),
        approvals=approvals,
        left_out=frozenset(document["left_out"]),
        remarks=tuple(document["remarks"]),
        # A golden that was accepted before its guard was ever audited has none.
        power=power,
        asked=document["asked"],
        mlguard=document["mlguard"],
    )


def _tolerances(fact: dict[str, Any], hidden: dict[str, float]) -> Tolerances:
    rules: dict[str, Any] = {**checked(TolerancesJson, fact, "tolerances")}
    largest = rules.pop("per") == "largest"
    return Tolerances(**{**rules, "noise": rules["noise"] | hidden}, largest=largest)


def _in_order(lines: list[Line], internals: list[Line]) -> list[Line]:
    """All lines as they were observed: each internal says at which place it stood."""
    placed = {line["at"]: line for line in internals}
    others = iter(lines)
    return [placed[at] if at in placed else next(others) for at in range(len(lines) + len(placed))]


def _hidden_noise(record: Record) -> dict[str, float]:
    """The noise of internals alone, which would fill the record with lines that nobody reviews."""
    shown, inside = ({pool(o) for o in record if (o.role == INTERNAL) is hidden} for hidden in (False, True))
    noise = record.tolerances.noise
    return {name: float(np.max(noise[name])) for name in noise if name in inside - shown}
