"""Sweeps of steepest descent of deep diagonal networks on regression and separable data: compiled, on a GPU, plain."""

from __future__ import annotations

from numerics.sweep.gpu import NoGpu
from numerics.sweep.settings import Adam, Data, Setting
from numerics.sweep.sweep import NoKernel, Sweep, cores

__all__ = ["Adam", "Data", "NoGpu", "NoKernel", "Setting", "Sweep", "cores"]
