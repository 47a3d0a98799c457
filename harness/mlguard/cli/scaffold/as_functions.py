"""The guard of a module whose functions train and predict, by their names and arguments."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mlguard.settings import let_import, load


@dataclass(frozen=True)
class Method:
    """A method of a guard that calls a function of the module."""

    called: str
    """How functions are called that do what it does; the beginning of the name counts."""
    takes: str
    """Its arguments behind `self`."""
    rows: str
    """The rows that it is given."""
    given: tuple[str, ...]
    """What a function gets whose arguments say nothing by their names, in order."""


METHODS: Mapping[str, Method] = {
    "split": Method("split|train_test", "data", "data.rows", ("data.rows",)),
    "features": Method("((build|make|get|compute|create)_)?features|preprocess", "model, rows", "rows", ("rows",)),
    "train": Method("train|fit", "train", "train", ("train",)),
    "predict": Method("predict|forecast|infer|recommend", "model, rows", "rows", ("rows",)),
    "evaluate": Method(
        "evaluate|((compute|calculate|get)_)?metrics|score", "test, predictions", "test", ("test", "predictions")
    ),
}

_CONFIGS = frozenset({"config", "cfg", "conf", "params", "settings", "options"})
_MODELS = frozenset({"model", "clf", "estimator", "classifier", "regressor", "pipeline", "bundle", "fitted"})
_FEATURES = re.compile("x(_.*)?|features")
_TARGET = re.compile("y(_(?!pred).*)?|target|labels?|actual|truth")


def functions_of(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    """The first function of a module for each method of a guard, in the order of `METHODS`."""
    found: dict[str, ast.FunctionDef] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            called = (name for name, method in METHODS.items() if re.match(rf"({method.called})(_|$)", node.name))
            found.setdefault(next(called, ""), node)
    return {name: found[name] for name in METHODS if name in found}


def guard_of_functions(
    root: Path, file: Path, functions: Mapping[str, ast.FunctionDef], dataset: str
) -> tuple[str, list[str]]:
    """The test module of a Guard, and what is left to do."""
    imported, notes = _import(root, file)
    calls = {name: _call(file.stem, METHODS[name], function) for name, function in functions.items()}
    written = " ".join(calls.values())
    lines = [f'"""{class_name(file)} under guard."""', "", imported, "", "from mlguard import Guard", "", ""]
    lines += [f"class {class_name(file)}(Guard):", f'    dataset = "{dataset}"']
    for text, line, note in (
        ("self.target", 'target = "y"', "set `target` to the column that is to be predicted"),
        ("self.config", 'config = "config.yaml"', "set `config` to the file of the configuration, or to a mapping"),
        ("...", "", "replace each `...` by what the function is to be given"),
    ):
        if text in written:
            lines += [f"    {line}"] if line else []
            notes.append(note)
    for name, call in calls.items():
        lines += ["", f"    def {name}(self, {METHODS[name].takes}):", f"        return {call}"]
    return "\n".join([*lines, ""]), notes


def class_name(file: Path) -> str:
    """A name for a guard of a file, as classes have it."""
    name = "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", file.stem) if word)
    return name if name.isidentifier() and not keyword.iskeyword(name) else f"Guarded{name}"


def _call(module: str, method: Method, function: ast.FunctionDef) -> str:
    """The call of a function with what a method of a guard is given."""
    own = [*function.args.posonlyargs, *function.args.args]
    needed = own[: len(own) - len(function.args.defaults)]
    given = iter(method.given)
    return f"{module}.{function.name}({', '.join(_argument(one.arg.lower(), method, given) for one in needed)})"


def _argument(name: str, method: Method, given: Iterator[str]) -> str:
    """What an argument of this name is given; the next of what is left where the name says nothing."""
    if name in _CONFIGS:
        return "self.config"
    if name in _MODELS and "model" in method.takes:
        return "model"
    if not _FEATURES.fullmatch(name) and not _TARGET.fullmatch(name):
        return next(given, "...")
    if _FEATURES.fullmatch(name) or len(method.given) > 1:
        next(given, None)
    return f"{method.rows}.drop(columns=self.target)" if _FEATURES.fullmatch(name) else f"{method.rows}[self.target]"


def _import(root: Path, file: Path) -> tuple[str, list[str]]:
    """The import of a module, and the setting without which it is not found."""
    places = [Path(entry) for entry in load(root).import_path if file.is_relative_to(entry)]
    place, notes = max(places, key=lambda one: len(one.parts), default=root), []
    if place == root and file.is_relative_to(root / "src"):
        place = root / "src"
        notes.append(let_import("src"))
    *packages, stem = file.relative_to(place).with_suffix("").parts
    return (f"from {'.'.join(packages)} import {stem}" if packages else f"import {stem}"), notes
