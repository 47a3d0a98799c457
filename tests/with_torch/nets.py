"""A guard of a module of torch, whichever code makes it."""

from __future__ import annotations

from pathlib import Path

from tests.project import Project

NET, GUARD = "net.py", "tests/guards/test_net.py"

GUARDED = """\
import net
import torch
from mlguard import Guard


class Net(Guard):
    dataset = "tiny"

    def split(self, data):
        return data.rows[:12], data.rows[12:]

    def train(self, train):
        return net.train(train)

    def predict(self, model, rows):
        return net.predict(model, rows)

    def evaluate(self, test, predictions):
        return {"mse": torch.mean((predictions - net.column(test, "y")) ** 2)}

    def save(self, model, folder):
        net.save(model, folder)

    def load(self, folder):
        return net.load(folder)
"""


def guarded(folder: Path, code: str) -> Project:
    """The project of this code, with its golden."""
    made = Project(folder)
    made.write(NET, code)
    made.write(GUARD, GUARDED)
    assert made.regen("Net", GUARD).proposal is not None
    return made
