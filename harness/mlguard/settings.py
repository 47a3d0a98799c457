"""Settings: find the project and read its `[tool.mlguard]` once."""

from __future__ import annotations

import configparser
import os
import shlex
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mlguard.core.error import UsageError, several
from mlguard.core.url import folder_for, is_url, plain_url, what_is_wrong

DEFAULT_GUARDS = ("tests/guards",)
DEFAULT_GENERATORS = "datasets/generators"
DEFAULT_GOLDEN = "golden"
DEFAULT_TIMEOUT = 600.0

COPIES = ".mlguard/shared"
"""Where, from the project's root, copies of goldens lie that are kept elsewhere; no repository holds them."""

COPIED = "golden"
"""The folder of the copies below that of their address; it is laid out as a folder of goldens is."""

READ = ("pyproject.toml", "pytest.ini", ".pytest.ini", "tox.ini", "setup.cfg")
"""Files beside which a project begins, and from which its settings and its import path are read."""

_MARKERS = (*READ, "setup.py")


@dataclass(frozen=True)
class Tracking:
    """Where runs are logged besides; what is left out, MLflow's own variables say."""

    uri: str | None = None
    """The tracking server, as MLflow names it."""
    experiment: str | None = None
    """The experiment that the runs belong to."""


@dataclass(frozen=True)
class Settings:
    """What a project says about its guards; paths are absolute."""

    root: Path | None
    """The project's root: the nearest folder with `[tool.mlguard]`; None outside any project."""
    declared: bool
    """Whether there is a `[tool.mlguard]` section."""
    here: Path
    """Where the search started."""
    guards: tuple[Path, ...]
    """Folders and files in which guards are declared."""
    generators: Path
    """Folder of the generator scripts."""
    golden: Path
    """Folder of the goldens; or a URL that a team shares, such as `s3://bucket/folder`."""
    timeout: float
    """Seconds after which a guard's run is killed, unless the guard says otherwise."""
    environments: str
    """`one`: library changes that move values fail; `any`: they are expected failures (a library matrix)."""
    import_path: tuple[str, ...]
    """What the project puts on the import path: its root and pytest's configured `pythonpath`."""
    pass_env: tuple[str, ...] = ()
    """Environment variables that reach guarded code besides those of the default list, as globs."""
    set_env: Mapping[str, str] = field(default_factory=dict)
    """Environment variables that guarded code gets with these values."""
    mlflow: Tracking | None = None
    """Where each check and each new golden is logged as a run of MLflow; without it nothing is."""
    golden_url: str | None = None
    """The URL of the goldens, whose copies lie in `golden`; None where that folder is what holds them."""
    golden_arrays: str | None = None
    """A URL for the large arrays of the goldens alone (`*.npy`); all else of them stays in the folder, under git."""
    links: Mapping[Path, Path] = field(default_factory=dict)
    """Of folders and files of guards that are named by a link, or below one: where it leads, and how it is named."""

    @property
    def base(self) -> Path:
        """The project's root, or where we are when there is no project."""
        return self.root or self.here

    def generator_of(self, dataset: str | None) -> Path:
        """The file of the project's own that makes a Dataset of this name, whether it is there or not."""
        return self.generators / f"{dataset}.py"

    def relative(self, path: Path) -> str:
        """A path as messages show it: below the project's root where it is, with forward slashes."""
        try:
            return path.relative_to(self.base).as_posix()
        except ValueError:
            return str(path)


def load(start: Path | None = None) -> Settings:
    """Read the settings of the project around a folder; outside any project, the defaults.

    Raises UsageError naming every unknown or unusable entry at once, and where they stand.
    """
    here = (start or Path.cwd()).resolve()
    found = _find(here)
    if found is None:
        return settings_of(here, None, {}, declared=False)
    file, section = found
    return settings_of(here, file.parent, {} if section is None else section, declared=section is not None)


