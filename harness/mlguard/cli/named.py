"""Files and folders that are named on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


class Named(click.Path):
    """A file or folder. An empty name, which an unset variable of a shell leaves, would be the current folder."""

    def __init__(self, **kinds: bool) -> None:
        """`kinds` are those of `click.Path`: `exists`, `file_okay`, `dir_okay`."""
        super().__init__(path_type=Path, **kinds)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path. Fails for an empty name."""
        if not str(value).strip():
            self.fail("the name is empty; give one, or see whether a variable has none", param, ctx)
        return super().convert(value, param, ctx)
