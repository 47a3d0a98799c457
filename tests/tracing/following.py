"""Follow the functions of a module that a test writes down."""

from __future__ import annotations

import importlib
import itertools
import linecache
import sys
import textwrap
from pathlib import Path

from mlguard.tracing.trace import Trace
from mlguard.tracing.tracer import Tracer

_NUMBERS = itertools.count()


def follow(folder: Path, files: dict[str, str] | str) -> Trace:
    """The Trace of `main()` of the module `pipeline`; modules may import those that stand behind them."""
    written = {"pipeline": files} if isinstance(files, str) else files
    root = folder / f"side{next(_NUMBERS)}"
    root.mkdir()
    for name, source in written.items():
        (root / f"{name}.py").write_text(textwrap.dedent(source), encoding="utf-8")
    sys.path.insert(0, str(root))
    try:
        importlib.invalidate_caches()
        modules = [importlib.import_module(name) for name in reversed(written)]
        tracer = Tracer(root, root / "guard.py", {"main"}, {str(root): "<root>"})
        with tracer("main", "train"):
            modules[-1].main()
        return tracer.trace()
    finally:
        sys.path.remove(str(root))
        for name in written:
            sys.modules.pop(name, None)
        linecache.clearcache()
