"""What other libraries show of their tensors and arrays."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np


class Array:
    """What JAX and TensorFlow show of their arrays."""

    def __init__(self, content: Any) -> None:
        self._content = np.asarray(content)

    @property
    def shape(self) -> tuple[int, ...]:
        return self._content.shape

    @property
    def dtype(self) -> object:
        return self._content.dtype

    def __len__(self) -> int:
        return len(self._content)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self._content


class Tensor(Array):
    """What torch shows of a tensor: NumPy takes it over only once it is detached, dense, and of a type NumPy has."""

    def __init__(self, content: Any, *, layout: str = "strided", kind: str = "", attached: bool = True) -> None:
        super().__init__(content)
        self.layout, self._kind, self._attached = f"torch.{layout}", kind, attached

    @property
    def dtype(self) -> object:
        return SimpleNamespace(__str__=str) if not self._kind else self._kind

    @property
    def is_quantized(self) -> bool:
        return self._kind == "torch.qint8"

    def dequantize(self) -> Tensor:
        return Tensor(self._content, attached=self._attached)

    def detach(self) -> Tensor:
        return Tensor(self._content, layout=self.layout[6:], kind=self._kind, attached=False)

    def cpu(self) -> Tensor:
        return self

    resolve_conj = resolve_neg = cpu

    def to_dense(self) -> Tensor:
        return Tensor(self._content, kind=self._kind, attached=self._attached)

    def float(self) -> Tensor:
        return Tensor(self._content.astype(np.float32), attached=self._attached)

    def numpy(self) -> Any:
        if self._attached or self.layout != "torch.strided" or self._kind:
            raise TypeError("can't convert to numpy")
        return self._content


class Unreadable(Array):
    """A tensor without content, as on torch's `meta` device."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise NotImplementedError("no data")
