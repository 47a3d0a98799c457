"""Fingerprints: reduce what functions pass around to named leaves that can be compared within a tolerance."""

from __future__ import annotations

import hashlib
import random
import types
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from mlguard.core.guard import Guard
from mlguard.core.value import DIGEST, Value, text, texts
from mlguard.observe.kinds import is_frame, is_pandas, is_sparse
from mlguard.observe.leaf import is_leaf, to_value
from mlguard.observe.walk import NOT_BEHAVIOUR, walk
from mlguard.tracing.large import BLOCKED, blocks
from mlguard.tracing.trace import FILE, ORDER, Fingerprint, Leaf

LEAVES = 512
"""Leaves of one value that are kept; what is nested more than that is no tiny table or model."""

ENTRIES = 64
"""Entries of a container that are looked at one by one; longer ones are brought to arrays."""

DEPTH = 8
"""Levels of nesting that are followed."""

FOLDER = "<folder>"
"""What the folder of a run is called, whose files are looked at where a function is given it."""

RANDOM = "random state"
"""Where the state of the global random generators is kept among what a function is given."""

_SCALARS = (type(None), bool, int, float, complex, str, bytes)
_CONTAINERS = (dict, list, tuple)
_CODE = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType, type, np.ufunc)


class Fingerprints:
    """Makes fingerprints, and keeps equal contents once."""

    def __init__(self, places: Mapping[str, str]) -> None:
        """`places`: folders that differ between two runs of the same code, with what to call them."""
        self._places = dict(places)
        self._kept: dict[bytes, Leaf] = {}
        self._scalars: dict[tuple[type, str], Leaf] = {}
        self._containers: dict[tuple[str, str], list[Leaf]] = {}
        self._placed: dict[tuple[str, bytes], Leaf] = {}

    def of(self, named: Mapping[str, object]) -> Fingerprint:
        """The fingerprint of values by name; nothing is consumed or changed, and nothing that goes wrong is raised."""
        found: list[Leaf] = []
        for name, value in named.items():
            found += islice(self._safely(value, name), LEAVES)
        return joined(found)

    def _safely(self, value: object, name: str) -> Iterator[Leaf]:
        try:
            yield from self._visit(value, name, 0)
        except Exception as error:  # Whatever an object does when it is looked at, a look must not end a run.
            yield self._exact(name, f"unreadable: {type(error).__name__}")

    def _visit(self, value: Any, path: str, depth: int) -> Iterator[Leaf]:
        if type(value) in _SCALARS:
            yield self._scalar(value, path)
        elif type(value) in _CONTAINERS:
            yield from self._container(value, path, depth)
        elif isinstance(value, np.ndarray):
            yield from self._array(value, path)
        elif is_frame(value):
            yield from self._frame(value, path)
        elif is_pandas(value, "Series"):
            yield from self._index(value.index, path)
            yield self._column(value, path)
        elif _is_silent(value):
            return
        elif depth < DEPTH:
            yield from self._inside(value, path, depth)

    def _container(self, value: Any, path: str, depth: int) -> Iterator[Leaf]:
        """A container; of plain values, such as a configuration, the same leaves as when it was last seen."""
        if depth >= DEPTH:
            return
        plain = _are_scalars(value.values() if type(value) is dict else value)
        key = (path, repr(value)) if plain else None
        found = None if key is None else self._containers.get(key)
        if found is None:
            found = list(self._inside(value, path, depth))
            if key is not None:
                self._containers[key] = found
        yield from found

    def _inside(self, value: Any, path: str, depth: int) -> Iterator[Leaf]:
        """What is neither a scalar nor a table."""
        if isinstance(value, Mapping) and len(value) <= ENTRIES:
            for key, child in value.items():
                yield from self._visit(child, _joined_path(path, str(key)), depth + 1)
        elif isinstance(value, list | tuple) and len(value) <= ENTRIES and not _are_scalars(value):
            for position, child in enumerate(value):
                yield from self._visit(child, f"{path}[{position}]", depth + 1)
        elif isinstance(value, Guard):
            # Its folder and its path are other ones in every run.
            yield from self._visit({"config": value.config, "data": value.data}, path, depth + 1)
        elif isinstance(value, PurePath):
            yield self._scalar(value.as_posix(), path)
            yield from self._files(value, path)
        else:
            yield from self._object(value, path)

    def _object(self, value: Any, path: str) -> Iterator[Leaf]:
        state = random_state(value)
        if state is not None:
            yield self._exact(path, state)
        elif isinstance(value, BaseException):
            yield self._exact(path, f"{type(value).__name__}: {value}")
        else:
            for name, setting in _settings(value).items():
                yield self._scalar(setting, f"{path} setting {name}")
            for name, leaf in walk(value, path):
                yield self._keep(name, leaf)

    def _files(self, folder: PurePath, path: str) -> Iterator[Leaf]:
        """What a function may leave in a folder of this run, such as a saved model."""
        inside = any(str(folder).startswith(place) for place, name in self._places.items() if name == FOLDER)
        if inside and isinstance(folder, Path) and folder.is_dir():
            for file in islice(sorted(folder.rglob("*")), ENTRIES):
                if file.is_file():
                    content = hashlib.blake2b(file.read_bytes(), digest_size=16).hexdigest()
                    name = file.relative_to(folder).as_posix()
                    yield self._keep(f"{path}/{name}", text(content, dtype=FILE))

    def _scalar(self, value: Any, path: str) -> Leaf:
        if type(value) is str:
            for place, name in self._places.items():
                value = value.replace(place, name)
        key = type(value), repr(value)
        found = self._scalars.get(key)
        if found is None:
            found = self._scalars[key] = self._keep("", to_value(value))
        return self._at(path, found)

    def _exact(self, path: str, said: str) -> Leaf:
        return self._keep(path, text(said, dtype=DIGEST))

    def _array(self, array: np.ndarray[Any, Any], path: str) -> Iterator[Leaf]:
        if array.dtype.kind == "O" and not is_leaf_array(array):
            yield from (self._keep(name, leaf) for name, leaf in walk(array, path))
        else:
            yield self._elements(array, path)

    def _elements(self, array: np.ndarray[Any, Any], path: str, column: Any = None) -> Leaf:
        """One array, converted only where its content was not seen before."""
        key = _content(array, array.dtype.str if column is None else str(column.dtype))
        found = None if key is None else self._kept.get(key)
        if found is None:
            found = self._keep("", to_value(array if column is None else column))
            if key is not None:
                self._kept[key] = found
        return self._at(path, found)

    def _column(self, column: Any, path: str) -> Leaf:
        if isinstance(column.dtype, np.dtype):
            return self._elements(column.to_numpy(copy=False), path, column)
        # Text and categories: as plain objects their content is told much faster than each is named.
        return self._elements(column.to_numpy(dtype=object), path, column)

    def _frame(self, frame: Any, path: str) -> Iterator[Leaf]:
        yield self._keep(f"{path} columns", texts(map(str, frame.columns), dtype=ORDER))
        yield from self._index(frame.index, path)
        taken: dict[str, int] = {}
        for label, column in frame.items():
            name = str(label)
            taken[name] = taken.get(name, 0) + 1
            unused = name if taken[name] == 1 else f"{name}#{taken[name]}"
            yield self._column(column, _joined_path(path, unused))

    def _index(self, index: Any, path: str) -> Iterator[Leaf]:
        """Row labels that somebody gave; rows that are only numbered have none."""
        if type(index).__name__ == "RangeIndex" and index.start == 0 and index.step == 1:
            return
        if isinstance(index.dtype, np.dtype) and not hasattr(index, "levels"):
            yield self._elements(index.to_numpy(), f"{path} index", index)
        else:
            yield self._keep(f"{path} index", to_value(index))

    def _keep(self, path: str, value: Value) -> Leaf:
        """A leaf of this content; of a large array, what stands for it."""
        digest = hashlib.blake2b(value.digest().encode(), digest_size=16).digest()
        found = self._kept.get(digest)
        if found is None:
            found = Leaf("", blocks(value, digest) if value.size > BLOCKED else value, value.shape, digest)
            self._kept[digest] = found
        return self._at(path, found)

    def _at(self, path: str, leaf: Leaf) -> Leaf:
        """The same leaf in its place; functions are given the same things again and again."""
        found = self._placed.get((path, leaf.digest))
        if found is None:
            found = self._placed[path, leaf.digest] = replace(leaf, path=path)
        return found


