"""Flows integrated with an error budget or enclosed: smooth ones, ones that jump on surfaces, and sign flows."""

from __future__ import annotations

from numerics.flows.embedded import NoProgress, integrate
from numerics.flows.enclosed import NotEnclosed, Tube, enclose
from numerics.flows.engines import ENGINES, trajectory
from numerics.flows.fields import SwitchedField
from numerics.flows.filippov import Selection, Undetermined
from numerics.flows.following import Piece, Track, follow
from numerics.flows.logarithms import log_half_square
from numerics.flows.precise import solve_precise
from numerics.flows.proximal import proximal_sign_flow, sign_step
from numerics.flows.reference import Path, solve

__all__ = [
    "ENGINES", "NoProgress", "NotEnclosed", "Path", "Piece", "Selection", "SwitchedField", "Track", "Tube",
    "Undetermined", "enclose", "follow", "integrate", "log_half_square", "proximal_sign_flow", "sign_step", "solve",
    "solve_precise", "trajectory",
]  # fmt: skip
