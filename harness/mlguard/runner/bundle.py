"""The saved bundle, on both sides: saved where the model was trained, loaded where nothing of the project has run."""

from __future__ import annotations

import os
import pickle
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mlguard.configuration import written
from mlguard.core.dataset import Dataset
from mlguard.core.error import MlguardError
from mlguard.core.run_name import MAIN
from mlguard.files import facts
from mlguard.observe import probes, stages
from mlguard.observe.asking import ask_all
from mlguard.observe.probe_rows import Batch
from mlguard.observe.run import Progress, Run, Subject, scratch
from mlguard.observe.stages import Path as StagePath
from mlguard.programs.modules import PROGRAMS
from mlguard.runner.caches import empty_memory
from mlguard.runner.elsewhere import redirect
from mlguard.runner.order import Loading, Order
from mlguard.runner.subject import changed, find_subject, with_target
from mlguard.seeding import seed_all
from mlguard.worker.lines import lines_that_ran
from mlguard.worker.source import substitute

BUNDLE = "saved bundle"
"""The contract that a saved model, loaded elsewhere in a fresh process, predicts the same."""


def save(main: Run, path: StagePath, order: Order) -> str:
    """Leave the bundle for the process that loads it; why not, where that cannot be."""
    order.bundle.mkdir()
    main.folder = order.bundle
    try:
        if main.declares("save"):
            main.call("save", model=path.model, folder=order.bundle)
        else:
            import joblib

            joblib.dump(path.model, order.bundle / "model.joblib")
    except MlguardError as error:
        return f"raised {type(error.__cause__).__name__}: {error.__cause__}" if error.__cause__ else error.message
    except Exception as error:  # joblib raises what the user's classes raise.
        return f"raised {type(error).__name__}: {error}"
    return ""


def keep_rows(main: Run, path: StagePath, batches: Sequence[Batch], order: Order) -> str:
    """Leave what the loaded bundle is asked, the test rows and the probe rows that decide; why not, if it cannot be."""
    try:
        with order.rows.open("wb") as file:
            pickle.dump((path.test.rows, list(batches), main.data.target), file)
    except Exception as error:  # pickle raises what the rows' own classes raise.
        return f"raised {type(error).__name__}: {error}"
    return ""


def load_bundle(order: Loading, progress: Progress) -> dict[str, Any]:
    """Load a saved bundle and answer the rows, with the project's data out of reach; or what that raised."""
    try:
        with empty_memory():
            if not order.lines:
                return _answered_elsewhere(order, progress)
            with lines_that_ran(str(order.root)) as lines:
                answered = _answered_elsewhere(order, progress)
        return {**answered, "reached": lines.reached()}
    except MlguardError as error:
        if error.__cause__ is None:
            raise
        # Told here: an exception loses its cause on the way out of a worker.
        return {"raised": f"{type(error.__cause__).__name__}: {error.__cause__}"}


def _answered_elsewhere(order: Loading, progress: Progress) -> dict[str, Any]:
    progress("contracts", BUNDLE)
    os.chdir(order.folder)
    redirect(order.copy)
    substitute(order.change.sources)
    subject = changed(find_subject(order.ref, order.root, order.import_path), order.change)
    with order.rows.open("rb") as file:
        rows, batches, data_target = pickle.load(file)  # noqa: S301 -- written a moment ago by this run's own worker.
    config_path = _config_beside(subject, order) if order.config_file else None
    _hide(order.root)
    run = Run(
        with_target(subject, Dataset({}, target=data_target)),
        MAIN,
        Dataset({}, target=data_target),
        scratch(order.folder, "run"),
        config=subject.configuration.values,
        config_path=config_path,
        progress=progress,
        forms=order.forms,
    )
    seed_all(run.state)
    model = run.model = _load(run, order.bundle)
    answers = stages.predict(run, model, rows)
    probes.keep_asked(run, ask_all(run, model, batches))
    kept = [observation for observation in run.observations if not observation.until]
    return {"columns": answers.columns, "names": answers.names, "probes": kept}


def _config_beside(subject: Subject, order: Loading) -> Path | None:
    """The configuration's file outside of the project: as it is, or with the values of this run."""
    path = subject.configuration.path
    if path is None:
        return None
    place = scratch(order.folder, "config")
    if order.change.config is not None:
        return written(subject.configuration.values, path, place)
    return Path(shutil.copy(path, place))


def _load(run: Run, bundle: Path) -> Any:
    if run.declares("load"):
        return run.call("load", folder=bundle)
    import joblib

    return joblib.load(bundle / "model.joblib")


def _hide(root: Path) -> None:
    """From now on the project's files but its code are not there, as on a machine that only serves the model."""
    hidden = str(root.resolve()) + os.sep

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event != "open" or not isinstance(arguments[0], str | bytes | os.PathLike) or _is_asked_by_us():
            return
        path = os.path.abspath(os.fsdecode(arguments[0]))
        if path.startswith(hidden) and not path.endswith(PROGRAMS) and "site-packages" not in path.removeprefix(hidden):
            raise FileNotFoundError(f"{path} is not part of the saved bundle")

    sys.addaudithook(refuse)


def _is_asked_by_us() -> bool:
    """Whether mlguard itself asks what a file holds, to say later whether it changed."""
    return sys._getframe(2).f_code.co_filename == facts.__file__
