"""A bundle: one folder with all that prediction needs, as plain text."""

import json
from pathlib import Path


def save(fitted, folder):
    """Write it."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    text = json.dumps(fitted, indent=1, sort_keys=True)
    (Path(folder) / "model.json").write_text(text + "\n", encoding="utf-8")


def load(folder):
    """Read it."""
    return json.loads((Path(folder) / "model.json").read_text(encoding="utf-8"))
