"""A bundle that holds an ONNX export answers as the module does; an export that does not breaks the contract."""

from __future__ import annotations

import pytest

from mlguard.core.contract import never_held
from mlguard.core.outcome import Outcome
from mlguard.core.record import CONTRACT
from mlguard.report.terminal import draw
from tests.project import Project
from tests.with_torch.nets import GUARD, NET, guarded

CODE = """\
import copy

import onnxruntime
import torch
from torch import nn
from torch.nn import functional


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(1)
        self.hidden = nn.Linear(1, 6)
        self.last = nn.Linear(6, 1)

    def forward(self, x):
        return self.last(torch.tanh(self.hidden(self.norm(x)))).squeeze(1)


def column(rows, name):
    return torch.tensor(rows[name].to_numpy(), dtype=torch.float32)


def seen(rows):
    return column(rows, "x").reshape(-1, 1)


def train(rows):
    torch.manual_seed(1)
    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
    for _ in range(12):
        optimizer.zero_grad()
        functional.mse_loss(net(seen(rows)), column(rows, "y")).backward()
        optimizer.step()
    return net


def predict(net, rows):
    if isinstance(net, onnxruntime.InferenceSession):
        return torch.from_numpy(net.run(None, {"x": seen(rows).numpy()})[0])
    net.eval()
    with torch.no_grad():
        return net(seen(rows))


def save(net, folder):
    net.eval()
    example = (torch.zeros(2, 1),)
    torch.onnx.export(net, example, str(folder / "net.onnx"), input_names=["x"], dynamic_axes={"x": {0: "rows"}},
                      dynamo=False)


def load(folder):
    return onnxruntime.InferenceSession(str(folder / "net.onnx"))
"""


@pytest.fixture(scope="module")
def project(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    return guarded(tmp_path_factory.mktemp("onnx"), CODE)


def test_the_export_answers_as_the_module_does(project: Project) -> None:
    golden = project.golden("Net")
    asked = {o.name for o in golden if o.role == CONTRACT}
    assert {"saved bundle", "saved bundle, probe rows"} <= asked - {name for name, _ in never_held(golden)}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "    net.eval()\n    example",
            "    net = copy.deepcopy(net).eval()\n    net.last.bias.data += 1\n    example",
        ),
        ('"x": {0: "rows"}', '"x": {}'),
    ],
    ids=["of other weights", "for two rows alone"],
)
def test_an_export_that_answers_otherwise_breaks_the_contract(project: Project, old: str, new: str) -> None:
    with project.editing(NET, old, new):
        verdict = project.check("Net", GUARD, quick=True).verdict
    assert (verdict.outcome, verdict.first_moved) == (Outcome.VIOLATED, "contracts"), draw(verdict)
    assert all(move.observation.startswith("saved bundle") for move in verdict.moves())
