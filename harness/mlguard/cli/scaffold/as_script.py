"""The guard of a script or notebook, by the files that it reads and writes."""

from __future__ import annotations

import json
import shlex
from typing import Any

from mlguard.cli.scaffold.as_functions import class_name, docstring
from mlguard.cli.scaffold.files import Files


def guard_of_script(files: Files, dataset: str) -> tuple[str, list[str]]:
    """The test module of a ScriptGuard or NotebookGuard, and what is left to do."""
    base, program, shown, usual = "ScriptGuard", "script", shlex.quote(files.shown), "."
    if files.is_notebook:
        base, program, shown = "NotebookGuard", "notebook", files.shown
        usual = files.file.parent.relative_to(files.root).as_posix()
    entries: dict[str, Any] = {"dataset": dataset} if files.inputs else {}
    entries |= {program: shown, "inputs": files.inputs, "outputs": files.outputs}
    if "test" in files.inputs and files.config:
        entries["config"] = files.config
    if len(files.lacking) == 1:
        entries["target"] = files.lacking[0]
    if files.lacking:
        entries["test_without"] = files.lacking
    if files.start != usual:
        entries["run_from"] = files.start
    lines = [docstring(f"{files.shown} under guard."), "", f"from mlguard import {base}", "", ""]
    lines += [f"class {class_name(files.file, {base})}({base}):"]
    lines += [f"    {name} = {json.dumps(value, ensure_ascii=False)}" for name, value in entries.items()]
    others = [name for name in files.inputs if name not in ("train", "test", "rows")]
    notes = [f"let the generator of `{dataset}` make a table `{name}`" for name in others]
    notes += [f"let it read a file in the place of {address}, which no table can stand for" for address in files.remote]
    if not files.outputs:
        notes.append("name the variables in `outputs` that hold the results")
    elif not (files.inputs or files.written):
        notes.append("name the files that it reads and writes in `inputs` and `outputs`: none was found in its source")
    return "\n".join([*lines, ""]), notes
