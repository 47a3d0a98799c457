"""The guards that docs/scripts-and-commands.md shows run on scripts as people write them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.adapters.pages import files_shown, page
from tests.project import Project

PAGE = page("scripts-and-commands.md")
GUARDS = dict(files_shown(PAGE))
PROJECT = {
    "pyproject.toml": "[tool.mlguard]\n",
    "datasets/generators/rents.py": """\
import pandas as pd


def make(rng, rows=24):
    area = rng.randint(20, 90, rows)
    return pd.DataFrame({"area": area, "rent": 5 * area + rng.randint(0, 50, rows)})
""",
    "rents.json": '{"base": 10}',
    "train.py": """\
import argparse, json, os
import pandas as pd

parser = argparse.ArgumentParser()
for name in ("--config", "--data", "--out"):
    parser.add_argument(name)
given = parser.parse_args()
rows = pd.read_csv(given.data)
with open(os.path.join(given.out, "rate.json"), "w") as file:
    json.dump({"rate": float((rows.rent - json.load(open(given.config))["base"]).sum() / rows.area.sum())}, file)
""",
    "predict.py": """\
import json, sys
import pandas as pd

bundle, rows, answers = sys.argv[1:]
rate = json.load(open(bundle + "/rate.json"))["rate"]
(pd.read_csv(rows).area * rate).to_frame("rent").to_csv(answers, index=False)
""",
    "evaluate.py": """\
import json, sys
import pandas as pd

test, answers = map(pd.read_csv, sys.argv[1:])
print(json.dumps({"off": float((test.rent - answers.rent).abs().mean())}))
""",
    "run.py": """\
import json, os
import pandas as pd

train, test = pd.read_csv("input/train.csv"), pd.read_csv("input/test.csv")
rate = train.rent.sum() / train.area.sum()
(test.area * rate).to_frame("rent").to_csv("output/submission.csv", index=False)
json.dump({"rate": float(rate)}, open("scores.json", "w"))
""",
    "report.py": """\
import json, pathlib
import pandas as pd

rows = pd.read_csv(pathlib.Path(__file__).parent / "data/rents.csv")
rate = rows.rent[:16].sum() / rows.area[:16].sum()
off = float((rows.rent[16:] - rate * rows.area[16:]).abs().mean())
json.dump({"off": off}, open("scores.json", "w"))
print(f"{rate:.4f} per square metre, off by {off:.2f}")
""",
    **GUARDS,
}


@pytest.mark.parametrize("file", GUARDS)
def test_a_guard_of_the_page_records_its_golden(at_once: None, tmp_path: Path, file: str) -> None:
    name = re.search(r"^class (\w+)", GUARDS[file], re.MULTILINE)
    assert name
    project = Project(tmp_path, PROJECT)
    assert project.regen(name[1], file).refused is None
    golden = project.golden(name[1])
    assert {"evaluate", "contracts"} <= {o.stage for o in golden}
    assert {"probes.rent", "printed.numbers"} & {o.name for o in golden}


def test_the_page_has_a_guard_of_each_kind() -> None:
    assert sorted(re.findall(r"\((\w+Guard)\)", PAGE)) == ["CommandGuard", "ScriptGuard", "ScriptGuard"]
