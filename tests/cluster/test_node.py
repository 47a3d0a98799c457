"""What a node keeps of a command, and when it lets go of it."""

from __future__ import annotations

import sys
import threading
import traceback
from dataclasses import replace
from pathlib import Path

import pytest

from mlguard.cluster.inventory import look
from mlguard.cluster.node import Node
from mlguard.cluster.task import Answer, Task
from mlguard.core.error import RunError
from mlguard.runner.order import Extent
from mlguard.settings import load
from mlguard.worker.pool import Workers
from tests.project import CODE, Project
from tests.worker.living import until


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose processes nobody shares."""
    return Project(tmp_path / "project")


def short(project: Project) -> Task:
    """A short run of the project as it lies there now."""
    with Workers() as workers:
        inventory = look(load(project.root), workers)
    return Task("a command", project.root, inventory.digest, "run", project.declared(), {"extent": Extent.MAIN})


def test_processes_stay_for_the_next_task_of_a_command(project: Project) -> None:
    node, task = Node(), short(project)
    node.serve(task)
    (first,) = node._kept.values()
    node.serve(task)
    node.serve(replace(task, session="another command"))
    assert node._kept["a command"] is first
    assert len(node._kept) == 2
    node.leave("a command")
    assert set(node._kept) == {"another command"}
    node.leave("another command")


def test_what_nobody_uses_is_ended(project: Project) -> None:
    node = Node(idle=0.1)
    assert node.serve(short(project)).error is None
    assert until(lambda: not node._kept)


def test_who_leaves_ends_what_still_runs(project: Project) -> None:
    began = project.root.parent / "began"
    project.edit(
        CODE, "    x, y = rows", f"    open({str(began)!r}, 'w')\n    __import__('time').sleep(600)\n    x, y = rows"
    )
    node, answers, task = Node(), list[Answer](), short(project)
    running = threading.Thread(target=lambda: answers.append(node.serve(task)))
    running.start()
    assert until(began.exists, 60)
    node.leave(task.session)
    running.join(60)
    assert not running.is_alive(), "".join(traceback.format_stack(sys._current_frames()[running.ident or 0]))
    assert isinstance(answers[0].error, RunError)
    assert until(lambda: not node._kept)


def test_what_a_task_uses_again_is_not_ended_by_a_timer_that_comes_late(project: Project) -> None:
    """It may wait for the lock that the task holds while it begins."""
    node, task = Node(), short(project)
    node.serve(task)
    (kept,) = node._kept.values()
    kept.tasks += 1
    node.leave(task.session, kept)
    assert node._kept == {task.session: kept}
    kept.tasks -= 1
    node.leave("another command", kept)
    assert node._kept == {task.session: kept}
    node.leave(task.session, kept)
    assert node._kept == {}
