"""Configurations: read what a Guard names as its `config`, one variant each."""

from __future__ import annotations

import configparser
import io
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlguard.core.error import UsageError

KINDS = (".yaml", ".yml", ".json", ".toml", ".ini")


@dataclass(frozen=True)
class Configuration:
    """One configuration of a guard."""

    label: str | None
    """Names the variant where the guard has a list of configurations: the file's stem, or its number."""
    path: Path | None
    """The file; None for a mapping."""
    values: Any
    """The parsed content; None for a guard without configuration."""


def configurations(config: Any, root: Path, guard: str) -> list[Configuration]:
    """The configurations of a guard's `config`: a path, a mapping, or a list of either.

    Raises UsageError naming the guard and what is wrong: an unreadable file, an unknown kind, labels used twice.
    """
    if config is None:
        return [Configuration(None, None, None)]
    if isinstance(config, list | tuple):
        return _unique([_read(entry, root, guard, _label(entry, i)) for i, entry in enumerate(config)], guard)
    return [_read(config, root, guard, None)]


def flatten(values: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every entry of a configuration with its dotted key, in order."""
    if isinstance(values, Mapping):
        for key, value in values.items():
            yield from flatten(value, f"{prefix}{key}.")
    elif isinstance(values, Sequence) and not isinstance(values, str | bytes):
        for position, value in enumerate(values):
            yield from flatten(value, f"{prefix}{position}.")
    else:
        yield prefix.removesuffix("."), values


def written(values: Any, source: Path | None, folder: Path) -> Path | None:
    """Write changed values as a file of the same name and kind as `source` into a folder, for code that reads the path.

    None where the values came from no file.
    """
    if source is None:
        return None
    place = folder / source.name
    place.write_text(as_text(values, source.suffix.lower()), encoding="utf-8")
    return place


def _label(entry: Any, position: int) -> str:
    return re.sub(r"[^\w.-]+", "_", Path(entry).stem) if isinstance(entry, str | Path) else str(position)


def _unique(found: list[Configuration], guard: str) -> list[Configuration]:
    if not found:
        raise UsageError(
            f"guard {guard}: `config` is an empty list; name a configuration or drop it", slug="config-empty"
        )
    labels = [str(configuration.label).casefold() for configuration in found]
    for position, label in enumerate(labels):
        if label in labels[:position]:
            one, two = found[labels.index(label)], found[position]
            raise UsageError(
                f"guard {guard}: configurations {one.path or one.label} and {two.path or two.label} would both be "
                f"{guard}[{two.label}] and share a golden; rename one of the files",
                slug="golden-collision",
            )
    return found


def _read(entry: Any, root: Path, guard: str, label: str | None) -> Configuration:
    if isinstance(entry, Mapping):
        return Configuration(label, None, dict(entry))
    if not isinstance(entry, str | Path):
        raise UsageError(
            f"guard {guard}: `config` must be a path, a mapping or a list of them, not {type(entry).__name__}",
            slug="config-type",
        )
    path = root / entry
    if path.suffix.lower() not in KINDS:
        raise UsageError(f"guard {guard}: configuration {entry} is none of {', '.join(KINDS)}", slug="config-type")
    try:
        return Configuration(label, path, parsed(path.read_text(encoding="utf-8"), path.suffix.lower()))
    except FileNotFoundError as error:
        raise UsageError(
            f"guard {guard}: there is no configuration {entry} in the project", slug="config-missing"
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(
            f"guard {guard}: configuration {entry} cannot be read: {error}", slug="config-unreadable"
        ) from error


def parsed(text: str, kind: str) -> Any:
    """What the text of a file holds; `kind` is one of KINDS. Raises ValueError where it is not of that kind."""
    if kind == ".json":
        return json.loads(text)
    if kind == ".toml":
        return tomllib.loads(text)
    if kind == ".ini":
        return _ini(text)
    import yaml  # Read only where a guard has such a file.

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def as_text(values: Any, kind: str) -> str:
    """Values as a file of one of KINDS holds them."""
    if kind == ".json":
        return json.dumps(values)
    if kind == ".toml":
        return "".join(f"{_toml(str(key))} = {_toml(value)}\n" for key, value in values.items() if value is not None)
    if kind == ".ini":
        file, parser = io.StringIO(), _ini_parser()
        parser.read_dict({section: {key: ini_text(v) for key, v in keys.items()} for section, keys in values.items()})
        parser.write(file, space_around_delimiters=False)
        return file.getvalue()
    import yaml

    dumped: str = yaml.safe_dump(values, sort_keys=False)
    return dumped


def ini_text(value: Any) -> str:
    """A value as a file of sections has it, where lists are JSON."""
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def _ini(text: str) -> dict[str, dict[str, Any]]:
    """Sections of keys, whose values are numbers, flags and JSON where they look so, and text otherwise."""
    parser = _ini_parser()
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise ValueError(str(error)) from error
    return {name: {key: _ini_value(value) for key, value in parser[name].items()} for name in parser.sections()}


def _ini_parser() -> configparser.RawConfigParser:
    """Reads keys as they are written; what a variable or another key would fill in stays as it stands."""
    parser = configparser.RawConfigParser(default_section="\0", interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    return parser


def _ini_value(text: str) -> Any:
    """A flag, or what is written again as it stands: `1.10` may be a version, and stays text."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if not isinstance(value, str | None) and json.dumps(value) == text else text


def _toml(value: Any) -> str:
    """One value as TOML writes it: tables inline, and keys without a value left out, since TOML has none."""
    if isinstance(value, Mapping):
        inner = (f"{_toml(str(key))} = {_toml(part)}" for key, part in value.items() if part is not None)
        return f"{{{', '.join(inner)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_toml(part) for part in value)}]"
    if isinstance(value, str):
        # JSON escapes all that TOML wants escaped but the delete character, and half surrogates, which are no text.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    # Numbers read the same in both, `inf` and `nan` among them; dates and times are ISO 8601.
    return value.isoformat() if hasattr(value, "isoformat") else repr(value)
