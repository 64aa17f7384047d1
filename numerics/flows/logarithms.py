"""Losses carried as logarithms: log(r^T A r / 2) where the loss itself would be 0 in doubles."""

from __future__ import annotations

import numpy as np


def log_half_square(residual: np.ndarray, matrix: np.ndarray | None = None) -> np.ndarray:
    """log(r^T A r/2) along axis -2 of the residual (..., n, lanes); A (..., n, n) the identity where there is none.

    The residual is scaled to size 1 first, so that squares neither underflow nor overflow; log 0 is -inf.
    """
    scale = np.max(np.abs(residual), axis=-2, keepdims=True)
    unit = residual / np.where(scale > 0, scale, 1.0)
    image = unit if matrix is None else matrix @ unit
    form = np.sum(unit * image, axis=-2)
    with np.errstate(divide="ignore"):
        return np.log(np.maximum(form, 0.0) / 2) + 2 * np.log(scale[..., 0, :])
