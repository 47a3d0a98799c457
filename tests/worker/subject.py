"""What the worker tests run in other processes; copied into a project of their own by the `project` fixture."""

from __future__ import annotations

import os
import subprocess
import sys
import time


def echo(payload, progress):
    return payload


def where(payload, progress):
    return {
        "cwd": os.getcwd(),
        "temporary": __import__("tempfile").gettempdir(),
        "argv": sys.argv,
        "path": sys.path[:1],
    }


def variables(payload, progress):
    return {name: os.environ.get(name) for name in payload}


def preloaded(payload, progress):
    return [name for name in payload if name in sys.modules]


def speak(payload, progress):
    print("via print: é")
    os.write(2, b"via the descriptor\n")
    subprocess.run([sys.executable, "-c", "print('via a child')"], check=True)


def babble(payload, progress):
    for number in range(payload):
        print(f"line {number:07d}")


def raises(payload, progress):
    progress("train")
    try:
        int("seven")
    except ValueError as error:
        raise LookupError(f"no {payload}") from error


class OwnError(Exception):
    pass


def raises_own(payload, progress):
    raise OwnError("mine")


def raises_usage(payload, progress):
    from mlguard.core.error import UsageError

    raise UsageError("The guard is wrong.", slug="guard-wrong")


def leaves(payload, progress):
    raise SystemExit(payload)


def returns_a_lambda(payload, progress):
    return lambda: None


def exits(payload, progress):
    os._exit(payload)


def aborts(payload, progress):
    progress("predict")
    os.abort()


def removes(payload, progress):
    """Remove the folder for temporary files and so many folders above it; a second job finds them whole."""
    import shutil
    import tempfile

    progress("train")
    folder = tempfile.gettempdir()
    for _ in range(payload):
        folder = os.path.dirname(folder)
    shutil.rmtree(folder)
    return "removed"


def removes_and_hangs(payload, progress):
    removes(payload, progress)
    time.sleep(600)


def removes_and_dies(payload, progress):
    removes(payload, progress)
    os._exit(3)


def hangs(payload, progress):
    progress("features")
    progress("train")
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    with open(payload, "w") as file:
        file.write(f"{os.getpid()} {child.pid}\n")
    time.sleep(600)


def leaves_a_child(payload, progress):
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid


def leaves_a_thread(payload, progress):
    import threading

    threading.Thread(target=time.sleep, args=(600,)).start()
    return "answered"


def describes(payload, progress):
    import numpy  # noqa: F401 - described because it is loaded

    from mlguard.worker.describe import describe

    return describe()


def boosts(payload, progress):
    """OpenMP, BLAS and a process pool: what hangs after an unsafe fork."""
    import numpy as np
    from joblib import Parallel, delayed
    from sklearn.ensemble import HistGradientBoostingRegressor
    from threadpoolctl import threadpool_info

    x = np.random.RandomState(0).normal(size=(200, 3))
    model = HistGradientBoostingRegressor(max_iter=5).fit(x, x @ [1.0, 2.0, 3.0])
    pool = Parallel(n_jobs=2)(delayed(abs)(-number) for number in range(3)) if payload else None
    return model.predict(x[:2]).tolist(), pool, {pool["num_threads"] for pool in threadpool_info()}


def draws(payload, progress):
    import numpy as np

    return np.random.uniform()


def meets(payload, progress):
    mine, other = payload
    open(mine, "w").close()
    while not os.path.exists(other):
        time.sleep(0.01)
    return "met"


def order(payload, progress):
    return list({"ada", "bob", "eve", "dan", "kim", "liv", "max", "noa"})


def parent(payload, progress):
    return os.getppid()


def imported(payload, progress):
    import shop

    return shop.PRICE


def by_location(payload, progress):
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("elsewhere", payload)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.PRICE


def imported_by_a_child(payload, progress):
    return subprocess.run([sys.executable, "-c", "import shop"], check=False).returncode


def substituted(payload, progress):
    import inspect
    import linecache

    from mlguard.worker.source import substitute

    substitute(payload)
    import shop

    linecache.checkcache()
    return shop.PRICE, inspect.getsource(shop.total), shop.__doc__
