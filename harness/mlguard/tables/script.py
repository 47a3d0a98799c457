"""What a generator script imports: settle values before they decide anything, and run the script on its own."""

from __future__ import annotations

from typing import Any

from mlguard.tables.rounding import settle

__all__ = ["run_script", "settle"]


def run_script(path: str) -> Any:
    """Give a generator script its command line: `if __name__ == "__main__": run_script(__file__)`.

    Options: `--seed` (0), `--rows`, `--format`, `--out-dir` (`datasets` below the working directory). Writes the
    folder `<out-dir>/<name of the script>/` and exits as every mlguard command does.
    """
    from mlguard.tables.command import script_command  # Imported as `settle` alone, a script needs no pandas.

    return script_command(path).main()
