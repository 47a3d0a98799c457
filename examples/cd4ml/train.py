"""The training pipeline: learn from real orders, write the bundle, and keep with it what the guards say of this code.

python train.py [DATA] [BUNDLE]
"""

import subprocess
import sys

import pandas as pd
import yaml
from late import api, bundle


def main():
    """Exits as `mlguard check` does; the bundle is written and its check kept, whatever came of it."""
    data, target = sys.argv[1:] or ("data/orders.csv", "build/late")
    with open("config.yaml", encoding="utf-8") as file:
        config = yaml.safe_load(file)
    bundle.save(api.fit(config, pd.read_csv(data)), target)
    return subprocess.run([sys.executable, "-m", "mlguard", "check", "--bundle", target]).returncode


if __name__ == "__main__":
    sys.exit(main())
