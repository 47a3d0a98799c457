"""No command lets a name, a value, a file or an exception act on the terminal."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.project import CODE, FILES, GENERATOR, GUARD, Project

HOSTILE = "x\x1b]0;pwn\x07\x7f\x9b31m\u202e\u2028y"
"""A title, a bell, a colour, a direction and another line's end."""

DECLARED = """

Hostile = type("Hostile" + {hostile!r}, (Line,), {{"__module__": __name__}})


class Raises(Line):
    def predict(self, model, rows):
        raise ValueError({hostile!r})
"""

ANSWERS = 'return (model["shift"] + model["slope"] * rows["x"]).to_numpy()'
LABELS = f'return pd.DataFrame({{{HOSTILE!r}: ["a" + {HOSTILE!r}] * len(rows), "y": model["shift"] + rows["x"]}})'


def clean(text: str) -> bool:
    return all(character.isprintable() or character == "\n" for character in text)


@pytest.fixture(scope="module")
def project(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Hostile names of guards, columns, values and goldens; `Line` has a golden."""
    made = Project(tmp_path_factory.mktemp("hostile"))
    made.edit(GENERATOR, '"shop": rng', f'{HOSTILE!r}: rng.choice([{HOSTILE!r}, "b"], rows), "shop": rng')
    made.write(CODE, "import pandas as pd\n\n\n" + FILES[CODE].replace(ANSWERS, LABELS))
    made.edit(CODE, "answers).mean()", 'answers["y"]).mean()')
    made.regen()
    made.write(GUARD, FILES[GUARD] + DECLARED.format(hostile=HOSTILE))
    shutil.copytree(made.root / "golden/Line", made.root / f"golden/{HOSTILE}")
    made.edit(CODE, '["a" +', '["b" +')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.cpu_count", lambda: 1)
        yield made


COMMANDS = [
    ("check",),
    ("check", "--json"),
    ("check", "--costs", "--quick"),
    ("check", HOSTILE),
    ("check", HOSTILE, "--json"),
    ("check", f"--{HOSTILE}"),
    ("list",),
    ("list", "--json"),
    ("check", "Line", "--quick", "--report", f"out/{HOSTILE}.html"),
    ("report",),
    ("report", "--json"),
    (HOSTILE,),
    ("regen-golden", "Line", "--reason", HOSTILE),
    ("regen-golden", "Hostile*", "--reason", HOSTILE),
    ("regen-golden", "Raises", "--reason", HOSTILE),
    ("regen-golden", "Line", "--reason", HOSTILE, "--dry-run", "--json"),
    ("calibrate", "Hostile*", "--reason", HOSTILE),
    ("audit", "Raises", "--changes", "1"),
    ("diff", HOSTILE),
    ("diff", "HEAD", "--guard", HOSTILE),
    ("prune", "--dry-run"),
    ("make-dataset", HOSTILE),
    ("make-dataset", "--like", HOSTILE),
    ("make-dataset", "tiny", "--out-dir", HOSTILE),
    ("make-dataset", "tiny", "--out-dir", HOSTILE, "--json"),
    ("init", "--dir", HOSTILE),
    ("init", "--dir", HOSTILE, "--json"),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0] if arguments else "")
def test_nothing_of_what_a_command_shows_acts_on_the_terminal(project: Project, arguments: tuple[str, ...]):
    if arguments[0] == "init":
        (project.root / HOSTILE).mkdir(exist_ok=True)
    ran = project.command(*arguments, answer="n\n")
    assert clean(ran.out)
    assert clean(ran.err)
    assert ran.out + ran.err


def test_what_was_told_is_there_in_escapes(project: Project):
    ran = project.command("check")
    assert "ValueError: x\\x1b]0;pwn\\x07\\x7f\\x9b31m\\u202e\\u2028y" in ran.out
    assert "Hostilex\\x1b]0;pwn" in ran.out


def test_progress_is_escaped_too(project: Project):
    ran = project.command("regen-golden", "Hostile*", "--reason", "r", "--dry-run")
    assert "Hostilex\\x1b]0;pwn" in ran.err
    assert clean(ran.err)
