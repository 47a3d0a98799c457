"""`mlguard diff`: real repositories, the command, its answer, its exit code, and a repository that stays as it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.project import CODE, FILES, GENERATOR, GUARD
from tests.repository import Repository

SHIFT = ('model["shift"] +', 'model["shift"] + 0.25 +')
ROUNDING = (
    '(model["shift"] + model["slope"] * rows["x"])',
    '(model["slope"] * (rows["x"] + model["shift"] / model["slope"]))',
)


@pytest.fixture
def repository(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A project with one commit."""
    return Repository(tmp_path_factory.mktemp("repository"))


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Guards one after the other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.cpu_count", lambda: 1)
        yield


def test_the_working_tree_is_the_second_side_and_edits_that_nobody_committed_count(repository: Repository):
    repository.project.edit(CODE, *SHIFT)
    before = repository.state()
    ran = repository.project.command("diff", "HEAD", "--json")
    assert repository.state() == before
    (guard,) = ran.json["guards"]
    assert (ran.code, ran.json["exit_code"], ran.json["outcome"]) == (1, 1, "shifted")
    assert (guard["name"], guard["outcome"], guard["first_moved"]) == ("Line", "shifted", "predict")
    moved = next(f for f in guard["findings"] if (f["run"], f["observation"]) == ("main", "test.prediction"))
    assert moved["max_abs"] == pytest.approx(0.25)
    assert (guard["function"], guard["file"], guard["line"]) == ("line.answer", CODE, 7)
    removed, added = guard["hunk"].splitlines()[1:]
    assert removed.startswith("-    return (model")
    assert "+ 0.25 +" in added


def test_a_clean_tree_matches_its_commit(repository: Repository):
    ran = repository.project.command("diff", "HEAD")
    assert (ran.code, ran.err, ran.changed) == (0, "", ())
    assert ran.out.splitlines()[:2] == [f"HEAD ({repository.first}) -> the working tree", "Line: match"]


def test_two_revisions_are_compared_whatever_the_working_tree_holds(repository: Repository):
    repository.edit(CODE, *SHIFT)
    repository.edit(CODE, "+ 0.25 +", "+")
    repository.project.edit(CODE, *SHIFT)
    assert repository.project.command("diff", "HEAD~2", "HEAD").code == 0
    ran = repository.project.command("diff", "HEAD~1", "HEAD", "--json")
    (guard,) = ran.json["guards"]
    moved = next(f for f in guard["findings"] if (f["run"], f["observation"]) == ("main", "test.prediction"))
    assert (ran.code, moved["signed"]) == (1, pytest.approx(-0.25))


def test_last_digits_are_one_line_and_count_with_exact(repository: Repository):
    repository.project.edit(CODE, *ROUNDING)
    ran = repository.project.command("diff", "HEAD")
    assert ran.code == 0
    (told,) = (line for line in ran.out.splitlines() if "moved in the last digits" in line)
    assert "; nearest to its limit: predict t" in told
    ran = repository.project.command("diff", "HEAD", "--exact")
    assert ran.code == 1
    assert "predict test.prediction: moved in the last digits, by at most" in ran.out


def test_the_goldens_tolerances_decide_where_there_is_one(repository: Repository):
    repository.project.edit(CODE, 'model["shift"] +', 'model["shift"] + 1e-10 +')
    assert repository.project.command("diff", "HEAD").code == 0
    with repository.project.editing(CODE, "+ 1e-10 ", ""):
        repository.project.regen(floor="noise")
    ran = repository.project.command("diff", "HEAD", "--json")
    assert (ran.code, ran.json["guards"][0]["first_moved"]) == (1, "predict")


def test_a_revision_without_any_configuration_of_ours_runs_the_working_trees_guards(
    at_once: None, tmp_path_factory: pytest.TempPathFactory
):
    bare = {CODE: FILES[CODE]}
    repository = Repository(tmp_path_factory.mktemp("bare"), files=bare)
    for name in ("pyproject.toml", GUARD, GENERATOR):
        repository.project.write(name, FILES[name])
    assert repository.project.command("diff", "HEAD").code == 0
    repository.project.edit(CODE, *SHIFT)
    ran = repository.project.command("diff", "HEAD", "--json")
    assert (ran.code, ran.json["guards"][0]["outcome"]) == (1, "shifted")


