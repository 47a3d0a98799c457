"""mlguard, the regression guard for refactors of machine-learning code: the public names, loaded when first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlguard.adapters.command import CommandGuard
    from mlguard.adapters.gokart import GokartGuard
    from mlguard.adapters.notebook import NotebookGuard
    from mlguard.adapters.script import ScriptGuard
    from mlguard.adapters.sql import SqlGuard
    from mlguard.core.dataset import Dataset
    from mlguard.core.guard import Guard
    from mlguard.core.notes import note
    from mlguard.tables.script import run_script, settle

__version__ = "0.1.0"

__all__ = [
    "CommandGuard", "Dataset", "GokartGuard", "Guard", "NotebookGuard", "ScriptGuard", "SqlGuard", "__version__",
    "note", "run_script", "settle",
]  # fmt: skip

_HOME = {
    "CommandGuard": "mlguard.adapters.command",
    "GokartGuard": "mlguard.adapters.gokart",
    "NotebookGuard": "mlguard.adapters.notebook",
    "ScriptGuard": "mlguard.adapters.script",
    "SqlGuard": "mlguard.adapters.sql",
    "Dataset": "mlguard.core.dataset",
    "Guard": "mlguard.core.guard",
    "note": "mlguard.core.notes",
    "run_script": "mlguard.tables.script",
    "settle": "mlguard.tables.script",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'mlguard' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
