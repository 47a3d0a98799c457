"""Goldens and manifests as somebody forges them: sealed as they must be, from a description of the files alone."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

Document = dict[str, Any]

_PAYLOAD = re.compile(r'"payload": "sha256:[0-9a-f]{64}"')
_BLANK = f'"payload": "sha256:{64 * "0"}"'


def digest(content: bytes) -> str:
    """A digest as records write it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def sealed_record(document: Document) -> str:
    """The text of a record with a seal that fits."""
    members = {**document, "payload": f"sha256:{64 * '0'}"}
    lines = [f"  {json.dumps(key)}: {json.dumps(members[key], sort_keys=True)}" for key in sorted(members)]
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    return _PAYLOAD.sub(f'"payload": "{digest(text.encode())}"', text, count=1)


def sealed_manifest(document: Document) -> str:
    """The text of a dataset's manifest with a seal that fits."""
    content = {key: value for key, value in document.items() if key != "seal"}
    seal = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return json.dumps({**content, "seal": seal}, indent=1, sort_keys=True) + "\n"


def forge_record(folder: Path, change: Callable[[Document], None]) -> None:
    """Change a golden's record, and seal it anew."""
    file = folder / "record.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    change(document)
    file.write_text(sealed_record(document), encoding="utf-8")


def forge_manifest(folder: Path, change: Callable[[Document], None]) -> None:
    """Change a dataset's manifest, and seal it anew."""
    file = folder / "manifest.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    change(document)
    file.write_text(sealed_manifest(document), encoding="utf-8")


def rewrite(folder: Path, name: str, content: bytes) -> None:
    """Replace a file of a golden by another content, and let the record list it."""
    (folder / name).write_bytes(content)

    def listed(document: Document) -> None:
        if name in document["files"]:
            document["files"][name] = digest(content)

    forge_record(folder, listed)
