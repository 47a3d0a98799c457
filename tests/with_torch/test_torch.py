"""A guard whose model is a module of torch: its tensors are seen, its bugs are caught, its refactors are quiet."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from mlguard.core.outcome import Outcome
from mlguard.core.record import INTERNAL
from mlguard.observe.answers import read_answers
from mlguard.observe.leaf import to_value
from mlguard.observe.walk import walk
from mlguard.report.terminal import draw
from tests.project import Project
from tests.with_torch.nets import GUARD, NET, guarded

CODE = """\
import torch
from torch import nn
from torch.nn import functional


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(1)
        self.hidden = nn.Linear(1, 6, bias=False)
        self.drop = nn.Dropout(0.2)
        self.last = nn.Linear(6, 1)

    def forward(self, x):
        x = torch.tanh(self.hidden(self.norm(x)))
        return self.last(self.drop(x)).squeeze(1)


def column(rows, name):
    return torch.tensor(rows[name].to_numpy(), dtype=torch.float32)


def train(rows):
    torch.manual_seed(1)
    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
    x, y = column(rows, "x").reshape(-1, 1), column(rows, "y")
    for _ in range(12):
        optimizer.zero_grad()
        functional.mse_loss(net(x), y).backward()
        optimizer.step()
    return net


def predict(net, rows):
    net.eval()
    with torch.no_grad():
        return net(column(rows, "x").reshape(-1, 1))


def save(net, folder):
    torch.save(net.state_dict(), folder / "net.pt")


def load(folder):
    net = Net()
    net.load_state_dict(torch.load(folder / "net.pt"), strict=False)
    return net
"""


@pytest.fixture(scope="module")
def project(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    return guarded(tmp_path_factory.mktemp("torch"), CODE)


def test_parameters_and_buffers_are_what_was_learned(project: Project) -> None:
    golden = project.golden("Net")
    learned = {o.name: o.value for o in golden if (o.stage, o.role, o.run) == ("train", INTERNAL, "main")}
    assert {"hidden.weight", "last.weight", "norm.running_mean"} <= set(learned)
    assert learned["hidden.weight"].dtype == "float32"
    assert golden.tolerances.precision == "float32"
    (answers,) = (o.value for o in golden if o.name == "test.prediction" and o.run == "main")
    assert (answers.dtype, answers.shape) == ("float32", (4,))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("functional.mse_loss(net(x), y)", "((net(x) - y) ** 2).mean()"),
        ("self.last(self.drop(x))", "(torch.einsum('ij,kj->ik', self.drop(x), self.last.weight) + self.last.bias)"),
        ("self.hidden", "self.first"),
        ("torch.no_grad()", "torch.inference_mode()"),
    ],
)
def test_refactors_are_quiet(project: Project, old: str, new: str) -> None:
    text = (project.root / NET).read_text()
    with project.editing(NET, text, text.replace(old, new)):
        assert project.check("Net", GUARD).verdict.outcome is Outcome.MATCH


@pytest.mark.parametrize(
    ("old", "new", "stage"),
    [
        ("        optimizer.zero_grad()\n", "", "train"),
        ("lr=0.05", "lr=0.0501", "train"),
        ("    net.eval()\n", "    net.train()\n", "predict"),
        ("    net.eval()\n", "", "predict"),
        ("net.state_dict()", "dict(net.named_parameters())", "contracts"),
        ("net.state_dict()", "{name: part.half() for name, part in net.state_dict().items()}", "contracts"),
    ],
)
def test_shifts_are_caught_where_they_begin(project: Project, old: str, new: str, stage: str) -> None:
    with project.editing(NET, old, new):
        verdict = project.check("Net", GUARD).verdict
    assert verdict.outcome in (Outcome.SHIFTED, Outcome.VIOLATED)
    assert verdict.first_moved == stage


def test_the_mode_in_which_training_left_the_layers_is_told(project: Project) -> None:
    with project.editing(NET, "    return net\n\n\ndef predict", "    return net.eval()\n\n\ndef predict"):
        verdict = project.check("Net", GUARD, quick=True).verdict
    assert verdict.outcome is Outcome.MATCH
    assert "first train training mode" in draw(verdict)


def test_where_tensors_lie_and_how_torch_computes_is_recorded(project: Project) -> None:
    golden = project.golden("Net")
    (device,) = (o.value.data[0] for o in golden if o.name == "device")
    assert device == "cpu"
    assert golden.provenance.environment["torch"]["deterministic"] is False
    assert golden.provenance.environment["torch"]["dtype"] == "torch.float32"


def test_what_makes_torch_the_same_twice_is_named_where_it_is_missing(project: Project) -> None:
    unseeded = ("torch.manual_seed(1)", "torch.seed()")
    with project.editing(NET, *unseeded):
        refused = project.regen("Net", GUARD).refused
    assert refused is not None
    assert "may make it the same twice: torch.use_deterministic_algorithms(True)" in str(refused.problem)
    with project.editing(NET, unseeded[0], "torch.use_deterministic_algorithms(True); torch.seed()"):
        refused = project.regen("Net", GUARD).refused
    assert refused is not None
    assert "may make it the same twice" not in str(refused.problem)


@pytest.mark.parametrize(
    "tensor",
    [
        torch.ones(2, requires_grad=True), nn.Parameter(torch.ones(2)), torch.ones(2, dtype=torch.bfloat16),
        torch.ones(2).to_sparse(),
    ],
    ids=["attached", "parameter", "bfloat16", "sparse"],
)  # fmt: skip
def test_every_kind_of_tensor_is_read(tensor: torch.Tensor) -> None:
    value = to_value(tensor)
    assert (value.dtype, value.shape, value.data.tolist()) == ("float32", (2,), [1.0, 1.0])


def test_one_without_content_hides_no_other() -> None:
    found = walk({"lost": torch.ones(2, device="meta"), "kept": torch.ones(1)})
    assert [name for name, _ in found] == ["kept"]


def test_lists_of_scalars_are_answers() -> None:
    columns = read_answers([torch.tensor(0.5), torch.tensor(0.25)], guard="Net", rows=2, key=None).columns
    assert columns["prediction"].data.tolist() == [0.5, 0.25]
