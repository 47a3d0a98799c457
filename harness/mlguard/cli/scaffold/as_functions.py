"""The guard of a module whose functions train and predict, by their names and arguments."""

from __future__ import annotations

import ast
import keyword
import re
import sys
from collections.abc import Collection, Iterator, Mapping
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

_OTHERS = frozenset(
    {"self", "Guard", "importlib", *(name for one in METHODS.values() for name in one.takes.split(", "))}
)
"""Names that the module of a guard has for something else."""

_STANDARD = sys.stdlib_module_names | {"mlguard"}

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


def is_importable(root: Path, file: Path) -> bool:
    """Whether a file below the root can be imported: a name with a dot is taken for a module in a package."""
    return file.suffix == ".py" and not any("." in name for name in file.relative_to(root).with_suffix("").parts)


def guard_of_functions(
    root: Path, file: Path, functions: Mapping[str, ast.FunctionDef], dataset: str
) -> tuple[str, list[str]]:
    """The test module of a Guard, and what is left to do."""
    module = _module_called(file)
    imported, notes = _import(root, file, module)
    calls = {name: _call(module, METHODS[name], function) for name, function in functions.items()}
    written, name = " ".join(calls.values()), class_name(file, {module, "Guard"})
    lines = [docstring(f"{name} under guard."), "", *imported, "", ""]
    lines += [f"class {name}(Guard):", f'    dataset = "{dataset}"']
    for text, line, note in (
        ("self.target", 'target = "y"', "set `target` to the column that is to be predicted"),
        ("self.config", 'config = "config.yaml"', "set `config` to the file of the configuration, or to a mapping"),
        ("...", "", "replace each `...` by what the function is to be given"),
    ):
        if text in written:
            lines += [f"    {line}"] if line else []
            notes.append(note)
    for method, call in calls.items():
        lines += ["", f"    def {method}(self, {METHODS[method].takes}):", f"        return {call}"]
    return "\n".join([*lines, ""]), notes


def docstring(text: str) -> str:
    """A docstring that says a text, whatever characters it has."""
    return '"""{}"""'.format(text.replace("\\", r"\\").replace('"""', r"\"\"\""))


def class_name(file: Path, taken: Collection[str]) -> str:
    """A name for a guard of a file, as classes have it, that is not one of those `taken` in its module."""
    name = "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", file.stem) if word)
    return name if _is_name(name) and name not in taken else f"Guarded{name}"


def _is_name(text: str) -> bool:
    return text.isidentifier() and not keyword.iskeyword(text)


def _module_called(file: Path) -> str:
    """What a module is called in that of its guard, where methods have arguments called `train` and `model`."""
    if _is_name(file.stem) and file.stem not in _OTHERS:
        return file.stem
    return f"module_{re.sub(r'[^A-Za-z0-9]+', '_', file.stem)}"


def _call(module: str, method: Method, function: ast.FunctionDef) -> str:
    """The call of a function with what a method of a guard is given."""
    own, others = function.args, iter(method.given)
    by_place = [*own.posonlyargs, *own.args]
    by_name = [one for one, default in zip(own.kwonlyargs, own.kw_defaults, strict=True) if default is None]
    needed = by_place[: len(by_place) - len(own.defaults)]
    given = [_argument(one.arg.lower(), method, others) for one in needed]
    given += ["..."] if own.vararg and not by_place else []
    given += [f"{one.arg}={_argument(one.arg.lower(), method, others)}" for one in by_name]
    return f"{module}.{function.name}({', '.join(given)})"


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


def _import(root: Path, file: Path, module: str) -> tuple[list[str], list[str]]:
    """The imports of the test module, and the setting or change without which the module is not found."""
    places = [Path(entry) for entry in load(root).import_path if file.is_relative_to(entry)]
    place, notes = max(places, key=lambda one: len(one.parts), default=root), []
    if place == root and file.is_relative_to(root / "src"):
        place = root / "src"
        notes.append(let_import("src"))
    *packages, stem = names = file.relative_to(place).with_suffix("").parts
    if names[0] in _STANDARD:
        notes.append(f"rename {names[0]}: Python or mlguard has a module of that name, which is imported in its place")
    called = "" if module == stem else f" as {module}"
    if not all(map(_is_name, names)):
        found = f'{module} = importlib.import_module("{".".join(names)}")'
        return ["import importlib", "", "from mlguard import Guard", "", found], notes
    own = f"from {'.'.join(packages)} import {stem}{called}" if packages else f"import {stem}{called}"
    return [own, "", "from mlguard import Guard"], notes
