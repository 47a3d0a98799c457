"""Keyed digests of what no repository may hold, such as values of environment variables: on this machine alone.

They lie below `.mlguard/known/`, under a key that never leaves it: a value can be recognised, and not be guessed.
Each belongs to one accepted golden: of a golden that somebody else recorded nothing is known before it first matches.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from mlguard.core.record import Record
from mlguard.golden.naming import folder_of
from mlguard.golden.state import STATE, state_folder
from mlguard.golden.writing import Home

KNOWN = "known"
"""Name of the folder below the project's state folder."""

State = Literal["same", "changed", "unknown"]


def remember(project: Path, golden: Record, contents: Mapping[str, bytes | None]) -> None:
    """Keep what gave the values of this golden: digests by name, of None for what was not there.

    Raises RunError where the disk refuses.
    """
    if not contents or (known(project, golden, contents) == dict.fromkeys(contents, "same")):
        return
    state = state_folder(project)
    place, key = _place(state, golden.guard), _key(state, make=True)
    digests = {name: _digest(key, name, content) for name, content in contents.items()}
    with Home(place.parent, project).writing(place.parent):
        unfinished = place.with_name(f"{place.name}.unfinished")
        text = json.dumps({"golden": _identity(golden), "digests": digests}, indent=1, sort_keys=True)
        unfinished.write_text(text + "\n", encoding="utf-8")
        unfinished.replace(place)


def known(project: Path, golden: Record, contents: Mapping[str, bytes | None]) -> dict[str, State]:
    """Whether each content is the one that gave the golden's values; `unknown` where nothing was kept of it."""
    state = project / STATE
    try:
        key = _key(state, make=False)
        found = json.loads(_place(state, golden.guard).read_text(encoding="utf-8"))
        digests = found["digests"] if found["golden"] == _identity(golden) else {}
    except (OSError, ValueError, KeyError, TypeError):
        return dict.fromkeys(contents, "unknown")
    return {name: _state(digests.get(name), _digest(key, name, content)) for name, content in contents.items()}


def _state(before: str | None, now: str) -> State:
    return "unknown" if before is None else "same" if hmac.compare_digest(before, now) else "changed"


def _identity(golden: Record) -> str:
    """Which acceptance of the golden it is."""
    newest = golden.approvals[0] if golden.approvals else None
    return "" if newest is None else f"{newest.when} {newest.commit}"


def _digest(key: bytes, name: str, content: bytes | None) -> str:
    said = b"\0" if content is None else b"\1" + content
    return hmac.new(key, name.encode() + b"\0" + said, hashlib.sha256).hexdigest()


def _key(state: Path, *, make: bool) -> bytes:
    place = state / KNOWN / "key"
    if make and not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(os.urandom(32).hex().encode())
    return bytes.fromhex(place.read_text(encoding="ascii"))


def _place(state: Path, guard: str) -> Path:
    folder = state / KNOWN / "guards" / folder_of(guard)
    return folder.with_name(f"{folder.name}.json")