def joined(leaves: list[Leaf]) -> Fingerprint:
    """A fingerprint of these leaves."""
    content = hashlib.blake2b(digest_size=16)
    for leaf in leaves:
        content.update(leaf.path.encode("utf-8", "surrogatepass") + b"\0" + leaf.digest)
    return Fingerprint(tuple(leaves), content.digest())


def random_state(value: object) -> str | None:
    """What a random generator will draw next; None for anything else."""
    if isinstance(value, np.random.RandomState):
        return _numpy_state(value.get_state(legacy=True))
    if isinstance(value, np.random.Generator):
        return repr(value.bit_generator.state)
    if isinstance(value, random.Random):
        return _python_state(value.getstate())
    return None


def global_random_state() -> str:
    """The states of NumPy's and Python's global generators, which every function can draw from."""
    return f"{_numpy_state(np.random.get_state(legacy=True))} {_python_state(random.getstate())}"


def is_leaf_array(array: np.ndarray[Any, Any]) -> bool:
    """Whether the elements of an array of objects are plain values."""
    return all(is_leaf(item) for item in array.reshape(-1).tolist())


def _numpy_state(state: Any) -> str:
    name, keys, position, has_gauss, cached = state
    return f"{name} {hashlib.blake2b(keys.tobytes(), digest_size=16).hexdigest()} {position} {has_gauss} {cached!r}"


def _python_state(state: tuple[Any, ...]) -> str:
    version, keys, cached = state
    return f"{version} {hash(keys)} {cached!r}"


def _settings(value: Any) -> dict[str, object]:
    """Settings of an estimator, and of those inside it, that somebody may have changed before it learns."""
    if not (hasattr(value, "get_params") and hasattr(value, "fit")) or isinstance(value, type):
        return {}
    found = value.get_params().items()
    return {n: v for n, v in found if type(v) in _SCALARS and n.rpartition("__")[2] not in NOT_BEHAVIOUR}


def _content(array: np.ndarray[Any, Any], dtype: str) -> bytes | None:
    """A digest of the elements; None where they are objects whose content cannot be told at a glance."""
    content = hashlib.blake2b(f"{dtype} {array.shape} ".encode(), digest_size=17)
    if array.dtype.kind == "O":
        items = array.reshape(-1).tolist()
        if not _are_scalars(items):
            return None
        content.update(repr(items).encode("utf-8", "surrogatepass"))
    else:
        content.update(np.ascontiguousarray(array).tobytes())
    return content.digest()


def _are_scalars(items: Any) -> bool:
    return set(map(type, items)) <= set(_SCALARS)


def _is_silent(value: object) -> bool:
    """Code, and what a look would consume."""
    return isinstance(value, _CODE) or (hasattr(type(value), "__next__") and not is_sparse(value))


def _joined_path(path: str, part: str) -> str:
    return f"{path}.{part}" if path else part