def test_guards_are_the_working_trees_and_what_was_edited_in_them_is_named(repository: Repository):
    repository.project.edit(GUARD, "return line.answer(model, rows)", "return line.answer(model, rows) + 1")
    ran = repository.project.command("diff", "HEAD")
    assert ran.code == 0
    assert f"what was edited in {GUARD} is not compared" in ran.out


def test_an_edited_generator_moves_nothing_and_both_sides_have_it(repository: Repository):
    repository.project.edit(GENERATOR, "2 * x + 1", "3 * x + 1")
    assert repository.project.command("diff", "HEAD").code == 0


def test_an_edited_configuration_is_behaviour_and_said(repository: Repository):
    project = repository.project
    project.write("line.yaml", "ridge: 0.0\n")
    project.edit(GUARD, 'dataset = "tiny"', 'dataset = "tiny"\n    config = "line.yaml"')
    project.edit(GUARD, "line.fit(train)", 'line.fit(train, self.config["ridge"])')
    repository.commit("Configure the ridge")
    project.write("line.yaml", "ridge: 5.0\n")
    ran = project.command("diff", "HEAD")
    assert ran.code == 1
    assert "cause: the configuration was edited: ridge 0.0 -> 5.0" in ran.out
    # The first commit has no such file, and its guard is the working tree's.
    assert "the configuration was edited" not in project.command("diff", repository.first).out


def test_a_side_that_raises_is_an_error_that_names_its_revision(repository: Repository):
    broken = repository.edit(CODE, "    slope =", '    raise ValueError("no")\n    slope =')
    repository.edit(CODE, '    raise ValueError("no")\n', "")
    ran = repository.project.command("diff", "HEAD~1")
    assert (ran.code, ran.err) == (5, "")
    assert f"at HEAD~1 ({broken}): guard Line: `train` raised ValueError: no" in ran.out
    assert 'File "line.py"' in ran.out


def test_a_module_that_a_revision_lacks_is_named_with_the_revision(repository: Repository):
    repository.edit(CODE, "def fit", "import no_such_module\n\n\ndef fit")
    repository.edit(CODE, "import no_such_module\n\n\n", "")
    ran = repository.project.command("diff", "HEAD~1", "--json")
    (guard,) = ran.json["guards"]
    assert (ran.code, guard["outcome"], guard["slug"]) == (5, "error", "revision-module-missing")
    assert "the module `no_such_module` is missing" in guard["problem"]
    assert repository.git("rev-parse", "--short", "HEAD~1") in guard["problem"]


def test_only_the_guards_that_are_named_run(repository: Repository):
    second = FILES[GUARD].replace("class Line", "class Second")
    repository.project.write("tests/guards/test_second.py", second)
    ran = repository.project.command("diff", "HEAD", "--guard", "Sec*", "--json")
    assert [guard["name"] for guard in ran.json["guards"]] == ["Second"]


