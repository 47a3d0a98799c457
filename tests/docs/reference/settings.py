"""The page of the settings in `[tool.mlguard]`, from what reads them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mlguard.settings import ENTRIES, Settings, settings_of
from tests.docs.reference.declared import docstrings

HEAD = """\
# Settings

Settings of a project stand in its `pyproject.toml`, in `[tool.mlguard]`. Paths are relative to the folder of that file,
which is the project's root. An entry that mlguard does not know is refused, with the nearest name.

```toml
[tool.mlguard]
guards = ["tests/guards"]
timeout = 300
```

`mlguard init --bare` writes the section. Beside these, mlguard reads one setting of pytest: `pythonpath` in
`[tool.pytest.ini_options]` says from where your modules are imported ([guards under pytest](pytest.md)). How a guard is
run and compared is said on the guard itself ([options](options.md)).
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_sections()])


def _sections() -> Iterator[str]:
    told, root = docstrings(Settings), Path("/project")
    plain = settings_of(root, root, {}, declared=True)
    for name, (_, wanted) in ENTRIES.items():
        default = getattr(plain, name)
        shown = "none" if default is None else f"`{_shown(default, root)}`"
        yield f"## `{name}`\n\n{told[name]}\n\n*Is:* {wanted}. *Default:* {shown}\n"


def _shown(value: object, root: Path) -> str:
    """A default as TOML spells it."""
    if isinstance(value, Path):
        return f'"{value.relative_to(root).as_posix()}"'
    if isinstance(value, tuple):
        return f"[{', '.join(_shown(one, root) for one in value)}]"
    return f'"{value}"' if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else str(value)
