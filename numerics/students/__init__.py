"""Students that learn the labels of a teacher by mirror descent: a compiled loop, a plain reference, measures."""

from __future__ import annotations

from numerics.students.data import Data
from numerics.students.lanes import Lane
from numerics.students.maps import Potential
from numerics.students.students import DIVERGED, REACHED, RUNNING, Students

__all__ = ["DIVERGED", "REACHED", "RUNNING", "Data", "Lane", "Potential", "Students"]
