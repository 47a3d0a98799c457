"""`mlguard diff` names the edit of a program that is no Python, and of what such a program reads by itself."""

from __future__ import annotations

import pytest

from tests.project import FILES, GUARD
from tests.repository import Repository

PROGRAMS = {
    "bin/train.sh": 'echo "slope 2" > "$2/line.txt"\n',
    "bin/predict.sh": '. "$(dirname "$0")/answers.sh"\nawk -F, "$(program "$1/line.txt")" "$2" > "$3"\n',
    "bin/answers.sh": """\
# One answer per row.
program() {
  echo 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "x") x = i; print "y"; next }'
  echo "{ print 1 + $(cut -d ' ' -f 2 "$1") * \\$x }"
}
""",
    "bin/evaluate.sh": """\
rows="$(wc -l < "$1")"
echo "{\\"rows\\": $((rows - 1))}"
""",
    "README.md": "A line.\n",
    GUARD: """\
from mlguard import CommandGuard


class Line(CommandGuard):
    dataset = "tiny"
    seeds = (0,)
    train = "sh bin/train.sh {train} {bundle}"
    predict = "sh bin/predict.sh {bundle} {rows} {answers}"
    evaluate = "sh -c 'sh bin/evaluate.sh {test} {answers}'"
""",
}


@pytest.fixture(scope="module")
def repository(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A line that three shell scripts learn, answer with and count, with one commit."""
    return Repository(tmp_path_factory.mktemp("programs"), files={**FILES, **PROGRAMS})


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        ("bin/train.sh", "slope 2", "slope 3", 1),  # Named by the command line.
        ("bin/evaluate.sh", "rows - 1", "rows - 2", 2),  # Named in a line for a shell.
        ("bin/answers.sh", "1 + $", "2 + $", 4),  # Read by a program, and named nowhere.
    ],
)
def test_the_file_that_was_edited_is_named_with_its_lines(
    repository: Repository, file: str, old: str, new: str, line: int
) -> None:
    with repository.project.editing(file, old, new), repository.project.editing("README.md", "A line", "The line"):
        ran = repository.project.command("diff", "HEAD", "--json")
    (guard,) = ran.json["guards"]
    (edit,) = guard["edits"]
    assert (edit["name"], edit["kind"], edit["file"], edit["line"]) == (file, "file", file, line)
    assert f"\n+{PROGRAMS[file].splitlines()[line - 1].replace(old, new)}" in edit["hunk"]
    assert (guard["proof"], guard["harmless"]) == ("alone", ["README.md"])
