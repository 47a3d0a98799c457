"""Keyed digests of what no repository may hold, such as values of environment variables: on this machine alone.

They lie below `.mlguard/known/`, under a key that never leaves it: a value can be recognised, and not be guessed.
Each belongs to one accepted golden: of a golden that somebody else recorded nothing is known before it first matches.
What belongs to the pending Record of a guard lies apart, and goes over to the golden that it becomes.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mlguard.files.tree import Tree
from mlguard.golden import state
from mlguard.golden.naming import folder_of

if TYPE_CHECKING:
    from mlguard.core.record import Record

KNOWN = "known"
"""Name of the folder below the project's state folder."""

State = Literal["same", "changed", "unknown"]

GUARDS, PENDING = "guards", "pending"
"""The folders below it: of goldens, and of pending Records."""


def remember(project: Path, golden: Record, contents: Mapping[str, bytes | None]) -> None:
    """Keep what gave the values of this golden: digests by name, of None for what was not there.

    Raises RunError where the disk refuses.
    """
    if not contents or (known(project, golden, contents) == dict.fromkeys(contents, "same")):
        return
    key = machine_key(state.state(project), make=True)
    digests = {name: _digest(key, name, content) for name, content in contents.items()}
    state.update(project, _name(golden), lambda before: {"golden": _identity(golden), "digests": digests})


def hand_over(project: Path, golden: Record) -> None:
    """Keep for a golden what was kept for the pending Record that it was. Raises RunError where the disk refuses."""
    found = state.kept(project, _name(replace(golden, approvals=())))
    if found is not None:
        state.update(project, _name(golden), lambda before: {**found, "golden": _identity(golden)})


def known(project: Path, golden: Record, contents: Mapping[str, bytes | None]) -> dict[str, State]:
    """Whether each content is the one that gave the golden's values; `unknown` where nothing was kept of it."""
    try:
        key = machine_key(state.place(project), make=False)
        found = state.kept(project, _name(golden)) or {}
        digests = found["digests"] if found["golden"] == _identity(golden) else {}
        return {name: _state(digests.get(name), _digest(key, name, content)) for name, content in contents.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return dict.fromkeys(contents, "unknown")


def _state(before: str | None, now: str) -> State:
    return "unknown" if before is None else "same" if hmac.compare_digest(before, now) else "changed"


def _identity(golden: Record) -> str:
    """Which acceptance of the golden it is."""
    newest = golden.approvals[0] if golden.approvals else None
    return "" if newest is None else f"{newest.when} {newest.commit}"


def _digest(key: bytes, name: str, content: bytes | None) -> str:
    said = b"\0" if content is None else b"\1" + content
    return hmac.new(key, name.encode() + b"\0" + said, hashlib.sha256).hexdigest()


def machine_key(tree: Tree, *, make: bool) -> bytes:
    """This machine's key; any content will do for one. Raises ValueError where there is none."""
    place = f"{KNOWN}/key"
    if make:
        with suppress(FileExistsError):
            tree.write(place, os.urandom(32).hex().encode(), mode=0o600)
    key = tree.read(place, 1000)
    if not key:
        raise ValueError("there is no key")
    return key


def _name(record: Record) -> str:
    """The file of a golden, or of a Record that nobody accepted."""
    return f"{KNOWN}/{GUARDS if record.approvals else PENDING}/{folder_of(record.guard)}.json"
