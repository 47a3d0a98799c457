"""The types of a record's document, against which it is checked before anything is made of it."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, Required, TypedDict

from mlguard.core.record import Approval


class DatasetJson(TypedDict, total=False):
    """The facts of the Dataset: nothing, or all of it."""

    name: str
    seed: int
    digest: str
    rows: int | dict[str, int]
    target: str | int | None


class ConfigurationJson(TypedDict, total=False):
    """The facts of the configuration: nothing, or all of it."""

    values: Any
    source: str | None
    beside: dict[str, dict[str, Any]]


class DocumentJson(TypedDict):
    """A record of the newest format."""

    approvals: tuple[Approval, ...]
    asked: dict[str, int]
    configuration: ConfigurationJson
    dataset: DatasetJson
    environment: dict[str, Any]
    files: dict[str, str]
    format: int
    guard: str
    left_out: list[str]
    mlguard: str
    observations: list[dict[str, Any]]
    payload: str
    power: NotRequired[dict[str, Any]]
    remarks: list[str]
    sources: dict[str, str]
    tolerances: dict[str, Any]


class EnvironmentJson(TypedDict, total=False):
    """Those facts of an environment that are looked into."""

    python: str
    packages: dict[str, str]
    variables: list[str]
    blas: list[dict[str, Any]]
    numpy: dict[str, Any]
    libm: str | None
    os: str
    image: str
    locks: dict[str, str]


class PowerJson(TypedDict):
    """Those figures of an audit that are told."""

    power: float | None
    interval: NotRequired[list[float]]
    noticed: int
    missed: int
    budget: str
    when: str


class TolerancesJson(TypedDict, total=False):
    """The rules, with their evidence."""

    environments: Required[tuple[dict[str, Any], ...]]
    floor: Required[Literal["solver", "noise"]]
    noise: Required[dict[str, float | tuple[float, ...]]]
    per: Required[Literal["largest", "spread"]]
    precision: Required[Literal["float16", "float32", "float64"]]
    answering: dict[str, float | tuple[float, ...]]
    loose: dict[str, str]
    zeros: dict[str, float | tuple[float, ...]]
