"""What an example's command line is told, and what its functions answer when they are called directly."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

import click
import pandas as pd
from click.testing import CliRunner

from mlguard import Dataset
from mlguard.configuration import configurations
from mlguard.tables.generate import make

ROOT = Path(__file__).resolve().parents[2]

Direct = Callable[[Any, Any, Dataset], tuple[Any, dict[str, float]]]
"""Module, configuration and Dataset to the answers for its test rows, and the metrics of them."""
Metrics = Callable[[Any, Any, Any, Any], dict[str, float]]
"""Module, configuration, test rows and answers to metrics."""


@dataclass(frozen=True)
class Example:
    """One guarded script with a command line of `train`, `predict` and `evaluate`."""

    name: str
    """Folder of the example, and its dataset."""
    module: str
    """Name of its script."""
    answers: str
    """File that `predict` writes."""
    direct: Direct
    """The same work without files."""
    config: str | None = None
    """Its configuration; None for an example without one."""
    files: tuple[str, str] = ("rows.csv", "rows.csv")
    """What `--data` names below the Dataset's folder, for training and for everything after it."""

    @property
    def script(self) -> Path:
        """The script itself."""
        return ROOT / "examples" / self.name / f"{self.module}.py"

    @property
    def code(self) -> Any:
        """The script as a module."""
        return import_module(f"examples.{self.name}.{self.module}")

    @property
    def configuration(self) -> Any:
        """A fresh copy of what its configuration says."""
        file = self.config and f"examples/{self.name}/{self.config}"
        return configurations(file, ROOT, self.name)[0].values

    def data(self) -> Dataset:
        """Its Dataset of seed 0; cut in two, three quarters to one, for an example that leaves splitting to others."""
        made = make(ROOT / "datasets/generators" / f"{self.name}.py", 0)
        if self.files[0] == self.files[1]:
            return made
        cut = len(made.rows) * 3 // 4
        halves = {"train": made.rows.iloc[:cut], "test": made.rows.iloc[cut:].reset_index(drop=True)}
        return Dataset(halves, target=made.target, decimals=made.decimals)


def layers(metrics: Metrics) -> Direct:
    """Split, train and predict as most examples name them, then these metrics."""

    def direct(code: Any, config: Any, data: Dataset) -> tuple[Any, dict[str, float]]:
        train, test = code.split_data(config, data.rows)
        answers = code.predict_from_data(code.train_from_data(config, train), test)
        return answers, metrics(code, config, test, answers)

    return direct


def halves(target: str) -> Direct:
    """Train on one table and predict the other, without a configuration."""

    def direct(code: Any, config: Any, data: Dataset) -> tuple[Any, dict[str, float]]:
        answers = code.predict_from_data(code.train_from_data(data.train), data.test)
        return answers, code.evaluate_from_data(data.test[target], answers)

    return direct


def estimator(target: str, answer: Callable[[Any, pd.DataFrame], Any], scored: str | None = None) -> Direct:
    """Fit what `build_classifier` gives; `answer` asks it for a table, of which one column or all are scored."""

    def direct(code: Any, config: Any, data: Dataset) -> tuple[Any, dict[str, float]]:
        fitted = code.build_classifier().fit(data.train.drop(columns=target), data.train[target])
        answers = answer(fitted, data.test.drop(columns=target))
        return answers, code.evaluate_from_data(data.test[target], answers[scored] if scored else answers)

    return direct


def of(target: str) -> Metrics:
    """Metrics of the answers against one column of the test rows."""
    return lambda code, config, test, answers: code.evaluate_from_data(test[target], answers)


def of_rows(code: Any, config: Any, test: Any, answers: Any) -> dict[str, float]:
    """Metrics of the answers against the test rows."""
    metrics: dict[str, float] = code.evaluate_from_data(test, answers)
    return metrics


def of_rows_as_configured(code: Any, config: Any, test: Any, answers: Any) -> dict[str, float]:
    """Metrics that the configuration has a say in."""
    metrics: dict[str, float] = code.evaluate_from_data(config, test, answers)
    return metrics


def said(code: Any, arguments: list[str]) -> str:
    """What a module's command line prints for these arguments, in this process."""
    if isinstance(code.main, click.Command):
        result = CliRunner().invoke(code.main, arguments, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output
    with redirect_stdout(io.StringIO()) as output, mock.patch.object(sys, "argv", [code.__file__, *arguments]):
        code.main()
    return output.getvalue()
