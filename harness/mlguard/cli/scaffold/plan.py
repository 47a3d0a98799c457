"""Plan what `mlguard init` does to a project, file by file, and then do it without ever overwriting one."""

from __future__ import annotations

import os
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from mlguard.core.error import RunError, UsageError
from mlguard.settings import DEFAULT_GENERATORS, DEFAULT_GOLDEN, DEFAULT_GUARDS, load, not_toml

WRITE, EXTEND, LEAVE = "write", "extend", "leave"

_PIPELINE = "example_pipeline.py"
_IGNORED = (".mlguard/",)


_FIRST_GUARD = (
    "mlguard make-dataset --like TABLE     # writes {layout.generators}/TABLE.py; or write one by hand",
    "write a guard in {layout.guards}/test_NAME.py",
    "mlguard check --try                   # shows what a golden would hold",
    'mlguard regen-golden --reason "first golden"',
)
"""What comes next in a project that has code of its own."""


@dataclass(frozen=True)
class Piece:
    """One file of the project and what becomes of it."""

    path: str
    """The file, relative to the project's root, with forward slashes."""
    action: str
    """`write` a new file, `extend` an existing one, or `leave` it alone."""
    text: str
    """The whole new content; empty where the file is left alone."""
    reason: str
    """Why it is left alone, or what was added."""


@dataclass(frozen=True)
class Plan:
    """What `mlguard init` would do to one project."""

    pieces: tuple[Piece, ...]
    """The files in the order in which they are written."""
    following: tuple[str, ...]
    """The commands to run next."""
    notes: tuple[str, ...] = ()
    """What the owner of the code has to do or to know."""


@dataclass(frozen=True)
class Layout:
    """Where a project keeps things, relative to its root."""

    guards: str
    """Folder of the test modules that declare guards."""
    generators: str
    """Folder of the generator scripts."""
    golden: str
    """Folder of the goldens."""


def plan(root: Path, *, bare: bool = False, code: Path | None = None) -> Plan:
    """Everything that is to be done, in the order of doing it; nothing is written.

    `bare`: settings and the lines for git alone, for a project that has code to guard already; `code`: beside them a
    guard of this file, and a generator after the table that it reads.
    Raises UsageError when pyproject.toml cannot be read or extended, or no guard can be made of the code.
    """
    pyproject = _toml(root / "pyproject.toml")
    layout = _layout(root)
    pytest = _pytest_command(layout, pyproject)
    settings = _pyproject(root, pyproject)
    for_git = (
        _lines(root, ".gitignore", _IGNORED),
        _lines(root, ".gitattributes", attributes(layout.golden)),
    )
    if code is not None:
        return _guarded(root, code, layout, (settings, *for_git))
    if bare:
        return Plan((settings, *for_git), tuple(text.format(layout=layout) for text in _FIRST_GUARD))
    workflow = _new(root, ".github/workflows/mlguard.yml", _workflow(root, pytest, pyproject))
    pieces = (settings, *_example(root, layout), *for_git, workflow)
    return Plan(pieces, ('mlguard regen-golden --reason "first golden"', pytest))


def carry_out(root: Path, pieces: Sequence[Piece]) -> None:
    """Write the planned files, each through a temporary file beside it, so that none is ever half there.

    Raises RunError naming the file that could not be written.
    """
    for piece in pieces:
        if piece.action != LEAVE:
            _write(root / piece.path, piece.text)


def _layout(root: Path) -> Layout:
    settings = load(root)
    if settings.root != root or not settings.declared:
        return Layout(DEFAULT_GUARDS[0], DEFAULT_GENERATORS, DEFAULT_GOLDEN)
    guards = settings.guards[0]
    folder = guards.parent if guards.suffix == ".py" else guards
    golden = settings.golden if settings.golden_url is None else root / DEFAULT_GOLDEN
    return Layout(*(settings.relative(path) for path in (folder, settings.generators, golden)))


def _pytest_command(layout: Layout, pyproject: Mapping[str, Any]) -> str:
    """The command that runs the guards: plain `pytest` where the project's own settings find them."""
    options = pyproject.get("tool", {}).get("pytest", {})
    searched = options.get("ini_options", options).get("testpaths", [])
    listed = searched.split() if isinstance(searched, str) else searched
    found = not listed or any(Path(layout.guards).is_relative_to(entry) for entry in listed)
    return "pytest" if found else f"pytest {layout.guards}"


