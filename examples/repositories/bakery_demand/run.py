"""python run.py configs/base.yaml [STEP,STEP] [KEY=VALUE ...], such as: run.py configs/base.yaml fit rounds=200"""

import sys

from demand.pipeline import main

if __name__ == "__main__":
    config_path, *rest = sys.argv[1:]
    steps = "fit,forecast,score" if not rest or "=" in rest[0] else rest.pop(0)
    main(config_path, steps=steps.split(","), overrides=rest)
