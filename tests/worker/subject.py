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


def raises_usage_with_tblib(payload, progress):
    """As where distributed is imported: its tblib pickles what an exception came from, and where it was raised."""
    import copyreg

    from mlguard.core.error import UsageError

    copyreg.pickle(UsageError, lambda error: (*error.__reduce__(), {"came": (error.__cause__, error.__context__)}))
    try:
        raise OwnError("mine")
    except OwnError as error:
        raise UsageError("The guard is wrong.", slug="guard-wrong") from error


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
    shutil.rmtree(folder, ignore_errors=True)  # Other jobs remove what is theirs meanwhile.
    return "removed"


def outlives_its_folder(payload, progress):
    """Wait until somebody has removed this job's folder; a second job answers at once."""
    import tempfile

    if not os.path.exists(payload):
        open(payload, "w").close()
        while os.path.exists(tempfile.gettempdir()):
            time.sleep(0.01)
    return "whole"


def removes_and_hangs(payload, progress):
    removes(payload, progress)
    time.sleep(600)


def removes_and_dies(payload, progress):
    removes(payload, progress)
    os._exit(3)


def hangs(payload, progress):
    progress("features")
    progress("train")
    sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
    child, other = subprocess.Popen(sleep), subprocess.Popen(sleep, start_new_session=True)
    with open(payload, "w") as file:
        file.write(f"{os.getpid()} {child.pid} {other.pid}\n")
    time.sleep(600)


def leaves_a_child(payload, progress):
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid


STAY = "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); time.sleep(600)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.signal(signal.SIGHUP, signal.SIG_IGN); "
AGAIN = "import subprocess, sys\nwhile True: subprocess.run([sys.executable, '-c', sys.argv[2], sys.argv[1]])"


def leaves_behind(payload, progress):
    """Start a process in a way that may take it out of reach, wait until it runs, and end in one of many ways."""
    way, ending, pids = payload
    start = {
        "child": lambda: subprocess.Popen([sys.executable, "-c", STAY, pids]),
        "deaf": lambda: subprocess.Popen([sys.executable, "-c", DEAF + STAY, pids]),
        "session": lambda: subprocess.Popen([sys.executable, "-c", STAY, pids], start_new_session=True),
        "deaf session": lambda: subprocess.Popen([sys.executable, "-c", DEAF + STAY, pids], start_new_session=True),
        "again": lambda: subprocess.Popen([sys.executable, "-c", AGAIN, pids, STAY], start_new_session=True),
        "daemon": lambda: _daemon(pids),
    }
    if way == "at exit":
        import atexit

        atexit.register(start["session"])
    else:
        start[way]()
        while not (os.path.exists(pids) and os.path.getsize(pids)):
            time.sleep(0.01)
    if ending == "hangs":
        time.sleep(600)
    if ending == "exits":
        os._exit(3)
    if ending == "raises":
        raise ValueError(ending)
    if ending == "is killed":
        os.kill(os.getpid(), 9)
    return ending


def _daemon(pids):
    """Fork twice, with a session in between, and no program of its own that an environment would give away."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            import signal

            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            with open(pids, "a") as file:
                file.write(f"{os.getpid()}\n")
            time.sleep(600)
        os._exit(0)


def kills_its_parent(payload, progress):
    progress("train")
    start = payload and leaves_behind(("daemon", "", payload), progress)
    os.kill(os.getppid(), 9)
    time.sleep(600)
    return start


def hangs_once(payload, progress):
    """Say where this runs, and hang; a second job answers."""
    if not os.path.exists(payload):
        with open(payload, "w") as file:
            file.write(f"{os.getpid()}\n")
        time.sleep(600)
    return "answered"


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
