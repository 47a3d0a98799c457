"""From an empty folder with one script to a guard that catches a bug, by the commands of the README alone."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlguard.cli.init import command
from mlguard.core.error import UsageError
from tests.project import Project

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SCRIPT = '''\
"""Train the price model, and write how good it is."""

import json
from pathlib import Path

import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

BASE = Path(__file__).resolve().parent
OUT = BASE / "out"
FEATURES = ["area", "rooms", "area_per_room", "kyoto"]

houses = pd.read_csv(BASE / "data" / "houses.csv")
houses["area_per_room"] = houses["area"] / houses["rooms"]
houses["kyoto"] = (houses["town"] == "Kyoto").astype(int)

shuffled = houses.sample(frac=1.0, random_state=42)
cut = len(shuffled) * 3 // 4
train, test = shuffled[:cut], shuffled[cut:]

model = make_pipeline(StandardScaler(), Ridge(alpha=1.0))
model.fit(train[FEATURES], train["price"])

predicted = model.predict(test[FEATURES])
mae = mean_absolute_error(test["price"], predicted)

OUT.mkdir(exist_ok=True)
pd.DataFrame({"price": predicted}).to_csv(OUT / "predictions.csv", index=False)
with open(OUT / "scores.json", "w") as file:
    json.dump({"mae": mae, "rows": len(test)}, file)
print(f"MAE {mae:.3f} on {len(test)} houses")
'''


def houses() -> str:
    drawn = np.random.RandomState(0)
    rows = pd.DataFrame({"area": drawn.randint(20, 90, 80), "rooms": drawn.randint(1, 6, 80)})
    rows["town"] = drawn.choice(["Kyoto", "Osaka"], 80)
    rows["price"] = 5 * rows["area"] + 20 * rows["rooms"] + drawn.randint(0, 9, 80)
    return str(rows.to_csv(index=False))


def commands() -> list[list[str]]:
    """The commands of the README on a script, without what follows `#`."""
    (block,) = re.findall(r"^```sh\n(mlguard init --from .*?)^```$", README, re.MULTILINE | re.DOTALL)
    return [shlex.split(line, comments=True)[1:] for line in block.splitlines() if line.startswith("mlguard")]


def test_a_script_is_guarded_by_the_commands_of_the_readme(at_once: None, tmp_path: Path) -> None:
    project = Project(tmp_path, {"train.py": SCRIPT, "data/houses.csv": houses()})
    assert len(commands()) <= 5
    for given in commands():
        ran = project.command(*given, answer="y\n")
        assert ran.code == 0, ran.out + ran.err
    assert {"golden/Train/record.json", "tests/guards/test_train.py"} <= set(project.files())
    with project.editing("train.py", 'houses["area"] / houses["rooms"]', 'houses["area"] // houses["rooms"]'):
        ran = project.command("check")
    assert ran.code == 1
    assert "Train: shifted, first moved in stage predict" in ran.out
    assert "scores.mae" in ran.out
    assert not (tmp_path / "out").exists()


def test_a_file_elsewhere_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "run.py").write_text("")
    monkeypatch.chdir(project)
    with pytest.raises(UsageError, match=r"does not lie in the project"):
        command.main(["--from", "../run.py"], standalone_mode=False)
