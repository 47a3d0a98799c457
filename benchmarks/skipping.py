"""How often `mlguard check --changed` would skip what has changed: random edits of random projects.

    python -m benchmarks.skipping [--edits 5000] [--seed 1] [--json]

Each project has a program of two to nine random looks at its files in the place of a guard. After each edit the program
runs without anybody listening; where it says something else, or its golden or its settings are others, it must not be
skipped. See `tests/checker/skipping.py`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.checker.skipping import Count, trials

EACH = 25
"""Edits of one project, one after the other."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edits", type=int, default=5000, help="how many edits to make")
    parser.add_argument("--seed", type=int, default=1, help="of the first project; the others count on")
    parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON document")
    asked = parser.parse_args()
    total = Count()
    with tempfile.TemporaryDirectory() as folder:
        for count in trials(Path(folder), edits=asked.edits, each=EACH, seed=asked.seed):
            total = Count(*(getattr(total, name) + getattr(count, name) for name in vars(total)))
            print(f"\r{total.edits} of {asked.edits} edits", end="", file=sys.stderr)
    print(file=sys.stderr)
    print(json.dumps(vars(total), indent=1) if asked.as_json else text(total))


def text(count: Count) -> str:
    """The table."""
    spared = count.skipped / max(1, count.edits - count.moved)
    return "\n".join(
        (
            f"edits                                  {count.edits}",
            f"  that changed what a run would give   {count.moved}",
            f"  after which the run was skipped      {count.skipped}",
            f"  skipped wrongly                      {count.wrong}",
            f"edits that changed nothing, skipped    {spared:.0%}",
            f"edits of programs always in doubt      {count.doubted}",
        )
    )


if __name__ == "__main__":
    main()
