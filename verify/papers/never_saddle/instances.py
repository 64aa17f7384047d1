"""Instances of the theory's objects that claims in several modules are derived from. No claim is stated here."""

from __future__ import annotations

from functools import lru_cache

import sympy

from theory.adaptive import AdamStep
from theory.balance import Balance
from theory.derivation import Derivation
from theory.divergences import Divergence
from theory.network_potential import hyperbolic_entropy
from theory.parameterizations import Parameterization
from theory.potentials import MirrorPotential
from theory.steepest import SteepestFlow
from theory.time_varying import DecayedFlow

X = sympy.Symbol("x", real=True)
POSITIVE = sympy.Symbol("x", positive=True)
LAM = sympy.Symbol("lam", positive=True)
DEPTH = sympy.Symbol("L", integer=True, positive=True)
INDEX = sympy.Symbol("q", positive=True)
EXPONENT = INDEX * (DEPTH - 1) / DEPTH

SQUARE = X**2 / 2
ENTROPY = POSITIVE * sympy.log(POSITIVE) - POSITIVE
HYPERBOLIC = X * sympy.asinh(X / LAM) - sympy.sqrt(X**2 + LAM**2)


@lru_cache(maxsize=16)
def balance_law(layers: int) -> Derivation:
    """The rate of the balance of the first two layers, on which many claims rest."""
    return Balance(layers).derivation()


def potential(expression: sympy.Expr) -> Derivation:
    """What a potential in x induces."""
    return MirrorPotential(expression, next(s for s in expression.free_symbols if s.name == "x")).derivation()


def divergence(expression: sympy.Expr) -> Derivation:
    """The divergence of a potential in x."""
    variable = next(s for s in expression.free_symbols if s.name == "x")
    return Divergence(MirrorPotential(expression, variable)).derivation()


def two_layer_entropy() -> Derivation:
    m0, w0 = sympy.symbols("m0 w0", real=True)
    return hyperbolic_entropy(LAM, m0, w0).derivation()


def descent(hessian: sympy.Expr = sympy.S.One) -> Derivation:
    """Descent of (x - c)^2/2 along its steepest flow in the metric R''."""
    return SteepestFlow((X - sympy.Symbol("c", real=True)) ** 2 / 2, X, INDEX, hessian).derivation()


def parameterization(*coordinates: str) -> Derivation:
    """A parameterization whose coordinates are products of the named layers, or "decay", half the sum of squares."""
    names = list(dict.fromkeys(n for c in coordinates if c != "decay" for n in c.split()))
    layers = {n: sympy.Symbol(n, real=True) for n in names}
    half = sympy.Add(*(s**2 for s in layers.values())) / 2
    products = [half if c == "decay" else sympy.Mul(*(layers[n] for n in c.split())) for c in coordinates]
    return Parameterization(products, list(layers.values())).derivation()


def adam() -> Derivation:
    """The second step of Adam, for any rates of forgetting."""
    first, second = sympy.symbols("b1 b2", positive=True)
    return AdamStep(first, second, 2).derivation()


def decayed_flow() -> Derivation:
    return DecayedFlow(DEPTH).derivation()
