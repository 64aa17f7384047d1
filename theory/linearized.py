"""The margin problem linearised at a point: ``min phi^2/2 subject to <theta, dq_i(point)> >= 1``.

For outputs of the degree L, Euler's identity gives <point, dq_i(point)> = L q_i(point), so that point/L is feasible
where the point is; phi dphi being of degree one, a KKT point with the multipliers l_i becomes, divided by L, one of the
linear problem with the multipliers l_i/L. That problem is convex where phi is: its KKT points are its minima. For phi
the 2-norm it is the support vector machine with the kernel <dq_i, dq_j>."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import sympy

from theory.derivation import Derivation, Unchecked
from theory.kkt import MarginProblem
from theory.vanishing import check_equal


@dataclass(frozen=True)
class Linearization:
    """A margin problem whose outputs share a degree, at a point inside the region where it is given."""

    problem: MarginProblem
    point: Sequence[sympy.Expr]

    @cached_property
    def slopes(self) -> list[list[sympy.Expr]]:
        """dq_i(point), one row for each output."""
        at = dict(zip(self.problem.coordinates, self.point, strict=True))
        return [[sympy.diff(q, x).subs(at) for x in self.problem.coordinates] for q in self.problem.outputs]

    @cached_property
    def degree(self) -> sympy.Expr:
        """L; raises ``Unchecked`` where the outputs do not share one."""
        found = [self.problem.degree(q) for q in self.problem.outputs]
        if None in found or any(d != found[0] for d in found):
            raise Unchecked("the outputs share no degree of homogeneity")
        return sympy.sympify(found[0])

    @cached_property
    def linear(self) -> MarginProblem:
        """The linear problem; <point/L, dq_i(point)> = q_i(point) is checked."""
        at = dict(zip(self.problem.coordinates, self.point, strict=True))
        outputs = []
        for row, q in zip(self.slopes, self.problem.outputs, strict=True):
            flat = sum((s * x for s, x in zip(row, self.problem.coordinates, strict=True)), sympy.Integer(0))
            check_equal(flat.subs(at) / self.degree, q.subs(at), "Euler's identity at the point")
            outputs.append(flat)
        return MarginProblem(self.problem.horizon, outputs, self.problem.coordinates)

    @property
    def minimum(self) -> list[sympy.Expr]:
        """point/L"""
        return [c / self.degree for c in self.point]

    def is_minimum(self, multipliers: Sequence[sympy.Expr]) -> bool | None:
        """Whether point/L satisfies the conditions of the linear problem with the multipliers l_i/L."""
        return self.linear.is_kkt(self.minimum, [m / self.degree for m in multipliers])

    @property
    def kernel(self) -> sympy.Matrix:
        """<dq_i, dq_j> at the point."""
        rows = sympy.Matrix(self.slopes)
        return rows * rows.T

    def derivation(self, multipliers: Sequence[sympy.Expr]) -> Derivation:
        steps = Derivation(f"The problem linearised at {tuple(self.point)}")
        for q, flat in zip(self.problem.outputs, self.linear.outputs, strict=True):
            steps = steps.then("linearise", q, flat)
        for c, m in zip(self.point, self.minimum, strict=True):
            steps = steps.then("Euler's identity", f"{c}/L", m)
        return steps.then(
            "divide the multipliers by L", "KKT point of the linear problem", str(self.is_minimum(multipliers))
        )
