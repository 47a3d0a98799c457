"""Which library's array, table or tensor a value is; no library is imported to find out."""

from __future__ import annotations

from typing import Any

import numpy as np


def is_pandas(value: object, *names: str) -> bool:
    """Whether a value is one of these pandas classes or a subclass; pandas itself is never imported for it."""
    return any(klass.__name__ in names and klass.__module__.split(".")[0] == "pandas" for klass in type(value).__mro__)


def is_frame(value: object) -> bool:
    """Whether a value is a pandas DataFrame."""
    return is_pandas(value, "DataFrame")


def is_column(value: object) -> bool:
    """Whether a value is a pandas Series, Index or array."""
    return is_pandas(value, "Series", "Index", "ExtensionArray")


def is_sparse(value: object) -> bool:
    """Whether a value is a SciPy sparse matrix or array."""
    return type(value).__module__.startswith("scipy.sparse") and hasattr(value, "toarray")


def is_tensor(value: object) -> bool:
    """Whether a value is a tensor of torch, or an array of JAX, TensorFlow or another that NumPy can take over."""
    kind = type(value)
    if not hasattr(kind, "__array__") or not hasattr(kind, "dtype") or not hasattr(kind, "shape"):
        return False  # Every number of a list comes by here: no loop.
    return not any(base.__module__.split(".")[0] in ("numpy", "pandas", "scipy") for base in kind.__mro__)


def unwrapped(value: Any) -> Any:
    """A tensor as an array of NumPy, one without dimensions as a scalar; anything else as it is."""
    if not is_tensor(value):
        return value
    array = _dense(value) if hasattr(value, "detach") else np.asarray(value)
    return array if array.ndim else array[()]


def is_numbered(index: Any) -> bool:
    """Whether row labels only number the rows from 0, so that nobody gave any."""
    if index.nlevels > 1 or index.name is not None or getattr(index.dtype, "kind", "O") not in "iu":
        return False
    return bool(np.array_equal(index.to_numpy(), np.arange(len(index))))


def _dense(tensor: Any) -> np.ndarray[Any, Any]:
    """A tensor of torch in NumPy's terms, in which sparse, quantised and brain floats have no type of their own."""
    plain = tensor.detach().cpu()
    if plain.is_quantized:
        plain = plain.dequantize()
    if str(plain.layout) != "torch.strided":
        plain = plain.to_dense()
    if str(plain.dtype) == "torch.bfloat16":
        plain = plain.float()
    array: np.ndarray[Any, Any] = plain.resolve_conj().resolve_neg().numpy()
    return array
