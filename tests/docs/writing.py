"""Write the outputs that a page shows anew: `python -m tests.docs.writing docs/PAGE.md`. Then read the difference."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from mlguard.worker.pool import Workers
from tests.checker.test_review import measured
from tests.docs.blocks import ROOT, Block, blocks, session
from tests.docs.rules import PLACE
from tests.docs.running import Reader, opened
from tests.project import sharing


def written(reader: Reader, block: Block) -> str:
    """A `console` block with what its commands print; what is shown rightly, with lines left out, stays."""
    parts = []
    for typed in session(block):
        seen = reader.type(typed)
        shown = typed.shown if reader.is_shown(typed, seen) else seen.replace(str(reader.project.root), PLACE)
        parts.append(f"$ {typed.command}\n{shown.rstrip()}\n" if shown.strip() else f"$ {typed.command}\n")
    return "".join(parts)


def rewrite(page: str) -> None:
    """One page, in a project of its own."""
    text = (ROOT / page).read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        reader = opened(page, Path(folder))
        for block in blocks(page):
            if block.language == "console":
                text = text.replace(f"```console\n{block.text}```", f"```console\n{written(reader, block)}```", 1)
            else:
                reader.follow(block)
    (ROOT / page).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    preload = ("mlguard.runner.child", "mlguard.runner.bundle", "joblib")
    with Workers(preload=preload, use_zygote=True) as workers, sharing(workers), measured():
        for name in sys.argv[1:]:
            rewrite(name)
