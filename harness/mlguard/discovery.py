"""Discovery: find the modules in which guards are declared, load them as pytest would, and name what they declare."""

from __future__ import annotations

import importlib.util
import inspect
import shlex
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType

from mlguard.configuration import Configuration, configurations
from mlguard.core.chosen import chosen
from mlguard.core.error import UsageError, several
from mlguard.core.guard import Guard, declares, is_base, problems
from mlguard.core.options import Options
from mlguard.core.question import WHOLE
from mlguard.core.record import STAGES, Record
from mlguard.settings import Settings

_NOT_OURS = frozenset({".git", ".mlguard", ".tox", ".venv", "__pycache__", "build", "dist", "node_modules"})


@dataclass(frozen=True)
class GuardRef:
    """Where a guard is declared: enough to find it again in another process."""

    name: str
    """Name with its variant: `Churn`, `Churn[model_cat]`."""
    class_name: str
    """Name of the class."""
    variant: str | None
    """Label of the configuration; None for the only one."""
    file: Path
    """The module that declares it."""


@dataclass(frozen=True)
class Declared:
    """What is known of a guard without running it; plain enough to cross a process boundary."""

    ref: GuardRef
    """Where it is declared."""
    line: int
    """Line of the class statement, from 1."""
    dataset: str | None
    """The dataset that it names."""
    stages: tuple[str, ...]
    """The stages that it has, in the order of explanation."""
    options: Options = field(default_factory=Options)
    """How it wants to be run and compared."""
    config: str | None = None
    """The configuration file, below the project's root."""
    problems: tuple[str, ...] = ()
    """What is wrong with the declaration."""
    forms: frozenset[str] = WHOLE
    """Forms in which it is run; without those that a golden does not know."""

    def as_in(self, record: Record | None) -> Declared:
        """The guard, to be asked in the form in which a Record was, so that the two can be compared."""
        return replace(self, forms=WHOLE if record is None else WHOLE & record.asked.keys())


def files(settings: Settings) -> list[Path]:
    """The modules that may declare guards: files named in the settings, and Python files in the folders named there.

    Raises UsageError naming every place that does not exist.
    """
    missing = [settings.relative(place) for place in settings.guards if not place.exists()]
    if missing:
        raise several(
            [f"`guards` in [tool.mlguard] names {name}, which does not exist" for name in missing],
            slug="guards-missing",
        )
    found: list[Path] = []
    for place in settings.guards:
        inside = [place] if place.is_file() else sorted(p for p in place.rglob("*.py") if _is_module(p, place))
        found += [p for p in inside if p not in found]
    return found


def load_module(file: Path, import_path: Sequence[str] = ()) -> ModuleType:
    """Import a module by its file, under the name that pytest's default import mode gives it.

    The folder above its package is put on the import path, so that siblings can be imported as under pytest.
    """
    base, name = module_name(file)
    # Each goes to the front, so that they end up in the order in which the project names them.
    for entry in (*reversed(import_path), str(base)):
        if entry not in sys.path:
            sys.path.insert(0, entry)
    loaded = sys.modules.get(name)
    if loaded is not None and Path(loaded.__file__ or "").resolve() == file.resolve():
        return loaded
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise UsageError(f"{file} is no Python module", slug="guard-module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def module_name(file: Path) -> tuple[Path, str]:
    """The folder to put on the import path, and the dotted name below it."""
    base, parts = file.parent, [file.stem]
    while (base / "__init__.py").is_file():
        parts.insert(0, base.name)
        base = base.parent
    return base, ".".join(parts)


def guard_classes(module: ModuleType) -> list[type[Guard]]:
    """The guards that a module defines itself, in the order of their lines; importing one makes no second one."""
    own = [
        value
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, Guard) and value.__module__ == module.__name__
    ]
    guards = [klass for klass in dict.fromkeys(own) if klass is not Guard and not is_base(klass)]
    return sorted(guards, key=_line)


def declared(klass: type[Guard], file: Path, root: Path) -> list[Declared]:
    """One entry per configuration of a guard; what is wrong is said in it, not raised."""
    found = problems(klass)
    try:
        variants = configurations(klass.config, root, klass.__name__)
    except UsageError as error:
        found.append(error.message)
        variants = [Configuration(None, None, None)]
    return [_declared(klass, file, root, variant, found) for variant in variants]


def variant_name(class_name: str, label: str | None) -> str:
    """The name of a guard's variant."""
    return class_name if label is None else f"{class_name}[{label}]"


def stages_of(klass: type[Guard]) -> tuple[str, ...]:
    """The stages that a guard has; for one that observes by itself, every stage that it may note."""
    if declares(klass, "observe"):
        return tuple(stage for stage in STAGES if stage != "contracts")
    optional = {"features": declares(klass, "features"), "evaluate": _evaluates(klass)}
    return tuple(stage for stage in STAGES if optional.get(stage, True))


def select(guards: Sequence[Declared], names: Iterable[str], *, where: str) -> list[Declared]:
    """The guards that names ask for: exactly, by class for all its variants, else by glob; all without names.

    Raises UsageError naming every unknown name with the nearest ones, and where guards were looked for.
    """
    wanted = list(names)
    if not wanted:
        return list(guards)
    found: list[Declared] = []
    unknown: list[str] = []
    for name in wanted:
        hits = _hits(guards, name)
        unknown += [] if hits else [name]
        found += [g for g in hits if g not in found]
    if unknown:
        raise several([_unknown(name, guards, where) for name in unknown], slug="guard-unknown")
    return [g for g in guards if g in found]


def _hits(guards: Sequence[Declared], name: str) -> list[Declared]:
    names = chosen(name, [guard.ref.name for guard in guards])
    return [guard for guard in guards if guard.ref.name in names]


def _unknown(name: str, guards: Sequence[Declared], where: str) -> str:
    if "::" in name:
        told = f'pytest runs it, and `pytest {shlex.quote(name)} --regen-golden --golden-reason "…"` records its golden'
        return f"{name} is a test, and no guard: {told}"
    known = [g.ref.name for g in guards]
    near = get_close_matches(name, known, n=3, cutoff=0.5) or known[:5]
    return f"no guard {name!r} in {where}; {'nearest: ' + ', '.join(near) if near else 'no guards are declared there'}"


def _declared(klass: type[Guard], file: Path, root: Path, variant: Configuration, found: Sequence[str]) -> Declared:
    path = variant.path
    return Declared(
        ref=GuardRef(variant_name(klass.__name__, variant.label), klass.__name__, variant.label, file),
        line=_line(klass),
        dataset=klass.dataset if isinstance(klass.dataset, str) else None,
        stages=stages_of(klass),
        options=Options.of(klass),
        config=None if path is None else path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path),
        problems=tuple(found),
    )


def _evaluates(klass: type[Guard]) -> bool:
    return declares(klass, "evaluate") or (klass.estimator is not None and bool(klass.metrics))


def _line(klass: type) -> int:
    try:
        return inspect.getsourcelines(klass)[1]
    except (OSError, TypeError):
        return 1


def _is_module(path: Path, place: Path) -> bool:
    inside = path.relative_to(place).parts
    return (
        not _NOT_OURS & set(inside) and path.name not in ("conftest.py", "setup.py") and not path.name.startswith(".")
    )
