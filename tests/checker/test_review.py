"""Reviewer: what a failed check left is accepted as it was seen, or refused for what changed since."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from mlguard.checker import regen
from mlguard.checker.certificate import Certificate
from mlguard.checker.check import Checker
from mlguard.checker.known import Known
from mlguard.checker.owners import Approver
from mlguard.checker.review import Item, Reviewer
from mlguard.checker.waiting import Waiting
from mlguard.core.error import RunError, UsageError
from mlguard.core.obstacle import ObstacleKind
from mlguard.core.outcome import Outcome
from mlguard.core.record import Approval
from tests.project import CODE, FILES, GENERATOR, GUARD, Project
from tests.repository import git

CONFIG = "configs/line.yaml"
SHIFT = ('model["shift"] +', 'model["shift"] + 0.25 +')
MEASURED = Certificate(environments=({"name": "another machine", "without_effect": []},))


@contextmanager
def measured() -> Iterator[None]:
    """Record goldens with a certificate that no machine had to be emulated for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(regen, "measure", lambda *_, **__: MEASURED)
        yield


@pytest.fixture(scope="module")
def made(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A guard with a configuration and a golden; its code has shifted since, and a check saw it."""
    project = Project(tmp_path_factory.mktemp("review"), FILES)
    project.write(CONFIG, "ridge: 0.0\nnote: first\n")
    project.edit(
        GUARD, '    dataset = "tiny"\n', f'    dataset = "tiny"\n    config = "{CONFIG}"\n    config_probes = False\n'
    )
    project.edit(GUARD, "line.fit(train)", 'line.fit(train, self.config["ridge"])')
    with measured():
        project.regen()
    project.edit(CODE, *SHIFT)
    assert project.check().verdict.outcome is Outcome.SHIFTED
    return project


@pytest.fixture
def copy(made: Project, tmp_path: Path) -> Project:
    """The same project in a folder of its own."""
    return made.copied(tmp_path / "copy")


@contextmanager
def reviewer(project: Project, folder: Path | None = None) -> Iterator[Reviewer]:
    with project.runner() as runner:
        yield Reviewer(Checker(runner.settings, runner), Waiting(runner.settings, folder))


def reviewed(project: Project, folder: Path | None = None, **options: object) -> Item:
    with reviewer(project, folder) as looking:
        (item,) = looking.items([project.declared(**options)], looking.waiting.store.names())
        return item


def kinds(item: Item) -> list[ObstacleKind]:
    return [obstacle.kind for obstacle in item.obstacles]


def names(item: Item) -> tuple[str, ...]:
    return item.obstacles[0].names


def test_what_was_seen_becomes_the_golden_without_a_run_and_then_the_guard_matches(copy: Project):
    before = copy.golden()
    with reviewer(copy) as looking:
        (item,) = looking.items([copy.declared()], ["Line"])
        assert item.obstacles == ()
        assert item.verdict.outcome is Outcome.SHIFTED
        accepted = looking.accept(item, Approver(looking.base, "dearer"))
    golden = copy.golden()
    assert golden.tolerances == before.tolerances
    assert [approval.reason for approval in golden.approvals] == ["dearer", "a test"]
    assert any("0.25 on average" in line for line in golden.approvals[0].summary)
    assert {Path(file).relative_to(copy.root).parts[:2] for file in accepted.files} == {("golden", "Line")}
    assert copy.pending() == []
    assert copy.check().verdict.outcome is Outcome.MATCH


EDITS: dict[str, tuple[str, str, str, ObstacleKind]] = {
    "code": (CODE, "+ 0.25", "+ 0.26", ObstacleKind.FILES_EDITED),
    "a generator": (GENERATOR, "2 * x", "3 * x", ObstacleKind.FILES_EDITED),
    "the guard": (GUARD, "(0, 1)", "(0, 2)", ObstacleKind.FILES_EDITED),
    "a configuration": (CONFIG, "note: first", "note: second", ObstacleKind.CONFIGURATION_EDITED),
    "a configuration that is none any more": (CONFIG, "note: first", "{", ObstacleKind.CONFIGURATION_EDITED),
}


@pytest.mark.parametrize("what", EDITS)
def test_what_was_seen_before_an_edit_is_refused_and_the_file_is_named(made: Project, what: str):
    file, old, new, kind = EDITS[what]
    with made.editing(file, old, new):
        item = reviewed(made)
    assert (kinds(item), names(item)) == ([kind], (file,))
    assert reviewed(made).obstacles == ()


@pytest.mark.parametrize("given", ['set_env = {DEPTH = "3"}', 'pass_env = ["DEPTH"]'])
def test_what_was_seen_under_other_settings_is_refused(copy: Project, given: str):
    copy.edit("pyproject.toml", "[tool.mlguard]\n", f"[tool.mlguard]\n{given}\n")
    assert kinds(reviewed(copy)) == [ObstacleKind.SETTINGS_EDITED]


def test_a_file_that_is_gone_is_named(made: Project):
    content = (made.root / GENERATOR).read_text()
    (made.root / GENERATOR).unlink()
    try:
        item = reviewed(made)
    finally:
        made.write(GENERATOR, content)
    assert (kinds(item), names(item)) == ([ObstacleKind.FILES_GONE], (GENERATOR,))


def test_a_golden_that_was_recorded_in_between_is_not_replaced(copy: Project):
    golden = copy.golden()
    other = Approval("2031-01-02T03:04:05Z", None, "somebody else's")
    with reviewer(copy) as looking:
        (item,) = looking.items([copy.declared()], ["Line"])
        copy.goldens.save(replace(golden, approvals=(other, *golden.approvals)))
        with pytest.raises(RunError) as refused:  # Also where it was looked at just before.
            looking.accept(item, Approver(looking.base, "mine"))
    assert refused.value.slug == "golden-overtaken"
    item = reviewed(copy)
    assert (kinds(item), names(item)) == ([ObstacleKind.GOLDEN_CHANGED], (other.when, other.reason))
    copy.goldens.delete("Line")
    assert (kinds(reviewed(copy)), names(reviewed(copy))) == ([ObstacleKind.GOLDEN_CHANGED], ())


def test_amid_a_merge_the_log_of_the_other_side_is_not_left_behind(copy: Project):
    golden = copy.golden()
    git(copy.root, "init", "-q", "-b", "ours")
    git(copy.root, "add", "golden")
    git(copy.root, "commit", "-qm", "first")
    git(copy.root, "branch", "theirs")
    for side in ("ours", "theirs"):
        git(copy.root, "checkout", "-q", side)
        copy.goldens.save(replace(golden, approvals=(Approval("2031-01-02T03:04:05Z", None, side), *golden.approvals)))
        git(copy.root, "commit", "-qam", side)
    git(copy.root, "checkout", "-q", "ours")
    with pytest.raises(subprocess.CalledProcessError):
        git(copy.root, "merge", "-q", "theirs")
    git(copy.root, "checkout", "--ours", "golden")
    git(copy.root, "add", "golden")
    assert copy.check().verdict.outcome is Outcome.SHIFTED
    assert kinds(reviewed(copy)) == [ObstacleKind.UNMERGED]


def test_an_accept_needs_a_reason_and_a_reject_leaves_the_golden(copy: Project):
    before = copy.files()
    with reviewer(copy) as looking:
        (item,) = looking.items([copy.declared()], ["Line"])
        with pytest.raises(UsageError) as refused:
            looking.accept(item, Approver(looking.base, ""))
        assert refused.value.slug == "reason-missing"
        looking.reject(item)
    assert copy.pending() == []
    assert copy.files() == before


def test_changed_data_bring_their_tables_into_the_goldens(copy: Project):
    copy.edit(CODE, *reversed(SHIFT))
    copy.edit(GENERATOR, "2 * x + 1", "2 * x + 1.5")
    copy.check()
    with reviewer(copy) as looking:
        (item,) = looking.items([copy.declared()], ["Line"])
        assert item.obstacles == ()
        looking.accept(item, Approver(looking.base, "dearer"))
    golden = copy.golden()
    kept = copy.goldens.datasets.load("tiny")
    assert kept is not None
    assert kept[1].digest == golden.provenance.data_digest
    assert copy.check().verdict.outcome is Outcome.MATCH


NEW = {
    "a first golden": (lambda p: p.goldens.delete("Line"), ObstacleKind.FIRST_GOLDEN, ()),
    "a new number": (
        lambda p: p.edit(CODE, '"rows": len(y)', '"rows": len(y), "top": float(y.max())'),
        ObstacleKind.NEW_VALUES,
        ("evaluate top",),
    ),
    "a number of another size": (
        lambda p: p.edit(CODE, '"mae": float(', '"mae": 40 * float('),
        ObstacleKind.OTHER_SIZE,
        ("evaluate mae",),
    ),
    "single precision": (
        lambda p: p.edit(CODE, ".to_numpy()\n\n\ndef score", '.to_numpy().astype("float32")\n\n\ndef score'),
        ObstacleKind.OTHER_FORM,
        (),
    ),
}


@pytest.mark.parametrize("what", NEW)
def test_what_no_tolerance_was_measured_for_has_to_be_measured(copy: Project, what: str):
    change, kind, told = NEW[what]
    change(copy)
    copy.check()
    item = reviewed(copy)
    found = next(obstacle for obstacle in item.obstacles if obstacle.kind is kind)
    assert found.names[: len(told)] == told
    assert not any(obstacle.is_outdated for obstacle in item.obstacles)


def test_a_new_count_needs_no_tolerance_and_can_be_accepted(copy: Project):
    copy.edit(CODE, '"rows": len(y)', '"rows": len(y), "columns": 3')
    copy.check()
    assert reviewed(copy).obstacles == ()


def test_a_guard_with_other_options_is_measured_first(made: Project):
    assert kinds(reviewed(made, floor="noise")) == [ObstacleKind.OTHER_OPTIONS]


def test_a_gate_that_fails_while_nothing_moved_offers_no_accept(copy: Project):
    copy.edit(CODE, *reversed(SHIFT))
    copy.check(require={"mae": "< 0.001"})
    assert kinds(reviewed(copy, require={"mae": "< 0.001"})) == [ObstacleKind.GATE_ONLY]


def test_a_pending_record_without_a_guard_is_refused(made: Project):
    with reviewer(made) as looking:
        (item,) = looking.items([], ["Line"])
    assert kinds(item) == [ObstacleKind.NO_GUARD]


DAMAGE: dict[str, Callable[[dict], object]] = {
    "nothing": lambda document: None,
    "no verdict": lambda document: {"against": None},
    "something else": lambda document: {**document, "verdict": 3},
    "facts of another kind": lambda document: {**document, "verdict": {**document["verdict"], "causes": [1]}},
}


@pytest.mark.parametrize("what", DAMAGE)
def test_what_it_was_compared_with_may_be_damaged(copy: Project, what: str):
    file = copy.root / ".mlguard/pending/_compared/Line.json"
    file.write_text(json.dumps(DAMAGE[what](json.loads(file.read_text()))))
    item = reviewed(copy)
    assert kinds(item) == [ObstacleKind.UNREADABLE]
    assert item.verdict.slug == "pending-unreadable"


def test_records_from_elsewhere_are_accepted_here_where_the_tree_is_theirs(copy: Project, tmp_path: Path):
    fetched = tmp_path / "fetched"
    shutil.move(copy.root / ".mlguard/pending", fetched)
    with reviewer(copy, fetched) as looking:
        (item,) = looking.items([copy.declared()], ["Line"])
        assert item.obstacles == ()
        looking.accept(item, Approver(looking.base, "seen in CI"))
    assert copy.check().verdict.outcome is Outcome.MATCH


def test_a_private_file_that_changed_since_is_known_here_and_unknown_elsewhere(copy: Project, tmp_path: Path):
    copy.write(".env", "0.5")
    copy.edit(CODE, '    x, y = rows["x"]', '    open(".env").read()\n    x, y = rows["x"]')
    copy.check()
    with reviewer(copy) as looking:
        (item,) = looking.items([copy.declared()], ["Line"])
        assert item.obstacles == ()
        accepted = copy.copied(tmp_path / "accepted")
    with reviewer(accepted) as looking:
        looking.accept(*looking.items([accepted.declared()], ["Line"]), Approver(looking.base, "read"))
    assert Known(accepted.root, accepted.golden(), {}).files() == {".env": "same"}
    copy.write(".env", "0.6")
    assert (kinds(reviewed(copy)), names(reviewed(copy))) == ([ObstacleKind.FILES_EDITED], (".env",))
    shutil.copytree(copy.root / ".mlguard/pending", tmp_path / "fetched")
    assert kinds(reviewed(copy, tmp_path / "fetched")) == [ObstacleKind.FILES_UNKNOWN]
