"""How data loaders gave their batches in training is kept, and settings are named that two trainings lack."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.utils.data import BatchSampler, DataLoader, RandomSampler, TensorDataset, WeightedRandomSampler

from mlguard.adapters.torch_data import Loader, loaders
from mlguard.core.unstable import STEADIED_BY
from mlguard.runner.order import Extent
from tests.project import Project
from tests.with_torch.nets import GUARD, GUARDED, NET

CODE = """\
import torch
from torch.utils.data import DataLoader, TensorDataset


def column(rows, name):
    return torch.tensor(rows[name].to_numpy(), dtype=torch.float32)


def train(rows):
    torch.manual_seed(1)
    x, y = column(rows, "x").reshape(-1, 1) / 6, column(rows, "y")
    net = torch.nn.Linear(1, 1)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
    loader = DataLoader(TensorDataset(x, y), batch_size=4, shuffle=True)
    for _ in range(3):
        for part, wanted in loader:
            optimizer.zero_grad()
            ((net(part).squeeze(1) - wanted) ** 2).mean().backward()
            optimizer.step()
    return net


def predict(net, rows):
    with torch.no_grad():
        return net(column(rows, "x").reshape(-1, 1) / 6).squeeze(1)


def save(net, folder):
    torch.save(net.state_dict(), folder / "net.pt")


def load(folder):
    net = torch.nn.Linear(1, 1)
    net.load_state_dict(torch.load(folder / "net.pt"))
    return net
"""


@pytest.fixture(scope="module")
def project(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("loaders"))
    project.write(NET, CODE)
    project.write(GUARD, GUARDED)
    return project


def kept(project: Project) -> dict[str, Any]:
    """What the main run keeps of training, by name."""
    record = project.run("Net", GUARD, extent=Extent.MAIN).record
    return {o.name: o.value.data.tolist() for o in record if o.stage == "train"}


def test_how_batches_were_made_is_kept_with_the_model(project: Project) -> None:
    found = kept(project)
    assert found["data loaders"] == ["DataLoader(batch_size=4, sampler=RandomSampler, num_workers=0)"]
    assert found[STEADIED_BY] == ["DataLoader(generator=…)"]
    with project.editing(NET, "shuffle=True", "num_workers=1, worker_init_fn=print, generator=torch.Generator()"):
        found = kept(project)
    told = "sampler=SequentialSampler, num_workers=1, generator=given, worker_init_fn=given"
    assert found["data loaders"] == [f"DataLoader(batch_size=4, {told})"]
    assert STEADIED_BY not in found


ROWS = TensorDataset(torch.arange(6.0))


@pytest.mark.parametrize(
    ("loader", "call", "missing"),
    [
        (DataLoader(ROWS), "batch_size=1, sampler=SequentialSampler, num_workers=0", []),
        (
            DataLoader(ROWS, batch_sampler=BatchSampler(RandomSampler(ROWS), 3, drop_last=False)),
            "batch_size=3, sampler=RandomSampler, num_workers=0", ["generator=…"],
        ),
        (
            DataLoader(ROWS, sampler=WeightedRandomSampler([1.0] * 6, 6, generator=torch.Generator())),
            "batch_size=1, sampler=WeightedRandomSampler, num_workers=0, generator=given", [],
        ),
        (
            DataLoader(ROWS, None, num_workers=2, generator=torch.Generator(), worker_init_fn=print, in_order=False),
            "sampler=SequentialSampler, num_workers=2, generator=given, worker_init_fn=given, in_order=False",
            ["in_order=True"],
        ),
    ],
    ids=["plain", "batch sampler", "weighted", "workers"],
)  # fmt: skip
def test_what_a_loader_was_given(loader: Any, call: str, missing: list[str]) -> None:
    told = Loader(f"DataLoader({call})", tuple(f"DataLoader({setting})" for setting in missing))
    assert Loader.of(loader) == told


def test_a_loader_is_as_before_once_nobody_looks() -> None:
    before = DataLoader.__iter__
    with loaders() as seen:
        assert [len(batch) for (batch,) in DataLoader(ROWS, batch_size=4)] == [4, 2]
        list(DataLoader(ROWS, batch_size=4))
    assert DataLoader.__iter__ is before
    assert [loader.call for loader in seen] == ["DataLoader(batch_size=4, sampler=SequentialSampler, num_workers=0)"]
