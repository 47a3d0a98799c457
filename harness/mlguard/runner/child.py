"""What happens inside a worker: find guards, run one and observe it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from mlguard import __version__
from mlguard.adapters import places_of
from mlguard.core.dataset import Dataset
from mlguard.core.error import RunError, UsageError
from mlguard.core.guard import declares, requirements
from mlguard.core.options import Options
from mlguard.core.question import UNCHANGED_BY_OBSERVE
from mlguard.core.record import GATE, Record
from mlguard.core.run_name import LATER, LEVELS, MAIN, REFIT, Config, Seed
from mlguard.discovery import declared, guard_classes, load_module
from mlguard.observe import contracts, degenerate, describe, keys, levels, probes, secondary, stages
from mlguard.observe import rows as rowwise
from mlguard.observe.changes.column import Known
from mlguard.observe.files import Files
from mlguard.observe.run import Progress, Run, copied, scratch, user_frames
from mlguard.observe.stages import Path as StagePath
from mlguard.programs.modules import is_inside
from mlguard.runner.bundle import keep_rows, save
from mlguard.runner.caches import empty_memory, refuse_results
from mlguard.runner.checkout import compared, refuse_differing, remarks_on
from mlguard.runner.costs import Costs
from mlguard.runner.datasets import datasets
from mlguard.runner.elsewhere import redirect, refuse_strays
from mlguard.runner.environ import told_withheld, variables_read
from mlguard.runner.imported import hearing
from mlguard.runner.lacking import told_lacking
from mlguard.runner.made_with import making
from mlguard.runner.order import Done, Found, Order, Search
from mlguard.runner.outside import told_outside
from mlguard.runner.parts import Parts
from mlguard.runner.provenance import Heard, provenance
from mlguard.runner.subject import changed, config_file, find_subject, with_target
from mlguard.seeding import seed_all, seeded
from mlguard.tracing.fingerprint import FOLDER
from mlguard.tracing.shapes import shapes_seen
from mlguard.tracing.tracer import Tracer
from mlguard.worker.lines import lines_that_ran
from mlguard.worker.moment import at
from mlguard.worker.source import substitute

Begin = Callable[[str], None]
"""Told which part of a run begins: `contracts`, `probes`, `seed 1`, `config C`, `refit`."""


def search(order: Search, progress: Progress) -> Found:
    """Import every module and name the guards that it declares; one that cannot be imported hides no other."""
    redirect(order.copy)
    found, broken = [], {}
    for file in order.files:
        progress(file.name)
        with variables_read(str(order.root)) as variables:
            try:
                module = load_module(file, order.import_path)
                for klass in guard_classes(module):
                    found += declared(klass, file, order.root)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # What a module raises on import is told: SystemExit, pytest's Skipped.
                advice = told_lacking(error, order.root), told_withheld(variables, order.withheld)
                told = (user_frames(error, order.root), *advice)
                broken[str(file)] = "\n".join(filter(None, told))
    return Found(tuple(found), broken)


def observe(order: Order, progress: Progress) -> Done:
    """Run one guard and observe everything about it; where it is asked, also which lines its main run reached."""
    with empty_memory(), hearing() as heard, variables_read(str(order.root)) as variables:
        try:
            return _observed_with_lines(order, progress, Heard(heard, variables))
        except RunError as error:
            # Code of another checkout fails in ways of its own: that comes first.
            refuse_differing(compared(order.root, besides=order.generators), order.root, order.ref.name)
            advice = told_withheld(variables, order.withheld)
            error.advice = "; ".join(filter(None, (error.advice, advice)))
            raise


def _observed_with_lines(order: Order, progress: Progress, heard: Heard) -> Done:
    if order.shapes:
        with shapes_seen(str(order.root), uncommented=order.uncommented) as seen:
            done = _observed(order, progress, heard, lambda: None)
        return replace(done, shapes=seen.all(), calls=seen.calls())
    if not order.lines:
        return _observed(order, progress, heard, lambda: None)
    with lines_that_ran(str(order.root)) as lines:
        done = _observed(order, progress, heard, lines.stop)
    return replace(done, reached=lines.reached())


def _observed(order: Order, progress: Progress, heard: Heard, path_ended: Callable[[], None]) -> Done:
    costs = Costs()

    def begin(part: str) -> None:
        path_ended()
        costs.begin(part)

    progress("dataset")
    redirect(order.copy)
    substitute(order.change.sources)
    files = Files(order.root)
    progress.calling(f"the import of {order.ref.file.name}")
    with files.listening(None):
        load_module(order.ref.file, order.import_path)
    found = find_subject(order.ref, order.root, order.import_path)
    subject = changed(found, order.change)
    progress.calling(f"the generator of {subject.guard.dataset}" if subject.guard.dataset else "")
    with making(files, order.root, heard.variables) as generator:
        data, others = datasets(order, subject.guard, subject.name)
    # Looking around takes longer than many a guard, and a run of the main path alone is judged by nobody.
    made_with = generator.used() if subject.guard.dataset and order.extent.asks else None
    progress.calling("")
    subject = with_target(subject, data)
    main = Run(
        subject,
        MAIN,
        data,
        scratch(order.folder, "run"),
        config=subject.configuration.values,
        config_path=config_file(subject, order),
        progress=progress,
        tell=True,
        forms=order.forms,
        # What methods do to what they are given is a matter of contracts, which the main run alone does not ask.
        watch=order.extent.asks,
        files=files,
    )
    parts = Parts(order, main)
    tracer = _tracer(order)
    main.following = tracer or main.following
    pristine = copied(data)
    describe.describe_dataset(main)
    described = len(main.observations)
    seed_all(main.state)
    if declares(subject.guard, "observe"):
        remarks, bundle = _observe_itself(main, order, parts, pristine, others, begin), "the guard observes by itself"
    else:
        remarks, bundle = _observe_path(main, order, parts, pristine, others, begin)
    if not any(o.role == GATE for o in main.observations[described:]):
        raise RunError(
            f"guard {subject.name} observed nothing: note at least one value, or declare `predict`",
            slug="nothing-observed",
        )
    refuse_strays(order.copy, order.generators, subject.name)
    checkout = compared(order.root, besides=order.generators)
    refuse_differing(checkout, order.root, subject.name)
    record = Record.of(
        subject.name,
        main.observations,
        provenance=provenance(subject, data, order, heard, files, checkout),
        mlguard=__version__,
        remarks=tuple(filter(None, (*remarks, parts.remark))),
        left_out=parts.left_out(found, others),
        asked=order.questions,
    )
    original = [order.copy.original] if order.copy else []
    besides = (*map(Path, (*order.import_path, *sys.path)), *order.generators, *original, order.folder)
    outside = told_outside(files.read, order.root, record.provenance.sources, besides=besides)
    told = (told_withheld(heard.variables, order.withheld), outside, *remarks_on(checkout))
    refuse_results(files, order, subject)
    made = frozenset(map(str, files.made))
    # Also what the code read from a file into the environment itself, as dotenv does.
    values = {name: os.environ.get(name) for name in heard.variables}
    trace = None if tracer is None else tracer.trace()
    remarks_here = tuple(filter(None, told))
    return Done(
        record,
        bundle,
        pristine,
        costs.taken(),
        variables=values,
        made=made,
        remarks=remarks_here,
        places=places_of(subject.guard, order.root),
        ended_early=parts.ended_early,
        trace=trace,
        config_file=subject.configuration.path is not None,
        unseen=any(is_inside(file, files.root) for file in files.given),
        made_with=made_with,
    )


def _tracer(order: Order) -> Tracer | None:
    if not order.trace:
        return None
    # The folder lies elsewhere in every run, and the root in the other copy of the project.
    places = {str(order.folder): FOLDER, str(order.root): "<root>"}
    return Tracer(order.root, order.ref.file, order.trace, places)


def _observe_path(
    main: Run, order: Order, parts: Parts, pristine: Dataset, others: dict[int, Dataset], begin: Begin
) -> tuple[list[str], str]:
    early = {"split": describe.describe_split, "train": describe.describe_model}
    path = stages.walk_path(main, seen=lambda stage, so_far: early[stage](main, so_far), answered=order.change.answers)
    _check_requirements(main, path)
    describe.describe_answers(main, path)
    in_order = ["the rows were split in order, three quarters to one"] if stages.splits_in_order(main) else []
    remarks = [*in_order, *main.remarks]
    bundle = ""
    if parts.asks():
        bundle = _ask(main, path, order, [pristine, *others.values()], begin)
    elif parts.ended_early:
        main.tell = main.watch = main.listen = False
        _look_inside(main, path)  # What moved first may be a step inside the model.
    if order.extent.goes_on:
        remarks += _run_others(main, path, order, parts, pristine, others, begin)
    return remarks, bundle


def _ask(main: Run, path: StagePath, order: Order, datasets: list[Dataset], begin: Begin) -> str:
    """Save the bundle, ask contracts and probes, and look inside; why there is no bundle."""
    bundle = save(main, path, order)
    begin("contracts")
    main.tell = main.watch = main.listen = False
    follow = main.following
    main.following = lambda run, stage: follow(f"contracts {main.asking}", stage)
    main.progress("contracts")
    contracts.keep_contracts(main, path)
    begin("probes")
    main.asking = ""
    main.following = lambda run, stage: follow(f"probes {main.asking}", stage)
    main.progress("predict", "probes")
    known = Known(_gaps(datasets), Options.of(main.subject.guard).thresholds)
    # A call that is followed is known by the name of its rows.
    asked = probes.keep_probes(main, path, known, apart=bool(order.trace))
    degenerate.keep_degenerate(main, path)
    bundle = bundle or keep_rows(main, path, asked, order)
    _look_inside(main, path)
    main.following = follow
    return bundle


def _run_others(
    main: Run, path: StagePath, order: Order, parts: Parts, pristine: Dataset, others: dict[int, Dataset], begin: Begin
) -> list[str]:
    """Other seeds, changed configurations and a last refit; a run that gave nothing is named."""
    main.tell = main.listen = False
    main.data = pristine
    remarks = []
    for seed, data in others.items():
        # Only other seeds make the first model an earlier one.
        if not parts.trains(Seed(seed), LATER):
            continue
        begin(Seed(seed))
        main.progress(Seed(seed))
        found, remark = secondary.other_seed(main, seed, data)
        main.observations += found
        remarks += [remark] if remark else []
    # Asked before a run on the first data, which would restore what it shares with later ones.
    first_model = secondary.first_model(main, path) if others and parts.trains(LATER) else []
    for changed_key in keys.changed_keys(main.config, main.subject.guard.config_probes):
        if not parts.trains(Config(changed_key.key)):
            continue
        begin(Config(changed_key.key))
        main.progress(Config(changed_key.key))
        main.observations += secondary.config_probe(main, path, changed_key)
    if parts.trains(LEVELS):
        begin(LEVELS)
        main.progress(LEVELS)
        main.observations += levels.without_levels(main, path)
    past = keys.unchanged_keys(main.config, main.subject.guard.config_probes)
    remarks += [past] if past else []
    if not parts.trains(LATER, REFIT):
        return remarks
    begin(REFIT)
    main.progress(REFIT)
    main.observations += first_model or secondary.first_model(main, path)
    with at(order.elsewhere):
        main.observations += secondary.refit(main, path)
    return remarks


def _observe_itself(
    main: Run, order: Order, parts: Parts, pristine: Dataset, others: dict[int, Dataset], begin: Begin
) -> list[str]:
    main.call("observe", data=main.data, notes=main)
    begin("contracts")
    main.tell = main.watch = False
    if parts.asks():
        contracts.keep_unchanged(main, question=UNCHANGED_BY_OBSERVE)
    remarks = ["its `observe` runs as a whole: no probe rows, contracts of rows, configuration keys or saved bundle"]
    if not order.extent.goes_on:
        return remarks
    for seed, data in others.items():
        if parts.trains(Seed(seed)):
            begin(Seed(seed))
            found, remark = secondary.observe_again(main, Seed(seed), data)
            main.observations += found
            remarks += [remark] if remark else []
    if parts.trains(REFIT):
        begin(REFIT)
        with at(order.elsewhere):
            main.observations += secondary.observe_as_before(main, pristine)
    return remarks


def _check_requirements(main: Run, path: StagePath) -> None:
    """`require` names metrics that exist; said before anything is compared."""
    known = path.metrics or {}
    for requirement in requirements(main.subject.guard):
        if requirement.metric not in known:
            raise UsageError(
                f"guard {main.subject.name}: `require` names {requirement.metric!r}, which `evaluate` does not return "
                f"(it returns {', '.join(known) or 'nothing'})",
                slug="require-unknown",
            )


def _look_inside(main: Run, path: StagePath) -> None:
    """What the transformers inside the model make of the test rows, on a copy and beside every other call."""
    if "sklearn" not in sys.modules:
        return
    from mlguard.adapters import sklearn_steps

    rows = rowwise.duplicate(path.test.rows)
    with seeded(main.state):
        outputs = sklearn_steps.step_outputs(path.model, lambda model: stages.predict(main, model, rows))
    describe.step_outputs(main, outputs)


def _gaps(datasets: list[Dataset]) -> frozenset[str]:
    """Columns that have a missing value in some data seed."""
    found: set[str] = set()
    for data in datasets:
        for table in data.values():
            if hasattr(table, "columns"):
                found |= {str(column) for column in table.columns if bool(table[column].isna().any())}
    return frozenset(found)
