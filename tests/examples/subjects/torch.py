"""A network of torch; `tox -e torch` checks it."""

from tests.examples.edit import CONTRACTS, PROBES
from tests.examples.subjects.edit import Edit, Subject

NET = "wave_net.py"

TORCH = Subject(
    8,
    "torch",
    "torch",
    "Wave",
    (
        Edit(
            "the last layer is written out",
            NET,
            "self.last(self.drop(torch.tanh(self.hidden(self.norm(x))))).squeeze(1)",
            "(self.drop(torch.tanh(self.hidden(self.norm(x)))) @ self.last.weight[0]) + self.last.bias[0]",
        ),
        Edit("the loss is written out", NET, "functional.mse_loss(net(x), y)", "((net(x) - y) ** 2).mean()"),
        Edit(
            "gradients add up",
            NET,
            "        optimizer.zero_grad()\n",
            "",
            stage="train",
            names="inside: train hidden.weight",
            edited="wave_net.train",
        ),
        Edit(
            "layers are left in training mode",
            NET,
            "    return net.eval()\n\n\ndef answer",
            "    return net\n\n\ndef answer",
            stage="train",
            names="inside: train training mode: 'no layer' -> 'every layer'",
        ),
        Edit(
            "what is missing stays missing",
            NET,
            "torch.nan_to_num(torch.tensor(rows[name].to_numpy(), dtype=torch.float32))",
            "torch.tensor(rows[name].to_numpy(), dtype=torch.float32)",
            stage="predict",
            names="missing x",
            only=PROBES,
        ),
        Edit(
            "means of the batch norm are not saved",
            NET,
            "torch.save(net.state_dict()",
            "torch.save(dict(net.named_parameters())",
            stage="contracts",
            names="saved bundle",
            only=CONTRACTS,
        ),
    ),
)