def _pyproject(root: Path, pyproject: Mapping[str, Any]) -> Piece:
    name = "pyproject.toml"
    if "mlguard" in pyproject.get("tool", {}):
        return Piece(name, LEAVE, "", "it has [tool.mlguard]")
    section = '[tool.mlguard]\nguards = ["tests/guards"]\n'
    if not (root / name).exists():
        return Piece(name, WRITE, section, "[tool.mlguard]")
    text = _appended(_read(root / name), ["", *section.splitlines()])
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            f"{root / name}: a [tool.mlguard] section cannot be appended ({error}); add it by hand and run this again",
            slug="init-pyproject",
        ) from error
    return Piece(name, EXTEND, text, "added [tool.mlguard]")


def _example(root: Path, layout: Layout) -> Iterator[Piece]:
    """A generator, the code and its guard, which comes last; nothing where guards exist already."""
    guard = f"{layout.guards}/test_example.py"
    others = sorted(file.name for file in (root / layout.guards).glob("*.py") if file.name != "test_example.py")
    templates = {f"{layout.generators}/example.py": "generator.py", _PIPELINE: "pipeline.py", guard: "guard.py"}
    for path, template in templates.items():
        if others and not (root / path).exists():
            yield Piece(path, LEAVE, "", f"no example needed: {layout.guards} holds {others[0]}")
        else:
            yield _new(root, path, _template(template))


def _guarded(root: Path, code: Path, layout: Layout, others: tuple[Piece, ...]) -> Plan:
    from mlguard.cli.scaffold.from_code import first_guard  # It reads tables: pandas is loaded only here.

    made = first_guard(root, code)
    pieces = [_new(root, f"{layout.guards}/{made.module}", made.text)]
    if made.generator is not None:
        pieces.insert(0, _new(root, f"{layout.generators}/{made.generator[0]}.py", made.generator[1]))
    return Plan((*others, *pieces), _FIRST_GUARD[2:], made.notes)


def attributes(golden: str) -> tuple[str, ...]:
    """Goldens are the same bytes on every machine; pages that show changes unfold the summary of each, and no more."""
    return (
        f"{golden}/** text eol=lf",
        f"{golden}/_datasets/** -text",
        f"{golden}/**/*.npy binary",
        f"{golden}/** linguist-generated=true",
        f"{golden}/**/summary.md linguist-generated=false",
        f"{golden}/**/internals.jsonl -diff",
        f"{golden}/**/internals/** -diff",
    )


def _workflow(root: Path, pytest: str, pyproject: Mapping[str, Any]) -> str:
    wanted = ["."] if "project" in pyproject else []
    if (root / "requirements.txt").exists():
        wanted.append("-r requirements.txt")
    filled = {
        "@PYTHON@": "{}.{}".format(*sys.version_info[:2]),
        "@INSTALL@": " ".join(["python -m pip install", *wanted, "pytest-mlguard"]),
        "@PYTEST@": f"python -m {pytest}",
    }
    text = _template("workflow.yml")
    for mark, value in filled.items():
        text = text.replace(mark, value)
    return text


def _new(root: Path, path: str, text: str) -> Piece:
    if (root / path).exists():
        return Piece(path, LEAVE, "", "it exists")
    return Piece(path, WRITE, text, "")


def _lines(root: Path, path: str, lines: Sequence[str]) -> Piece:
    if not (root / path).exists():
        return Piece(path, WRITE, "".join(f"{line}\n" for line in lines), "")
    text = _read(root / path)
    present = {line.strip() for line in text.splitlines()}
    lacking = [line for line in lines if line not in present]
    if not lacking:
        return Piece(path, LEAVE, "", "it has the lines")
    return Piece(path, EXTEND, _appended(text, lacking), f"added {', '.join(lacking)}")


def _appended(text: str, lines: Sequence[str]) -> str:
    """Text with lines after it, in the line ending that it has; what was there is not touched."""
    ending = "\r\n" if "\r\n" in text else "\n"
    opening = "" if not text or text.endswith("\n") else ending
    return text + opening + "".join(line + ending for line in lines)


def _template(name: str) -> str:
    return files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8")


def _toml(file: Path) -> Mapping[str, Any]:
    if not file.exists():
        return {}
    try:
        return tomllib.loads(_read(file))
    except (ValueError, RecursionError) as error:
        raise not_toml(file, error) from error


def _read(file: Path) -> str:
    """The text with its line endings as they are."""
    try:
        return file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read as UTF-8 text: {error}", slug="init-unreadable") from error


def _write(file: Path, text: str) -> None:
    target = file.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=".mlguard-init-")
        try:
            with open(descriptor, "wb") as stream:
                stream.write(text.encode("utf-8"))
            os.chmod(temporary, mode)
            os.replace(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        raise RunError(
            f"{file} could not be written: {error.strerror}; make it writable and run `mlguard init` again",
            slug="init-unwritable",
        ) from error
