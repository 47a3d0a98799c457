"""python search.py configs/model_cat.yaml train.csv test.csv out JOBS: tries penalties, each in a process of its own"""

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import yaml

PENALTIES = (0.0, 0.01, 0.1, 1.0)
HERE = os.path.dirname(os.path.abspath(__file__))


def one(config_path, train_csv, test_csv, out, penalty):
    with open(config_path) as f:
        values = yaml.safe_load(f)
    values["trainer"]["penalty"] = penalty
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as f:
        yaml.safe_dump(values, f)
        f.flush()
        command = [sys.executable, os.path.join(HERE, "main.py"), f.name, train_csv, test_csv, f"{out}/{penalty}"]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    *places, jobs = sys.argv[1:]
    with ThreadPoolExecutor(int(jobs)) as pool:
        for done in [pool.submit(one, *places, penalty) for penalty in PENALTIES]:
            done.result()
