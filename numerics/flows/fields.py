"""Right-hand sides that are smooth but for the signs of finitely many functions u_k of the state.

y' = f(y, s) with s_k = sign(u_k(y)): between the surfaces u_k = 0 the field is the smooth branch of its sign pattern,
which continues a little past them. Near a point of several surfaces Filippov's set is the convex hull of the branches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import sympy

Array = np.ndarray


@dataclass(frozen=True)
class SwitchedField:
    """velocity(y, s) -> y'; switches(y) -> (u_1, ..., u_K); normals(y, s) -> the gradients of the u_k, (K, n).

    s: an array of K numbers in {-1, 0, 1}; 0 only where that u_k vanishes.
    """

    velocity: Callable[[Array, Array], Array]
    switches: Callable[[Array], Array]
    normals: Callable[[Array, Array], Array]
    count: int

    def pattern(self, y: Array) -> Array:
        return np.sign(self.switches(y))

    def mixed(self, y: Array, s: Array) -> Array:
        """The velocity for signs anywhere in [-1, 1]: the mean over independent signs of these expectations.

        It is multilinear in the signs, and lies in the convex hull of the branches.
        """
        loose = [k for k in range(self.count) if abs(s[k]) != 1]
        if not loose:
            return self.velocity(y, s)
        total = np.zeros(len(y))
        for corner in product((-1.0, 1.0), repeat=len(loose)):
            weight = float(np.prod([(1 + c * s[k]) / 2 for c, k in zip(corner, loose, strict=True)]))
            if weight:
                at = s.copy()
                at[loose] = corner
                total += weight * self.velocity(y, at)
        return total

    @classmethod
    def from_sympy(
        cls, flow: Mapping[sympy.Symbol, sympy.Expr], parameters: Mapping[sympy.Symbol, Any] | None = None
    ) -> SwitchedField:
        """The field of right-hand sides whose kinks are ``sign`` and ``Abs``; parameters: values put in first.

        Arguments that are products are cut into their factors, so that surfaces meet transversally.
        """
        import sympy

        states = list(flow)
        rhs = [sympy.sympify(e).subs(parameters or {}) for e in flow.values()]
        atoms: list[sympy.Expr] = []
        branches = [_branch(e, states, atoms) for e in rhs]
        signs = list(sympy.symbols(f"s:{len(atoms)}", real=True))
        gradients = [[sympy.diff(_branch(a, states, list(atoms)), x) for x in states] for a in atoms]
        named = {_sign_of(a): s for a, s in zip(atoms, signs, strict=True)}
        put = [[e.xreplace(named) for e in row] for row in (branches, *gradients)]
        velocity = sympy.lambdify((states, signs), put[0], modules="numpy", cse=True)
        normals = sympy.lambdify((states, signs), put[1:], modules="numpy", cse=True)
        switches = sympy.lambdify((states,), atoms, modules="numpy", cse=True)
        return _wrapped(velocity, switches, normals, len(atoms), len(states))


def _wrapped(velocity: Callable, switches: Callable, normals: Callable, count: int, n: int) -> SwitchedField:
    def gradients(y: Array, s: Array) -> Array:
        return np.array(normals(y, s), dtype=float).reshape(count, n)

    def branch(y: Array, s: Array) -> Array:
        return np.array(velocity(y, s), dtype=float)

    return SwitchedField(branch, lambda y: np.array(switches(y), dtype=float), gradients, count)


def smooth(f: Callable[[Array], Sequence[float]]) -> SwitchedField:
    """A field without switches."""
    return SwitchedField(
        lambda y, s: np.asarray(f(y), dtype=float), lambda y: np.zeros(0), lambda y, s: np.zeros((0, len(y))), 0
    )


def _sign_of(a: Any) -> Any:
    import sympy

    return sympy.Function("_s")(a)


def _branch(e: Any, states: Sequence[Any], atoms: list[Any]) -> Any:
    """The expression with sign(u) as the product of the signs of the factors of u, and |u| = sign(u) u."""
    import sympy

    if not e.args:
        return e
    if isinstance(e, sympy.Pow) and isinstance(e.base, sympy.Abs) and not e.exp.is_integer:
        # A step may pass the surface before it is located: the power stays real there.
        size = _sign_product(e.base.args[0], states, atoms) * _branch(e.base.args[0], states, atoms)
        return sympy.Max(size, 0) ** _branch(e.exp, states, atoms)
    args = [_branch(a, states, atoms) for a in e.args]
    if isinstance(e, (sympy.sign, sympy.Abs)):
        inner = e.args[0]
        turned = _sign_product(inner, states, atoms)
        return turned if isinstance(e, sympy.sign) else turned * args[0]
    return e.func(*args)


def _sign_product(u: Any, states: Sequence[Any], atoms: list[Any]) -> Any:
    import sympy

    out = sympy.S.One
    for factor in sympy.Mul.make_args(sympy.factor_terms(u)):
        base, exponent = factor.as_base_exp()
        if factor.is_number:
            out *= sympy.sign(factor)
            continue
        if not (exponent.is_Integer and exponent > 0):
            base, exponent = factor, sympy.S.One
        if not base.has(*states):
            out *= sympy.sign(base) ** exponent
            continue
        if base not in atoms:
            atoms.append(base)
        out *= _sign_of(base) if exponent % 2 else _sign_of(base) ** 2
    return out