def require_project(settings: Settings) -> Path:
    """The project's root; a UsageError that says where it was looked for where there is none."""
    if settings.root is None or not settings.declared:
        raise UsageError(
            f"no [tool.mlguard] in a pyproject.toml at or above {settings.here}; run `mlguard init` in the project",
            slug="no-project",
        )
    return settings.root


def _find(here: Path) -> tuple[Path, Mapping[str, Any] | None] | None:
    """The nearest pyproject.toml with a section of ours, else the nearest file that marks a project's root."""
    marked: Path | None = None
    for folder in (here, *here.parents):
        pyproject = folder / "pyproject.toml"
        if pyproject.is_file():
            section = _tools(pyproject).get("mlguard")
            if section is not None:
                return pyproject, section
        marked = marked or next((folder / m for m in _MARKERS if (folder / m).is_file()), None)
    return None if marked is None else (marked, None)


def _tools(pyproject: Path) -> Mapping[str, Any]:
    tools = _read(pyproject).get("tool")
    return tools if isinstance(tools, Mapping) else {}


def _read(pyproject: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(pyproject.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:  # Such as TOMLDecodeError; also of a number of too many digits.
        raise not_toml(pyproject, error) from error
    except OSError as error:
        raise UsageError(f"{pyproject} cannot be read: {error.strerror}", slug="settings-unreadable") from error


def not_toml(file: Path, error: Exception) -> UsageError:
    """The error about a file that is not valid TOML: the parser raises ValueError or RecursionError."""
    return UsageError(f"{file} is not valid TOML: {error}; mend it first", slug="settings-toml")


def settings_of(here: Path, root: Path | None, section: Mapping[str, Any], *, declared: bool) -> Settings:
    """What a section says, with defaults for what it leaves out. Raises UsageError naming every unusable entry."""
    base = root or here
    problems = _problems(section)
    if problems:
        raise several([f"{base / 'pyproject.toml'}: {problem}" for problem in problems], slug="settings-invalid")
    named = [Path(os.path.abspath(base / name)) for name in _names(section.get("guards", DEFAULT_GUARDS))]
    return Settings(
        root=root,
        declared=declared,
        here=here,
        guards=tuple(place.resolve() for place in named),
        generators=(base / section.get("generators", DEFAULT_GENERATORS)).resolve(),
        golden=_golden(base, section.get("golden", DEFAULT_GOLDEN)),
        timeout=float(section.get("timeout", DEFAULT_TIMEOUT)),
        environments=section.get("environments", "one"),
        import_path=import_path(base),
        pass_env=_names(section.get("pass_env", ())),
        set_env=dict(section.get("set_env", {})),
        mlflow=Tracking(**section["mlflow"]) if "mlflow" in section else None,
        golden_url=_url(section.get("golden")),
        golden_arrays=_url(section.get("golden_arrays")),
        links={place.resolve(): place for place in named if place.resolve() != place},
    )


def _golden(base: Path, named: str) -> Path:
    """The folder of the goldens, or of the copies of those that are kept elsewhere."""
    if is_url(named):
        return Path(os.path.abspath(base / COPIES / folder_for(named) / COPIED))
    # Not resolved: below the project a link in its place is refused, not followed.
    return Path(os.path.abspath(base / named))


def _url(named: str | None) -> str | None:
    return plain_url(named) if named is not None and is_url(named) else None


def _problems(section: object) -> list[str]:
    if not isinstance(section, Mapping):
        return [f"[tool.mlguard] must be a table, not {type(section).__name__}"]
    found = []
    for name, value in section.items():
        if name not in ENTRIES:
            near = get_close_matches(name, ENTRIES, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"known are {', '.join(ENTRIES)}"
            found.append(f"[tool.mlguard] has no entry `{name}`; {hint}")
        elif isinstance(value, str) and (name == "golden_arrays" or (name == "golden" and is_url(value))):
            # The value is not repeated: it may hold a password.
            if wrong := what_is_wrong(value):
                found.append(f"[tool.mlguard] `{name}` {wrong}")
        elif not ENTRIES[name][0](value):
            found.append(f"[tool.mlguard] `{name}` must be {ENTRIES[name][1]}, not {_told(value)}")
    if {"golden", "golden_arrays"} <= {name for name in section if is_url(str(section[name]))}:
        found.append("[tool.mlguard] `golden` is a URL, which holds all arrays: leave `golden_arrays` out")
    return found


def _told(value: object) -> str:
    """A value as an error shows it: of a table, which may hold secrets, the keys; of a URL no word."""
    if isinstance(value, Mapping):
        return f"a table of {', '.join(map(str, value)) or 'nothing'}"
    shown = repr(value)
    return f"a {type(value).__name__} with a URL, which may hold a password" if is_url(shown) else shown


def _names(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _is_text(value: object) -> bool:
    """Whether it can name something: no file and no variable has a NUL in it."""
    return isinstance(value, str) and bool(value) and "\0" not in value


def _is_paths(value: object) -> bool:
    return _is_text(value) or (isinstance(value, list) and bool(value) and all(_is_text(item) for item in value))


def _is_texts(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(text, str) and "\0" not in text for text in value.values())


def _is_tracking(value: object) -> bool:
    known = {field.name for field in fields(Tracking)}
    return isinstance(value, Mapping) and set(value) <= known and all(map(_is_text, value.values()))


def _is_seconds(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


ENTRIES = {
    "guards": (_is_paths, "a list of folders or files"),
    "generators": (_is_text, "a folder"),
    "golden": (_is_text, "a folder or a URL"),
    "golden_arrays": (lambda value: False, "a URL"),
    "timeout": (_is_seconds, "a positive number of seconds"),
    "environments": (lambda value: value in ("one", "any"), '"one" or "any"'),
    "pass_env": (_is_paths, "a list of environment variables or globs"),
    "set_env": (_is_texts, "a table of environment variables and their texts"),
    "mlflow": (_is_tracking, "a table with a `uri`, an `experiment`, both or neither"),
}
"""Each entry of the section: whether a value can be used, and what it must be."""


def import_path(base: Path) -> tuple[str, ...]:
    """What a project puts on the import path: its root, and what pytest is configured to put there."""
    entries = [str(base)]
    for name in filter(_is_text, _pytest_pythonpath(base)):
        path = str((base / os.path.expandvars(name)).resolve())
        if path not in entries:
            entries.append(path)
    return tuple(entries)


def let_import(folder: str) -> str:
    """What to add to a project's settings so that modules in this folder, named from its root, are found."""
    return f'add `pythonpath = ["{folder}"]` to [tool.pytest.ini_options] in pyproject.toml'


def _pytest_pythonpath(base: Path) -> list[str]:
    """The first configured `pythonpath`, in the order in which pytest picks its configuration file."""
    for name, section in (("pytest.ini", "pytest"), (".pytest.ini", "pytest")):
        if (base / name).is_file():
            return _from_ini(base / name, section)
    if (base / "pyproject.toml").is_file():
        options = _tools(base / "pyproject.toml").get("pytest", {})
        options = options.get("ini_options", options) if isinstance(options, Mapping) else {}
        if options and isinstance(options, Mapping):
            value = options.get("pythonpath")
            return _words(value) if isinstance(value, str) else list(value) if isinstance(value, list) else []
    for name, section in (("tox.ini", "pytest"), ("setup.cfg", "tool:pytest")):
        if (base / name).is_file():
            found = _from_ini(base / name, section)
            if found:
                return found
    return []


def _from_ini(file: Path, section: str) -> list[str]:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read(file, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return []  # Not ours to judge: pytest or tox will say what is wrong with its own file.
    return _words(parser.get(section, "pythonpath", fallback=""))


def _words(text: str) -> list[str]:
    """The words of an entry of pytest's; none where a quote is not closed, which pytest itself says."""
    try:
        return shlex.split(text)
    except ValueError:
        return []
