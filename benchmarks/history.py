"""Whether the right edit is named in commits of public libraries: `python -m benchmarks.history --clones FOLDER`.

`FOLDER` holds clones of the libraries, each under the name of its repository. Of a commit and the one before it, the
package is written into a repository of its own, with a guard of `benchmarks/histories/` beside it, which calls what
the package offers with small tables. Which edits are right was found without mlguard: each hunk of a commit was
reversed by `git apply -R`, and the values were compared.

Most of these commits are older than the newest libraries: run it with NumPy 2.0, SciPy 1.13, pandas 2.2,
scikit-learn 1.5 and statsmodels.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import click

from benchmarks.histories.commits import COMMITS, Commit
from tests.repository import git

GUARDS = Path(__file__).parent / "histories"


@dataclass(frozen=True)
class Named:
    """What was said of one commit."""

    repository: str
    """The library's repository."""
    sha: str
    """The commit."""
    edited: str
    """What it did."""
    how: str
    """What was proven, or the outcome where nothing was looked for."""
    named: tuple[str, ...]
    """The edits that are named, without the package's name."""
    verdict: str
    """`right`, `wrong`, or `none` where no edit is named."""
    runs: int
    """Runs that the proof took."""
    edits: int
    """Edits that the commit holds, of what the guard ran."""
    seconds: float
    """How long all of it took."""


def ask(commit: Commit, clone: Path) -> Named:
    """Compare a commit with the one before it, in a repository of its own."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder).resolve()
        _lay(commit, clone, place)
        ran = subprocess.run(
            [sys.executable, "-m", "mlguard", "diff", "HEAD~1", "HEAD", "--json"],
            cwd=place, capture_output=True, text=True, check=False,
        )  # fmt: skip
    try:
        (guard,) = json.loads(ran.stdout)["guards"]
    except (ValueError, KeyError) as error:
        raise click.ClickException(f"{commit.sha}: {ran.stdout[-500:]}{ran.stderr[-500:]}") from error
    return _judged(commit, guard, time.perf_counter() - started)


def _judged(commit: Commit, guard: dict[str, Any], seconds: float) -> Named:
    is_proven = guard["proof"] in ("alone", "together", "each", "several", "part")
    named = tuple(edit["name"].removeprefix(f"{commit.package}.") for edit in guard["edits"]) if is_proven else ()
    # What restores a part is right where it is one.
    fits = set.issubset if guard["proof"] == "part" else set.__eq__
    verdict = "none" if not named else "right" if any(fits({*named}, {*some}) for some in commit.right) else "wrong"
    return Named(
        commit.repository, commit.sha, commit.edited, guard["proof"] or guard["outcome"], named, verdict,
        guard["runs"], guard["total"], seconds,
    )  # fmt: skip


def _lay(commit: Commit, clone: Path, place: Path) -> None:
    """Two commits of the package, with the guard beside it in both."""
    (place / "guards").mkdir()
    text = (GUARDS / f"{commit.guard}.py").read_text(encoding="utf-8")
    own = text.replace('ONLY: tuple[str, ...] = ("",)', f"ONLY: tuple[str, ...] = {commit.only!r}")
    (place / "guards/test_guard.py").write_text(own, encoding="utf-8")
    (place / "pyproject.toml").write_text('[tool.mlguard]\nguards = ["guards"]\ntimeout = 600\n', encoding="utf-8")
    git(place, "init", "--quiet")
    for revision in (f"{commit.sha}^", commit.sha):
        told = ["git", "-C", str(clone), "archive", revision, commit.package]
        archive = subprocess.run(told, capture_output=True, check=True).stdout
        git(place, "rm", "-r", "--quiet", "--ignore-unmatch", commit.package)
        subprocess.run(["tar", "-x"], input=archive, cwd=place, check=True)
        git(place, "add", "--all")
        git(place, "commit", "--quiet", "--message", revision)


def draw(answers: Sequence[Named]) -> Iterator[str]:
    """One line per commit, and the counts."""
    for repository in dict.fromkeys(a.repository for a in answers):
        yield repository
        for a in (a for a in answers if a.repository == repository):
            yield f"  {a.sha}  {a.verdict:<6}{a.how:<10}{a.runs:>2} runs {a.edits:>3} edits  {a.edited}"
            yield f"            {', '.join(a.named)}"
    counts = {word: sum(a.verdict == word for a in answers) for word in ("right", "wrong", "none")}
    told = ", ".join(f"{number} {word}" for word, number in counts.items())
    yield f"{len(answers)} commits of {len({a.repository for a in answers})} repositories: {told}"
    runs = [a.runs for a in answers]
    yield f"runs of a proof: median {median(runs):g}, most {max(runs)}"


@click.command()
@click.option("--clones", type=click.Path(path_type=Path, exists=True), required=True, help="Folder with the clones.")
@click.option("--only", multiple=True, metavar="SHA", help="Only this commit; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(clones: Path, only: tuple[str, ...], *, as_json: bool) -> None:
    """Compare commits of public libraries with those before them, and count how often the right edit is named."""
    answers = []
    for commit in (c for c in COMMITS if not only or c.sha in only):
        answers.append(ask(commit, clones / commit.repository.rpartition("/")[2]))
        a = answers[-1]
        print(f"{a.sha} {a.verdict}: {a.how} {', '.join(a.named)} ({a.seconds:.0f} s)", file=sys.stderr, flush=True)
    click.echo(json.dumps([asdict(a) for a in answers], indent=1) if as_json else "\n".join(draw(answers)))


if __name__ == "__main__":
    command()