@pytest.mark.parametrize(
    ("arguments", "slug", "part"),
    [
        ((), "diff-revisions", "one or two revisions, not 0"),
        (("HEAD", "HEAD", "HEAD"), "diff-revisions", "--guard"),
        (("nowhere",), "revision-unknown", "'nowhere'"),
        (("HEAD..main",), "revision-unknown", "blank between"),
        (("HEAD", "Line"), "revision-unknown", "'Line' is a guard and no revision; say --guard Line"),
        (("--bisect", "HEAD", "Line"), "revision-unknown", "--guard Line"),
        (("HEAD", "--guard", "Lime"), "guard-unknown", "nearest: Line"),
    ],
)
def test_what_cannot_be_asked_is_usage(repository: Repository, arguments: tuple[str, ...], slug: str, part: str):
    ran = repository.project.command("diff", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert part in ran.err
    assert f"[{slug}]" in ran.err


def test_a_project_outside_of_any_repository_is_usage(repository: Repository, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(repository.top.parent))
    (repository.top / ".git").rename(repository.top / "gone")
    ran = repository.project.command("diff", "HEAD")
    assert (ran.code, ran.out) == (2, "")
    assert "is in no git repository" in ran.err


def test_a_machine_without_git_is_usage(repository: Repository, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    ran = repository.project.command("diff", "HEAD")
    assert (ran.code, ran.out) == (2, "")
    assert "[git-missing]" in ran.err


def history(repository: Repository) -> dict[str, str]:
    """Nine commits by name: the fourth shifts, the sixth and seventh cannot run, the others move nothing."""
    edits = {
        "quiet": (CODE, "def fit", "# one\ndef fit"),
        "rounding": (CODE, *ROUNDING),
        "shift": (CODE, 'rows["x"] + model', 'rows["x"] + 0.25 + model'),
        "later": (CODE, "# one", "# two"),
        "broken": (CODE, "def score", "import no_such_module\n\n\ndef score"),
        "still": (CODE, "# two", "# three"),
        "mended": (CODE, "import no_such_module\n\n\n", ""),
        "last": (CODE, "# three", "# four"),
    }
    return {name: repository.edit(*edit) for name, edit in edits.items()}


def test_bisect_finds_the_first_commit_that_shifted_and_skips_those_that_cannot_run(repository: Repository):
    commits = history(repository)
    repository.project.edit(CODE, "# four", "# five")
    before = repository.state()
    ran = repository.project.command("diff", "--bisect", repository.first, "HEAD", "Line", "--json")
    assert repository.state() == before
    (commit,) = ran.json["commits"]
    assert commit["commit"].startswith(commits["shift"])
    assert (commit["subject"], commit["date"]) == ("Edit line.py", "2024-05-17 12:00:00 +0000")
    (guard,) = ran.json["guards"]
    assert (ran.code, guard["name"], guard["first_moved"], guard["function"]) == (1, "Line", "predict", "line.answer")
    assert ran.json["tried"] >= 2


def test_bisect_says_so_where_only_commits_are_left_that_cannot_run(repository: Repository):
    history(repository)
    ran = repository.project.command("diff", "--bisect", "HEAD~5", "HEAD~1", "--json")
    assert ran.json["commits"] == []
    repository.project.edit(CODE, "0.25", "0.75")
    repository.project.edit(CODE, "def score", "import no_such_module\n\n\ndef score")
    broken = repository.commit("Shift and break")
    mended = repository.edit(CODE, "import no_such_module\n\n\n", "")
    ran = repository.project.command("diff", "--bisect", "HEAD~2", "HEAD")
    assert ran.code == 1
    assert "behaviour moved in one of these commits, and those between cannot run:" in ran.out
    found = [line.split()[0] for line in ran.out.splitlines() if line.startswith("  ") and "2024-05-17" in line]
    assert sorted(sha[: len(broken)] for sha in found) == sorted([broken, mended])


def test_bisect_between_equal_ends_has_nothing_to_find(repository: Repository):
    repository.edit(CODE, *ROUNDING)
    ran = repository.project.command("diff", "--bisect", "HEAD~1", "HEAD")
    assert ran.code == 0
    assert "there is no commit to find" in ran.out


def test_bisect_wants_the_earlier_revision_first(repository: Repository):
    repository.edit(CODE, *SHIFT)
    ran = repository.project.command("diff", "--bisect", "HEAD", "HEAD~1")
    assert (ran.code, ran.out) == (2, "")
    assert "[bisect-order]" in ran.err


def test_a_failed_check_offers_the_command_with_the_commit_that_brought_the_golden(repository: Repository):
    project = repository.project
    assert project.regen().proposal is not None
    golden = repository.commit("Record a golden")
    repository.commit("Something else")
    project.edit(CODE, *SHIFT)
    ran = project.command("check")
    assert ran.code == 1
    (offer,) = (line for line in ran.out.splitlines() if "mlguard diff" in line)
    assert offer.endswith(f"mlguard diff {golden} --guard Line")
    asked = offer.partition("mlguard ")[2].split()
    assert project.command(*asked).code == 1


def test_a_check_that_passes_or_has_no_repository_offers_nothing(repository: Repository):
    project = repository.project
    project.regen()
    assert "mlguard diff" not in project.command("check").out
    (repository.top / ".git").rename(repository.top / "gone")
    with project.editing(CODE, *SHIFT), pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CEILING_DIRECTORIES", str(repository.top.parent))
        assert "mlguard diff" not in project.command("check").out


def test_a_gate_on_a_metric_says_what_is_right_and_not_what_moved(repository: Repository):
    repository.project.edit(GUARD, 'dataset = "tiny"', 'dataset = "tiny"\n    require = {"mae": "<= 0.0"}')
    assert repository.project.command("diff", "HEAD").code == 0
